# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""FastAPI endpoints and routers of flows."""

import contextlib
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Unpack, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.params import Depends as Dependency
from fastapi.responses import StreamingResponse
from genkit import Genkit, GenkitError
from genkit.plugin import check_options
from genkit.web import (
    ContextProvider,
    FlowHandlers,
    Frames,
    HandlerOptions,
    WebHandler,
    cancelled_with_client,
    check_application,
    describe_flow,
    read_request,
    select_flows,
    select_routes,
)
from starlette.types import Receive, Scope, Send


Endpoint = Callable[..., Awaitable[Response]]


class EndpointOptions(HandlerOptions, total=False):
    """How a flow is served: the `HandlerOptions`, and where the context comes from.

    Attributes:
        context_dependency: In place of a context provider: a dependency, or the function of one, that is the context.
    """

    context_dependency: Any


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
    check_application(ai, context_provider)
    check_options('A FastAPI endpoint', options, EndpointOptions.__annotations__)
    dependency = options.pop('context_dependency', None)
    if dependency is not None and context_provider is not None:
        raise GenkitError(
            'context_provider and context_dependency are both given, and only one of them can make the context. Let '
            'the dependency ask for what the provider checks, and leave context_provider out.',
            status='INVALID_ARGUMENT',
        )
    handlers = FlowHandlers(ai, context_provider, **cast('HandlerOptions', options))

    def decorate(served: Any) -> Endpoint:
        find = handlers.source(served)
        parameters = list(inspect.signature(find, eval_str=True).parameters.values())
        request_name = next((asked.name for asked in parameters if asked.annotation is Request), None)

        async def endpoint(genkit_context: Any = None, **given: Any) -> Response:
            request: Request = given[request_name] if request_name else given.pop('genkit_request')
            provider: ContextProvider | None = None if dependency is None else lambda _: genkit_context
            return await _answer(handlers.handler(await find(**given), provider), request)

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
    """Return a router that serves one flow, or another action, at ``POST <base_path>``. Default: ``/<name>``.

    Shapes of input and result stand in the application's OpenAPI document. The other arguments are those of
    `genkit_fastapi_handler`. An agent is served as `serve_agent` does.
    """
    router, endpoint_of = APIRouter(), genkit_fastapi_handler(None, context_provider, **options)
    for name, action in select_routes(None, [flow]).items():
        path = f'/{name}' if base_path is None else base_path + name.removeprefix(action.name)
        described = describe_flow(action)
        router.add_api_route(path, endpoint_of(action), methods=['POST'], name=name, openapi_extra=described)
    return router


def serve_agent(
    agent: Any,
    *,
    base_path: str | None = None,
    context_provider: ContextProvider | None = None,
    **options: Unpack[EndpointOptions],
) -> APIRouter:
    """Return a router that serves an agent at ``POST <base_path>``. Default: ``/<name>``.

    An agent that keeps its sessions is served with ``<base_path>/getSnapshot`` and ``<base_path>/abort``, which have
    the same context provider. The other arguments are those of `genkit_fastapi_handler`.
    """
    return serve_flow(agent, base_path=base_path, context_provider=context_provider, **options)


def flows_router(
    ai: Genkit,
    context_provider: ContextProvider | None = None,
    *,
    flows: Sequence[Any] | None = None,
    **options: Unpack[EndpointOptions],
) -> APIRouter:
    """Return a router that serves flows and agents as `serve_flow` and `serve_agent` do.

    Args:
        ai: The application.
        context_provider: Makes the context of a call from its request.
        flows: Flows, agents or names to serve. Default: all that are defined by now.
        options: See `EndpointOptions`.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if no flow and no agent is defined yet.
    """
    check_application(ai, context_provider)
    router = APIRouter()
    for action in select_flows(ai, flows):
        router.include_router(serve_flow(action, context_provider=context_provider, **options))
    return router


def _asked(name: str, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)


async def _answer(handler: WebHandler, request: Request) -> Response:
    received = await read_request(request.scope, request.stream(), handler.body_limit, request)
    async with cancelled_with_client(request.receive):
        answer = await handler.handle(received)
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
