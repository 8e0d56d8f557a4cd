# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Dataclasses to JSON documents and back, without loss and always in the same bytes."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from releasekit.model.plan import LEVELS, Level


_Shape = TypeVar('_Shape')


def parse_json(text: str | bytes) -> Any:
    """Return what a JSON text holds.

    Raises:
        ValueError: It is not JSON, or nested so deeply that it is no document of any kind.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError('it is nested too deeply') from error


def to_document(value: object) -> Any:
    """Return a value made of dataclasses, tuples, mappings and scalars as JSON would hold it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Level):
        return value.label
    if isinstance(value, tuple | list):
        return [to_document(item) for item in cast('tuple[object, ...]', value)]
    if isinstance(value, Mapping):
        return {key: to_document(item) for key, item in cast('Mapping[str, object]', value).items()}
    return {name: to_document(getattr(value, name)) for name in names} if (names := _names(type(value))) else value


def from_document(shape: type[_Shape], document: object) -> _Shape:
    """Return the value that `to_document` made a document of.

    Raises:
        ValueError: The document has another shape; so do KeyError and TypeError say.
    """
    return cast('_Shape', _from(shape, document))


def to_text(schema: str, document: Mapping[str, object]) -> str:
    """Return a document as text: two levels are indented, and what lies deeper stands on one line."""
    lines = [f'  {_compact(key)}: {_indented(value)}' for key, value in {'schema': schema, **document}.items()]
    return '{\n' + ',\n'.join(lines) + '\n}\n'


def _indented(value: Any) -> str:
    if value and isinstance(value, list):
        return '[\n' + ',\n'.join(f'    {_compact(item)}' for item in cast('list[object]', value)) + '\n  ]'
    if value and isinstance(value, Mapping):
        items = cast('Mapping[str, object]', value).items()
        return '{\n' + ',\n'.join(f'    {_compact(key)}: {_compact(item)}' for key, item in items) + '\n  }'
    return _compact(cast('object', value))


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@cache
def _names(shape: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(shape)) if is_dataclass(shape) else ()


@cache
def _hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape)


def _from(hint: Any, document: Any) -> object:
    if get_origin(hint) is tuple:
        return tuple(_from(get_args(hint)[0], item) for item in document)
    if get_origin(hint) is dict:
        return {key: _from(get_args(hint)[1], item) for key, item in document.items()}
    kinds = get_args(hint)
    if type(None) in kinds:
        return None if document is None else _from(kinds[0], document)
    if hint is Level:
        return LEVELS[document]
    if is_dataclass(hint):
        values = {name: _from(inner, document[name]) for name, inner in _hints(cast('type', hint)).items()}
        return cast('type', hint)(**values)
    if isinstance(document, hint):
        return document
    if issubclass(hint, StrEnum):
        return hint(document)
    raise ValueError(f'{document!r} is no {hint.__name__}')
