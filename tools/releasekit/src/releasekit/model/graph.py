# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The dependency graph of a workspace: levels, chains, cycles. Pure: the same members give the same answers."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from releasekit.model import algorithms
from releasekit.model.requirement import RequirementKind
from releasekit.model.workspace import Edge


_STRENGTH = {kind: position for position, kind in enumerate(RequirementKind)}


@dataclass(frozen=True)
class Cycle:
    """A chain of requirements that ends where it began; soft when an extra or a group is part of it."""

    edges: tuple[Edge, ...]

    @property
    def is_hard(self) -> bool:
        """Whether no release order exists because of it."""
        return all(edge.kind.orders_release for edge in self.edges)

    @property
    def names(self) -> tuple[str, ...]:
        """The members on the way, the first one again at the end."""
        return (*(edge.dependant for edge in self.edges), self.edges[0].dependant)


@dataclass(frozen=True)
class Graph:
    """Members by name and the requirements between them.

    A member's requirement on itself is no edge here: extras use it to collect one another, and as a runtime
    requirement it is its own finding.
    """

    names: tuple[str, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def between(self) -> dict[tuple[str, str], tuple[Edge, ...]]:
        """The edges from one member to another, the most binding kind first."""
        pairs: defaultdict[tuple[str, str], list[Edge]] = defaultdict(list)
        for edge in self.edges:
            if edge.dependant != edge.dependency:
                pairs[edge.dependant, edge.dependency].append(edge)
        return {pair: tuple(sorted(edges, key=lambda edge: _STRENGTH[edge.kind])) for pair, edges in pairs.items()}

    @cached_property
    def levels(self) -> dict[str, int]:
        """The level of every member: 0 needs no other member, n needs one of level n - 1.

        Only runtime and build requirements count. Members on one cycle share a level; see `hard_cycles`.
        """
        needed = self._adjacency(lambda edge: edge.kind.orders_release)
        try:
            order = tuple(TopologicalSorter(needed).static_order())
        except CycleError:
            found = algorithms.component_levels(needed)
        else:
            found: dict[str, int] = {}
            for name in order:
                found[name] = 1 + max((found[dependency] for dependency in needed[name]), default=-1)
        return {name: found[name] for name in sorted(self.names, key=lambda name: (found[name], name))}

    @cached_property
    def hard_cycles(self) -> tuple[Cycle, ...]:
        """One shortest cycle for every set of members that cannot be put in order."""
        needed = self._adjacency(lambda edge: edge.kind.orders_release)
        if _is_acyclic(needed):
            return ()
        cycles: list[Cycle] = []
        for component in algorithms.strong_components(needed):
            inside = {name: needed[name] & component for name in component}
            first = min(component)
            paths = [algorithms.shortest_path(inside, target, first) for target in sorted(inside[first])]
            cycles.append(self._cycle(min((path for path in paths if path), key=len)))
        return tuple(cycles)

    @cached_property
    def soft_cycles(self) -> tuple[Cycle, ...]:
        """Cycles that an extra or a dependency group closes, shortest ones; they keep no release from being ordered."""
        every = self._adjacency(lambda _: True)
        if _is_acyclic(every):
            return ()
        cycles: dict[frozenset[str], Cycle] = {}
        for component in algorithms.strong_components(every):
            inside = {name: every[name] & component for name in component}
            for start, end in sorted(pair for pair in self.between if component.issuperset(pair)):
                path = algorithms.shortest_path(inside, end, start)
                cycle = self._cycle(path) if path else None
                if cycle and not cycle.is_hard:
                    cycles.setdefault(frozenset(cycle.names), cycle)
        return tuple(cycles.values())

    def why(self, dependant: str, dependency: str) -> tuple[Edge, ...] | None:
        """Return a shortest chain of requirements from one member to another, or None when there is none.

        The chain may begin with a dependency group; further on groups do not count, since they are not installed.
        """
        path = algorithms.shortest_path(self._seen_from(dependant), dependant, dependency)
        return self._chain(path) if path else None

    def dependencies(self, name: str) -> tuple[str, ...]:
        """Return every member that a member needs, directly or not, by level and name."""
        return self._sorted(algorithms.reachable(self._seen_from(name), name))

    def dependants(self, name: str) -> tuple[str, ...]:
        """Return every member that needs a member, directly or not, by level and name."""
        installed = _reversed(self._adjacency(_is_installed))
        affected = {name, *algorithms.reachable(installed, name)}
        direct = {dependant for dependant, dependency in self.between if dependency in affected}
        return self._sorted((affected | direct) - {name})

    def _seen_from(self, name: str) -> dict[str, set[str]]:
        adjacency = self._adjacency(_is_installed)
        adjacency[name] = {dependency for dependant, dependency in self.between if dependant == name}
        return adjacency

    def _adjacency(self, is_wanted: Callable[[Edge], bool]) -> dict[str, set[str]]:
        adjacency: dict[str, set[str]] = {name: set() for name in self.names}
        for (dependant, dependency), edges in self.between.items():
            if any(is_wanted(edge) for edge in edges):
                adjacency[dependant].add(dependency)
        return adjacency

    def _chain(self, path: list[str]) -> tuple[Edge, ...]:
        return tuple(self.between[pair][0] for pair in pairwise(path))

    def _cycle(self, path: list[str]) -> Cycle:
        return Cycle(self._chain([path[-1], *path]))

    def _sorted(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=lambda name: (self.levels[name], name)))


def _is_installed(edge: Edge) -> bool:
    return edge.kind is not RequirementKind.GROUP


def _is_acyclic(adjacency: dict[str, set[str]]) -> bool:
    try:
        TopologicalSorter(adjacency).prepare()
    except CycleError:
        return False
    return True


def _reversed(adjacency: dict[str, set[str]]) -> dict[str, set[str]]:
    turned: dict[str, set[str]] = {name: set() for name in adjacency}
    for name, targets in adjacency.items():
        for target in targets:
            turned[target].add(name)
    return turned
