# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Objects of a repository, read by name from one `git cat-file --batch` that answers question after question."""

import os
import subprocess
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, cast


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
            for is_folder, entry, inner in _entries(found):
                if is_folder:
                    files.update({f'{entry}/{path}': blob for path, blob in self.files_below(inner).items()})
                else:
                    files[entry] = inner
            self._trees[found.name] = files
        return self._trees[found.name]


def _entries(tree: GitObject) -> Iterator[tuple[bool, str, str]]:
    """Yield the entries of a tree: whether it is a folder, its name, its hash; a submodule is a file, its commit."""
    size, place, content = len(tree.name) // 2, 0, tree.content
    while place < len(content):
        end = content.index(b'\0', place)
        mode, _, entry = content[place:end].partition(b' ')
        place = end + 1 + size
        yield mode == b'40000', os.fsdecode(entry), content[end + 1 : place].hex()


def _end(process: 'subprocess.Popen[bytes]') -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    process.wait()
