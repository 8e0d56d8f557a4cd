# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Suites and their cases, ready to be run."""

from dataclasses import dataclass, field
from typing import Any

from conform.model.answer import Answer
from conform.model.validators import NOT_STREAMED, Validator


@dataclass(frozen=True)
class Question:
    """A validator with its argument: `text-includes:Genkit`."""

    validator: Validator
    argument: str

    @property
    def text(self) -> str:
        """As specs write it."""
        return f'{self.validator.name}:{self.argument}' if self.argument else self.validator.name


@dataclass(frozen=True)
class Case:
    """One request to a model, and what is asked of its answer.

    Attributes:
        model: As the spec names it: `provider/name`, or an action's key.
        name: The capability's, or the test's own.
        request: A `GenerateRequest` in its JSON form, sent as it is.
        stream: Whether chunks are asked for; if so, one has to come.
        skip: Why this case is not run; empty if it is.
    """

    model: str
    name: str
    request: dict[str, Any] = field(default_factory=dict[str, Any])
    questions: tuple[Question, ...] = ()
    stream: bool = False
    skip: str = ''

    @property
    def key(self) -> str:
        """The key of the model's action."""
        return self.model if self.model.startswith('/') else f'/model/{self.model}'

    def problem(self, answer: Answer) -> str | None:
        """Return why an answer does not pass, the first reason of perhaps several, or None."""
        problem = answer.shape_problem()
        if problem or (self.stream and not answer.chunks):
            return problem or NOT_STREAMED
        for question in self.questions:
            if problem := question.validator.check(answer, question.argument):
                return f'{question.text} — {problem}'
        return None
