# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Filters in Weaviate's own language, as GraphQL has them and as REST has them. No IO.

https://docs.weaviate.io/weaviate/api/graphql/filters
"""

from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import Comparison, Condition, FilterTranslator

from genkit_weaviate.members import FACTS, NUMBERS, TEXTS, fact, ordered, presence, property_name


Where = dict[str, Any]

NOT_SINCE: Final = (1, 33)
_MOST_EXACT: Final = 1 << 53  # Weaviate keeps numbers as 64-bit floating point
_ORDERS: Final = {'gt': 'GreaterThan', 'gte': 'GreaterThanEqual', 'lt': 'LessThan', 'lte': 'LessThanEqual'}
_NOTHING: Final[Where] = {'path': [FACTS], 'operator': 'Equal', 'valueText': 'nothing'}


class WeaviateFilter(FilterTranslator[Where]):
    """Translates filters into Weaviate's language.

    Args:
        properties: The names of the collection's properties.
        filterable: The members of the metadata that can be compared; None if all can.
        version: Of the server.
    """

    def __init__(
        self, properties: Collection[str], filterable: Collection[str] | None, version: tuple[int, int]
    ) -> None:
        super().__init__('weaviate', 'Use another condition, or sort out what was found.')
        self._properties = properties
        self._filterable = filterable
        self._version = version

    def all_of(self, parts: list[Where]) -> Where:
        """Return conditions that must all be met."""
        return {'operator': 'And', 'operands': parts}

    def any_of(self, parts: list[Where]) -> Where:
        """Return conditions of which one must be met."""
        return {'operator': 'Or', 'operands': parts}

    def compare(self, comparison: Comparison) -> Where:
        """Return a comparison.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for what the collection or the server does not compare.
        """
        if self._filterable is not None and comparison.path[0] not in self._filterable:
            raise self.refused(comparison, f'only {sorted(self._filterable)!r} are filterable in this collection')
        met = self._positive(comparison)
        if not comparison.negated:
            return met
        if self._version < NOT_SINCE:
            server, needed = ('.'.join(map(str, version)) for version in (self._version, NOT_SINCE))
            raise self.refused(comparison, f'Weaviate {server} cannot negate exactly, which {needed} can')
        return {'operator': 'Not', 'operands': [met]}

    def _positive(self, comparison: Comparison) -> Where:
        if comparison.operator == 'exists':
            return {'path': [FACTS], 'operator': 'Equal', 'valueText': presence(comparison.path)}
        if comparison.operator in ('eq', 'in'):
            facts = [fact(comparison.path, value) for value in comparison.values]
            if len(facts) == 1:
                return {'path': [FACTS], 'operator': 'Equal', 'valueText': facts[0]}
            return {'path': [FACTS], 'operator': 'ContainsAny', 'valueText': facts}
        (value,) = comparison.values
        if isinstance(value, int) and abs(value) >= _MOST_EXACT:
            raise self.refused(comparison, f'Weaviate keeps numbers as floating point, which may round {value}')
        prefix = TEXTS if isinstance(value, str) else NUMBERS
        name = property_name(prefix, comparison.path)
        if name not in self._properties:  # no document has such a value there
            return _NOTHING
        said: Where = {'path': [name], 'operator': _ORDERS[comparison.operator]}
        return {**said, 'valueText': ordered(value)} if isinstance(value, str) else {**said, 'valueNumber': value}


def to_where(condition: Condition | None, native: Mapping[str, Any] | None, translator: WeaviateFilter) -> Where | None:
    """Return conditions as GraphQL has them; None if there are none.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what cannot be compared.
    """
    parts: list[Where] = [check_where(native)] if native else []
    if condition is not None:
        parts.append(translator.translate(condition))
    return translator.all_of(parts) if len(parts) > 1 else parts[0] if parts else None


def check_where(given: Any, place: str = 'where') -> Where:
    """Return conditions in Weaviate's language, with lists named as GraphQL names them.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming the place that is not one.
    """
    members = cast('Mapping[str, Any]', given if isinstance(given, Mapping) else {})
    operator = members.get('operator')
    if not isinstance(operator, str) or not operator.isascii() or not operator.isalpha():
        raise _wrong(place, given, "a mapping with an operator, such as {'path': ['page'], 'operator': 'LessThan', …}")
    checked: Where = {'operator': operator}
    for name, value in members.items():
        if name == 'operands':
            if not isinstance(value, list):
                raise _wrong(f'{place}.operands', value, 'a list of conditions')
            checked[name] = [
                check_where(each, f'{place}.operands[{n}]') for n, each in enumerate(cast('list[Any]', value))
            ]
        elif name == 'path' or (name.startswith('value') and name.isascii() and name.isalpha()):
            checked[name.removesuffix('Array')] = value
        elif name != 'operator':
            raise _wrong(f'{place}.{name}', value, 'path, operator, operands, or value with a type, such as valueText')
    return checked


def to_rest(where: Where) -> Where:
    """Return conditions as REST has them, where lists of values have names of their own."""
    changed: Where = {}
    for name, value in where.items():
        if name == 'operands':
            changed[name] = [to_rest(each) for each in value]
        else:
            changed[f'{name}Array' if name.startswith('value') and isinstance(value, list) else name] = value
    return changed


def _wrong(place: str, given: Any, expected: str) -> GenkitError:
    shown = repr(given)
    return GenkitError(f'{place} is {shown[:200]}; expected {expected}.', status='INVALID_ARGUMENT', source='weaviate')
