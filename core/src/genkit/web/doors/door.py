# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The base of doors: what every protocol of agents over HTTP needs."""

import asyncio
import contextlib
import hashlib
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from genkit._agent.agent import Agent
from genkit._agent.client import AgentChat, AgentClient, Said
from genkit._agent.events.event import AgentEvent, RunEnd
from genkit._agent.events.run import run_events
from genkit._base.app_loop import note_application_loop
from genkit._base.errors import GenkitError, get_callable_json, log_unexpected
from genkit._base.http.asgi import BodyTooLargeError, parse_json
from genkit._base.suggest import refuse
from genkit._trace.propagation import continued_trace
from genkit.types import AgentFinishReason, SnapshotStatus
from genkit.web.context import ContextProvider, RequestData, provide_context
from genkit.web.cross_site import CrossSite, CrossSitePolicy
from genkit.web.doors.pieces import PieceFrames
from genkit.web.exchange import WebHandler, WebRequest, WebResponse, error_response
from genkit.web.frames import Frames
from genkit.web.handler import BODY_LIMIT, STREAM_HEADERS
from genkit.web.streams.in_memory import InMemoryStreamManager
from genkit.web.streams.kept_frames import JoinedFrames, KeptFrames
from genkit.web.streams.stream_manager import StreamManager, StreamWriter


_MOST_ENDED: Final = 8  # runs of one snapshot, such as aborted ones, whose streams are still kept


@dataclass(frozen=True, slots=True)
class DoorCall:
    """A request to a door, with who sends it.

    Attributes:
        body: The JSON of the body; None without one.
        agent: The agent, as this client may use it.
        owner: The name of the client, as the agent's ``owner`` function has it; None without one.
        headers: Of the request, by lower-case name.
    """

    body: Any
    agent: AgentClient
    owner: str | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DoorRoute:
    """A route of a door.

    Attributes:
        method: The HTTP method.
        path: Below where the door is mounted, such as ``/{chat_id}/stream``.
        handler: Returns the handler, given what stands in the path.
    """

    method: str
    path: str
    handler: Callable[..., WebHandler]


class EventWriter(ABC):
    """Writes the events of one run in the door's protocol."""

    @abstractmethod
    def write(self, event: AgentEvent) -> list[str]:
        """Return the data of the frames of an event, each in one line."""

    def failed(self, error: BaseException) -> list[str]:
        """Return the last frames of a run that ended without `RunEnd`, such as one that was stopped."""
        told = get_callable_json(error)
        reason = AgentFinishReason.ABORTED if told['status'] == 'CANCELLED' else AgentFinishReason.FAILED
        return self.write(RunEnd(reason, error=told))


class AgentDoor(ABC):
    """Serves one agent in a protocol over HTTP; subclasses know the protocol.

    Each of its handlers goes wherever an adapter takes a flow, and `routes` lists them for `DoorApp`.

    Args:
        agent: The agent.
        context_provider: Makes the context of a call from its request: who asks.
        body_limit: The maximum size of a request body in bytes.
        cross_site: Which requests of web pages are rejected, see `CrossSitePolicy`.
        stream_manager: Keeps streams, so that a client can join a run again; a run then goes on when its client leaves.
            Default: in the memory of this process. None keeps none, and a run ends with its connection.
    """

    label: ClassVar[str]
    joins_runs: ClassVar[bool] = True  # whether the protocol has a word for it
    refuses_in_stream: ClassVar[bool] = False  # whether a refused run is a stream that says so, and no HTTP error

    def __init__(
        self,
        agent: Agent,
        *,
        context_provider: ContextProvider | None = None,
        body_limit: int = BODY_LIMIT,
        cross_site: CrossSite = 'refuse',
        stream_manager: StreamManager | type[InMemoryStreamManager] | None = InMemoryStreamManager,
    ) -> None:
        if not isinstance(agent, Agent):  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped code)
            refuse('The agent', agent, "expected what ai.define_agent('…') returns.")
        if agent.definition.store is None:
            raise GenkitError(
                f'Agent {agent.name!r} has no store, and {self.label} needs the conversation to be kept here: what a '
                "client sends back may be forged. Define it with store=…, such as FileSnapshots('sessions').",
                status='FAILED_PRECONDITION',
            )
        agent.action.note_served()
        self.agent = agent
        self.body_limit = body_limit
        self._context_provider = context_provider
        self._policy = CrossSitePolicy(cross_site)
        stream_manager = stream_manager if self.joins_runs else None
        self._streams = stream_manager() if isinstance(stream_manager, type) else stream_manager
        self._active: dict[str, KeptFrames] = {}

    @abstractmethod
    def routes(self) -> list[DoorRoute]:
        """Return the routes."""

    @abstractmethod
    def writer(self, chat: AgentChat) -> EventWriter:
        """Return the writer of a run of a conversation that begins now."""

    def error(self, error: BaseException) -> WebResponse:
        """Return the response to a request that cannot be answered."""
        return error_response(error)

    def handler(self, method: str, answer: Callable[[DoorCall], Awaitable[WebResponse]]) -> WebHandler:
        """Return a handler of one method, which answers requests that may come in, as this client."""
        return _Handler(self, method, answer)

    async def stream(
        self,
        call: DoorCall,
        chat: AgentChat,
        said: Said,
        headers: Mapping[str, str],
        writer: EventWriter | None = None,
    ) -> WebResponse:
        """Run the agent, and return its events as a response; of a run that is refused, raise the error.

        Raises:
            GenkitError: What the agent refused the input with; ``ABORTED`` while another run of the conversation lasts.
        """
        writer = writer or self.writer(chat)
        events = run_events(chat, said)
        headers = {**STREAM_HEADERS, **headers}
        if self._streams is None:
            first = await self._first(events)
            return WebResponse(200, headers, PieceFrames(_written(writer, first, events)))
        place = await self._place(call, chat)
        if place in self._active:
            raise GenkitError(
                'Another run of this conversation goes on. Wait for its end, or stop it.', status='ABORTED'
            )

        async def begin() -> tuple[Frames, StreamWriter]:
            first = await self._first(events)
            return PieceFrames(_written(writer, first, events)), await self._open(place)

        def last(error: BaseException) -> str:
            return '\n\ndata: '.join(writer.failed(error))  # several frames

        frames = KeptFrames(begin, f'Agent {self.agent.name!r}', last)
        self._active[place] = frames
        frames.run.add_done_callback(lambda _: self._active.pop(place, None))
        try:
            await frames.begun()
        except GenkitError as error:
            if error.status != 'CANCELLED':
                raise
            return self.of_frames(writer.failed(error), headers)  # it was stopped before its first event
        return WebResponse(200, headers, frames)

    def of_frames(self, texts: Sequence[str], headers: Mapping[str, str] | None = None) -> WebResponse:
        """Return frames that are known already as a response."""
        body = ''.join(f'data: {text}\n\n' for text in texts)
        return WebResponse(200, {**STREAM_HEADERS, **(headers or {})}, body.encode())

    async def join(self, call: DoorCall, session_id: str, headers: Mapping[str, str]) -> WebResponse | None:
        """Return the stream of the run of a conversation, from its beginning; None if none goes on."""
        if self._streams is None:
            return None
        place = await self._place(call, call.agent.chat(session_id=session_id))
        if place in self._active:
            with contextlib.suppress(GenkitError):  # it was refused, which the client that began it has read
                await self._active[place].begun()
        found: AsyncIterator[str] | None = None
        for number in range(_MOST_ENDED):
            try:
                found = await self._streams.join(f'{place}/{number}')
            except GenkitError as error:
                if error.status != 'NOT_FOUND':
                    raise
                break
        if found is None:
            return None
        return WebResponse(200, {**STREAM_HEADERS, **headers}, JoinedFrames(found, f'Agent {self.agent.name!r}'))

    async def stop(self, call: DoorCall, session_id: str) -> bool:
        """Stop the run of a conversation; return whether there was one in this process."""
        active = self._active.get(await self._place(call, call.agent.chat(session_id=session_id)))
        if active is None:
            return False
        active.run.cancel()
        await asyncio.wait([active.run])
        return True

    async def chat(self, call: DoorCall, session_id: str) -> AgentChat:
        """Return a conversation with what was said in it; a new one if there is none.

        Raises:
            GenkitError: ``PERMISSION_DENIED`` if it is not this client's.
        """
        try:
            return await call.agent.load_chat(session_id=session_id)
        except GenkitError as error:
            if error.status != 'NOT_FOUND':
                raise
            return call.agent.chat(session_id=session_id)

    async def receive(self, method: str, request: WebRequest) -> DoorCall:
        """Return a request that may come in, with its client.

        Raises:
            GenkitError: It may not, or is none.
        """
        self._policy.check(request.headers, request.server, has_body=bool(request.body))
        if len(request.body) > self.body_limit:
            raise BodyTooLargeError(self.body_limit)
        body = parse_json(request.body) if request.body else None
        context = await self._context(RequestData(method, request.headers, body, request.raw))
        owner = await self.agent.definition.access.owner_of_new(context)
        return DoorCall(body, self.agent.for_client(context), owner, request.headers)

    async def _context(self, data: RequestData) -> dict[str, Any]:
        try:
            return await provide_context(self._context_provider, data) or {}
        except Exception as error:
            log_unexpected(error, f'The context provider of agent {self.agent.name!r}')
            raise

    async def _first(self, events: AsyncGenerator[AgentEvent, None]) -> AgentEvent:
        first = await anext(events)
        if not self.refuses_in_stream and isinstance(first, RunEnd) and first.reason == AgentFinishReason.FAILED:
            told = first.error or {}
            raise GenkitError(told.get('message', 'The run failed.'), status=told.get('status'))
        return first

    async def _place(self, call: DoorCall, chat: AgentChat) -> str:
        """Return where the streams of a conversation are kept while it stands where it stands now."""
        newest = await call.agent.get_snapshot(session_id=chat.session_id)
        while newest is not None and newest.status == SnapshotStatus.PENDING:  # the claim of a run that goes on
            newest = await call.agent.get_snapshot(snapshot_id=newest.parent_id) if newest.parent_id else None
        at = 'new' if newest is None else newest.snapshot_id
        owner = hashlib.sha256((call.owner or '').encode()).hexdigest()[:16]
        session = hashlib.sha256((chat.session_id or '').encode()).hexdigest()[:32]
        return f'{self.label}/{self.agent.name}/{owner}/{session}/{at}'.lower().replace(' ', '-')

    async def _open(self, place: str) -> StreamWriter:
        assert self._streams is not None
        for number in range(_MOST_ENDED - 1):
            try:
                return await self._streams.open(f'{place}/{number}')
            except GenkitError as error:
                if error.status != 'ALREADY_EXISTS':
                    raise
        return await self._streams.open(f'{place}/{_MOST_ENDED - 1}')


async def _written(
    writer: EventWriter, first: AgentEvent, events: AsyncGenerator[AgentEvent, None]
) -> AsyncGenerator[str, None]:
    try:
        for text in writer.write(first):
            yield text
        async for event in events:
            for text in writer.write(event):
                yield text
    except Exception as error:  # noqa: BLE001  (a stream that only stops looks like success to clients)
        log_unexpected(error, 'An agent')
        for text in writer.failed(error):
            yield text
    finally:
        await events.aclose()


class _Handler:
    """A route of a door."""

    def __init__(self, door: AgentDoor, method: str, answer: Callable[[DoorCall], Awaitable[WebResponse]]) -> None:
        self._door = door
        self._method = method
        self._answer = answer
        self.body_limit = door.body_limit

    async def handle(self, request: WebRequest) -> WebResponse:
        """Return the response to a request."""
        if request.method != self._method:
            refused = GenkitError(f'{request.method} is not served here; use {self._method}.', status='UNIMPLEMENTED')
            answer = self._door.error(refused)
            return WebResponse(405, {**answer.headers, 'allow': self._method}, answer.body)
        parent = continued_trace(request.headers)
        if parent is not None:
            with parent:
                return await self.handle(request)
        note_application_loop()
        try:
            return await self._answer(await self._door.receive(self._method, request))
        except Exception as error:  # noqa: BLE001  (answered)
            log_unexpected(error, f'Agent {self._door.agent.name!r}')
            return self._door.error(error)
