# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Bounds what one rendering writes: partials that put each other in twice and loops in loops grow at every level."""

from contextvars import ContextVar
from typing import Final


MAX_CHARACTERS: Final = 16 * 2**20
MAX_PARTIALS: Final = 100_000


class TooMuchError(Exception):
    """A rendering writes more than it may."""


class Budget:
    """What a rendering may still write.

    Attributes:
        characters: Counted wherever a partial or a loop ends, so those inside several of them count several times.
        partials: How many more may be put in.
    """

    __slots__ = ('characters', 'partials')

    def __init__(self) -> None:
        self.characters = MAX_CHARACTERS
        self.partials = MAX_PARTIALS


current_budget: ContextVar[Budget | None] = ContextVar('template_budget', default=None)


def spend_partial(written: int) -> None:
    """Count a partial and what it wrote.

    Raises:
        TooMuchError: It was one too many.
    """
    budget = current_budget.get()
    if budget is not None:
        budget.partials -= 1
        if budget.partials < 0:
            raise TooMuchError
        spend(written)


def spend(written: int) -> None:
    """Count characters; raises as `spend_partial`."""
    budget = current_budget.get()
    if budget is not None:
        budget.characters -= written
        if budget.characters < 0:
            raise TooMuchError
