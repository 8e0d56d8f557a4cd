# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How the tests of web adapters serve the application under test, and call it."""

import contextlib
import json
import ssl
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any, ClassVar, Final, Unpack

import httpx

from genkit import Genkit
from genkit.testing.contracts.contract import Contract
from genkit.testing.contracts.web.application import Restaurant
from genkit.testing.contracts.web.asgi_server import serve_asgi
from genkit.web import BODY_LIMIT, ContextProvider, HandlerOptions


EVENT_STREAM: Final = {'accept': 'text/event-stream'}
# Made once: loading certificates takes longer than a call.
_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class WebCalls(Contract):
    """Serves the application under test, and calls it."""

    detects_disconnect: ClassVar[bool] = True
    no_disconnect_reason: ClassVar[str] = ''
    knows_its_address: ClassVar[bool] = True
    no_address_reason: ClassVar[str] = ''
    body_limit: ClassVar[int] = BODY_LIMIT
    callers: ClassVar[int] = 50
    patience: ClassVar[float] = 10

    restaurant: ClassVar[Restaurant]
    url: ClassVar[str]
    _running: ClassVar[contextlib.ExitStack]

    def serving(
        self, ai: Genkit, context_provider: ContextProvider | None = None, **options: Unpack[HandlerOptions]
    ) -> AbstractContextManager[str]:
        """Serve every flow of an application on a free loopback port while the context lasts.

        The only thing that a subclass has to say.

        Args:
            ai: The application.
            context_provider: Makes the context of each call.
            **options: Of the adapter.

        Returns:
            A context manager whose value is the address under which a flow is called with ``POST <address>/<name>``.
        """
        raise NotImplementedError(f'{type(self).__name__} must say how flows are served: define `serving`.')

    @staticmethod
    def on_uvicorn(app: Any) -> AbstractContextManager[str]:
        """Serve an ASGI application with uvicorn; what `serving` returns for most frameworks."""
        return serve_asgi(app)

    @classmethod
    def setup_class(cls) -> None:
        """Start the server that most of the tests share."""
        cls._running = contextlib.ExitStack()
        cls.restaurant = Restaurant()
        cls.url = cls._running.enter_context(cls().serving(cls.restaurant.ai))

    @classmethod
    def teardown_class(cls) -> None:
        """Stop it."""
        cls._running.close()

    def call(self, flow: str, *data: Any, url: str | None = None, **request: Any) -> httpx.Response:
        """Call a flow with an input, or with the ``content`` of a body."""
        headers = httpx.Headers(request.pop('headers', None))
        headers.setdefault('content-type', 'application/json')
        if 'content' not in request:
            request['json'] = {'data': data[0]} if data else {}
        with self.client() as client:
            return client.post(f'{url or self.url}/{flow}', headers=headers, **request)

    def stream(self, flow: str, *data: Any, **request: Any) -> list[dict[str, Any]]:
        """Return the events of a flow's stream."""
        return events(self.call(flow, *data, headers=EVENT_STREAM, **request).content)

    def client(self) -> httpx.Client:
        """Return a client that speaks to the server and to nobody else."""
        return httpx.Client(timeout=self.patience, trust_env=False, verify=_NO_TLS)

    def refused(self, answer: httpx.Response) -> None:
        """Expect an answer that says that the request was the client's mistake."""
        assert (answer.status_code, answer.json()['status']) == (HTTPStatus.BAD_REQUEST, 'INVALID_ARGUMENT')


def events(body: bytes) -> list[dict[str, Any]]:
    """Return the data of the events in a stream, whatever stands around it."""
    return [json.loads(line.removeprefix(b'data: ')) for line in body.split(b'\n') if line.startswith(b'data: ')]
