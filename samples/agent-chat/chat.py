# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The conversation as its human sees it."""

import signal
from collections.abc import Sequence

from genkit import GenkitError, Role, ToolRequestPart, restart_tool, tool_response
from genkit.agent import Agent, AgentChat, AgentResponse, AgentTurn
from place import Place


def asked(question: str) -> str:
    """Return what the human types; nothing else has to run meanwhile, and Ctrl-C ends the program at once."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(question).strip()
    finally:
        signal.signal(signal.SIGINT, handler)


class Chat:
    """What is said and shown.

    Args:
        agent: Who answers.
        place: Where the conversation stands.
    """

    def __init__(self, agent: Agent, place: Place) -> None:
        self._agent = agent
        self._place = place
        self._chat: AgentChat = agent.chat()

    async def go_on(self) -> None:
        """Show the end of the branch, and take up what was left open."""
        end = self._place.end
        self._chat = await self._agent.load_chat(snapshot_id=end) if end else self._agent.chat()
        for message in self._chat.messages[-4:]:
            if message.text:
                print(f'{"you" if message.role == Role.USER else " ai"}: {message.text}')
        if self._place.asked is not None:
            print(f'You had asked, and were not answered:\nyou: {self._place.asked}')
            await self.say(self._place.asked)
        elif self._chat.messages:
            await self._decide(self._chat.messages[-1].interrupts)

    async def say(self, text: str) -> None:
        """Say something and show the answer as it comes."""
        self._place.keep(asked=text)
        await self._answer(self._chat.send_stream(text))

    async def undo(self) -> None:
        """Go back to before the last thing that was said."""
        before = await self._before(self._place.end)
        while before is not None and await self._waits(before):
            before = await self._before(before)
        self._place.ends[self._place.branch] = before
        self._place.write()
        await self.go_on()

    async def branch(self, name: str) -> None:
        """Go to a branch, a new one beginning here, or name those there are."""
        if name:
            self._place.ends.setdefault(name, self._place.end)
            self._place.branch = name
            self._place.write()
            await self.go_on()
        print(', '.join(f'[{each}]' if each == self._place.branch else each for each in self._place.ends))

    async def _before(self, snapshot_id: str | None) -> str | None:
        found = await self._agent.get_snapshot(snapshot_id=snapshot_id) if snapshot_id else None
        return found and found.parent_id

    async def _waits(self, snapshot_id: str) -> bool:
        """Return whether a snapshot is the middle of a turn: a question to the human, which was answered later."""
        return bool((await self._agent.load_chat(snapshot_id=snapshot_id)).messages[-1].interrupts)

    async def _answer(self, turn: AgentTurn) -> None:
        """Show a turn, and keep where it ended; one that failed leaves the conversation where it was."""
        try:
            response = await self._shown(turn)
        except GenkitError as error:
            print(f' !!  {error}')
            self._place.keep()
            return
        self._place.keep(end=response.snapshot_id)
        await self._decide(response.interrupts)

    async def _decide(self, interrupts: Sequence[ToolRequestPart]) -> None:
        """Ask the human about each tool that waits, and go on."""
        restart, respond = [], []
        for part in interrupts:
            question = (part.metadata or {})['interrupt']['question']
            if asked(f'  ? {question} [y/n] ').lower().startswith('y'):
                restart.append(restart_tool(part, resumed_metadata={'agreed': True}))
            else:
                respond.append(tool_response(part, 'The human does not want that.'))
        if interrupts:
            await self._answer(self._chat.resume_stream(restart=restart, respond=respond))

    async def _shown(self, turn: AgentTurn) -> AgentResponse:
        start = ' ai> '
        async for chunk in turn:
            if chunk.model_chunk is not None and chunk.model_chunk.role != Role.TOOL and chunk.model_chunk.text:
                print(start + chunk.model_chunk.text, end='', flush=True)
                start = ''
        print(end='' if start else '\n')
        return await turn
