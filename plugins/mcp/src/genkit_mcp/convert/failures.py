# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What an exception of the library, of a transport, or of a server becomes."""

from collections.abc import Iterator
from typing import Final, cast

from genkit import GenkitError
from genkit.plugin import StatusName, redact


CONNECTION_CLOSED: Final = -32000
REQUEST_TIMEOUT: Final = -32001
_STATUSES: Final = {
    CONNECTION_CLOSED: StatusName.UNAVAILABLE,
    REQUEST_TIMEOUT: StatusName.DEADLINE_EXCEEDED,
    -32002: StatusName.NOT_FOUND,
    -32600: StatusName.FAILED_PRECONDITION,
    -32601: StatusName.UNIMPLEMENTED,
    -32602: StatusName.INVALID_ARGUMENT,
    -32700: StatusName.DATA_LOSS,
}
_SHOWN: Final = 1000


def mcp_error(error: BaseException, what: str, hint: str = '') -> GenkitError:
    """Return the error for what went wrong while a server was asked.

    Args:
        error: What was raised; a group of exceptions stands for its first one.
        what: What was tried, as the beginning of a sentence: ``MCP server 'time' could not be started``.
        hint: A further sentence, such as what the server wrote to stderr.
    """
    first = next(leaves(error))
    if isinstance(first, GenkitError):
        return first
    code = getattr(first, 'code', None)
    status = _STATUSES.get(code, StatusName.INTERNAL) if isinstance(code, int) else _status_of(first)
    return GenkitError(f'{what}: {_line_of(first)}{hint}', status=status, cause=first)


def is_closed(error: BaseException) -> bool:
    """Return whether an exception says that the connection has ended."""
    return any(getattr(leaf, 'code', None) == CONNECTION_CLOSED for leaf in leaves(error))


def leaves(error: BaseException) -> Iterator[BaseException]:
    """Yield the exceptions of a group, however deeply nested, or the exception."""
    if isinstance(error, BaseExceptionGroup):
        for inner in cast('BaseExceptionGroup[BaseException]', error).exceptions:
            yield from leaves(inner)
    else:
        yield error


def _status_of(error: BaseException) -> StatusName:
    if isinstance(error, TimeoutError) or 'Timeout' in type(error).__name__:
        return StatusName.DEADLINE_EXCEEDED
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return StatusName.NOT_FOUND
    if isinstance(error, PermissionError):
        return StatusName.PERMISSION_DENIED
    if isinstance(error, OSError) or type(error).__module__.startswith(('httpx', 'anyio')):
        return StatusName.UNAVAILABLE
    # The library raises a plain RuntimeError for a result that does not fit its schema.
    return StatusName.DATA_LOSS if isinstance(error, ValueError | RuntimeError) else StatusName.INTERNAL


def _line_of(error: BaseException) -> str:
    text = redact(str(error).strip()[:_SHOWN]) or type(error).__name__
    return text if text.endswith(('.', '!', '?')) else f'{text}.'
