# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Levels, chains and cycles, on graphs made up by hypothesis and by hand."""

import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

from hypothesis import given, settings
from hypothesis import strategies as st
from releasekit.model.configuration import Configuration
from releasekit.model.graph import Graph
from releasekit.model.manifest import Manifest
from releasekit.model.member import Member
from releasekit.model.requirement import declared_requirements
from releasekit.model.workspace import Workspace


def graph_of(tables):
    """Build a graph from {name: {'runtime' | 'build' | 'extra' | 'group': [names]}}."""
    members = []
    for name, kinds in tables.items():
        lists = {kind: repr(list(kinds.get(kind, []))) for kind in ('runtime', 'build', 'extra', 'group')}
        text = (
            f'[project]\nname = "{name}"\ndependencies = {lists["runtime"]}\n'
            f'[project.optional-dependencies]\nx = {lists["extra"]}\n'
            f'[dependency-groups]\ng = {lists["group"]}\n[build-system]\nrequires = {lists["build"]}\n'
        )
        manifest = Manifest(Path(f'/w/{name}/pyproject.toml'), f'{name}/pyproject.toml', text, tomllib.loads(text))
        members.append(Member(PurePosixPath(name), manifest, declared_requirements(manifest)))
    root = Manifest(Path('/w/pyproject.toml'), 'pyproject.toml', '', {})
    workspace = Workspace(Path('/w'), root, Configuration(), tuple(members))
    return Graph(tuple(workspace.by_name), workspace.edges)


# The first cycle imports networkx, which takes longer than hypothesis allows one example.
untimed = settings(deadline=None)

NAMES = [f'm{number}' for number in range(7)]
EDGES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(['runtime', 'build', 'extra', 'group']), st.sampled_from(NAMES)),
    max_size=16,
)


def tables_of(edges):
    tables = {name: {} for name in NAMES}
    for dependant, kind, dependency in edges:
        tables[dependant].setdefault(kind, []).append(dependency)
    return tables


def forward(edges):
    """Turn any edges into acyclic ones: each leads from the higher name to the lower one."""
    return [(max(a, b), kind, min(a, b)) for a, kind, b in edges if a != b]


@untimed
@given(EDGES.map(forward))
def test_a_member_stands_one_level_above_the_highest_that_it_needs(edges):
    levels = graph_of(tables_of(edges)).levels
    for name in NAMES:
        needed = [levels[b] for a, kind, b in edges if a == name and kind in {'runtime', 'build'}]
        assert levels[name] == 1 + max(needed, default=-1)


@untimed
@given(EDGES)
def test_every_member_has_a_level_even_on_cycles(edges):
    graph = graph_of(tables_of(edges))
    assert sorted(graph.levels) == NAMES
    on_cycles = {name for cycle in graph.hard_cycles for name in cycle.names}
    for a, kind, b in edges:
        if kind in {'runtime', 'build'} and a != b and not on_cycles:
            assert graph.levels[a] > graph.levels[b]


@untimed
@given(EDGES)
def test_hard_cycles_are_found_exactly_when_no_order_exists(edges):
    needed = {name: set() for name in NAMES}
    for a, kind, b in edges:
        if a != b and kind in {'runtime', 'build'}:
            needed[a].add(b)
    try:
        TopologicalSorter(needed).prepare()
        has_order = True
    except CycleError:
        has_order = False
    assert bool(graph_of(tables_of(edges)).hard_cycles) is not has_order


@untimed
@given(EDGES)
def test_a_cycle_is_a_closed_chain_of_real_edges(edges):
    graph = graph_of(tables_of(edges))
    for cycle in (*graph.hard_cycles, *graph.soft_cycles):
        assert cycle.names[0] == cycle.names[-1]
        assert len(set(cycle.names)) == len(cycle.names) - 1
        for edge, following in zip(cycle.edges, (*cycle.edges[1:], cycle.edges[0]), strict=True):
            assert edge.dependency == following.dependant
    assert all(cycle.is_hard for cycle in graph.hard_cycles)
    assert not any(cycle.is_hard for cycle in graph.soft_cycles)


@untimed
@given(EDGES, st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_dependencies_dependants_and_chains_agree(edges, a, b):
    graph = graph_of(tables_of(edges))
    if a != b:
        chain = graph.why(a, b)
        assert (chain is not None) == (b in graph.dependencies(a)) == (a in graph.dependants(b))
        if chain:
            assert chain[0].dependant == a
            assert chain[-1].dependency == b
            assert all(edge.kind != 'group' for edge in chain[1:])


@untimed
@given(EDGES.map(forward), st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_change_the_levels(edges, random):
    tables = tables_of(edges)
    shuffled = list(tables.items())
    random.shuffle(shuffled)
    assert list(graph_of(dict(shuffled)).levels.items()) == list(graph_of(tables).levels.items())


def test_extras_and_groups_do_not_raise_a_level():
    graph = graph_of({'a': {'extra': ['b'], 'group': ['c']}, 'b': {'runtime': ['c']}, 'c': {}})
    assert graph.levels == {'a': 0, 'c': 0, 'b': 1}


def test_the_shortest_chain_is_given_with_its_strongest_requirements():
    graph = graph_of(
        {'a': {'runtime': ['b'], 'extra': ['b', 'c']}, 'b': {'runtime': ['c']}, 'c': {'build': ['d']}, 'd': {}}
    )
    assert [(edge.dependant, edge.kind, edge.dependency) for edge in graph.why('a', 'd') or ()] == [
        ('a', 'extra', 'c'),
        ('c', 'build', 'd'),
    ]
    assert graph.why('d', 'a') is None


def test_a_group_of_a_dependency_is_not_installed_and_makes_no_chain():
    graph = graph_of({'a': {'runtime': ['b']}, 'b': {'group': ['c']}, 'c': {}})
    assert graph.why('a', 'c') is None
    assert graph.dependants('c') == ('b',)


def test_members_that_extras_collect_in_themselves_are_no_cycle():
    graph = graph_of({'a': {'extra': ['a']}})
    assert graph.hard_cycles == graph.soft_cycles == ()


def test_a_soft_cycle_keeps_the_order():
    graph = graph_of({'core': {'group': ['plugin']}, 'plugin': {'runtime': ['core']}})
    assert graph.levels == {'core': 0, 'plugin': 1}
    assert graph.hard_cycles == ()
    assert [cycle.names for cycle in graph.soft_cycles] == [('core', 'plugin', 'core')]
