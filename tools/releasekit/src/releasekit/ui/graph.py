# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How `graph` shows levels, trees, tables, documents, chains and cycles."""

from collections.abc import Callable

from releasekit.commands.graph import Chain, GraphReport, Neighbour, Neighbours
from releasekit.model.graph import Cycle
from releasekit.model.names import counted
from releasekit.model.workspace import Edge
from releasekit.ui.diagrams import by_level, to_dot, to_mermaid
from releasekit.ui.screen import Branch, Screen


_MOST_NOTES = 3  # more cycles than these are summarised


def show_levels(screen: Screen, report: GraphReport) -> None:
    """Print the members level by level: whatever stands on one level can be published at the same time."""
    for level, names in by_level(report):
        screen.line(f'level {level}', 'bold')
        for name in names:
            screen.line(f'  {_titled(report, name)}')


def show_tree(screen: Screen, report: GraphReport) -> None:
    """Print what every member needs, beginning with those that nobody needs; (*) marks what was shown before."""
    needed = {dependency for _, dependency in report.graph.between}
    shown: set[str] = set()

    def grow(name: str, label: str) -> Branch:
        targets = sorted(pair[1] for pair in report.graph.between if pair[0] == name)
        if name in shown and targets:
            return Branch(f'{label} (*)')
        shown.add(name)
        return Branch(label, [grow(target, _linked(report, name, target)) for target in targets])

    tops = [name for name in report.graph.levels if name not in needed]
    for name in tops:
        screen.tree(grow(name, _titled(report, name)))
    for name in report.graph.levels:
        if name not in shown:
            screen.tree(grow(name, _titled(report, name)))


def show_table(screen: Screen, report: GraphReport) -> None:
    """Print a line for every member: its level and its direct neighbours."""
    rows: list[tuple[str, ...]] = []
    for name, level in report.graph.levels.items():
        needs = [pair[1] for pair in sorted(report.graph.between) if pair[0] == name]
        needed_by = sum(pair[1] == name for pair in report.graph.between)
        member = report.workspace.by_name[name]
        rows.append(
            (str(level), name, member.version or 'dynamic', member.kind, ', '.join(needs) or '-', str(needed_by))
        )
    screen.table(('level', 'name', 'version', 'kind', 'needs', 'needed by'), rows)


def show_mermaid(screen: Screen, report: GraphReport) -> None:
    """Print a Mermaid flow chart."""
    screen.line(to_mermaid(report))


def show_dot(screen: Screen, report: GraphReport) -> None:
    """Print a Graphviz digraph."""
    screen.line(to_dot(report))


def show_json(screen: Screen, report: GraphReport) -> None:
    """Print the graph as a document, `releasekit.graph/1`."""
    members = [
        {
            'name': name,
            'version': report.workspace.by_name[name].version,
            'kind': report.workspace.by_name[name].kind,
            'folder': str(report.workspace.by_name[name].folder),
            'published': report.workspace.by_name[name].is_published,
            'level': level,
        }
        for name, level in report.graph.levels.items()
    ]
    document: dict[str, object] = {
        'root': str(report.workspace.root),
        'levels': [names for _, names in by_level(report)],
        'members': members,
        'edges': [_edge_document(edge) for edge in report.graph.edges],
        'cycles': [_cycle_document(cycle) for cycle in (*report.graph.hard_cycles, *report.graph.soft_cycles)],
    }
    screen.json('releasekit.graph/1', document)


FORMATS: dict[str, Callable[[Screen, GraphReport], None]] = {
    'levels': show_levels,
    'tree': show_tree,
    'json': show_json,
    'mermaid': show_mermaid,
    'dot': show_dot,
    'table': show_table,
}


def show_cycles(errors: Screen, report: GraphReport) -> None:
    """Print the cycles with the requirements that make them, line by line."""
    for cycle in report.graph.hard_cycles:
        errors.line(f'error: no release order: {" -> ".join(cycle.names)}', 'red')
        _show_requirements(errors, cycle.edges)
    soft = report.graph.soft_cycles
    for cycle in soft if len(soft) <= _MOST_NOTES else soft[:1]:
        errors.line(f'note: an extra or a group closes a cycle, which is allowed: {" -> ".join(cycle.names)}', 'dim')
        _show_requirements(errors, cycle.edges)
    if len(soft) > _MOST_NOTES:
        names = {name for cycle in soft for name in cycle.names}
        errors.line(
            f'note: {len(soft) - 1} more such cycles among {counted(len(names), "member")}; `--json` lists them', 'dim'
        )


def show_chain(screen: Screen, chain: Chain) -> None:
    """Print the requirements that lead from one member to another."""
    if not chain.edges:
        screen.line(f'{chain.dependant.name} does not need {chain.dependency.name}')
        return
    screen.line(' -> '.join([chain.dependant.name, *(edge.dependency for edge in chain.edges)]), 'bold')
    _show_requirements(screen, chain.edges)


def show_chain_json(screen: Screen, chain: Chain) -> None:
    """Print the chain as a document, `releasekit.graph.why/1`."""
    document: dict[str, object] = {
        'from': chain.dependant.name,
        'to': chain.dependency.name,
        'chain': [_edge_document(edge) for edge in chain.edges],
    }
    screen.json('releasekit.graph.why/1', document)


def show_neighbours(screen: Screen, neighbours: Neighbours) -> None:
    """Print the members that one member needs, or that need it."""
    verb = 'is needed by' if neighbours.are_dependants else 'needs'
    if not neighbours.found:
        screen.line(f'{neighbours.member.name} {verb} no other member')
        return
    screen.line(f'{neighbours.member.name} {verb}', 'bold')
    screen.table(('level', 'name', 'how'), [_neighbour_row(neighbour) for neighbour in neighbours.found])


def show_neighbours_json(screen: Screen, neighbours: Neighbours) -> None:
    """Print the neighbours as a document, `releasekit.graph.neighbours/1`."""
    found = [
        {
            'name': neighbour.member.name,
            'level': neighbour.level,
            'edges': [_edge_document(edge) for edge in neighbour.edges],
        }
        for neighbour in neighbours.found
    ]
    document: dict[str, object] = {
        'of': neighbours.member.name,
        'direction': 'dependants' if neighbours.are_dependants else 'dependencies',
        'members': found,
    }
    screen.json('releasekit.graph.neighbours/1', document)


def _show_requirements(screen: Screen, edges: tuple[Edge, ...]) -> None:
    for edge in edges:
        requirement = edge.requirement
        sources = ', '.join(source.label for source in edge.sources)
        screen.line(f'  {requirement.place}: {requirement.text!r} ({requirement.label}, from {sources})')


def _titled(report: GraphReport, name: str) -> str:
    return f'{name} {report.workspace.by_name[name].version or "(dynamic version)"}'


def _linked(report: GraphReport, dependant: str, dependency: str) -> str:
    edge = report.graph.between[dependant, dependency][0]
    return dependency if edge.kind.orders_release else f'{dependency} [{edge.requirement.label}]'


def _neighbour_row(neighbour: Neighbour) -> tuple[str, ...]:
    how = ', '.join(f'{edge.requirement.text} ({edge.requirement.label})' for edge in neighbour.edges)
    return (str(neighbour.level), neighbour.member.name, how or 'through others')


def _cycle_document(cycle: Cycle) -> dict[str, object]:
    return {
        'hard': cycle.is_hard,
        'members': list(cycle.names[:-1]),
        'edges': [_edge_document(edge) for edge in cycle.edges],
    }


def _edge_document(edge: Edge) -> dict[str, object]:
    requirement = edge.requirement
    return {
        'from': edge.dependant,
        'to': edge.dependency,
        'kind': requirement.kind,
        'section': requirement.section,
        'requirement': requirement.text,
        'marker': requirement.marker,
        'sources': [{'kind': source.kind, 'detail': source.detail, 'marker': source.marker} for source in edge.sources],
        'file': requirement.manifest.relative,
        'line': requirement.line,
    }
