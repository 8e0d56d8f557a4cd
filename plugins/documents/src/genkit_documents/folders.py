# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the files below a folder, in the order of their paths."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal, TypedDict, Unpack

from genkit import Document, GenkitError, get_logger

from genkit_documents.files import MAX_BYTES, Reading, documents_of, storable


OnError = Literal['raise', 'skip']

_SHOWN: Final = 10


class FolderOptions(TypedDict, total=False):
    """Which files of a folder are read, and how.

    Attributes:
        patterns: Which files to read. One without ``/`` is compared with names, such as ``'*.md'``; others with paths
            from the folder, in which ``**`` stands for any folders: ``'guide/**/*.md'``. Default: all.
        kinds: As in `read_file`.
        encoding: As in `read_file`.
        max_bytes: As in `read_file`.
        on_error: What to do about a file that cannot be read: ``'raise'``, or ``'skip'`` it with a warning in the log.
            Default: ``'raise'``.
    """

    patterns: str | Sequence[str]
    kinds: Mapping[str, str] | None
    encoding: str
    max_bytes: int
    on_error: OnError


def read_folder(path: str | os.PathLike[str], **options: Unpack[FolderOptions]) -> list[Document]:
    """Return the documents in the files below a folder, in the order of their paths.

    Each file is read as by `read_file`, and ``source`` is its path from the folder, with ``/``. Left out are files and
    folders whose names begin with a dot, links to these and to folders, links that lead out of the folder, and files of
    unknown kinds, which one line of the log counts.

    Args:
        path: The folder.
        **options: See `FolderOptions`.

    Raises:
        GenkitError: As `read_file`; ``NOT_FOUND`` if there is no such folder.
    """
    return list(iter_folder(path, **options))


def iter_folder(
    path: str | os.PathLike[str],
    *,
    patterns: str | Sequence[str] = '*',
    kinds: Mapping[str, str] | None = None,
    encoding: str = 'utf-8',
    max_bytes: int = MAX_BYTES,
    on_error: OnError = 'raise',
) -> Iterator[Document]:
    """Yield what `read_folder` returns, file by file, for folders that do not fit into memory."""
    if on_error not in {'raise', 'skip'}:
        raise GenkitError(f"on_error is {on_error!r}; it must be 'raise' or 'skip'.", status='INVALID_ARGUMENT')
    wanted = [pattern.split('/') for pattern in ([patterns] if isinstance(patterns, str) else patterns)]
    folder = Path(path)
    if not folder.is_dir():
        raise GenkitError(f'There is no folder {folder.as_posix()!r}. Check the path.', status='NOT_FOUND')
    return _documents(folder.resolve(), wanted, Reading.of(kinds, encoding, max_bytes), on_error)


def _documents(folder: Path, patterns: list[list[str]], reading: Reading, on_error: OnError) -> Iterator[Document]:
    unknown: Counter[str] = Counter()
    for file in _files(folder, on_error):
        source = file.relative_to(folder).as_posix()
        if not any(_matches(source, pattern) for pattern in patterns):
            continue
        target = _target(file, folder)
        if target is None:
            continue
        if reading.kind_of(file) is None:
            unknown[file.suffix.lower() or 'no suffix'] += 1
            continue
        try:
            # A file is read to its end before any of it is given away: an error leaves no half of it behind.
            documents = list(documents_of(target, source, reading))
        except GenkitError as error:
            _skip(error, on_error)
            continue
        yield from documents
    if unknown:
        counts = ', '.join(f'{count} {storable(suffix)}' for suffix, count in unknown.most_common(_SHOWN))
        get_logger(__name__).info('%d files of unknown kinds left out of %r: %s', unknown.total(), str(folder), counts)


def _files(folder: Path, on_error: OnError) -> Iterator[Path]:
    """Yield the files below a folder in the order of their paths; a link to a folder may lead in a circle."""
    waiting = [(folder, True)]
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            yield path
            continue
        try:
            with os.scandir(path) as entries:
                found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        except OSError as error:
            shown = path.relative_to(folder).as_posix()
            problem = GenkitError(
                f'The folder {shown!r} cannot be read: {error.strerror}. Check its permissions.',
                status='PERMISSION_DENIED' if isinstance(error, PermissionError) else 'FAILED_PRECONDITION',
            )
            _skip(problem, on_error, error)
            continue
        visible = sorted((entry for entry in found if not entry[0].startswith('.')), reverse=True)
        waiting += [(path / name, is_folder) for name, is_folder in visible]


def _skip(error: GenkitError, on_error: OnError, cause: BaseException | None = None) -> None:
    if on_error == 'raise':
        raise error from cause or error.__cause__
    get_logger(__name__).warning('Left out: %s', error.message)


def _target(file: Path, folder: Path) -> Path | None:
    """Return the file that is meant, or None for a link out of the folder, to a folder, nothing or what is hidden."""
    if not file.is_symlink():
        return file
    try:
        target = file.resolve(strict=True)
    except (OSError, RuntimeError):  # links to nothing or in a circle
        return None
    if not target.is_relative_to(folder) or target.is_dir():
        return None
    return None if any(part.startswith('.') for part in target.relative_to(folder).parts) else target


def _matches(source: str, pattern: list[str]) -> bool:
    parts = source.split('/')
    return fnmatchcase(parts[-1], pattern[0]) if len(pattern) == 1 else _match_parts(parts, pattern)


def _match_parts(parts: Sequence[Any], pattern: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == '**':
        return any(_match_parts(parts[skipped:], pattern[1:]) for skipped in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _match_parts(parts[1:], pattern[1:])
