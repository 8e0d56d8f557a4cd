# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The base of what translates conditions into the language of a store."""

from abc import ABC, abstractmethod
from typing import Generic

from typing_extensions import TypeVar

from genkit._base.errors import GenkitError
from genkit.plugin.stores.filters.conditions import AllOf, Comparison, Condition


T = TypeVar('T')


class FilterTranslator(ABC, Generic[T]):
    """Translates conditions into the language of a store.

    What a store cannot compare is refused, and the whole filter with it: never is a part of it left out.

    Args:
        source: The plugin's name, for errors.
        instead: What a caller can do instead, for errors: a sentence.
    """

    def __init__(self, source: str, instead: str) -> None:
        self._source = source
        self._instead = instead

    def translate(self, condition: Condition) -> T:
        """Return a condition in the language of the store.

        ``Filter.finds_everything`` and ``finds_nothing`` never come here: a store is not asked then.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` naming the operator that the store does not have.
        """
        if isinstance(condition, Comparison):
            return self.compare(condition)
        parts = [self.translate(each) for each in condition.conditions]
        return self.all_of(parts) if isinstance(condition, AllOf) else self.any_of(parts)

    @abstractmethod
    def compare(self, comparison: Comparison) -> T:
        """Return a comparison."""

    @abstractmethod
    def all_of(self, parts: list[T]) -> T:
        """Return what is met if all parts are, of which there are two at least."""

    @abstractmethod
    def any_of(self, parts: list[T]) -> T:
        """Return what is met if one part is, of which there are two at least."""

    def refused(self, comparison: Comparison, reason: str) -> GenkitError:
        """Return the error of a comparison that the store does not have.

        Args:
            comparison: The comparison.
            reason: Why: the end of a sentence that begins with the store's name.
        """
        return GenkitError(
            f'filter[{comparison.name!r}] uses {comparison.word}, but {reason}. {self._instead}',
            status='INVALID_ARGUMENT',
            source=self._source,
        )
