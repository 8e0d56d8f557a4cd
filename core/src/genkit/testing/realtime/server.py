# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A server of WebSockets on this machine, and what the peers of all protocols have in common."""

import asyncio
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from genkit.testing.realtime.moves import CutMove, RawMove, RealtimeBrain, RealtimeMove, RealtimeTurn


if TYPE_CHECKING:
    from websockets.asyncio.server import Server, ServerConnection

Body = dict[str, Any]
Frame = Body | RawMove | CutMove
Refusal = tuple[int, Mapping[str, str], bytes]


# The library writes every header to its logger, keys among them; this one is in no hierarchy.
_QUIET = logging.Logger('genkit.testing', logging.CRITICAL)  # noqa: LOG001


class RealtimePeer(ABC):
    """The provider's side of one connection.

    Args:
        server: What all connections share.
        number: Of the connection, from 1.
        path: What was asked for, with its query.
    """

    binary = False

    def __init__(self, server: 'RealtimeServer', number: int, path: str) -> None:
        self.server = server
        self.number = number
        self.path = path
        self.moves: Iterator[RealtimeMove] | None = None

    def greet(self) -> list[Frame]:
        """Return what is sent first."""
        return []

    @abstractmethod
    def take(self, message: Body) -> list[Frame]:
        """Return what is answered to a message."""

    def think(
        self, said: str, answers: dict[str, str], conversation: Sequence[str], session: Body
    ) -> Iterator[RealtimeMove]:
        """Return what the model does in its next turn."""
        self.server.turns += 1
        turn = RealtimeTurn(self.server.turns, self.number, said, answers, conversation, session)
        self.server.heard.append(turn)
        return iter(self.server.brain(turn))


class RealtimeServer:
    """A provider of real-time models; use it as an asynchronous context manager.

    Args:
        peer: Makes the provider's side of a connection.
        brain: What the model does in a turn.
        refuse: Returns the answer of HTTP to an upgrade, of its number; None to accept it.

    Attributes:
        url: The address, as one of HTTP.
        paths: What connections asked for, with the query.
        headers: What they brought, the names in lower case.
        events: What clients sent, in order, of all connections.
        heard: The turns that the model had.
        turns: How many.
        memory: What a peer keeps for later connections.
        reads: Whether it reads on once it has spoken; one that does not answers neither pings nor closing frames.
    """

    def __init__(
        self,
        peer: 'Callable[[RealtimeServer, int, str], RealtimePeer]',
        brain: RealtimeBrain,
        refuse: Callable[[int], Refusal | None] = lambda _: None,
    ) -> None:
        self.brain = brain
        self.url = ''
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.events: list[Body] = []
        self.heard: list[RealtimeTurn] = []
        self.turns = 0
        self.memory: Body = {}
        self.reads = True
        self._peer = peer
        self._refuse = refuse
        self._server: Server | None = None
        self._connections: set[ServerConnection] = set()

    @property
    def open_connections(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    async def until_closed(self) -> None:
        """Wait until no connection is open."""
        while self._connections:
            await asyncio.wait([asyncio.ensure_future(each.wait_closed()) for each in self._connections])
            await asyncio.sleep(0)

    def cut(self) -> None:
        """Cut all connections, without a closing frame."""
        for connection in self._connections:
            connection.transport.abort()

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        from websockets.asyncio.server import serve  # noqa: PLC0415  (loaded with the first server)

        self._server = await serve(
            self._serve,
            '127.0.0.1',
            0,
            process_request=self._answer_upgrade,
            ping_interval=None,
            close_timeout=0.1,
            compression=None,
            logger=_QUIET,
        )
        host, port = next(iter(self._server.sockets)).getsockname()[:2]
        self.url = f'http://{host}:{port}'
        return self

    async def __aexit__(self, *_: object) -> None:
        """Listen no longer."""
        assert self._server is not None
        self.cut()
        self._server.close()
        await self._server.wait_closed()

    def _answer_upgrade(self, connection: 'ServerConnection', request: Any) -> Any:
        self.paths.append(request.path)
        self.headers.append({name.lower(): value for name, value in request.headers.raw_items()})
        refusal = self._refuse(len(self.paths))
        if refusal is None:
            return None
        status, headers, body = refusal
        response = connection.respond(status, '')
        del response.headers['Content-Length'], response.headers['Content-Type']
        for name, value in {**headers, 'Content-Length': str(len(body))}.items():
            response.headers[name] = value
        response.body = body
        return response

    async def _serve(self, connection: 'ServerConnection') -> None:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415  (as above)

        self._connections.add(connection)
        request = connection.request
        assert request is not None
        peer = self._peer(self, len(self.paths), request.path)
        try:
            await self._put(connection, peer, peer.greet())
            async for content in connection:
                message = json.loads(content)
                self.events.append(message)
                await self._put(connection, peer, peer.take(message))
                if not self.reads and peer.server.turns:
                    connection.transport.pause_reading()
        except ConnectionClosed:
            pass
        finally:
            self._connections.discard(connection)

    async def _put(self, connection: 'ServerConnection', peer: RealtimePeer, frames: Sequence[Frame]) -> None:
        for frame in frames:
            if isinstance(frame, CutMove):
                if frame.code is None:
                    connection.transport.abort()
                else:
                    await connection.close(frame.code, frame.reason)
                return
            content = frame.content if isinstance(frame, RawMove) else frame
            if not isinstance(content, str | bytes):
                content = json.dumps(content)
                content = content.encode() if peer.binary else content
            await connection.send(content)
