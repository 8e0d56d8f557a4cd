# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Litestar route handlers and routers of flows."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Unpack, cast

from genkit import Action, Genkit
from genkit.web import (
    ContextProvider,
    FlowHandlers,
    Frames,
    HandlerOptions,
    WebHandler,
    cancelled_with_client,
    describe_flow,
    read_request,
    select_routes,
)
from litestar import Request, Response, Router, post
from litestar.openapi.spec import Operation
from litestar.response import Stream
from litestar.types import Receive, Scope, Send


Handler = Callable[..., Awaitable[Response[Any]]]


def genkit_litestar_handler(
    ai: Genkit | None, context_provider: ContextProvider | None = None, **options: Unpack[HandlerOptions]
) -> Callable[[Any], Handler]:
    """Return a decorator that makes the function of a route handler of a flow, or of a function that returns one.

    The function, async or plain, may ask for whatever Litestar provides: path parameters, dependencies, the request.

    Args:
        ai: The application; None if flows are not given by name.
        context_provider: Makes the context of a call from its request.
        **options: See `HandlerOptions`.
    """
    handlers = FlowHandlers(ai, context_provider, **options)

    def decorate(served: Any) -> Handler:
        find = handlers.source(served)
        parameters = dict(inspect.signature(find, eval_str=True).parameters)
        asks_request = 'request' in parameters

        async def handler(request: Request[Any, Any, Any], **given: Any) -> Response[Any]:
            action = await (find(request=request, **given) if asks_request else find(**given))
            return await _answer(handlers.handler(action), request)

        if not asks_request:
            kind = inspect.Parameter.KEYWORD_ONLY
            parameters['request'] = inspect.Parameter('request', kind, annotation=Request[Any, Any, Any])
        signature = inspect.Signature(list(parameters.values()), return_annotation=Response[Any])
        handler.__name__, handler.__doc__, handler.__signature__ = find.__name__, find.__doc__, signature
        handler.__annotations__ = {name: parameter.annotation for name, parameter in parameters.items()}
        handler.__annotations__['return'] = Response[Any]
        return handler

    return decorate


def flows_router(
    ai: Genkit,
    context_provider: ContextProvider | None = None,
    *,
    flows: Sequence[Any] | None = None,
    path: str = '/',
    **options: Unpack[HandlerOptions],
) -> Router:
    """Return a router that serves each flow and agent at ``POST <path>/<name>``, described in the OpenAPI document.

    An agent that keeps its sessions has ``<path>/<name>/getSnapshot`` and ``<path>/<name>/abort`` beside it.

    Args:
        ai: The application.
        context_provider: Makes the context of a call from its request.
        flows: Flows, agents or names to serve. Default: all that are defined by now.
        path: Put before the names.
        **options: See `HandlerOptions`.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if no flow and no agent is defined yet.
    """
    handler_of = genkit_litestar_handler(ai, context_provider, **options)
    handlers = [
        post(
            f'/{name}',
            name=name,
            request_max_body_size=None,
            operation_class=_operation(action),
        )(handler_of(action))
        for name, action in select_routes(ai, flows).items()
    ]
    return Router(path, route_handlers=handlers)


def _operation(flow: Action[Any, Any, Any]) -> type[Operation]:
    described = describe_flow(flow)

    @dataclass
    class FlowOperation(Operation):
        def to_schema(self) -> dict[str, Any]:
            return {**super().to_schema(), **described}

    return FlowOperation


async def _answer(handler: WebHandler, request: Request[Any, Any, Any]) -> Response[Any]:
    received = await read_request(request.scope, request.stream(), handler.body_limit, request)
    async with cancelled_with_client(cast('Any', request.receive)):
        answer = await handler.handle(received)
        kind: Any = _FramesResponse if isinstance(answer.body, Frames) else Response
        return kind(answer.body, status_code=answer.status, headers=dict(answer.headers))
    return Response(b'', status_code=499)  # nobody is there to read it


class _FramesResponse(Stream):
    """A stream that ends its flow when the client leaves; Litestar watches for that."""

    def to_asgi_response(self, *args: Any, **options: Any) -> Any:
        respond = cast('Any', super()).to_asgi_response(*args, **options)

        async def respond_and_close(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await respond(scope, receive, send)
            finally:
                await cast('Frames', self.iterator).aclose()

        return respond_and_close
