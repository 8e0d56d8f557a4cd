# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What may go wrong with a database, in our words: by SQLSTATE (PostgreSQL's documentation, appendix A)."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final

from genkit import GenkitError, StatusName
from genkit.plugin import provider_error, provider_errors, reworded


SOURCE: Final = 'postgresql'

_SHOWN: Final = 300

# By code, else by class: the first two characters.
_STATUSES: Final = {
    '08': StatusName.UNAVAILABLE,
    '0A': StatusName.FAILED_PRECONDITION,
    '22': StatusName.INVALID_ARGUMENT,
    '23': StatusName.INVALID_ARGUMENT,
    '25': StatusName.FAILED_PRECONDITION,
    '28': StatusName.UNAUTHENTICATED,
    '40': StatusName.ABORTED,
    '42': StatusName.FAILED_PRECONDITION,
    '53': StatusName.RESOURCE_EXHAUSTED,
    '54': StatusName.INVALID_ARGUMENT,
    '55': StatusName.FAILED_PRECONDITION,
    '57': StatusName.UNAVAILABLE,
    '3D000': StatusName.NOT_FOUND,
    '3F000': StatusName.NOT_FOUND,
    '42501': StatusName.PERMISSION_DENIED,
    '42P01': StatusName.NOT_FOUND,
    '42P07': StatusName.ALREADY_EXISTS,
    '42P10': StatusName.FAILED_PRECONDITION,
    '55P03': StatusName.UNAVAILABLE,
    '57014': StatusName.DEADLINE_EXCEEDED,
}
_REMEDIES: Final = {
    '28': 'Check the user, the password and the entry for this host in pg_hba.conf.',
    '3D000': 'Create the database, or name another in the address.',
    '42501': 'Grant this user the right, or connect as another.',
    '42P10': 'The id column needs a primary key or a unique constraint.',
    '53300': 'Lower max_size of the engine, or raise max_connections of the server.',
}


def database_error(where: str, error: BaseException, secrets: Sequence[str | None] = ()) -> GenkitError:
    """Return the error that a failed call of a database becomes.

    ``details`` hold ``sqlstate``, if the server said one.

    Args:
        where: The server and the database, without credentials.
        error: What the driver raised.
        secrets: Passwords that must not be repeated.
    """
    if isinstance(error, GenkitError):
        return error
    known = provider_error(SOURCE, error, secrets)
    code = str(getattr(error, 'sqlstate', None) or '')
    status = _STATUSES.get(code) or _STATUSES.get(code[:2]) or _of_driver(error, known.status)
    remedy = _REMEDIES.get(code) or _REMEDIES.get(code[:2])
    if remedy is None and status == StatusName.UNAVAILABLE:
        remedy = 'Check that the server runs and can be reached from here, and repeat the call.'
    text = f'PostgreSQL at {where}: {known.message.rstrip(".")}.'
    text = f'{text} {remedy}' if remedy else text
    return reworded(known, SOURCE, text, status=status, details={'sqlstate': code} if code else None)


def database_errors(where: str, secrets: Sequence[str | None] = ()) -> AbstractContextManager[None]:
    """Turn what the driver raises inside the block into an error of ours."""
    return provider_errors(SOURCE, secrets, partial(database_error, where, secrets=secrets))


def refused(message: str, status: StatusName = StatusName.INVALID_ARGUMENT) -> GenkitError:
    """Return the error for something that is not sent to the database."""
    return GenkitError(message, status=status, source=SOURCE)


def no_table(table: str, name: str) -> GenkitError:
    """Return the error for a table that does not exist."""
    return refused(
        f'There is no table {table}. Create it once with `await plugin.init_vectorstore_table({name!r}, vector_size)`, '
        "vector_size being the embedder's dimensions, or name the table and the schema of one that exists.",
        StatusName.NOT_FOUND,
    )


def no_column(table: str, column: str, known: Sequence[str]) -> GenkitError:
    """Return the error for a column that a table lacks."""
    return refused(
        f'Table {table} has no column {column!r}; it has {", ".join(map(repr, known))}. Say in PostgresIndex what the '
        'columns are called.',
        StatusName.FAILED_PRECONDITION,
    )


def no_extension(where: str, problem: str = 'has no extension "vector"') -> GenkitError:
    """Return the error for a database that lacks pgvector, or has it too old."""
    return refused(
        f'PostgreSQL at {where} {problem}. Install pgvector on the server and run CREATE EXTENSION vector, or '
        'ALTER EXTENSION vector UPDATE, as a user who may.',
        StatusName.FAILED_PRECONDITION,
    )


def other_dimensions(table: str, expected: int, given: int) -> GenkitError:
    """Return the error for vectors that do not fit the column."""
    return refused(
        f'Table {table} holds vectors of {expected} dimensions, and the embedder gave {given}. Use the embedder that '
        f'the table was made for, or make a table with init_vectorstore_table(…, vector_size={given}).'
    )


def bad_filter(place: str, found: Any, expected: str) -> GenkitError:
    """Return the error for a condition that has no meaning."""
    return refused(f'{place[:_SHOWN]} is {_shown(found)}; expected {expected}.')


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except RecursionError:  # too deep to show, and known to the caller
        return f'a {type(value).__name__}'
    return text if len(text) <= _SHOWN else f'{text[:_SHOWN]}…'


def _of_driver(error: BaseException, status: StatusName) -> StatusName:
    if isinstance(error, ValueError):  # the driver's name for an argument it cannot encode
        return StatusName.INVALID_ARGUMENT
    is_lost = type(error).__name__ == 'InterfaceError' and 'clos' in str(error)
    return StatusName.UNAVAILABLE if is_lost else status
