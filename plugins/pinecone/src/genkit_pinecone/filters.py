# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Filters in Pinecone's own language. No IO.

Operators and the types they take: https://docs.pinecone.io/guides/search/filter-by-metadata.
"""

from collections.abc import Mapping
from typing import Any, Final

from genkit.plugin import Comparison, Condition, FilterTranslator


Conditions = dict[str, Any]

_MOST_EXACT: Final = 1 << 53  # Pinecone keeps numbers as 64-bit floating point


class PineconeFilter(FilterTranslator[Conditions]):
    """Translates filters into Pinecone's language."""

    def __init__(self) -> None:
        super().__init__('pinecone', 'Use another operator, or sort out what was found.')

    def all_of(self, parts: list[Conditions]) -> Conditions:
        """Return conditions that must all be met."""
        return {'$and': parts}

    def any_of(self, parts: list[Conditions]) -> Conditions:
        """Return conditions of which one must be met."""
        return {'$or': parts}

    def compare(self, comparison: Comparison) -> Conditions:
        """Return a comparison.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for what Pinecone does not compare.
        """
        name = comparison.name
        if comparison.operator == 'exists':
            return {name: {'$exists': not comparison.negated}}
        for value in comparison.values:
            if isinstance(value, int) and abs(value) > _MOST_EXACT:
                raise self.refused(comparison, f'Pinecone keeps numbers as floating point, which has no {value}')
        if comparison.operator not in ('eq', 'in'):
            return self._order(comparison)
        truths = [value for value in comparison.values if isinstance(value, bool)]
        others = [value for value in comparison.values if not isinstance(value, bool)]
        same, equal = ('$nin', '$ne') if comparison.negated else ('$in', '$eq')
        parts: list[Conditions] = [{name: {equal: value}} for value in truths]
        if others:
            parts.append({name: {same: others} if len(others) > 1 else {equal: others[0]}})
        if not comparison.negated:
            return self._joined(parts, '$or')
        return {'$or': [self._joined(parts, '$and'), {name: {'$exists': False}}]}

    def _order(self, comparison: Comparison) -> Conditions:
        if isinstance(comparison.value, str):
            raise self.refused(comparison, f'Pinecone has no order of texts such as {comparison.value!r}')
        if comparison.negated:
            raise self.refused(comparison, 'Pinecone does not find the records whose member is no number')
        return {comparison.name: {f'${comparison.operator}': comparison.value}}

    def _joined(self, parts: list[Conditions], word: str) -> Conditions:
        return parts[0] if len(parts) == 1 else {word: parts}


def to_filter(native: Mapping[str, Any] | None, condition: Condition | None) -> Conditions | None:
    """Return conditions as Pinecone takes them; None if there are none.

    Args:
        native: In Pinecone's language.
        condition: What must be met as well.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what Pinecone does not compare.
    """
    parts: list[Conditions] = [dict(native)] if native else []
    if condition is not None:
        parts.append(PineconeFilter().translate(condition))
    return {'$and': parts} if len(parts) > 1 else parts[0] if parts else None
