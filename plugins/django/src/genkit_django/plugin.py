# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Django views and URL patterns of flows, under ASGI and under WSGI."""

import asyncio
import contextlib
import functools
import inspect
import weakref
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from typing import Any, Final, Unpack

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from genkit import Genkit, PublicError
from genkit.plugin import Action
from genkit.web import (
    BlockingFrames,
    BoundedBody,
    ContextProvider,
    FlowHandlers,
    Frames,
    HandlerOptions,
    RequestData,
    WebRequest,
    WebResponse,
    error_response,
    join_headers,
    run_in_background,
    select_routes,
)


View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]

_BETWEEN_LOOKS: Final = 0.5  # seconds


def genkit_django_handler(
    ai: Genkit | None, context_provider: ContextProvider | None = None, **options: Unpack[HandlerOptions]
) -> Callable[[Any], View]:
    """Return a decorator that makes an asynchronous view of a flow, or of a function that returns one.

    The function, async or plain, is called like a view: with the request and what the URL captured. Where Django's CSRF
    protection is installed, requests with a session cookie must pass it, as those of any view: their pages send the
    token in the header ``X-CSRFToken``. Other requests are exempt.

    Under WSGI all flows run on one event loop, in a dedicated thread that lasts as long as the process, so that what
    belongs to a loop, such as a model's HTTP client, is made once.

    Args:
        ai: The application; None if flows are not given by name.
        context_provider: Makes the context of a call from its request.
        **options: See `HandlerOptions`.
    """
    handlers, provider = FlowHandlers(ai, context_provider, **options), _guarded(context_provider)

    def decorate(served: Any) -> View:
        find = handlers.source(served)

        async def handle(request: HttpRequest, body: bytes, captured: dict[str, Any]) -> WebResponse:
            action = await find(request, **captured)
            if not isinstance(action, Action):
                try:
                    await _refuse_forged(request)
                except PublicError as refused:
                    return error_response(refused)
            headers, query = join_headers(request.headers.items()), request.META.get('QUERY_STRING', '')
            return await handlers.handler(action, provider).handle(
                WebRequest(request.method or '', headers, body, query, request)
            )

        async def view(request: HttpRequest, **captured: Any) -> HttpResponseBase:
            request.get_host()  # refuses a foreign Host, as ALLOWED_HOSTS says
            handling = handle(request, _read(request, handlers.body_limit), captured)
            if isinstance(request, ASGIRequest):
                return _response(await handling, functools.partial(_AsyncStream, request=request))
            return _response(await asyncio.wrap_future(run_in_background(handling)), _stream)

        view.__name__, view.__doc__ = find.__name__, find.__doc__
        return csrf_exempt(view)

    return decorate


def flow_urls(
    ai: Genkit,
    context_provider: ContextProvider | None = None,
    *,
    flows: Sequence[Any] | None = None,
    **options: Unpack[HandlerOptions],
) -> list[URLPattern]:
    """Return URL patterns that serve each flow and agent at ``POST <name>``, for ``urlpatterns`` or ``include``.

    An agent that keeps its sessions has ``<name>/getSnapshot`` and ``<name>/abort`` beside it.

    Args:
        ai: The application.
        context_provider: Makes the context of a call from its request.
        flows: Flows, agents or names to serve. Default: all that are defined by now.
        **options: See `HandlerOptions`.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if no flow and no agent is defined yet.
    """
    view_of = genkit_django_handler(ai, context_provider, **options)
    return [path(name, view_of(action), name=name) for name, action in select_routes(ai, flows).items()]


def _read(request: HttpRequest, body_limit: int) -> bytes:
    body = BoundedBody(body_limit)
    while (piece := request.read(65536)) and body.take(piece):
        pass
    return body.bytes


def _guarded(context_provider: ContextProvider | None) -> ContextProvider:
    """Return a provider that refuses what Django's CSRF protection refuses where a cookie may authenticate."""

    async def provide(data: RequestData) -> Any:
        await _refuse_forged(data.request)
        provided: Any = None if context_provider is None else context_provider(data)
        return await provided if inspect.isawaitable(provided) else provided

    return provide


async def _refuse_forged(request: HttpRequest) -> None:
    if settings.SESSION_COOKIE_NAME in request.COOKIES and _protects_from_forgery():
        await sync_to_async(_check_csrf)(request)


def _protects_from_forgery() -> bool:
    return any(name.rpartition('.')[2].endswith('CsrfViewMiddleware') for name in settings.MIDDLEWARE)


def _check_csrf(request: HttpRequest) -> None:
    protection = _CsrfProtection(_view)
    protection.process_request(request)
    reason: Any = protection.process_view(request, _view, (), {})
    if reason is not None:
        raise PublicError(
            'PERMISSION_DENIED',
            f'{reason} Requests with a session cookie need the CSRF token in the header X-CSRFToken.',
        )


def _view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class _CsrfProtection(CsrfViewMiddleware):
    """Django's rules; they say why they refuse a request rather than answering it with a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:  # noqa: ARG002  (the framework's)
        return reason


def _response(answer: WebResponse, stream: Callable[..., HttpResponseBase]) -> HttpResponseBase:
    kind = stream if isinstance(answer.body, Frames) else HttpResponse
    return kind(answer.body, status=answer.status, headers=answer.headers)


def _stream(frames: Frames, **options: Any) -> HttpResponseBase:
    return StreamingHttpResponse(BlockingFrames(frames), **options)


class _AsyncStream(StreamingHttpResponse):
    """A stream under ASGI, whose frames are closed whether or not Django comes to send it."""

    def __init__(self, frames: Frames, *, request: HttpRequest, **options: Any) -> None:
        super().__init__(frames, **options)
        self._frames = frames
        self._watching = asyncio.create_task(_close_unsent(weakref.ref(self), frames, request))

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        self._watching.cancel()
        async with contextlib.aclosing(self._frames):
            async for piece in super().__aiter__():
                yield piece


async def _close_unsent(response: Callable[[], object], frames: Frames, request: HttpRequest) -> None:
    """Close frames once their request is over: if its client leaves while a middleware has the response, it is dropped.

    Nothing tells so, but the body is closed at the end of a request.
    """
    body: Any = request._stream  # noqa: SLF001  (where Django puts it)
    while response() is not None and not body.closed:  # noqa: ASYNC110  (there is no event)
        await asyncio.sleep(_BETWEEN_LOOKS)
    await frames.aclose()
