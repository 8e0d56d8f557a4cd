# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The language of filters, as SQL whose values are parameters. No IO."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast

from genkit_postgresql.config import PostgresIndex
from genkit_postgresql.errors import bad_filter
from genkit_postgresql.layout import Layout, quoted


_COMPARISONS: Final = {'$gt': '>', '$gte': '>=', '$lt': '<', '$lte': '<='}
_MATCHES: Final = {'$like': 'LIKE', '$ilike': 'ILIKE'}
_MOST_VALUES: Final = 10_000
_DEEPEST: Final = 32


@dataclass
class Query:
    """A statement in the making, with its parameters."""

    values: list[Any] = field(default_factory=list[Any])

    def parameter(self, value: Any, kind: str = 'text') -> str:
        """Take a value in and return what stands for it."""
        self.values.append(value)
        return f'${len(self.values)}::{kind}'


def to_condition(
    conditions: Any, query: Query, index: PostgresIndex, layout: Layout, place: str = 'filter', depth: int = 0
) -> str:
    """Return a filter as SQL whose values are parameters.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming the place in the filter that has no meaning.
    """
    if not isinstance(conditions, Mapping) or depth > _DEEPEST:
        raise bad_filter(place, conditions, "a mapping such as {'topic': 'travel'}, not nested deeper than 32 times")
    parts: list[str] = []
    for key, value in cast('Mapping[str, Any]', conditions).items():
        here = f'{place}[{key!r}]'
        if key in ('$and', '$or'):
            if not isinstance(value, list | tuple) or not value:
                raise bad_filter(here, value, 'a list of conditions')
            items = cast('Sequence[Any]', value)
            inner = [
                to_condition(item, query, index, layout, f'{here}[{n}]', depth + 1) for n, item in enumerate(items)
            ]
            parts.append(f'({(" AND " if key == "$and" else " OR ").join(inner)})')
        elif key == '$not':
            parts.append(f'({to_condition(value, query, index, layout, here, depth + 1)}) IS NOT TRUE')
        elif key.startswith('$'):
            raise bad_filter(place, key, 'the name of a member, $and, $or or $not')
        else:
            side = _side(key, query, index, layout, here)
            tests = cast('Mapping[str, Any]', value) if _is_test(value) else {'$eq': value}
            parts += [side.test(operator, operand, f'{here}[{operator!r}]') for operator, operand in tests.items()]
    return ' AND '.join(parts) if parts else 'TRUE'


def _is_test(value: Any) -> bool:
    names = list(cast('Mapping[str, Any]', value)) if isinstance(value, Mapping) else []
    return bool(names) and all(name.startswith('$') for name in names)


@dataclass(frozen=True, kw_only=True)
class _Side:
    """The left side of a condition.

    Attributes:
        left: Returns it as SQL, for one test.
        kind: The type that values are compared as.
        to_value: Writes a value as the text of that type.
        as_text: Makes it a text.
        is_null: Tests whether it is null, or whether it is not.
        is_comparable: What must be true for an order to have a meaning, of it and of a value; empty if nothing.
    """

    query: Query
    left: Callable[[], str]
    kind: str
    to_value: Callable[[Any, str], str]
    as_text: str
    is_null: tuple[str, str]
    is_comparable: str = ''

    def test(self, operator: str, operand: Any, place: str) -> str:
        """Return the test of an operator.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` naming the place of what has no meaning.
        """
        left = self.left()
        if operator in ('$in', '$nin'):
            values = self.query.parameter([self.to_value(item, place) for item in _values(operand, place)], 'text[]')
            return f'({left} = ANY({values}::{self.kind}[])) IS {"" if operator == "$in" else "NOT "}TRUE'
        if operator == '$exists':
            return f'{left} IS {"NOT " if _flag(operand, place) else ""}NULL'
        if operator in _MATCHES:
            pattern = self.query.parameter(_pattern(operand, place))
            return f'{self.as_text.format(left)} {_MATCHES[operator]} {pattern}'
        if operator in ('$eq', '$ne') and operand is None:
            return self.is_null[operator == '$ne'].format(left)
        value = f'{self.query.parameter(self.to_value(operand, place))}::{self.kind}'
        if operator not in _COMPARISONS:
            return f'{left} {_sign(operator, place)} {value}'
        test = f'{left} {_COMPARISONS[operator]} {value}'
        return f'({self.is_comparable.format(left, value)} AND {test})' if self.is_comparable else test


def _side(key: str, query: Query, index: PostgresIndex, layout: Layout, place: str) -> _Side:
    if key in layout.metadata_columns:
        return _column(quoted(key), layout.types[key], query)
    if index.metadata_json_column is None:
        raise bad_filter(place, key, f'one of the columns {", ".join(map(repr, layout.metadata_columns)) or "(none)"}')
    return _member(f'{quoted(index.metadata_json_column)}::jsonb', key, query)


def _column(name: str, kind: str, query: Query) -> _Side:
    return _Side(
        query=query,
        left=lambda: name,
        kind=kind,
        to_value=_to_text,
        as_text='{}::text',
        is_null=('{} IS NULL', '{} IS NOT NULL'),
    )


def _member(column: str, key: str, query: Query) -> _Side:
    """Return a member of the JSON column, whose name is a parameter."""
    return _Side(
        query=query,
        left=lambda: f'({column} -> {query.parameter(key)})',
        kind='jsonb',
        to_value=_to_json,
        as_text="({} #>> '{{}}')",
        is_null=("coalesce({}, 'null'::jsonb) = 'null'::jsonb", "coalesce({}, 'null'::jsonb) <> 'null'::jsonb"),
        # JSON has an order over all its types; only those of one type are comparable.
        is_comparable='jsonb_typeof({}) = jsonb_typeof({})',
    )


def _sign(operator: str, place: str) -> str:
    signs = {'$eq': '=', '$ne': 'IS DISTINCT FROM'}
    if operator not in signs:
        known = ', '.join(['$eq', '$ne', *_COMPARISONS, '$in', '$nin', *_MATCHES, '$exists'])
        raise bad_filter(place, operator, f'one of {known}')
    return signs[operator]


def _values(operand: Any, place: str) -> Sequence[Any]:
    if not isinstance(operand, list | tuple | set | frozenset) or len(cast('list[Any]', operand)) > _MOST_VALUES:
        raise bad_filter(place, operand, f'a list of at most {_MOST_VALUES} values')
    return list(cast('Sequence[Any]', operand))


def _flag(operand: Any, place: str) -> bool:
    if not isinstance(operand, bool):
        raise bad_filter(place, operand, 'True or False')
    return operand


def _pattern(operand: Any, place: str) -> str:
    if not isinstance(operand, str):
        raise bad_filter(place, operand, 'a pattern of text, in which % stands for anything')
    return operand


def _to_text(value: Any, place: str) -> str:
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str | int | float | Decimal | uuid.UUID):
        return str(value)
    raise bad_filter(place, value, 'a text, a number, True, False, a date or a UUID')


def _to_json(value: Any, place: str) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        raise bad_filter(place, value, 'what JSON can hold') from None
