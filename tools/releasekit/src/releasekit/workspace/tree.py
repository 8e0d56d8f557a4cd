# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The files of a folder, listed once and read once."""

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from releasekit.workspace.regular import read_file, read_text


_GENERATED = frozenset({'__pycache__', 'node_modules', 'venv'})


class Tree:
    """What lies under a folder, without caches, hidden folders and the folders of nested members.

    Paths are relative to the folder, with forward slashes.
    """

    def __init__(self, folder: Path, nested: frozenset[Path] = frozenset()) -> None:
        self._folder = folder
        self._nested = nested
        self._texts: dict[PurePosixPath, str | None] = {}

    @cached_property
    def _listing(self) -> tuple[frozenset[str], tuple[str, ...]]:
        folders: set[str] = set()
        files: list[str] = []
        for place, names, found in os.walk(self._folder):
            names[:] = sorted(name for name in names if self._is_entered(place, name))
            inside = os.path.relpath(place, self._folder).replace(os.sep, '/')
            prefix = '' if inside == '.' else f'{inside}/'
            folders.update(prefix + name for name in names)
            files.extend(prefix + name for name in sorted(found))
        return frozenset(folders), tuple(files)

    @cached_property
    def files(self) -> tuple[PurePosixPath, ...]:
        """Every file, sorted within its folder."""
        return tuple(PurePosixPath(file) for file in self._listing[1])

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self._listing[1])

    @property
    def folders(self) -> frozenset[str]:
        """Every folder but the tree's own."""
        return self._listing[0]

    def has_file(self, path: str) -> bool:
        """Tell whether a file is there."""
        return path in self._names

    def with_suffix(self, *suffixes: str) -> Iterator[PurePosixPath]:
        """Yield the files whose names end in one of the suffixes."""
        return (file for file in self.files if file.name.endswith(suffixes))

    def text(self, path: PurePosixPath | str) -> str | None:
        """Return a file's text, or None when it is absent, not UTF-8 or no regular file."""
        key = PurePosixPath(path)
        if key not in self._texts:
            try:
                self._texts[key] = read_text(self._folder / key)
            except (OSError, UnicodeDecodeError):
                self._texts[key] = None
        return self._texts[key]

    def content(self, path: PurePosixPath, most: int) -> bytes:
        """Return what a file holds; nothing if it is larger than so many bytes, or cannot be read."""
        text = self._texts.get(path)
        if text is not None:
            return text.encode()
        try:
            return read_file(self._folder / path, most)
        except OSError:
            return b''

    def is_executable(self, path: str) -> bool:
        """Tell whether a file may be run."""
        return os.access(self._folder / path, os.X_OK)

    def _is_entered(self, place: str, name: str) -> bool:
        return not name.startswith('.') and name not in _GENERATED and Path(place, name) not in self._nested
