# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""FastAPI endpoints and routers of flows."""

import contextlib
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, TypedDict, Unpack, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.params import Depends as Dependency
from fastapi.responses import StreamingResponse
from genkit import Genkit
from genkit.web import (
    BODY_LIMIT,
    ContextProvider,
    FlowHandler,
    Frames,
    WebRequest,
    cancelled_with_client,
    describe_flow,
    flow_source,
    join_headers,
    read_up_to,
    select_flows,
)
from starlette.types import Receive, Scope, Send


Endpoint = Callable[..., Awaitable[Response]]


class EndpointOptions(TypedDict, total=False):
    """How a flow is served.

    Attributes:
        context_dependency: In place of a context provider: a dependency, or the function of one, that is the context.
        body_limit: The most bytes of a request; more is answered with 413.
    """

    context_dependency: Any
    body_limit: int


def genkit_fastapi_handler(
    ai: Genkit | None, context_provider: ContextProvider | None = None, **options: Unpack[EndpointOptions]
) -> Callable[[Any], Endpoint]:
    """Return a decorator that makes an endpoint of a flow, or of a function that returns one.

    The function, async or plain, may ask for whatever FastAPI provides: path parameters, dependencies, the request.

    Args:
        ai: The application; None if flows are not given by name.
        context_provider: Makes the context of a call from its request.
        options: See `EndpointOptions`.
    """
    dependency = options.get('context_dependency')
    body_limit = options.get('body_limit', BODY_LIMIT)

    def decorate(served: Any) -> Endpoint:
        find = flow_source(ai, served)
        parameters = list(inspect.signature(find, eval_str=True).parameters.values())
        request_name = next((asked.name for asked in parameters if asked.annotation is Request), None)

        async def endpoint(genkit_context: Any = None, **given: Any) -> Response:
            request: Request = given[request_name] if request_name else given.pop('genkit_request')
            provider: ContextProvider | None = context_provider if dependency is None else lambda _: genkit_context
            handler = FlowHandler(await find(**given), context_provider=provider, body_limit=body_limit)
            return await _answer(handler, request)

        if request_name is None:
            parameters.append(_asked('genkit_request', Request))
        if dependency is not None:
            depends = dependency if isinstance(dependency, Dependency) else Depends(dependency)
            parameters.append(_asked('genkit_context', Annotated[Any, depends]))
        endpoint.__name__, endpoint.__doc__ = find.__name__, find.__doc__
        endpoint.__signature__ = inspect.Signature(parameters, return_annotation=Response)
        return endpoint

    return decorate


def serve_flow(
    flow: Any,
    *,
    base_path: str | None = None,
    context_provider: ContextProvider | None = None,
    **options: Unpack[EndpointOptions],
) -> APIRouter:
    """Return a router that serves one flow, or another action, at ``POST <base_path>``, ``/<name>`` unless stated.

    Shapes of input and result stand in the application's OpenAPI document. The other arguments are those of
    `genkit_fastapi_handler`.
    """
    [action] = select_flows(None, [flow])
    endpoint = genkit_fastapi_handler(None, context_provider, **options)(action)
    router, path = APIRouter(), base_path or f'/{action.name}'
    router.add_api_route(path, endpoint, methods=['POST'], name=action.name, openapi_extra=describe_flow(action))
    return router


def flows_router(
    ai: Genkit,
    context_provider: ContextProvider | None = None,
    *,
    flows: Sequence[Any] | None = None,
    **options: Unpack[EndpointOptions],
) -> APIRouter:
    """Return a router that serves flows as `serve_flow` does: those given, as flows or names, or all defined by now.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if no flow is defined yet.
    """
    router = APIRouter()
    for action in select_flows(ai, flows):
        router.include_router(serve_flow(action, context_provider=context_provider, **options))
    return router


def _asked(name: str, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)


async def _answer(handler: FlowHandler, request: Request) -> Response:
    body = await read_up_to(request.stream(), handler.body_limit)
    headers = join_headers(request.headers.items())
    async with cancelled_with_client(request.receive):
        answer = await handler.handle(WebRequest(request.method, headers, body, request.url.query, request))
        kind: Any = _FramesResponse if isinstance(answer.body, Frames) else Response
        return kind(answer.body, answer.status, dict(answer.headers))
    return Response(status_code=499)  # nobody is there to read it


class _FramesResponse(StreamingResponse):
    """A stream that ends its flow when the client leaves, also one that has nothing to say for the moment."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        async with cancelled_with_client(receive), contextlib.aclosing(cast('Frames', self.body_iterator)):
            await self.stream_response(send)
        if self.background is not None:
            await self.background()
