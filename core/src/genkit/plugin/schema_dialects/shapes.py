# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Whether the words of a schema hold what JSON Schema puts there."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from genkit._base.errors import ErrorReason, GenkitError
from genkit.plugin.schema_dialects.dialect import Schema


DEFINING: Final = ('$defs', 'definitions')

# Words that hold schemas: by name, alone, and in a list.
NAMED: Final = ('properties', 'patternProperties', 'dependentSchemas')
SINGLE: Final = (
    *('items', 'additionalProperties', 'not', 'contains', 'propertyNames', 'if', 'then', 'else'),
    *('unevaluatedItems', 'unevaluatedProperties'),
)
LISTED: Final = ('anyOf', 'oneOf', 'allOf', 'prefixItems')

_SHOWN: Final = 100


def check_shapes(schema: Any, named: Callable[[], str]) -> None:
    """Raise ``INVALID_ARGUMENT``, reason ``INVALID_SCHEMA``, if a word of a schema has a value that it cannot have.

    Null counts as nothing there.

    Args:
        schema: Its words that decide how it is sent are looked at, and those of the schemas within it.
        named: Returns what the schema is called, for the message.
    """
    waiting: list[Any] = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, bool):
            continue
        if not isinstance(node, dict):
            raise unusable(named(), f'{_shown(node)} stands where a schema is expected')
        for word, value in cast('Schema', node).items():
            if word not in _EXPECTED or value is None:
                continue
            expected, fits = _EXPECTED[word]
            if not fits(value):
                raise unusable(named(), f'{word!r} is {_shown(value)}; it must be {expected}')
            if word in NAMED or word in DEFINING:
                waiting += value.values()
            elif word in LISTED or (isinstance(value, list) and word in SINGLE):
                waiting += value
            elif word in SINGLE:
                waiting.append(value)


def unusable(name: str, why: str) -> GenkitError:
    """Return the error that a schema is which no provider could be sent.

    Args:
        name: What the schema is called.
        why: What is wrong.
    """
    return GenkitError(
        f'Schema {name!r} cannot be used: {why}.', status='INVALID_ARGUMENT', reason=ErrorReason.INVALID_SCHEMA
    )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f'{text[:_SHOWN]}…'


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, cast('list[Any]', value)))


_Check = tuple[str, Callable[[Any], bool]]
_TEXT: Final[_Check] = ('a text', _is_text)
_NUMBER: Final[_Check] = ('a number', _is_number)
_LIST: Final[_Check] = ('a list', lambda value: isinstance(value, list))
_BY_NAME: Final[_Check] = ('an object with a schema for each name', lambda value: isinstance(value, dict))
_SCHEMA: Final[_Check] = ('a schema', lambda value: isinstance(value, dict | bool))

_EXPECTED: Final[Mapping[str, _Check]] = {
    **dict.fromkeys(SINGLE, _SCHEMA),
    'items': ('a schema', lambda value: isinstance(value, dict | bool | list)),  # a list in older drafts
    **dict.fromkeys((*NAMED, *DEFINING), _BY_NAME),
    **dict.fromkeys((*LISTED, 'enum'), _LIST),
    **dict.fromkeys(('$ref', 'format', 'pattern'), _TEXT),
    **dict.fromkeys(('minItems', 'maxItems'), _NUMBER),
    'required': ('a list of names', _are_texts),
    'type': ('a type or a list of types', lambda value: _is_text(value) or _are_texts(value)),
}
