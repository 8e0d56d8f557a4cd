# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Client of remote agents."""

from collections.abc import Callable
from typing import Unpack

from genkit._agent.client import AgentClient
from genkit._base.errors import GenkitError
from genkit.client.address import parse_address
from genkit.client.call import ClientOptions
from genkit.client.flows import run_flow, stream_flow
from genkit.types import (
    AgentAbortRequest,
    AgentAbortResponse,
    AgentInit,
    AgentInput,
    AgentOutput,
    AgentStreamChunk,
    GetSnapshotRequest,
    SessionSnapshot,
    SnapshotStatus,
)


class HttpTransport:
    """The way to an agent over HTTP.

    Args:
        url: The URL of the agent.
        get_snapshot_url: The URL of its snapshots.
        abort_url: The URL that aborts its work.
        options: See `ClientOptions`.
    """

    def __init__(self, url: str, get_snapshot_url: str, abort_url: str, options: ClientOptions) -> None:
        self._url = url
        self._get_snapshot_url = get_snapshot_url
        self._abort_url = abort_url
        self._options = options

    async def run(
        self, init: AgentInit, given: AgentInput, on_chunk: Callable[[AgentStreamChunk], None]
    ) -> AgentOutput:
        """Run the agent with one input."""
        options: ClientOptions = {**self._options, 'init': init}
        async with stream_flow(
            self._url, given, output_type=AgentOutput, chunk_type=AgentStreamChunk, **options
        ) as stream:
            async for chunk in stream:
                on_chunk(chunk)
            return await stream.response

    async def get_snapshot(self, request: GetSnapshotRequest) -> SessionSnapshot | None:
        """Return a snapshot, or None."""
        try:
            return await run_flow(self._get_snapshot_url, request, output_type=SessionSnapshot, **self._options)
        except GenkitError as error:
            if error.status == 'NOT_FOUND':
                return None
            raise

    async def abort(self, snapshot_id: str) -> SnapshotStatus | None:
        """Stop the work behind a snapshot."""
        request = AgentAbortRequest(snapshot_id=snapshot_id)
        return (await run_flow(self._abort_url, request, output_type=AgentAbortResponse, **self._options)).status


def remote_agent(
    url: str, *, get_snapshot_url: str | None = None, abort_url: str | None = None, **options: Unpack[ClientOptions]
) -> AgentClient:
    """Return a client of a remote agent, with the same methods as a local one.

    Args:
        url: The URL of the agent.
        get_snapshot_url: The URL of its snapshots. Default: ``<url>/getSnapshot``.
        abort_url: The URL that aborts its work. Default: ``<url>/abort``.
        options: See `ClientOptions`.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an invalid URL.
    """
    name = parse_address(url).path.rstrip('/').rpartition('/')[2]
    base = url.rstrip('/')
    transport = HttpTransport(url, get_snapshot_url or f'{base}/getSnapshot', abort_url or f'{base}/abort', options)
    return AgentClient(transport, name)
