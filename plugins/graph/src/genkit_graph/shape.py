# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a graph is made of: its state, its nodes and its edges."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genkit import GenkitError

from genkit_graph.edges import END, Edges
from genkit_graph.progress import Progress
from genkit_graph.state import StateType


if TYPE_CHECKING:
    from genkit_graph.nodes import Node


@dataclass(frozen=True)
class Shape:
    """What a graph is made of.

    Attributes:
        max_steps: How many nodes may end in one run.
    """

    name: str
    state: StateType[Any]
    nodes: 'Mapping[str, Node]'
    edges: Edges
    max_steps: int

    def noted(self) -> dict[str, list[str]]:
        """Return what may follow each node, those of graphs within the graph included, as a checkpoint notes it."""
        noted = self.edges.shape()
        for name, node in self.nodes.items():
            if node.inner is not None:
                noted |= {f'{name}/{inner}': targets for inner, targets in node.inner.noted().items()}
        return noted

    def checked(self, progress: Progress) -> Progress:
        """Return progress from a store, which this graph can go on from.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if it stands at a node that there is not, or its state does not fit.
        """
        for branch in progress.branches:
            node = self.nodes.get(branch.node)
            if node is None and branch.node != END:
                raise GenkitError(
                    f'The run stands at {branch.node!r}, and graph {self.name!r} has {list(self.nodes)}. Branch from a '
                    'checkpoint before that.',
                    status='FAILED_PRECONDITION',
                )
            self.state.make(self.state.after(progress.values, branch.writes))
            if node is not None and node.inner is not None and branch.inner is not None:
                node.inner.checked(branch.inner)
        return progress
