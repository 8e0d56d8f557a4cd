# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Quart views and blueprints of flows."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Unpack, cast

from genkit import Genkit
from genkit.web import ContextProvider, FlowHandlers, HandlerOptions, WebRequest, read_request, select_routes
from quart import Blueprint, Response, request


View = Callable[..., Awaitable[Response]]


def genkit_quart_handler(
    ai: Genkit | None, context_provider: ContextProvider | None = None, **options: Unpack[HandlerOptions]
) -> Callable[[Any], View]:
    """Return a decorator that makes a view of a flow, or of a function, async or plain, that returns one.

    ``quart.request`` and ``quart.g`` can be used inside. When the client leaves, the flow is cancelled.

    Args:
        ai: The application; None if flows are not given by name.
        context_provider: Makes the context of a call from its request.
        **options: See `HandlerOptions`.
    """
    handlers = FlowHandlers(ai, context_provider, **options)

    def decorate(served: Any) -> View:
        find = handlers.source(served)

        async def view(**given: Any) -> Response:
            handler = handlers.handler(await find(**given))
            answer = await handler.handle(await _received(handlers.body_limit))
            response = Response(answer.body, answer.status, dict(answer.headers))
            response.timeout = None  # a stream may last
            return response

        view.__name__ = find.__name__.replace('.', ':')  # a dot would divide blueprint from view
        view.__doc__ = find.__doc__
        return view

    return decorate


def flows_blueprint(
    ai: Genkit,
    context_provider: ContextProvider | None = None,
    *,
    flows: Sequence[Any] | None = None,
    name: str = 'genkit',
    **options: Unpack[HandlerOptions],
) -> Blueprint:
    """Return a blueprint that serves each flow and each agent at ``POST /<name>``.

    An agent that keeps its sessions has ``/<name>/getSnapshot`` and ``/<name>/abort`` beside it.

    Args:
        ai: The application.
        context_provider: Makes the context of a call from its request.
        flows: Flows, agents or names to serve. Default: all that are defined by now.
        name: Of the blueprint.
        **options: See `HandlerOptions`.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if no flow and no agent is defined yet.
    """
    blueprint = Blueprint(name, __name__)
    view_of = genkit_quart_handler(ai, context_provider, **options)
    for path, action in select_routes(ai, flows).items():
        endpoint = path.replace('.', ':')  # a dot would divide blueprint from view
        blueprint.add_url_rule(f'/{path}', endpoint, view_of(action), methods=['POST'])
    return blueprint


async def _received(body_limit: int) -> WebRequest:
    raw = cast('Any', request)._get_current_object()  # noqa: SLF001  (documented; the proxy is bound to a context)
    return await read_request(request.scope, request.body, body_limit, raw)
