# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit graph`: the dependency graph of the workspace, and questions to it."""

from dataclasses import dataclass
from pathlib import Path

from releasekit.model.errors import UsageError
from releasekit.model.graph import Graph
from releasekit.model.member import Member
from releasekit.model.workspace import Edge, Workspace
from releasekit.workspace.load import load_workspace


@dataclass(frozen=True)
class GraphReport:
    """A workspace with its graph."""

    workspace: Workspace
    graph: Graph

    @property
    def is_ordered(self) -> bool:
        """Whether a release order exists."""
        return not self.graph.hard_cycles


@dataclass(frozen=True)
class Chain:
    """The answer to "why does A need B"; no edges mean that it does not."""

    dependant: Member
    dependency: Member
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Neighbour:
    """A member related to the one asked about; no edges mean: through others only."""

    member: Member
    level: int
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Neighbours:
    """The members that one member needs, or that need it."""

    member: Member
    are_dependants: bool
    found: tuple[Neighbour, ...]


def graph(start: Path) -> GraphReport:
    """Return the graph of the workspace around a folder.

    Raises:
        WorkspaceError: There is no workspace, or uv would refuse it.
    """
    workspace = load_workspace(start)
    return GraphReport(workspace, Graph(tuple(workspace.by_name), workspace.edges))


def why(report: GraphReport, dependant: str, dependency: str) -> Chain:
    """Return the shortest chain of requirements between two members.

    Raises:
        UsageError: A name is not that of a member, or both are the same.
    """
    start, end = report.workspace.find(dependant), report.workspace.find(dependency)
    if start is end:
        raise UsageError('RK-USAGE', f'--why needs two members, got {start.name!r} twice')
    return Chain(start, end, report.graph.why(start.name, end.name) or ())


def dependencies(report: GraphReport, name: str) -> Neighbours:
    """Return every member that a member needs.

    Raises:
        UsageError: The name is not that of a member.
    """
    member = report.workspace.find(name)
    names = report.graph.dependencies(member.name)
    return Neighbours(member, False, tuple(_neighbour(report, other, (member.name, other)) for other in names))


def dependants(report: GraphReport, name: str) -> Neighbours:
    """Return every member that needs a member.

    Raises:
        UsageError: The name is not that of a member.
    """
    member = report.workspace.find(name)
    names = report.graph.dependants(member.name)
    return Neighbours(member, True, tuple(_neighbour(report, other, (other, member.name)) for other in names))


def _neighbour(report: GraphReport, name: str, pair: tuple[str, str]) -> Neighbour:
    return Neighbour(report.workspace.by_name[name], report.graph.levels[name], report.graph.between.get(pair, ()))
