# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import collections
import itertools
import json
import re

import pytest
from genkit import GenkitError
from genkit._base.http.events import Event, EventReader
from genkit.plugin import LineReader
from hypothesis import given
from hypothesis import strategies as st


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=['Cs'])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NOISE = st.sampled_from([': ping', ':', 'id: 7', 'retry: 100', 'unknown: x', 'nameless'])


def read(*pieces: bytes) -> list[Event]:
    reader = EventReader()
    return [*itertools.chain.from_iterable(reader.feed(piece) for piece in pieces), *reader.close()]


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[Event]]:
    """Events, and one way to write them down."""
    end = draw(st.sampled_from(['\n', '\r\n']))
    text, events = '', []
    for value in draw(st.lists(VALUES, max_size=5)):
        name = draw(st.sampled_from(['', 'message', 'result', 'ping']))
        indent = draw(st.sampled_from([None, 1]))
        written = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=indent)
        lines = [f'data:{draw(st.sampled_from(["", " "]))}{line}' for line in written.split('\n')]
        lines += [f'event: {name}'] * bool(name) + draw(st.lists(NOISE, max_size=2))
        text += end.join(lines) + end + end * draw(st.integers(1, 2))
        expected = '\n'.join(line[5:].removeprefix(' ') for line in lines if line.startswith('data:'))
        events.append(Event(name, expected.encode()))
    return text.encode(), events


@given(streams(), st.lists(st.integers(min_value=0), max_size=30))
def test_however_the_bytes_are_split_the_events_are_the_same(stream, marks):
    whole, events = stream
    cuts = sorted(mark % (len(whole) + 1) for mark in marks)
    pieces = [whole[start:end] for start, end in itertools.pairwise([0, *cuts, len(whole)])]
    assert read(whole) == events
    assert read(*pieces) == events
    assert read(*(bytes([byte]) for byte in whole)) == events


@given(st.lists(st.sampled_from([*b':\r\n deatrorvn\xef\xbb\xbf\xff'])).map(bytes), st.integers(0, 20))
def test_nonsense_is_read_without_an_error_and_alike_in_two_pieces(nonsense, cut):
    assert read(nonsense) == read(nonsense[:cut], nonsense[cut:])


def test_the_data_of_several_lines_is_joined():
    assert read(b'data: {\ndata: "a": 1}\n\n') == [Event('', b'{\n"a": 1}')]


def test_a_name_counts_for_one_event():
    assert read(b'event: result\ndata: 1\n\ndata: 2\n\n') == [Event('result', b'1'), Event('', b'2')]


def test_a_name_without_data_is_no_event():
    assert read(b'event: ping\n\ndata: 1\n\n') == [Event('', b'1')]


def test_comments_and_other_fields_are_no_events():
    assert read(b': ping\n\nid: 1\nretry: 2\n\n:\n\n') == []


def test_a_line_of_error_is_an_event_by_itself():
    assert read(b'data: 1\nerror: {"a":1}\ndata: 2\n\n') == [
        Event('', b'1'),
        Event('error', b'{"a":1}'),
        Event('', b'2'),
    ]


def test_the_end_completes_the_last_event():
    assert read(b'data: 1') == [Event('', b'1')]
    assert read(b'error: 1') == [Event('error', b'1')]
    assert read(b'') == []


def test_a_byte_order_mark_is_skipped():
    assert read(b'\xef\xbb\xbfdata: 1\n\n') == [Event('', b'1')]


def test_separators_of_unicode_end_no_line():
    assert read('data: "\u2028\u0085"\n\n'.encode()) == [Event('', '"\u2028\u0085"'.encode())]


def test_a_long_line_in_many_pieces_is_searched_once():
    class Counting(bytearray):
        searched = 0

        def rfind(self, sub, start=0, *rest):
            Counting.searched += len(self) - start
            return super().rfind(sub, start, *rest)

    reader = EventReader()
    reader._lines._rest = Counting()
    for _ in range(100):
        assert reader.feed(b'x' * 100) == []
    assert Counting.searched == 100 * 100
    assert re.fullmatch(b'x+', bytes(reader._lines._rest))


@given(st.lists(st.binary(max_size=6) | st.just(b'\n'), max_size=20))
def test_lines_are_the_same_however_the_bytes_are_split(pieces):
    reader = LineReader()
    lines = [line for piece in pieces for line in reader.feed(piece)]
    assert [*lines, reader.close()] == b''.join(pieces).split(b'\n')


@pytest.mark.parametrize(
    ('text', 'what'),
    [
        (b'x' * 20, 'a line of more than 20 bytes'),
        (b'data: ' + b'x' * 20, 'a line of more than 20 bytes'),
        (b'data: 1\n\n' + b'data: x\n' * 4, 'an event of more than 20 bytes'),
        (b'data:\n' * 5, 'an event of more than 20 bytes'),
        (b'\n' + b':' * 21, 'a line of more than 20 bytes'),
    ],
)
def test_lines_and_events_have_a_largest_size(text, what):
    reader = EventReader(20)
    for byte in text[:20]:
        reader.feed(bytes([byte]))
    rest = (bytes([byte]) for byte in text[20:] + b'xx')
    with pytest.raises(GenkitError, match=f'The stream has {what}') as raised:
        collections.deque(map(reader.feed, rest), maxlen=0)
    assert raised.value.status == 'OUT_OF_RANGE'
    assert reader.close() == []
    assert [*reader.feed(b'data: 1\n\n'), *EventReader().feed(b'data: 1\n\n')] == [Event('', b'1')] * 2


def test_the_beginning_of_what_came_is_kept_up_to_the_first_event():
    reader = EventReader()
    reader.feed(b'<html>')
    reader.feed(b'\n<title>Oops</title>')
    assert reader.head == b'<html>\n<title>Oops</title>'
    reader.feed(b'x' * 100_000)
    assert len(reader.head) == 20_000
    reader = EventReader()
    reader.feed(b'data: 1\n\n')
    reader.feed(b'data: 2\n\n')
    assert reader.head == b'data: 1\n\n'


def test_lines_that_are_none_of_the_format_are_kept():
    reader = EventReader()
    reader.feed(b': ping\nid: 7\ndata: 1\n\n{\n  "error": "busy"\n')
    reader.feed(b'}')
    reader.close()
    assert json.loads(reader.stray) == {'error': 'busy'}
    reader.feed(b'x\n' * 50_000)
    assert len(reader.stray) <= 20_002
