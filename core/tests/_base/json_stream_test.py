# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import copy
import json
from typing import Any

import pytest
from genkit._base.json_stream import JsonStream
from hypothesis import given
from hypothesis import strategies as st


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
)
containers = st.lists(values, max_size=5) | st.dictionaries(st.text(max_size=6), values, max_size=5)
layouts = st.fixed_dictionaries({'ensure_ascii': st.booleans(), 'indent': st.none() | st.integers(0, 3)})


@st.composite
def chunked(draw: st.DrawFn, text: str) -> list[str]:
    """Cut a text into pieces, empty ones included."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def read(text: str) -> JsonStream:
    stream = JsonStream()
    stream.feed(text)
    return stream


def read_by_character(text: str) -> JsonStream:
    stream = JsonStream()
    for character in text:
        stream.feed(character)
        stream.snapshot()
    return stream


class TestAnyJson:
    @given(st.data())
    def test_is_read_whatever_way_it_is_cut(self, data):
        value = data.draw(containers)
        text = json.dumps(value, **data.draw(layouts))
        stream = JsonStream()
        for chunk in data.draw(chunked(text)):
            stream.feed(chunk)
            stream.snapshot()
        assert stream.complete
        assert not stream.malformed
        assert stream.snapshot() == value

    @given(containers, layouts)
    def test_is_read_character_by_character(self, value, layout):
        assert read_by_character(json.dumps(value, **layout)).snapshot() == value

    @given(st.data())
    def test_gives_snapshots_of_the_final_kind_that_later_text_does_not_change(self, data):
        value = data.draw(containers)
        stream = JsonStream()
        taken: list[tuple[Any, Any]] = []
        for chunk in data.draw(chunked(json.dumps(value, **data.draw(layouts)))):
            stream.feed(chunk)
            snapshot = stream.snapshot()
            assert snapshot is None or type(snapshot) is type(value)
            taken.append((snapshot, copy.deepcopy(snapshot)))
        for snapshot, as_it_was in taken:
            assert snapshot == as_it_was

    @given(st.lists(values, min_size=1, max_size=5), st.data())
    def test_tells_the_elements_that_are_complete(self, value, data):
        stream = JsonStream()
        for chunk in data.draw(chunked(json.dumps(value))):
            stream.feed(chunk)
            done = stream.completed_items()
            assert [stream.item(index) for index in range(done)] == value[:done]
        assert stream.completed_items() == len(value)

    @given(containers, st.text(max_size=10))
    def test_ends_at_the_first_whole_value(self, value, rest):
        stream = read(json.dumps(value) + rest)
        stream.feed('{"more": 1}')
        assert stream.snapshot() == value


TOLERATED = {
    'trailing comma in an object': ('{"a": 1,}', {'a': 1}),
    'trailing comma in an array': ('[1, 2, ]', [1, 2]),
    'line comment': ('{// why\n"a": 1}', {'a': 1}),
    'block comment': ('{"a": /* one * or / two */ 1}', {'a': 1}),
    'comment after a value': ('[1, // first\n 2 /* second */]', [1, 2]),
    'single quotes': ("{'a': 'it is \\'so\\''}", {'a': "it is 'so'"}),
    'double quote within single quotes': ('[\'say "hi"\']', ['say "hi"']),
    'unquoted keys': ('{a: 1, b_2: 2}', {'a': 1, 'b_2': 2}),
    'literals of Python': ("{'a': True, 'b': False, 'c': None}", {'a': True, 'b': False, 'c': None}),
    'undefined': ('{"a": undefined}', {'a': None}),
    'plus signs and hexadecimals': ('[+1, 0x1F, -0x10]', [1, 31, -16]),
    'bare fractions': ('[.5, 5.]', [0.5, 5.0]),
    'raw line breaks in a string': ('["a\nb"]', ['a\nb']),
    'continued lines': ("['a\\\nb']", ['ab']),
    'no-break spaces between tokens': ('{\u00a0"a":\u00a01\u00a0}', {'a': 1}),
    'a code fence': ('```json\n{"a": 1}\n```', {'a': 1}),
    'prose before it': ('Here you are: {"a": 1}. Enjoy!', {'a': 1}),
    'brackets in the prose': ('As said in [the note] and {above}: {"a": [1]}', {'a': [1]}),
    'an unknown escape': ("['\\q']", ['\\q']),
    'the escapes of a pattern': (r'{"pattern": "\d+\.\x"}', {'pattern': r'\d+\.\x'}),
    'an escaped apostrophe': (r'{"a": "it\'s",}', {'a': "it's"}),
    'every escape': ('["\\b\\f\\n\\r\\t\\/\\\\\\"\\u00e4",]', ['\b\f\n\r\t/\\"ä']),
}


@pytest.mark.parametrize(('text', 'value'), TOLERATED.values(), ids=TOLERATED.keys())
class TestTolerance:
    def test_reads_at_once(self, text, value):
        assert read(text).snapshot() == value

    def test_reads_character_by_character(self, text, value):
        assert read_by_character(text).snapshot() == value


def test_infinities_and_nan_are_numbers():
    first, second, third = read('[Infinity, -Infinity, NaN,]').snapshot()
    assert (first, second) == (float('inf'), float('-inf'))
    assert third != third  # noqa: PLR0124  (the definition of NaN)


@pytest.mark.parametrize('text', ['["\\ud83d\\ude00"]', '["\\u00e4\\ud83d\\ude00\\u20ac"]'])
def test_unicode_escapes_may_be_cut_at_any_place(text):
    for cut in range(len(text)):
        stream = JsonStream()
        stream.feed(text[:cut])
        shown = stream.snapshot()
        assert shown is None or all(character in 'ä😀€' for item in shown for character in item)
        stream.feed(text[cut:])
        assert stream.snapshot() == json.loads(text)


@pytest.mark.parametrize('text', [r'["\ud800"]', r'["\udc00"]', r'["\ud800x"]', r'["\ud800\ud83d\ude00"]'])
def test_half_a_surrogate_reads_the_same_however_it_is_cut_and_can_be_written(text):
    whole = read(text).snapshot()
    assert read_by_character(text).snapshot() == whole
    json.dumps(whole, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    'text',
    ['{"a": 1 "b": 2}', '[1 2]', '{"a": 1]', '[1}', '{"a": 1, "b"}', '["\\u12g4"]', '[1, wat]', '[1 / 2]'],
)
def test_what_cannot_be_json_reads_as_nothing(text):
    for stream in (read(text), read_by_character(text)):
        assert stream.malformed
        assert stream.snapshot() is None
        assert not stream.complete


def test_malformed_text_stays_malformed():
    stream = read('{"a": 1 "b"')
    stream.feed('}')
    stream.feed('{"c": 1}')
    assert stream.malformed
    assert stream.snapshot() is None


@pytest.mark.parametrize('text', ['', 'no brackets here', '"a string"', '42'])
def test_nothing_has_begun_before_the_first_bracket(text):
    stream = read(text)
    assert not stream.started
    assert stream.snapshot() is None
    assert not stream.malformed
    assert stream.completed_items() == 0


SNAPSHOTS = [
    ('{', {}),
    ('{"na', {}),
    ('{"name"', {}),
    ('{"name": ', {}),
    ('{"name": "Ad', {'name': 'Ad'}),
    ('{"name": "Ada", "age": 3', {'name': 'Ada', 'age': 3}),
    ('{"name": "Ada", "age": 3.', {'name': 'Ada', 'age': 3.0}),
    ('[tr', []),
    ('[true', [True]),
    ('[-', []),
    ('[1, [2, {"a": "b', [1, [2, {'a': 'b'}]]),
    ('[{"a": 1}, ', [{'a': 1}]),
    ('["\\', ['']),
    ('["\\u00', ['']),
    ('[1, /* how', [1]),
    ('{"a": 1, "a": [2', {'a': [2]}),
]


@pytest.mark.parametrize(('text', 'value'), SNAPSHOTS)
def test_a_snapshot_shows_the_value_as_far_as_it_goes(text, value):
    assert read(text).snapshot() == value
    assert read_by_character(text).snapshot() == value


def test_an_open_container_of_a_snapshot_is_the_callers_own():
    stream = read('{"a": [1')
    stream.snapshot()['a'].append('mine')
    stream.feed(', 2]}')
    assert stream.snapshot() == {'a': [1, 2]}


class TestDepth:
    @pytest.mark.parametrize(('opening', 'closing'), [('[', ']'), ('{"a":', '}')])
    @pytest.mark.parametrize('piece', [1, 7, 1_000_000])
    def test_ten_thousand_levels_are_read(self, opening, closing, piece):
        levels = 10_000
        text = opening * levels + closing * levels if opening == '[' else opening * levels + '1' + closing * levels
        stream = JsonStream()
        for start in range(0, len(text), piece):
            stream.feed(text[start : start + piece])
        assert stream.complete
        depth, value = 0, stream.snapshot()
        while isinstance(value, list | dict) and value:
            depth, value = depth + 1, value[0] if isinstance(value, list) else value['a']
        assert depth >= levels - 1

    def test_a_deep_value_can_be_looked_at_while_it_is_open(self):
        stream = read('[' * 10_000)
        value = stream.snapshot()
        for _ in range(9_999):
            (value,) = value
        assert value == []


ADVERSARIAL = {
    'open arrays': '[' * 100_000,
    'open objects': '{"a":' * 20_000,
    'alternating': '[{"a":' * 15_000,
    'brackets that mean nothing': '[x' * 10_000,
    'braces that mean nothing': '{' * 20_000,
    'commas': '[' + ',' * 100_000,
    'escapes': '["' + '\\' * 100_000,
    'half surrogates': '["' + '\\ud83d' * 16_000,
    'an open comment': '[/*' + '*' * 100_000,
    'slashes': '[' + '/' * 100_000,
    'a long word': '[' + '9' * 100_000,
    'quotes': '["a",' * 10_000 + "'" * 50_000,
    'prose': 'a [ b ' * 15_000,
}


@pytest.mark.parametrize('text', ADVERSARIAL.values(), ids=ADVERSARIAL.keys())
@pytest.mark.parametrize('piece', [997, 1_000_000])
def test_hostile_text_is_got_through(text, piece):
    stream = JsonStream()
    for start in range(0, len(text), piece):
        stream.feed(text[start : start + piece])
    stream.snapshot()
    assert not stream.complete


@pytest.mark.parametrize('name', ['slashes', 'a long word', 'an open comment', 'braces that mean nothing'])
def test_hostile_text_is_got_through_character_by_character(name):
    stream = JsonStream()
    for character in ADVERSARIAL[name]:
        stream.feed(character)
    assert not stream.complete
