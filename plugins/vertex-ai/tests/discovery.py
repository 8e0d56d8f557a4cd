# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Bodies of requests, held against Google's own descriptions of its APIs."""

import functools
import json
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator


@functools.cache
def _schemas(api: str) -> dict[str, Any]:
    text = files('googleapiclient').joinpath(f'discovery_cache/documents/{api}.json').read_text('utf-8')
    return json.loads(text)['schemas']


def check(api: str, schema: str, body: Any) -> None:
    """Assert that a body fits a schema of an API, with no member that it has not."""
    definitions = {name: _converted(each) for name, each in _schemas(api).items()}
    validator = Draft202012Validator({'$ref': f'#/$defs/{schema}', '$defs': definitions})
    problems = [f'{error.json_path}: {error.message}' for error in validator.iter_errors(body)]
    assert not problems, problems


def _converted(schema: dict[str, Any]) -> dict[str, Any]:
    if '$ref' in schema:
        return {'$ref': f'#/$defs/{schema["$ref"]}'}
    kind = schema.get('type')
    if kind == 'any':
        return {}
    if kind == 'array':
        return {'type': 'array', 'items': _converted(schema['items'])}
    if kind == 'object':
        more = schema.get('additionalProperties')
        members = {name: _converted(each) for name, each in schema.get('properties', {}).items()}
        return {
            'type': ['object', 'null'] if not members else 'object',
            'properties': members,
            'additionalProperties': False if more is None else _converted(more),
        }
    converted: dict[str, Any] = {'type': kind}
    if schema.get('format') in ('int64', 'uint64'):
        converted['pattern'] = r'^-?\d+$'  # which JSON of Google has as texts
    if 'enum' in schema:
        converted = {'enum': [*schema['enum'], None] if schema['enum'] == ['NULL_VALUE'] else schema['enum']}
    return converted
