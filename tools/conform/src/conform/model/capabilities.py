# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a spec may claim under `supports`: the tests that come with the program, which stand in `capabilities.yaml`."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from genkit.plugin import did_you_mean
from ruamel.yaml import YAML

from conform.model.errors import UsageError
from conform.model.suite import Case, Question
from conform.model.validators import VALIDATORS


@dataclass(frozen=True)
class Capability:
    """What a model may be capable of, and the test for it.

    Attributes:
        summary: What the model does.
        is_default: Whether a suite that says neither `supports` nor `tests` claims it.
        test: The test, without its model.
    """

    summary: str
    is_default: bool
    test: Case

    def case(self, model: str) -> Case:
        """Return the test for a model."""
        return replace(self.test, model=model)


@cache
def capabilities() -> dict[str, Capability]:
    """Return every capability, by name."""
    entries: Any = cast('Any', YAML(typ='safe', pure=True)).load(Path(__file__).with_suffix('.yaml'))
    return {name: _read(name, entry) for name, entry in entries.items()}


def find_capability(name: str) -> Capability:
    """Return a capability by name.

    Raises:
        UsageError: There is none of that name.
    """
    if name not in capabilities():
        hint = did_you_mean(name, capabilities())
        raise UsageError(f'{name!r} is no capability.{hint} List them with `conform specs`.')
    return capabilities()[name]


def parse_question(text: str) -> Question:
    """Return what a spec writes under `validators`.

    Raises:
        UsageError: There is no such validator, or its argument is missing or too much.
    """
    name, _, argument = text.partition(':')
    validator = VALIDATORS.get(name)
    if validator is None:
        hint = did_you_mean(name, VALIDATORS)
        raise UsageError(f'{text!r} is no validator.{hint} List them with `conform specs`.')
    if bool(argument) != bool(validator.argument) and not validator.argument.startswith('['):
        raise UsageError(f'{text!r} is not how this validator is written: {validator.usage!r}.')
    return Question(validator, argument)


def _read(name: str, entry: dict[str, Any]) -> Capability:
    questions = tuple(parse_question(text) for text in entry.get('validators', ()))
    test = Case('', name, entry.get('input', {}), questions, entry.get('stream', False))
    return Capability(entry['summary'], entry.get('default', False), test)
