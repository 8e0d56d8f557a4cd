# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An ASGI application that serves a door."""

import re
from collections.abc import Callable
from functools import partial

from genkit._base.errors import GenkitError
from genkit._base.http.asgi import (
    BodyTooLargeError,
    BodyTooSlowError,
    ClientDisconnected,
    Receive,
    Scope,
    Send,
    read_body,
    read_headers,
    refuse_body,
)
from genkit.web.app import cancelled_with_client, live, paths_of, send_response
from genkit.web.cross_site import listening_at
from genkit.web.doors.door import AgentDoor
from genkit.web.exchange import WebHandler, WebRequest, error_response


class DoorApp:
    """ASGI application that serves a door: run it by itself, or mount it.

    Args:
        door: What is served; its `AgentDoor.routes` say where.

    Example:
        ```python
        from genkit.web import DoorApp


        def application(door):
            return DoorApp(door)
        ```
    """

    def __init__(self, door: AgentDoor) -> None:
        self._routes = [
            (route.method, re.compile(re.sub(r'\\{(\w+)\\}', r'(?P<\1>[^/]+)', re.escape(route.path))), route.handler)
            for route in door.routes()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or begin and end with the server."""
        if scope['type'] == 'lifespan':
            await live(receive, send, {})
        elif scope['type'] == 'http':
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = read_headers(scope)
        found = self._find(scope)
        if isinstance(found, GenkitError):
            await send_response(send, error_response(found))
            return
        handler = found()
        try:
            body = await read_body(receive, handler.body_limit, headers)
        except (BodyTooLargeError, BodyTooSlowError) as error:
            refused = error_response(error)
            assert isinstance(refused.body, bytes), 'an error is answered at once'
            await refuse_body(receive, send, error, refused.body)
            return
        except ClientDisconnected:
            return
        query = scope['query_string'].decode('latin-1')
        request = WebRequest(scope['method'], headers, body, query, scope, listening_at(scope))
        async with cancelled_with_client(receive):
            await send_response(send, await handler.handle(request))

    def _find(self, scope: Scope) -> Callable[[], WebHandler] | GenkitError:
        path = paths_of(scope)[0].rstrip('/') or '/'
        others: list[Callable[[], WebHandler]] = []
        for method, pattern, handler in self._routes:
            matched = pattern.fullmatch(path)
            if matched is None:
                continue
            others.append(partial(handler, **matched.groupdict()))
            if scope['method'] == method:
                return others[-1]
        if others:
            return others[0]  # which says what the method is
        return GenkitError(f'Nothing is served at {paths_of(scope)[-1]!r}.', status='NOT_FOUND')
