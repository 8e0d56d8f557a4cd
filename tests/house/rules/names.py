# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A module's name says what the room is for, and an option's name leaves out that a duration is in seconds."""

import ast
from collections.abc import Iterator
from pathlib import Path

from .finding import Finding
from .syntax import parse
from .tree import files, place


BAGS = frozenset({'util', 'utils', 'helper', 'helpers', 'common', 'misc'})
EMPTY = BAGS | {'base', 'constants', 'data', 'info', 'manager', 'managers'}
# Rooms whose options people write; the wire, and names that were accepted before, have their units.
OPTIONS = (
    'core/src/genkit/middleware',
    'core/src/genkit/client',
    'core/src/genkit/web',
    'core/src/genkit/testing/server.py',
)
UNITS = ('_ms', '_seconds', '_secs')
FOUNDATION = ('core/src/genkit/_base', 'core/tests/_base')


def check(root: Path) -> list[Finding]:
    findings: set[Finding] = set()
    for path in files(root, '**/*.py'):
        findings.update(_misread_tests(root, path))
        for part in (path, *path.parents):
            if part == root:
                break
            findings.update(_says_nothing(root, part))
        findings.update(_with_units(root, path))
    return sorted(findings)


def _says_nothing(root: Path, part: Path) -> Iterator[Finding]:
    name = part.name.removesuffix('.py').strip('_')
    is_bag = name in EMPTY or name.rpartition('_')[2] in BAGS
    if is_bag and place(root, part) not in FOUNDATION:
        yield Finding(
            place(root, part), f'is called {name!r}', 'name it after what it holds; divide it if there is no name'
        )


def _misread_tests(root: Path, path: Path) -> Iterator[Finding]:
    if path.name.startswith('test_'):
        renamed = f'{path.stem.removeprefix("test_")}_test.py'
        yield Finding(place(root, path), 'is not collected', f'call it {renamed}')


def _with_units(root: Path, path: Path) -> Iterator[Finding]:
    """Find fields and arguments that are named after a unit; an older name is one that may be left out as None."""
    where = place(root, path)
    if not where.startswith(OPTIONS):
        return
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, is_older = node.target.id, 'InitVar' in ast.unparse(node.annotation)
        elif isinstance(node, ast.arg):
            name, is_older = node.arg, node.annotation is not None and 'None' in ast.unparse(node.annotation)
        else:
            continue
        if name.endswith(UNITS) and not is_older:
            yield Finding(
                f'{where}:{node.lineno}', f'names {name!r} after its unit', 'durations are seconds, and say no unit'
            )
