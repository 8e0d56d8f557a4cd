# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Random models, tools, middleware and callers, some of whom give up: whatever happens is orderly."""

import asyncio
import copy
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from genkit import (
    Document,
    Genkit,
    GenkitError,
    Message,
    ModelInfo,
    Part,
    Role,
    TextPart,
    ToolRequestPart,
    ToolResponsePart,
    restart_tool,
    tool_response,
)
from genkit._base.secrets import redact_json
from genkit._base.serialize import dump_json
from genkit.middleware import BaseMiddleware, Fallback, Retry
from genkit.testing import define_programmable_model
from genkit.types import GenerateResponse, GenerateResponseChunk, Supports, ToolRequest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel


# What there is to choose from: first what goes well, then what does not


TEXTS = [
    'yes',
    '{"a": 1, "b": 2}',
    '{"a": "x"}',
    '[{"a": 1}, {"a": 2}, {',
    '```json\n{"a": 1}\n```',
    'ä🙂 {{x}} {+y}',
    '{"a": 1}\n{"a": 2}\nnull',
    'red',
    '',
]
PARTS: list[dict[str, Any]] = [
    {'text': 'What?'},
    {'media': {'url': 'data:image/png;base64,AA=='}},
    {'data': {'a': 1}},
    {'reasoning': 'because'},
    {'custom': {'x': [None]}},
    {'text': 'context', 'metadata': {'purpose': 'context', 'pending': True}},
    {'text': 'output', 'metadata': {'purpose': 'output', 'pending': True}},
    {'resource': {'uri': 'note://a'}},
    {'toolRequest': {'name': 'quick', 'input': {'a': 1}, 'ref': '1'}},
    {'toolResponse': {'name': 'quick', 'output': 1, 'ref': '1'}},
]
BAD_PARTS: list[dict[str, Any]] = [{'resource': {'uri': 'nothing://'}}]
TOOLS = ['plain', 'quick', 'slow', 'drawing', 'asking', 'twice', 'nested', 'chatty', 'zoo/shown']
BAD_TOOLS = ['failing', 'refusing']
INPUTS: list[Any] = [{'a': 1}, {'a': 2, 'b': 3}]
BAD_INPUTS: list[Any] = [{'a': 'x'}, None, 'x', [1]]
ERRORS: list[Exception] = [
    OSError('gone'),
    ValueError(),
    GenkitError('busy', status='UNAVAILABLE'),
    GenkitError('no', status='PERMISSION_DENIED'),
    TimeoutError('late'),
]
STRANGE: list[Any] = [
    {'message': {'role': 'model', 'content': [{'text': 'as data'}]}},
    GenerateResponse(message=Message(role='model', content=[]), finish_reason='length'),
    GenerateResponse(finish_reason='blocked', finish_message='unsafe'),
    GenerateResponse(),
    'text',
    None,
]
OPTIONS: dict[str, list[Any]] = {
    'system': ['Be kind.', [TextPart(text='a'), TextPart(text='b')]],
    'max_turns': [1, 2, 3],
    'return_tool_requests': [True],
    'tool_choice': ['auto', 'required', 'none'],
    'config': [{}, {'temperature': 1}, {'version': 'v1'}],
    'context': [{}, {'user': 'Ada'}],
    'docs': [[], [Document.from_text('one'), Document.from_text('two', {'ref': 'R'})]],
    'output_schema': [dict[str, int], list[dict[str, int]], {'type': 'object'}, 'Pair'],
    'output_format': ['json', 'jsonl', 'text'],
    'output_instructions': [True, False, 'Like this:'],
    'output_constrained': [True, False],
    'step_name': ['step'],
}
BAD_OPTIONS: dict[str, list[Any]] = {
    'prompt': [None],
    'max_turns': [0, -1],
    'config': [{'version': 'v9'}, 'hot'],
    'output_schema': ['none'],
    'output_format': ['array', 'enum', 'bogus'],
    'resume_respond': [tool_response(ToolRequestPart(tool_request=ToolRequest(name='quick')), 1)],
}


# Middleware


async def passing(request, context, following):
    await asyncio.sleep(0)
    return await following(request)


async def asking_twice(request, context, following):
    await following()
    return await following(request)


async def answering_itself(request, context, following):
    return GenerateResponse(message=Message(role='model', content=[TextPart(text='mine')]))


async def refusing(request, context, following):
    raise GenkitError('not today', status='PERMISSION_DENIED')


async def failing_afterwards(request, context, following):
    await following(request)
    raise GenkitError('too late', status='INTERNAL')


class Where(BaseModel):
    fails_in: str = ''


class Everywhere(BaseMiddleware[Where]):
    """Is in every hook, and fails where it is told to."""

    name = 'everywhere'

    def begin(self) -> None:
        self._seen: list[str] = []

    def _enter(self, hook: str) -> None:
        self._seen.append(hook)
        if self.config.fails_in == hook:
            raise GenkitError(f'no {hook}', status='FAILED_PRECONDITION')

    async def wrap_generate(self, params, ctx, next_fn):
        self._enter('generate')
        return await next_fn(params.with_options(config=params.options.config), ctx)

    async def wrap_model(self, params, ctx, next_fn):
        self._enter('model')
        return await next_fn(params, ctx.replace_on_chunk(ctx.send_chunk) if ctx.is_streaming else ctx)

    async def wrap_tool(self, params, ctx, next_fn):
        self._enter('tool')
        return await next_fn()


MIDDLEWARE: list[Any] = [
    passing,
    asking_twice,
    Retry(max_retries=2, initial_delay=0, no_jitter=True),
    Retry(max_retries=1, initial_delay=0, no_jitter=True, after_chunks=True),
    Fallback(models=['echo', 'none']),
    Everywhere(),
    'everywhere',
]
BAD_MIDDLEWARE: list[Any] = [
    answering_itself,
    refusing,
    failing_afterwards,
    Everywhere(fails_in='generate'),
    Everywhere(fails_in='model'),
    Everywhere(fails_in='tool'),
    'unknown',
]


# Scenarios


@dataclass
class Scenario:
    """What is said, who answers what, and what happens to the call.

    Attributes:
        steps: What the model does, call by call: texts, tool requests, an error, or something strange.
        drive: How the call is made: ``await`` it, read a ``stream``, ``leave`` the stream, ``cancel``…
        patience: After how many chunks or rounds of the event loop the caller loses interest.
        answers: What is done about interrupts, round by round.
    """

    history: list[tuple[str, list[dict[str, Any]]]]
    prompt: list[dict[str, Any]]
    tools: list[str]
    steps: list[tuple[str, Any]]
    use: list[Any]
    options: list[tuple[str, Any]]
    capable: bool
    drive: str
    patience: int
    answers: list[str]


def mostly(good: list[Any], bad: list[Any], times: int = 20) -> st.SearchStrategy[Any]:
    """Return a strategy that draws something bad about once in so many times."""
    enough = good * max(1, times * len(bad) // len(good) // 2)
    return st.sampled_from([*enough, *bad, *enough])


def pairs(options: dict[str, list[Any]]) -> list[tuple[str, Any]]:
    return [(name, value) for name, values in options.items() for value in values]


REQUESTS = st.tuples(
    mostly([*TOOLS, 'asking', 'twice'], [*BAD_TOOLS, 'unknown']),
    mostly(INPUTS, BAD_INPUTS),
    st.sampled_from([None, '1', '2']),
)
STEPS = mostly(['call', 'call', 'say'], ['fail', 'strange'], 4).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        {
            'call': st.lists(REQUESTS, min_size=1, max_size=3),
            'say': st.lists(st.sampled_from(TEXTS), max_size=2),
            'fail': st.sampled_from(ERRORS),
            'strange': st.sampled_from(STRANGE),
        }[kind],
    )
)
ROLE = st.sampled_from(['user', 'model', 'user', 'tool', 'system'])
PART = mostly(PARTS, BAD_PARTS, 60)
SCENARIOS = st.builds(
    Scenario,
    history=st.lists(st.tuples(ROLE, st.lists(PART, max_size=3)), max_size=2),
    prompt=st.lists(PART, min_size=1, max_size=3),
    tools=mostly([[*TOOLS, *BAD_TOOLS]], [[], TOOLS[:3], ['quick', 'quick'], ['unknown']], 10),
    steps=st.lists(STEPS, min_size=1, max_size=4),
    use=st.lists(mostly(MIDDLEWARE, BAD_MIDDLEWARE, 4), max_size=2),
    options=st.lists(mostly(pairs(OPTIONS), pairs(BAD_OPTIONS), 10), max_size=3),
    capable=st.booleans(),
    drive=st.sampled_from(
        ['await', 'await', 'stream', 'stream', 'leave', 'cancel', 'give up', 'timeout', 'bad reader']
    ),
    patience=st.integers(0, 20),
    answers=st.lists(st.sampled_from(['respond', 'restart', 'replace', 'mixed', 'some', 'wrong']), max_size=3),
)


# The application


def programmed(ai: Genkit, scenario: Scenario) -> Genkit:
    info = ModelInfo(versions=['v1'], supports=Supports(context=True, constrained='all') if scenario.capable else None)  # pyright: ignore[reportArgumentType]
    model, _ = define_programmable_model(ai, 'programmable', info)
    model.responses = [answer_of(step) for step in [*scenario.steps, ('say', ['{"a": 1}'])]]
    ai.define_middleware(Everywhere)
    return ai


def answer_of(step: tuple[str, Any]) -> Callable[..., Any]:
    kind, choice = step

    async def answer(_request: Any, context: Any) -> Any:
        await asyncio.sleep(0)
        for text in choice if kind == 'say' else ():
            context.send_chunk(GenerateResponseChunk(content=[TextPart(text=text)]))
            await asyncio.sleep(0)
        if kind == 'fail':
            raise copy.copy(choice)
        return choice if kind == 'strange' else GenerateResponse(message=message_of(kind, choice))

    return answer


def message_of(kind: str, choice: Any) -> Message:
    content: list[Part] = []
    if kind == 'call':
        for name, value, ref in choice:
            request = ToolRequest(name=name.rpartition('/')[2], input=value, ref=ref)
            content.append(ToolRequestPart(tool_request=request))
    else:
        content.extend(TextPart(text=text) for text in choice)
    return Message(role='model', content=content)


def options_of(scenario: Scenario) -> dict[str, Any]:
    history = [Message(role=role, content=parts_of(content)) for role, content in scenario.history]  # pyright: ignore[reportArgumentType]
    return {
        'messages': history,
        'prompt': parts_of(scenario.prompt),
        **dict(scenario.options),
        'tools': scenario.tools,
        'use': scenario.use,
    }


def parts_of(choices: list[dict[str, Any]]) -> list[Part]:
    return [Part.model_validate(choice) for choice in choices]


# One conversation


async def play(ai: Genkit, scenario: Scenario, callers: Mapping[str, Any], spans: Any) -> None:
    options = options_of(scenario)
    before = [message.to_wire() for message in options['messages']]
    known = len(before) + bool(options.get('system')) + bool(options['prompt'])
    caller = callers[scenario.drive]
    response = await outcome(caller(ai, scenario.patience, options), scenario.drive)
    assert [message.to_wire() for message in options['messages']] == before
    assert response is None or json.loads(spans.answer) == json.loads(redact_json(dump_json(response)))
    for answer in scenario.answers:
        if response is None or not response.interrupts:
            break
        await assert_resendable(ai, response, known)
        unchanged = {name: value for name, value in options.items() if name not in {'prompt', 'system'}}
        again = {**unchanged, 'messages': response.messages, 'resume_respond': None, **resumption(answer, response)}
        response = await outcome(caller(ai, scenario.patience, again), scenario.drive)
    if response is not None:
        await assert_resendable(ai, response, known)


async def outcome(call: Coroutine[Any, Any, GenerateResponse[Any]], drive: str) -> GenerateResponse[Any] | None:
    """Return the response, or None after an error of the kind that is allowed."""
    task = asyncio.current_task()
    assert task is not None
    try:
        return await call
    except GenkitError:
        return None
    except asyncio.CancelledError:
        assert drive in {'cancel', 'give up', 'leave'}
        assert not task.cancelling()
        return None


def resumption(answer: str, response: GenerateResponse[Any]) -> dict[str, Any]:
    first, *others = response.interrupts
    match answer:
        case 'respond':
            return {'resume_respond': [tool_response(part, {'ok': True}) for part in (first, *others)]}
        case 'restart':
            return {'resume_restart': [restart_tool(part, None, {'sure': True}) for part in (first, *others)]}
        case 'replace':
            return {'resume_restart': [restart_tool(part, {'a': 9}) for part in (first, *others)]}
        case 'mixed':
            return {'resume_respond': [tool_response(first)], 'resume_restart': [restart_tool(part) for part in others]}
        case 'some':
            return {'resume_respond': tool_response(first), 'resume_metadata': {'by': 'Ada'}}
    stranger = ToolRequestPart(tool_request=ToolRequest(name='stranger'))
    return {'resume_respond': tool_response(stranger), 'resume_restart': restart_tool(first)}


async def assert_resendable(ai: Genkit, response: GenerateResponse[Any], known: int) -> None:
    """Assert that messages travel, that each request beyond the known ones is answered, and that models take them."""
    messages = response.messages
    wire = [message.to_wire() for message in messages]
    assert [Message.model_validate(message).to_wire() for message in wire] == wire
    for asked, answered in pairwise(messages[known:]):
        if asked.role == Role.MODEL:
            requests = [(part.tool_request.name, part.tool_request.ref) for part in asked.tool_requests]
            answers = [part.tool_response for part in answered.content if isinstance(part, ToolResponsePart)]
            assert [(answer.name, answer.ref) for answer in answers] == requests
    assert (await ai.generate('echo', messages=messages)).text.startswith('[ECHO]')


@given(scenario=SCENARIOS)
@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_a_conversation_ends_in_a_response_or_an_error_and_leaves_nothing_behind(
    orderly, make_zoo, callers, open_spans, scenario
):
    orderly(lambda: play(programmed(make_zoo(), scenario), scenario, callers, open_spans))


@pytest.mark.nightly
@pytest.mark.timeout(300)
@given(scenario=SCENARIOS)
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_ten_thousand_conversations_end_the_same_way(orderly, make_zoo, callers, open_spans, scenario):
    orderly(lambda: play(programmed(make_zoo(), scenario), scenario, callers, open_spans))
