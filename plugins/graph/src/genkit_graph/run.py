# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the nodes that are ready, side by side, and has each step kept before the next begins."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from genkit import ActionRunContext, Genkit, GenkitError, Interrupt
from pydantic_core import to_jsonable_python

from genkit_graph.context import Asked, NodeContext
from genkit_graph.edges import START
from genkit_graph.nodes import Node, Shape
from genkit_graph.progress import Answered, Branch, Progress, beginning
from genkit_graph.results import GraphChunk, NodeError, Question
from genkit_graph.state import Values, Write


Keep = Callable[[Progress], Awaitable[None]]


@dataclass(frozen=True)
class Call:
    """What the runs of a graph and of the graphs within it share.

    Attributes:
        ai: The application, which makes the spans.
        graph: The name of the outermost graph.
        context: That of the action.
    """

    ai: Genkit
    graph: str
    run_id: str
    context: ActionRunContext


@dataclass(frozen=True)
class Ended:
    """The end of a node: what it wrote, and what follows."""

    writes: list[Write]
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Waits:
    """A node that waits for an answer: what its branch holds then."""

    inner: Progress | None = None
    question: Question | None = None
    answered: list[Answered] = field(default_factory=list[Answered])
    asked: int = 0


class Run:
    """One run of a graph, as far as it goes without an answer from outside.

    Args:
        call: What is shared with graphs within.
        shape: The graph.
        progress: Where the run stands.
        keep: Stores where it stands.
        path: Of the graph within others, with a slash at the end; empty for the outermost.
    """

    def __init__(self, call: Call, shape: Shape, progress: Progress, keep: Keep, path: str = '') -> None:
        self.progress = progress
        self._call = call
        self._shape = shape
        self._keep = keep
        self._path = path
        self._running: dict[int, asyncio.Task[Ended | Waits]] = {}
        self._waiting: set[int] = set()  # branches whose nodes, or graphs within, wait for an answer

    async def go(self) -> Progress:
        """Run until all branches have ended or wait for an answer, and return where the run stands then.

        Raises:
            NodeError: A node failed; the others were cancelled, and what had ended is kept.
            GenkitError: ``ABORTED`` after ``max_steps`` nodes, or if another process works on this run;
                ``FAILED_PRECONDITION`` if parallel branches wrote the same member.
        """
        try:
            self._start()
            while self._running:
                await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
                await self._take()
                self._start()
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)
        return self.progress

    def _start(self) -> None:
        """Start the nodes that are ready."""
        for branch in self.progress.ready(self._shape.edges, {*self._running, *self._waiting}):
            if self.progress.steps + len(self._running) >= self._shape.max_steps:
                raise GenkitError(
                    f'Graph {self._shape.name!r} has run {self.progress.steps} nodes and is not at its end; the last '
                    f'ones were {", ".join(self.progress.last)}. Look at the edge that leaves the loop, or raise '
                    f'max_steps={self._shape.max_steps}.',
                    status='ABORTED',
                    details={'runId': self._call.run_id, 'last': self.progress.last},
                )
            self._running[branch.id] = asyncio.create_task(self._run(branch, self._values(branch)))

    async def _take(self) -> None:
        """Take up the nodes that have ended, in the order of their branches, and keep where the run stands now."""
        failures: list[GenkitError] = []
        before = self.progress
        for branch in before.branches:
            task = self._running.get(branch.id)
            if task is None or not task.done():
                continue
            del self._running[branch.id]
            try:
                self.progress = self._after(branch.id, task.result())
            except GenkitError as error:
                failures.append(error)
            except asyncio.CancelledError:
                failures.append(self._failed(branch.node, GenkitError('It cancelled itself', status='CANCELLED')))
        if self.progress != before:
            await self._keep(self.progress)
        if failures:
            raise failures[0]

    def _after(self, number: int, outcome: Ended | Waits) -> Progress:
        if isinstance(outcome, Waits):
            self._waiting.add(number)
            return self.progress.with_branch(self.progress.branch(number).replaced(**vars(outcome)))
        progress = self.progress.after(number, outcome.writes, outcome.targets)
        progress, shared = progress.joined(self._shape.edges, self._running).without_shared_writes()
        return progress.replaced(values=self._shape.state.after(progress.values, shared))

    def _values(self, branch: Branch) -> Values:
        return self._shape.state.after(self.progress.values, branch.writes)

    async def _run(self, branch: Branch, values: Values) -> Ended | Waits:
        """Run the node of a branch, and return its end, or that it waits for an answer."""
        node, edges, state = self._shape.nodes[branch.node], self._shape.edges, self._shape.state
        call = self._graph(branch, values) if node.inner is not None else self._node(branch, node)
        try:
            given = state.make(values)
            told = {'graph': self._shape.name, 'run': self._call.run_id}
            returned = await self._call.ai.run(branch.node, given, call, metadata=told)
            if isinstance(returned, Progress):
                return Waits(inner=returned)
            writes = state.writes(given, values, returned, branch.node)
            targets = edges[branch.node].chosen(branch.node, state.make(state.after(values, writes)))
            return Ended(writes, targets)
        except Interrupt as interrupt:
            return self._asking(branch, interrupt)
        except NodeError:
            raise
        except Exception as error:
            raise self._failed(branch.node, error) from error

    def _node(self, branch: Branch, node: Node) -> Callable[[Any], Awaitable[Any]]:
        """Return what runs a function or a flow with a state."""
        outer, name = self._call.context, self._path + branch.node

        def say(chunk: Any) -> None:
            outer.send_chunk(GraphChunk(node=name, chunk=chunk))

        async def run(state: Any) -> Any:
            on_chunk = say if outer.is_streaming else None
            return await node.call(state, NodeContext(outer, on_chunk, name, self._call.run_id, branch.answered))

        return run

    def _graph(self, branch: Branch, values: Values) -> Callable[[Any], Awaitable[Any]]:
        """Return what runs a graph within this one with a state; it returns a state, or where it stands if it waits."""
        shape = self._shape.nodes[branch.node].inner
        assert shape is not None

        async def keep(progress: Progress) -> None:
            self.progress = self.progress.with_branch(self.progress.branch(branch.id).replaced(inner=progress))
            await self._keep(self.progress)

        async def run(state: Any) -> Any:
            progress = branch.inner or beginning(values, shape.edges[START].chosen(START, state))
            ended = await Run(self._call, shape, progress, keep, f'{self._path}{branch.node}/').go()
            return shape.state.make(ended.values) if ended.is_finished else ended

        return run

    def _asking(self, branch: Branch, interrupt: Interrupt) -> Waits:
        """Return what a branch holds that waits for an answer; the id of its question is one that the run never had."""
        path, number = self._path + branch.node, branch.asked + 1
        name = f'{path}.{branch.id}.{number}'
        if not isinstance(interrupt, Asked):
            question = Question(id=name, node=path, question=to_jsonable_python(interrupt.metadata))
            return Waits(question=question, answered=branch.answered, asked=number)
        question = Question(id=name, node=path, question=interrupt.question, answer_schema=interrupt.answer_schema)
        return Waits(question=question, answered=branch.answered[: interrupt.place], asked=number)

    def _failed(self, node: str, error: Exception) -> NodeError:
        return NodeError(self._call.graph, self._path + node, self._call.run_id, error)
