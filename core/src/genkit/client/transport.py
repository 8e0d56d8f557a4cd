# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One POST, answered with JSON or with a stream: everything between a call and the network."""

import asyncio
import http.cookiejar
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any, Final

import httpx

from genkit._base.errors import GenkitError
from genkit._base.http.clients import get_cached_client
from genkit._base.http.events import EventReader
from genkit._base.http.pieces import pieces_of
from genkit._trace.propagation import outgoing_headers
from genkit.client.answers import Frame, to_error, to_frame, to_http_error, to_result
from genkit.client.call import Call
from genkit.client.retries import repeated


_CONNECT_SECONDS: Final = 10.0
_FRAMING: Final = frozenset({'content-encoding', 'content-length', 'transfer-encoding'})
_NO_CONTENT: Final = 204
_STREAM_ID: Final = 'x-genkit-stream-id'
# After the result, the end of the answer is waited for so long, so that the connection can be used again.
_LINGER_SECONDS: Final = 0.5
# Streams last, hence no limit to their number; common servers close connections that were idle for 5 s.
_LIMITS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=4.0)
# The client is shared by everybody: a cookie that came for one of them must not be sent for another.
_NO_COOKIES: Final = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))


async def post_for_json(call: Call) -> Any:
    """Make a call and return the result in its answer.

    Raises:
        GenkitError: What the server answered; ``UNAVAILABLE`` or ``DEADLINE_EXCEEDED`` if it did not answer,
            ``DATA_LOSS`` if the answer cannot be read.
    """

    async def attempt() -> Any:
        response = await _send(call, 'application/json')
        try:
            return await _read_json(response, call)
        finally:
            await response.aclose()

    return await repeated(call.retries, attempt)


async def post_for_stream(call: Call, put: Callable[[Any], None], opened: Callable[[str | None], None]) -> Any:
    """Make a call, hand on each chunk, and return the result.

    Args:
        call: What to ask.
        put: Takes the chunks; what it raises ends the call.
        opened: Told the id of the stream, if it has one, as soon as the server answers.

    Raises:
        GenkitError: As `post_for_json`; also if the stream ends without a result.
    """
    response = await repeated(call.retries, lambda: _open(call))
    try:
        opened(response.headers.get(_STREAM_ID))
        if response.headers.get('content-type', '').startswith('application/json'):
            return await _read_json(response, call)
        frames = _Frames(call, response, put)
        with _named_failures(call):
            async with pieces_of(response) as pieces:
                return await frames.read(pieces)
    finally:
        await response.aclose()


async def _open(call: Call) -> httpx.Response:
    """Return an answer that has begun to stream."""
    response = await _send(call, 'text/event-stream')
    if response.status_code != _NO_CONTENT:
        return response
    await response.aclose()
    asked = call.headers.get(_STREAM_ID)
    raise GenkitError(
        f'{call.where} has no stream{f" {asked!r}" if asked else ""}: it was never there, or is there no longer.',
        status='NOT_FOUND',
    )


async def _send(call: Call, accept: str) -> httpx.Response:
    """Return an answer of success whose body is still to be read, and which the caller closes."""
    client = _client(call)
    trace_headers = outgoing_headers()
    asked = {'content-type': 'application/json', 'accept': accept}
    request = client.build_request(
        'POST',
        call.url,
        content=call.body,
        headers={'accept-encoding': 'identity', **trace_headers, **call.headers, **asked},
        timeout=httpx.Timeout(call.timeout, connect=_connect_seconds(call)),
    )
    with _named_failures(call):
        response = await client.send(request, stream=True)
        if response.is_success:
            return response
        try:
            response = await _read(response, call)
        finally:
            await response.aclose()
    raise to_http_error(response, call)


async def _read_json(response: httpx.Response, call: Call) -> Any:
    with _named_failures(call):
        whole = await _read(response, call)
    return to_result(whole, call)


async def _read(response: httpx.Response, call: Call) -> httpx.Response:
    """Return an answer with its body, unpacked, unless that is too large."""
    body = bytearray()
    async with pieces_of(response) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) > call.max_bytes:
                raise _too_large(call)
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in _FRAMING]
    return httpx.Response(
        response.status_code,
        headers=headers,
        content=bytes(body),
        request=response.request,
        extensions={name: value for name, value in response.extensions.items() if name == 'reason_phrase'},
    )


def _too_large(call: Call) -> GenkitError:
    return GenkitError(
        f'The answer of {call.where} is larger than max_bytes={call.max_bytes}; allow more, or ask for less.',
        status='OUT_OF_RANGE',
    )


class _Frames:
    """Reads frames until one ends the call."""

    def __init__(self, call: Call, response: httpx.Response, put: Callable[[Any], None]) -> None:
        self._call = call
        self._response = response
        self._put = put
        self._events = EventReader(call.max_bytes)
        self._last: Frame | None = None

    async def read(self, pieces: AsyncGenerator[bytes]) -> Any:
        """Hand on the chunks and return the result."""
        size = 0
        async for piece in pieces:
            size += len(piece)
            if size > self._call.max_bytes:
                raise _too_large(self._call)
            if self._ended_by(piece):
                await _linger(pieces)
                return self._outcome()
        self._ended_by(None)
        return self._outcome()

    def _ended_by(self, piece: bytes | None) -> bool:
        """Take a piece, or the end of them; return whether the result or an error was in it."""
        for event in self._events.close() if piece is None else self._events.feed(piece):
            frame = to_frame(event, self._call)
            if frame is None:
                continue
            self._last = frame
            if frame.kind in ('result', 'error'):
                return True
            if frame.kind == 'message':
                self._put(frame.value)
        return False

    def _outcome(self) -> Any:
        last = self._last
        if last is None or last.kind == 'message':
            raise GenkitError(
                f'The stream of {self._call.where} ended without a result'
                f'{"" if last else " and without any chunk; is it the address of a flow?"}',
                status='DATA_LOSS',
            )
        if last.kind == 'error':
            raise to_error({'error': last.value}, self._response, self._call)
        return last.value


async def _linger(pieces: AsyncGenerator[bytes]) -> None:
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_LINGER_SECONDS):
            async for _ in pieces:
                pass


def _client(call: Call) -> httpx.AsyncClient:
    if call.http_client is None:
        return get_cached_client('genkit.client', limits=_LIMITS, cookies=_NO_COOKIES)
    if call.http_client.is_closed:
        raise GenkitError('The http_client was closed. Give one that is open, or none.', status='FAILED_PRECONDITION')
    return call.http_client


def _connect_seconds(call: Call) -> float:
    return _CONNECT_SECONDS if call.timeout is None else min(_CONNECT_SECONDS, call.timeout)


@contextmanager
def _named_failures(call: Call) -> Generator[None]:
    """Turn what httpx raises into errors that say what happened to this call."""
    try:
        yield
    except httpx.LocalProtocolError:
        # Not chained: its text shows headers.
        raise GenkitError(
            f'The request to {call.where} is not valid HTTP. Look at the headers of the http_client.',
            status='INVALID_ARGUMENT',
        ) from None
    except httpx.HTTPError as error:
        text, status = _described(error, call)
        raise GenkitError(text, status=status, cause=error) from error


def _described(error: httpx.HTTPError, call: Call) -> tuple[str, str]:
    match error:
        case httpx.ConnectTimeout():
            return f'Connecting to {call.where} took longer than {_connect_seconds(call):g} s.', 'DEADLINE_EXCEEDED'
        case httpx.PoolTimeout():
            return f'The http_client had no connection to {call.where} to spare in time.', 'DEADLINE_EXCEEDED'
        case httpx.TimeoutException():
            return (
                f'{call.where} was silent for more than timeout={call.timeout!r} s. The flow may still run there.',
                'DEADLINE_EXCEEDED',
            )
        case httpx.ConnectError() | httpx.ProxyError():
            return f'Cannot connect to {call.where}. Is the server running, and the address right?', 'UNAVAILABLE'
        case httpx.DecodingError():
            return f'The answer of {call.where} is not what its content-encoding says.', 'DATA_LOSS'
        case httpx.TooManyRedirects():
            return f'{call.where} redirects too often.', 'FAILED_PRECONDITION'
        case _:
            return f'The connection to {call.where} was lost before the answer was complete.', 'UNAVAILABLE'
