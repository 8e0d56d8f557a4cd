# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Choosing rules and running them over a workspace."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from releasekit.checks.catalogue import RULES
from releasekit.checks.rule import Finding, Rule
from releasekit.checks.site import Site
from releasekit.model.configuration import Profile
from releasekit.model.errors import ReleasekitError, UsageError, WorkspaceError
from releasekit.model.names import suggestion
from releasekit.model.workspace import Workspace
from releasekit.workspace.regular import read_file


def select_rules(only: Sequence[str], skip: Sequence[str]) -> tuple[Rule, ...]:
    """Return the rules asked for, all of them when none is named, without those to skip.

    Raises:
        UsageError: A name is no rule's.
    """
    _refuse_unknown((*only, *skip), UsageError, '')
    return tuple(rule for rule in RULES if (not only or rule.id in only) and rule.id not in skip)


def configured_skips(workspace: Workspace) -> tuple[str, ...]:
    """Return the rules that the root manifest turns off.

    Raises:
        WorkspaceError: A name is no rule's.
    """
    skip = workspace.configuration.skip
    _refuse_unknown(skip, WorkspaceError, f'{workspace.manifest.place("tool", "releasekit", "skip")}: ')
    return skip


def rules_off(workspace: Workspace) -> frozenset[str]:
    """Return the rules that do not hold in a workspace: those of another profile, and those that it turns off.

    Raises:
        WorkspaceError: A name is no rule's.
    """
    is_house = workspace.configuration.profile is Profile.HOUSE
    others = () if is_house else tuple(rule.id for rule in RULES if rule.profile is Profile.HOUSE)
    return frozenset((*others, *configured_skips(workspace)))


def run_rules(site: Site, rules: Iterable[Rule]) -> list[Finding]:
    """Run rules over a workspace; return what they find by folder, file and line.

    A finding goes unreported when its line holds the comment `releasekit: ignore[RULE]`.
    """
    findings = [finding for rule in rules for finding in rule.findings(site)]
    kept = [finding for finding in findings if not _is_ignored(site.workspace.root, finding)]
    return sorted(kept, key=lambda finding: (finding.problem.path, finding.problem.line or 0, finding.rule.id))


def _is_ignored(root: Path, finding: Finding) -> bool:
    if finding.problem.line is None:
        return False
    try:
        lines = read_file(root / finding.problem.path).split(b'\n')
    except OSError:
        return False
    line = lines[finding.problem.line - 1] if finding.problem.line <= len(lines) else b''
    return f'releasekit: ignore[{finding.rule.id}]'.encode() in line


def _refuse_unknown(ids: Sequence[str], error: type[ReleasekitError], prefix: str) -> None:
    known = [rule.id for rule in RULES]
    for rule_id in ids:
        if rule_id not in known:
            hint = suggestion(rule_id, known)
            raise error(
                'RK-RULE-UNKNOWN',
                f'{prefix}no rule is called {rule_id!r}.{hint} List them with `releasekit check --list`.',
            )
