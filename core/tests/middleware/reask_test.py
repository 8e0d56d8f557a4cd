# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import FinishReason, GenkitError, Interrupt
from genkit.middleware import Reask
from pydantic import BaseModel


class Item(BaseModel):
    name: str
    count: int


GOOD = '{"name": "a", "count": 1}'
BAD = '{"name": "a", "count": "many"}'


async def test_an_answer_that_does_not_fit_is_given_back_with_what_is_wrong(ai, model, says):
    model.responses = [says(BAD), says(GOOD)]
    response = await ai.generate(prompt='x', output_schema=Item, use=[Reask()])
    assert response.output == Item(name='a', count=1)
    told = model.requests[1].messages[-1]
    assert told.role == 'user'
    assert 'count' in told.text
    assert told.content[0].text.endswith('Answer again, in full, and keep to the schema.')
    assert [message.role for message in response.messages] == ['user', 'model', 'user', 'model']


async def test_an_answer_that_fits_is_returned_as_it_is(ai, model, says):
    model.responses = [says(GOOD)]
    assert (await ai.generate(prompt='x', output_schema=Item, use=[Reask()])).output.count == 1
    assert len(model.requests) == 1


async def test_small_faults_are_repaired_without_asking(ai, model, says):
    model.responses = [says(f'```json\n{GOOD[:-1]},\n}}\n```')]
    assert (await ai.generate(prompt='x', output_schema=Item, use=[Reask()])).output.name == 'a'
    assert len(model.requests) == 1


async def test_answers_are_given_back_so_often_and_the_last_is_returned(ai, model, says):
    model.responses = [says(BAD)]
    response = await ai.generate(prompt='x', output_schema=Item, use=[Reask(max_answers=2)])
    assert len(model.requests) == 3
    assert response.text == BAD
    with pytest.raises(GenkitError, match='does not fit the schema'):
        _ = response.output


async def test_text_without_a_schema_is_never_given_back(ai, model, says):
    model.responses = [says('{not json')]
    assert (await ai.generate(prompt='x', use=[Reask()])).text == '{not json'


async def test_only_the_final_answer_of_a_run_with_tools_is_looked_at(ai, model, says, calls):
    ai.tool('t')(lambda: 'ok')
    model.responses = [says('thinking', calls('t')), says(BAD), says(GOOD)]
    response = await ai.generate(prompt='x', tools=['t'], output_schema=Item, use=[Reask()])
    assert response.output.count == 1
    assert [m.role for m in response.messages] == ['user', 'model', 'tool', 'model', 'user', 'model']


async def test_the_stream_of_the_second_answer_follows_that_of_the_first(ai, model, says, chunk):
    model.responses = [says(BAD), says(GOOD)]
    model.chunks = [[chunk(BAD[:9]), chunk(BAD[9:])], [chunk(GOOD)]]
    stream = ai.generate_stream(prompt='x', output_schema=Item, use=[Reask()])
    seen = [(piece.index, piece.text) async for piece in stream]
    assert seen == [(0, BAD[:9]), (0, BAD[9:]), (1, GOOD)]
    assert (await stream.response).output.count == 1


async def test_the_instruction_can_be_chosen(ai, model, says):
    model.responses = [says(BAD), says(GOOD)]
    await ai.generate(prompt='x', output_schema=Item, use=[Reask(instruction='Mind the count.')])
    assert model.requests[1].messages[-1].content[0].text.endswith('\nMind the count.')


async def test_an_interrupted_answer_is_returned_as_it_is(ai, model, says, calls):
    def ask():
        raise Interrupt({'ask': 1})

    ai.tool('ask')(ask)
    model.responses = [says(calls('ask'))]
    response = await ai.generate(prompt='x', tools=['ask'], output_schema=Item, use=[Reask()])
    assert response.finish_reason == FinishReason.INTERRUPTED
    assert len(model.requests) == 1


class TestArguments:
    @pytest.fixture
    def store(self, ai):
        """Define a tool that takes an `Item`; return what it was given."""
        given = []

        @ai.tool()
        def store(item: Item) -> str:
            given.append(item)
            return 'stored'

        return given

    async def test_arguments_that_do_not_fit_are_told_to_the_model(self, ai, model, says, calls, store):
        model.responses = [
            says(calls('store', {'name': 'a'})),
            says(calls('store', {'name': 'a', 'count': 2})),
            says('.'),
        ]
        response = await ai.generate(prompt='x', tools=['store'], use=[Reask()])
        assert store == [Item(name='a', count=2)]
        told = response.messages[2].content[0].tool_response.output
        assert 'count' in told['error']

    async def test_only_so_often(self, ai, model, says, calls, store):
        model.responses = [says(calls('store', {}))]
        with pytest.raises(GenkitError, match='Validation of the input'):
            await ai.generate(prompt='x', tools=['store'], use=[Reask(max_arguments=2)])
        assert len(model.requests) == 3

    async def test_each_call_counts_anew(self, ai, model, says, calls, store):
        reask = Reask(max_arguments=1)
        for _ in range(2):
            model.responses = [*model.responses, says(calls('store', {})), says('done')]
            assert (await ai.generate(prompt='x', tools=['store'], use=[reask])).text == 'done'

    async def test_a_tools_own_error_is_not_an_argument_that_does_not_fit(self, ai, model, says, calls):
        def broken(n: int) -> int:
            raise GenkitError('the tool broke', status='INVALID_ARGUMENT')

        ai.tool()(broken)
        model.responses = [says(calls('broken', 1))]
        with pytest.raises(GenkitError, match='the tool broke'):
            await ai.generate(prompt='x', tools=['broken'], use=[Reask()])
