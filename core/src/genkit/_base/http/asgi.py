# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What every ASGI application of ours does: read a body, answer, and turn away requests a browser was tricked into."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic_core import from_json

from genkit._base.errors import GenkitError


Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeaders = Iterable[tuple[bytes, bytes]]

JSON_TYPE: Final = (b'content-type', b'application/json')
_LOOPBACK: Final = frozenset({'localhost', '127.0.0.1', '::1'})


class ClientDisconnected(Exception):  # noqa: N818  (an event; never crosses a door)
    """The client left before its request was complete."""


class BodyTooLargeError(GenkitError):
    """A request's body is over the limit; answered with 413."""

    def __init__(self, limit: int) -> None:
        super().__init__(f'The body is larger than the {limit} bytes allowed.', status='INVALID_ARGUMENT')

    @property
    def http_code(self) -> int:
        """413."""
        return 413


def read_headers(scope: Scope) -> dict[str, str]:
    """Return a request's headers by name in lower case, several values of one name joined by a comma."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope['headers']:
        name, value = raw_name.decode('latin-1').lower(), raw_value.decode('latin-1')
        headers[name] = f'{headers[name]}, {value}' if name in headers else value
    return headers


async def read_body(receive: Receive, limit: int, declared: str | None = None) -> bytes:
    """Return a request's body.

    Args:
        receive: Of the request.
        limit: Bytes.
        declared: The request's content-length, if it has one.

    Raises:
        BodyTooLargeError: It is larger, or says so.
        ClientDisconnected: The client left first.
    """
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise BodyTooLargeError(limit)
    pieces: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message['type'] == 'http.disconnect':
            raise ClientDisconnected
        piece = message.get('body', b'')
        size += len(piece)
        if size > limit:
            raise BodyTooLargeError(limit)
        pieces.append(piece)
        more = message.get('more_body', False)
    return pieces[0] if len(pieces) == 1 else b''.join(pieces)


def parse_json(body: bytes) -> Any:
    """Return a body's JSON; an empty body is None.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` saying where it is malformed.
    """
    if not body:
        return None
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise GenkitError(f'The body is not JSON: {error}.', status='INVALID_ARGUMENT') from error


async def respond(send: Send, status: int, body: bytes, headers: RawHeaders = (JSON_TYPE,)) -> None:
    """Answer at once."""
    length = (b'content-length', str(len(body)).encode())
    await send({'type': 'http.response.start', 'status': status, 'headers': [*headers, length]})
    await send({'type': 'http.response.body', 'body': body})


def refusal(headers: MutableMapping[str, str], *, check_host: bool = True) -> str | None:
    """Return why a request to a developer's server must be refused, or None.

    A page on the web can make a browser send requests to this machine. Such a request names another host (DNS
    rebinding), another origin, or is marked as coming from another site (Fetch Metadata, for those without origin).

    Args:
        headers: By name in lower case.
        check_host: Whether the server is meant for this machine alone.
    """
    host = headers.get('host', '')
    if check_host and _host_name(f'//{host}') not in _LOOPBACK:
        return f'Host {host!r} is not this machine; use http://127.0.0.1 or http://localhost.'
    origin = headers.get('origin')
    if origin is not None and _host_name(origin) not in _LOOPBACK:
        return f'Origin {origin!r} may not use the developer tools.'
    if origin is None and headers.get('sec-fetch-site') == 'cross-site':
        return 'Pages of other sites may not use the developer tools.'
    return None


def _host_name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
