# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a document meets a condition: what stores do that compare in this process, and what all others must match."""

from collections.abc import Mapping
from typing import Any, cast

from genkit.plugin.stores.filters.conditions import AllOf, Comparison, Condition, Scalar


def meets(condition: Condition, metadata: Mapping[str, Any] | None) -> bool:
    """Return whether metadata, of JSON values, meet a condition."""
    if isinstance(condition, Comparison):
        return _compare(condition, _member(metadata, condition.path)) is not condition.negated
    if isinstance(condition, AllOf):
        return all(meets(each, metadata) for each in condition.conditions)
    return any(meets(each, metadata) for each in condition.conditions)


def _member(metadata: Mapping[str, Any] | None, path: tuple[str, ...]) -> Any:
    found: Any = metadata
    for name in path:
        if not isinstance(found, Mapping):
            return None
        found = cast('Mapping[str, Any]', found).get(name)
    return found


def _compare(comparison: Comparison, found: Any) -> bool:
    if comparison.operator == 'exists':
        return found is not None and found != []
    elements = cast('list[Any]', found) if isinstance(found, list | tuple) else [found]
    return any(_holds(comparison.operator, element, value) for element in elements for value in comparison.values)


def _holds(operator: str, found: Any, value: Scalar) -> bool:
    if _kind(found) != _kind(value):
        return False
    match operator:
        case 'gt':
            return found > value
        case 'gte':
            return found >= value
        case 'lt':
            return found < value
        case 'lte':
            return found <= value
        case _:
            return found == value


def _kind(value: Any) -> str:
    """Return what a value can be compared with; texts are compared by their code points."""
    if isinstance(value, bool):
        return 'truth'
    if isinstance(value, int | float):
        return 'number'
    return 'text' if isinstance(value, str) else ''
