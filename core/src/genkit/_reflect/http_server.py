# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The developer tools' protocol over HTTP: an ASGI application that frames what the dispatcher says."""

import asyncio
import contextlib
import os
import reprlib
import signal
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, cast
from urllib.parse import parse_qs

from pydantic import ValidationError

from genkit._action.schema import describe_problems
from genkit._base.errors import GenkitError, get_reflection_json
from genkit._base.http.asgi import (
    BODY_SECONDS,
    JSON_TYPE,
    BodyTooLargeError,
    BodyTooSlowError,
    ClientDisconnected,
    Receive,
    Scope,
    Send,
    parse_json,
    read_body,
    read_headers,
    refusal,
    refuse_body,
    respond,
)
from genkit._base.serialize import dump_json
from genkit._base.version import GENKIT_VERSION
from genkit._reflect.dispatcher import Dispatcher, Watcher, read_params
from genkit._trace.propagation import continued_trace
from genkit.types import ReflectionRunActionParams


Handler = Callable[['Exchange'], Awaitable[None]]

BODY_LIMIT: Final = 30_000_000
_VERSION: Final = (b'x-genkit-version', GENKIT_VERSION.encode())
_EXPOSED: Final = (b'access-control-expose-headers', b'X-Genkit-Trace-Id, X-Genkit-Span-Id, x-genkit-version')


class Exchange:
    """One request and its answer.

    Attributes:
        query: Of the request.
        body: Its JSON.
        headers: Of the request, by name in lower case.
        client: Address and port that it comes from, if it is known.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.method: str = scope['method']
        self.path: str = scope['path']
        self.query = parse_qs(scope['query_string'].decode('latin-1'))
        self.headers = read_headers(scope)
        self.client: tuple[str, int] | None = scope.get('client')
        self.body: Any = None
        self._receive = receive
        self._send = send
        self._started = False

    async def read(self) -> None:
        """Read the body.

        Raises:
            GenkitError: It is too large, or no JSON.
            ClientDisconnected: The client left.
        """
        self.body = parse_json(await read_body(self._receive, BODY_LIMIT, self.headers, BODY_SECONDS))

    async def answer(self, value: Any, status: int = 200) -> None:
        """Answer with JSON."""
        await respond(self._send, status, dump_json(value).encode(), self.headers_of(JSON_TYPE))

    async def start(self, content_type: bytes, *more: tuple[bytes, bytes]) -> None:
        """Send the head of an answer that is sent piece by piece."""
        self._started = True
        headers = self.headers_of((b'content-type', content_type), *more)
        await self._send({'type': 'http.response.start', 'status': 200, 'headers': headers})
        await self._send({'type': 'http.response.body', 'body': b'', 'more_body': True})

    @property
    def started(self) -> bool:
        """Whether the head was sent."""
        return self._started

    async def write(self, piece: str, *, last: bool = False) -> None:
        """Send a piece."""
        await self._send({'type': 'http.response.body', 'body': piece.encode(), 'more_body': not last})

    def headers_of(self, *more: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        """Return the headers of an answer."""
        origin = self.headers.get('origin')
        allowed = [(b'access-control-allow-origin', origin.encode('latin-1')), (b'vary', b'origin')] if origin else []
        return [*more, _VERSION, _EXPOSED, *allowed]


class HttpServer:
    """The ASGI application.

    Args:
        dispatcher: Does the work.
        runtime_id: A health check that names another one is refused.
        local: Whether requests must come from this machine, and name it as their host.
    """

    def __init__(self, dispatcher: Dispatcher, runtime_id: str, *, local: bool = True) -> None:
        self._dispatcher = dispatcher
        self._id = runtime_id
        self._local = local
        self._routes: Mapping[str, Mapping[str, Handler]] = {
            '/api/__health': {'GET': self._health},
            '/api/__quitquitquit': {'GET': self._quit, 'POST': self._quit},
            '/api/actions': {'GET': self._actions},
            '/api/values': {'GET': self._values},
            '/api/envs': {'GET': self._envs},
            '/api/notify': {'POST': self._notify},
            '/api/runAction': {'POST': self._run},
            '/api/cancelAction': {'POST': self._cancel},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope['type'] == 'websocket':
            await send({'type': 'websocket.close', 'code': 1008})
            return
        if scope['type'] != 'http':
            return
        exchange = Exchange(scope, receive, send)
        try:
            await self._answer(exchange)
        except ClientDisconnected:
            return
        except (BodyTooLargeError, BodyTooSlowError) as error:
            body = dump_json({'error': error.original_message}).encode()
            await refuse_body(receive, send, error, body, exchange.headers_of(JSON_TYPE))
        except GenkitError as error:
            if exchange.started:
                raise
            said = error.original_message  # under both names: tools read `message`
            await exchange.answer({'error': said, 'code': error.status.code, 'message': said}, error.http_code)

    async def _answer(self, exchange: Exchange) -> None:
        reason = refusal(exchange.headers, exchange.client, check_host=self._local)
        if reason is not None:
            exchange.headers.pop('origin', None)  # whose page may not even read why
            await exchange.answer({'error': reason}, 403)
            return
        methods = self._routes.get(exchange.path)
        if methods is None:
            await exchange.answer({'error': f'There is nothing at {exchange.path!r}.'}, 404)
        elif exchange.method == 'OPTIONS':
            await exchange.start(b'text/plain', *_preflight(methods))
            await exchange.write('', last=True)
        elif exchange.method not in methods:
            await exchange.answer({'error': f'{exchange.path} takes {" or ".join(methods)}.'}, 405)
        else:
            await exchange.read()
            await methods[exchange.method](exchange)

    async def _health(self, exchange: Exchange) -> None:
        asked = exchange.query.get('id', [self._id])[0]
        if asked != self._id:
            await exchange.answer({'error': f'This is runtime {self._id!r}, not {asked!r}.'}, 503)
            return
        await exchange.answer({'status': 'OK'})

    async def _quit(self, exchange: Exchange) -> None:
        await exchange.answer({'status': 'OK'})
        asyncio.get_running_loop().call_later(0.1, os.kill, os.getpid(), signal.SIGTERM)

    async def _actions(self, exchange: Exchange) -> None:
        await exchange.answer(await self._dispatcher.list_actions())

    async def _values(self, exchange: Exchange) -> None:
        kinds = exchange.query.get('type')
        if not kinds:
            raise GenkitError('Say which values: /api/values?type=middleware.', status='INVALID_ARGUMENT')
        await exchange.answer(self._dispatcher.list_values(kinds[0]))

    async def _envs(self, exchange: Exchange) -> None:
        await exchange.answer(['dev'])

    async def _notify(self, exchange: Exchange) -> None:
        body = _object(exchange.body)
        url = body.get('telemetryServerUrl')
        self._dispatcher.notify(url, body.get('reflectionApiSpecVersion'))
        await exchange.answer({})

    async def _cancel(self, exchange: Exchange) -> None:
        trace_id = _object(exchange.body).get('traceId')
        if not isinstance(trace_id, str) or not trace_id:
            await exchange.answer({'error': f'traceId is {trace_id!r}; give the id of a running trace.'}, 400)
        elif self._dispatcher.cancel(trace_id):
            await exchange.answer({'message': 'Action cancelled'})
        else:
            await exchange.answer({'message': 'Action not found or already completed'}, 404)

    async def _run(self, exchange: Exchange) -> None:
        try:
            params = read_params(ReflectionRunActionParams, _object(exchange.body))
        except ValidationError as error:
            raise GenkitError(f'The request is wrong: {describe_problems(error)}', status='INVALID_ARGUMENT') from error
        action = await self._dispatcher.find(params.key)
        with continued_trace(exchange.headers) or contextlib.nullcontext():
            await _Running(exchange, streams=_wants_stream(exchange)).run(self._dispatcher, action, params)


class _Running:
    """A run whose head, chunks and end are written in the order in which they come.

    Args:
        exchange: Where to.
        streams: Whether chunks are wanted.
    """

    def __init__(self, exchange: Exchange, *, streams: bool) -> None:
        self._exchange = exchange
        self._streams = streams
        self._ids: tuple[str, str] | None = None
        self._pieces: asyncio.Queue[str | None] = asyncio.Queue()

    async def run(self, dispatcher: Dispatcher, action: Any, params: ReflectionRunActionParams) -> None:
        """Run the action and write what happens; a client that leaves does not stop the run."""
        task = asyncio.create_task(dispatcher.run(action, params, Watcher(self._began, self._watch())))
        task.add_done_callback(lambda _: self._pieces.put_nowait(None))
        while (piece := await self._pieces.get()) is not None:
            await self._start()
            if piece:
                await self._exchange.write(piece)
        try:
            last = task.result().to_json()
        except Exception as error:  # noqa: BLE001  (the client is waiting for an end of some kind)
            last = dump_json({'error': get_reflection_json(error)})
        await self._start()
        await self._exchange.write(last, last=True)

    def _watch(self) -> Callable[[str], None] | None:
        return (lambda chunk: self._pieces.put_nowait(f'{chunk}\n')) if self._streams else None

    def _began(self, trace_id: str, span_id: str) -> None:
        self._ids = (trace_id, span_id)
        self._pieces.put_nowait('')

    async def _start(self) -> None:
        if self._exchange.started:
            return
        names = (b'x-genkit-trace-id', b'x-genkit-span-id')
        ids = [(name, value.encode()) for name, value in zip(names, self._ids or (), strict=False)]
        await self._exchange.start(b'text/plain' if self._streams else b'application/json', *ids)


def _wants_stream(exchange: Exchange) -> bool:
    asked = exchange.query.get('stream', ['false'])[0].lower() == 'true'
    return asked or 'text/event-stream' in exchange.headers.get('accept', '').lower()


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise GenkitError(f'The body is {reprlib.repr(body)}; it must be a JSON object.', status='INVALID_ARGUMENT')
    return cast('dict[str, Any]', body)


def _preflight(methods: Mapping[str, Handler]) -> list[tuple[bytes, bytes]]:
    return [
        (b'access-control-allow-methods', ', '.join(methods).encode()),
        (b'access-control-allow-headers', b'content-type, accept'),
    ]
