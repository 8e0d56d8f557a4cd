# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The graph algorithms that releasekit borrows from networkx, typed.

networkx ships no types and takes a third of a second to import: it is imported when one of these is called, which the
order of an acyclic workspace never needs.
"""

import importlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias, cast


Adjacency: TypeAlias = Mapping[str, Collection[str]]


def strong_components(adjacency: Adjacency) -> list[frozenset[str]]:
    """Return the sets of nodes that reach one another, each with two nodes or more, sorted."""
    networkx = _networkx()
    components = cast('Iterable[set[str]]', networkx.strongly_connected_components(_digraph(adjacency)))
    return sorted((frozenset(component) for component in components if len(component) > 1), key=sorted)


def component_levels(adjacency: Adjacency) -> dict[str, int]:
    """Return the length of the longest path from each node, where nodes on one cycle count as one node."""
    networkx = _networkx()
    condensed = networkx.condensation(_digraph(adjacency)).reverse()
    levels: dict[str, int] = {}
    for level, generation in enumerate(cast('Iterable[list[int]]', networkx.topological_generations(condensed))):
        for component in generation:
            levels.update(dict.fromkeys(cast('set[str]', condensed.nodes[component]['members']), level))
    return levels


def shortest_path(adjacency: Adjacency, start: str, end: str) -> list[str] | None:
    """Return the nodes of a shortest path, both ends included, or None when there is none."""
    networkx = _networkx()
    try:
        return cast('list[str]', networkx.shortest_path(_digraph(adjacency), start, end))
    except networkx.NetworkXNoPath:
        return None


def reachable(adjacency: Adjacency, start: str) -> set[str]:
    """Return every node that a path from the start leads to, without the start."""
    return cast('set[str]', _networkx().descendants(_digraph(adjacency), start))


def _networkx() -> Any:
    return importlib.import_module('networkx')


def _digraph(adjacency: Adjacency) -> Any:
    """Build the graph in sorted order, so that equally good answers are always the same one."""
    graph = _networkx().DiGraph()
    graph.add_nodes_from(sorted(adjacency))
    graph.add_edges_from((node, target) for node in sorted(adjacency) for target in sorted(adjacency[node]))
    return graph
