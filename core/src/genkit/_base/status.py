# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Status names shared by every Genkit SDK, with their numeric codes and HTTP equivalents."""

from enum import StrEnum
from typing import Final


class StatusName(StrEnum):
    """The canonical outcome of an operation, as it appears on the wire."""

    OK = 'OK'
    CANCELLED = 'CANCELLED'
    UNKNOWN = 'UNKNOWN'
    INVALID_ARGUMENT = 'INVALID_ARGUMENT'
    DEADLINE_EXCEEDED = 'DEADLINE_EXCEEDED'
    NOT_FOUND = 'NOT_FOUND'
    ALREADY_EXISTS = 'ALREADY_EXISTS'
    PERMISSION_DENIED = 'PERMISSION_DENIED'
    RESOURCE_EXHAUSTED = 'RESOURCE_EXHAUSTED'
    FAILED_PRECONDITION = 'FAILED_PRECONDITION'
    ABORTED = 'ABORTED'
    OUT_OF_RANGE = 'OUT_OF_RANGE'
    UNIMPLEMENTED = 'UNIMPLEMENTED'
    INTERNAL = 'INTERNAL'
    UNAVAILABLE = 'UNAVAILABLE'
    DATA_LOSS = 'DATA_LOSS'
    UNAUTHENTICATED = 'UNAUTHENTICATED'

    @property
    def code(self) -> int:
        """The number of this status (the gRPC code)."""
        return _CODES[self]

    @property
    def http_code(self) -> int:
        """The HTTP status an API answers with."""
        return _HTTP[self]


_CODES: Final = {name: number for number, name in enumerate(StatusName)}

_HTTP: Final = {
    StatusName.OK: 200,
    StatusName.CANCELLED: 499,
    StatusName.UNKNOWN: 500,
    StatusName.INVALID_ARGUMENT: 400,
    StatusName.DEADLINE_EXCEEDED: 504,
    StatusName.NOT_FOUND: 404,
    StatusName.ALREADY_EXISTS: 409,
    StatusName.PERMISSION_DENIED: 403,
    StatusName.RESOURCE_EXHAUSTED: 429,
    StatusName.FAILED_PRECONDITION: 400,
    StatusName.ABORTED: 409,
    StatusName.OUT_OF_RANGE: 400,
    StatusName.UNIMPLEMENTED: 501,
    StatusName.INTERNAL: 500,
    StatusName.UNAVAILABLE: 503,
    StatusName.DATA_LOSS: 500,
    StatusName.UNAUTHENTICATED: 401,
}

_FROM_HTTP: Final = {
    400: StatusName.INVALID_ARGUMENT,
    401: StatusName.UNAUTHENTICATED,
    403: StatusName.PERMISSION_DENIED,
    404: StatusName.NOT_FOUND,
    408: StatusName.DEADLINE_EXCEEDED,
    409: StatusName.ABORTED,
    429: StatusName.RESOURCE_EXHAUSTED,
    499: StatusName.CANCELLED,
    500: StatusName.INTERNAL,
    501: StatusName.UNIMPLEMENTED,
    503: StatusName.UNAVAILABLE,
    504: StatusName.DEADLINE_EXCEEDED,
}


def from_http_code(http_code: int) -> StatusName:
    """Return the status that a server's HTTP answer stands for."""
    fallback = StatusName.INTERNAL if http_code >= 500 else StatusName.UNKNOWN  # noqa: PLR2004  (server errors)
    return _FROM_HTTP.get(http_code, fallback)
