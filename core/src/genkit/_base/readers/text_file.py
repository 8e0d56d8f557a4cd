# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads text files that others put there: regular files only, UTF-8, and no larger than stated."""

import os
import stat
from pathlib import Path
from typing import Final

from genkit._base.errors import GenkitError


MAX_FILE_BYTES: Final = 2**20

# Opening a pipe must not wait for a writer.
_READ: Final = os.O_RDONLY | sum(getattr(os, name, 0) for name in ('O_CLOEXEC', 'O_BINARY', 'O_NONBLOCK', 'O_NOCTTY'))


def read_text_file(
    path: str | os.PathLike[str], max_bytes: int = MAX_FILE_BYTES, within: str | os.PathLike[str] | None = None
) -> str:
    """Return what a file holds, line ends as they are.

    Args:
        path: The file.
        max_bytes: The largest file.
        within: A folder that no link may lead out of.

    Raises:
        GenkitError: ``NOT_FOUND``; ``PERMISSION_DENIED``, also for a link out of the folder; ``FAILED_PRECONDITION`` if
            it is not a file or cannot be read; ``OUT_OF_RANGE`` if it is too large; ``INVALID_ARGUMENT`` if it is
            not UTF-8.
    """
    if within is not None:
        check_within(path, within)
    try:
        descriptor = os.open(path, _READ)
        with os.fdopen(descriptor, 'rb') as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise GenkitError(f'{_shown(path)} is no regular file; put a file there.', status='FAILED_PRECONDITION')
            content = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        status = 'NOT_FOUND' if missing else 'FAILED_PRECONDITION'
        status = 'PERMISSION_DENIED' if isinstance(error, PermissionError) else status
        raise GenkitError(f'{_shown(path)} cannot be read: {error}.', status=status) from error
    if len(content) > max_bytes:
        raise GenkitError(f'{_shown(path)} is larger than {max_bytes} bytes; shorten it.', status='OUT_OF_RANGE')
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise GenkitError(
            f'{_shown(path)} is not UTF-8, first at byte {error.start}; save it as UTF-8.', status='INVALID_ARGUMENT'
        ) from error


def check_within(path: str | os.PathLike[str], folder: str | os.PathLike[str]) -> None:
    """Raise ``PERMISSION_DENIED`` if a path lies outside of a folder once its links are followed."""
    try:
        if Path(path).resolve().is_relative_to(Path(folder).resolve()):
            return
    except (OSError, RuntimeError, ValueError):  # links in a circle
        pass
    raise GenkitError(
        f'{_shown(path)} is a link that leads out of {_shown(folder)}; put the file itself there.',
        status='PERMISSION_DENIED',
    )


def _shown(path: str | os.PathLike[str]) -> str:
    return repr(str(Path(path)))
