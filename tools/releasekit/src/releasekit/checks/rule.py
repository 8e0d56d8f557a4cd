# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a rule is, what it looks at, and what it finds."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from releasekit.checks.site import MemberSite, Site
from releasekit.model.configuration import Profile
from releasekit.model.member import Member, MemberKind


class Severity(StrEnum):
    """Whether a finding fails the run."""

    ERROR = 'error'
    WARNING = 'warning'


class Scope(StrEnum):
    """What a rule looks at: the workspace as a whole, what gets published, samples, or every member.

    Samples are looked at where the workspace has the profile `house`: nobody else need have any.
    """

    WORKSPACE = 'workspace'
    PACKAGE = 'package'
    SAMPLE = 'sample'
    MEMBER = 'member'

    def covers(self, member: Member) -> bool:
        """Tell whether a member is looked at."""
        if self is Scope.PACKAGE:
            return member.is_published
        return self is Scope.MEMBER or (self is Scope.SAMPLE and member.kind is MemberKind.SAMPLE)


@dataclass(frozen=True)
class Fix:
    """A change that is safe to make unasked, in words and as a call."""

    summary: str
    apply: Callable[[], None]


@dataclass(frozen=True)
class Problem:
    """One thing that a rule objects to.

    `path` is relative to the workspace root, `line` counts from 1; `way_out` says what to do about it.
    """

    message: str
    way_out: str
    path: str
    line: int | None = None
    fix: Fix | None = None


@dataclass(frozen=True)
class Finding:
    """A problem with the rule that found it and the member it was found in."""

    rule: 'Rule'
    member: str | None
    problem: Problem

    @property
    def place(self) -> str:
        """The finding's "file:line", or the file alone."""
        return f'{self.problem.path}:{self.problem.line}' if self.problem.line else self.problem.path


@dataclass(frozen=True)
class Rule:
    """A named check of a profile; `explanation` says why it exists."""

    id: str
    severity: Severity
    scopes: tuple[Scope, ...]
    summary: str
    explanation: str
    is_fixable: bool
    profile: Profile
    examine: Callable[[Site], Iterator[tuple[str | None, Problem]]]

    def findings(self, site: Site) -> Iterator[Finding]:
        """Look at a workspace and yield what is wrong with it."""
        return (Finding(self, member, problem) for member, problem in self.examine(site))


@dataclass(frozen=True)
class RuleFacts:
    """The fixed part of a rule, given to the decorators below; without scopes it is a rule of the workspace."""

    id: str
    summary: str
    scopes: tuple[Scope, ...] = (Scope.PACKAGE,)
    severity: Severity = Severity.ERROR
    is_fixable: bool = False
    profile: Profile = Profile.PYPI


def workspace_rule(facts: RuleFacts) -> Callable[[Callable[[Site], Iterable[Problem]]], Rule]:
    """Make a rule of a function that looks at the whole workspace; its docstring is the explanation."""

    def decorate(function: Callable[[Site], Iterable[Problem]]) -> Rule:
        def examine(site: Site) -> Iterator[tuple[str | None, Problem]]:
            return ((None, problem) for problem in function(site))

        return _rule(replace(facts, scopes=(Scope.WORKSPACE,)), function, examine)

    return decorate


def member_rule(facts: RuleFacts) -> Callable[[Callable[[MemberSite], Iterable[Problem]]], Rule]:
    """Make a rule of a function that looks at one member; its docstring is the explanation."""

    def decorate(function: Callable[[MemberSite], Iterable[Problem]]) -> Rule:
        def examine(site: Site) -> Iterator[tuple[str | None, Problem]]:
            is_house = Profile.HOUSE in {facts.profile, site.workspace.configuration.profile}
            scopes = [scope for scope in facts.scopes if is_house or scope is not Scope.SAMPLE]
            for member in site.members:
                if any(scope.covers(member.member) for scope in scopes):
                    yield from ((member.member.name, problem) for problem in function(member))

        return _rule(facts, function, examine)

    return decorate


def _rule(
    facts: RuleFacts, function: Callable[..., object], examine: Callable[[Site], Iterator[tuple[str | None, Problem]]]
) -> Rule:
    explanation = inspect.getdoc(function) or ''
    return Rule(
        facts.id, facts.severity, facts.scopes, facts.summary, explanation, facts.is_fixable, facts.profile, examine
    )
