# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What every ASGI application of ours does: read a body, answer, and turn away requests a browser was tricked into."""

import asyncio
import contextlib
import functools
import re
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, MutableMapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from genkit._base.errors import GenkitError
from genkit._base.readers.json_text import read_json
from genkit._base.status import StatusName


Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeaders = Iterable[tuple[bytes, bytes]]

JSON_TYPE: Final = (b'content-type', b'application/json')
LOOPBACK_NAMES: Final = frozenset({'localhost', '127.0.0.1', '::1'})
BODY_SECONDS: Final = 60.0
DROPPED_BYTES: Final = 64_000_000
_DROP_SECONDS: Final = 30.0
_HOST: Final = re.compile(r'(\[[0-9A-Fa-f:.]+\]|[^\s\[\]@:/?#\\,]+)(?::([0-9]{1,5}))?')
_LAST_PORT: Final = 65_535
_LOCAL_APPS: Final = frozenset({'tauri://localhost'})
_MOST_DIGITS: Final = 18


class ClientDisconnected(Exception):  # noqa: N818  (an event; not part of the public API)
    """The client left before its request was complete."""


class BodyTooLargeError(GenkitError):
    """A request's body is over the limit; answered with 413.

    Args:
        limit: Bytes.
        has_more: Whether some of it has not been read.
    """

    def __init__(self, limit: int, *, has_more: bool = False) -> None:
        super().__init__(f'The body is larger than the {limit} bytes allowed.', status='INVALID_ARGUMENT')
        self.has_more = has_more

    @property
    def http_code(self) -> int:
        """413."""
        return 413


class BodyTooSlowError(GenkitError):
    """A request's body did not arrive in time; answered with 408."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f'The body did not arrive within the {seconds:g} seconds allowed.', status=StatusName.DEADLINE_EXCEEDED
        )

    @property
    def http_code(self) -> int:
        """408."""
        return 408


def read_headers(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return a request's headers by name in lower case, several values of one name joined by a comma."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope['headers']:
        name, value = raw_name.decode('latin-1').lower(), raw_value.decode('latin-1')
        headers[name] = f'{headers[name]}, {value}' if name in headers else value
    return headers


async def read_body(
    receive: Receive, limit: int, headers: Mapping[str, str], seconds: float | None = BODY_SECONDS
) -> bytes:
    """Return a request's body.

    Args:
        receive: Of the request.
        limit: Bytes.
        headers: Of the request, by name in lower case.
        seconds: Within which all of it has to arrive; None for any time.

    Raises:
        BodyTooLargeError: It is larger, or says so; answer with `refuse_body`.
        BodyTooSlowError: It did not arrive in time.
        ClientDisconnected: The client left first.
    """
    if declares_more_than(limit, headers):
        raise BodyTooLargeError(limit, has_more=True)
    pieces: list[bytes] = []
    size = 0
    more = True
    deadline: float | None = None
    while more:
        message, waits = _begin(receive())
        if waits is not None:
            if deadline is None and seconds is not None:
                deadline = asyncio.get_running_loop().time() + seconds
            message = await _in_time(waits, deadline, seconds)
        if message['type'] == 'http.disconnect':
            raise ClientDisconnected
        piece = message.get('body', b'')
        size += len(piece)
        more = message.get('more_body', False)
        if size > limit:
            raise BodyTooLargeError(limit, has_more=more)
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b''.join(pieces)


class _Begun:
    """Something awaitable that has been begun, and waits; to be awaited for the rest."""

    def __init__(self, steps: Generator[Any, Any, Any], waiting: Any) -> None:
        self._steps = steps
        self._waiting = waiting

    def __await__(self) -> Generator[Any, Any, Any]:
        waiting = self._waiting
        while True:
            try:
                given = yield waiting
            except BaseException as error:  # noqa: BLE001  (it is for what waits)
                step = functools.partial(self._steps.throw, error)
            else:
                step = functools.partial(self._steps.send, given)
            try:
                waiting = step()
            except StopIteration as done:
                return done.value


def _begin(awaitable: Awaitable[Any]) -> tuple[Any, _Begun | None]:
    """Return the result of an awaitable that has it at once, as most bodies are there; else what is to be awaited.

    It spares each request a timer.
    """
    steps = awaitable.__await__()
    try:
        waiting = next(steps)
    except StopIteration as done:
        return done.value, None
    return None, _Begun(steps, waiting)


async def _in_time(waits: _Begun, deadline: float | None, seconds: float | None) -> Any:
    scope = asyncio.timeout_at(deadline)
    try:
        async with scope:
            return await waits
    except TimeoutError as error:
        if not scope.expired():
            raise
        raise BodyTooSlowError(seconds or 0) from error


def declares_more_than(limit: int, headers: Mapping[str, str]) -> bool:
    """Return whether a request says that its body is over the limit."""
    declared = headers.get('content-length', '')
    return declared.isdecimal() and (len(declared) > _MOST_DIGITS or int(declared) > limit)


async def refuse_body(
    receive: Receive,
    send: Send,
    error: BodyTooLargeError | BodyTooSlowError,
    body: bytes,
    headers: RawHeaders = (JSON_TYPE,),
) -> None:
    """Answer a request whose body has not been read, and end the connection.

    Many clients look for an answer only after they have sent everything, and lose it if the connection ends before.
    So the answer is sent at once, and the connection ends when the rest of the body has been read and dropped, within
    reason.
    """
    closing = ((b'content-length', str(len(body)).encode()), (b'connection', b'close'))
    await send({'type': 'http.response.start', 'status': error.http_code, 'headers': [*headers, *closing]})
    await send({'type': 'http.response.body', 'body': body, 'more_body': True})
    if isinstance(error, BodyTooLargeError) and error.has_more:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DROP_SECONDS):
                await _drop_body(receive)
    await send({'type': 'http.response.body', 'body': b''})


async def _drop_body(receive: Receive) -> None:
    left = DROPPED_BYTES
    while left > 0:
        message = await receive()
        left -= len(message.get('body', b''))
        if message['type'] == 'http.disconnect' or not message.get('more_body', False):
            return


def parse_json(body: bytes) -> Any:
    """Return a body's JSON; an empty body is None.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` saying where it is malformed, or too deep.
    """
    return read_json(body, 'The body') if body else None


async def respond(send: Send, status: int, body: bytes, headers: RawHeaders = (JSON_TYPE,)) -> None:
    """Answer at once."""
    length = (b'content-length', str(len(body)).encode())
    await send({'type': 'http.response.start', 'status': status, 'headers': [*headers, length]})
    await send({'type': 'http.response.body', 'body': body})


def refusal(
    headers: MutableMapping[str, str], client: tuple[str, int] | None = None, *, check_host: bool = True
) -> str | None:
    """Return why a request to a developer's server must be refused, or None.

    A page on the web can make a browser send requests to this machine. Such a request names another host (DNS
    rebinding), another origin, or is marked as coming from another site (Fetch Metadata, for those without origin).

    Args:
        headers: By name in lower case.
        client: Address and port that it comes from; None if that is not an address, as with a socket in a folder.
        check_host: Whether the server is meant for this machine alone.
    """
    if check_host and client is not None and not _is_this_machine(client[0]):
        return f'A request from {client[0]!r} is not one from this machine.'
    host = headers.get('host', '')
    if check_host and host_name(f'//{host}') not in LOOPBACK_NAMES:
        return f'Host {host!r} is not this machine; use http://127.0.0.1 or http://localhost.'
    origin = headers.get('origin')
    if origin is not None and not _is_local_page(origin):
        return f'Origin {origin!r} may not use the developer tools.'
    if origin is None and headers.get('sec-fetch-site') == 'cross-site':
        return 'Pages of other sites may not use the developer tools.'
    return None


def _is_this_machine(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return address in LOOPBACK_NAMES
    return (getattr(found, 'ipv4_mapped', None) or found).is_loopback


def host_name(url: str) -> str | None:
    """Return the host of a URL in lower case; None if it has none, or has anything but a host and a port there."""
    try:
        found = _HOST.fullmatch(urlsplit(url).netloc)
    except ValueError:
        return None
    if found is None or int(found[2] or 0) > _LAST_PORT:
        return None
    return found[1].strip('[]').lower()


def _is_local_page(origin: str) -> bool:
    """Return whether an origin is that of a page served by this machine; extensions of browsers are not."""
    scheme = origin.partition('://')[0].lower()
    return origin in _LOCAL_APPS or (scheme in ('http', 'https') and host_name(origin) in LOOPBACK_NAMES)
