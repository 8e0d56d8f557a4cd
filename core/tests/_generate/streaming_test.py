# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import gc
import json
from functools import partial
from itertools import pairwise

import pytest
from genkit import (
    ActionRunContext,
    GenerateResponse,
    GenerateResponseChunk,
    Genkit,
    GenkitError,
    Message,
    StatusName,
    TextPart,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel


class Item(BaseModel):
    name: str


async def test_chunks_come_before_the_response(ai, model, says, chunk):
    model.responses = [says('final')]
    model.chunks = [[chunk('a'), chunk('b')]]
    stream, response = ai.generate_stream(prompt='x')
    assert [(c.index, c.role, c.text, c.accumulated_text, c.previous_text) async for c in stream] == [
        (0, 'model', 'a', 'a', ''),
        (0, 'model', 'b', 'ab', 'a'),
    ]
    assert (await response).text == 'final'


async def test_indexes_follow_turns_and_roles(ai, model, says, calls, chunk):
    ai.tool('t')(lambda: 'ok')
    model.responses = [says(calls('t')), says('end')]
    model.chunks = [[chunk('1'), chunk('2')], [chunk('3'), chunk('4')]]
    seen = [(c.index, c.role, c.accumulated_text) async for c in ai.generate_stream(prompt='x', tools=['t'])]
    assert seen == [(0, 'model', '1'), (0, 'model', '12'), (1, 'tool', '12'), (2, 'model', '3'), (2, 'model', '34')]


async def test_a_turn_that_streams_nothing_takes_no_index_of_its_own(ai, model, says, calls, chunk):
    ai.tool('t')(lambda: 'ok')
    model.responses = [says(calls('t')), says('end')]
    model.chunks = [[], [chunk('1'), chunk('2')]]
    seen = [(c.index, c.role) async for c in ai.generate_stream(prompt='x', tools=['t'])]
    assert seen == [(0, 'tool'), (1, 'model'), (1, 'model')]


async def test_history_is_kept_while_streaming_through_tool_turns(ai, model, says, calls, chunk):
    ai.tool('t')(lambda: 'ok')
    model.responses = [says(calls('t')), says('end')]
    model.chunks = [[chunk('1')], [chunk('2')]]
    stream = ai.generate_stream(prompt='x', tools=['t'])
    async for _ in stream:
        pass
    response = await stream.response
    assert [m.role for m in response.messages] == ['user', 'model', 'tool', 'model']
    assert [m.role for m in model.requests[1].messages] == ['user', 'model', 'tool']


async def test_one_chunk_object_sent_twice_arrives_as_two(ai, model, says, chunk):
    same = chunk('x')
    model.responses = [says('')]
    model.chunks = [[same, same]]
    seen = [c async for c in ai.generate_stream(prompt='x')]
    assert [c.accumulated_text for c in seen] == ['x', 'xx']
    assert same.index is None


async def test_partial_output_grows_and_earlier_values_stay(ai, model, says, chunk):
    model.responses = [says('{"items": [{"name": "ab"}]}')]
    model.chunks = [[chunk('{"items": [{"na'), chunk('me": "a'), chunk('b"}]}')]]
    chunks = [c async for c in ai.generate_stream(prompt='x', output_format='json')]
    outputs = [c.output for c in chunks]
    assert outputs == [{'items': [{}]}, {'items': [{'name': 'a'}]}, {'items': [{'name': 'ab'}]}]
    assert chunks[0].output == {'items': [{}]}


async def test_array_chunks_hold_what_they_complete(ai, model, says, chunk):
    model.responses = [says('[]')]
    model.chunks = [[chunk('[{"name": "a"}, {"na'), chunk('me": "b"}, '), chunk('{"name": "c"}]')]]
    stream = ai.generate_stream(prompt='x', output_format='array', output_schema=list[Item])
    assert [c.output async for c in stream] == [[{'name': 'a'}], [{'name': 'b'}], [{'name': 'c'}]]


async def test_jsonl_chunks_hold_the_lines_they_complete(ai, model, says, chunk):
    model.responses = [says('')]
    model.chunks = [[chunk('{"name": "a"}\n{"na'), chunk('me": '), chunk('"b"}\n{"name": "c"}\n')]]
    stream = ai.generate_stream(prompt='x', output_format='jsonl')
    assert [c.output async for c in stream] == [[{'name': 'a'}], [], [{'name': 'b'}, {'name': 'c'}]]


async def test_a_last_jsonl_line_that_nothing_ends_is_held_by_the_chunk_that_completes_it(ai, model, says, chunk):
    model.responses = [says('')]
    texts = ['{"a": {"b"', ': 1}', '} ', '\n', '{"c": "}"', '}']
    model.chunks = [[chunk(text) for text in texts]]
    stream = ai.generate_stream(prompt='x', output_format='jsonl')
    assert [c.output async for c in stream] == [[], [], [{'a': {'b': 1}}], [], [], [{'c': '}'}]]


async def test_what_follows_a_chunk_of_all_so_far_goes_on_from_it(ai, model, says, chunk):
    model.responses = [says('')]
    model.chunks = [[chunk('[{"a": 1}, '), chunk('[{"a": 1}, {"b": 2}, ', aggregated=True), chunk('{"c": 3}]')]]
    seen = [(c.accumulated_text, c.output) async for c in ai.generate_stream(prompt='x', output_format='array')]
    assert seen == [
        ('[{"a": 1}, ', [{'a': 1}]),
        ('[{"a": 1}, {"b": 2}, ', [{'a': 1}, {'b': 2}]),
        ('[{"a": 1}, {"b": 2}, {"c": 3}]', [{'c': 3}]),
    ]


@given(
    name=st.sampled_from(['array', 'jsonl']),
    values=st.lists(st.sampled_from([{'a': 1}, {'a': '}\n]'}, {'b': {'c': [{}]}}, {'d': '\\"'}])),
    cuts=st.lists(st.integers(0, 200), max_size=12),
    ended=st.booleans(),
)
@settings(max_examples=200, deadline=None)
async def test_chunks_hold_each_object_once_however_the_text_is_cut(name, values, cuts, ended):
    text = json.dumps(values) if name == 'array' else '\n'.join(map(json.dumps, values)) + '\n' * ended
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    ai = Genkit(model='cut')

    async def cut(_request, context):
        for begin, end in pairwise(places):
            context.send_chunk(GenerateResponseChunk(content=[TextPart(text=text[begin:end])]))
        return GenerateResponse(message=Message(role='model', content=text))

    ai.define_model('cut', cut)
    stream = ai.generate_stream(prompt='x', output_format=name)
    held = [value async for chunk in stream for value in chunk.output]
    assert held == (await stream.response).output == values


async def test_the_error_of_the_call_ends_the_stream(ai, chunk):
    async def failing(_request, context):
        context.send_chunk(chunk('a'))
        raise GenkitError('no quota', status='RESOURCE_EXHAUSTED')

    ai.define_model('failing', failing)
    stream = ai.generate_stream(model='failing', prompt='x')
    seen = []
    with pytest.raises(GenkitError, match='no quota'):  # noqa: PT012  (the loop raises after the last chunk)
        async for c in stream:
            seen.append(c.text)  # noqa: PERF401  (a comprehension would lose what came before the error)
    assert seen == ['a']
    with pytest.raises(GenkitError, match='no quota'):
        await stream.response


async def test_an_error_in_the_chunk_callback_stops_the_generation(ai, model, says, chunk):
    model.responses = [says('final')]
    model.chunks = [[chunk('a')]]

    def refuse(_chunk):
        raise OSError('disk full')

    with pytest.raises(GenkitError, match='function that takes the chunks raised') as caught:
        await ai.generate(prompt='x', on_chunk=refuse)
    assert caught.value.status == StatusName.ABORTED


async def test_a_timeout_is_a_deadline_exceeded(ai):
    async def slow(_request):
        await asyncio.sleep(10)

    ai.define_model('slow', slow)
    stream = ai.generate_stream(model='slow', prompt='x', timeout=0.01)
    with pytest.raises(GenkitError, match=r'did not finish within 0\.01 s') as caught:
        await stream.response
    assert caught.value.status == StatusName.DEADLINE_EXCEEDED


async def test_closing_the_stream_stops_the_model(ai, chunk):
    stopped = asyncio.Event()

    async def endless(_request, context):
        try:
            while True:
                context.send_chunk(chunk('x'))
                await asyncio.sleep(0)
        finally:
            stopped.set()

    ai.define_model('endless', endless)
    async with ai.generate_stream(model='endless', prompt='x') as stream:
        async for _ in stream:
            break
    assert stopped.is_set()


async def test_a_stream_that_nobody_reads_runs_to_its_end(ai, model, says, chunk):
    model.responses = [says('final')]
    model.chunks = [[chunk('a')] * 1000]
    assert (await ai.generate_stream(prompt='x').response).text == 'final'
    gc.collect()


class TestAsynchronousReaders:
    async def test_each_chunk_is_awaited_in_order(self, ai, model, says, chunk):
        model.responses, model.chunks = [says('abc')], [[chunk('a'), chunk('b'), chunk('c')]]
        seen = []

        async def take(given):
            await asyncio.sleep(0.001 if given.text == 'a' else 0)
            seen.append(given.text)

        assert (await ai.generate(prompt='x', on_chunk=take)).text == 'abc'
        assert seen == ['a', 'b', 'c']

    async def test_prompts_chats_and_streams_await_it_too(self, ai, model, says, chunk):
        model.responses, model.chunks = [says('a')], [[chunk('a')]] * 3
        seen = []

        async def take(given):
            await asyncio.sleep(0)
            seen.append(given.text)

        await ai.define_prompt('p', prompt='x')(on_chunk=take)
        stream = ai.generate_stream(prompt='x', on_chunk=take)
        assert [given.text async for given in stream] == ['a']
        await ai.chat().send('x', on_chunk=take)
        assert seen == ['a', 'a', 'a']

    async def test_one_that_raises_stops_the_generation(self, ai, model, says, chunk):
        stopped = asyncio.Event()

        async def slowly(request, context):
            context.send_chunk(chunk('a'))
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                stopped.set()
                raise

        async def refuse(given):
            await asyncio.sleep(0)
            raise ValueError(given.text)

        model.responses = [slowly]
        with pytest.raises(GenkitError, match='the generation was stopped') as caught:
            await ai.generate(prompt='x', on_chunk=refuse)
        assert caught.value.status == 'ABORTED'
        assert isinstance(caught.value.cause, ValueError)
        assert stopped.is_set()

    async def test_an_error_of_the_model_is_raised_as_without_a_reader(self, ai, model, chunk):
        def fail(request, context):
            context.send_chunk(chunk('a'))
            raise GenkitError('busy', status='UNAVAILABLE')

        async def take(given):
            await asyncio.sleep(0)

        model.responses = [fail]
        with pytest.raises(GenkitError, match='busy'):
            await ai.generate(prompt='x', on_chunk=take)

    async def test_one_that_hides_that_it_is_asynchronous_is_refused(self, ai, model, says, chunk):
        model.responses, model.chunks = [says('a')], [[chunk('a')]]

        async def take(given):
            raise AssertionError(given)

        with pytest.raises(GenkitError, match='Write `async def`') as caught:
            await ai.generate(prompt='x', on_chunk=partial(lambda later, given: later(given), take))
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_an_action_that_is_run_by_itself_refuses_it(self, ai):
        @ai.flow
        async def flow(context: ActionRunContext) -> None:
            context.send_chunk(1)

        async def take(given):
            raise AssertionError(given)

        with pytest.raises(GenkitError, match=r'iterate over the chunks of `action\.stream'):
            await flow.action.arun(on_chunk=take)
