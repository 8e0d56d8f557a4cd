# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json
from typing import Any

import pytest
from genkit.plugin import ToolCallAssembler, ToolNames, parse_arguments, tool_request_part
from genkit.types import ToolDefinition
from hypothesis import given, settings
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
    ('given', 'arguments'),
    [
        (None, {}),
        ('', {}),
        ('  ', {}),
        ('{"a":1}', {'a': 1}),
        ('[1]', [1]),
        ('"word"', 'word'),
        ({'a': 1}, {'a': 1}),
        ([], []),
        (0, 0),
    ],
)
def test_arguments_come_as_text_or_as_the_value_itself(given: Any, arguments: Any) -> None:
    assert parse_arguments(given) == arguments
    assert tool_request_part('t', given).metadata is None


@pytest.mark.parametrize(
    'text',
    [
        '{"a":1,}',
        "{'a':1}",
        '```json\n{"a":1}\n```',
        'Here they are: {"a":1}',
        '{a:1}',
        '{"a":1 /* one */}',
        '\ufeff{"a":1}',
    ],
)
def test_arguments_that_are_malformed_and_complete_are_repaired_and_marked(text: str) -> None:
    assert parse_arguments(text) == {'a': 1}
    assert tool_request_part('t', text, metadata={'signature': 's'}).metadata == {'signature': 's', 'repaired': True}


@pytest.mark.parametrize(
    'text',
    [
        '{"path":"/data/old',
        '{"path":"/data/old"',
        '{"paths":["/a","/b"',
        '{',
        '[1, 2',
        '"/data/old',
        '"/data/old\\',
        '```json\n{"path":"/data/old',
        'Here: {"a": 1, "b": {"c": 2}',
    ],
)
def test_unfinished_arguments_are_never_completed(text: str) -> None:
    assert parse_arguments(text) == text
    assert tool_request_part('t', text).metadata == {'unfinished': True}


@pytest.mark.parametrize(
    'text',
    [
        'nonsense',
        '{"path":"/a"}{"path":"/b"}',
        '{"path":"/a"} {"path":"/b',
        '{"a" 1, "b": {"path": "/inside"}}',
        '{"a": 1, "b" {"path": "/inside"}}',
        '{"a": {"path": "/inside"} "b": 1}',
        '[see] {"path": "/a"}',
        '[' * 100_000 + ']' * 100_000,
    ],
)
def test_arguments_that_can_mean_more_than_one_thing_stay_text(text: str) -> None:
    assert parse_arguments(text) == text
    assert tool_request_part('t', text).metadata is None


_JSON = st.dictionaries(
    st.text(max_size=5),
    st.recursive(st.integers() | st.text(max_size=9) | st.booleans(), lambda inner: st.lists(inner, max_size=3)),
    min_size=1,
)


@settings(deadline=None)
@given(_JSON, st.data())
def test_no_beginning_of_arguments_is_taken_for_arguments(arguments: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps(arguments, ensure_ascii=data.draw(st.booleans()))
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    assert parse_arguments(cut) == cut


@st.composite
def _call_lists(draw: st.DrawFn) -> list[tuple[str, str | None, str]]:
    """Calls of known tools, with ids or without."""
    names = draw(st.lists(st.sampled_from(['get', 'get_weather', 'close']), min_size=1, max_size=4))
    with_ids = draw(st.booleans())
    calls: list[tuple[str, str | None, str]] = []
    for number, name in enumerate(names):
        calls.append((name, f'id{number}' if with_ids else None, json.dumps(draw(_JSON))))
    return calls


@settings(deadline=None)
@given(_call_lists(), st.data())
def test_calls_at_one_position_are_told_apart_by_id_and_by_name(
    calls: list[tuple[str, str | None, str]], data: st.DataObject
) -> None:
    assembler = ToolCallAssembler(ToolNames([_tool('get'), _tool('get_weather'), _tool('close')]))
    repeats = data.draw(st.booleans())  # some servers say id and name with each piece
    for name, ref, text in calls:
        cut = data.draw(st.integers(0, len(text)))
        assembler.add(0, name=name, ref=ref, arguments=text[:cut])
        again = {'name': name, 'ref': ref} if repeats and (ref or 0 < cut < len(text)) else {}
        assembler.add(0, arguments=text[cut:], **again)
    whole = [(call.tool_request.name, call.tool_request.ref, call.tool_request.input) for call in assembler.finish()]
    assert whole == [(name, ref, json.loads(text)) for name, ref, text in calls]


@settings(deadline=None)
@given(_call_lists(), st.randoms(use_true_random=False))
def test_pieces_of_several_calls_may_come_in_any_order_if_they_carry_ids(
    calls: list[tuple[str, str | None, str]], chance: Any
) -> None:
    named = [(name, f'r{number}', text) for number, (name, _, text) in enumerate(calls)]
    assembler = ToolCallAssembler(ToolNames(None))
    for name, ref, _ in named:
        assembler.add(0, name=name, ref=ref)
    pieces = [(ref, list(text)) for _, ref, text in named]
    while any(rest for _, rest in pieces):
        ref, rest = chance.choice([piece for piece in pieces if piece[1]])
        assembler.add(0, ref=ref, arguments=rest.pop(0))
    assert [call.tool_request.input for call in assembler.finish()] == [json.loads(text) for _, _, text in named]


def test_a_name_in_pieces_is_joined_before_the_arguments() -> None:
    assembler = ToolCallAssembler(ToolNames([_tool('get_weather')]))
    assembler.add(0, name='get_', ref='a')
    assembler.add(0, name='weather', ref='a')
    assembler.add(0, arguments='{}')
    assert [call.tool_request.name for call in assembler.finish()] == ['get_weather']


def test_calls_without_arguments_and_ids_are_told_apart_by_names_that_are_known() -> None:
    assembler = ToolCallAssembler(ToolNames([_tool('open'), _tool('close')]))
    assembler.add(0, name='open')
    assembler.add(0, name='close')
    assert [call.tool_request.name for call in assembler.finish()] == ['open', 'close']


def test_an_id_that_comes_late_belongs_to_the_call_that_has_begun() -> None:
    assembler = ToolCallAssembler(ToolNames(None))
    assembler.add(0, name='open')
    assembler.add(0, ref='a', arguments='{}')
    assert [(call.tool_request.name, call.tool_request.ref) for call in assembler.finish()] == [('open', 'a')]


@pytest.mark.parametrize(('distinct', 'refs'), [(False, ['a', 'a', 'a']), (True, ['a', 'a_2', 'a_3'])])
def test_calls_with_one_id_get_ids_of_their_own_where_the_wire_allows(distinct: bool, refs: list[str]) -> None:
    assembler = ToolCallAssembler(ToolNames(None), distinct_refs=distinct)
    partial = [assembler.add(n, name='f', ref='a', arguments=f'{{"n":{n}}}') for n in range(3)]
    whole = assembler.finish()
    assert [call.tool_request.input for call in whole] == [{'n': 0}, {'n': 1}, {'n': 2}]
    assert [call.tool_request.ref for call in whole] == [call.tool_request.ref for call in partial] == refs


def test_an_id_that_is_used_again_with_another_name_is_that_of_a_second_call() -> None:
    assembler = ToolCallAssembler(ToolNames(None))
    assembler.add(0, name='f', ref='a', arguments='{}')
    assembler.add(0, name='g', ref='a', arguments='{}')
    assert [call.tool_request.name for call in assembler.finish()] == ['f', 'g']


def test_arguments_as_a_value_are_taken_in_a_stream_too() -> None:
    assembler = ToolCallAssembler(ToolNames(None))
    assembler.add(0, name='f', arguments={'n': 1})
    assert assembler.finish()[0].tool_request.input == {'n': 1}


def test_an_event_that_comes_twice_is_no_second_call_and_no_arguments() -> None:
    assembler = ToolCallAssembler(ToolNames(None))
    for _ in range(2):
        assembler.add(0, name='f', ref='a', arguments='{"n":1}')
    (call,) = assembler.finish()
    assert call.tool_request.input == '{"n":1}{"n":1}'


@pytest.mark.parametrize('rest', [', "y":2}', '}', ']', ' and more', ', 7', ' </call>', '"', '``', '``` x'])
def test_arguments_that_go_on_after_their_end_stay_text(rest: str):
    text = '{"path":"/x"}' + rest
    assert parse_arguments(text) == text


@pytest.mark.parametrize(
    'text', ['{"path":"/x"} ', '{"path":"/x"};\n', '{"path":"/x"}\n```', '```json\n{"path":"/x"}\n```;']
)
def test_a_fence_or_a_semicolon_may_follow_arguments(text: str):
    assert parse_arguments(text) == {'path': '/x'}


def test_a_repair_keeps_backslashes():
    assert parse_arguments(r'{"pattern":"\d+\q"}') == {'pattern': r'\d+\q'}
