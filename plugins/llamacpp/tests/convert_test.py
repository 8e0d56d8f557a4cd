# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import jsonschema
import pytest
from genkit import FinishReason, GenerateRequest, GenkitError, Message, Part, Role, StatusName, TextPart
from genkit.types import (
    GenerationCommonConfig,
    OutputConfig,
    ReasoningPart,
    ToolChoice,
    ToolDefinition,
    ToolRequest,
    ToolResponse,
)
from genkit_llamacpp import convert
from genkit_llamacpp.config import LlamaCppConfig, read_config, to_sampling
from hypothesis import given
from hypothesis import strategies as st


WEATHER = ToolDefinition(
    name='get_weather',
    description='Returns the weather\nof a city.',
    input_schema={'type': 'object', 'properties': {'city': {'type': 'string'}}, 'required': ['city']},
)
CLOCK = ToolDefinition(name='now', description='Returns the time.')


def asks(text):
    return Message(role=Role.USER, content=[TextPart(text=text)])


def calls(name, value):
    return Message(role=Role.MODEL, content=[Part(tool_request=ToolRequest(name=name, input=value))])


def answers(name, output):
    return Message(role=Role.TOOL, content=[Part(tool_response=ToolResponse(name=name, output=output))])


def request(*messages, **members):
    return GenerateRequest(messages=list(messages), **members)


def test_a_system_message_is_always_there():
    assert convert.to_messages([asks('Hello')]) == [
        {'role': 'system', 'content': 'You are a helpful assistant.'},
        {'role': 'user', 'content': 'Hello'},
    ]
    own = Message(role=Role.SYSTEM, content='Be brief.')
    assert convert.to_messages([own, asks('Hello')])[0] == {'role': 'system', 'content': 'Be brief.'}


def test_what_a_tool_answered_belongs_to_the_question():
    told = [asks('Weather?'), calls('get_weather', {}), answers('get_weather', {'sky': 'blue'}), answers('now', 'Noon')]
    assert convert.to_messages(told)[1:] == [
        {
            'role': 'user',
            'content': 'Weather?\n\nInformation from get_weather: {"sky": "blue"}\n\nInformation from now: Noon',
        }
    ]


def test_roles_take_turns_and_reasoning_is_left_out():
    thought = Message(role=Role.MODEL, content=[ReasoningPart(reasoning='hm'), TextPart(text='a'), TextPart(text='b')])
    converted = convert.to_messages([asks('1'), asks('2'), thought, asks('3')])
    assert [(message['role'], message['content']) for message in converted[1:]] == [
        ('user', '1\n\n2'),
        ('assistant', 'ab'),
        ('user', '3'),
    ]


def test_structured_data_is_text_and_anything_else_refused():
    message = Message(role=Role.USER, content=[TextPart(text='Sum up:'), Part(data={'x': [1]})])
    assert convert.to_messages([message])[1]['content'] == 'Sum up:\n\n{"x": [1]}'
    with pytest.raises(GenkitError, match='CustomPart') as failed:
        convert.to_messages([Message(role=Role.USER, content=[Part(custom={'x': 1})])])
    assert failed.value.status == StatusName.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ('output', 'expected'),
    [
        (None, None),
        (OutputConfig(schema={'type': 'null'}), None),
        (OutputConfig(constrained=True, format='text'), None),
        (OutputConfig(constrained=True, format='json'), {'type': 'json_object'}),
        (
            OutputConfig(constrained=True, schema={'type': 'null'}),
            {'type': 'json_schema', 'json_schema': {'schema': {'type': 'null'}}},
        ),
    ],
)
def test_the_answer_is_held_to_a_schema_only_when_asked(output, expected):
    assert convert.to_response_format(output).get('response_format') == expected


def test_every_string_and_array_ends():
    schema = {
        'type': 'object',
        'properties': {
            'enum': {'type': 'string', 'enum': ['a']},
            'type': {'type': 'array', 'items': {'type': 'string'}, 'default': {'type': 'string'}},
            'short': {'anyOf': [{'type': 'string', 'maxLength': 3}, {'$ref': '#/$defs/Long'}]},
        },
        '$defs': {'Long': {'type': 'string', 'minLength': 300}},
    }
    assert convert.bounded(schema) == {
        'type': 'object',
        'additionalProperties': False,
        'properties': {
            'enum': {'type': 'string', 'enum': ['a']},
            'type': {
                'type': 'array',
                'maxItems': 16,
                'items': {'type': 'string', 'maxLength': 256},
                'default': {'type': 'string'},
            },
            'short': {'anyOf': [{'type': 'string', 'maxLength': 3}, {'$ref': '#/$defs/Long'}]},
        },
        '$defs': {'Long': {'type': 'string', 'minLength': 300, 'maxLength': 300}},
    }


@given(st.recursive(st.text(max_size=300) | st.integers(), lambda inner: st.lists(inner, max_size=20)))
def test_what_a_bounded_schema_admits_the_schema_admits(value):
    schema = {
        '$defs': {'Tree': {'anyOf': [{'type': 'string'}, {'type': 'integer'}, {'$ref': '#/$defs/Trees'}]},
                  'Trees': {'type': 'array', 'items': {'$ref': '#/$defs/Tree'}}},
        '$ref': '#/$defs/Tree',
    }  # fmt: skip
    if jsonschema.Draft202012Validator(convert.bounded(schema)).is_valid(value):
        assert jsonschema.Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    ('choice', 'once', 'called', 'offered'),
    [
        (None, False, [], ['get_weather', 'now']),
        (ToolChoice.AUTO, True, ['now'], ['get_weather']),
        (ToolChoice.AUTO, False, ['now'], ['get_weather', 'now']),
        (ToolChoice.REQUIRED, False, [], ['get_weather', 'now']),
        (ToolChoice.REQUIRED, False, ['now'], []),
        (ToolChoice.NONE, False, [], []),
    ],
)
def test_which_tools_are_offered(choice, once, called, offered):
    earlier = [asks('Before'), calls('get_weather', {}), answers('get_weather', 1), asks('Now')]
    since = [message for name in called for message in (calls(name, {}), answers(name, 1))]
    asked = request(*earlier, *since, tools=[WEATHER, CLOCK], tool_choice=choice)
    assert [tool.name for tool in convert.offered_tools(asked, once=once)] == offered


def test_no_tools_are_no_question():
    assert convert.offered_tools(request(asks('Hello')), once=False) == []


def test_the_question_for_a_tool_describes_each_and_admits_calls_alone():
    messages, schema = convert.to_tool_question(request(asks('Rain?')), [WEATHER, CLOCK])
    assert messages[-1]['content'] == (
        'Tools:\n- get_weather(city): Returns the weather of a city.\n- now(): Returns the time.\n'
        '- none: No tool is needed.\n\nRequest: Rain?\n\nWhich tool does the request need? Reply with JSON.'
    )
    admits = jsonschema.Draft202012Validator(convert.bounded(schema)).is_valid
    assert admits({'tool': 'get_weather', 'arguments': {'city': 'Paris'}})
    assert admits({'tool': 'now', 'arguments': {}})
    assert admits({'tool': 'none'})
    assert not admits({'tool': 'get_weather', 'arguments': {}})
    assert not admits({'tool': 'now', 'arguments': {'city': 'Paris'}})
    assert not admits({'tool': 'get_time', 'arguments': {}})
    assert not admits({'answer': 'Yes.'})


def test_a_required_tool_cannot_be_declined():
    messages, schema = convert.to_tool_question(request(asks('Rain?'), tool_choice=ToolChoice.REQUIRED), [CLOCK])
    assert 'none' not in messages[-1]['content']
    assert not jsonschema.Draft202012Validator(schema).is_valid({'tool': 'none'})


def test_a_question_for_a_tool_may_follow_the_model_itself():
    said = Message(role=Role.MODEL, content='Let me see.')
    messages, _ = convert.to_tool_question(request(asks('Rain?'), said), [CLOCK])
    assert [message['role'] for message in messages] == ['system', 'user', 'assistant', 'user']


def test_definitions_of_several_tools_lie_side_by_side():
    def tool(name, kind):
        schema = {'$ref': '#/$defs/Value', '$defs': {'Value': {'type': 'array', 'items': {'$ref': '#/$defs/Item'}},
                                                     'Item': {'type': kind}}}  # fmt: skip
        return ToolDefinition(name=name, description=name, input_schema=schema)

    _, schema = convert.to_tool_question(request(asks('x')), [tool('a', 'integer'), tool('b', 'boolean')])
    admits = jsonschema.Draft202012Validator(schema).is_valid
    assert admits({'tool': 'a', 'arguments': [1]})
    assert admits({'tool': 'b', 'arguments': [True]})
    assert not admits({'tool': 'a', 'arguments': ['x']})
    assert not admits({'tool': 'b', 'arguments': [1]})


def test_a_written_call_becomes_a_request():
    told = [asks('Rain?'), calls('get_weather', {'city': 'Rome'}), answers('get_weather', 'no')]
    part = convert.to_tool_request('{"tool": "get_weather", "arguments": {"city": "Paris"}}', request(*told))
    assert part is not None
    assert part.tool_request == ToolRequest(name='get_weather', ref='call-1', input={'city': 'Paris'})


@pytest.mark.parametrize('text', ['{"tool": "none"}', '{"tool": "get_weather", "arguments": {"city": "Rome"}}'])
def test_no_call_or_a_repeated_one_leads_to_the_answer(text):
    told = [asks('Rain?'), calls('get_weather', {'city': 'Rome'}), answers('get_weather', 'no')]
    assert convert.to_tool_request(text, request(*told)) is None


@pytest.mark.parametrize('choice', [ToolChoice.REQUIRED, ToolChoice.AUTO, None])
@pytest.mark.parametrize('text', ['{"tool": "get_wea', '{"tool": "get_weather", "arguments": {"city": "Os', ''])
def test_half_a_call_is_an_error_and_neither_a_call_nor_none(choice, text):
    with pytest.raises(GenkitError, match=r'cut off.*max_output_tokens') as failed:
        convert.to_tool_request(text, request(asks('Rain?'), tool_choice=choice))
    assert failed.value.status == StatusName.OUT_OF_RANGE
    assert failed.value.details['reason'] == 'ANSWER_CUT_OFF'


def test_usage_and_finish_reasons():
    usage = convert.to_usage(
        {'prompt_tokens': 5, 'completion_tokens': 2, 'total_tokens': 7, 'prompt_tokens_details': {'cached_tokens': 4}}
    )
    both = usage + usage
    assert (both.input_tokens, both.output_tokens, both.total_tokens, both.cached_content_tokens) == (10, 4, 14, 8)
    assert convert.to_finish_reason('stop') == FinishReason.STOP
    assert convert.to_finish_reason('length') == FinishReason.LENGTH
    assert convert.to_finish_reason(None) == FinishReason.UNKNOWN


def test_a_config_lies_over_the_defaults():
    defaults = LlamaCppConfig(temperature=0.2, top_p=0.9)
    read = read_config({'topP': 0.5, 'seed': 1, 'api_key': 'x'}, defaults)
    assert to_sampling(read) == {'temperature': 0.2, 'top_p': 0.5, 'seed': 1, 'cache_prompt': False, 'max_tokens': 1024}
    assert to_sampling(read_config(LlamaCppConfig(temperature=0, stop_sequences=['.']), defaults)) == {
        'temperature': 0,
        'top_p': 0.9,
        'cache_prompt': False,
        'stop': ['.'],
        'max_tokens': 1024,
    }
    assert read_config(None, defaults) == defaults
    with pytest.raises(GenkitError, match='temperature') as failed:
        read_config({'temperature': -1}, defaults)
    assert failed.value.status == StatusName.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ('config', 'sent'),
    [
        ({}, None),
        ({'temperature': 0.5}, None),
        ({'temperature': 0}, False),
        ({'seed': 0}, False),
        ({'temperature': 0, 'cachePrompt': True}, True),
        ({'cache_prompt': False}, False),
    ],
)
def test_what_asks_for_the_same_answer_takes_nothing_from_an_earlier_request(config, sent):
    assert to_sampling(read_config(config, LlamaCppConfig())).get('cache_prompt') is sent


@pytest.mark.parametrize(
    ('name', 'way_out'),
    [('temprature', "Did you mean 'temperature'"), ('grammar_file', 'It has'), ('maxTokens', 'It has|Did')],
)
def test_an_unknown_option_is_refused_with_the_right_one(name, way_out):
    for config in ({name: 1}, GenerationCommonConfig.model_validate({name: 1})):
        with pytest.raises(GenkitError, match=f"has no option '{name}'.*{way_out}") as failed:
            read_config(config, LlamaCppConfig())
        assert failed.value.status == StatusName.INVALID_ARGUMENT
