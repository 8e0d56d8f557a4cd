# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A conversation over a WebSocket: opens it, replaces it, ends it, and whatever runs beside it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from genkit._action.bidi import BidiRunContext
from genkit._base.errors import GenkitError
from genkit._base.loop_cache import LoopCache
from genkit.plugin.errors.provider_errors import without_keys
from genkit.plugin.realtime.chunks import event_chunk
from genkit.plugin.realtime.failures import SocketClosed, closing_error, may_pass
from genkit.plugin.realtime.session import Chunk, Owed, RealtimeSession
from genkit.plugin.realtime.socket import OPEN_SECONDS, Address, Body, JsonSocket
from genkit.types import GenerateRequest, GenerateResponse


Context = BidiRunContext[Chunk, GenerateRequest]

LINGER_SECONDS: Final = 2.0
_DELAYS: Final = (0.0, 0.25, 1.0)
_MARGIN_SECONDS: Final = 1.0
_LASTING_SECONDS: Final = 10.0  # a connection that the provider replaces after a longer time has served


class OpenTalks:
    """The conversations of a plugin, which its ``aclose`` ends."""

    def __init__(self) -> None:
        self._open: LoopCache[set[Talk]] = LoopCache(set)

    def add(self, talk: 'Talk') -> None:
        """Note a conversation that begins."""
        self._open.get().add(talk)

    def discard(self, talk: 'Talk') -> None:
        """Forget one that has ended."""
        self._open.get().discard(talk)

    async def aclose(self) -> None:
        """End the conversations of the running loop, and wait until they have ended."""
        talks = list(self._open.get())
        for talk in talks:
            talk.stop()
        for talk in talks:
            await talk.ended.wait()


class Talk:
    """One conversation.

    Args:
        session: The protocol.
        address: Gives the address and a fresh key for each connection.
        context: Takes the chunks.
        timeout: Seconds without anything from a provider that owes an answer; None for no limit.
        linger: How long to wait at the end for an answer to sound that may be none, in seconds.

    Attributes:
        ended: Set when nothing of it is left.
    """

    def __init__(
        self,
        session: RealtimeSession,
        address: Callable[[], Awaitable[Address]],
        context: Context,
        *,
        timeout: float | None = None,
        linger: float = LINGER_SECONDS,
    ) -> None:
        self.ended = asyncio.Event()
        self._session = session
        self._address = address
        self._context = context
        self._timeout = timeout
        self._linger = linger
        self._socket: JsonSocket | None = None
        self._turn = asyncio.Lock()  # held to change the session and send what it says
        self._is_ending = False  # no more comes of the user
        self._is_closed = False  # nor of tools
        self._listening: asyncio.Task[None] | None = None
        self._stopped = False
        self._answers = 0  # turns of the model that were owed
        self._lost_at_answer = -1
        self._losses = 0
        self._established_at = 0.0
        self._reconnections = 0
        self._giving = 0

    async def run(self, requests: AsyncIterator[GenerateRequest], talks: OpenTalks) -> GenerateResponse[Any]:
        """Pass on what both sides say until neither has more, and return the whole answer.

        Raises:
            GenkitError: What the provider reports; ``UNAVAILABLE`` or ``DATA_LOSS`` for a connection that was lost for
                good; ``CANCELLED`` if the plugin was closed.
        """
        talks.add(self)
        try:
            async with asyncio.TaskGroup() as group:
                self._listening = group.create_task(self._listen())
                others = [] if self._context.inputs is None else [self._pass_on(requests), self._await_end()]
                beside = [group.create_task(other) for other in others]
                self._listening.add_done_callback(lambda _: [task.cancel() for task in beside])
        except BaseExceptionGroup as failures:
            error = failures.exceptions[0]
            if isinstance(error, GenkitError):
                error = without_keys(error, self._session.secrets)
            raise error from error.__cause__
        finally:
            self.ended.set()
            talks.discard(self)
        if self._stopped:
            raise GenkitError(
                f'Plugin {self._session.source!r} was closed in the middle of a conversation.', status='CANCELLED'
            )
        self._session.facts['reconnections'] = self._reconnections
        return self._session.response()

    def stop(self) -> None:
        """End it at once."""
        self._stopped = True
        if self._listening is not None:
            self._listening.cancel()

    async def _listen(self) -> None:
        try:
            async with self._turn:
                chunks = await self._establish()
            await self._give(chunks)
            if self._context.inputs is None:
                self._is_ending = True
            while not self._is_over():
                await self._hear()
        finally:
            socket, self._socket = self._socket, None
            if socket is not None:
                await socket.aclose()

    async def _hear(self) -> None:
        """Wait for one event and pass it on; a connection that is lost is replaced."""
        assert self._socket is not None
        try:
            event = await self._socket.receive(self._patience())
        except SocketClosed as closed:
            await self._replace(closed)
        except TimeoutError:
            await self._look_up()
        else:
            if event is not None:
                await self._take(event)

    async def _take(self, event: Body) -> None:
        self._giving += 1
        session = self._session
        async with self._turn:
            is_owed, turns = session.owed == Owed.ANSWER, session.turns
            chunks = session.read(event)
            self._answers += is_owed and session.turns > turns
            await self._flush()
        self._giving -= 1
        await self._give(chunks)

    async def _look_up(self) -> None:
        """Do what is to be done when nothing has come for as long as it was waited for."""
        session = self._session
        if self._must_leave():
            await self._replace(None)
        elif session.owed == Owed.PERHAPS:
            async with self._turn:
                session.give_up()
                await self._flush()
            self._note()
        elif session.owed == Owed.ANSWER:
            raise GenkitError(
                f'The provider owes an answer, and nothing came for {self._timeout:g} s.',
                status='DEADLINE_EXCEEDED',
                source=session.source,
            )

    def _patience(self) -> float | None:
        """Return how long to wait for the next event, at most."""
        session = self._session
        seconds = self._timeout if session.owed == Owed.ANSWER else None
        if self._is_ending and session.owed == Owed.PERHAPS:
            seconds = self._linger
        if session.leave_by is not None:
            left = max(0.0, session.leave_by - _MARGIN_SECONDS - session.now())
            left = 0.0 if session.is_idle else left
            seconds = left if seconds is None else min(seconds, left)
        return seconds

    def _must_leave(self) -> bool:
        session = self._session
        if session.leave_by is None:
            return False
        return session.is_idle or session.now() >= session.leave_by - _MARGIN_SECONDS

    def _is_over(self) -> bool:
        session = self._session
        return session.is_over or (not session.is_single and self._is_closed and session.owed == Owed.NOTHING)

    async def _pass_on(self, requests: AsyncIterator[GenerateRequest]) -> None:
        async for request in requests:
            async with self._turn:
                chunks = self._session.told(request)
                self._note()
                await self._flush()
            await self._give(chunks)
        await self._end()
        self._is_closed = True
        self._wake()

    async def _await_end(self) -> None:
        await self._context.until_ending()
        await self._end()

    async def _end(self) -> None:
        """Take that the user says no more; tools may still have something to say."""
        async with self._turn:
            if self._is_ending:
                return
            self._is_ending = True
            self._session.finish()
            await self._flush()
            self._note()
        self._wake()

    def _wake(self) -> None:
        """Let the listening task look at what has changed."""
        if self._socket is not None:
            self._socket.wake()

    async def _give(self, chunks: list[Chunk]) -> None:
        self._giving += 1
        for chunk in chunks:
            await self._context.send(chunk)
        self._giving -= 1
        self._note()

    def _note(self) -> None:
        """Let the caller's side know whether the model has yet to answer."""
        self._context.busy = self._giving > 0 or self._session.owed != Owed.NOTHING

    async def _flush(self) -> None:
        """Send what the session says; what is lost with a connection is said again on the next one."""
        events, self._session.outbox = self._session.outbox, []
        if self._socket is None:
            return
        with contextlib.suppress(SocketClosed):
            for event in events:
                await self._socket.send(event)

    async def _establish(self) -> list[Chunk]:
        """Open a connection, and bring its other side to where the conversation is."""
        session, chunks = self._session, list[Chunk]()
        address = await self._address()
        session.secrets = tuple(address.secrets)
        socket = self._socket = await JsonSocket.open(session.source, address)
        session.ready, session.leave_by, session.outbox = False, None, []
        session.open()
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self._flush()
                while not session.ready:
                    event = await socket.receive()
                    chunks += [] if event is None else session.read(event)
                    await self._flush()
        except SocketClosed as closed:
            raise self._error_of(closed) from closed
        except TimeoutError as error:
            raise GenkitError(
                f'The provider opened a connection and did not begin the session within {OPEN_SECONDS:g} s.',
                status='DEADLINE_EXCEEDED',
                source=session.source,
            ) from error
        self._established_at = session.now()
        session.retell()
        await self._flush()
        return chunks

    async def _replace(self, closed: SocketClosed | None) -> None:
        """Open another connection in the place of one that is lost, or that the provider is about to end."""
        error = None if closed is None else self._error_of(closed)
        if not self._may_try_again(error):
            raise error or self._ends_at_once()
        assert self._socket is not None
        await self._socket.aclose()  # before the lock: one who waits to send gives up
        async with self._turn:
            chunks = self._session.lost()
            chunks += await self._established_in_the_end(error)
        self._reconnections += 1
        reason = 'goingAway' if closed is None else 'connectionLost'
        await self._give([event_chunk('resumed', reason=reason, restarted=self._session.restarted or None), *chunks])

    async def _established_in_the_end(self, error: GenkitError | None) -> list[Chunk]:
        for number, delay in enumerate(_DELAYS, 1):
            await asyncio.sleep(delay)
            try:
                return await self._establish()
            except GenkitError as failure:
                if self._socket is not None:
                    await self._socket.aclose()
                if number == len(_DELAYS) or not may_pass(failure):
                    raise failure if error is None else error from failure
        raise AssertionError

    def _may_try_again(self, error: GenkitError | None) -> bool:
        """Return whether a connection is replaced: not if several in a row were lost, or ended, before an answer."""
        if error is None and self._session.now() - self._established_at >= _LASTING_SECONDS:
            return True
        if error is not None and (self._session.is_single or not may_pass(error)):
            return False
        self._losses = self._losses + 1 if self._lost_at_answer == self._answers else 1
        self._lost_at_answer = self._answers
        return self._losses <= len(_DELAYS)

    def _ends_at_once(self) -> GenkitError:
        return GenkitError(
            'The provider ends each connection as soon as it has begun, and it was replaced '
            f'{len(_DELAYS)} times in a row. Try again later.',
            status='UNAVAILABLE',
            source=self._session.source,
        )

    def _error_of(self, closed: SocketClosed) -> GenkitError:
        begun = self._session.ready and self._session.is_answering
        return closing_error(self._session.source, closed, self._session.secrets, begun=begun)
