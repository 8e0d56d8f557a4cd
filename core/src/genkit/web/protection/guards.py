# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Body limit, rate limit and circuit breaker for ASGI applications."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

from genkit._base.errors import GenkitError
from genkit._base.http.asgi import (
    Application,
    BodyTooLargeError,
    BodyTooSlowError,
    Receive,
    Scope,
    Send,
    declares_more_than,
    read_headers,
    refuse_body,
    respond,
)
from genkit.web.exchange import error_response
from genkit.web.protection.extras import required


_FAILURES: Final = frozenset({500, 502, 503, 504})
_MOST_BREAKERS: Final = 1000
_OTHER_PATHS: Final = '*'
_LEFT: Final = {'type': 'http.disconnect'}


def limit_body(app: Application, limit: int | None, seconds: float | None) -> Application:
    """Return an application whose requests may have so many bytes, which have to arrive within so many seconds.

    More bytes are answered with 413, later ones with 408.
    """

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            await app(scope, receive, send)
            return
        body = _LimitedBody(receive, send, limit, seconds)
        if limit is not None and declares_more_than(limit, read_headers(scope)):
            await body.refuse(BodyTooLargeError(limit, has_more=True))
            return
        await app(scope, body.receive, body.send)

    return limited


class _LimitedBody:
    """Stands between a server and an application while a request's body is read."""

    def __init__(self, receive: Receive, send: Send, limit: int | None, seconds: float | None) -> None:
        self._receive = receive
        self._send = send
        self._limit = limit
        self._seconds = seconds
        self._deadline = None if seconds is None else asyncio.get_running_loop().time() + seconds
        self._taken = 0
        self._is_read = False
        self._is_answered = False
        self._is_refused = False

    async def receive(self) -> MutableMapping[str, Any]:
        """Receive the next message; once the body is refused, the application learns that its client has left."""
        if self._is_refused:
            return _LEFT
        if self._is_read:
            return await self._receive()
        scope = asyncio.timeout_at(self._deadline)
        try:
            async with scope:
                message = await self._receive()
        except TimeoutError:
            if not scope.expired():
                raise
            return await self.refuse(BodyTooSlowError(self._seconds or 0))
        self._taken += len(message.get('body', b''))
        has_more = message.get('more_body', False)
        if self._limit is not None and self._taken > self._limit:
            return await self.refuse(BodyTooLargeError(self._limit, has_more=has_more))
        self._is_read = not has_more
        return message

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Send a message, unless the request has been refused."""
        if not self._is_refused:
            self._is_answered = True
            await self._send(message)

    async def refuse(self, error: BodyTooLargeError | BodyTooSlowError) -> MutableMapping[str, Any]:
        """Refuse the request, unless the application has begun to answer it."""
        self._is_refused = True
        if not self._is_answered:
            response = error_response(error)
            assert isinstance(response.body, bytes), 'an error is answered at once'
            await refuse_body(self._receive, self._send, error, response.body)
        return _LEFT


def limit_rate(
    app: Application, rate: str, key: Callable[[Mapping[str, str], str], str] | None, storage: str
) -> Application:
    """Return an application that one client may call so often, such as ``100/minute``; more is answered with 429."""
    limits: Any = required('limits')
    strategies: Any = required('limits.aio.strategies')
    storages: Any = required('limits.storage')
    try:
        allowed = limits.parse(rate)
    except ValueError as error:
        raise GenkitError(
            f'The rate {rate!r} cannot be read; write it like 100/minute or 5 per second.', status='INVALID_ARGUMENT'
        ) from error
    limiter = strategies.MovingWindowRateLimiter(storages.storage_from_string(storage))

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] == 'http':
            address = (scope.get('client') or ('unknown', 0))[0]
            client = address if key is None else key(read_headers(scope), address)
            if not await limiter.hit(allowed, client):
                window = await limiter.get_window_stats(allowed, client)
                wait = max(1, math.ceil(window.reset_time - time.time()))
                error = GenkitError(f'Too many calls; {rate} are allowed.', status='RESOURCE_EXHAUSTED')
                await _refuse(send, error, (b'retry-after', str(wait).encode()))
                return
        await app(scope, receive, send)

    return limited


def open_circuit(app: Application, threshold: int, seconds: float) -> Application:
    """Return an application each of whose paths is given a rest after so many failures in a row, with 503."""
    purgatory: Any = required('purgatory')
    opened: Any = required('purgatory.domain.model').OpenedState
    factory = purgatory.AsyncCircuitBreakerFactory(default_threshold=threshold, default_ttl=seconds)
    names: set[str] = set()  # of the paths that have failed: others need no breaker, and there is no end of them

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            await app(scope, receive, send)
            return

        status = 0

        async def noted(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message['type'] == 'http.response.start':
                status = message['status']
            await send(message)

        async def answer() -> None:
            await app(scope, receive, noted)
            _raise_for(status)

        name = _breaker_name(scope['path'], names)
        try:
            if name in names:
                async with await factory.get_breaker(name):
                    await answer()
            else:
                await _first_failure(answer, name, names, factory)
        except opened:
            error = GenkitError('The service has failed repeatedly and rests for a moment.', status='UNAVAILABLE')
            await _refuse(send, error, (b'retry-after', str(math.ceil(seconds)).encode()))
        except _FailedError:
            return

    return guarded


async def _first_failure(answer: Callable[[], Awaitable[None]], name: str, names: set[str], factory: Any) -> None:
    """Answer a request for a path that has not failed so far; from its first failure on it has a breaker."""
    try:
        await answer()
    except Exception:
        names.add(name)
        async with await factory.get_breaker(name):
            raise


def _breaker_name(path: str, names: set[str]) -> str:
    """Return the name of a path's breaker; paths beyond a number share one, as clients may make them up."""
    return path if path in names or len(names) < _MOST_BREAKERS else _OTHER_PATHS


class _FailedError(Exception):
    """Tells the circuit breaker of an answer that says that the application has failed."""


def _raise_for(status: int) -> None:
    if status in _FAILURES:
        raise _FailedError


async def _refuse(send: Send, error: GenkitError, *headers: tuple[bytes, bytes]) -> None:
    response = error_response(error)
    assert isinstance(response.body, bytes), 'an error is answered at once'
    given = [(name.encode(), value.encode('latin-1')) for name, value in response.headers.items()]
    await respond(send, response.status, response.body, [*given, *headers])
