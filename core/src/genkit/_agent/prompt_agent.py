# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Agents that are prompts: each turn renders the prompt around the conversation and generates."""

from typing import Any, Final

from genkit._action.bidi import BidiRunContext
from genkit._agent.opening import AgentFn
from genkit._agent.turns import STREAMS_WHOLE, SessionRunner, TurnContext, TurnResult
from genkit._generate.loop import generate
from genkit._prompt.prompt import ExecutablePrompt
from genkit.types import (
    AgentFinishReason,
    AgentInput,
    AgentResult,
    Message,
    Resume,
)


_HISTORY: Final = '_genkit_history'
_PREAMBLE: Final = 'agentPreamble'


def prompt_agent(prompt: ExecutablePrompt[Any, Any], prompt_input: Any = None) -> AgentFn:
    """Return the function of an agent that asks a prompt's model in each turn.

    The prompt's own messages are rendered again in each turn and not stored in the session.

    Args:
        prompt: What is rendered.
        prompt_input: The values that its templates name.
    """

    async def serve(runner: SessionRunner, context: BidiRunContext[Any, Any]) -> AgentResult:
        async def turn(given: AgentInput, _turn: TurnContext) -> TurnResult:
            history = runner.get_messages()
            # Where the prompt places the conversation itself, it may make other messages of it.
            is_placed = (await prompt.definition()).messages is not None
            shown = [_marked(message) for message in history] if is_placed else history
            options, generation = await prompt.prepare(prompt_input, {'messages': shown, 'on_chunk': runner.send_chunk})
            resume = given.resume and Resume(respond=given.resume.respond, restart=given.resume.restart)
            generation.streams_whole = STREAMS_WHOLE.get()
            said = {id(message) for message in history}
            messages = [m if id(m) in said else _unmarked(m) for m in options.messages]
            response = await generate(options.replaced(messages=messages, resume=resume), generation)
            runner.set_messages([message for message in response.messages if not _is_preamble(message)])
            reason = response.finish_reason
            return TurnResult(None if reason is None else AgentFinishReason(str(reason)))

        await runner.run(turn)
        del context
        return await runner.result()

    return serve


def _marked(message: Message) -> Message:
    return message.replaced(metadata={**(message.metadata or {}), _HISTORY: True})


def _unmarked(message: Message) -> Message:
    """Return a message of the conversation as it was, and one of the prompt's own with a mark."""
    metadata = message.metadata or {}
    if _HISTORY not in metadata:
        return message.replaced(metadata={**metadata, _PREAMBLE: True})
    return message.replaced(metadata={name: value for name, value in metadata.items() if name != _HISTORY} or None)


def _is_preamble(message: Message) -> bool:
    return bool((message.metadata or {}).get(_PREAMBLE))
