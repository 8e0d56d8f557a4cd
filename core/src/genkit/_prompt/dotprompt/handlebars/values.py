# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How templates see Python values: as text, as true or false, and by their members.

Members are those of mappings and sequences and the declared fields of Pydantic models and dataclasses. Attributes and
methods of other objects are out of reach, so that a template never runs code that it was not given as a helper.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel

from genkit._base.errors import GenkitError
from genkit._base.serialize import dump_dict


def to_text(value: Any) -> str:
    """Return a value as it appears in the output.

    None is empty, booleans are written as in JSON, the items of a sequence are joined by commas, and whatever has
    members is written as JSON.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ''
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return ','.join(map(to_text, cast('Sequence[Any]', value)))
    plain = _plain(value)
    return plain if isinstance(plain, str) else to_json_text(plain)


def to_json_text(value: Any, indent: int | str | None = None) -> str:
    """Return a value as JSON, compact unless an indent is given."""
    separators = (',', ':') if indent is None else (',', ': ')
    return json.dumps(_plain(value), ensure_ascii=False, indent=indent, separators=separators)


def is_empty(value: Any) -> bool:
    """Whether a value counts as absent: None, False, an empty text or sequence, not a number. Zero does not."""
    if value is None or value is False or value == '':
        return True
    if isinstance(value, float):
        return value != value  # noqa: PLR0124  (only what is not a number differs from itself)
    return isinstance(value, list | tuple) and not value


def is_true(value: Any, *, include_zero: bool = False) -> bool:
    """Whether ``if`` takes a value for true: neither empty nor zero. A mapping without members is true."""
    if is_empty(value):
        return False
    return include_zero or isinstance(value, bool) or not isinstance(value, int | float) or value != 0


def member(value: Any, name: Any) -> Any:
    """Return a member of a value, None if there is none."""
    if isinstance(value, Mapping):
        return _mapping_member(cast('Mapping[Any, Any]', value), name)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return _item(cast('Sequence[Any]', value), name)
    fields = _fields(value)
    return None if fields is None else fields.get(name)


def entries(value: Any) -> Iterator[tuple[Any, Any]] | None:
    """Return the keys and values of what has members by name, None for everything else."""
    if isinstance(value, Mapping):
        return iter(cast('Mapping[Any, Any]', value).items())
    fields = _fields(value)
    return None if fields is None else iter(fields.items())


def items(value: Any) -> Sequence[Any] | None:
    """Return what can be gone through item by item, None for texts and for everything else."""
    if isinstance(value, list | tuple):
        return cast('Sequence[Any]', value)
    if isinstance(value, str | bytes | Mapping | BaseModel) or not isinstance(value, Iterable):
        return None
    return list(cast('Iterable[Any]', value))


def with_members(value: Any, more: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a value with some put over them."""
    return {**dict(entries(value) or ()), **more}


def _plain(value: Any) -> Any:
    try:
        return dump_dict(value)
    except ValueError as error:
        raise GenkitError(
            'The input of a template cannot be written as text, as it contains itself. Give plain data.',
            status='INVALID_ARGUMENT',
            cause=error,
        ) from error


def _mapping_member(value: Mapping[Any, Any], name: Any) -> Any:
    found = value.get(name)
    if found is None and isinstance(name, int):
        return value.get(str(name))
    return found


def _item(value: Sequence[Any], name: Any) -> Any:
    if name == 'length':
        return len(value)
    if isinstance(name, str):
        if not (name.isascii() and name.isdigit()):
            return None
        name = int(name)
    if not isinstance(name, int) or isinstance(name, bool):
        return None
    return value[name] if 0 <= name < len(value) else None


def _fields(value: Any) -> dict[str, Any] | None:
    """Return the declared fields of a model or a dataclass; a model's also by their names on the wire."""
    if isinstance(value, BaseModel):
        declared = type(value).model_fields
        aliases = {field.alias: getattr(value, name) for name, field in declared.items() if field.alias}
        return {**aliases, **dict(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return None
