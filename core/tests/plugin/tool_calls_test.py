# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json
from typing import Any

import pytest
from genkit.plugin import ToolCallAssembler, ToolNames, parse_arguments
from genkit.types import ToolDefinition
from hypothesis import given
from hypothesis import strategies as st


def _tool(name: str) -> ToolDefinition:
    return ToolDefinition(name=name, description='')


def test_names_that_a_provider_refuses_get_others_and_come_back() -> None:
    names = ToolNames([_tool('mcp/read file'), _tool('mcp_read_file'), _tool('plain'), _tool('é' * 80)])
    wire = [names.to_wire(name) for name in ('mcp/read file', 'mcp_read_file', 'plain', 'é' * 80)]
    assert wire[0] == 'mcp_read_file'
    assert wire[1] == 'mcp_read_file_2'
    assert wire[2] == 'plain'
    assert len(wire[3]) == 64
    assert [names.from_wire(name) for name in wire] == ['mcp/read file', 'mcp_read_file', 'plain', 'é' * 80]
    assert names.from_wire('never-heard-of') == 'never-heard-of'
    assert names.to_wire('an/earlier/tool') == 'an_earlier_tool'


@given(st.lists(st.text(min_size=1, max_size=90), unique=True, max_size=20))
def test_every_set_of_names_can_be_told_apart_and_turned_back(given_names: list[str]) -> None:
    names = ToolNames([_tool(name) for name in given_names], limit=16)
    wire = [names.to_wire(name) for name in given_names]
    assert len(set(wire)) == len(given_names)
    assert all(0 < len(name) <= 16 and name.isascii() for name in wire)
    assert [names.from_wire(name) for name in wire] == given_names


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9)), st.data())
def test_arguments_in_any_pieces_become_one_call(arguments: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps(arguments)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assembler = ToolCallAssembler(ToolNames([_tool('a/b')]))
    first = assembler.add(0, name='a_b', ref='r1')
    assert (first.tool_request.name, first.tool_request.partial) == ('a/b', True)
    for piece in pieces:
        assembler.add(0, arguments=piece)
    (whole,) = assembler.finish()
    assert (whole.tool_request.input, whole.tool_request.ref, whole.tool_request.partial) == (arguments, 'r1', None)


def test_calls_side_by_side_are_kept_apart_and_in_order() -> None:
    assembler = ToolCallAssembler(ToolNames(None))
    assembler.add(1, name='second', ref='b', arguments='{"n":')
    assembler.add(0, name='first', ref='a', arguments='{"n":1')
    assembler.add(1, arguments='2}')
    assembler.add(0, arguments='}', metadata={'signature': 's'})
    calls = assembler.finish()
    assert [(call.tool_request.name, call.tool_request.input) for call in calls] == [
        ('second', {'n': 2}),
        ('first', {'n': 1}),
    ]
    assert calls[1].metadata == {'signature': 's'}


@pytest.mark.parametrize(
    ('text', 'arguments'),
    [('', {}), ('  ', {}), ('{"a":1}', {'a': 1}), ('[1]', [1]), ('{"a":1', {'a': 1}), ('nonsense', 'nonsense')],
)
def test_arguments_that_are_no_json_are_repaired_or_kept_as_text(text: str, arguments: Any) -> None:
    assert parse_arguments(text) == arguments
