# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The agent: it answers, and writes a note when it is told to remember something, if its human agrees."""

import asyncio
from pathlib import Path
from typing import Any, Final

from genkit import (
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    Genkit,
    Message,
    Role,
    TextPart,
    ToolRequestPart,
    ToolResponsePart,
    ToolRunContext,
)
from genkit.agent import Agent, BidiRunContext, SessionRunner, SqliteSnapshots, TurnResult
from genkit.types import AgentFinishReason, AgentInput, AgentResult, ToolRequest
from genkit_llamacpp import LlamaCpp
from pydantic import BaseModel, Field


LOCAL: Final = 'llamacpp/smollm2-135m-instruct'
PARROT: Final = 'parrot'
SYSTEM: Final = 'You are a friendly companion. Answer in one or two short sentences.'
STEADY: Final = {'temperature': 0, 'max_output_tokens': 60}
_WORD_SECONDS: Final = 0.04


class Note(BaseModel):
    """What is to be remembered."""

    text: str = Field(max_length=80)


def companion(folder: Path, model: str) -> tuple[Genkit, Agent]:
    """Return the application and its agent, whose sessions and notes are kept in a folder."""
    ai = Genkit(plugins=[LlamaCpp()] if model == LOCAL else [], model=model)
    ai.define_model(PARROT, parrot)

    @ai.tool()
    async def write_note(note: Note, context: ToolRunContext) -> str:
        """Write a note to a file, to be remembered."""
        if not context.is_resumed():
            context.interrupt({'question': f'Write down {note.text!r}?'})
        path = folder / 'notes.txt'  # a note that is there is not written again: after a kill a tool may run twice
        if not path.exists() or note.text not in path.read_text(encoding='utf-8').splitlines():
            with path.open('a', encoding='utf-8') as notes:
                notes.write(f'{note.text}\n')
        return f'Written down: {note.text}'

    async def serve(runner: SessionRunner, context: BidiRunContext[Any, Any]) -> AgentResult:
        async def turn(given: AgentInput, _turn: object) -> TurnResult:
            resume = given.resume
            asked = next((m.text for m in reversed(runner.get_messages()) if m.role == Role.USER), '')
            response = await ai.generate(
                system=SYSTEM,
                messages=runner.get_messages(),
                tools=[write_note] if asked.lower().startswith('remember') else None,
                tool_choice='required' if asked.lower().startswith('remember') else None,
                config=STEADY,
                resume_respond=resume.respond if resume else None,
                resume_restart=resume.restart if resume else None,
                on_chunk=runner.send_chunk,
            )
            runner.set_messages([message for message in response.messages if message.role != Role.SYSTEM])
            return TurnResult(AgentFinishReason(str(response.finish_reason or 'unknown')))

        await runner.run(turn)
        del context
        return await runner.result()

    return ai, ai.define_custom_agent('companion', serve, store=SqliteSnapshots(folder / 'sessions.db'))


async def parrot(request: GenerateRequest, context: Any) -> GenerateResponse[Any]:
    """A model without weights: it says again what it was told, word by word, and wants notes one after the other."""
    said = [message.text for message in request.messages if message.role == Role.USER]
    told: list[str] = []
    for message in request.messages:
        answers = [str(part.tool_response.output) for part in message.content if isinstance(part, ToolResponsePart)]
        told = [] if message.role == Role.USER else [*told, *answers]
    notes = said[-1].partition(' ')[2].split('; ') if request.tools else []
    if len(told) < len(notes):
        wish = ToolRequest(name='write_note', ref=str(len(told)), input={'text': notes[len(told)]})
        return GenerateResponse(message=Message(role=Role.MODEL, content=[ToolRequestPart(tool_request=wish)]))
    answer = told[-1] if told else f'You said {len(said)} things, and at last: {said[-1]}'
    for word in answer.split(' '):
        await asyncio.sleep(_WORD_SECONDS)
        context.send_chunk(GenerateResponseChunk(content=[TextPart(text=f'{word} ')]))
    return GenerateResponse(message=Message(role=Role.MODEL, content=[TextPart(text=answer)]))
