# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Hands telemetry over before a request ends, for platforms that freeze a process between requests."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from genkit.plugin import flush_exporters


Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class FlushTelemetry:
    """ASGI middleware that sends what was recorded before the last byte of an answer.

    The client has all of the answer but its end by then. It works around `genkit.web.FlowsApp` and any other ASGI
    application, and for every exporter, not Google Cloud's alone.

    Args:
        app: The application.
        timeout: How many seconds the end of an answer may wait.
    """

    def __init__(self, app: Application, timeout: float = 2) -> None:
        self._app = app
        self._timeout = timeout

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer a request."""
        if scope['type'] != 'http':
            await self._app(scope, receive, send)
            return

        async def send_flushed(message: Message) -> None:
            if message['type'] == 'http.response.body' and not message.get('more_body', False):
                if message.get('body'):
                    await send({**message, 'more_body': True})
                await self._flush()
                message = {**message, 'body': b''} if message.get('body') else message
            await send(message)

        try:
            await self._app(scope, receive, send_flushed)
        except BaseException:
            await self._flush()
            raise

    async def _flush(self) -> None:
        await asyncio.shield(asyncio.to_thread(flush_exporters, self._timeout))
