# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import Genkit
from genkit.plugin import ToolCallAssembler, ToolInputs, ToolNames, tool_request_part
from genkit.types import ToolDefinition


NODE = {'type': 'object', 'properties': {'next': {'$ref': '#/$defs/Node'}}}


def tool(schema, **metadata):
    return ToolDefinition(name='t', description='', input_schema=schema, metadata=metadata or None)


def wrapped(schema, **more):
    return {'type': 'object', 'properties': {'n': schema}, 'required': ['n'], 'additionalProperties': False, **more}


@pytest.mark.parametrize(
    ('schema', 'sent'),
    [
        (None, {'type': 'object', 'properties': {}}),
        ({}, {'type': 'object', 'properties': {}}),
        ({'type': 'object', 'properties': {'a': {}}}, {'type': 'object', 'properties': {'a': {}}}),
        ({'properties': {'a': {}}}, {'type': 'object', 'properties': {'a': {}}}),
        ({'type': 'integer'}, wrapped({'type': 'integer'})),
        ({'type': ['object', 'null']}, wrapped({'type': ['object', 'null']})),
        ({'description': 'd'}, wrapped({'description': 'd'})),
        ({'anyOf': [{'type': 'object'}, {'type': 'null'}]}, wrapped({'anyOf': [{'type': 'object'}, {'type': 'null'}]})),
        (
            {'type': 'array', 'items': {'$ref': '#/$defs/A'}, '$defs': {'A': {'type': 'string'}}},
            wrapped({'type': 'array', 'items': {'$ref': '#/$defs/A'}}, **{'$defs': {'A': {'type': 'string'}}}),
        ),
        ({'$ref': '#/$defs/Node', '$defs': {'Node': NODE}}, {**NODE, '$defs': {'Node': NODE}}),
        (
            {'$ref': '#/$defs/A', '$defs': {'A': {'enum': ['x']}}},
            wrapped({'$ref': '#/$defs/A'}, **{'$defs': {'A': {'type': 'string', 'enum': ['x']}}}),
        ),
        (
            {'type': 'object', 'properties': {'a': {}}, 'anyOf': [{'required': ['a']}]},
            {'type': 'object', 'properties': {'a': {}}, 'description': '{anyOf: [{"required":["a"]}]}'},
        ),
    ],
)
def test_every_schema_is_that_of_an_object(schema, sent):
    defined = tool(schema, inputName='n')
    assert ToolInputs([defined]).schema(defined) == sent


@pytest.mark.parametrize(
    ('arguments', 'value'),
    [
        ({'n': 8}, 8),
        ({'n': None}, None),
        ({}, None),
        (8, 8),
        ({'m': 8}, {'m': 8}),
        ({'n': 8, 'm': 1}, {'n': 8, 'm': 1}),
    ],
)
def test_arguments_of_the_form_asked_for_are_the_value(arguments, value):
    assert ToolInputs([tool({'type': 'integer'}, inputName='n')]).from_wire('t', arguments) == value


def test_values_become_members_and_objects_stay():
    plain, nullable = ToolInputs([tool({'type': 'string'})]), ToolInputs([tool({'type': ['string', 'null']})])
    assert plain.to_wire('t', 'a') == {'input': 'a'}
    assert plain.to_wire('t', None) is None
    assert nullable.to_wire('t', None) == {'input': None}
    assert plain.to_wire('other', 'a') == 'a'
    assert ToolInputs([tool({'type': 'object'})]).to_wire('t', {'a': 1}) == {'a': 1}
    assert (plain.is_wrapped('t'), plain.is_wrapped('other')) == (True, False)


def test_streamed_and_whole_calls_bring_the_value():
    names = ToolNames([tool({'type': 'integer'}, inputName='n')])
    calls = ToolCallAssembler(names)
    assert calls.add(0, name='t', arguments='{"n":').tool_request.input is None
    assert calls.add(0, arguments=' 8}').tool_request.input == 8
    assert calls.finish()[0].tool_request.input == 8
    assert tool_request_part('t', '{"n": 8}', names=names).tool_request.input == 8


def test_unfinished_arguments_stay_text_and_say_so():
    calls = ToolCallAssembler(ToolNames([tool({'type': 'string'}, inputName='n')]))
    calls.add(0, name='t', arguments='{"n": "del')
    [part] = calls.finish()
    assert (part.tool_request.input, part.metadata) == ('{"n": "del', {'unfinished': True})


def test_a_tool_tells_the_name_of_its_only_parameter():
    ai = Genkit()

    @ai.tool
    def charge(euros: int) -> str:
        return str(euros)

    @ai.tool
    def keyword(*, euros: int) -> str:
        return str(euros)

    @ai.tool
    def both(euros: int, cents: int) -> str:
        return f'{euros}.{cents}'

    @ai.tool('here/there')
    def named(euros: int) -> str:
        return str(euros)

    assert charge.definition().metadata == keyword.definition().metadata == {'inputName': 'euros'}
    assert both.definition().metadata is None
    assert named.definition().metadata == {'originalName': 'here/there', 'inputName': 'euros'}
