# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Requests and responses, independent of the web framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from genkit._base.errors import get_callable_json, get_http_status
from genkit._base.serialize import dump_json
from genkit.web.frames import Frames


JSON_HEADERS: Final = {'content-type': 'application/json'}


@dataclass(frozen=True, slots=True)
class WebRequest:
    """An HTTP request, independent of the web framework.

    Attributes:
        method: The HTTP method, in upper case.
        headers: The headers, by lower-case name; several values are joined by a comma.
        body: The raw body.
        query: The part of the URL after the question mark.
        raw: The request object of the framework, for context providers.
        server: The server address, such as ``127.0.0.1``, if the framework provides it: see `listening_at`.
    """

    method: str
    headers: Mapping[str, str]
    body: bytes
    query: str = ''
    raw: Any = None
    server: str | None = None


@dataclass(frozen=True, slots=True)
class WebResponse:
    """An HTTP response, independent of the web framework.

    Attributes:
        status: The HTTP status code.
        headers: The headers, by name.
        body: The whole body, or frames to send as they arrive; closing the frames cancels the flow.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: JSON_HEADERS)
    body: bytes | Frames = b''

    @classmethod
    def of_json(cls, value: Any, status: int = 200) -> 'WebResponse':
        """Return a response of JSON."""
        return cls(status, JSON_HEADERS, dump_json(value).encode())


class WebHandler(Protocol):
    """Answers the requests of one route, such as `FlowHandler` those for a flow.

    Adapters take one wherever they take a flow.

    Attributes:
        body_limit: The maximum size of a request body in bytes.
    """

    body_limit: int

    async def handle(self, request: WebRequest) -> WebResponse:
        """Return the response to a request; errors become responses as well."""
        ...


def error_response(error: BaseException, headers: Mapping[str, str] | None = None) -> WebResponse:
    """Return an error as the answer that clients of flows understand: ``{status, message, details?}``."""
    body = dump_json(get_callable_json(error)).encode()
    return WebResponse(get_http_status(error), {**JSON_HEADERS, **(headers or {})}, body)
