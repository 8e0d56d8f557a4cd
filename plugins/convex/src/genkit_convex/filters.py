# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Conditions as the functions of the template read them. No IO."""

import json
from typing import Any, Final

from genkit.plugin import Comparison, Condition, FilterTranslator


_MOST_EXACT: Final = 1 << 53  # JavaScript's numbers are 64-bit floating point


class ConvexFilter(FilterTranslator[dict[str, Any]]):
    """Translates filters into conditions of ``genkitFilter.ts``."""

    def __init__(self) -> None:
        super().__init__('convex', 'Keep such numbers as text.')

    def all_of(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        """Return conditions that must all be met."""
        return {'all': parts}

    def any_of(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        """Return conditions of which one must be met."""
        return {'any': parts}

    def compare(self, comparison: Comparison) -> dict[str, Any]:
        """Return a comparison.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for numbers that JavaScript would round.
        """
        values = [] if comparison.operator == 'exists' else list(comparison.values)
        for value in values:
            if isinstance(value, int | float) and abs(value) >= _MOST_EXACT:
                raise self.refused(comparison, f'Convex has floating point numbers, which may round {value}')
        return {
            'path': list(comparison.path),
            'operator': comparison.operator,
            'values': values,
            'negated': comparison.negated,
        }


def to_condition(condition: Condition) -> str:
    """Return a condition as JSON.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for numbers that JavaScript would round.
    """
    return json.dumps(ConvexFilter().translate(condition), ensure_ascii=False)
