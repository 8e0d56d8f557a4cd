# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the adapters of web frameworks share: the handlers of flows, and requests that arrive over ASGI."""

from collections.abc import AsyncIterable, Mapping
from typing import Any, TypedDict

from genkit._action.action import Action
from genkit._base.http.asgi import read_headers
from genkit.web.adapters import FindFlow, Served, flow_source, read_up_to
from genkit.web.context import ContextProvider
from genkit.web.cross_site import CrossSite, CrossSitePolicy, listening_at
from genkit.web.exchange import WebHandler, WebRequest
from genkit.web.handler import BODY_LIMIT, FlowHandler
from genkit.web.routes import HasRegistry, check_application
from genkit.web.streams.stream_manager import StreamManager


class HandlerOptions(TypedDict, total=False):
    """Options of an adapter's handlers.

    Attributes:
        body_limit: The maximum size of a request body in bytes; a larger one is answered with 413. Default: 10 MB.
        cross_site: Which requests of web pages are rejected: ``'refuse'``, ``'allow'``, or a list of origins that may
            call; see `CrossSitePolicy`. Default: ``'refuse'``.
        stream_manager: Keeps streams, so that a client can join one again. Default: none is kept.
    """

    body_limit: int
    cross_site: CrossSite
    stream_manager: StreamManager | None


class FlowHandlers:
    """Creates the handlers of an adapter's decorator: `source` once for what is served, `handler` for each request.

    Args:
        ai: The application; None if flows are not given by name.
        context_provider: Context provider: returns the context of the call, given the request.
        body_limit: The maximum size of a request body in bytes; a larger one is answered with 413.
        cross_site: Which requests of web pages are rejected, see `CrossSitePolicy`.
        stream_manager: Keeps streams, so that a client can join one again.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if `ai` is not an application or the context provider not a function.
    """

    def __init__(
        self,
        ai: HasRegistry | None,
        context_provider: ContextProvider | None = None,
        *,
        body_limit: int = BODY_LIMIT,
        cross_site: CrossSite = 'refuse',
        stream_manager: StreamManager | None = None,
    ) -> None:
        check_application(ai, context_provider)
        self._stream_manager = stream_manager
        self.body_limit = body_limit
        self._ai = ai
        self._context_provider = context_provider
        self._policy = CrossSitePolicy(cross_site)

    def source(self, served: Any) -> FindFlow:
        """Return a function that returns the flow for a request.

        Args:
            served: A flow, an action or a name; or a function that returns one, as for `flow_source`.

        Raises:
            GenkitError: As `flow_source`.
        """
        return flow_source(self._ai, served)

    def handler(self, action: Served, context_provider: ContextProvider | None = None) -> WebHandler:
        """Return the handler of one request.

        Args:
            action: The flow for the request; or a handler, which knows itself who may call it.
            context_provider: Takes the place of the usual one for this request.
        """
        if not isinstance(action, Action):
            return action
        return FlowHandler(
            action,
            context_provider=context_provider or self._context_provider,
            body_limit=self.body_limit,
            cross_site=self._policy,
            stream_manager=self._stream_manager,
        )


async def read_request(scope: Mapping[str, Any], pieces: AsyncIterable[bytes], body_limit: int, raw: Any) -> WebRequest:
    """Return the request of an ASGI framework, with its body as `read_up_to` returns it.

    Args:
        scope: The ASGI scope.
        pieces: The body, in any pieces.
        body_limit: The maximum size of the body in bytes.
        raw: The request object of the framework, for context providers.
    """
    body = await read_up_to(pieces, body_limit)
    query = scope['query_string'].decode('latin-1')
    return WebRequest(scope['method'], read_headers(scope), body, query, raw, listening_at(scope))
