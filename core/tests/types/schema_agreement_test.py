# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Our wire types take and give what the JSON schemas of all Genkit SDKs say; what differs on purpose is listed."""

import copy
import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from genkit import GenkitError, types
from genkit._base.errors import get_reflection_json
from pydantic import BaseModel, TypeAdapter, ValidationError


BUNDLE = Path(__file__).resolve().parents[4] / 'shared' / 'conformance' / 'genkit-schema.json'
DEFINITIONS: dict[str, Any] = json.loads(BUNDLE.read_text(encoding='utf-8'))['$defs'] if BUNDLE.exists() else {}

pytestmark = pytest.mark.skipif(not DEFINITIONS, reason=f'the shared schema bundle is not at {BUNDLE}')

OTHER_NAMES = {'RuntimeError': 'RuntimeError_'}

NOT_A_TYPE = {
    'GenkitError': 'an exception here; get_reflection_json writes its wire form',
    'SpantEventBase': 'what the two trace events have in common; it travels nowhere on its own',
}

DIFFERENCES = {
    "FinishReason 'failed' is ours alone": 'the Python SDK answers with it when a turn fails; tools show it as it is',
    'CandidateError.code is any string here': 'old models only; an unknown code must not hide the answer',
    'CommonRerankerOptions is open here': 'a reranker has options of its own',
    'CommonRetrieverOptions is open here': 'a retriever has options of its own',
    'GenerateRequest is open here': 'a model is handed members of newer SDKs too',
    'ModelRequest is open here': 'one class with GenerateRequest',
    'ModelRequest.candidates is ours alone': 'one class with GenerateRequest',
    'ModelResponse.candidates is ours alone': 'one class with GenerateResponse',
    'ModelResponse.finishReason is optional here': 'one class with GenerateResponse',
    'SpanEndEvent.type is optional here': 'the class says it; it is always written',
    'SpanStartEvent.type is optional here': 'the class says it; it is always written',
}

WIRE_TYPES = [name for name in DEFINITIONS if name not in NOT_A_TYPE]
VARIANTS = range(8)

Steps = tuple[Any, ...]


def ours(name: str) -> Any:
    return getattr(types, OTHER_NAMES.get(name, name))


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while '$ref' in schema:
        found: Any = {'$defs': DEFINITIONS}
        for step in schema['$ref'].removeprefix('#/').split('/'):
            found = found[int(step)] if isinstance(found, list) else found[step]
        schema = found
    return schema


def example(schema: dict[str, Any], variant: int = 0, *, full: bool = True, depth: int = 0) -> Any:
    """Return a value that a schema allows: with every member or with the required ones; variants differ in choices."""
    schema = resolved(schema)
    if 'anyOf' in schema:
        choices = [choice for choice in schema['anyOf'] if choice.get('type') != 'null']
        return example(choices[variant % len(choices)], variant, full=full, depth=depth)
    if 'enum' in schema:
        return schema['enum'][variant % len(schema['enum'])]
    kind = schema.get('type')
    if kind == 'object':
        return _example_object(schema, variant, full=full and depth < 4, depth=depth)
    if kind == 'array':
        return [example(schema.get('items', {}), variant, full=full, depth=depth + 1)]
    if isinstance(kind, list):
        kind = kind[variant % len(kind)]
    scalars = {'string': 'text', 'number': 3, 'integer': 3, 'boolean': True, None: {'any_thing': [None, {'a': 1}]}}
    return schema.get('const', scalars[kind])


def _example_object(schema: dict[str, Any], variant: int, *, full: bool, depth: int) -> dict[str, Any]:
    required = schema.get('required', [])
    wanted = {
        name: member
        for name, member in schema.get('properties', {}).items()
        if (full or name in required) and 'not' not in resolved(member)
    }
    value = {name: example(member, variant, full=full, depth=depth + 1) for name, member in wanted.items()}
    others = schema.get('additionalProperties')
    if full and isinstance(others, dict) and not wanted:
        value['free_name'] = example(others, variant, full=full, depth=depth + 1)
    return value


def objects(schema: dict[str, Any], value: Any, path: Steps = ()) -> Iterator[tuple[Steps, dict[str, Any]]]:
    """Yield where a definition's own objects are in an example, its inline ones included."""
    schema = resolved(schema)
    if schema.get('type') == 'object' and 'properties' in schema and isinstance(value, dict):
        yield path, schema
        for name, member in schema['properties'].items():
            if name in value and '$ref' not in member:
                yield from objects(member, value[name], (*path, name))


def changed(value: Any, path: Steps, change: Callable[[dict[str, Any]], object]) -> Any:
    copied = copy.deepcopy(value)
    inner = copied
    for step in path:
        inner = inner[step]
    change(inner)
    return copied


def accepts(adapter: TypeAdapter[Any], value: Any) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


def dumped(adapter: TypeAdapter[Any], value: Any) -> Any:
    return adapter.dump_python(adapter.validate_python(value), mode='json', by_alias=True, exclude_none=True)


def object_differences(name: str) -> Iterator[str]:
    """Yield where our type takes more or less than the definition."""
    adapter = TypeAdapter(ours(name))
    whole = example(DEFINITIONS[name])
    for path, schema in objects(DEFINITIONS[name], whole):
        where = '.'.join([name, *path])
        if accepts(adapter, changed(whole, path, lambda inner: inner.update(surprise=1))) != bool(
            schema.get('additionalProperties', True)
        ):
            yield f'{where} is {"closed" if schema.get("additionalProperties") else "open"} here'
        for member, member_schema in schema['properties'].items():
            if 'not' in resolved(member_schema):
                continue
            is_required = member in schema.get('required', [])
            if accepts(adapter, changed(whole, path, lambda inner, member=member: inner.pop(member))) == is_required:
                yield f'{where}.{member} is {"optional" if is_required else "required"} here'
            if resolved(member_schema).get('enum') and accepts(
                adapter, changed(whole, path, lambda inner, member=member: inner.update({member: 'no such choice'}))
            ):
                yield f'{where}.{member} is any string here'


def member_differences(name: str) -> Iterator[str]:
    """Yield the members that one side has and the other has not."""
    kind, schema = ours(name), resolved(DEFINITIONS[name])
    if isinstance(kind, type) and issubclass(kind, BaseModel) and 'properties' in schema:
        allowed = {member for member, its in schema['properties'].items() if 'not' not in resolved(its)}
        own = {field.alias or field_name for field_name, field in kind.model_fields.items()}
        yield from (f'{name}.{member} is ours alone' for member in own - allowed)
        yield from (f'{name}.{member} is missing here' for member in allowed - own)


def choice_differences(name: str) -> Iterator[str]:
    """Yield the choices that one side has and the other has not."""
    kind, choices = ours(name), set(resolved(DEFINITIONS[name]).get('enum', ()))
    if choices:
        assert issubclass(kind, StrEnum)
        yield from (f'{name} {choice!r} is ours alone' for choice in {member.value for member in kind} - choices)
        yield from (f'{name} {choice!r} is missing here' for choice in choices - {member.value for member in kind})


def test_every_definition_has_its_type():
    assert [name for name in WIRE_TYPES if not hasattr(types, OTHER_NAMES.get(name, name))] == []
    assert set(NOT_A_TYPE) <= set(DEFINITIONS)


def test_types_and_definitions_differ_where_it_is_meant():
    found = [
        difference
        for name in WIRE_TYPES
        for compare in (object_differences, member_differences, choice_differences)
        for difference in compare(name)
    ]
    assert sorted(found) == sorted(DIFFERENCES), 'list a difference with its reason, or mend the type'


@pytest.mark.parametrize('name', WIRE_TYPES)
def test_whatever_a_definition_allows_comes_back_unchanged_and_valid(name):
    schema = {'$ref': f'#/$defs/{name}', '$defs': DEFINITIONS}
    validator = jsonschema.Draft202012Validator(schema)
    adapter = TypeAdapter(ours(name))
    definition = DEFINITIONS[name]
    for wire in [example(definition, variant, full=full) for full in (True, False) for variant in VARIANTS]:
        validator.validate(wire)
        written = dumped(adapter, wire)
        assert written == wire
        validator.validate(written)


def test_an_error_is_written_as_the_tools_read_it():
    with pytest.raises(GenkitError) as caught:
        raise GenkitError('lost', status='NOT_FOUND', trace_id='f' * 32)
    written = get_reflection_json(caught.value)
    assert written.pop('code') == 5, 'the one member beyond the definition: the reflection API answers with it'
    jsonschema.Draft202012Validator({'$ref': '#/$defs/GenkitError', '$defs': DEFINITIONS}).validate(written)
    assert written['details'].keys() == {'stack', 'traceId'}
