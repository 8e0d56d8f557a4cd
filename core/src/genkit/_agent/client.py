# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The client side of an agent, whether the agent is local or remote."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from genkit._action.context import cancel_with_current_run
from genkit._action.misuse import AsyncOnly
from genkit._action.stream import Channel, from_anywhere, loop_for, state_of
from genkit._agent.json_patch import apply_patch
from genkit._agent.response import AgentError, AgentResponse
from genkit._base.errors import GenkitError
from genkit._base.suggest import missing_member, refuse, refuse_unsaid
from genkit._generate.resume import read_answers, read_restarts
from genkit._generate.tally import counted_usage
from genkit.types import (
    AgentInit,
    AgentInput,
    AgentOutput,
    AgentResume,
    AgentStreamChunk,
    Artifact,
    GetSnapshotRequest,
    Message,
    Part,
    Role,
    SessionSnapshot,
    SessionState,
    SnapshotStatus,
    TextPart,
    ToolRequestPart,
    ToolResponsePart,
)


Said = str | Part | Sequence[Part] | Message | AgentInput
TakeChunk = Callable[[AgentStreamChunk], None]

_POLL_SECONDS: Final = 1.0
# What a chat with an agent has, and what other libraries' agents have.
_OF_CHATS: Final = {
    **{name: f'agent.chat().{name}(…)' for name in ('send', 'send_stream', 'resume', 'detach')},
    **dict.fromkeys(('ask', 'generate', 'invoke', 'run'), "agent.chat().send('Hello')"),
    'stream': "agent.chat().send_stream('Hello')",
}


class AgentTransport(Protocol):
    """Transport to an agent: in-process or over HTTP."""

    async def run(
        self, init: AgentInit, given: AgentInput, on_chunk: Callable[[AgentStreamChunk], None]
    ) -> AgentOutput:
        """Run the agent with one input, pass on its chunks as they arrive, and return its output."""
        ...

    async def get_snapshot(self, request: GetSnapshotRequest) -> SessionSnapshot | None:
        """Return a snapshot, or None."""
        ...

    async def abort(self, snapshot_id: str) -> SnapshotStatus | None:
        """Abort the work that a snapshot belongs to, and return the status it had."""
        ...


class AgentTurn(AsyncOnly):
    """A running turn: iterate over it for the chunks, await it for the response.

    Args:
        start: Runs the turn; receives the callback for its chunks.
    """

    def __init__(self, start: Callable[[TakeChunk], Coroutine[Any, Any, AgentResponse]]) -> None:
        self._chunks = Channel()
        self.response: asyncio.Task[AgentResponse] = loop_for(self).create_task(self._follow(start))
        self.response.add_done_callback(lambda task: task.cancelled() or task.exception())
        cancel_with_current_run(self.response)

    def __repr__(self) -> str:
        """Return whether the turn still runs."""
        return f'AgentTurn({state_of(self.response)})'

    @property
    def stream(self) -> AsyncIterator[AgentStreamChunk]:
        """The chunks."""
        return self._chunks

    async def abort(self) -> None:
        """Cancel the turn; this chat keeps nothing of it."""
        self.response.cancel()
        await asyncio.wait([self.response])

    def __await__(self) -> Generator[Any, None, AgentResponse]:
        """Wait for the response."""
        return self.response.__await__()

    def __aiter__(self) -> AsyncIterator[AgentStreamChunk]:
        """Iterate over the chunks."""
        return self._chunks

    async def _follow(self, start: Callable[[TakeChunk], Coroutine[Any, Any, AgentResponse]]) -> AgentResponse:
        try:
            return await start(self._chunks.put)
        finally:
            self._chunks.close()


class AgentChat:
    """A conversation with an agent; each message continues after the previous turn.

    Messages sent concurrently are processed one after another, in the order of sending.

    Args:
        transport: The transport to the agent.
        init: Where the conversation starts.

    Attributes:
        messages: The messages, as far as this client knows them.
        state: The custom state, as far as this client knows it.
        artifacts: The artifacts of the agent, as far as this client knows them.
        session_id: The session id, once there is a session.
        snapshot_id: The snapshot that the next turn continues, if the server keeps sessions.
    """

    def __init__(self, transport: AgentTransport, init: AgentInit | None = None) -> None:
        init = init or AgentInit()
        kept = init.state
        self._transport = transport
        self._kept = kept
        self._turns = asyncio.Lock()
        self.session_id = init.session_id or (kept.session_id if kept else None)
        self.snapshot_id = init.snapshot_id
        self.messages: list[Message] = list((kept and kept.messages) or ())
        self.artifacts: list[Artifact] = list((kept and kept.artifacts) or ())
        self.state: Any = kept.custom if kept else None

    def __repr__(self) -> str:
        """Return the session and how much was said."""
        return f'AgentChat(session_id={self.session_id!r}, {len(self.messages)} messages)'

    @property
    def interrupts(self) -> list[ToolRequestPart]:
        """The interrupted tool requests at the end of the conversation; respond to them with `resume`.

        Includes those of a loaded conversation.
        """
        return self.messages[-1].interrupts if self.messages else []

    async def send(self, said: Said) -> AgentResponse:
        """Send a message and return the response of the turn.

        Raises:
            AgentError: The turn failed; the next one continues from the last good state.
        """
        return await self._turn(to_input(said), _unread)

    def send_stream(self, said: Said) -> AgentTurn:
        """Send a message and stream the turn: iterate over the result for the chunks, await it for the response."""
        return AgentTurn(partial(self._turn, to_input(said)))

    async def resume(
        self,
        *,
        respond: Sequence[ToolResponsePart] | ToolResponsePart = (),
        restart: Sequence[ToolRequestPart] | ToolRequestPart = (),
    ) -> AgentResponse:
        """Respond to the interrupts of the last response, or restart their tools."""
        return await self.resume_stream(respond=respond, restart=restart)

    def resume_stream(
        self,
        *,
        respond: Sequence[ToolResponsePart] | ToolResponsePart = (),
        restart: Sequence[ToolRequestPart] | ToolRequestPart = (),
    ) -> AgentTurn:
        """Resume like `resume`, and stream the turn: iterate over the result for the chunks."""
        answers, again = read_answers('respond', respond), read_restarts('restart', restart)
        resume = AgentResume(respond=answers or None, restart=again or None)
        return self.send_stream(AgentInput(resume=resume))

    async def detach(self, said: Said | None = None) -> 'DetachedTask':
        """Send a message and let the agent process it in the background.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if the agent has no store.
        """
        given = (AgentInput() if said is None else to_input(said)).replaced(detach=True)
        response = await self._turn(given, _unread)
        if response.snapshot_id is None:
            raise GenkitError('The agent gave no snapshot to come back to.', status='INTERNAL')
        return DetachedTask(self._transport, response.snapshot_id)

    async def _turn(self, given: AgentInput, take: TakeChunk) -> AgentResponse:
        """Run a turn, and return how it ended; if it fails or is cancelled, this side knows what it knew before.

        Raises:
            AgentError: The turn failed.
        """

        def noted(chunk: AgentStreamChunk) -> None:
            self._note(chunk)
            take(chunk)

        async with self._turns:
            before = (list(self.messages), self.state, self.artifacts)
            if given.message is not None and not given.detach:
                self.messages.append(given.message)
            try:
                with counted_usage() as tally:
                    output = await self._transport.run(self._init(), given, from_anywhere(noted))
                response = AgentResponse(output, tally.total)
                response.assert_valid()
            except BaseException as error:
                self.messages[:], self.state, self.artifacts = before
                if isinstance(error, AgentError):
                    self._go_on_from(error.response)
                raise
            self._go_on_from(response)
            if response.output.state is None and response.message is not None and not given.detach:
                self.messages.append(response.message)
            return response

    def _note(self, chunk: AgentStreamChunk) -> None:
        """Take over what a chunk says of the state."""
        if chunk.custom_patch is not None:
            self.state = apply_patch(self.state, chunk.custom_patch.root)
        if chunk.artifact is not None:
            named = chunk.artifact.name
            self.artifacts = [known for known in self.artifacts if not named or known.name != named] + [chunk.artifact]

    def _go_on_from(self, response: AgentResponse) -> None:
        """Take over where a turn left off: a state that this side keeps, or the server's snapshot."""
        state = response.output.state
        self.session_id = response.session_id or self.session_id
        if state is None:
            self.snapshot_id = response.snapshot_id or self.snapshot_id
            return
        self._kept = state
        self.messages = list(state.messages or ())
        self.artifacts = list(state.artifacts or ())
        self.state = state.custom

    def _init(self) -> AgentInit:
        if self._kept is not None:
            return AgentInit.trusted(state=self._kept)
        if self.snapshot_id is not None:
            return AgentInit.trusted(snapshot_id=self.snapshot_id)
        return AgentInit.trusted(session_id=self.session_id)


class DetachedTask:
    """A background task of an agent.

    Args:
        transport: The transport to the agent.
        snapshot_id: The snapshot that holds its state and, at the end, its result.
    """

    def __init__(self, transport: AgentTransport, snapshot_id: str) -> None:
        self._transport = transport
        self.snapshot_id = snapshot_id

    def __repr__(self) -> str:
        """Return the id of the snapshot that will hold its result."""
        return f'DetachedTask({self.snapshot_id!r})'

    async def snapshot(self) -> SessionSnapshot:
        """Return the task's current snapshot.

        Raises:
            GenkitError: ``NOT_FOUND`` if it was deleted.
        """
        found = await self._transport.get_snapshot(GetSnapshotRequest(snapshot_id=self.snapshot_id))
        if found is None:
            raise GenkitError(f'Snapshot {self.snapshot_id!r} not found.', status='NOT_FOUND')
        return found

    async def poll(self, interval: float = _POLL_SECONDS) -> AsyncIterator[SessionSnapshot]:
        """Poll the task every ``interval`` seconds, and yield its snapshots until it has ended."""
        while True:
            found = await self.snapshot()
            yield found
            if found.status != SnapshotStatus.PENDING:
                return
            await asyncio.sleep(interval)

    async def wait(self, interval: float = _POLL_SECONDS) -> SessionSnapshot:
        """Wait until the task has ended, and return its last snapshot."""
        async for found in self.poll(interval):
            if found.status != SnapshotStatus.PENDING:
                return found
        raise AssertionError('polling ends with an end')

    async def abort(self) -> SnapshotStatus | None:
        """Abort the task, and return the status it had."""
        return await self._transport.abort(self.snapshot_id)


class AgentClient:
    """The client of an agent, local or remote.

    Args:
        transport: The transport to the agent.
        name: The agent's name.
    """

    def __init__(self, transport: AgentTransport, name: str) -> None:
        self.name = name
        self._transport = transport

    def __repr__(self) -> str:
        """Return the name, and whether the agent is here or elsewhere."""
        return f'AgentClient({self.name!r}, {type(self._transport).__name__})'

    if not TYPE_CHECKING:  # type checkers name what is missing by themselves

        def __getattr__(self, name: str) -> Any:
            """Refuse a name that is not there, with the way to talk."""
            raise AttributeError(missing_member(self, name, _OF_CHATS))

    def chat(
        self,
        *,
        session_id: str | None = None,
        snapshot_id: str | None = None,
        state: SessionState | None = None,
    ) -> AgentChat:
        """Start a conversation, or continue one: from a session, a snapshot, or a state kept by the client."""
        return AgentChat(self._transport, AgentInit(session_id=session_id, snapshot_id=snapshot_id, state=state))

    async def load_chat(self, *, session_id: str | None = None, snapshot_id: str | None = None) -> AgentChat:
        """Load a conversation with its messages, and continue it. A session is loaded up to its last successful turn.

        Raises:
            GenkitError: ``NOT_FOUND``.
        """
        found = await self.get_snapshot(session_id=session_id, snapshot_id=snapshot_id)
        if found is None:
            wanted = f'session {session_id!r}' if snapshot_id is None else f'snapshot {snapshot_id!r}'
            raise GenkitError(f'Agent {self.name!r} has no {wanted}.', status='NOT_FOUND')
        chat = AgentChat(self._transport, AgentInit(session_id=found.session_id, snapshot_id=snapshot_id))
        good: SessionSnapshot | None = found
        while snapshot_id is None and good is not None and good.status != SnapshotStatus.COMPLETED:
            good = await self.get_snapshot(snapshot_id=good.parent_id) if good.parent_id else None
        state = (good and good.state) or SessionState()
        chat.messages, chat.state = list(state.messages or ()), state.custom
        chat.artifacts = list(state.artifacts or ())
        return chat

    async def get_snapshot(
        self, *, session_id: str | None = None, snapshot_id: str | None = None
    ) -> SessionSnapshot | None:
        """Return a snapshot by id, or the newest one of a session; None if there is none."""
        return await self._transport.get_snapshot(GetSnapshotRequest(snapshot_id=snapshot_id, session_id=session_id))

    async def abort(self, snapshot_id: str) -> SnapshotStatus | None:
        """Abort the work that a snapshot belongs to, and return the status it had."""
        return await self._transport.abort(snapshot_id)


def _unread(_chunk: AgentStreamChunk) -> None:
    """Take a chunk that nobody reads."""


def to_input(said: Said) -> AgentInput:
    """Return a message as the input of a turn."""
    if isinstance(said, AgentInput):
        return said
    if isinstance(said, Message):
        return AgentInput.trusted(message=said)
    refuse_unsaid('The message', said, "write chat.send('Hello').")
    if isinstance(said, str):
        message = Message.trusted(role=Role.USER, content=[TextPart.trusted(text=said)])
        return AgentInput.trusted(message=message)
    if isinstance(said, Mapping):
        try:
            return AgentInput.trusted(message=Message.model_validate(said))
        except ValueError:
            refuse('The message', said, "expected a text, or {'role': 'user', 'content': '…'}.")
    given: Any = said
    try:
        return AgentInput(message=Message(role=Role.USER, content=[given] if isinstance(given, Part) else list(given)))
    except (TypeError, ValueError):
        refuse('The message', given, "expected a text, parts or a message, such as 'Hello'.")
