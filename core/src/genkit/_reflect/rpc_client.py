# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The developer tools' protocol over a WebSocket: the tools listen, and this runtime connects and answers."""

import asyncio
import contextlib
import logging
import random
import reprlib
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel, ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from genkit._action.schema import describe_problems
from genkit._base.errors import GenkitError, get_reflection_json
from genkit._base.readers.json_text import read_json
from genkit._base.serialize import dump_json
from genkit._reflect.dispatcher import Dispatcher, Outcome, Watcher, read_params
from genkit._reflect.live_inputs import Feed
from genkit.types import (
    ReflectionCancelActionParams,
    ReflectionConfigureParams,
    ReflectionEndInputStreamParams,
    ReflectionListValuesParams,
    ReflectionRegisterParams,
    ReflectionRunActionParams,
    ReflectionSendInputStreamChunkParams,
)


ParamsT = TypeVar('ParamsT', bound=BaseModel)

_LOGGER: Final = logging.getLogger('genkit.reflection')
_REGISTER: Final = 'register'
_FIRST_DELAY: Final = 0.5
_LONGEST_DELAY: Final = 5.0
_PING_SECONDS: Final = 20
_CLOSE_SECONDS: Final = 5
_MOST_BYTES: Final = 100_000_000

_PARSE_ERROR: Final = -32700
_INVALID_REQUEST: Final = -32600
_UNKNOWN_METHOD: Final = -32601
_BAD_PARAMS: Final = -32602
_INTERNAL_ERROR: Final = -32603
_ACTION_FAILED: Final = -32000


class RpcError(Exception):
    """What a request is answered with instead of a result.

    Args:
        code: JSON-RPC's.
        message: Shown by the tools.
        data: Facts.
    """

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.body: dict[str, Any] = {'code': code, 'message': message, **({} if data is None else {'data': data})}


class RpcClient:
    """Stays connected to the tools and answers what they ask.

    Args:
        dispatcher: Does the work.
        introduction: Says who we are.
    """

    def __init__(self, dispatcher: Dispatcher, introduction: ReflectionRegisterParams) -> None:
        self._dispatcher = dispatcher
        self._introduction = introduction
        self._tasks: set[asyncio.Task[None]] = set()
        self._feeds: dict[str, Feed] = {}
        self._methods: dict[str, Callable[[Any, Any, ClientConnection], Awaitable[str]]] = {
            'listActions': self._list_actions,
            'listValues': self._list_values,
            'runAction': self._run_action,
            'cancelAction': self._cancel_action,
            'configure': self._configure,
            'sendInputStreamChunk': self._send_input,
            'endInputStream': self._end_input,
        }

    async def stay_connected(self, url: str) -> None:
        """Connect, and connect again whenever the connection is lost; the waits grow from half a second to five."""
        delay = _FIRST_DELAY
        while True:
            try:
                async with connect(
                    url,
                    ping_interval=_PING_SECONDS,
                    ping_timeout=_PING_SECONDS,
                    close_timeout=_CLOSE_SECONDS,
                    max_size=_MOST_BYTES,
                    proxy=None,
                ) as connection:
                    delay = _FIRST_DELAY
                    await self._serve(connection)
            except (OSError, WebSocketException, TimeoutError) as error:
                _LOGGER.debug('No connection to the developer tools at %s: %r', url, error)
            await asyncio.sleep(delay * random.uniform(0.8, 1.2))  # noqa: S311  (spreads reconnections)
            delay = min(2 * delay, _LONGEST_DELAY)

    async def _serve(self, connection: ClientConnection) -> None:
        introduction = dump_json(self._introduction)
        await connection.send(f'{{"jsonrpc":"2.0","id":"{_REGISTER}","method":"register","params":{introduction}}}')
        try:
            async for message in connection:
                self._begin(self._receive(message, connection))
                await asyncio.sleep(0)  # so that inputs are taken in their order, and after the run that they are for
        finally:
            for task in self._tasks:
                task.cancel()

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _receive(self, message: str | bytes, connection: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):  # nobody waits for the answer any more
            await self._handle(message, connection)

    async def _handle(self, message: str | bytes, connection: ClientConnection) -> None:
        try:
            request = read_json(message, 'The message')
        except GenkitError as error:
            await _send(connection, 'null', {'code': _PARSE_ERROR, 'message': error.original_message})
            return
        if not isinstance(request, dict):
            await _send(connection, 'null', _no_request(request))
            return
        members = cast('dict[str, Any]', request)
        if 'method' in members:
            await self._answer(members, connection)
        elif members.get('id') == _REGISTER:
            self._registered(members)
        elif not ('result' in members or 'error' in members):
            await _send(connection, 'null', _no_request(members))

    def _registered(self, answer: dict[str, Any]) -> None:
        if 'error' in answer:
            _LOGGER.warning('The developer tools refused this runtime: %r', answer['error'])
        result: Any = answer.get('result')
        if isinstance(result, dict):
            self._dispatcher.notify(cast('dict[str, Any]', result).get('telemetryServerUrl'))

    async def _answer(self, request: dict[str, Any], connection: ClientConnection) -> None:
        asked = 'id' in request
        request_id = request.get('id')
        try:
            method = self._method(request['method'])
            result = await method(request.get('params'), request_id, connection)
        except RpcError as error:
            failure: dict[str, Any] | None = error.body
            result = None
        except ConnectionClosed:
            raise
        except Exception as error:  # noqa: BLE001  (the requester waits for a response and may see the text)
            failure = {'code': _INTERNAL_ERROR, 'message': str(error), 'data': get_reflection_json(error)}
            result = None
        else:
            failure = None
        if asked:
            await _send(connection, dump_json(request_id), failure, result)

    def _method(self, name: Any) -> Callable[[Any, Any, ClientConnection], Awaitable[str]]:
        method = self._methods.get(name) if isinstance(name, str) else None
        if method is None:
            raise RpcError(_UNKNOWN_METHOD, f'Method not found: {name!r}.')
        return method

    async def _list_actions(self, _params: Any, _request_id: Any, _connection: ClientConnection) -> str:
        return dump_json({'actions': await self._dispatcher.list_actions()})

    async def _list_values(self, params: Any, _request_id: Any, _connection: ClientConnection) -> str:
        kind = _read(ReflectionListValuesParams, params).type
        try:
            return dump_json({'values': self._dispatcher.list_values(kind)})
        except GenkitError as error:
            raise RpcError(_BAD_PARAMS, error.original_message) from error

    async def _run_action(self, params: Any, request_id: Any, connection: ClientConnection) -> str:
        asked = _read(ReflectionRunActionParams, params)
        name = dump_json(request_id)
        feed = self._feeds[name] = Feed()
        try:
            return await self._ran(asked, name, feed if asked.stream_input else None, connection)
        finally:
            del self._feeds[name]

    async def _ran(
        self, asked: ReflectionRunActionParams, request_id: str, feed: Feed | None, connection: ClientConnection
    ) -> str:
        try:
            action = await self._dispatcher.find(asked.key)
        except GenkitError as error:
            data = {'code': error.status.code, 'message': error.original_message}
            raise RpcError(_BAD_PARAMS, error.original_message, data) from error
        if feed is not None and asked.input is not None:
            feed.put(asked.input)
        outcome = await self._watched(action, asked, request_id, feed, connection)
        if outcome.error is not None:
            raise RpcError(_ACTION_FAILED, outcome.error['message'], outcome.error)
        return outcome.to_json()

    async def _watched(
        self,
        action: Any,
        asked: ReflectionRunActionParams,
        request_id: str,
        feed: Feed | None,
        connection: ClientConnection,
    ) -> Outcome:
        """Run an action; progress notifications are sent in order, and before its result."""
        notes: asyncio.Queue[str | None] = asyncio.Queue()

        def began(trace_id: str, _span_id: str) -> None:
            notes.put_nowait(
                _note('runActionState', f'{{"requestId":{request_id},"state":{{"traceId":"{trace_id}"}}}}')
            )

        def chunk(text: str) -> None:
            notes.put_nowait(_note('streamChunk', f'{{"requestId":{request_id},"chunk":{text}}}'))

        watcher = Watcher(began, chunk if asked.stream else None, feed)
        run = asyncio.create_task(self._dispatcher.run(action, asked, watcher))
        run.add_done_callback(lambda _: notes.put_nowait(None))
        try:
            while (note := await notes.get()) is not None:
                await connection.send(note)
            return await run
        finally:
            run.cancel()

    async def _send_input(self, params: Any, _request_id: Any, _connection: ClientConnection) -> str:
        given = _read(ReflectionSendInputStreamChunkParams, params)
        self._feed(given.request_id).put(given.chunk)
        return '{}'

    async def _end_input(self, params: Any, _request_id: Any, _connection: ClientConnection) -> str:
        self._feed(_read(ReflectionEndInputStreamParams, params).request_id).close()
        return '{}'

    def _feed(self, request_id: str) -> Feed:
        feed = self._feeds.get(dump_json(request_id))
        if feed is None:
            raise RpcError(_BAD_PARAMS, f'Request {request_id!r} does not run, or has ended.')
        return feed

    async def _cancel_action(self, params: Any, _request_id: Any, _connection: ClientConnection) -> str:
        trace_id = _read(ReflectionCancelActionParams, params).trace_id
        if not self._dispatcher.cancel(trace_id):
            raise RpcError(_BAD_PARAMS, 'Action not found or already completed')
        return '{"message":"Action cancelled"}'

    async def _configure(self, params: Any, _request_id: Any, _connection: ClientConnection) -> str:
        self._dispatcher.notify(_read(ReflectionConfigureParams, params).telemetry_server_url)
        return '{}'


def _read(kind: type[ParamsT], params: Any) -> ParamsT:
    try:
        return read_params(kind, {} if params is None else params)
    except ValidationError as error:
        raise RpcError(_BAD_PARAMS, f'The parameters are wrong: {describe_problems(error)}') from error


def _no_request(value: Any) -> dict[str, Any]:
    return {'code': _INVALID_REQUEST, 'message': f'This is no request: {reprlib.repr(value)}.'}


def _note(method: str, params: str) -> str:
    return f'{{"jsonrpc":"2.0","method":"{method}","params":{params}}}'


async def _send(
    connection: ClientConnection, request_id: str, failure: dict[str, Any] | None, result: str | None = None
) -> None:
    outcome = f'"result":{result}' if failure is None else f'"error":{dump_json(failure)}'
    await connection.send(f'{{"jsonrpc":"2.0","id":{request_id},{outcome}}}')
