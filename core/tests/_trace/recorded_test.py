# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import csv
import dataclasses
import io
import itertools
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from genkit import Message, TextPart, add_span_exporter
from genkit._action.schema import to_json_schema
from genkit._base.secrets import redact_json
from genkit._base.serialize import dump_json, without_iterators
from genkit._trace import recorded as module
from genkit._trace.recorded import Recorded, recorded, recorded_around, recorded_context
from genkit.types import GenerateActionOptions, GenerateActionOutputConfig, GenerateRequest, OutputConfig
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import BaseModel
from pydantic.alias_generators import to_camel


def test_recording_never_fails():
    assert json.loads(str(recorded('\ud800'))) == '<str cannot be recorded: PydanticSerializationError>'
    message = Message(role='user', content=[TextPart.trusted(text='\ud800')])
    request = GenerateRequest.trusted(messages=[message])
    for text in (recorded(request), recorded_around(request, 'config', Recorded('{}'))):
        assert json.loads(str(text)) == '<GenerateRequest cannot be recorded: PydanticSerializationError>'


def test_credentials_are_not_recorded():
    assert str(recorded({'config': [{'apiKey': 'sk-1', 'n': 1}]})) == '{"config":[{"apiKey":"<redacted>","n":1}]}'


def test_the_context_is_recorded_without_who_is_asking():
    context = {'auth': {'email': 'a@b.c'}, 'secrets': ['x'], 'deep': {'token': 'x'}, 'tenant': 't'}
    assert json.loads(str(recorded_context(context))) == {
        'auth': '<redacted>',
        'secrets': '<redacted>',
        'deep': {'token': '<redacted>'},
        'tenant': 't',
    }


class Login(BaseModel):
    name: str
    password: str


MESSAGES = [Message(role='user', content=[TextPart(text='{"apiKey": "sk-1"}')])]
SCHEMAS: list[Any] = [
    to_json_schema(Login),
    dict(to_json_schema(Login)),
    {**to_json_schema(Login), 'title': 'Changed'},
    {**to_json_schema(Login), 'properties': {'secret': {'type': 'string'}}},
    to_json_schema(list[Login]),
    {'type': 'object', 'properties': {'mine': {}}},
    {},
    None,
]


@pytest.mark.parametrize('schema', SCHEMAS)
def test_what_a_model_is_asked_to_write_is_recorded_as_it_is(schema):
    for value in (
        GenerateRequest.trusted(messages=MESSAGES, output=OutputConfig.trusted(format='json', schema_=schema)),
        GenerateRequest.trusted(messages=MESSAGES, output=OutputConfig.trusted(schema_=schema), config={'token': 'x'}),
        GenerateActionOptions.trusted(
            messages=MESSAGES, output=GenerateActionOutputConfig.trusted(json_schema=schema, constrained=True)
        ),
    ):
        for _ in range(2):
            assert json.loads(str(recorded(value))) == json.loads(redact_json(dump_json(value)))


def test_a_schema_of_a_type_is_written_once(monkeypatch: pytest.MonkeyPatch):
    written: list[str] = []

    def dump(value: Any, **options: Any) -> str:
        written.append(dump_json(value, **options))
        return written[-1]

    class Once(BaseModel):
        only_here: int

    monkeypatch.setattr(module, 'dump_json', dump)
    for _ in range(3):
        schema = dict(to_json_schema(Once))
        request = GenerateRequest.trusted(messages=MESSAGES, output=OutputConfig.trusted(schema_=schema))
        assert 'only_here' in str(recorded(request))
    assert sum('only_here' in text for text in written) == 1


def test_no_more_schemas_are_remembered_than_is_good(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, '_SCHEMAS', {})
    schemas = [{'properties': {'n': {'const': number}}} for number in range(3000)]
    for schema in schemas:
        module.remember_schema(schema)
    assert 0 < len(module._SCHEMAS) <= 1024


class Rows(BaseModel):
    model_config = {'alias_generator': to_camel, 'validate_by_name': True, 'serialize_by_alias': True, 'extra': 'allow'}

    file_rows: Any = None
    typed: Iterable[int] = ()


@dataclasses.dataclass
class Held:
    name: str
    rows: Any


ITERATORS = [
    lambda: (n for n in range(3)),
    lambda: iter([0, 1, 2]),
    lambda: map(int, '012'),
    lambda: zip(range(3), strict=True),
    lambda: filter(None, [1, 2]),
    lambda: io.StringIO('a\nb\n'),
    lambda: io.BytesIO(b'a\nb\n'),
    lambda: csv.reader(['a,b']),
    itertools.count,
    lambda: Rows(typed=(n for n in range(3))).typed,
]


@pytest.mark.parametrize('make', ITERATORS)
@pytest.mark.parametrize(
    'around',
    [
        lambda rows: rows,
        lambda rows: [1, rows],
        lambda rows: {'a': {'b': (rows,)}},
        lambda rows: Rows(file_rows=rows),
        lambda rows: {'x': [Rows.model_construct(typed=rows)]},
        lambda rows: Rows.model_validate({'other': [rows]}),
        lambda rows: Held('x', rows),
    ],
)
def test_recording_uses_nothing_up(make, around):
    rows = make()
    text = str(recorded(around(rows)))
    assert f'"<{type(rows).__name__}>"' in text
    assert list(itertools.islice(rows, 3)) == list(itertools.islice(make(), 3)) != []


def test_the_rest_around_an_iterator_is_recorded_as_ever():
    assert json.loads(
        str(recorded({'a': Rows.model_validate({'file_rows': iter(()), 'other': 'x'}), 'b': [1, {'api_key': 'k'}]}))
    ) == {
        'a': {'fileRows': '<tuple_iterator>', 'typed': [], 'other': 'x'},
        'b': [1, {'api_key': '<redacted>'}],
    }


@pytest.mark.parametrize(
    'value', [{'a': [1, ('b', None)]}, Rows.model_validate({'other': {'x': 1}}), Held('x', [1]), range(3), {1, 2}]
)
def test_values_without_iterators_are_not_copied(value):
    assert without_iterators(value) is value


async def test_a_program_computes_the_same_whether_it_is_recorded_or_not(ai):
    @ai.flow()
    async def rows(n: int):
        return (i for i in range(n))

    @ai.flow()
    async def total(numbers):
        return sum(numbers)

    exporter = InMemorySpanExporter()
    for _ in range(2):
        assert list(await rows(3)) == [0, 1, 2]
        assert await total(iter([1, 2, 3])) == 6
        add_span_exporter(exporter)


def test_a_text_with_credentials_is_the_same_however_often_and_by_whom_it_is_read():
    inner = recorded({'api_key': 'k' * 30, 'n': 1})
    outer = Recorded(recorded({'a': 1}), {'usage': Recorded('{}'), 'request': inner})
    whole = '{"a":1,"usage":{},"request":{"api_key":"<redacted>","n":1}}'
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _: str(outer), range(100))) == {whole}
    assert str(outer) == whole
    assert str(Recorded('{}', {'request': inner})) == '{"request":{"api_key":"<redacted>","n":1}}'
