# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import itertools
import json
from typing import Annotated, Any

import pytest
from genkit import GenerateResponse, GenerateResponseChunk, Genkit, GenkitError, Message, TextPart
from genkit.plugin import OPENAI_ANSWER_SCHEMAS, Unwrapping, fitted_answers, make_model
from genkit.types import Constrained, ModelInfo, ReasoningPart, Supports
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='a"\\{}[],: \n\u00e9\U0001f600'),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(['value', 'a', '"']), inner, max_size=3)
    ),
)
SPACE = st.text(alphabet=' \n\t', max_size=3)
CUTS = st.lists(st.integers(0, 400), max_size=12)


def unwrapped(text: str, cuts: list[int]) -> tuple[str, bool]:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    texts = Unwrapping('value')
    shown = [texts.add(text[first:last]) for first, last in itertools.pairwise(places)]
    return ''.join([*shown, texts.close()]), texts.is_wrapper


@given(value=JSON, indent=st.sampled_from([None, 2]), spaces=st.tuples(SPACE, SPACE, SPACE, SPACE, SPACE), cuts=CUTS)
def test_the_wrapper_comes_off_wherever_the_text_is_cut(
    value: Any, indent: int | None, spaces: tuple[str, ...], cuts: list[int]
) -> None:
    bare = json.dumps(value, indent=indent, ensure_ascii=False)
    before, after_brace, after_name, before_end, after = spaces
    text = f'{before}{{{after_brace}"value"{after_name}:{after_name}{bare}{before_end}}}{after}'
    assert unwrapped(text, cuts) == (bare, True)


@given(text=st.text(alphabet='{}[]":, valueV\\1\n', max_size=40), cuts=CUTS)
def test_however_a_text_is_cut_the_outcome_is_the_same(text: str, cuts: list[int]) -> None:
    assert unwrapped(text, cuts) == unwrapped(text, [])


@given(value=JSON.filter(lambda value: not isinstance(value, dict) or [*value][:1] != ['value']), cuts=CUTS)
def test_what_has_no_wrapper_passes_as_it_is(value: Any, cuts: list[int]) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert unwrapped(text, cuts) == (text, False)


@pytest.mark.parametrize(
    ('text', 'shown', 'is_wrapper'),
    [
        ('{"value": [1, 2', '[1, 2', True),
        ('{"value": "a', '"a', True),
        ('{"value":', '{"value":', False),
        ('{"val', '{"val', False),
        ('', '', False),
        ('{"value": 1}\nI hope this helps.', '1\nI hope this helps.', True),
        ('{"value": 1}{"value": [2]} ', '1\n[2]', True),
        ('{"value": 1} or { "value" : 2', '1 or \n2', True),
        ('{"value": 1} or {"val', '1 or {"val', True),
        ('{"value": 1} {{"value": 2}}', '1 {\n2}', True),
        ('{"value": 1}{" value": 2}', '1{" value": 2}', True),
        ('{"value": 1}{"value": 2, "a": 3}', '1\n2, "a": 3}', False),
        ('{"values": 1}', '{"values": 1}', False),
        ('Here: {"value": 1}', 'Here: {"value": 1}', False),
    ],
)
def test_unfinished_and_other_texts(text: str, shown: str, is_wrapper: bool) -> None:
    assert unwrapped(text, []) == (shown, is_wrapper)


def application(*texts: str, fails: bool = False, reason: Any = 'stop') -> Genkit:
    async def answer(_: Any, context: Any) -> GenerateResponse[Any]:
        for text in texts:
            context.send_chunk(GenerateResponseChunk(content=[TextPart(text=text)]))
        if fails:
            raise GenkitError('broken', status='UNAVAILABLE')
        content = [ReasoningPart(reasoning='hm'), *(TextPart(text=text) for text in texts)]
        return GenerateResponse(message=Message(role='model', content=content), finish_reason=reason)

    info = ModelInfo(supports=Supports(constrained=Constrained.ALL, output=['json']))
    ai = Genkit()
    ai.registry.register_action(make_model('m', fitted_answers(OPENAI_ANSWER_SCHEMAS, answer), info=info))
    return ai


async def test_a_list_streams_element_by_element_as_from_any_other_model() -> None:
    ai = application('{"val', 'ue": [', '1, 2', ', 3', ']', '}')
    stream = ai.generate_stream(model='m', prompt='?', output_schema=list[int], output_format='array')
    chunks = [chunk async for chunk in stream]
    assert [chunk.text for chunk in chunks] == ['[', '1, 2', ', 3', ']']
    assert [element for chunk in chunks for element in chunk.output] == [1, 2, 3]
    response = await stream.response
    assert (response.text, response.reasoning, response.output) == ('[1, 2, 3]', 'hm', [1, 2, 3])


async def test_an_answer_with_another_member_is_left_as_it_is() -> None:
    ai = application('{"value": 1, ', '"unit": "m"}')
    response = await ai.generate(
        model='m', prompt='?', output_schema={'anyOf': [{'type': 'integer'}, {'type': 'object'}]}
    )
    assert response.output == {'value': 1, 'unit': 'm'}


@pytest.mark.parametrize('reason', ['stop', 'length', 'other'])
@pytest.mark.parametrize(
    ('schema', 'text'),
    [
        (int, '{"value": 12'),
        (Annotated[str, Field(max_length=9)], '{"value": "abc"'),
        (list[int], '{"value": [1, 2]'),
        (list[int], '{"value": [1, 2'),
        (list[int], '{"value": [1, 2]} or rather {"value": [3'),
        (int, '{"value": 1}{"value": 2'),
        (int, '{"value": 1}{"val'),
    ],
)
async def test_a_wrapper_that_is_not_closed_is_no_complete_output(schema: Any, text: str, reason: Any) -> None:
    for output_format in ('json', 'array') if schema == list[int] else ('json',):
        with pytest.raises(GenkitError) as raised:
            _ = (
                await application(text, reason=reason).generate(
                    model='m', prompt='?', output_schema=schema, output_format=output_format
                )
            ).output
        assert raised.value.reason in {'INVALID_OUTPUT', 'ANSWER_CUT_OFF'}


async def test_several_answers_are_chosen_from_as_from_any_other_model() -> None:
    response = await application('{"value": ["a"]}{"value": [2]}').generate(
        model='m', prompt='?', output_schema=list[int]
    )
    assert response.output == [2]
    two = await application('{"value": 1}{"value": 2}').generate(model='m', prompt='?', output_schema=int)
    with pytest.raises(GenkitError, match='Invalid JSON'):
        _ = two.output


async def test_a_stream_that_ends_at_its_beginning_shows_what_there_is() -> None:
    ai = application('{"val')
    stream = ai.generate_stream(model='m', prompt='?', output_schema=list[int])
    assert [chunk.text async for chunk in stream] == ['{"val']
    assert (await stream.response).text == '{"val'


async def test_chunks_go_where_they_went_once_a_call_has_failed() -> None:
    chunks: list[str] = []
    with pytest.raises(GenkitError, match='broken'):
        await application('{"value": 1', fails=True).generate(
            model='m', prompt='?', output_schema=int, on_chunk=lambda chunk: chunks.append(chunk.text)
        )
    assert chunks == ['1']
