# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An option that is not there is an error where it is given, with the way out."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from genkit import Action, ActionKind, Genkit, GenkitError
from genkit.testing import define_echo_model


async def _nothing(*_: Any) -> None:
    return None


CALLS: dict[str, Callable[..., Any]] = {
    'generate': lambda ai, **options: ai.generate(prompt='x', **options),
    'generate_stream': lambda ai, **options: ai.generate_stream(prompt='x', **options).response,
    'generate_data': lambda ai, **options: ai.generate_data(dict, 'x', **options),
    'chat': lambda ai, **options: ai.chat(**options),
    'send': lambda ai, **options: ai.chat().send('x', **options),
    'define_agent': lambda ai, **options: ai.define_agent('a', **options),
    'define_prompt_agent': lambda ai, **options: ai.define_prompt_agent('a', **options),
    'define_custom_agent': lambda ai, **options: ai.define_custom_agent('a', _nothing, **options),
    'define_prompt': lambda ai, **options: ai.define_prompt('p', prompt='x', **options),
    'prompt': lambda ai, **options: ai.define_prompt('p', prompt='x')({}, **options),
    'Action': lambda _ai, **options: Action(ActionKind.CUSTOM, 'a', _nothing, **options),
}


async def refusal(call: str, **options: Any) -> str:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')

    async def run() -> None:
        outcome = CALLS[call](ai, **options)
        if inspect.isawaitable(outcome):
            await outcome

    with pytest.raises(GenkitError) as raised:
        await run()
    assert raised.value.status == 'INVALID_ARGUMENT'
    return raised.value.message


@pytest.mark.parametrize('call', CALLS)
async def test_an_unknown_option_is_refused_by_name(call: str) -> None:
    message = await refusal(call, bananas=1)
    assert "has no option 'bananas'." in message
    assert " It has '" in message


@pytest.mark.parametrize(
    ('call', 'option', 'way_out'),
    [
        ('define_agent', 'instructions', "Use 'system'."),
        ('define_agent', 'memory', "Use 'store'."),
        ('define_agent', 'systm', "Did you mean 'system'?"),
        ('define_prompt', 'promt', "Did you mean 'prompt'?"),
        ('define_prompt', 'output_type', "Use 'output_schema'."),
        ('define_prompt', 'temperature', "write config={'temperature': …}"),
        ('generate', 'temperature', "write config={'temperature': …}"),
        ('generate', 'max_steps', "Use 'max_turns'."),
        ('prompt', 'temperature', "write config={'temperature': …}"),
        ('Action', 'input_shema', "Did you mean 'input_schema'?"),
        ('generate', 'instructions', "Use 'system'."),
        ('generate', 'response_format', "Use 'output_schema'."),
        ('generate', 'message_history', "Use 'messages'."),
        ('generate', 'user_prompt', "Use 'prompt'."),
        ('generate', 'model_settings', "Use 'config'."),
        ('generate', 'stream', '`async for chunk in ai.generate_stream(…)`'),
        ('generate_stream', 'output_type', "Use 'output_schema'."),
        ('generate_data', 'system_prompt', "Use 'system'."),
        ('chat', 'system_instruction', "Use 'system'."),
        ('chat', 'history', "Use 'messages'."),
        ('send', 'response_model', "Use 'output_schema'."),
        ('send', 'model', 'ai.chat(model=…)'),
        ('send', 'stream', '`async for chunk in chat.send_stream(…)`'),
        ('prompt', 'stream', '`async for chunk in prompt.stream(…)`'),
        ('prompt', 'city', "write prompt({'city': …})"),
        ('define_agent', 'output_schema', 'ai.generate(output_schema=…)'),
        ('define_agent', 'response_format', 'ai.generate(output_schema=…)'),
        ('define_prompt_agent', 'tools', 'in ai.define_prompt(…)'),
    ],
)
async def test_the_message_says_where_an_option_belongs(call: str, option: str, way_out: str) -> None:
    assert way_out in await refusal(call, **{option: 1})


async def test_what_a_signature_names_is_listed_too() -> None:
    message = await refusal('generate', bananas=1)
    for name in ('model', 'prompt', 'system', 'messages', 'output', 'output_schema', 'tools'):
        assert repr(name) in message
