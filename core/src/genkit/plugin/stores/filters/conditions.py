# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a filter says, when it has been read."""

from dataclasses import dataclass
from typing import Final, Literal


Scalar = str | int | float | bool
Operator = Literal['eq', 'in', 'gt', 'gte', 'lt', 'lte', 'exists']

_NEGATED: Final = {'eq': '$ne', 'in': '$nin', 'exists': '$exists'}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is asked of one member of a document's metadata.

    It is true or false of every document, never unknown: a member that is missing, null, an empty list, or of another
    type meets no comparison, and so meets every negated one.

    Attributes:
        path: The names that lead to the member; more than one for a member of a member.
        operator: How it is compared. The elements of a list are compared one by one, and one that meets it suffices.
        value: What it is compared with: several values of ``in``, none of ``exists``, else one.
        negated: Whether the opposite must be true.
    """

    path: tuple[str, ...]
    operator: Operator
    value: Scalar | tuple[Scalar, ...] = ()
    negated: bool = False

    @property
    def name(self) -> str:
        """The path as callers write it: ``author.name``."""
        return '.'.join(self.path)

    @property
    def values(self) -> tuple[Scalar, ...]:
        """The values it is compared with, however many."""
        return self.value if isinstance(self.value, tuple) else (self.value,)

    @property
    def word(self) -> str:
        """The operator as callers write it."""
        if not self.negated:
            return f'${self.operator}'
        return _NEGATED.get(self.operator, f'$not ${self.operator}')


@dataclass(frozen=True, slots=True)
class AllOf:
    """All conditions must be met; with none, every document is found."""

    conditions: tuple['Condition', ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One condition at least must be met; with none, no document is found."""

    conditions: tuple['Condition', ...] = ()


Condition = Comparison | AllOf | AnyOf

EVERYTHING: Final = AllOf()
NOTHING: Final = AnyOf()


def all_of(conditions: list[Condition]) -> Condition:
    """Return the shortest condition that is met if all of some are."""
    if NOTHING in conditions:
        return NOTHING
    kept = [condition for condition in conditions if condition != EVERYTHING]
    return kept[0] if len(kept) == 1 else AllOf(tuple(kept))


def any_of(conditions: list[Condition]) -> Condition:
    """Return the shortest condition that is met if one of some is."""
    if EVERYTHING in conditions:
        return EVERYTHING
    kept = [condition for condition in conditions if condition != NOTHING]
    return kept[0] if len(kept) == 1 else AnyOf(tuple(kept))
