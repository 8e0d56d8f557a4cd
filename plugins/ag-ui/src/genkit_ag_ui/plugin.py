# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The route that AG-UI clients call."""

from typing import Any, ClassVar

from ag_ui.core import PROTOCOL_VERSION, RunAgentInput
from genkit import GenkitError
from genkit.agent import AgentChat, RunEnd, waiting_calls
from genkit.plugin import describe_problems
from genkit.types import AgentFinishReason, AgentInput
from genkit.web import AgentDoor, DoorCall, DoorRoute, EventWriter, WebHandler, WebResponse
from pydantic import ValidationError

from genkit_ag_ui.convert import to_answers, to_message, to_messages
from genkit_ag_ui.events import AgUiWriter, interrupts_of, messages_snapshot


class AgUiDoor(AgentDoor):
    """Serves an agent to clients of AG-UI 1.0, such as ``HttpAgent`` and CopilotKit.

    The conversation is the agent's own session of the thread's id: of what the client sends, only the user's newest
    messages are read, or the answers to the interrupts. The protocol has no way to join a run: it ends with its
    connection.

    | route | what it does |
    |---|---|
    | ``POST /`` | a run: says something, or answers interrupts; streams its events |
    | ``GET /`` | returns the agent's capabilities |
    | ``GET /{thread_id}`` | returns ``{"messages", "interrupts"}`` for a page that is loaded again |

    Example:
        ```python
        from genkit import Genkit
        from genkit.agent import MemorySnapshots
        from genkit.web import DoorApp
        from genkit_ag_ui import AgUiDoor

        ai = Genkit()
        waiter = ai.define_agent('waiter', store=MemorySnapshots())
        app = DoorApp(AgUiDoor(waiter))
        ```
    """

    label: ClassVar[str] = 'AG-UI'
    joins_runs: ClassVar[bool] = False
    refuses_in_stream: ClassVar[bool] = True

    def routes(self) -> list[DoorRoute]:
        """Return the routes."""
        return [
            DoorRoute('POST', '/', lambda: self.run),
            DoorRoute('GET', '/', lambda: self.capabilities),
            DoorRoute('GET', '/{thread_id}', self.messages),
        ]

    @property
    def run(self) -> WebHandler:
        """Runs the agent."""
        return self.handler('POST', self._run)

    @property
    def capabilities(self) -> WebHandler:
        """Returns the agent's capabilities; the protocol has no address for them, so this is our own."""

        async def answer(_call: DoorCall) -> WebResponse:
            return WebResponse.of_json(
                {
                    'identity': {'name': self.agent.name, 'description': self.agent.action.description or ''},
                    'transport': {'streaming': True, 'resumable': False},
                    'tools': {'supported': True, 'clientProvided': False},
                    'state': {'snapshots': True, 'deltas': True, 'persistentState': True},
                    'reasoning': {'supported': True, 'streaming': True},
                    'humanInTheLoop': {'supported': True, 'approvals': True, 'interrupts': True},
                    'custom': {'protocolVersion': PROTOCOL_VERSION},
                }
            )

        return self.handler('GET', answer)

    def messages(self, thread_id: str) -> WebHandler:
        """Return the messages of a thread, and the interrupts that wait."""

        async def answer(call: DoorCall) -> WebResponse:
            chat = await self.chat(call, thread_id)
            waiting = interrupts_of(waiting_calls(chat.messages))
            shown = [each.model_dump(by_alias=True, exclude_none=True) for each in to_messages(chat.messages)]
            return WebResponse.of_json({'messages': shown, 'interrupts': waiting})

        return self.handler('GET', answer)

    def writer(self, chat: AgentChat) -> EventWriter:
        """Return the writer of a run that has no id of its own."""
        return AgUiWriter(chat.session_id or '', 'run')

    async def _run(self, call: DoorCall) -> WebResponse:
        request = _read(call.body)
        writer = AgUiWriter(request.thread_id, request.run_id)
        chat = await self.chat(call, request.thread_id)
        waiting = waiting_calls(chat.messages)
        if request.resume and not waiting:  # it has been answered before
            begun, known = writer.begin(), messages_snapshot(to_messages(chat.messages))
            return self.of_frames([*begun, known, *writer.write(RunEnd(AgentFinishReason.STOP, chat.session_id))])
        said: Any
        try:
            said = to_answers(request.resume, waiting) if request.resume else to_message(request)
        except GenkitError as refused:
            return self.of_frames(writer.failed(refused))
        if waiting and not request.resume:
            said = AgentInput(message=said)  # which the agent refuses, or takes instead of an answer
        return await self.stream(call, chat, said, {}, writer)


def _read(body: Any) -> RunAgentInput:
    try:
        return RunAgentInput.model_validate(body)
    except ValidationError as error:
        raise GenkitError(
            f'The body is no RunAgentInput of AG-UI: {describe_problems(error)}', status='INVALID_ARGUMENT'
        ) from None
