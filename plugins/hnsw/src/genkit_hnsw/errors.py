# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What may go wrong with the files of an index, in the words of the store."""

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from genkit import GenkitError, StatusName

from genkit_hnsw.config import PLUGIN_NAME


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


class Damage(Exception):  # noqa: N818  (a finding, which becomes an error with the name of the index)
    """A file of an index does not hold what was written.

    Args:
        path: The file.
        problem: What is wrong with it.
    """

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f'{path}: {problem}')
        self.path = path
        self.problem = problem


@contextmanager
def reading(folder: Path) -> Generator[None]:
    """Turn what fails while files are read into an error of the store."""
    try:
        yield
    except Damage as damage:
        raise _damaged(damage) from damage
    except OSError as error:
        status, _ = _OUTCOMES.get(error.errno or 0, _OTHER)
        problem = f'cannot be read: {_reason(error)}. Check the folder and who may read it.'
        raise _error(folder, problem, status, cause=error) from error


@contextmanager
def writing(folder: Path) -> Generator[None]:
    """Turn what fails while files are written into an error of the store, which holds what it held before."""
    try:
        yield
    except OSError as error:
        status, remedy = _OUTCOMES.get(error.errno or 0, _OTHER)
        problem = f'cannot be written: {_reason(error)}. It holds what it held before. {remedy}'
        raise _error(folder, problem, status, cause=error) from error


def other_version(folder: Path, version: object) -> GenkitError:
    """Return the error for a folder in a format that is not known here."""
    problem = (
        f'has format {version!r}, and this release reads format 1. Upgrade genkit-plugin-hnsw, or choose another '
        'directory and index the documents again.'
    )
    return _error(folder, problem, StatusName.FAILED_PRECONDITION)


def locked(folder: Path, seconds: float) -> GenkitError:
    """Return the error for an index in which another process goes on writing."""
    problem = (
        f'has been locked by another writer for {seconds:g} seconds. Repeat the call when it has finished, or give the '
        'index a longer lock_timeout.'
    )
    return _error(folder, problem, StatusName.UNAVAILABLE)


def other_dimensions(folder: Path, stored: int, given: int) -> GenkitError:
    """Return the error for vectors that cannot be compared with the stored ones."""
    problem = (
        f'holds vectors of {stored} dimensions, and one of {given} was given; these cannot be compared. Configure the '
        'embedder that it was filled with, use another index, or clear this one and index the documents again.'
    )
    return _error(folder, problem, StatusName.FAILED_PRECONDITION, stored=stored, given=given)


def other_distance(folder: Path, stored: str, given: str) -> GenkitError:
    """Return the error for an index that compares in another way."""
    problem = (
        f'compares vectors by {stored!r}, and is configured with distance={given!r}. Configure what it was made with, '
        'or clear the index and index the documents again.'
    )
    return _error(folder, problem, StatusName.FAILED_PRECONDITION)


def not_numbers(name: str) -> GenkitError:
    """Return the error for a vector that cannot be compared with any other."""
    return GenkitError(
        f'The vector of document {name!r} holds numbers that are not finite as 32-bit floats. Check the embedder.',
        status=StatusName.INVALID_ARGUMENT,
        source=PLUGIN_NAME,
    )


def _damaged(damage: Damage) -> GenkitError:
    return GenkitError(
        f"The vector store is damaged: '{damage.path}' {damage.problem}. Nothing has been changed. Restore the folder "
        'from a copy; or clear the index, and index the documents again.',
        status=StatusName.DATA_LOSS,
        source=PLUGIN_NAME,
        cause=damage,
        details={'path': str(damage.path)},
    )


def _error(folder: Path, problem: str, status: StatusName, *, cause: OSError | None = None, **more: int) -> GenkitError:
    return GenkitError(
        f"The vector store '{folder}' {problem}",
        status=status,
        source=PLUGIN_NAME,
        cause=cause,
        details={'path': str(folder), **more},
    )


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
