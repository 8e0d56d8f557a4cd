# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From a spec file to cases."""

import reprlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar, cast

from genkit.plugin import did_you_mean, redact
from genkit.types import GenerateRequest
from pydantic import BaseModel, ConfigDict, Field, StrictBool, TypeAdapter, ValidationError

from conform.model.capabilities import capabilities, find_capability, parse_question
from conform.model.errors import UsageError
from conform.model.suite import Case
from conform.specs.document import Document, Place, read_document


T = TypeVar('T')


class _Strict(BaseModel):
    model_config = ConfigDict(extra='forbid', validate_default=False)


class TestSpec(_Strict):
    """One entry under `tests`."""

    __test__ = False

    name: str = ''
    input: GenerateRequest
    validators: list[str] = Field(default_factory=list[str])
    stream: StrictBool = False


class SuiteSpec(_Strict):
    """One suite of a spec file, as the developer tools read it."""

    model: str = Field(min_length=1)
    supports: list[str] | None = None
    tests: list[TestSpec] | None = None


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a spec file: one suite, or a list of suites.

    Raises:
        UsageError: The file is no spec; every problem has its file, line and path.
    """
    document = read_document(path)
    problems: list[str] = []
    cases: list[Case] = []
    known = {*SuiteSpec.model_fields, *TestSpec.model_fields}
    if isinstance(document.value, list):
        for position, suite in enumerate(check_shape(list[SuiteSpec], document, known)):
            cases += _suite_cases(suite, document, (position,), problems)
    else:
        cases += _suite_cases(check_shape(SuiteSpec, document, known), document, (), problems)
    if not cases:
        problems.append(f'{path}: there is no test; name some under `supports` or write some under `tests`.')
    if problems:
        raise UsageError('\n'.join(problems))
    return cases


def default_capabilities() -> list[str]:
    """Return what a suite claims that says neither `supports` nor `tests`."""
    return [name for name, capability in capabilities().items() if capability.is_default]


def check_shape(kind: type[T], document: Document, known: Iterable[str]) -> T:
    """Return a document as an instance of a type.

    Args:
        kind: The type.
        document: What was read.
        known: Names to suggest in place of an unknown one.

    Raises:
        UsageError: It does not fit; every problem has its file, line and path.
    """
    try:
        return TypeAdapter(kind).validate_python(document.value, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = [(_real(item['loc'], document.value), _told(item, known)) for item in error.errors()]
        raise UsageError('\n'.join(f'{document.where(place)}: {told}' for place, told in problems)) from error


def _suite_cases(suite: SuiteSpec, document: Document, place: Place, problems: list[str]) -> list[Case]:
    default = default_capabilities() if suite.tests is None else []
    supports = suite.supports if suite.supports is not None else default
    cases: list[Case] = []
    for position, name in enumerate(supports):
        try:
            cases.append(find_capability(name).case(suite.model))
        except UsageError as error:
            problems.append(f'{document.where((*place, "supports", position))}: {error.message}')
    for number, test in enumerate(suite.tests or (), 1):
        inside = (*place, 'tests', number - 1)
        questions: list[Any] = []
        for position, text in enumerate(test.validators):
            try:
                questions.append(parse_question(text))
            except UsageError as error:
                problems.append(f'{document.where((*inside, "validators", position))}: {error.message}')
        request = _raw(document, (*inside, 'input'))
        cases.append(Case(suite.model, test.name or f'test {number}', request, tuple(questions), test.stream))
    return cases


def _raw(document: Document, place: Place) -> dict[str, Any]:
    """Return the data at a place as it was written."""
    value = document.value
    for step in place:
        value = value[step]
    return cast('dict[str, Any]', value)


def _real(steps: Place, value: Any) -> Place:
    """Return the steps that lead through data: without those that name variants of a type, and without missing ones."""
    if not steps:
        return ()
    without = _real(steps[1:], value)
    try:
        inner = value[steps[0]]
    except (LookupError, TypeError):
        return without
    return max((steps[0], *_real(steps[1:], inner)), without, key=lambda place: (place[-1:] == steps[-1:], len(place)))


def _told(item: Any, known: Iterable[str]) -> str:
    name = str(item['loc'][-1]) if item['loc'] else ''
    if item['type'] == 'extra_forbidden':
        return f'{name!r} is not known here.{did_you_mean(name, known)} Remove it.'
    if item['type'] == 'missing':
        return f'{name!r} is missing; add it.'
    message = 'Input should be a mapping' if item['type'] in {'model_type', 'dict_type'} else item['msg']
    return f'{message} (got {reprlib.repr(redact(item["input"]))})'
