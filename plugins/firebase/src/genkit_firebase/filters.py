# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Filters in Firestore's language, as far as it goes. No IO.

Firestore finds no document by what it lacks, looks into lists once in a query, and knows no more than 30 alternatives
(https://firebase.google.com/docs/firestore/query-data/queries#limits_on_or_queries). What it is asked is therefore a
part of a filter, one that finds all which meet the whole and perhaps more; the whole is compared with what it finds.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from genkit.plugin import AllOf, Comparison, Condition

from genkit_firebase.config import Where, is_field
from genkit_firebase.convert import DEEPEST
from genkit_firebase.errors import refused


_MOST_ALTERNATIVES: Final = 30
_LONGEST_INDEXED: Final = 1_500  # bytes of a value
_OPERATORS: Final = ('==', '!=', '<', '<=', '>', '>=', 'in', 'not-in', 'array_contains', 'array_contains_any')
_ORDERS: Final = {'gt': '>', 'gte': '>=', 'lt': '<', 'lte': '<='}


@dataclass(frozen=True, slots=True)
class Asked:
    """What Firestore is asked.

    Attributes:
        make: Makes the library's filter.
        is_whole: Whether it says all that the condition does.
        alternatives: How many there are, if they are written out.
        looks_into_lists: Whether one of them looks into a list.
        excludes: Whether one of them says what a field is not.
    """

    make: Callable[[], Any]
    is_whole: bool = True
    alternatives: int = 1
    looks_into_lists: bool = False
    excludes: bool = False


def to_asked(condition: Condition, list_fields: Collection[str] | None, own: Collection[str]) -> Asked | None:
    """Return what Firestore can be asked of a condition; None if that is nothing.

    Args:
        condition: The condition.
        list_fields: The members that hold lists; None if any may.
        own: The fields that hold no metadata.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a comparison with one of those.
    """
    if isinstance(condition, Comparison):
        return _comparison(condition, list_fields, own)
    parts = [to_asked(each, list_fields, own) for each in condition.conditions]
    if isinstance(condition, AllOf):
        return _all_of(parts)
    return _any_of(parts)


def field_path(path: Iterable[str]) -> str:
    """Return the path of a field as Firestore reads it: names that are no plain words are quoted."""
    library: Any = import_module('google.cloud.firestore_v1.field_path')
    return str(library.FieldPath(*path).to_api_repr())


def to_where(where: Where | None) -> list[Any]:
    """Return the conditions of the option ``where`` as the library has them.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an operator that the library does not know.
    """
    given: Where = where or ()
    triples = [(name, '==', value) for name, value in given.items()] if isinstance(given, Mapping) else given
    unknown = next((operator for _, operator, _ in triples if operator not in _OPERATORS), None)
    if unknown is not None:
        raise refused(f'where has the operator {unknown!r}; Firestore knows {", ".join(_OPERATORS)}.')
    return [_field_filter(name, operator, value) for name, operator, value in triples]


def _comparison(comparison: Comparison, list_fields: Collection[str] | None, own: Collection[str]) -> Asked | None:
    path, operator, value = comparison.path, comparison.operator, comparison.value
    if path[0] in own:
        raise refused(
            f'filter[{comparison.name!r}] is about a field of the collection itself, not of the metadata. '
            'Name other fields for the text and the vector, or use the option `where`.'
        )
    if comparison.negated or len(path) > DEEPEST or not all(map(is_field, path)):
        return None
    if any(isinstance(each, str) and len(each.encode()) > _LONGEST_INDEXED for each in comparison.values):
        return None
    holds_list = list_fields is None or comparison.name in list_fields
    if operator == 'exists':  # an empty list that another program stored is there, for Firestore
        return Asked(lambda: _field_filter(field_path(path), '!=', None), is_whole=False, excludes=True)
    if operator in _ORDERS:
        if holds_list:
            return None
        return Asked(lambda: _field_filter(field_path(path), _ORDERS[operator], value))
    return _one_of(path, comparison.values, holds_list=holds_list)


def _one_of(path: tuple[str, ...], values: tuple[Any, ...], *, holds_list: bool) -> Asked | None:
    count = len(values) * (2 if holds_list else 1)
    if count > _MOST_ALTERNATIVES:
        return None

    def make() -> Any:
        name = field_path(path)
        if len(values) == 1:
            single, inside = ('==', values[0]), ('array_contains', values[0])
        else:
            single, inside = ('in', list(values)), ('array_contains_any', list(values))
        alone = _field_filter(name, *single)
        return _joined('OR', [alone, _field_filter(name, *inside)]) if holds_list else alone

    return Asked(make, alternatives=count, looks_into_lists=holds_list)


def _all_of(parts: list[Asked | None]) -> Asked | None:
    """Join as many as Firestore takes together; the others are left out, which finds more."""
    taken: list[Asked] = []
    left_out = False
    alternatives, looks, excludes = 1, False, False
    for part in sorted((part for part in parts if part is not None), key=lambda part: part.alternatives):
        fits = alternatives * part.alternatives <= _MOST_ALTERNATIVES
        if not fits or (looks and part.looks_into_lists) or (excludes and part.excludes):
            left_out = True
            continue
        taken.append(part)
        alternatives *= part.alternatives
        looks, excludes = looks or part.looks_into_lists, excludes or part.excludes
    if not taken:
        return None
    is_whole = not left_out and None not in parts and all(part.is_whole for part in taken)
    make = taken[0].make if len(taken) == 1 else lambda: _joined('AND', [part.make() for part in taken])
    return Asked(make, is_whole, alternatives, looks, excludes)


def _any_of(parts: list[Asked | None]) -> Asked | None:
    """Join all, as one that is left out would find less."""
    known = [part for part in parts if part is not None]
    alternatives = sum(part.alternatives for part in known)
    # Firestore takes one exclusion in a query, and none beside other alternatives.
    if len(known) < len(parts) or alternatives > _MOST_ALTERNATIVES or any(part.excludes for part in known):
        return None
    return Asked(
        lambda: _joined('OR', [part.make() for part in known]),
        all(part.is_whole for part in known),
        alternatives,
        any(part.looks_into_lists for part in known),
    )


def _field_filter(name: str, operator: str, value: Any) -> Any:
    library: Any = import_module('google.cloud.firestore_v1.base_query')
    return library.FieldFilter(name, operator, value)


def _joined(how: str, filters: list[Any]) -> Any:
    library: Any = import_module('google.cloud.firestore_v1.base_query')
    return (library.And if how == 'AND' else library.Or)(filters)
