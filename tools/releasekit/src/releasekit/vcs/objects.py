# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Objects of a repository, read by name from one `git cat-file --batch` that answers question after question."""

import io
import os
import re
import subprocess
import tarfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, cast


_FOLDER, _LINK, _SUBMODULE, _PROGRAM = b'40000', b'120000', b'160000', b'100755'
_COMMITTED = re.compile(rb'^committer .* (\d+) [+-]\d+$', re.MULTILINE)
_LAST_TIME = 1 << 32  # that archives of every kind can hold
_WORDS = 3  # of the line before an object: hash, kind, size


@dataclass(frozen=True)
class GitObject:
    """A blob, a tree or a commit; `name` is its hash."""

    name: str
    kind: str
    content: bytes


class ObjectReader:
    """Reads objects until it is gone, and git with it.

    Args:
        process: The git that was started, with pipes at both ends.
    """

    def __init__(self, process: 'subprocess.Popen[bytes]') -> None:
        self._words, self._answers = cast('IO[bytes]', process.stdin), cast('IO[bytes]', process.stdout)
        self._trees: dict[str, dict[str, str]] = {}
        self._ending = weakref.finalize(self, _end, process)

    def read(self, name: str) -> GitObject | None:
        """Return an object, or None."""
        self._words.write(f'{name}\n'.encode())
        self._words.flush()
        header = self._answers.readline().split()
        if len(header) != _WORDS or not header[2].isdigit():  # missing, ambiguous, or a submodule's
            return None
        content = self._answers.read(int(header[2]))
        self._answers.read(1)
        return GitObject(header[0].decode(), header[1].decode(), content)

    def files_below(self, name: str) -> dict[str, str]:
        """Return the files below a tree by path, each with the hash of its content; none if it is no tree."""
        if name in self._trees:
            return self._trees[name]
        found = self.read(name)
        if found is None or found.kind != 'tree':
            return {}
        if found.name not in self._trees:
            files: dict[str, str] = {}
            for mode, entry, inner in _entries(found):
                if mode == _FOLDER:
                    files.update({f'{entry}/{path}': blob for path, blob in self.files_below(inner).items()})
                else:
                    files[entry] = inner
            self._trees[found.name] = files
        return self._trees[found.name]

    def pack(self, commit: str, path: str, archive: tarfile.TarFile) -> bool:
        """Add a file or a folder to an archive as a commit has it; return whether it has.

        No attribute or filter of a user, a machine or a commit changes what is packed; submodules are left out.

        Args:
            commit: The commit, whose time the entries get.
            path: Relative to the folder that git was started in; empty for all of it.
            archive: Is written.
        """
        found = self.read(f'{commit}:./{path}')
        if found is None:
            return False
        moment = self._time_of(commit)
        if found.kind == 'tree':
            self._pack_tree(found, path, archive, moment)
            return True
        folder, _, last = path.rpartition('/')
        tree = self.read(f'{commit}:./{folder}')
        modes = {entry: mode for mode, entry, _ in _entries(tree)} if tree else {}
        _pack_file(found, modes.get(last, b''), path, archive, moment)
        return True

    def _time_of(self, commit: str) -> int:
        found = self.read(f'{commit}^{{commit}}')
        time = _COMMITTED.search(found.content) if found else None
        return min(int(time[1]), _LAST_TIME) if time else 0

    def _pack_tree(self, tree: GitObject, path: str, archive: tarfile.TarFile, moment: int) -> None:
        for mode, entry, inner in _entries(tree):
            place = f'{path}/{entry}' if path else entry
            found = None if mode == _SUBMODULE else self.read(inner)
            if found is not None and mode == _FOLDER:
                self._pack_tree(found, place, archive, moment)
            elif found is not None:
                _pack_file(found, mode, place, archive, moment)


def _pack_file(found: GitObject, mode: bytes, path: str, archive: tarfile.TarFile, moment: int) -> None:
    entry = tarfile.TarInfo(path)
    entry.mtime, entry.mode = moment, 0o755 if mode == _PROGRAM else 0o644
    if mode == _LINK:
        entry.type, entry.linkname = tarfile.SYMTYPE, os.fsdecode(found.content)
        archive.addfile(entry)
        return
    entry.size = len(found.content)
    archive.addfile(entry, io.BytesIO(found.content))


def _entries(tree: GitObject) -> Iterator[tuple[bytes, str, str]]:
    """Yield the entries of a tree: mode, name and hash; the hash of a submodule is its commit."""
    size, place, content = len(tree.name) // 2, 0, tree.content
    while place < len(content):
        end = content.index(b'\0', place)
        mode, _, entry = content[place:end].partition(b' ')
        place = end + 1 + size
        yield mode, os.fsdecode(entry), content[end + 1 : place].hex()


def _end(process: 'subprocess.Popen[bytes]') -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    process.wait()
