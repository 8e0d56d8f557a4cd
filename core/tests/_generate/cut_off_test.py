# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers that ended before they were complete: nothing is done with them that needs all of them."""

from typing import Literal

import pytest
from genkit import ErrorReason, FinishReason, GenerationResponseError, GenkitError, ToolRequestPart
from genkit.middleware import Fallback, Reask, Retry
from genkit.plugin import tool_request_part
from genkit.types import GenerateResponse, Message, ToolRequest
from pydantic import BaseModel


class Folder(BaseModel):
    path: str


class Issues(BaseModel):
    found: list[str]


@pytest.fixture
def removed(ai):
    """What the tools have removed."""
    gone = []

    @ai.tool()
    def remove(folder: Folder) -> str:
        gone.append(folder.path)
        return 'gone'

    @ai.tool()
    def remove_any(path) -> str:
        gone.append(path)
        return 'gone'

    return gone


def asks(*parts, finish=None) -> GenerateResponse:
    return GenerateResponse(message=Message(role='model', content=list(parts)), finish_reason=finish)


def ended(text, finish) -> GenerateResponse:
    return GenerateResponse(message=Message(role='model', content=text), finish_reason=finish)


WHOLE = tool_request_part('remove', '{"path":"/data/old"}', 'a')
CUT = tool_request_part('remove_any', '{"path":"/data/old', 'b')
PLAIN = ToolRequestPart(tool_request=ToolRequest(name='remove_any', ref='c', input='{"path":"/data/old'))


@pytest.mark.parametrize(
    ('parts', 'finish'),
    [
        ([WHOLE], 'length'),
        ([WHOLE, CUT], 'length'),
        ([CUT], 'unknown'),
        ([WHOLE, CUT], None),
        ([PLAIN], None),
    ],
)
@pytest.mark.parametrize('use', [[], [Retry(initial_delay=0)], [Reask()], [Fallback(models=['other'])]])
async def test_an_answer_that_was_cut_off_runs_no_tool(ai, model, removed, parts, finish, use):
    answer = asks(*parts, finish=finish)
    model.responses = [answer]
    with pytest.raises(GenerationResponseError, match='max_output_tokens') as raised:
        await ai.generate(prompt='x', tools=['remove', 'remove_any'], use=use)
    assert removed == []
    assert (raised.value.status, raised.value.reason) == ('OUT_OF_RANGE', ErrorReason.ANSWER_CUT_OFF)
    assert raised.value.response.tool_requests == answer.tool_requests
    assert raised.value.response.request.messages[0].text == 'x'
    assert len(model.requests) == 1


async def test_who_runs_the_tools_gets_the_answer_that_was_cut_off(ai, model, removed):
    model.responses = [asks(CUT, finish='length')]
    response = await ai.generate(prompt='x', tools=['remove_any'], return_tool_requests=True)
    assert response.finish_reason == FinishReason.LENGTH
    [part] = response.tool_requests
    assert part.tool_request.input == '{"path":"/data/old'
    assert part.metadata == {'unfinished': True}
    assert removed == []


async def test_unfinished_arguments_are_refused_whatever_the_tool_takes_and_the_reason_says(ai, model, removed):
    model.responses = [asks(CUT, finish='stop')]
    with pytest.raises(GenkitError, match='unfinished JSON') as raised:
        await ai.generate(prompt='x', tools=['remove_any'])
    assert (raised.value.status, raised.value.reason) == ('INVALID_ARGUMENT', ErrorReason.INVALID_INPUT)
    assert removed == []


async def test_unfinished_arguments_can_be_given_back_to_the_model(ai, model, removed, says):
    model.responses = [asks(CUT, finish='stop'), asks(WHOLE, finish='stop'), says('done')]
    response = await ai.generate(prompt='x', tools=['remove', 'remove_any'], use=[Reask()])
    assert response.text == 'done'
    assert removed == ['/data/old']
    told = model.requests[1].messages[-1].content[0].tool_response.output
    assert 'unfinished JSON' in told['error']


async def test_a_whole_answer_without_a_reason_runs_its_tools(ai, model, removed, says):
    model.responses = [asks(WHOLE), says('done')]
    assert (await ai.generate(prompt='x', tools=['remove'])).text == 'done'
    assert removed == ['/data/old']


CASES = {
    'json': ({'output_schema': Issues}, '{"found": ["leak in kitchen", "broken w'),
    'json of any schema': ({'output_format': 'json'}, '{"found": ["leak'),
    'json that has not begun': ({'output_schema': Issues}, 'Let me think. '),
    'no text at all': ({'output_schema': Issues}, ''),
    'json after a draft': ({'output_schema': Issues}, 'Draft: {"found": []}. Final: {"found": ["lea'),
    'json in a fence': ({'output_schema': Issues}, '```json\n{"found": ["leak"]'),
    'array': ({'output_schema': list[Issues], 'output_format': 'array'}, '[{"found": []}, {"found": ["lea'),
    'array that has not begun': ({'output_format': 'array'}, 'Here'),
    'jsonl': ({'output_schema': list[Issues], 'output_format': 'jsonl'}, '{"found": []}\n{"found": ["lea'),
    'jsonl after a line': ({'output_schema': list[Issues], 'output_format': 'jsonl'}, '{"found": []}\n'),
    'a number': ({'output_schema': int}, '12'),
    'array after a draft': ({'output_schema': list[Issues], 'output_format': 'array'}, 'Format: [] Answer: [{"found"'),
    'array in an object': ({'output_format': 'array'}, '{"items": [1], "more": "cut'),
    'enum': ({'output_schema': Literal['sweet', 'sour'], 'output_format': 'enum'}, 's'),
    'enum that may go on': ({'output_schema': Literal['sweet', 'sweetish'], 'output_format': 'enum'}, 'sweet'),
}


@pytest.mark.parametrize(('asked', 'text'), CASES.values(), ids=CASES.keys())
async def test_output_that_was_cut_off_is_an_error_with_the_response(ai, model, asked, text):
    model.responses = [ended(text, 'length')]
    response = await ai.generate(prompt='x', use=[Reask()], **asked)
    assert response.text == text
    for _ in range(2):
        with pytest.raises(GenerationResponseError, match='max_output_tokens') as raised:
            _ = response.output
        assert (raised.value.status, raised.value.reason) == ('OUT_OF_RANGE', ErrorReason.ANSWER_CUT_OFF)
        assert raised.value.response is response
    assert len(model.requests) == 1


async def test_generate_data_raises_for_output_that_was_cut_off(ai, model):
    model.responses = [ended('{"found": ["leak in kitchen", "broken w', 'length')]
    with pytest.raises(GenerationResponseError) as raised:
        await ai.generate_data(Issues, 'x')
    assert raised.value.reason == ErrorReason.ANSWER_CUT_OFF
    assert raised.value.response.text.endswith('broken w')


@pytest.mark.parametrize(
    ('asked', 'text', 'output'),
    [
        ({'output_schema': Issues}, '{"found": []}', Issues(found=[])),
        ({'output_format': 'json'}, 'null', None),
        ({'output_format': 'array'}, '[1, 2]', [1, 2]),
        ({'output_schema': Literal['sweet', 'sour'], 'output_format': 'enum'}, '"sweet"', 'sweet'),
        ({'output_format': 'text'}, 'as far as it', 'as far as it'),
        ({}, 'as far as it', None),
        ({}, '{"found": ["lea', None),
        ({}, '{"found": []}', {'found': []}),
    ],
)
async def test_output_that_is_complete_is_read_although_the_limit_was_reached(ai, model, asked, text, output):
    model.responses = [ended(text, 'length')]
    assert (await ai.generate(prompt='x', **asked)).output == output


@pytest.mark.parametrize('name', ['json', 'json of any schema', 'json in a fence', 'array', 'jsonl'])
async def test_output_that_is_not_closed_is_not_completed_whatever_the_reason(ai, model, name):
    asked, text = CASES[name]
    model.responses = [ended(text, 'stop')]
    response = await ai.generate(prompt='x', **asked)
    with pytest.raises(GenkitError, match='is not closed') as raised:
        _ = response.output
    assert raised.value.reason == ErrorReason.INVALID_OUTPUT


@pytest.mark.parametrize(
    ('asked', 'text'),
    [
        ({'output_schema': Issues}, '```json\n{"found": []}\n```'),
        ({'output_format': 'json'}, "{'found': [],}"),
        ({'output_format': 'array'}, 'Here: [1, 2,]'),
        ({'output_format': 'jsonl'}, '{"a": 1}\n{"b": 2,}'),
    ],
)
async def test_output_that_was_repaired_says_so_in_the_message(ai, model, asked, text):
    model.responses = [ended(text, 'stop')]
    response = await ai.generate(prompt='x', **asked)
    assert response.output is not None
    assert response.message.metadata['generate']['output']['repaired'] is True


@pytest.mark.parametrize(
    ('asked', 'text'),
    [
        ({'output_schema': Issues}, '{"found": []}'),
        ({'output_format': 'array'}, ' [1, 2]\n'),
        ({'output_format': 'jsonl'}, '{"a": 1}\n{"b": 2}'),
        ({'output_schema': Issues}, 'no json'),
        ({'output_format': 'array'}, '[1, 2'),
    ],
)
async def test_output_that_was_not_repaired_says_nothing(ai, model, asked, text):
    model.responses = [ended(text, 'stop')]
    response = await ai.generate(prompt='x', **asked)
    assert 'repaired' not in response.message.metadata['generate']['output']


async def test_the_chunks_of_an_answer_that_is_cut_off_hold_what_there_is(ai, model):
    def answer(_request, context):
        for text in ('{"found": ["leak', '", "broken w'):
            context.send_chunk({'content': [{'text': text}]})
        return ended('{"found": ["leak", "broken w', 'length')

    model.responses = [answer]
    streamed = ai.generate_stream(prompt='x', output_schema=Issues)
    outputs = [chunk.output async for chunk in streamed]
    assert outputs == [{'found': ['leak']}, {'found': ['leak', 'broken w']}]
    with pytest.raises(GenerationResponseError):
        _ = (await streamed.response).output


MARKED = ToolRequestPart(
    tool_request=ToolRequest(name='remove_any', ref='d', input={'path': '/data/old'}), metadata={'unfinished': True}
)


@pytest.mark.parametrize('parts', [[MARKED], [WHOLE, MARKED], [CUT]])
async def test_a_call_that_the_provider_says_is_not_whole_runs_no_tool(ai, model, removed, parts):
    model.responses = [asks(*parts, finish='other').replaced(finish_message='MALFORMED_FUNCTION_CALL')]
    with pytest.raises(GenerationResponseError, match='MALFORMED_FUNCTION_CALL') as raised:
        await ai.generate(prompt='x', tools=['remove', 'remove_any'])
    assert removed == []
    assert raised.value.reason == ErrorReason.ANSWER_CUT_OFF


async def test_an_answer_that_was_blocked_runs_no_tool(ai, model, removed):
    model.responses = [asks(WHOLE, finish='blocked')]
    with pytest.raises(GenerationResponseError) as raised:
        await ai.generate(prompt='x', tools=['remove', 'remove_any'])
    assert removed == []
    assert raised.value.status == 'FAILED_PRECONDITION'
    assert raised.value.response.tool_requests
