# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Graphs of functions and flows: branches that join, loops, questions to people, runs that outlive a kill."""

from genkit_graph.context import NodeContext
from genkit_graph.edges import END, START
from genkit_graph.graph import Graph, GraphOptions, define_graph
from genkit_graph.nodes import Node
from genkit_graph.results import Checkpoint, GraphChunk, GraphResult, NodeError, Question, RunInput
from genkit_graph.state import Append, Merge


__all__ = [
    'END',
    'START',
    'Append',
    'Checkpoint',
    'Graph',
    'GraphChunk',
    'GraphOptions',
    'GraphResult',
    'Merge',
    'Node',
    'NodeContext',
    'NodeError',
    'Question',
    'RunInput',
    'define_graph',
]
