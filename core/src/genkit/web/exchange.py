# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A request and its answer, as every framework can give and take them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from genkit._base.errors import get_callable_json, get_http_status
from genkit._base.serialize import dump_json
from genkit.web.frames import Frames


JSON_HEADERS: Final = {'content-type': 'application/json'}


@dataclass(frozen=True, slots=True)
class WebRequest:
    """What a framework received.

    Attributes:
        method: In capitals.
        headers: By name in lower case, several values joined by a comma.
        body: As it came.
        query: The part of the URL after the question mark.
        raw: The framework's own request, for context providers.
        server: The address that it came in at, such as ``127.0.0.1``, if the framework tells: see `listening_at`.
    """

    method: str
    headers: Mapping[str, str]
    body: bytes
    query: str = ''
    raw: Any = None
    server: str | None = None


@dataclass(frozen=True, slots=True)
class WebResponse:
    """What a framework is to send.

    Attributes:
        status: Of HTTP.
        headers: By name.
        body: At once, or frames to be sent as they come; closing them cancels the flow.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: JSON_HEADERS)
    body: bytes | Frames = b''


def error_response(error: BaseException, headers: Mapping[str, str] | None = None) -> WebResponse:
    """Return an error as the answer that clients of flows understand: ``{status, message, details?}``."""
    body = dump_json(get_callable_json(error)).encode()
    return WebResponse(get_http_status(error), {**JSON_HEADERS, **(headers or {})}, body)
