# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One way to JSON: wire names, absent members left out, nothing refused."""

import dataclasses
import functools
import json
import marshal
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from pydantic import BaseModel
from pydantic_core import to_json, to_jsonable_python


_PLAIN: Final = frozenset({str, int, float, bool, type(None), bytes})
_LISTS: Final = (list, tuple, set, frozenset)
_DEEPEST: Final = 100


def dump_dict(value: Any) -> Any:
    """Return a value as JSON-compatible data.

    Raises:
        ValueError: The value contains itself.
    """
    return to_jsonable_python(
        value, by_alias=True, exclude_none=True, bytes_mode='base64', fallback=str, inf_nan_mode='null'
    )


def dump_json(value: Any, indent: int | None = None, exclude: set[str] | None = None) -> str:
    """Return a value as JSON text; bytes become base64, unknown objects their text.

    Args:
        value: Anything.
        indent: How far nested values stand in; None for one line.
        exclude: Members of a model that are left out, as its class names them.

    Raises:
        ValueError: The value contains itself.
    """
    return to_json(
        value,
        exclude=exclude,
        by_alias=True,
        exclude_none=True,
        indent=indent,
        bytes_mode='base64',
        fallback=str,
        inf_nan_mode='null',
    ).decode()


def dump_strict_json(value: Any) -> str:
    """Return a value as JSON text, as `dump_json` does, if all of it has a form in JSON.

    Raises:
        ValueError: It has none, or the value contains itself.
    """
    return to_json(value, by_alias=True, exclude_none=True, bytes_mode='base64', inf_nan_mode='null').decode()


def canonical_json(value: Any) -> str:
    """Return a value as the JSON text that is the same for all equal values, whichever library wrote them.

    Members are sorted, and a number without a fraction is an integer: ``1.0`` and ``1`` are equal, ``1`` and ``true``
    are not.
    """
    return json.dumps(json.loads(dump_json(value), parse_float=_number), sort_keys=True, separators=(',', ':'))


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def dump_schema(schema: dict[str, Any]) -> str:
    """Return a JSON schema as the indented text that instructions show to models."""
    return to_json(schema, indent=2).decode()


def without_iterators(value: Any, whole: tuple[type, ...] = ()) -> Any:
    """Return a value that can be written without using up iterators in it: generators, maps, open files.

    A value without any is returned as it is; else a copy of what holds them, in which they are named by their types.

    Args:
        value: Anything.
        whole: Classes whose instances are known to hold none.
    """
    kind = value.__class__
    if kind in _PLAIN:
        return value
    if kind is dict or kind is list:
        try:
            marshal.dumps(value)  # it takes plain values only: the fastest way to know that there are no others
        except ValueError:
            pass
        else:
            return value
    elif _inside(kind, whole) is _nothing:
        return value
    return _named(value, whole) if _holds_iterator(value, whole, 0) else value


def _holds_iterator(value: Any, whole: tuple[type, ...], depth: int) -> bool:
    kind: Any = value.__class__
    if kind is dict:  # plain dictionaries and lists first: this runs over everything that is recorded
        items: Any = value.values()
    elif kind is list:
        items = value
    elif kind in _PLAIN:
        return False
    else:
        inside = _inside(kind, whole)
        if inside is None:
            return True
        items = inside(value)
    for item in items:
        if item.__class__ not in _PLAIN and depth < _DEEPEST and _holds_iterator(item, whole, depth + 1):
            return True
    return False


@functools.lru_cache(maxsize=1024)
def _inside(kind: Any, whole: tuple[type, ...]) -> Callable[[Any], Iterable[Any]] | None:
    """Return what gives the values that one of a class consists of when it is written; None for an iterator."""
    if issubclass(kind, whole):
        return _nothing
    if hasattr(kind, '__next__'):
        return None
    if issubclass(kind, dict):
        return dict[Any, Any].values
    if issubclass(kind, _LISTS):
        return iter
    if issubclass(kind, BaseModel):
        return _nothing if _is_plain(kind) else _members
    if dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind)]
        return lambda value: [getattr(value, name, None) for name in names]
    return _nothing


def _is_plain(model: type[BaseModel]) -> bool:
    """Return whether all fields of a model are of plain types, and it takes no others."""
    fields = model.model_fields.values()
    return model.model_config.get('extra') != 'allow' and all(
        isinstance(field.annotation, type) and field.annotation in _PLAIN for field in fields
    )


def _nothing(_: Any) -> Iterable[Any]:
    return ()


def _members(model: BaseModel) -> Iterable[Any]:
    extra = model.__pydantic_extra__
    return [*vars(model).values(), *extra.values()] if extra else vars(model).values()


def _named(value: Any, whole: tuple[type, ...]) -> Any:
    kind: Any = value.__class__
    if kind in _PLAIN or not _holds_iterator(value, whole, 0):
        return value
    if hasattr(kind, '__next__'):
        return f'<{kind.__name__}>'
    if isinstance(value, dict):
        return {name: _named(item, whole) for name, item in cast('dict[Any, Any]', value).items()}
    if isinstance(value, BaseModel):
        fields = kind.model_fields
        names = {name: fields[name].serialization_alias or name for name in fields}
        members = {**vars(value), **(value.__pydantic_extra__ or {})}
        return {names.get(name, name): _named(item, whole) for name, item in members.items() if item is not None}
    if isinstance(value, _LISTS):
        return [_named(item, whole) for item in cast('list[Any]', value)]
    return {field.name: _named(getattr(value, field.name, None), whole) for field in dataclasses.fields(kind)}
