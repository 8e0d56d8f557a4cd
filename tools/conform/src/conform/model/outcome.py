# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How cases ended."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from conform.model import errors
from conform.model.answer import Answer
from conform.model.suite import Case


class Outcome(StrEnum):
    """How a case ended; `ERROR` means that it could not be run at all."""

    PASSED = 'passed'
    FAILED = 'failed'
    SKIPPED = 'skipped'
    ERROR = 'error'


@dataclass(frozen=True)
class Result:
    """How one case ended.

    Attributes:
        target: The plugin or application that was asked.
        reason: Why it did not pass; empty if it did.
        seconds: How long the last attempt took.
        attempts: How often the model was asked.
        answer: What the model gave, if it gave anything.
        trace_id: 32 hex digits, or empty.
    """

    target: str
    case: Case
    outcome: Outcome
    reason: str = ''
    seconds: float = 0.0
    attempts: int = 0
    answer: Answer | None = None
    trace_id: str = ''


@dataclass(frozen=True)
class Package:
    """A package whose models were asked.

    Attributes:
        name: The folder's name.
        distribution: Its name in an index.
        counterpart: The package that is the same for JavaScript; empty if there is none.
    """

    name: str
    distribution: str
    counterpart: str = ''


@dataclass(frozen=True)
class Report:
    """A whole run.

    Attributes:
        skipped: Targets that were left out, and why.
        packages: Those of the targets that are packages.
    """

    mode: str
    results: Sequence[Result]
    skipped: dict[str, str]
    seconds: float
    packages: Sequence[Package] = ()

    @property
    def counts(self) -> Counter[Outcome]:
        """How many cases ended how."""
        return Counter(result.outcome for result in self.results)

    @property
    def exit_code(self) -> int:
        """What the program ends with."""
        if self.counts[Outcome.ERROR]:
            return errors.NOT_STARTED
        if self.counts[Outcome.FAILED]:
            return errors.FAILED
        return errors.PASSED if self.counts[Outcome.PASSED] else errors.NOTHING_RUN
