# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Filters as SQL whose values are parameters. No IO."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from genkit.plugin import Comparison, FilterTranslator

from genkit_postgresql.config import PostgresIndex
from genkit_postgresql.errors import SOURCE, bad_filter
from genkit_postgresql.layout import Layout, quoted


_SIGNS: Final = {'eq': '=', 'in': '=', 'gt': '>', 'gte': '>=', 'lt': '<', 'lte': '<='}
_PATH_SIGNS: Final = {**_SIGNS, 'eq': '==', 'in': '=='}
_PATTERNS: Final = {'$like': 'LIKE', '$ilike': 'ILIKE'}
_WHOLE: Final = frozenset({'smallint', 'integer', 'bigint'})
_FRACTIONAL: Final = frozenset({'real', 'double precision', 'numeric'})
_TEXTS: Final = frozenset({'text', 'character varying', 'character', '"char"', 'citext'})
_JSON: Final = frozenset({'json', 'jsonb'})


@dataclass
class Query:
    """A statement in the making, with its parameters."""

    values: list[Any] = field(default_factory=list[Any])

    def parameter(self, value: Any, kind: str = 'text') -> str:
        """Take a value in and return what stands for it."""
        self.values.append(value)
        return f'${len(self.values)}::{kind}'


class SqlFilter(FilterTranslator[str]):
    """Translates filters into conditions on the columns of a table, and on the members of its column of JSON.

    Args:
        query: Takes the values in.
        index: The table.
        layout: What the catalog says of it.
    """

    def __init__(self, query: Query, index: PostgresIndex, layout: Layout) -> None:
        super().__init__(SOURCE, 'Give the table a column of JSON (metadata_json_column).')
        self._query = query
        self._index = index
        self._layout = layout

    def all_of(self, parts: list[str]) -> str:
        """Return conditions that must all be met."""
        return f'({" AND ".join(parts)})'

    def any_of(self, parts: list[str]) -> str:
        """Return conditions of which one must be met."""
        return f'({" OR ".join(parts)})'

    def compare(self, comparison: Comparison) -> str:
        """Return a comparison, true or not; what is null is not true, and negated it is."""
        test = self._test(comparison)
        return f'({test}) IS NOT TRUE' if comparison.negated else f'({test})'

    def patterns(self, given: Mapping[str, Any]) -> list[str]:
        """Return the conditions that only PostgreSQL has: ``{'topic': {'$like': 'trav%'}}``.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` naming what has no meaning.
        """
        found: list[str] = []
        for name, tests in given.items():
            if not isinstance(tests, Mapping) or not tests:
                raise bad_filter(f'where[{name!r}]', tests, "a pattern such as {'$like': 'trav%'}")
            for word, pattern in tests.items():  # pyright: ignore[reportUnknownVariableType]
                place = f'where[{name!r}][{word!r}]'
                if word not in _PATTERNS:
                    raise bad_filter(place, word, "$like or $ilike; everything else is a 'filter'")
                if not isinstance(pattern, str):
                    raise bad_filter(place, pattern, 'a pattern of text, in which % stands for anything')
                left, kind = self._left(Comparison(tuple(name.split('.')), 'eq'))
                text = f"({left} #>> '{{}}')" if kind == 'jsonb' else f'{left}::text'
                found.append(f'{text} {_PATTERNS[word]} {self._query.parameter(pattern)}')
        return found

    def _test(self, comparison: Comparison) -> str:
        left, kind = self._left(comparison)
        if kind == 'jsonb':
            return self._member(left, comparison)
        if comparison.operator == 'exists':
            return f'{left} IS NOT NULL'
        element = kind.removesuffix('[]')
        kinds = [(self._kind(value, element), value) for value in comparison.values]
        comparable = [(as_kind, value) for as_kind, value in kinds if as_kind is not None]
        item = 'e' if kind != element else left
        order = ' COLLATE "C"' if element in _TEXTS and comparison.operator not in ('eq', 'in') else ''
        tests: list[str] = []
        for as_kind in dict.fromkeys(as_kind for as_kind, _ in comparable):
            values = [_to_text(value, as_kind) for as_other, value in comparable if as_other == as_kind]
            right = f'ANY({self._query.parameter(values, "text[]")}::{as_kind}[])'
            tests.append(f'{item}{order} {_SIGNS[comparison.operator]} {right}')
        test = f'({" OR ".join(tests)})' if tests else 'FALSE'
        return f'EXISTS (SELECT 1 FROM unnest({left}) AS e WHERE {test})' if kind != element else test  # noqa: S608  (quoted)

    def _left(self, comparison: Comparison) -> tuple[str, str]:
        """Return the left side of a comparison as SQL, and its type; that of every member of JSON is ``jsonb``."""
        first, *rest = comparison.path
        if comparison.name in self._layout.metadata_columns:
            first, rest = comparison.name, []
        kind = self._layout.types[first] if first in self._layout.metadata_columns else None
        if kind is not None and not rest and kind not in _JSON:
            return quoted(first), kind
        if kind in _JSON:
            column, names = quoted(first), rest
        elif kind is None and self._index.metadata_json_column is not None:
            column, names = quoted(self._index.metadata_json_column), [first, *rest]
        else:
            known = ', '.join(map(repr, self._layout.metadata_columns)) or 'none'
            raise self.refused(comparison, f'the table has no such column; those with metadata are: {known}')
        steps = ''.join(f' -> {self._query.parameter(name)}' for name in names)
        return f'({column}::jsonb{steps})', 'jsonb'

    def _member(self, left: str, comparison: Comparison) -> str:
        """Return a comparison of a member of JSON, of a list with each of its elements."""
        if comparison.operator == 'exists':
            return f"coalesce({left}, 'null'::jsonb) NOT IN ('null'::jsonb, '[]'::jsonb)"
        if comparison.operator == 'eq':
            value = self._query.parameter(_dumps(comparison.value))
            return f"{left} = {value}::jsonb OR jsonb_typeof({left}) = 'array' AND {left} @> {value}::jsonb"
        values = self._query.parameter(_dumps({'v': list(comparison.values)}))
        path = f'$[*] ? (@ {_PATH_SIGNS[comparison.operator]} $v[*])'
        return f"jsonb_path_exists({left}, '{path}', {values}::jsonb)"

    def _kind(self, value: str | float, kind: str) -> str | None:
        """Return the type to compare a value as with a column of a type; None if the two are never equal."""
        if isinstance(value, bool):
            return kind if kind == 'boolean' else None
        if isinstance(value, str):
            return None if kind in _WHOLE or kind in _FRACTIONAL or kind == 'boolean' else kind
        if kind in _WHOLE:
            return 'bigint' if value == int(value) else 'numeric'
        return kind if kind in _FRACTIONAL else None


def _to_text(value: str | float, kind: str) -> str:
    if isinstance(value, bool):
        return 'true' if value else 'false'
    return str(int(value)) if kind == 'bigint' else str(value)


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
