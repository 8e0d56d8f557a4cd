# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How `check` shows findings and rules."""

import json
from importlib.metadata import version

from releasekit.checks.baseline import fingerprint
from releasekit.checks.rule import Finding, Rule, Severity
from releasekit.commands.check import CheckReport
from releasekit.model.history import escaped
from releasekit.model.names import counted
from releasekit.ui.screen import Screen


_SARIF = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json'
_STYLES = {Severity.ERROR: 'red', Severity.WARNING: 'yellow'}


def show_text(screen: Screen, report: CheckReport) -> None:
    """Print findings as compilers do, each with its way out, and a summary."""
    for summary in report.fixed:
        screen.line(f'fixed: {summary}', 'green')
    for finding in report.findings:
        rule = finding.rule
        screen.line(f'{finding.place}: {rule.severity}[{rule.id}]: {finding.problem.message}', _STYLES[rule.severity])
        fixable = ' (or --fix)' if finding.problem.fix else ''
        screen.line(f'  = {finding.problem.way_out}{fixable}')
    if report.known:
        screen.line(f'{counted(report.known, "finding")} of the baseline', 'dim')
    counts = f'{counted(report.errors, "error")}, {counted(report.warnings, "warning")}'
    scope = f'{counted(len(report.workspace.members), "member")}, {counted(len(report.rules), "rule")}'
    screen.line(f'{counts} ({scope})', 'red' if report.errors else 'green')


def show_json(screen: Screen, report: CheckReport) -> None:
    """Print the findings as a document, `releasekit.check/1`."""
    document: dict[str, object] = {
        'root': str(report.workspace.root),
        'rules': [rule.id for rule in report.rules],
        'errors': report.errors,
        'warnings': report.warnings,
        'fixed': list(report.fixed),
        'known': report.known,
        'findings': [_finding_document(finding) for finding in report.findings],
    }
    screen.json('releasekit.check/1', document)


def show_sarif(screen: Screen, report: CheckReport) -> None:
    """Print the findings as SARIF 2.1.0, which forges show beside the lines of a change."""
    rules = [
        {
            'id': rule.id,
            'shortDescription': {'text': rule.summary},
            'fullDescription': {'text': rule.explanation},
            'defaultConfiguration': {'level': str(rule.severity)},
        }
        for rule in report.rules
    ]
    results = [
        {
            'ruleId': finding.rule.id,
            'level': str(finding.rule.severity),
            'message': {'text': f'{finding.problem.message}. {finding.problem.way_out}'},
            'locations': [
                {
                    'physicalLocation': {
                        'artifactLocation': {'uri': finding.problem.path},
                        'region': {'startLine': finding.problem.line or 1},
                    }
                }
            ],
            'partialFingerprints': {'finding/v1': fingerprint(finding)},
        }
        for finding in report.findings
    ]
    driver = {'name': 'releasekit', 'version': version('releasekit'), 'rules': rules}
    run = {'tool': {'driver': driver}, 'columnKind': 'utf16CodeUnits', 'results': results}
    document = {'$schema': _SARIF, 'version': '2.1.0', 'runs': [run]}
    screen.line(escaped(json.dumps(document, indent=2, ensure_ascii=False)))


def _finding_document(finding: Finding) -> dict[str, object]:
    problem = finding.problem
    return {
        'rule': finding.rule.id,
        'severity': finding.rule.severity,
        'member': finding.member,
        'file': problem.path,
        'line': problem.line,
        'message': problem.message,
        'way_out': problem.way_out,
        'fix': problem.fix.summary if problem.fix else None,
    }


def show_rules(screen: Screen, rules: tuple[Rule, ...]) -> None:
    """Print the rules as a table; a single one with its explanation."""
    if len(rules) == 1:
        (rule,) = rules
        screen.line(f'{rule.id}: {rule.summary}', 'bold')
        fixable = ', has a fix' if rule.is_fixable else ''
        screen.line(f'{rule.severity} of the profile {rule.profile}, looks at: {_scopes(rule)}{fixable}')
        screen.line()
        screen.line(rule.explanation)
        return
    rows = [
        (rule.id, rule.profile, rule.severity, _scopes(rule), 'yes' if rule.is_fixable else '', rule.summary)
        for rule in rules
    ]
    screen.table(('rule', 'profile', 'severity', 'scope', 'fix', 'asks for'), rows)


def show_rules_json(screen: Screen, rules: tuple[Rule, ...]) -> None:
    """Print the rules as a document, `releasekit.rules/1`."""
    documents = [
        {
            'id': rule.id,
            'profile': rule.profile,
            'severity': rule.severity,
            'scopes': list(rule.scopes),
            'fixable': rule.is_fixable,
            'summary': rule.summary,
            'explanation': rule.explanation,
        }
        for rule in rules
    ]
    screen.json('releasekit.rules/1', {'rules': documents})


def _scopes(rule: Rule) -> str:
    return ', '.join(rule.scopes)
