# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The graph as text for drawing programs: Mermaid and Graphviz. Solid lines order releases, dashed ones do not."""

from collections.abc import Iterator

from releasekit.commands.graph import GraphReport
from releasekit.model.workspace import Edge


def to_mermaid(report: GraphReport) -> str:
    """Return a Mermaid flow chart, a subgraph a level; an arrow leads from what needs to what is needed.

    Nodes are numbered and labels quoted, so that no name can be mistaken for syntax.
    """
    ids = {name: f'n{number}' for number, name in enumerate(report.graph.levels)}
    lines = ['flowchart BT']
    for level, names in by_level(report):
        lines.append(f'  subgraph level{level}["level {level}"]')
        lines += [f'    {ids[name]}["{_mermaid_text(name)}"]' for name in names]
        lines.append('  end')
    for dependant, dependency, edge in _strongest(report):
        arrow = '-->' if edge.kind.orders_release else f'-. "{_mermaid_text(edge.requirement.label)}" .->'
        lines.append(f'  {ids[dependant]} {arrow} {ids[dependency]}')
    return '\n'.join(lines)


def to_dot(report: GraphReport) -> str:
    """Return a Graphviz digraph, a rank a level; an arrow leads from what needs to what is needed."""
    lines = ['digraph workspace {', '  rankdir=BT;', '  node [shape=box];']
    for _, names in by_level(report):
        lines.append(f'  {{ rank=same; {" ".join(f"{_dot_text(name)};" for name in names)} }}')
    for dependant, dependency, edge in _strongest(report):
        style = '' if edge.kind.orders_release else f' [style=dashed, label={_dot_text(edge.requirement.label)}]'
        lines.append(f'  {_dot_text(dependant)} -> {_dot_text(dependency)}{style};')
    return '\n'.join([*lines, '}'])


def by_level(report: GraphReport) -> Iterator[tuple[int, list[str]]]:
    """Yield every level with its members, sorted."""
    levels = report.graph.levels
    for level in sorted(set(levels.values())):
        yield level, [name for name in levels if levels[name] == level]


def _strongest(report: GraphReport) -> Iterator[tuple[str, str, Edge]]:
    """Yield one edge for every pair of members: the most binding one."""
    for (dependant, dependency), edges in sorted(report.graph.between.items()):
        yield dependant, dependency, edges[0]


def _mermaid_text(text: str) -> str:
    return text.replace('#', '#35;').replace('"', '#quot;')


def _dot_text(text: str) -> str:
    escaped = text.replace('\\', '\\\\').replace('"', '\\"')
    return f'"{escaped}"'
