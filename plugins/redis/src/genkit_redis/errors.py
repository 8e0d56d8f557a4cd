# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What may go wrong with Redis, in our words: by the first word of its answer, else by what the client raised."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from genkit import GenkitError, StatusName
from genkit.plugin import provider_error, reworded


SOURCE: Final = 'redis'

# First words of error answers (https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors).
_BY_WORD: Final = {
    'BUSY': StatusName.UNAVAILABLE,
    'LOADING': StatusName.UNAVAILABLE,
    'MASTERDOWN': StatusName.UNAVAILABLE,
    'MISCONF': StatusName.UNAVAILABLE,
    'NOAUTH': StatusName.UNAUTHENTICATED,
    'NOPERM': StatusName.PERMISSION_DENIED,
    'OOM': StatusName.RESOURCE_EXHAUSTED,
    'READONLY': StatusName.FAILED_PRECONDITION,
    'WRONGPASS': StatusName.UNAUTHENTICATED,
}
# The client's exceptions, by name, as it is loaded with the first call only.
_BY_CLASS: Final = {
    'AuthenticationError': StatusName.UNAUTHENTICATED,
    'AuthenticationWrongNumberOfArgsError': StatusName.UNAUTHENTICATED,
    'BusyLoadingError': StatusName.UNAVAILABLE,
    'ConnectionError': StatusName.UNAVAILABLE,
    'NoPermissionError': StatusName.PERMISSION_DENIED,
    'OutOfMemoryError': StatusName.RESOURCE_EXHAUSTED,
    'ReadOnlyError': StatusName.FAILED_PRECONDITION,
    'TimeoutError': StatusName.DEADLINE_EXCEEDED,
}
_REMEDIES: Final = {
    StatusName.FAILED_PRECONDITION: 'Give the address of the primary: replicas take no writes.',
    StatusName.PERMISSION_DENIED: 'Give this user the keys of the prefix, and +@read +@write +@scripting.',
    StatusName.RESOURCE_EXHAUSTED: "Raise the server's maxmemory, or purge old sessions.",
    StatusName.UNAUTHENTICATED: 'Check the user and the password in the address.',
    StatusName.UNAVAILABLE: 'Check that the server runs, has room on its disk and can be reached, and repeat.',
}


def redis_error(where: str, error: BaseException, secrets: Sequence[str | None] = ()) -> GenkitError:
    """Return the error that a failed call of Redis becomes.

    Args:
        where: The server, without credentials.
        error: What the client raised.
        secrets: Passwords that must not be repeated.
    """
    known = provider_error(SOURCE, error, secrets)
    status = _BY_WORD.get(known.message.partition(' ')[0]) or _BY_CLASS.get(type(error).__name__) or known.status
    text = f'Redis at {where}: {known.message.rstrip(".")}.'
    remedy = _REMEDIES.get(status)
    return reworded(known, SOURCE, f'{text} {remedy}' if remedy else text, status=status)


def refused(message: str, status: StatusName = StatusName.INVALID_ARGUMENT) -> GenkitError:
    """Return the error for something that is not sent to the server."""
    return GenkitError(message, status=status, source=SOURCE)


def where_of(url: str) -> str:
    """Return the server that an address names, without credentials."""
    parts = urlsplit(url)
    return f'{parts.netloc.rpartition("@")[2]}{parts.path}'
