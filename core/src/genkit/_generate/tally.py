# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Total usage of all model calls during a run, including nested ones."""

import contextlib
from collections.abc import Generator
from contextvars import ContextVar

from genkit.types import GenerationUsage


class Tally:
    """A sum of usage.

    Args:
        around: The tally of what it is a part of.

    Attributes:
        total: The sum so far.
    """

    __slots__ = ('_around', 'total')

    def __init__(self, around: 'Tally | None') -> None:
        self._around = around
        self.total = GenerationUsage()

    def add(self, usage: GenerationUsage) -> None:
        """Add what a call of a model consumed."""
        self.total += usage
        if self._around is not None:
            self._around.add(usage)


_TALLY: ContextVar[Tally | None] = ContextVar('genkit_tally', default=None)


@contextlib.contextmanager
def counted_usage() -> Generator[Tally]:
    """Count what models consume inside a ``with`` block, and in the tasks that begin there."""
    tally = Tally(_TALLY.get())
    token = _TALLY.set(tally)
    try:
        yield tally
    finally:
        _TALLY.reset(token)


def count_usage(usage: GenerationUsage | None) -> None:
    """Add what a call of a model consumed to the tally of whatever it is made for."""
    tally = _TALLY.get()
    if tally is not None and usage is not None:
        tally.add(usage)
