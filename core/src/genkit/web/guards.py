# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps from an application what it should not have to bear: too much at once, too often, or while it is down."""

import math
import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final

from genkit._base.errors import GenkitError
from genkit._base.http.asgi import (
    JSON_TYPE,
    Application,
    BodyTooLargeError,
    Receive,
    Scope,
    Send,
    read_headers,
    respond,
)
from genkit.web.exchange import error_response
from genkit.web.extras import required


_FAILURES: Final = frozenset({500, 502, 503, 504})


def limit_body(app: Application, limit: int) -> Application:
    """Return an application whose requests may have so many bytes; more is answered with 413."""

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] != 'http':
            await app(scope, receive, send)
            return
        declared = read_headers(scope).get('content-length', '')
        if declared.isdigit() and int(declared) > limit:
            await _refuse(send, BodyTooLargeError(limit))
            return
        taken = 0
        refused = False

        async def counted() -> MutableMapping[str, Any]:
            nonlocal taken, refused
            message = await receive()
            taken += len(message.get('body', b''))
            if taken > limit and not refused:
                refused = True
                await _refuse(send, BodyTooLargeError(limit))
            return {'type': 'http.disconnect'} if refused else message

        async def unless_refused(message: MutableMapping[str, Any]) -> None:
            if not refused:
                await send(message)

        await app(scope, counted, unless_refused)

    return limited


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
    """Return an application that is given a rest after so many failures in a row; meanwhile the answer is 503."""
    purgatory: Any = required('purgatory')
    opened: Any = required('purgatory.domain.model').OpenedState
    factory = purgatory.AsyncCircuitBreakerFactory(default_threshold=threshold, default_ttl=seconds)

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

        try:
            async with await factory.get_breaker('application'):
                await app(scope, receive, noted)
                _raise_for(status)
        except opened:
            error = GenkitError('The service has failed repeatedly and rests for a moment.', status='UNAVAILABLE')
            await _refuse(send, error, (b'retry-after', str(math.ceil(seconds)).encode()))
        except _FailedError:
            return

    return guarded


class _FailedError(Exception):
    """Tells the circuit breaker of an answer that says that the application has failed."""


def _raise_for(status: int) -> None:
    if status in _FAILURES:
        raise _FailedError


async def _refuse(send: Send, error: GenkitError, *headers: tuple[bytes, bytes]) -> None:
    response = error_response(error)
    assert isinstance(response.body, bytes), 'an error is answered at once'
    await respond(send, response.status, response.body, [JSON_TYPE, *headers])
