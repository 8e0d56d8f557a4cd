# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Flask views and blueprints of flows, and the event loop that flows run on beside Flask's threads."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar, Unpack, cast

from flask import Blueprint, Response, request
from genkit import Genkit
from genkit.web import (
    BlockingFrames,
    BoundedBody,
    ContextProvider,
    FlowHandlers,
    Frames,
    HandlerOptions,
    WebRequest,
    WebResponse,
    join_headers,
    run_in_background,
    select_routes,
)


T = TypeVar('T')
View = Callable[..., Response]


def genkit_flask_handler(
    ai: Genkit | None, context_provider: ContextProvider | None = None, **options: Unpack[HandlerOptions]
) -> Callable[[Any], View]:
    """Return a decorator that makes a view of a flow, or of a function, async or plain, that returns one.

    All flows run on one event loop, in a dedicated thread that lasts as long as the process, so that what belongs to a
    loop, such as a model's HTTP client, is made once. ``flask.request`` and ``flask.g`` can be used inside.

    Args:
        ai: The application; None if flows are not given by name.
        context_provider: Makes the context of a call from its request.
        **options: See `HandlerOptions`.
    """
    handlers = FlowHandlers(ai, context_provider, **options)

    def decorate(served: Any) -> View:
        find = handlers.source(served)

        async def handle(given: dict[str, Any], received: WebRequest) -> WebResponse:
            return await handlers.handler(await find(**given)).handle(received)

        def view(**given: Any) -> Response:
            answer = _run(handle(given, _received(handlers.body_limit)))
            body = BlockingFrames(answer.body) if isinstance(answer.body, Frames) else answer.body
            return Response(body, answer.status, dict(answer.headers))

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
    view_of = genkit_flask_handler(ai, context_provider, **options)
    for path, action in select_routes(ai, flows).items():
        endpoint = path.replace('.', ':')  # a dot would divide blueprint from view
        blueprint.add_url_rule(f'/{path}', endpoint, view_of(action), methods=['POST'])
    return blueprint


def _received(body_limit: int) -> WebRequest:
    body = BoundedBody(body_limit)
    while (piece := request.stream.read(65536)) and body.take(piece):
        pass
    raw = cast('Any', request)._get_current_object()  # noqa: SLF001  (documented; the proxy is bound to a context)
    return WebRequest(
        request.method,
        join_headers(request.headers.items()),
        body.bytes,
        request.query_string.decode('latin-1'),
        raw,
        request.environ.get('SERVER_NAME'),
    )


def _run(coroutine: Coroutine[Any, Any, T]) -> T:
    future = run_in_background(coroutine)
    try:
        return future.result()
    except BaseException:
        future.cancel()  # the server may have interrupted this thread
        raise
