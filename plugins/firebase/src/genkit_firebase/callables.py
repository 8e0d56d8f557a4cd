# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Flows that Firebase's clients call as they call a function: ``httpsCallable(functions, 'greet')``.

The protocol is https://firebase.google.com/docs/functions/callable-reference, with streams as the clients read them.
"""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypedDict, Unpack, cast

from genkit import Genkit, GenkitError, StatusName
from genkit.plugin import Action, check_options, did_you_mean, read_json
from genkit.web import (
    BODY_LIMIT,
    ContextProvider,
    CrossSite,
    CrossSitePolicy,
    FlowHandler,
    Frames,
    StreamManager,
    WebRequest,
    WebResponse,
    cancelled_with_client,
    read_request,
    select_flows,
    select_routes,
    send_response,
)


Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_SIGNED: Final = 'type.googleapis.com/google.protobuf.Int64Value'
_UNSIGNED: Final = 'type.googleapis.com/google.protobuf.UInt64Value'
_JSON: Final = re.compile(r'application/([a-z0-9.-]+\+)?json', re.IGNORECASE)
_INTEGER: Final = re.compile(r'-?\d{1,20}')
_LARGEST_EXACT: Final = (1 << 53) - 1  # of JavaScript's numbers
_LARGEST: Final = {_SIGNED: (1 << 63) - 1, _UNSIGNED: (1 << 64) - 1}
_SMALLEST: Final = {_SIGNED: -(1 << 63), _UNSIGNED: 0}
_LONG_NUMBER: Final = re.compile(rb'\d{16}')  # of which few JSON texts have one
_JSON_HEADERS: Final = {'content-type': 'application/json'}
_SHOWN_HEADERS: Final = 'x-genkit-trace-id, x-genkit-span-id, x-genkit-stream-id'
_TAKEN_HEADERS: Final = (
    'Content-Type, Accept, Authorization, X-Firebase-AppCheck, Firebase-Instance-ID-Token, X-Genkit-Stream-Id'
)
_PREFLIGHT_SECONDS: Final = '3600'
_BODY_SECONDS: Final = 60.0


class CallableOptions(TypedDict, total=False):
    """Options of callable flows.

    Attributes:
        context_provider: Returns the context of a call, given its request, such as `firebase_context`. One that has a
            method ``aclose`` is closed when the server stops.
        cross_site: Which web pages may call: ``'refuse'`` for those of the same origin alone, a list of origins such as
            ``['https://my-app.web.app']``, or ``'allow'`` for all. Default: ``'refuse'``.
        stream_manager: Keeps streams, so that a client can join one again. Default: none is kept.
        body_limit: The maximum size of a request body in bytes. Default: 10 MB.
        body_timeout: The maximum time for receiving a request body, in seconds. Default: 60.
    """

    context_provider: ContextProvider | None
    cross_site: CrossSite
    stream_manager: StreamManager | None
    body_limit: int
    body_timeout: float | None


class CallableFlows:
    """ASGI application that serves flows in the protocol of Firebase's callable functions: ``POST /<prefix>/<name>``.

    Args:
        ai: The application.
        flows: Flows, agents or names to serve. Default: all of the application, including later ones.
        path_prefix: What stands before the names, such as ``/my-project/us-central1``, where clients expect the
            emulator of Cloud Functions.
        options: See `CallableOptions`.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an unknown option, or a ``cross_site`` that says nothing; ``NOT_FOUND``
            for a flow that is not defined.

    Example:
        ```python
        from genkit import Genkit
        from genkit_firebase import CallableFlows, firebase_context

        ai = Genkit()


        @ai.flow()
        async def greet(name: str) -> str:
            return f'Hello, {name}!'


        policy = firebase_context(project='my-project', signed_in=True)
        app = CallableFlows(ai, context_provider=policy, cross_site=['https://my-project.web.app'])
        ```
    """

    def __init__(
        self,
        ai: Genkit,
        flows: Sequence[Any] | None = None,
        *,
        path_prefix: str = '',
        **options: Unpack[CallableOptions],
    ) -> None:
        check_options('CallableFlows()', options, CallableOptions.__annotations__, ('path_prefix',))
        self._ai = ai
        self._prefix = f'{path_prefix.rstrip("/")}/'
        self._options = options
        self._listed = None if flows is None else select_routes(ai, flows)
        self._handlers: dict[str, FlowHandler] = {}
        CrossSitePolicy(options.get('cross_site', 'refuse'))  # refuses what says nothing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope['type'] == 'lifespan':
            await _live(receive, send, self._options)
        elif scope['type'] == 'websocket':
            await receive()
            await send({'type': 'websocket.close', 'code': 1008, 'reason': 'Flows are called over HTTP.'})
        else:
            path = str(scope['path']).removeprefix(str(scope.get('root_path', '')).rstrip('/'))
            name = path[len(self._prefix) :] if path.startswith(self._prefix) else ''
            handler = self._handlers.get(name) or self._found(name, path)
            await CallableHandler(handler, self._options)(scope, receive, send)

    def _found(self, name: str, path: str) -> 'FlowHandler | _Unknown':
        routes = self._routes()
        if name not in routes:
            return _Unknown(path, [f'{self._prefix}{known}' for known in routes])
        handler = self._handlers[name] = _handler_of(routes[name], self._options)
        return handler

    def _routes(self) -> Mapping[str, Action[Any, Any, Any]]:
        if self._listed is not None:
            return self._listed
        try:
            return select_routes(self._ai)
        except GenkitError:  # nothing is defined yet
            return {}


def on_call_genkit(flow: Any, **options: Unpack[CallableOptions]) -> 'CallableHandler':
    """Return an ASGI application that serves one flow, whatever the path, in Firebase's callable protocol.

    Args:
        flow: A flow or an action.
        options: See `CallableOptions`.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an unknown option, or something that is no flow.
    """
    check_options('on_call_genkit()', options, CallableOptions.__annotations__)
    (action,) = select_flows(None, [flow])
    return CallableHandler(_handler_of(action, options), options)


class CallableHandler:
    """ASGI application that serves one flow: see `on_call_genkit`.

    Args:
        handler: What answers in the protocol of flows.
        options: See `CallableOptions`.
    """

    def __init__(self, handler: 'FlowHandler | _Unknown', options: CallableOptions) -> None:
        self._handler = handler
        self._options = options
        self._cross_site = options.get('cross_site', 'refuse')
        self._limit = options.get('body_limit', BODY_LIMIT)
        self._seconds = options.get('body_timeout', _BODY_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope['type'] == 'lifespan':
            await _live(receive, send, self._options)
            return
        origin = next((value.decode('latin-1') for name, value in scope['headers'] if name == b'origin'), None)
        shared = self._shared(origin)
        if scope['method'] == 'OPTIONS':
            await send_response(send, self._preflight(origin, shared))
            return
        try:
            async with asyncio.timeout(self._seconds):
                request = await read_request(scope, _pieces(receive), self._limit, scope)
        except TimeoutError:
            error = GenkitError('The body of the request did not arrive in time.', status='DEADLINE_EXCEEDED')
            await send_response(send, _refused(error, shared, 408))
            return
        except _LeftError:
            return
        async with cancelled_with_client(receive):
            response = await self._answer(request)
            await send_response(send, replace(response, headers={**response.headers, **shared}))

    async def _answer(self, request: WebRequest) -> WebResponse:
        try:
            if request.method == 'POST' and len(request.body) <= self._limit and self._says_json(request.headers):
                request = replace(request, body=_rewritten(request.body))
        except GenkitError as error:
            return _refused(error)
        return _translated(await self._handler.handle(request))

    def _says_json(self, headers: Mapping[str, str]) -> bool:
        """Return whether a body is said to be JSON; what is refused for it is the other protocol's to say.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for a body of another type where the other protocol takes any.
        """
        kind = headers.get('content-type', '').partition(';')[0].strip()
        if _JSON.fullmatch(kind):
            return True
        if self._cross_site == 'allow':
            raise GenkitError(f'The content type is {kind!r}; expected application/json.', status='INVALID_ARGUMENT')
        return False

    def _shared(self, origin: str | None) -> dict[str, str]:
        """Return the headers by which a browser lets a page of another origin read the answer."""
        if self._cross_site == 'allow':
            return {'access-control-allow-origin': '*', 'access-control-expose-headers': _SHOWN_HEADERS}
        if isinstance(self._cross_site, str):
            return {}
        listed = {str(each).lower() for each in self._cross_site}
        if origin is None or origin.lower() not in listed:
            return {'vary': 'Origin'}
        allowed = {'access-control-allow-origin': origin, 'access-control-expose-headers': _SHOWN_HEADERS}
        return {**allowed, 'vary': 'Origin'}

    def _preflight(self, origin: str | None, shared: Mapping[str, str]) -> WebResponse:
        if 'access-control-allow-origin' not in shared:
            example = origin or 'https://my-app.web.app'
            text = f'Pages of {origin!r} may not call flows here. To let them: cross_site=[{example!r}].'
            return _refused(GenkitError(text, status='PERMISSION_DENIED'), shared)
        return WebResponse(
            204,
            {
                **shared,
                'access-control-allow-methods': 'POST',
                'access-control-allow-headers': _TAKEN_HEADERS,
                'access-control-max-age': _PREFLIGHT_SECONDS,
            },
        )


class _LeftError(Exception):
    """The client left before it had sent its request."""


class _Unknown:
    """Answers for a flow that there is not."""

    def __init__(self, path: str, known: list[str]) -> None:
        self._path = path
        self._known = known

    async def handle(self, _: WebRequest) -> WebResponse:
        hint = did_you_mean(self._path, self._known)
        text = f'There is no flow at {self._path!r}.{hint}'
        body = {'status': StatusName.NOT_FOUND, 'message': text}
        return WebResponse(404, _JSON_HEADERS, json.dumps(body).encode())


class _CallableFrames:
    """Frames of a run, with the numbers that JavaScript cannot hold written as the clients read them."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece = await anext(self._frames)
        if not _LONG_NUMBER.search(piece):
            return piece
        lines = [line.removeprefix(b'data: ') for line in piece.split(b'\n\n') if line]
        return b''.join(b'data: ' + _with_long_numbers(line) + b'\n\n' for line in lines)

    async def aclose(self) -> None:
        await self._frames.aclose()


def _handler_of(action: Action[Any, Any, Any], options: CallableOptions) -> FlowHandler:
    return FlowHandler(
        action,
        context_provider=options.get('context_provider'),
        body_limit=options.get('body_limit', BODY_LIMIT),
        cross_site=options.get('cross_site', 'refuse'),
        stream_manager=options.get('stream_manager'),
    )


def _rewritten(body_text: bytes) -> bytes:
    """Return the body of a call as flows read it.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for one that is no call.
    """
    try:
        body = read_json(body_text)
    except ValueError as error:
        raise GenkitError('The body is not JSON.', status='INVALID_ARGUMENT', cause=error) from error
    if not isinstance(body, dict) or cast('dict[str, Any]', body).keys() != {'data'}:
        raise GenkitError(
            'The body must be an object with the member `data` and no other: {"data": …}.', status='INVALID_ARGUMENT'
        )
    if b'@type' not in body_text and b'\\u' not in body_text:
        return body_text
    return json.dumps(_decoded(body), ensure_ascii=False).encode('utf-8', 'surrogatepass')


def _translated(response: WebResponse) -> WebResponse:
    """Return an answer of a flow as an answer of a callable function."""
    if isinstance(response.body, Frames):
        return replace(response, body=cast('Frames', _CallableFrames(response.body)))
    if response.status < 400:  # noqa: PLR2004  (the statuses of failure)
        has_long = _LONG_NUMBER.search(response.body)
        return replace(response, body=_with_long_numbers(response.body)) if has_long else response
    return replace(response, body=b'{"error":' + response.body + b'}')


def _refused(error: GenkitError, headers: Mapping[str, str] | None = None, code: int | None = None) -> WebResponse:
    body = {'error': {'status': error.status, 'message': error.message}}
    status = StatusName(error.status).http_code if code is None else code
    return WebResponse(status, {**_JSON_HEADERS, **(headers or {})}, json.dumps(body).encode())


def _decoded(value: Any) -> Any:
    """Return JSON with the numbers that are written with their type."""
    if isinstance(value, list):
        return [_decoded(item) for item in cast('list[Any]', value)]
    if not isinstance(value, dict):
        return value
    members = cast('dict[str, Any]', value)
    kind, text = members.get('@type'), members.get('value')
    if kind not in _LARGEST:
        return {name: _decoded(member) for name, member in members.items()}
    number = int(text) if isinstance(text, str) and _INTEGER.fullmatch(text) else text
    is_number = isinstance(number, int) and not isinstance(number, bool)
    if not is_number or not _SMALLEST[kind] <= cast('int', number) <= _LARGEST[kind]:
        raise GenkitError(f'{text!r} is not a number of type {kind!r}.', status='INVALID_ARGUMENT')
    return number


def _encoded(value: Any) -> Any:
    """Return JSON with the numbers that JavaScript cannot hold written with their type."""
    if isinstance(value, list):
        return [_encoded(item) for item in cast('list[Any]', value)]
    if isinstance(value, dict):
        return {name: _encoded(member) for name, member in cast('dict[str, Any]', value).items()}
    if not isinstance(value, int) or -_LARGEST_EXACT <= value <= _LARGEST_EXACT:
        return value
    kind = _SIGNED if value <= _LARGEST[_SIGNED] else _UNSIGNED
    return {'@type': kind, 'value': str(value)} if _SMALLEST[kind] <= value <= _LARGEST[kind] else value


def _with_long_numbers(text: bytes) -> bytes:
    return json.dumps(_encoded(read_json(text)), ensure_ascii=False, separators=(',', ':')).encode()


async def _pieces(receive: Receive) -> AsyncGenerator[bytes]:
    while True:
        event = await receive()
        if event['type'] == 'http.disconnect':
            raise _LeftError
        yield event.get('body', b'')
        if not event.get('more_body', False):
            return


async def _live(receive: Receive, send: Send, options: CallableOptions) -> None:
    await receive()
    await send({'type': 'lifespan.startup.complete'})
    await receive()
    close = getattr(options.get('context_provider'), 'aclose', None)
    if close is not None:
        await close()
    await send({'type': 'lifespan.shutdown.complete'})
