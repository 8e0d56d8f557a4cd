# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An ASGI application that serves flows."""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypedDict, Unpack

from genkit._action.action import Action
from genkit._action.kind import ActionKind
from genkit._base.app_loop import note_application_loop
from genkit._base.errors import GenkitError
from genkit._base.http.asgi import (
    BodyTooLargeError,
    ClientDisconnected,
    Receive,
    Scope,
    Send,
    read_body,
    read_headers,
    respond,
)
from genkit._base.serialize import dump_json
from genkit._base.suggest import did_you_mean
from genkit._registry.registry import Registry
from genkit.web.context import ContextProvider
from genkit.web.exchange import WebRequest, WebResponse, error_response
from genkit.web.handler import BODY_LIMIT, FlowHandler
from genkit.web.openapi import describe_flows


Hook = Callable[[], Awaitable[None] | None]

_OF_AGENTS: Final = {'getSnapshot': ActionKind.AGENT_SNAPSHOT, 'abort': ActionKind.AGENT_ABORT}
_WATCH_AFTER_SECONDS: Final = 0.05


class HasRegistry(Protocol):
    """An application, as far as serving it goes."""

    registry: Registry


class ServingOptions(TypedDict, total=False):
    """How flows are served.

    Attributes:
        flows: Which ones, as flows or names; all of the application's unless stated, later ones too.
        path_prefix: Put before the names, such as ``/api``.
        context_provider: Makes the context of a call from its request.
        context_providers: Those of single flows, by name, in place of ``context_provider``.
        body_limit: The most bytes of a request.
        on_startup: Run before the first request.
        on_shutdown: Run after the last one.
    """

    flows: Sequence[Action[Any, Any, Any] | str] | None
    path_prefix: str
    context_provider: ContextProvider | None
    context_providers: Mapping[str, ContextProvider] | None
    body_limit: int
    on_startup: Hook | None
    on_shutdown: Hook | None


class FlowsApp:
    """Serves each flow at ``POST /<prefix>/<name>``, ``GET /__health`` and ``GET /openapi.json``.

    Agents are served likewise, with ``/<name>/getSnapshot`` and ``/<name>/abort`` beside them.

    Args:
        ai: The application.
        options: See `ServingOptions`.

    Example:
        ```python
        from genkit import Genkit
        from genkit.web import FlowsApp, api_key

        ai = Genkit()


        @ai.flow()
        async def greet(name: str) -> str:
            return f'Hello, {name}!'


        app = FlowsApp(ai, context_provider=api_key('s3cret'))
        ```
    """

    def __init__(self, ai: HasRegistry, **options: Unpack[ServingOptions]) -> None:
        self._registry = ai.registry
        self._options = options
        self._prefix = '/' + options.get('path_prefix', '').strip('/')
        self._prefix = self._prefix if self._prefix.endswith('/') else f'{self._prefix}/'
        flows = options.get('flows')
        self._names = None if flows is None else {flow if isinstance(flow, str) else flow.name for flow in flows}
        self._handlers: dict[Action[Any, Any, Any], FlowHandler] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or begin and end with the server."""
        if scope['type'] == 'http':
            await self._answer(scope, receive, send)
        elif scope['type'] == 'lifespan':
            await self._live(receive, send)
        elif scope['type'] == 'websocket':
            await receive()
            await send({'type': 'websocket.close', 'code': 1008, 'reason': 'Flows are served over HTTP.'})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _path_of(scope)
        handler = self._find(path)
        if handler is None:
            await send_response(send, self._other(scope['method'], path))
            return
        headers = read_headers(scope)
        try:
            body = await read_body(receive, handler.body_limit, headers.get('content-length'))
        except BodyTooLargeError as error:
            await send_response(send, error_response(error, {'connection': 'close'}))
            return
        except ClientDisconnected:
            return
        request = WebRequest(scope['method'], headers, body, scope['query_string'].decode('latin-1'), scope)
        async with cancelled_with_client(receive):
            await send_response(send, await handler.handle(request))

    def _find(self, path: str) -> FlowHandler | None:
        name = path[len(self._prefix) :] if path.startswith(self._prefix) else ''
        if not name or (self._names is not None and not {name, name.rpartition('/')[0]} & self._names):
            return None
        flow = self._served(name)
        if flow is None:
            return None
        handler = self._handlers.get(flow)
        if handler is None:
            providers = self._options.get('context_providers') or {}
            provider = providers.get(name, self._options.get('context_provider'))
            limit = self._options.get('body_limit', BODY_LIMIT)
            handler = self._handlers[flow] = FlowHandler(flow, context_provider=provider, body_limit=limit)
        return handler

    def _served(self, name: str) -> Action[Any, Any, Any] | None:
        """Return the flow or agent of a name, or what belongs to an agent: its snapshots, and the way to stop it."""
        for kind in (ActionKind.FLOW, ActionKind.AGENT):
            found = self._registry.lookup_action(kind, name)
            if found is not None:
                return found
        agent, _, part = name.rpartition('/')
        kind = _OF_AGENTS.get(part)
        return None if kind is None else self._registry.lookup_action(kind, agent)

    def _other(self, method: str, path: str) -> WebResponse:
        if method in {'GET', 'HEAD'} and path == '/__health':
            return WebResponse(body=b'{"status":"OK"}')
        if method in {'GET', 'HEAD'} and path == '/openapi.json':
            return WebResponse(body=dump_json(describe_flows(self._flows(), self._prefix)).encode())
        known = [f'{self._prefix}{flow.name}' for flow in self._flows()]
        unknown = f'Nothing is served at {path!r}.{did_you_mean(path, known)} Flows are called with POST.'
        return error_response(GenkitError(unknown, status='NOT_FOUND'))

    def _flows(self) -> list[Action[Any, Any, Any]]:
        flows = self._registry.registered_actions(ActionKind.FLOW)
        return [flow for flow in flows if self._names is None or flow.name in self._names]

    async def _live(self, receive: Receive, send: Send) -> None:
        for event, hook in (('startup', 'on_startup'), ('shutdown', 'on_shutdown')):
            await receive()
            note_application_loop()
            try:
                await _run_hook(self._options.get(hook))
            except Exception as error:  # noqa: BLE001  (the server decides what it means)
                await send({'type': f'lifespan.{event}.failed', 'message': str(error)})
                return
            await send({'type': f'lifespan.{event}.complete'})


def _path_of(scope: Scope) -> str:
    """Return a request's path within this application, which may be mounted under another."""
    path: str = scope['path']
    root: str = scope.get('root_path', '')
    return (path[len(root) :] or '/') if root and path.startswith(root) else path


async def _run_hook(hook: Any) -> None:
    done = None if hook is None else hook()
    if inspect.isawaitable(done):
        await done


async def send_response(send: Send, response: WebResponse) -> None:
    """Send an answer over ASGI; frames are closed whether or not all of them could be sent.

    Args:
        send: Of the request.
        response: What `FlowHandler.handle` returned.
    """
    headers = [(name.encode(), value.encode('latin-1')) for name, value in response.headers.items()]
    if isinstance(response.body, bytes):
        await respond(send, response.status, response.body, headers)
        return
    async with contextlib.aclosing(response.body) as pieces:
        await send({'type': 'http.response.start', 'status': response.status, 'headers': headers})
        async for piece in pieces:
            await send({'type': 'http.response.body', 'body': piece, 'more_body': True})
        await send({'type': 'http.response.body', 'body': b'', 'more_body': False})


@contextlib.asynccontextmanager
async def cancelled_with_client(receive: Receive) -> AsyncGenerator[None]:
    """Cancel the block when the client leaves, and go on after it.

    The client is looked for once the block has taken a moment, to spare quick answers.

    Args:
        receive: Of an ASGI request whose body has been read.
    """
    loop = asyncio.get_running_loop()
    running = asyncio.current_task()
    assert running is not None, 'an ASGI server runs requests as tasks'
    left = False
    watching: asyncio.Task[None] | None = None

    async def watch() -> None:
        nonlocal left
        while (await receive())['type'] != 'http.disconnect':
            continue
        left = True
        running.cancel()

    def begin() -> None:
        nonlocal watching
        watching = loop.create_task(watch())

    timer = loop.call_later(_WATCH_AFTER_SECONDS, begin)
    try:
        yield
    except asyncio.CancelledError:
        if not left or running.uncancel():
            raise
    finally:
        timer.cancel()
        if watching is not None:
            watching.cancel()
