# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What somebody who talks with an agent holds in their hands, whether the agent is here or elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from functools import partial
from typing import Any, Final, Protocol, cast

from genkit._action.stream import Channel, from_anywhere
from genkit._agent.json_patch import apply_patch
from genkit._base.errors import GenkitError
from genkit.types import (
    AgentFinishReason,
    AgentInit,
    AgentInput,
    AgentOutput,
    AgentResume,
    AgentStreamChunk,
    Artifact,
    GetSnapshotRequest,
    MediaPart,
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
Start = Callable[[Callable[[AgentStreamChunk], None]], Awaitable[AgentOutput]]

_POLL_SECONDS: Final = 1.0


class AgentTransport(Protocol):
    """The way to an agent."""

    async def run(
        self, init: AgentInit, given: AgentInput, on_chunk: Callable[[AgentStreamChunk], None]
    ) -> AgentOutput:
        """Run the agent with one input, hand over its chunks as they come, and return how it ended."""
        ...

    async def get_snapshot(self, request: GetSnapshotRequest) -> SessionSnapshot | None:
        """Return a snapshot, or None."""
        ...

    async def abort(self, snapshot_id: str) -> SnapshotStatus | None:
        """Stop the work behind a snapshot, and return the status it had."""
        ...


class AgentError(GenkitError):
    """An agent's run that failed.

    Attributes:
        response: How it ended; its state and snapshot are the last good ones.
    """

    def __init__(self, response: 'AgentResponse') -> None:
        error = response.output.error
        message = error.message if error is not None else f'The agent ended with {response.finish_reason!r}.'
        details: Any = error.details if error is not None else None
        super().__init__(
            message,
            status=error.status if error is not None else None,
            details=cast('dict[str, Any]', details) if isinstance(details, dict) else None,
        )
        self.response = response

    @property
    def state(self) -> SessionState | None:
        """The last good state, where clients keep it."""
        return self.response.output.state

    @property
    def snapshot_id(self) -> str | None:
        """The last good snapshot."""
        return self.response.snapshot_id


class AgentResponse:
    """How a run ended.

    Args:
        output: As the agent gave it.
    """

    def __init__(self, output: AgentOutput) -> None:
        self.output = output

    @property
    def message(self) -> Message | None:
        """The last message."""
        return self.output.message

    @property
    def text(self) -> str:
        """Its text."""
        return self.output.message.text if self.output.message else ''

    @property
    def reasoning(self) -> str:
        """What the model thought on the way."""
        return self.output.message.reasoning if self.output.message else ''

    @property
    def media(self) -> list[MediaPart]:
        """Its images, sounds and videos."""
        return self.output.message.media if self.output.message else []

    @property
    def tool_requests(self) -> list[ToolRequestPart]:
        """Its tool requests."""
        return self.output.message.tool_requests if self.output.message else []

    @property
    def interrupts(self) -> list[ToolRequestPart]:
        """Those that wait for a human; answer them with `AgentChat.resume`."""
        return self.output.message.interrupts if self.output.message else []

    @property
    def artifacts(self) -> list[Artifact]:
        """What the agent made."""
        return list(self.output.artifacts or ())

    @property
    def finish_reason(self) -> AgentFinishReason | None:
        """Why it ended."""
        return self.output.finish_reason

    @property
    def session_id(self) -> str | None:
        """The session."""
        state = self.output.state
        return self.output.session_id or (state.session_id if state else None)

    @property
    def snapshot_id(self) -> str | None:
        """Where the next turn begins, where the server keeps sessions."""
        return self.output.snapshot_id

    def assert_valid(self) -> None:
        """Raise if the run failed.

        Raises:
            AgentError: With the agent's own status, message and details.
        """
        if self.finish_reason == AgentFinishReason.FAILED or self.output.error is not None:
            raise AgentError(self)


class AgentTurn:
    """A turn that runs: iterate over it for the chunks, await it for the response.

    Args:
        start: Runs the agent, and hands its chunks to the function given.
        chat: Learns of every chunk, whether or not somebody reads it, and of how the turn ended.
    """

    def __init__(self, start: Start, chat: 'AgentChat') -> None:
        self._chat = chat
        self._chunks = Channel()
        self.response: asyncio.Task[AgentResponse] = asyncio.get_running_loop().create_task(self._follow(start))
        self.response.add_done_callback(lambda task: task.cancelled() or task.exception())

    @property
    def stream(self) -> AsyncIterator[AgentStreamChunk]:
        """The chunks."""
        return self._chunks

    async def abort(self) -> None:
        """Stop the turn; nothing of it is kept by this chat."""
        self.response.cancel()
        await asyncio.wait([self.response])

    def __await__(self) -> Generator[Any, None, AgentResponse]:
        """Wait for the response."""
        return self.response.__await__()

    def __aiter__(self) -> AsyncIterator[AgentStreamChunk]:
        """Iterate over the chunks."""
        return self._chunks

    async def _follow(self, start: Start) -> AgentResponse:
        try:
            return await followed(start, self._chat, self._take)
        finally:
            self._chunks.close()

    def _take(self, chunk: AgentStreamChunk) -> None:
        self._chat.note(chunk)
        self._chunks.put(chunk)


async def followed(start: Start, chat: 'AgentChat', take: Callable[[AgentStreamChunk], None]) -> AgentResponse:
    """Run a turn, and return how it ended once its chat knows.

    Raises:
        AgentError: The turn failed.
    """
    response = AgentResponse(await start(from_anywhere(take)))
    chat.ended(response)
    response.assert_valid()
    return response


class AgentChat:
    """A conversation with an agent; each message goes on where the one before ended.

    Args:
        transport: The way to the agent.
        init: Where it begins.

    Attributes:
        messages: What was said, as far as this side knows.
        state: The application's own state, likewise.
        artifacts: What the agent made, likewise.
        session_id: The session, once there is one.
        snapshot_id: Where the next turn begins, where the server keeps sessions.
    """

    def __init__(self, transport: AgentTransport, init: AgentInit | None = None) -> None:
        init = init or AgentInit()
        kept = init.state
        self._transport = transport
        self._kept = kept
        self.session_id = init.session_id or (kept.session_id if kept else None)
        self.snapshot_id = init.snapshot_id
        self.messages: list[Message] = list((kept and kept.messages) or ())
        self.artifacts: list[Artifact] = list((kept and kept.artifacts) or ())
        self.state: Any = kept.custom if kept else None

    async def send(self, said: Said) -> AgentResponse:
        """Say something and return how the turn ended.

        Raises:
            AgentError: The turn failed; the next one goes on from the last good state.
        """
        return await followed(self._begun(to_input(said)), self, self.note)

    def send_stream(self, said: Said) -> AgentTurn:
        """Say something; iterate over the result for the chunks, await it for the response."""
        return AgentTurn(self._begun(to_input(said)), self)

    async def resume(
        self, *, respond: Sequence[ToolResponsePart] = (), restart: Sequence[ToolRequestPart] = ()
    ) -> AgentResponse:
        """Answer the interrupts of the last response, or run their tools again."""
        return await self.resume_stream(respond=respond, restart=restart)

    def resume_stream(
        self, *, respond: Sequence[ToolResponsePart] = (), restart: Sequence[ToolRequestPart] = ()
    ) -> AgentTurn:
        """As `resume`; iterate over the result for the chunks."""
        resume = AgentResume(respond=list(respond) or None, restart=list(restart) or None)
        return self.send_stream(AgentInput(resume=resume))

    async def detach(self, said: Said | None = None) -> 'DetachedTask':
        """Say something that the agent works on without anybody waiting.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if the agent has no store.
        """
        given = (AgentInput() if said is None else to_input(said)).replaced(detach=True)
        response = await AgentTurn(partial(self._transport.run, self._init(), given), self)
        if response.snapshot_id is None:
            raise GenkitError('The agent gave no snapshot to come back to.', status='INTERNAL')
        return DetachedTask(self._transport, response.snapshot_id)

    def note(self, chunk: AgentStreamChunk) -> None:
        """Take over what a chunk says of the state."""
        if chunk.custom_patch is not None:
            self.state = apply_patch(self.state, chunk.custom_patch.root)
        if chunk.artifact is not None:
            named = chunk.artifact.name
            self.artifacts = [known for known in self.artifacts if not named or known.name != named] + [chunk.artifact]

    def ended(self, response: AgentResponse) -> None:
        """Take over where a turn left off."""
        output = response.output
        self.session_id = response.session_id or self.session_id
        if output.state is not None:
            self._kept = output.state
            self.messages = list(output.state.messages or ())
            self.artifacts = list(output.state.artifacts or ())
            self.state = output.state.custom
        else:
            self.snapshot_id = output.snapshot_id or self.snapshot_id
            failed = response.finish_reason == AgentFinishReason.FAILED
            if output.message is not None and not failed:
                self.messages.append(output.message)

    def _begun(self, given: AgentInput) -> Start:
        """Return what runs a turn that goes on from here, and note what was said in it."""
        start = partial(self._transport.run, self._init(), given)
        if given.message is not None:
            self.messages.append(given.message)
        return start

    def _init(self) -> AgentInit:
        if self._kept is not None:
            return AgentInit.trusted(state=self._kept)
        if self.snapshot_id is not None:
            return AgentInit.trusted(snapshot_id=self.snapshot_id)
        return AgentInit.trusted(session_id=self.session_id)


class DetachedTask:
    """What an agent does in the background.

    Args:
        transport: The way to the agent.
        snapshot_id: Where its end will be kept.
    """

    def __init__(self, transport: AgentTransport, snapshot_id: str) -> None:
        self._transport = transport
        self.snapshot_id = snapshot_id

    async def snapshot(self) -> SessionSnapshot:
        """Return how far it is.

        Raises:
            GenkitError: ``NOT_FOUND`` if it is kept no more.
        """
        found = await self._transport.get_snapshot(GetSnapshotRequest(snapshot_id=self.snapshot_id))
        if found is None:
            raise GenkitError(f'Snapshot {self.snapshot_id!r} not found.', status='NOT_FOUND')
        return found

    async def poll(self, interval: float = _POLL_SECONDS) -> AsyncIterator[SessionSnapshot]:
        """Iterate over what it looks like, every so many seconds, until it has ended."""
        while True:
            found = await self.snapshot()
            yield found
            if found.status != SnapshotStatus.PENDING:
                return
            await asyncio.sleep(interval)

    async def wait(self, interval: float = _POLL_SECONDS) -> SessionSnapshot:
        """Return how it ended."""
        async for found in self.poll(interval):
            if found.status != SnapshotStatus.PENDING:
                return found
        raise AssertionError('polling ends with an end')

    async def abort(self) -> SnapshotStatus | None:
        """Stop it, and return the status it had."""
        return await self._transport.abort(self.snapshot_id)


class AgentClient:
    """An agent, here or elsewhere, as somebody who talks with it sees it.

    Args:
        transport: The way to it.
        name: Its name.
    """

    def __init__(self, transport: AgentTransport, name: str) -> None:
        self.name = name
        self._transport = transport

    def chat(
        self,
        *,
        session_id: str | None = None,
        snapshot_id: str | None = None,
        state: SessionState | None = None,
    ) -> AgentChat:
        """Begin a conversation, or go on with one: from a session, a snapshot, or a state that this side kept."""
        return AgentChat(self._transport, AgentInit(session_id=session_id, snapshot_id=snapshot_id, state=state))

    async def load_chat(self, *, session_id: str | None = None, snapshot_id: str | None = None) -> AgentChat:
        """Go on with a conversation, with all that was said in it: of a session, up to its last turn that went well.

        Raises:
            GenkitError: ``NOT_FOUND``.
        """
        found = await self.get_snapshot(session_id=session_id, snapshot_id=snapshot_id)
        if found is None:
            raise GenkitError(
                f'Agent {self.name!r} has no session {session_id!r} and no snapshot {snapshot_id!r}.',
                status='NOT_FOUND',
            )
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
        """Return a snapshot, by its own id or as the newest of a session; or None."""
        return await self._transport.get_snapshot(GetSnapshotRequest(snapshot_id=snapshot_id, session_id=session_id))

    async def abort(self, snapshot_id: str) -> SnapshotStatus | None:
        """Stop the work behind a snapshot, and return the status it had."""
        return await self._transport.abort(snapshot_id)


def to_input(said: Said) -> AgentInput:
    """Return what somebody says as the input of a turn."""
    if isinstance(said, AgentInput):
        return said
    if isinstance(said, Message):
        return AgentInput.trusted(message=said)
    if isinstance(said, str):
        message = Message.trusted(role=Role.USER, content=[TextPart.trusted(text=said)])
        return AgentInput.trusted(message=message)
    return AgentInput(message=Message(role=Role.USER, content=[said] if isinstance(said, Part) else list(said)))
