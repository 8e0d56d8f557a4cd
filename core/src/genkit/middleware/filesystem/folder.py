# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Folders that are held open, so that what is done in them happens there whatever is renamed meanwhile."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import Any, Final, Self


BY_DESCRIPTOR: Final = os.open in os.supports_dir_fd and os.listdir in os.supports_fd and hasattr(os, 'O_NOFOLLOW')

_COMMON: Final = sum(getattr(os, name, 0) for name in ('O_CLOEXEC', 'O_BINARY', 'O_NOINHERIT', 'O_NOFOLLOW'))
_READ: Final = os.O_RDONLY | _COMMON | getattr(os, 'O_NONBLOCK', 0)  # a pipe must not make the reader wait
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _COMMON
_ENTER: Final = os.O_RDONLY | _COMMON | getattr(os, 'O_DIRECTORY', 0)


class OpenFolder:
    """An open folder. Names in it are looked up from its descriptor where the operating system can, else by path.

    Symbolic links are not followed, where the operating system supports that.

    Args:
        path: Where it is.
        descriptor: Of the open folder; None where the operating system has no such thing.
    """

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def at(cls, path: Path) -> Self:
        """Open a folder."""
        return cls(path, os.open(path, _ENTER) if BY_DESCRIPTOR else None)

    def inner(self, name: str) -> 'OpenFolder':
        """Open a folder within this one."""
        descriptor = None if self._descriptor is None else os.open(name, _ENTER, dir_fd=self._descriptor)
        return OpenFolder(self._path / name, descriptor)

    def close(self) -> None:
        """Let go of it."""
        if self._descriptor is not None:
            os.close(self._descriptor)

    def open(self, name: str) -> int:
        """Open a file for reading; returns its descriptor."""
        return os.open(self._at(name), _READ, **self._from('dir_fd'))

    def create(self, name: str) -> int:
        """Make a file that is not there yet and open it for writing; returns its descriptor."""
        return os.open(self._at(name), _CREATE, 0o666, **self._from('dir_fd'))

    def make_folder(self, name: str) -> None:
        """Make a folder unless there is something of that name."""
        with suppress(FileExistsError):
            os.mkdir(self._at(name), **self._from('dir_fd'))  # noqa: PTH102  (`Path` knows no descriptors)

    def look_at(self, name: str) -> os.stat_result:
        """Return what is known of a name; a link is not followed."""
        return os.stat(self._at(name), follow_symlinks=False, **self._from('dir_fd'))  # noqa: PTH116  (`Path` knows no descriptors)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name; what had that name is gone."""
        descriptors = {**self._from('src_dir_fd'), **self._from('dst_dir_fd')}
        os.replace(self._at(old), self._at(new), **descriptors)  # noqa: PTH105  (`Path` knows no descriptors)

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.unlink(self._at(name), **self._from('dir_fd'))

    def names(self) -> list[str]:
        """Return what is inside, sorted."""
        return sorted(os.listdir(self._path if self._descriptor is None else self._descriptor))  # noqa: PTH208  (no `Path`)

    def _at(self, name: str) -> str | Path:
        return self._path / name if self._descriptor is None else name

    def _from(self, keyword: str) -> dict[str, Any]:
        return {} if self._descriptor is None else {keyword: self._descriptor}


@contextmanager
def open_folder(root: Path, place: PurePath, *, make: bool = False) -> Generator[OpenFolder]:
    """Walk from a root to a folder below it, name by name, and hold it open.

    Args:
        root: Where to begin.
        place: The way from there.
        make: Whether to make the folders that are missing.

    Raises:
        OSError: One of the names is not a folder.
    """
    folder = OpenFolder.at(root)
    try:
        for name in place.parts:
            if make:
                folder.make_folder(name)
            inner = folder.inner(name)
            folder.close()
            folder = inner
        yield folder
    finally:
        folder.close()
