# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Nodes, and the shape that they make with the edges."""

import asyncio
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from genkit import Action, GenkitError

from genkit_graph.context import NodeContext
from genkit_graph.edges import END, Edges
from genkit_graph.progress import Progress
from genkit_graph.state import StateType


_POSITIONAL: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Node:
    """A function, flow or graph as a node, with options.

    Args:
        run: Takes the state, and a `NodeContext` if it wants one; returns the members that change, the next state, or
            None. A flow, or any other action, takes the state as its input.
        timeout: Seconds after which it is cancelled with ``DEADLINE_EXCEEDED``; a plain function goes on in its
            thread, and nobody reads its result. Default: none.
    """

    run: Any
    timeout: float | None = None

    @property
    def name(self) -> str:
        """The name of the function, the flow or the graph."""
        return getattr(self.run, 'name', None) or getattr(self.run, '__name__', '')

    @property
    def inner(self) -> 'Shape | None':
        """The graph that this node is; None for another node."""
        shape = getattr(self.run, 'shape', None)
        return shape if isinstance(shape, Shape) else None

    @property
    def action(self) -> Action[Any, Any, Any] | None:
        """The action that this node is; None for a function."""
        action = getattr(self.run, 'action', self.run)
        return cast('Action[Any, Any, Any]', action) if isinstance(action, Action) else None

    async def call(self, state: Any, context: NodeContext) -> Any:
        """Run the node and return what it returned; a plain function runs in a thread.

        Raises:
            GenkitError: ``DEADLINE_EXCEEDED``, and what the node raises.
        """
        scope = asyncio.timeout(self.timeout)
        try:
            async with scope:
                return await self._call(state, context)
        except asyncio.CancelledError:
            context.abort()
            raise
        except TimeoutError as error:
            if not scope.expired():
                raise
            context.abort()
            raise GenkitError(
                f'Not finished within {self.timeout} s, its timeout', status='DEADLINE_EXCEEDED', cause=error
            ) from error

    async def _call(self, state: Any, context: NodeContext) -> Any:
        if self.action is not None:
            return (await self.action.arun(state, on_chunk=context.streaming_callback)).response
        arguments = (state, context)[: len(parameters_of(self.run))]
        if inspect.iscoroutinefunction(self.run) or inspect.iscoroutinefunction(getattr(self.run, '__call__', None)):  # noqa: B004
            return await self.run(*arguments)
        returned = await asyncio.to_thread(self.run, *arguments)
        return await returned if inspect.isawaitable(returned) else returned


@dataclass(frozen=True)
class Shape:
    """What a graph is made of.

    Attributes:
        max_steps: How many nodes may end in one run.
    """

    name: str
    state: StateType[Any]
    nodes: Mapping[str, Node]
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


def parameters_of(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters that a node's function is given something for."""
    return [each for each in inspect.signature(function).parameters.values() if each.kind in _POSITIONAL]
