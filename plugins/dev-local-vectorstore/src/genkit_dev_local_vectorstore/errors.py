# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What may go wrong with a file, in the words of the store."""

import errno
from pathlib import Path
from typing import Final

from genkit import GenkitError, StatusName


_SPACE: Final = (StatusName.RESOURCE_EXHAUSTED, 'Free some space, or choose another directory, and repeat the call.')
_ACCESS: Final = (StatusName.PERMISSION_DENIED, 'Allow this program to write there, or choose another directory.')
_OTHER: Final = (StatusName.UNAVAILABLE, 'Check the disk and the directory, and repeat the call.')
_OUTCOMES: Final = {
    errno.ENOSPC: _SPACE,
    errno.EFBIG: _SPACE,
    getattr(errno, 'EDQUOT', errno.ENOSPC): _SPACE,
    errno.EACCES: _ACCESS,
    errno.EPERM: _ACCESS,
    errno.EROFS: _ACCESS,
}


class DamagedStoreError(GenkitError):
    """A file holds something that no interrupted write leaves behind.

    Args:
        path: The file.
        offset: Where in it, in bytes.
        problem: What is found there.
    """

    def __init__(self, path: Path, offset: int, problem: str) -> None:
        super().__init__(
            f"The vector store '{path}' is damaged at byte {offset}: {problem}. It has not been changed. Restore it "
            'from a copy; or move it away, or clear the index, and index the documents again.',
            status=StatusName.DATA_LOSS,
            details={'path': str(path), 'offset': offset},
        )


def unreadable(path: Path, error: OSError) -> GenkitError:
    """Return the error for a store that cannot be read."""
    status, _ = _OUTCOMES.get(error.errno or 0, _OTHER)
    problem = f'cannot be read: {_reason(error)}. Check the file and who may read it.'
    return _error(path, problem, status, cause=error)


def unwritable(path: Path, error: OSError) -> GenkitError:
    """Return the error for a write that failed and left the store as it was."""
    status, remedy = _OUTCOMES.get(error.errno or 0, _OTHER)
    problem = f'cannot be written: {_reason(error)}. It holds what it held before. {remedy}'
    return _error(path, problem, status, cause=error)


def other_version(path: Path, version: int) -> GenkitError:
    """Return the error for a file of a format that is not known here."""
    problem = (
        f'has format {version}, and this release reads format 1. Upgrade genkit-plugin-dev-local-vectorstore, or '
        'choose another directory and index the documents again.'
    )
    return _error(path, problem, StatusName.FAILED_PRECONDITION)


def locked(path: Path, seconds: float) -> GenkitError:
    """Return the error for a store that another process does not let go of."""
    problem = (
        f'has been locked by another process for {seconds:g} seconds. Repeat the call when that process has finished.'
    )
    return _error(path, problem, StatusName.UNAVAILABLE)


def other_embedder(path: Path, holds: tuple[str, int], given: tuple[str, int]) -> GenkitError:
    """Return the error for vectors that cannot be compared with the stored ones; pairs are embedder and dimensions."""
    problem = (
        f'holds vectors of {holds[1]} dimensions from embedder {holds[0]!r}, and embedder {given[0]!r} gave {given[1]} '
        'dimensions; these cannot be compared. Configure the first embedder, use another index, or clear this one and '
        'index the documents again.'
    )
    return _error(path, problem, StatusName.FAILED_PRECONDITION, stored=holds[1], given=given[1])


def _error(
    path: Path, problem: str, status: StatusName, *, cause: OSError | None = None, **details: int
) -> GenkitError:
    """Return the error for a problem of a store, which follows its name in the message."""
    message = f"The vector store '{path}' {problem}"
    return GenkitError(message, status=status, cause=cause, details={'path': str(path), **details})


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
