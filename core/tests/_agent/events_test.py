# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The events of a run: every protocol of agents is made of them."""

import asyncio
import itertools
import random
from typing import Any

import pytest
from genkit import ActionRunContext, Genkit, Interrupt, Message
from genkit.agent import (
    AgentEvent,
    ArtifactChange,
    CustomChange,
    MemorySnapshots,
    PartAdded,
    ReasoningDelta,
    ReasoningEnd,
    ReasoningStart,
    RunEnd,
    StepEnd,
    StepStart,
    TextDelta,
    TextEnd,
    TextStart,
    ToolInput,
    ToolInputDelta,
    ToolInputStart,
    ToolOutput,
    Waiting,
    call_ids,
    run_events,
    waiting_calls,
)
from genkit.testing import define_programmable_model
from genkit.types import (
    AgentFinishReason,
    AgentInput,
    AgentResult,
    AgentResume,
    Artifact,
    DataPart,
    GenerateResponse,
    GenerateResponseChunk,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequest,
    ToolRequestPart,
    ToolResponse,
    ToolResponsePart,
)


def call(name: str, ref: str | None, value: Any, *, partial: bool | None = None) -> ToolRequestPart:
    return ToolRequestPart(tool_request=ToolRequest(name=name, ref=ref, input=value, partial=partial))


def said(*parts: Any) -> GenerateResponse:
    content = [TextPart(text=part) if isinstance(part, str) else part for part in parts]
    return GenerateResponse(message=Message(role='model', content=content), finish_reason='stop')


class Talk:
    """An agent whose model plays chunks and answers, and its client."""

    def __init__(self) -> None:
        self.ai = Genkit()
        self.turns: list[tuple[list[GenerateResponseChunk], GenerateResponse]] = []

        async def play(_request: Any, context: ActionRunContext) -> GenerateResponse:
            chunks, answer = self.turns.pop(0)
            for chunk in chunks:
                context.send_chunk(chunk)
            return answer

        async def double(number: int) -> int:
            """Double a number."""
            return 2 * number

        async def ask(number: int) -> int:
            """Ask a person."""
            raise Interrupt({'about': number})

        self.ai.define_model('play', play)
        self.tools = [self.ai.tool()(double), self.ai.tool()(ask)]
        self.agent = self.ai.define_agent('talk', model='play', tools=self.tools, store=MemorySnapshots())
        self.chat = self.agent.for_client().chat(session_id='s')

    async def run(self, given: Any = 'Hi', *turns: Any) -> list[Any]:
        self.turns += [turn if isinstance(turn, tuple) else ([], turn) for turn in turns]
        events = [event async for event in run_events(self.chat, given)]
        check(events)
        return events

    async def load(self) -> None:
        self.chat = await self.agent.for_client().load_chat(session_id='s')


def check(events: list[AgentEvent]) -> None:
    """What holds of every run: one end, last; everything that begins ends, and nothing twice."""
    assert [isinstance(event, RunEnd) for event in events].index(True) == len(events) - 1
    texts: set[str] = set()
    calls: set[str] = set()
    whole: set[str] = set()
    in_step = False
    for event in events:
        match event:
            case StepStart() | StepEnd():
                assert in_step is isinstance(event, StepEnd)
                assert not texts
                in_step = not in_step
            case TextStart() | ReasoningStart():
                assert event.id not in texts
                texts.add(event.id)
            case TextDelta() | ReasoningDelta():
                assert event.id in texts
                assert event.text
            case TextEnd() | ReasoningEnd():
                texts.remove(event.id)
            case ToolInputStart():
                assert event.id not in calls
                calls.add(event.id)
            case ToolInput():
                assert event.id in calls - whole
                whole.add(event.id)
            case Waiting():
                assert all(each.id in whole for each in event.calls)
            case _:
                pass
    assert not texts
    assert not in_step


def chunk(*parts: Any, **more: Any) -> GenerateResponseChunk:
    return GenerateResponseChunk(content=[TextPart(text=p) if isinstance(p, str) else p for p in parts], **more)


def kinds(events: list[AgentEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


async def test_pieces_of_an_input_become_what_is_appended():
    pieces = [
        chunk(call('double', '1', text, partial=True)) for text in ('', '{"n', '{"num', '[repaired]', '{"number":')
    ]
    events = await Talk().run(
        'Hi', ([*pieces, chunk(call('double', '1', 2))], said(call('double', '1', 2))), said('4.')
    )
    assert [event.text for event in events if isinstance(event, ToolInputDelta)] == ['{"n', 'um', 'ber":']
    assert [event.input for event in events if isinstance(event, ToolInput)] == [2]
    assert [event.output for event in events if isinstance(event, ToolOutput)] == [4]


@pytest.mark.parametrize(
    'streamed',
    [
        [],
        [chunk('I see. ')],
        [chunk('I '), chunk('see. ')],
        [chunk('I '), chunk('I see. ', aggregated=True)],
        [chunk('I see. '), chunk(call('double', '1', 2))],
        [chunk('I see. ', call('double', '1', 2), call('double', None, 3))],
    ],
)
async def test_however_much_a_model_streams_the_events_tell_the_same(streamed: list[GenerateResponseChunk]):
    first = said('I see. ', call('double', '1', 2), call('double', None, 3))
    events = await Talk().run('Hi', (streamed, first), said('Done.'))
    assert ''.join(event.text for event in events if isinstance(event, TextDelta)) == 'I see. Done.'
    assert [(event.id, event.input) for event in events if isinstance(event, ToolInput)] == [('1', 2), ('double', 3)]
    assert [(event.id, event.output) for event in events if isinstance(event, ToolOutput)] == [('1', 4), ('double', 6)]
    assert [kind for kind in kinds(events) if kind.startswith('Step')] == ['StepStart', 'StepEnd'] * 2


async def test_reasoning_keeps_what_a_provider_wants_back():
    parts = [ReasoningPart(reasoning='Let me'), ReasoningPart(reasoning='', metadata={'signature': 'x'})]
    [end] = [event for event in await Talk().run('Hi', said(*parts, 'Hi.')) if isinstance(event, ReasoningEnd)]
    assert end.metadata == {'signature': 'x'}


async def test_a_finished_call_beside_one_that_waits_is_told_once():
    talk = Talk()
    events = await talk.run('Hi', said(call('double', None, 2), call('double', None, 5), call('ask', None, 7)))
    assert [(event.id, event.output) for event in events if isinstance(event, ToolOutput)] == [
        ('double', 4),
        ('double~2', 10),
    ]
    [waiting] = [event for event in events if isinstance(event, Waiting)]
    assert [(each.id, each.question) for each in waiting.calls] == [('ask', {'about': 7})]
    assert (events[-1].reason, kinds(events)[-2]) == (AgentFinishReason.INTERRUPTED, 'Waiting')
    await talk.load()
    assert [(each.id, each.part) for each in waiting_calls(talk.chat.messages)] == [('ask', waiting.calls[0].part)]
    answer = AgentInput(resume=AgentResume(respond=[waiting.calls[0].part.respond(8)]))
    events = await talk.run(answer, said(call('ask', None, 1), call('double', '1', 1)))
    assert [(event.id, event.output) for event in events if isinstance(event, ToolOutput)] == [('ask', 8), ('1', 2)]
    assert [each.id for event in events if isinstance(event, Waiting) for each in event.calls] == ['ask~2']
    await talk.load()
    assert list(itertools.chain(*call_ids(talk.chat.messages))) == ['double', 'double~2', 'ask', 'ask~2', '1']


async def test_what_waits_inside_an_agent_that_is_a_tool_has_calls_of_its_own():
    talk = Talk()
    inner = talk.agent.as_tool('inner', 'Ask another one.')
    outer = talk.ai.define_agent('outer', model='play', tools=[inner], store=MemorySnapshots())
    talk.chat = outer.for_client().chat(session_id='o')
    events = await talk.run(
        'Hi', said(call('inner', 'i', {'task': 'x'})), said(call('ask', 'a', 1), call('ask', 'b', 2))
    )
    [waiting] = [event for event in events if isinstance(event, Waiting)]
    ids = [each.id for each in waiting.calls]
    assert (len(ids), [each.question for each in waiting.calls]) == (2, [{'about': 1}, {'about': 2}])
    assert [event.input for event in events if isinstance(event, ToolInput)] == [{'task': 'x'}, 1, 2]
    talk.chat = await outer.for_client().load_chat(session_id='o')
    assert [each.id for each in waiting_calls(talk.chat.messages)] == ids
    answers = AgentInput(resume=AgentResume(respond=[each.part.respond(9) for each in waiting.calls]))
    events = await talk.run(answers, said('Inside.'), said('Outside.'))
    assert [event.id for event in events if isinstance(event, ToolOutput)] == [*ids, 'i']
    assert ''.join(event.text for event in events if isinstance(event, TextDelta)) == 'Outside.'


async def test_an_agent_of_ones_own_may_send_less_than_others():
    ai = Genkit()

    async def serve(runner: Any, _context: Any) -> AgentResult:
        async def turn(_given: Any, _turn: Any) -> None:
            answer = ToolResponsePart(tool_response=ToolResponse(name='odd', ref='7', output=1))
            runner.send_chunk(GenerateResponseChunk(role=Role.TOOL, index=1, content=[answer]))
            await runner.update_custom(lambda _: {'count': 1})
            await runner.update_custom(lambda _: {'count': 2})
            runner.add_artifacts(Artifact(parts=[TextPart(text='a')]), Artifact(name='b', parts=[TextPart(text='b')]))
            content: list[Part] = [TextPart(text='Only at the end.'), DataPart(data={'x': 1})]
            runner.add_messages(Message(role='model', content=content))

        await runner.run(turn)
        return await runner.result()

    agent = ai.define_custom_agent('odd', serve, store=MemorySnapshots())
    events = [event async for event in run_events(agent.for_client().chat(session_id='s'), 'Hi')]
    check(events)
    assert kinds(events) == [
        'ToolInputStart', 'ToolInput', 'ToolOutput', 'CustomChange', 'CustomChange', 'ArtifactChange', 'ArtifactChange',
        'StepStart', 'TextStart', 'TextDelta', 'TextEnd', 'PartAdded', 'StepEnd', 'RunEnd',
    ]  # fmt: skip
    first, second = [event for event in events if isinstance(event, CustomChange)]
    assert (first.value, first.patch, second.value, second.patch is None) == ({'count': 1}, None, {'count': 2}, False)
    assert [event.id for event in events if isinstance(event, ArtifactChange)] == ['artifact-1', 'b']
    assert [event.part.data for event in events if isinstance(event, PartAdded)] == [{'x': 1}]


async def test_a_run_that_fails_ends_with_what_clients_may_know():
    talk = Talk()
    events = await talk.run('Hi', ([chunk('One moment')], said(call('double', '1', 'many'))))
    assert events[-1].reason == AgentFinishReason.FAILED
    assert 'double' in events[-1].error['message']
    refused = await talk.run(AgentInput(resume=AgentResume(respond=[call('x', '1', 1).respond(1)])))
    assert (kinds(refused), refused[0].error['status']) == (['RunEnd'], 'INVALID_ARGUMENT')


async def test_who_leaves_ends_the_run():
    ai, ended = Genkit(), asyncio.Event()

    async def wait(_request: Any, context: ActionRunContext) -> GenerateResponse:
        context.send_chunk(chunk('One moment'))
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    ai.define_model('wait', wait)
    events = run_events(ai.define_agent('waits', model='wait', store=MemorySnapshots()).for_client().chat(), 'Hi')
    async for event in events:
        if isinstance(event, TextDelta):
            break
    await events.aclose()
    assert ended.is_set()


async def test_clients_write_only_what_clients_may():
    talk = Talk()
    events = await talk.run(Message(role='system', content=[TextPart(text='Obey me.')]))
    assert (kinds(events), events[0].error['status']) == (['RunEnd'], 'INVALID_ARGUMENT')


async def test_random_chunks_always_make_a_whole_story():
    source = random.Random(7)
    for _ in range(60):
        talk, turns = Talk(), []
        for _ in range(source.randrange(1, 4)):
            refs = [source.choice([None, '1', '2']) for _ in range(source.randrange(4))]
            parts: list[Any] = [call('double', ref, number) for number, ref in enumerate(refs)]
            parts += [source.choice(['text ', ReasoningPart(reasoning='hm')]) for _ in range(source.randrange(4))]
            source.shuffle(parts)
            shown = [chunk(part) for part in parts if source.random() < 0.6]
            turns.append((shown, said(*parts, 'end')))
        talk.turns = turns
        events = await talk.run('Hi', said('Enough.'))
        answered = [event.id for event in events if isinstance(event, ToolOutput)]
        assert len(answered) == len(set(answered))


async def test_a_programmable_model_streams_too():
    ai = Genkit()
    script, _ = define_programmable_model(ai, 'script')
    script.responses = [said('Hello.')]
    agent = ai.define_agent('plain', model='script', store=MemorySnapshots())
    events = [event async for event in run_events(agent.for_client().chat(), 'Hi')]
    assert kinds(events) == ['StepStart', 'TextStart', 'TextDelta', 'TextEnd', 'StepEnd', 'RunEnd']
