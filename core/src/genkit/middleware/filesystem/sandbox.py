# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads and writes within one folder, and cannot be led out of it.

Every path is resolved first, symbolic links included, and refused unless it ends up inside. Then:

- Where the operating system opens names relative to an open folder (Linux, macOS, the BSDs), the resolved path is
  walked folder by folder without following links. A folder swapped for a link meanwhile gives an error, not access.
- Elsewhere (Windows) the resolved path is opened as it is, so another process that may change the folder can win a race
  between the check and the opening.

A hard link inside to a file outside reads as the file it is; writing puts a new file in its place.
"""

import os
import secrets
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from genkit._base.errors import GenkitError
from genkit._base.status import StatusName
from genkit.middleware.filesystem.folder import OpenFolder, open_folder


MAX_FILE_BYTES: Final = 10 * 2**20
MAX_ENTRIES: Final = 5000
MAX_DEPTH: Final = 64

_FIRST_PRINTABLE: Final = ' '
_DELETE: Final = '\x7f'


class FileAccessError(GenkitError):
    """What was asked for cannot be done; the text is fit for a model and names no folder of the machine."""

    def __init__(self, message: str, status: StatusName = StatusName.INVALID_ARGUMENT) -> None:
        super().__init__(message, status=status)


class FileEntry(NamedTuple):
    """A file or folder, by its path from the root."""

    path: str
    is_directory: bool
    size_bytes: int


class Sandbox:
    """One folder.

    Args:
        root: Where it is; symbolic links that lead to it are followed once, now.
    """

    def __init__(self, root: str | Path) -> None:
        self._root = Path(root).resolve()

    def read(self, path: str) -> bytes:
        """Return what a file holds.

        Raises:
            FileAccessError: It cannot be read, is larger than 10 MiB, or lies outside.
        """
        with _telling(path):
            place = self._file(path)
            with open_folder(self._root, place.parent) as folder:
                descriptor = folder.open(place.name)
                try:
                    return _content(descriptor, path)
                finally:
                    os.close(descriptor)

    def write(self, path: str, content: bytes) -> None:
        """Make or replace a file at one stroke, keeping its permissions; folders that are missing are made.

        Raises:
            FileAccessError: It cannot be written, is larger than 10 MiB, or lies outside.
        """
        if len(content) > MAX_FILE_BYTES:
            raise _too_large(path)
        with _telling(path):
            place = self._file(path)
            with open_folder(self._root, place.parent, make=True) as folder:
                permissions = _permissions(folder, place.name, path)
                temporary = f'.{secrets.token_hex(8)}.tmp'
                descriptor = folder.create(temporary)
                try:
                    _fill(descriptor, content, permissions)
                    folder.rename(temporary, place.name)
                except BaseException:
                    with suppress(OSError):
                        folder.remove(temporary)
                    raise

    def entries(self, path: str, *, recursive: bool) -> list[FileEntry]:
        """Return what a folder holds, in order of the paths; links are listed as what they lead to, if it lies inside.

        Raises:
            FileAccessError: It is not a folder, holds more than 5000 files and folders or more than 64 levels, or
                lies outside.
        """
        found: list[FileEntry] = []
        looked_at = 0
        with _telling(path):
            start = self._resolved(path)
            waiting = [start]
            while waiting:
                place = waiting.pop()
                if len(place.parts) - len(start.parts) > MAX_DEPTH:  # each folder is opened from the root
                    raise FileAccessError(f'{path!r} is more than {MAX_DEPTH} folders deep. List a folder within it.')
                with open_folder(self._root, place) as folder:
                    names = folder.names()
                    looked_at += len(names)
                    if looked_at > MAX_ENTRIES:
                        raise FileAccessError(
                            f'{path!r} holds more than {MAX_ENTRIES} files and folders. List a folder within it.'
                        )
                    for name in names:
                        entry, is_link = self._entry(folder, place / name)
                        found.extend([entry] if entry else [])
                        if recursive and entry and entry.is_directory and not is_link:
                            waiting.append(place / name)
        return sorted(found)

    def _entry(self, folder: OpenFolder, place: PurePath) -> tuple[FileEntry | None, bool]:
        """Return an entry, and whether it is a link; None for what cannot be asked for."""
        if not _can_be_said(place.name):
            return None, False
        try:
            facts = folder.look_at(place.name)
            is_link = stat.S_ISLNK(facts.st_mode)
            if is_link:
                target = self._resolved(str(place))
                with open_folder(self._root, target.parent) as other:
                    facts = other.look_at(target.name or os.curdir)
        except (OSError, FileAccessError):
            return None, False  # gone meanwhile, leading nowhere, or leading outside
        is_directory = stat.S_ISDIR(facts.st_mode)
        if not is_directory and not stat.S_ISREG(facts.st_mode):
            return None, is_link
        return FileEntry(place.as_posix(), is_directory, 0 if is_directory else facts.st_size), is_link

    def _file(self, path: str) -> PurePath:
        place = self._resolved(path)
        if not place.name:
            raise FileAccessError(f'{path!r} is the folder itself; name a file.')
        return place

    def _resolved(self, path: str) -> PurePath:
        """Return the way from the root, without links."""
        if not _can_be_said(path):
            raise FileAccessError(f'{path!r} holds characters that no path may hold here.')
        try:
            resolved = self._root.joinpath(path.lstrip(f'{os.sep}{os.altsep or ""}')).resolve()
        except RuntimeError:  # how Python before 3.13 tells of links in a circle
            raise FileAccessError(f'{path!r} leads in a circle.') from None
        if not resolved.is_relative_to(self._root):
            raise FileAccessError(f'{path!r} lies outside of the folder.', StatusName.PERMISSION_DENIED)
        return PurePath(resolved.relative_to(self._root))


@contextmanager
def _telling(path: str) -> Generator[None]:
    """Turn the operating system's errors, which name whole paths, into ones that name what was asked for."""
    try:
        yield
    except OSError as error:
        status = StatusName.NOT_FOUND if isinstance(error, FileNotFoundError) else StatusName.FAILED_PRECONDITION
        raise FileAccessError(f'{path!r}: {os.strerror(error.errno or 0)}.', status) from error


def _content(descriptor: int, path: str) -> bytes:
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        raise _no_file(path)
    if facts.st_size > MAX_FILE_BYTES:
        raise _too_large(path)
    with os.fdopen(descriptor, 'rb', closefd=False) as file:
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise _too_large(path)
    return content


def _fill(descriptor: int, content: bytes, permissions: int | None) -> None:
    """Write a new file to the disk and close it."""
    with os.fdopen(descriptor, 'wb') as file:
        file.write(content)
        file.flush()
        if permissions is not None and hasattr(os, 'fchmod'):
            os.fchmod(descriptor, permissions)
        os.fsync(descriptor)


def _permissions(folder: OpenFolder, name: str, path: str) -> int | None:
    """Return the permissions of a file that is there already."""
    try:
        facts = folder.look_at(name)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(facts.st_mode):
        raise _no_file(path)
    return stat.S_IMODE(facts.st_mode) & 0o777


def _can_be_said(path: str) -> bool:
    """Return whether a path is proper text without control characters."""
    if any(character < _FIRST_PRINTABLE or character == _DELETE for character in path):
        return False
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_file(path: str) -> FileAccessError:
    return FileAccessError(f'{path!r} is a folder or another thing that is no file.')


def _too_large(path: str) -> FileAccessError:
    return FileAccessError(f'{path!r} is larger than {MAX_FILE_BYTES // 2**20} MiB.', StatusName.OUT_OF_RANGE)
