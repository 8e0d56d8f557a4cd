# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An ASGI application that serves flows."""

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypedDict, Unpack

from genkit._action.action import Action
from genkit._base.app_loop import note_application_loop
from genkit._base.errors import GenkitError, error_message
from genkit._base.http.asgi import (
    BODY_SECONDS,
    BodyTooLargeError,
    BodyTooSlowError,
    ClientDisconnected,
    Receive,
    Scope,
    Send,
    read_body,
    read_headers,
    refuse_body,
    respond,
)
from genkit._base.readers.older_options import SECOND, with_newer_names
from genkit._base.serialize import dump_json
from genkit._base.suggest import check_options, did_you_mean
from genkit.web.context import ContextProvider
from genkit.web.cross_site import CrossSite, CrossSitePolicy, listening_at
from genkit.web.exchange import WebRequest, WebResponse, error_response
from genkit.web.handler import BODY_LIMIT, FlowHandler
from genkit.web.openapi import describe_flows
from genkit.web.routes import (
    HasRegistry,
    by_name,
    check_application,
    check_flows,
    find_served,
    routes_of,
    served_actions,
)
from genkit.web.streams.stream_manager import StreamManager


Hook = Callable[[], Awaitable[None] | None]

_WATCH_AFTER_SECONDS: Final = 0.05


class ServingOptions(TypedDict, total=False):
    """Options of serving flows.

    Attributes:
        flows: Flows, agents or names to serve. Default: all of the application, including later ones.
        path_prefix: Prefix of all paths, such as ``/api``; where a framework mounts the application, the mount may be
            part of it.
        context_provider: Context provider: returns the context of a call, given its request.
        context_providers: Context providers of single flows and agents, by name, in place of ``context_provider``.
            That of an agent also protects the other routes of the agent.
        body_limit: The maximum size of a request body in bytes. Default: 10 MB.
        body_timeout: The maximum time for receiving a request body, in seconds. Default: 60.
        cross_site: Which requests of web pages are refused: ``'refuse'``, ``'allow'``, or a list of origins that may
            call; see `CrossSitePolicy`.
        stream_manager: Keeps streams, so that a client can join one again. Default: none is kept.
        on_startup: Called before the first request.
        on_shutdown: Called after the last request.
    """

    flows: Sequence[Any] | None
    path_prefix: str
    context_provider: ContextProvider | None
    context_providers: Mapping[str, ContextProvider] | None
    body_limit: int
    body_timeout: float | None
    cross_site: CrossSite
    stream_manager: StreamManager | None
    on_startup: Hook | None
    on_shutdown: Hook | None


class FlowsApp:
    """ASGI application that serves flows: ``POST /<prefix>/<name>``, ``GET /__health``, ``GET /openapi.json``.

    Agents are served in the same way; those that keep their sessions also have ``/<name>/getSnapshot`` and
    ``/<name>/abort``, which are listed and protected together with the agent.

    Args:
        ai: The application.
        options: See `ServingOptions`.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an option that is not known, ``flows`` that are no list of them, or a
            ``cross_site`` that says nothing.

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
        check_application(ai, options.get('context_provider'))
        options = with_newer_names(options, {'body_seconds': ('body_timeout', SECOND)})
        check_options('FlowsApp()', options, ServingOptions.__annotations__)
        self._registry = ai.registry
        self._options = options
        self._prefix = '/' + options.get('path_prefix', '').strip('/')
        self._prefix = self._prefix if self._prefix.endswith('/') else f'{self._prefix}/'
        flows = options.get('flows')
        self._listed = None if flows is None else by_name(check_flows(flows))
        self._policy = CrossSitePolicy(options.get('cross_site', 'refuse'))
        self._handlers: dict[Action[Any, Any, Any], FlowHandler] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or begin and end with the server."""
        if scope['type'] == 'http':
            await self._answer(scope, receive, send)
        elif scope['type'] == 'lifespan':
            await live(receive, send, self._options)
        elif scope['type'] == 'websocket':
            await receive()
            await send({'type': 'websocket.close', 'code': 1008, 'reason': 'Flows are served over HTTP.'})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, server = read_headers(scope), listening_at(scope)
        try:
            handler = self._find(scope)
            if handler is None:
                await send_response(send, self._other(scope, headers, server))
                return
            body = await read_body(
                receive, handler.body_limit, headers, self._options.get('body_timeout', BODY_SECONDS)
            )
        except (BodyTooLargeError, BodyTooSlowError) as error:
            refused = error_response(error)
            assert isinstance(refused.body, bytes), 'an error is answered at once'
            await refuse_body(receive, send, error, refused.body)
            return
        except GenkitError as error:
            await send_response(send, error_response(error))
            return
        except ClientDisconnected:
            return
        request = WebRequest(scope['method'], headers, body, scope['query_string'].decode('latin-1'), scope, server)
        async with cancelled_with_client(receive):
            await send_response(send, await handler.handle(request))

    def _find(self, scope: Scope) -> FlowHandler | None:
        for path in self._paths(scope) if scope.get('root_path') else (scope['path'],):
            name = path[len(self._prefix) :] if path.startswith(self._prefix) else ''
            served = find_served(self._registry, name, self._listed) if name else None
            if served is not None:
                return self._handlers.get(served[0]) or self._handler_of(*served)
        return None

    def _handler_of(self, action: Action[Any, Any, Any], owner: str) -> FlowHandler:
        providers = self._options.get('context_providers') or {}
        handler = self._handlers[action] = FlowHandler(
            action,
            context_provider=providers.get(owner, self._options.get('context_provider')),
            body_limit=self._options.get('body_limit', BODY_LIMIT),
            cross_site=self._policy,
            stream_manager=self._options.get('stream_manager'),
        )
        return handler

    def _other(self, scope: Scope, headers: Mapping[str, str], server: str | None) -> WebResponse:
        path = paths_of(scope)[0]
        reads = scope['method'] in {'GET', 'HEAD'}
        if reads and path == '/__health':
            return WebResponse(body=b'{"status":"OK"}')
        self._policy.check_host(headers, server)  # what follows tells what there is
        if reads and path == '/openapi.json':
            return WebResponse(body=dump_json(describe_flows(self._routes(), self._shown_prefix(scope))).encode())
        shown, asked = self._shown_prefix(scope), paths_of(scope)[-1]
        suggestion = did_you_mean(asked, [f'{shown}{name}' for name in self._routes()])
        unknown = f'Nothing is served at {asked!r}.{suggestion} Flows are called with POST.'
        return error_response(GenkitError(unknown, status='NOT_FOUND'))

    def _routes(self) -> dict[str, Action[Any, Any, Any]]:
        return {
            path: action
            for served in served_actions(self._registry, self._listed)
            for path, action in routes_of(served).items()
        }

    def _paths(self, scope: Scope) -> tuple[str, ...]:
        """Return where a request's path may be looked for: in the mount, or from the root if the prefix says it all."""
        paths = paths_of(scope)
        return paths if self._shown_prefix(scope) == self._prefix else paths[:1]

    def _shown_prefix(self, scope: Scope) -> str:
        """Return what stands before the names as clients see it."""
        root = _root_of(scope)
        return self._prefix if self._prefix.startswith(f'{root}/') else f'{root}{self._prefix}'


async def live(receive: Receive, send: Send, hooks: Mapping[str, Any]) -> None:
    """Begin and end with the server; ``on_startup`` and ``on_shutdown`` of the hooks are called."""
    for event, hook in (('startup', 'on_startup'), ('shutdown', 'on_shutdown')):
        await receive()
        note_application_loop()
        try:
            await _run_hook(hooks.get(hook))
        except Exception as error:  # noqa: BLE001  (the server decides what it means)
            await send({'type': f'lifespan.{event}.failed', 'message': error_message(error)})
            return
        await send({'type': f'lifespan.{event}.complete'})


def paths_of(scope: Scope) -> tuple[str, ...]:
    """Return a request's path within this application, and the whole path if the application is mounted.

    Some frameworks leave the mount in the path and some take it out.
    """
    path: str = scope['path']
    root = _root_of(scope)
    if not root:
        return (path,)
    if path == root or path.startswith(f'{root}/'):
        return (path[len(root) :] or '/', path)
    return (path, f'{root}{path}')


def _root_of(scope: Scope) -> str:
    return scope.get('root_path', '').rstrip('/')


async def _run_hook(hook: Any) -> None:
    done = None if hook is None else hook()
    if inspect.isawaitable(done):
        await done


async def send_response(send: Send, response: WebResponse) -> None:
    """Send a response over ASGI; its frames are closed even if not all of them could be sent.

    Args:
        send: The ASGI ``send`` callable of the request.
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


def cancelled_with_client(receive: Receive) -> contextlib.AbstractAsyncContextManager[None]:
    """Return a context manager that cancels its block when the client disconnects; the task continues after it.

    Watching for the disconnect starts after a moment, to save the cost for quick responses.

    Args:
        receive: The ASGI ``receive`` callable of a request whose body has been read.
    """
    return _CancelledWithClient(receive)


class _CancelledWithClient(contextlib.AbstractAsyncContextManager[None]):
    """A class rather than a generator: every request pays for it."""

    __slots__ = ('_is_left', '_receive', '_running', '_timer', '_watching')

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_left = False
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        running = asyncio.current_task()
        assert running is not None, 'an ASGI server runs requests as tasks'
        self._running = running
        self._timer = running.get_loop().call_later(_WATCH_AFTER_SECONDS, self._begin)

    async def __aexit__(self, _kind: object, error: BaseException | None, _where: object) -> bool:
        self._timer.cancel()
        if self._watching is not None:
            self._watching.cancel()
        return isinstance(error, asyncio.CancelledError) and self._is_left and not self._running.uncancel()

    def _begin(self) -> None:
        self._watching = self._running.get_loop().create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())['type'] != 'http.disconnect':
            continue
        self._is_left = True
        self._running.cancel()
