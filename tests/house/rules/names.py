# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A module's name says what the room is for."""

from collections.abc import Iterator
from pathlib import Path

from .finding import Finding
from .tree import files, place


BAGS = frozenset({'util', 'utils', 'helper', 'helpers', 'common', 'misc'})
EMPTY = BAGS | {'base', 'constants', 'data', 'info', 'manager', 'managers'}
FOUNDATION = ('core/src/genkit/_base', 'core/tests/_base')


def check(root: Path) -> list[Finding]:
    findings: set[Finding] = set()
    for path in files(root, '**/*.py'):
        findings.update(_misread_tests(root, path))
        for part in (path, *path.parents):
            if part == root:
                break
            findings.update(_says_nothing(root, part))
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
