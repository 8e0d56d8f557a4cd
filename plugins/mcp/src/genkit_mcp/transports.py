# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Opens the way to a server, and knows when it has ended."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncGenerator, Callable
from typing import IO, TYPE_CHECKING, Any, Final, Self, cast

from genkit.plugin import redact

from genkit_mcp.settings import McpServerConfig


if TYPE_CHECKING:
    from mcp.client import Transport

_LINES: Final = 12
_TAIL: Final = 4000
_CONNECT_SECONDS: Final = 30.0


class Way:
    """The way to one server, for one connection.

    Attributes:
        ended: Set when the transport has no more to give.
    """

    def __init__(self, config: McpServerConfig) -> None:
        self._config = config
        self._errors: IO[str] | None = None
        self.ended = asyncio.Event()

    def target(self) -> Any:
        """Return what the client of the library takes: a server in this process, or a transport."""
        config = self._config
        if config.command is not None:
            return self._watched(self._program)
        if config.url is not None:
            return self._watched(self._http)
        brought: Any = config.transport
        if callable(brought) and not hasattr(brought, '__aenter__'):
            brought = brought()
        return self._watched(lambda: cast('Transport', brought)) if hasattr(brought, '__aenter__') else brought

    def last_lines(self) -> str:
        """Return the end of what a program wrote to stderr, as a further sentence; empty if it wrote nothing."""
        if self._errors is None or self._errors.closed:
            return ''
        self._errors.flush()
        size = os.fstat(self._errors.fileno()).st_size
        tail = os.pread(self._errors.fileno(), _TAIL, max(0, size - _TAIL)) if hasattr(os, 'pread') else b''
        lines = [line.rstrip() for line in tail.decode(errors='replace').splitlines() if line.strip()]
        said = ' | '.join(lines[-_LINES:])
        for secret in self._config.secrets:
            said = said.replace(secret, '…')
        return f' Its stderr ends with: {redact(said)}' if said else ''

    def close(self) -> None:
        """Forget what the program wrote."""
        if self._errors is not None:
            self._errors.close()

    @contextlib.asynccontextmanager
    async def _watched(self, transport: 'Callable[[], Transport]') -> AsyncGenerator[Any]:
        async with transport() as (read, write):
            yield _WatchedStream(read, self.ended), write

    def _program(self) -> 'Transport':
        from mcp.client.stdio import StdioServerParameters, stdio_client  # noqa: PLC0415  (a slow import)

        config = self._config
        self._errors = tempfile.TemporaryFile('w+', errors='replace')  # noqa: SIM115  (closed with the connection)
        parameters = StdioServerParameters(
            command=config.command or '',
            args=list(config.args),
            env=dict(config.env) if config.env is not None else None,
            cwd=config.cwd,
            encoding_error_handler='replace',
        )
        return cast('Transport', stdio_client(parameters, errlog=cast('Any', self._errors)))

    @contextlib.asynccontextmanager
    async def _http(self) -> AsyncGenerator[Any]:
        import httpx2  # noqa: PLC0415  (a slow import)
        from mcp.client.streamable_http import streamable_http_client  # noqa: PLC0415  (a slow import)

        config = self._config
        # What a silent server costs is limited for each request, so reading has no limit of its own.
        limits = httpx2.Timeout(_CONNECT_SECONDS, read=None)
        async with (
            httpx2.AsyncClient(headers=dict(config.headers or {}), timeout=limits) as client,
            streamable_http_client(config.url or '', http_client=client, max_sse_event_size=None) as streams,
        ):
            yield streams


class _WatchedStream:
    """A stream of the library that sets an event at its end."""

    def __init__(self, stream: Any, ended: asyncio.Event) -> None:
        self._stream = stream
        self._ended = ended

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    async def receive(self) -> Any:
        try:
            return await self._stream.receive()
        except Exception:  # whatever ends a stream
            self._ended.set()
            raise

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._stream.__anext__()
        except BaseException as error:  # whatever ends a stream, its regular end included
            if not isinstance(error, asyncio.CancelledError):
                self._ended.set()
            raise

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(self, *raised: object) -> Any:
        self._ended.set()
        return await self._stream.__aexit__(*raised)
