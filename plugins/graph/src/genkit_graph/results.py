# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a graph takes and returns, as it travels over HTTP as well."""

from typing import Any, Generic, Literal

from genkit import GenkitError
from genkit.types import WireModel
from pydantic import BaseModel, Field

from genkit_graph.state import StateT


class Question(WireModel):
    """What a node asked, and what waits for an answer.

    Attributes:
        id: Unique in the run: the node, a dot and a number.
        node: The node that asked; of a graph within the graph, ``outer/inner``.
        question: What it asked.
        answer_schema: The JSON schema of an answer; None if any will do.
    """

    id: str
    node: str
    question: Any = None
    answer_schema: dict[str, Any] | None = None


class GraphResult(WireModel, Generic[StateT]):
    """How a run, or a part of it, has ended.

    Attributes:
        run_id: The run, to be resumed.
        status: ``finished``, or ``interrupted`` if questions wait.
        state: The state at the end; of an interrupted run, what all its branches share of it.
        questions: What waits for an answer.
    """

    run_id: str
    status: Literal['finished', 'interrupted']
    state: StateT
    questions: list[Question] = Field(default_factory=list[Question])


class RunInput(WireModel, Generic[StateT]):
    """Names the run that a call begins or goes on with.

    Attributes:
        run_id: The run.
        state: What it begins with; None to go on.
        answers: Answers to its questions, by their ids.
    """

    run_id: str = Field(min_length=1, max_length=500)
    state: StateT | None = None
    answers: dict[str, Any] = Field(default_factory=dict[str, Any])


class GraphChunk(WireModel):
    """What a node said while it ran.

    Attributes:
        node: The node; of a graph within the graph, ``outer/inner``.
        chunk: What it said.
    """

    node: str
    chunk: Any = None


class Checkpoint(BaseModel, Generic[StateT]):
    """A step of a run that was kept.

    Attributes:
        id: To branch from.
        step: How many nodes had ended.
        last: The node that ended last; None at the beginning.
        next: The nodes that come next, or wait for others.
        state: What all branches shared of the state.
        questions: What waited for an answer.
        created_at: When it was kept, as ISO 8601.
    """

    id: str
    step: int
    last: str | None
    next: list[str]
    state: StateT
    questions: list[Question]
    created_at: str


class NodeError(GenkitError):
    """Raised when a node fails; the status is that of its error, which is the ``cause``.

    Args:
        graph: The graph's name.
        node: The node; of a graph within the graph, ``outer/inner``.
        run_id: The run; with a store, it can be resumed.
        error: What the node raised.
    """

    def __init__(self, graph: str, node: str, run_id: str, error: Exception) -> None:
        said = f': {error.message}' if isinstance(error, GenkitError) else ''
        known = error.details if isinstance(error, GenkitError) else {}
        details = {name: value for name, value in known.items() if name not in {'stack', 'traceId'}}
        super().__init__(
            f'Node {node!r} of graph {graph!r} failed{said}',
            cause=error,
            details={**details, 'graph': graph, 'node': node, 'runId': run_id},
        )
        self.node = node
        self.run_id = run_id
