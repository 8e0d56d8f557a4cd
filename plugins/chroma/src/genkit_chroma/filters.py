# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Filters in Chroma's own language. No IO.

Operators: https://docs.trychroma.com/docs/querying-collections/metadata-filtering. Found with chromadb 1.5.9: a number
is equal to one of the other kind, except within lists; records without the member meet ``$ne`` and ``$not_contains``; a
list of values has one type.
"""

from collections.abc import Mapping
from typing import Any

from genkit.plugin import Comparison, Condition, FilterTranslator

from genkit_chroma.errors import SOURCE


Where = dict[str, Any]


class ChromaFilter(FilterTranslator[Where]):
    """Translates filters into Chroma's language."""

    def __init__(self) -> None:
        super().__init__(SOURCE, 'Use another operator, or sort out what was found.')

    def all_of(self, parts: list[Where]) -> Where:
        """Return conditions that must all be met."""
        return {'$and': parts}

    def any_of(self, parts: list[Where]) -> Where:
        """Return conditions of which one must be met."""
        return {'$or': parts}

    def compare(self, comparison: Comparison) -> Where:
        """Return a comparison.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for what Chroma does not compare.
        """
        if comparison.operator == 'exists':
            raise self.refused(comparison, 'Chroma does not tell whether a member is missing')
        if comparison.operator not in ('eq', 'in'):
            return self._order(comparison)
        name = comparison.name
        same, holds = ('$nin', '$not_contains') if comparison.negated else ('$in', '$contains')
        parts: list[Where] = [{name: {same: values}} for values in _by_type(comparison)]
        parts += [{name: {holds: each}} for values in _by_type(comparison) for value in values for each in _as(value)]
        return self.all_of(parts) if comparison.negated else self.any_of(parts)

    def _order(self, comparison: Comparison) -> Where:
        if isinstance(comparison.value, str):
            raise self.refused(comparison, f'Chroma has no order of texts such as {comparison.value!r}')
        if comparison.negated:
            raise self.refused(comparison, 'Chroma does not find the records that lack the member')
        return {comparison.name: {f'${comparison.operator}': comparison.value}}


def to_where(native: Mapping[str, Any] | None, condition: Condition | None = None) -> Where | None:
    """Return conditions as Chroma takes them: one for each mapping, several joined by ``$and``.

    Args:
        native: In Chroma's language.
        condition: What must be met as well.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what Chroma does not compare.
    """
    parts: list[Where] = [{name: value} for name, value in (native or {}).items()]
    if condition is not None:
        parts.append(ChromaFilter().translate(condition))
    return parts[0] if len(parts) == 1 else {'$and': parts} if parts else None


def _by_type(comparison: Comparison) -> list[list[Any]]:
    """Return the values in lists of one type each."""
    truths = [value for value in comparison.values if isinstance(value, bool)]
    texts = [value for value in comparison.values if isinstance(value, str)]
    numbers = [value for value in comparison.values if not isinstance(value, bool | str)]
    whole = [value for value in numbers if isinstance(value, int)]
    fractions = [value for value in numbers if isinstance(value, float)]
    return [values for values in (texts, truths, whole, fractions) if values]


def _as(value: Any) -> list[Any]:
    """Return a value as the types under which a list may hold it."""
    if isinstance(value, bool | str):
        return [value]
    return [int(value), float(value)] if value == int(value) else [value]
