# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""No two modules of a package import each other, neither directly nor around corners, nor for types only."""

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from .finding import Finding
from .syntax import imports, module_name
from .tree import files, members, place


Graph = dict[str, set[str]]


def check(root: Path) -> list[Finding]:
    return [finding for folder in members(root) for finding in _cycles(root, folder)]


def _cycles(root: Path, folder: Path) -> list[Finding]:
    graph = _graph(root, folder / 'src')
    findings: list[Finding] = []
    while cycle := _one_cycle(graph):
        chain = ' → '.join(f'`{name}`' for name in cycle)
        findings.append(Finding(place(root, folder), f'imports in a circle, {chain}', 'move what both need below them'))
        graph[cycle[0]].discard(cycle[1])
    return findings


def _graph(root: Path, home: Path) -> Graph:
    modules = {module_name(path, home): path for path in files(root, f'{place(root, home)}/**/*.py')}
    return {
        name: {target for item in imports(path, home) if (target := _resolve(item.target, modules)) and target != name}
        for name, path in modules.items()
    }


def _resolve(target: str, modules: dict[str, Path]) -> str | None:
    """Finds the module that a dotted name reaches: itself, or the module that holds the attribute."""
    if target in modules:
        return target
    holder = target.rpartition('.')[0]
    return holder if holder in modules else None


def _one_cycle(graph: Graph) -> list[str]:
    """Returns a circle in the order of its imports, first and last being the same; empty when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return list(reversed(found.args[1]))
    return []
