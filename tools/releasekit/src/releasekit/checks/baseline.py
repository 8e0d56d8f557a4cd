# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Findings that are known: a file of them lets a rule begin to count before everything old is mended."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from releasekit.checks.rule import Finding
from releasekit.model.documents import parse_json
from releasekit.model.errors import WorkspaceError
from releasekit.workspace.regular import read_file


SCHEMA = 'releasekit.baseline/1'
_WAY_OUT = 'Write one with `releasekit check --write-baseline FILE`.'


def fingerprint(finding: Finding) -> str:
    """Return what tells a finding from others, wherever in its file it stands."""
    problem = finding.problem
    return hashlib.sha256(f'{finding.rule.id}\0{problem.path}\0{problem.message}'.encode()).hexdigest()[:32]


def write_baseline(path: Path, findings: Sequence[Finding]) -> None:
    """Write down all findings as known."""
    from releasekit.workspace.edit import write_text  # noqa: PLC0415 - tomlkit is slow to import

    entries = [
        {
            'fingerprint': fingerprint(finding),
            'rule': finding.rule.id,
            'file': finding.problem.path,
            'message': finding.problem.message,
        }
        for finding in findings
    ]
    write_text(path, json.dumps({'schema': SCHEMA, 'findings': entries}, indent=2, ensure_ascii=False) + '\n')


def read_baseline(path: Path) -> Counter[str]:
    """Return how often each finding is known.

    Raises:
        WorkspaceError: The file cannot be read, or is no baseline.
    """
    try:
        document = parse_json(read_file(path))
        schema, entries = document['schema'], document['findings']
        known = Counter(str(entry['fingerprint']) for entry in entries)
    except OSError as error:
        raise WorkspaceError('RK-BASELINE', f'{path} cannot be read: {error.strerror}. {_WAY_OUT}') from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WorkspaceError('RK-BASELINE', f'{path} is no baseline: {error!r}. {_WAY_OUT}') from error
    if schema != SCHEMA:
        raise WorkspaceError('RK-BASELINE', f'{path} has schema {schema!r}, not {SCHEMA}. {_WAY_OUT}')
    return known


def unknown(findings: Sequence[Finding], known: Counter[str]) -> tuple[Finding, ...]:
    """Return the findings that are not known; one that is known once is known once."""
    left = known.copy()
    found: list[Finding] = []
    for finding in findings:
        name = fingerprint(finding)
        if left[name] > 0:
            left[name] -= 1
        else:
            found.append(finding)
    return tuple(found)
