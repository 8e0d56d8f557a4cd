# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import enum

import pytest
from genkit import FormatDef, Formatter, FormatterConfig, GenkitError, Message, ModelInfo, Output, StatusName, TextPart
from genkit.testing import define_programmable_model
from genkit.types import Constrained, OutputConfig, Supports
from pydantic import BaseModel


class Recipe(BaseModel):
    title: str
    steps: list[str] = []


class Colour(enum.StrEnum):
    RED = 'red'
    BLUE = 'blue'


@pytest.fixture
def able(ai):
    """A model that can be held to a schema."""
    return define_programmable_model(ai, 'able', ModelInfo(supports=Supports(constrained=Constrained.ALL, tools=True)))[
        0
    ]


@pytest.mark.parametrize(
    'text',
    [
        '{"title": "Soup"}',
        '```json\n{"title": "Soup"}\n```',
        'Here you are: {"title": "Soup",} Enjoy!',
        "{title: 'Soup'}",
    ],
)
async def test_the_answer_is_read_tolerantly_into_the_class(ai, able, says, text):
    able.responses = [says(text)]
    response = await ai.generate(model='able', prompt='x', output_schema=Recipe)
    assert isinstance(response.output, Recipe)
    assert response.output.title == 'Soup'
    assert response.output is response.output


async def test_a_model_that_can_is_held_to_the_schema(ai, able, says):
    able.responses = [says('{"title": "Soup"}')]
    await ai.generate(model='able', prompt='x', output=Output(schema=Recipe))
    output = able.requests[0].output
    assert (output.format, output.content_type, output.constrained) == ('json', 'application/json', True)
    assert output.schema_ == Recipe.model_json_schema()
    assert [part.text for part in able.requests[0].messages[0].content] == ['x']


async def test_a_model_that_cannot_is_told_the_schema(ai, model, says):
    model.responses = [says('{"title": "Soup"}')]
    response = await ai.generate(prompt='x', output_schema=Recipe)
    sent = model.requests[0]
    part = sent.messages[0].content[1]
    assert part.text.startswith('Output should be in JSON format and conform to the following schema:\n\n```\n{')
    assert part.text.endswith('}\n```\n')
    assert part.metadata == {'purpose': 'output'}
    assert sent.output == OutputConfig(constrained=False)
    assert response.to_wire()['request']['output']['constrained'] is True


async def test_no_tools_models_are_told_the_schema_only_beside_tools(ai, says):
    script, _ = define_programmable_model(ai, 'm', ModelInfo(supports=Supports(constrained=Constrained.NO_TOOLS)))
    script.responses = [says('{"title": "x"}')]
    ai.tool('t')(lambda: 1)
    await ai.generate(model='m', prompt='x', output_schema=Recipe)
    await ai.generate(model='m', prompt='x', output_schema=Recipe, tools=['t'])
    assert [request.to_wire()['output']['constrained'] for request in script.requests] == [True, False]


@pytest.mark.parametrize(
    ('instructions', 'expected'), [(True, True), ('Be terse.', True), (False, False), (None, False)]
)
async def test_instructions_are_given_when_asked_for(ai, able, says, instructions, expected):
    able.responses = [says('{"title": "x"}')]
    await ai.generate(model='able', prompt='x', output_schema=Recipe, output_instructions=instructions)
    content = able.requests[0].messages[0].content
    assert (len(content) == 2) is expected
    if isinstance(instructions, str):
        assert content[1].text == instructions


async def test_instructions_go_into_the_system_message_or_the_pending_part(ai, able, says):
    able.responses = [says('[]')]
    schema = {'type': 'array', 'items': {'type': 'object'}}
    await ai.generate(model='able', system='S', prompt='x', output_format='array', output_schema=schema)
    assert len(able.requests[0].messages[0].content) == 2
    pending = TextPart(text='', metadata={'purpose': 'output', 'pending': True})
    history = [Message(role='user', content=[pending, TextPart(text='after')])]
    await ai.generate(model='able', system='S', messages=history, output_format='array', output_schema=schema)
    assert able.requests[1].messages[1].content[0].text.startswith('Output should be a JSON array')
    done = [Message(role='user', content=[TextPart(text='mine', metadata={'purpose': 'output'})])]
    await ai.generate(model='able', system='S', messages=done, output_format='array', output_schema=schema)
    assert [len(message.content) for message in able.requests[2].messages] == [1, 1]


@pytest.mark.parametrize(
    ('name', 'schema', 'text', 'expected'),
    [
        ('text', None, 'as it is', 'as it is'),
        ('json', None, '[1, 2]', [1, 2]),
        ('array', list[str], 'Sure: ["a", "b"]', ['a', 'b']),
        ('array', list[Recipe], '[{"title": "a"}]', [Recipe(title='a')]),
        ('jsonl', list[Recipe], '{"title": "a"}\nnot this\n{"title": "b"}', [Recipe(title='a'), Recipe(title='b')]),
        ('enum', Colour, ' "red"\n', Colour.RED),
        ('enum', {'type': 'string', 'enum': ['red']}, "'red'", 'red'),
    ],
)
async def test_each_format_reads_its_answer(ai, able, says, name, schema, text, expected):
    able.responses = [says(text)]
    response = await ai.generate(model='able', prompt='x', output_format=name, output_schema=schema)
    assert response.output == expected


@pytest.mark.parametrize(
    ('name', 'schema'),
    [('array', {'type': 'object'}), ('jsonl', {'type': 'array', 'items': {'type': 'string'}}), ('enum', Recipe)],
)
async def test_a_schema_that_does_not_suit_the_format_is_refused(ai, able, name, schema):
    with pytest.raises(GenkitError, match=f"The '{name}' format needs a schema") as caught:
        await ai.generate(model='able', prompt='x', output_format=name, output_schema=schema)
    assert caught.value.status == StatusName.INVALID_ARGUMENT


@pytest.mark.parametrize('text', ['I cannot do that.', '{"steps": []}'])
async def test_an_answer_that_does_not_fit_keeps_its_text(ai, able, says, text):
    able.responses = [says(text)]
    response = await ai.generate(model='able', prompt='x', output_schema=Recipe)
    with pytest.raises(GenkitError) as caught:
        _ = response.output
    assert caught.value.reason == 'INVALID_OUTPUT'
    assert response.text == text


@pytest.mark.parametrize(
    ('name', 'schema', 'text'),
    [
        ('json', {'type': 'object', 'properties': {'n': {'type': 'integer'}}, 'required': ['n']}, '{"n": "many"}'),
        ('json', {'type': 'object', 'properties': {'n': {'type': 'integer'}}, 'required': ['n']}, '{}'),
        ('json', {'type': 'integer'}, '"twelve"'),
        ('array', {'type': 'array', 'items': {'type': 'integer'}}, '[1, "two"]'),
        ('jsonl', {'type': 'array', 'items': {'type': 'object', 'required': ['n']}}, '{"n": 1}\n{"m": 2}'),
        ('enum', {'type': 'string', 'enum': ['yes', 'no']}, 'perhaps'),
    ],
)
async def test_an_answer_that_does_not_fit_a_json_schema_is_an_error(ai, able, says, name, schema, text):
    able.responses = [says(text)]
    response = await ai.generate(model='able', prompt='x', output_schema=schema, output_format=name)
    with pytest.raises(GenkitError, match='does not fit the schema asked for') as caught:
        response.assert_valid_schema()
    assert (caught.value.status, caught.value.reason) == ('INTERNAL', 'INVALID_OUTPUT')
    assert response.text == text


async def test_a_format_of_ones_own_returns_what_it_likes_whatever_the_schema(ai, able, says):
    ai.define_format(FormatDef('shout', handle=lambda _: Formatter(lambda message: {message.text.upper()})))
    able.responses = [says('soup')]
    response = await ai.generate(
        model='able', prompt='x', output_format='shout', output_schema={'type': 'array', 'items': {'type': 'string'}}
    )
    assert response.output == {'SOUP'}


async def test_without_a_format_json_is_still_found(ai, model, says):
    model.responses = [says('so: {"a": 1}')]
    assert (await ai.generate(prompt='x')).output == {'a': 1}


async def test_a_named_schema_and_a_format_of_ones_own(ai, able, says):
    ai.define_schema('Recipe', Recipe)
    able.responses = [says('{"title": "x"}'), says('a,b')]
    assert (await ai.generate(model='able', prompt='x', output_schema='Recipe')).output == Recipe(title='x')
    ai.define_format(
        FormatDef(
            'csv',
            FormatterConfig(content_type='text/csv'),
            lambda _: Formatter(lambda message: message.text.split(','), instructions='Write CSV.'),
        )
    )
    response = await ai.generate(model='able', prompt='x', output_format='csv')
    assert response.output == ['a', 'b']
    assert able.requests[1].messages[0].content[1].text == 'Write CSV.'


@pytest.mark.parametrize(
    ('asked', 'noted'),
    [
        ({'output_schema': Recipe}, {'contentType': 'application/json', 'format': 'json'}),
        ({'output_format': 'text'}, {'contentType': 'text/plain', 'format': 'text'}),
        ({'output_format': 'json', 'output_content_type': 'x/y'}, {'contentType': 'x/y', 'format': 'json'}),
        ({'output_content_type': 'text/csv'}, {'contentType': 'text/csv'}),
    ],
)
async def test_every_answer_notes_the_format_that_was_asked_for(ai, model, says, calls, asked, noted):
    ai.tool('look')(lambda: 'seen')
    first, last = says(calls('look')), says('{"title": "a"}')
    last.message.metadata = {'kept': 1}
    model.responses = [first, last]
    response = await ai.generate(prompt='x', tools=['look'], **asked)
    metadata = [message.metadata for message in response.messages]
    assert metadata == [None, {'generate': {'output': noted}}, None, {'kept': 1, 'generate': {'output': noted}}]
    assert (first.message.metadata, last.message.metadata) == (None, {'kept': 1})
    assert response.request.output.format == noted.get('format')


@pytest.mark.parametrize('asked', [{}, {'output_constrained': True}])
async def test_an_answer_of_no_format_notes_nothing(ai, model, says, asked):
    model.responses = [says('x')]
    assert (await ai.generate(prompt='x', **asked)).message.metadata is None


@pytest.mark.parametrize(('output', 'asked_for'), [(['text', 'json'], 'json'), (['text'], None), (None, None)])
async def test_a_model_that_writes_json_without_a_schema_is_told_that_json_is_wanted(ai, says, output, asked_for):
    supports = Supports(constrained=Constrained.NONE, output=output)
    writer = define_programmable_model(ai, 'writer', ModelInfo(supports=supports))[0]
    writer.responses = [says('{"title": "Soup"}')]
    response = await ai.generate(model='writer', prompt='x', output_schema=Recipe)
    sent = writer.requests[0].output
    assert sent is not None
    assert (sent.format, sent.schema_, sent.constrained) == (asked_for, None, False)
    assert 'title' in writer.requests[0].messages[0].text
    assert response.output == Recipe(title='Soup')


A, B = Recipe(title='a'), Recipe(title='b')
MANY = {'output_schema': list[Recipe]}
LINES = {'output_format': 'jsonl', **MANY}
ARRAY = {'output_format': 'array', **MANY}


@pytest.mark.parametrize(
    ('asked', 'text', 'expected'),
    [
        (LINES, '{"title":"a"}{"title":"b"}', [A, B]),
        (LINES, "{'title':'a'}, {'title':'b'},", [A, B]),
        (LINES, '[{"title":"a"},{"title":"b"}]', [A, B]),
        (LINES, '[\n{"title":"a"},\n{"title":"b"}\n]', [A, B]),
        (LINES, '[]', []),
        (LINES, '[1] is my source:\n```jsonl\n{"title":"a"}\n```', [A]),
        (ARRAY, '[]', []),
        (ARRAY, '{"items": [{"title":"a"}]}', [A]),
        (ARRAY, '[1] says: [{"title":"a"}]', [A]),
        ({'output_schema': Recipe}, '<think>{"title":"b"}</think>{"title":"a"}', A),
        ({'output_schema': Recipe}, '{"steps":[]} is wrong, so {"title":"a"}', A),
        ({'output_schema': Recipe}, '<think>{"title":"a"}</think>', A),
        ({'output_schema': Recipe}, '{"title":"a"} (see [the book', A),
    ],
)
async def test_the_whole_answer_is_read(ai, able, says, asked, text, expected):
    able.responses = [says(text)]
    assert (await ai.generate(model='able', prompt='x', **asked)).output == expected


@pytest.mark.parametrize(
    ('asked', 'text', 'message'),
    [
        (LINES, '{"title":"a"}\n\n{bad}\n{"title":"b"}', "Line 3 .*'{bad}'"),
        (LINES, '[{"title":"a"}, 2]', 'Line 1 '),
        (LINES, '[1, 2]', 'Line 1 '),
        (LINES, '{"title":"a"} {"title":"b"', 'is not closed'),
        (LINES, 'There is none.', 'Invalid JSON'),
        (ARRAY, 'There is none.', 'Invalid JSON'),
        (LINES, ' ', 'The answer is empty'),
        (ARRAY, '', 'The answer is empty'),
        ({'output_schema': {'type': 'object'}}, '', 'The answer is empty'),
        (ARRAY, '{"items": [{"title":"a"}], "more": "cut', 'is not closed'),
        (ARRAY, '[] then [{"title":"a"}', 'is not closed'),
        ({'output_schema': {'type': 'object'}}, 'Example: {} Answer: {"title":"a"', 'is not closed'),
    ],
)
async def test_an_answer_of_which_something_would_be_lost_is_an_error(ai, able, says, asked, text, message):
    able.responses = [says(text)]
    response = await ai.generate(model='able', prompt='x', **asked)
    with pytest.raises(GenkitError, match=message) as caught:
        _ = response.output
    assert (caught.value.status, caught.value.reason) == ('INTERNAL', 'INVALID_OUTPUT')


@pytest.mark.parametrize('name', ['json', 'array', 'jsonl'])
async def test_without_a_schema_an_empty_answer_is_none(ai, able, says, name):
    able.responses = [says('')]
    assert not (await ai.generate(model='able', prompt='x', output_format=name)).output


@pytest.mark.parametrize('asked', [{'output_schema': str}, {'output': str}, {'output': Output(str)}])
async def test_a_text_is_the_answer_as_it_is_and_no_json_is_asked_for(ai, model, says, asked):
    model.responses = [says('Soup of "the" day'), says('7')]
    response = await ai.generate(prompt='x', **asked)
    assert response.output == response.text == 'Soup of "the" day'
    assert [part.text for part in model.requests[0].messages[0].content] == ['x']
    assert (await ai.define_prompt(prompt='x', **asked)()).output == '7'


async def test_a_text_is_streamed_and_returned_alone(ai, model, says):
    model.responses = [says('one')] * 2
    stream = ai.generate_stream(prompt='x', output_schema=str)
    assert [chunk.output async for chunk in stream] in ([], ['one'])
    assert (await stream.response).output == 'one'
    assert await ai.generate_data(str, 'x') == 'one'


@pytest.mark.parametrize(
    ('given', 'text', 'output'),
    [
        (dict, '{"a": 1}', {'a': 1}),
        (list, '[1]', [1]),
        (int, '7', 7),
        (bool, 'true', True),
        (Recipe | None, 'null', None),
    ],
)
async def test_built_in_types_and_optional_ones_are_outputs(ai, model, says, given, text, output):
    model.responses = [says(text)]
    assert (await ai.generate(prompt='x', output_schema=given)).output == output


@pytest.mark.parametrize(
    ('given', 'way_out'),
    [
        (Recipe(title='x'), r"Recipe\(title='x', steps=\[\]\) is no type: write the class, Recipe\."),
        ([Recipe], r'is no type: write list\[Recipe\]\.'),
        ((Recipe, int), r'is no type: write tuple\[Recipe, int\]\.'),
        (5, r'5 is no type: write int\.'),
    ],
)
async def test_a_value_in_place_of_a_type_names_the_type(ai, given, way_out):
    with pytest.raises(GenkitError, match=way_out) as raised:
        await ai.generate(prompt='x', output_schema=given)
    assert raised.value.status == 'INVALID_ARGUMENT'
    with pytest.raises(GenkitError, match=way_out):
        await ai.define_prompt(prompt='x', output_schema=given)()
