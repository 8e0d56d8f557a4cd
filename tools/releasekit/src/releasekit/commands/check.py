# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit check`: the rules, over the whole workspace."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from releasekit.checks.baseline import read_baseline, unknown
from releasekit.checks.engine import rules_off, run_rules, select_rules
from releasekit.checks.rule import Finding, Rule, Severity
from releasekit.checks.rules.workspace import lock_current
from releasekit.checks.site import Site
from releasekit.model.workspace import Workspace
from releasekit.workspace.load import load_workspace
from releasekit.workspace.uv.lock import Lock, UvLock


@dataclass(frozen=True)
class CheckOptions:
    """Which rules run, and whether to change what can be changed safely.

    A rule that is named in `only` runs even where the workspace's configuration turns it off, or has another profile.
    Findings that the file `baseline` knows are left out.
    """

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    fix: bool = False
    baseline: Path | None = None


@dataclass(frozen=True)
class CheckReport:
    """What ran, what was changed, and what is still wrong; `known` is how many findings the baseline has."""

    workspace: Workspace
    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]
    fixed: tuple[str, ...] = ()
    known: int = 0

    @property
    def errors(self) -> int:
        """How many findings fail the run."""
        return sum(finding.rule.severity is Severity.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many do not."""
        return len(self.findings) - self.errors


def check(start: Path, options: CheckOptions, lock: Lock | None = None) -> CheckReport:
    """Run the rules over the workspace around a folder; `lock` stands in for the real `uv lock --check`.

    With `fix` the safe changes are made first, and the findings are those of a second look.

    Raises:
        UsageError: An option names no rule.
        WorkspaceError: There is no workspace, or its configuration or the baseline is wrong.
    """
    known = read_baseline(options.baseline) if options.baseline else Counter[str]()
    report = _checked(start, options, lock)
    findings = unknown(report.findings, known)
    return replace(report, findings=findings, known=len(report.findings) - len(findings))


def _checked(start: Path, options: CheckOptions, lock: Lock | None) -> CheckReport:
    asked = select_rules(options.only, options.skip)
    report = _look(start, asked, options, lock or UvLock())
    if not options.fix:
        return report
    fixes = [finding.problem.fix for finding in report.findings if finding.problem.fix]
    for fix in fixes:
        fix.apply()
    if not fixes:
        return report
    again = _look(start, asked, options, lock or UvLock())
    return CheckReport(again.workspace, again.rules, again.findings, tuple(fix.summary for fix in fixes))


def rules(only: tuple[str, ...], skip: tuple[str, ...]) -> tuple[Rule, ...]:
    """Return the rules that a selection names, without looking at any workspace.

    Raises:
        UsageError: A name is no rule's.
    """
    return select_rules(only, skip)


def _look(start: Path, asked: tuple[Rule, ...], options: CheckOptions, lock: Lock) -> CheckReport:
    workspace = load_workspace(start, unique=False)
    off = rules_off(workspace)
    chosen = tuple(rule for rule in asked if rule.id not in off or rule.id in options.only)
    if lock_current in chosen:
        lock.begin(workspace.root)
    last = sorted(chosen, key=lambda rule: rule is lock_current)
    return CheckReport(workspace, chosen, tuple(run_rules(Site(workspace, lock), last)))
