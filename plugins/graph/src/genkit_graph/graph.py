# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Graphs: defined, called, resumed, branched and drawn."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Final, Generic, TypedDict, Unpack, cast

from genkit import Action, ActionKind, ActionRunContext, CallOptions, Genkit, GenkitError, StreamResponse
from genkit.agent import SnapshotStore
from genkit.plugin import check_options
from pydantic import Discriminator, Tag

from genkit_graph import drawing
from genkit_graph.checkpoints import Checkpoints, read
from genkit_graph.edges import START, EdgeArgument, Edges
from genkit_graph.nodes import Shape
from genkit_graph.progress import Progress, beginning
from genkit_graph.results import Checkpoint, GraphChunk, GraphResult, RunInput
from genkit_graph.run import Call, Run
from genkit_graph.signatures import nodes_by_name
from genkit_graph.state import StateT, StateType


_MAX_STEPS: Final = 100


class GraphOptions(TypedDict, total=False):
    """Options of a graph.

    Attributes:
        store: Keeps each step, so that a run can be resumed: `FileSnapshots`, or any other store of sessions.
        max_steps: How many nodes may end in one run. Default: 100.
        owner: Names the caller from the context of a call; a run belongs to the caller who began it.
        description: For users and developer tools. Default: the names of the nodes.
    """

    store: SnapshotStore | None
    max_steps: int
    owner: Callable[[Mapping[str, Any]], str] | None
    description: str | None


class Graph(Generic[StateT]):
    """Functions that follow each other as edges say. Made by `define_graph`.

    Attributes:
        shape: What it is made of.
        action: The flow that it is; it takes a state, or a `RunInput`.
    """

    def __init__(self, ai: Genkit, shape: Shape, options: GraphOptions) -> None:
        self.shape = shape
        self._ai = ai
        self._store = options.get('store')
        self._owner = options.get('owner')
        model: Any = shape.state.model
        self.action: Action[Any, GraphResult[StateT], GraphChunk] = Action(
            ActionKind.FLOW,
            shape.name,
            self._run,
            description=options.get('description') or f'A graph of {", ".join(shape.nodes)}.',
            metadata={'graph': {'mermaid': drawing.to_mermaid(shape)}},
            input_schema=Annotated[
                Annotated[model, Tag('state')] | Annotated[RunInput[model], Tag('run')], Discriminator(_kind_of_input)
            ],
            output_schema=GraphResult[model],
            chunk_schema=GraphChunk,
        )

    def __repr__(self) -> str:
        """Return the name and the nodes."""
        return f'Graph({self.name!r}, nodes={list(self.shape.nodes)})'

    @property
    def name(self) -> str:
        """The graph's name."""
        return self.shape.name

    async def __call__(
        self, state: StateT, *, run_id: str | None = None, **call: Unpack[CallOptions]
    ) -> GraphResult[StateT]:
        """Begin a run and go on until it has ended or waits for an answer.

        Args:
            state: What it begins with.
            run_id: Its name in the store. Default: a random one.
            call: Options of the call, such as ``context`` and ``timeout``.

        Raises:
            NodeError: A node failed. With a store, `resume` goes on from the last step.
            GenkitError: ``ABORTED`` after ``max_steps`` nodes, ``ALREADY_EXISTS`` if there is such a run.
        """
        return (await self.action.arun(self._input(state, run_id), **call)).response

    def stream(
        self, state: StateT, *, run_id: str | None = None, **call: Unpack[CallOptions]
    ) -> StreamResponse[GraphChunk, GraphResult[StateT]]:
        """Begin a run and stream what its nodes say: iterate over the chunks, await ``response``."""
        return self.action.stream(self._input(state, run_id), **call)

    async def resume(
        self, run_id: str, answers: Mapping[str, Any] | None = None, **call: Unpack[CallOptions]
    ) -> GraphResult[StateT]:
        """Go on with a run that waits, failed, was cancelled or killed; return the result again if it had finished.

        Args:
            run_id: The run.
            answers: Answers to its questions, by the questions' ids; what is left out goes on waiting.
            call: Options of the call.

        Raises:
            GenkitError: ``NOT_FOUND`` without such a run; ``INVALID_ARGUMENT`` for an answer to what is not asked, or
                one that does not fit; ``ABORTED`` if another call goes on with the run; ``FAILED_PRECONDITION`` if the
                graph had other edges or another state; ``DATA_LOSS``.
        """
        return (await self.action.arun(_resumption(run_id, answers), **call)).response

    def resume_stream(
        self, run_id: str, answers: Mapping[str, Any] | None = None, **call: Unpack[CallOptions]
    ) -> StreamResponse[GraphChunk, GraphResult[StateT]]:
        """Go on with a run as `resume` does, and stream what its nodes say."""
        return self.action.stream(_resumption(run_id, answers), **call)

    async def checkpoints(self, run_id: str) -> list[Checkpoint[StateT]]:
        """Return the steps of a run that were kept, oldest first.

        Raises:
            GenkitError: ``NOT_FOUND``, ``DATA_LOSS``.
        """
        chain = [(each, read(each).progress) for each in await self._kept(run_id).chain()]
        return [
            Checkpoint(
                id=snapshot.snapshot_id,
                step=progress.steps,
                last=progress.last[-1] if progress.last else None,
                next=[branch.node for branch in progress.branches],
                state=self.shape.state.make(progress.values),
                questions=list(progress.questions()),
                created_at=snapshot.created_at,
            )
            for snapshot, progress in chain
        ]

    async def branch(
        self,
        run_id: str,
        checkpoint_id: str | None = None,
        *,
        update: Mapping[str, Any] | None = None,
        new_run_id: str | None = None,
    ) -> str:
        """Make a new run that stands where another one stood, and return its id; `resume` runs it.

        Args:
            run_id: The other run, which stays as it is.
            checkpoint_id: Where it stood, one of `checkpoints`. Default: the newest.
            update: Members of the state to replace, if the run stood in one place.
            new_run_id: The id of the new run. Default: a random one.

        Raises:
            GenkitError: ``NOT_FOUND`` without such a run or checkpoint; ``FAILED_PRECONDITION`` if the graph has no
                such node any more, or there is an update and the run stood in several places.
        """
        chain = await self._kept(run_id).chain()
        found = next((each for each in reversed(chain) if checkpoint_id in {None, each.snapshot_id}), None)
        if found is None:
            raise GenkitError(f'Run {run_id!r} has no checkpoint {checkpoint_id!r}.', status='NOT_FOUND')
        progress = self.shape.checked(read(found).progress)
        if update:
            progress = self._updated(progress, update)
        new = new_run_id or str(uuid.uuid4())
        await Checkpoints(self._store, self.shape, new, getattr(found, 'owner', None)).keep(progress)
        return new

    def to_mermaid(self) -> str:
        """Return the graph as a Mermaid flowchart, which GitHub and many editors draw."""
        return drawing.to_mermaid(self.shape)

    def to_ascii(self) -> str:
        """Return the graph as a tree of ASCII characters; a node that stands there already is marked with ``^``."""
        return drawing.to_ascii(self.shape)

    async def _run(self, given: Any, context: ActionRunContext) -> GraphResult[StateT]:
        """Run for a caller, who may be a client."""
        is_named = isinstance(given, RunInput)
        asked = cast('RunInput[StateT]', given) if is_named else RunInput(run_id=str(uuid.uuid4()), state=given)
        kept = self._kept(asked.run_id, self._owner_in(context))
        if asked.state is None:
            progress = self.shape.checked(await kept.load())
            resumed = progress.answered(asked.answers)
            if asked.answers:
                await kept.keep(resumed)
        else:
            values = self.shape.state.values(asked.state, f'The input of graph {self.name!r}')
            resumed = beginning(values, self.shape.edges[START].chosen(START, self.shape.state.make(values)))
            resumed = resumed.answered(asked.answers)
            await kept.keep(resumed)
        ended = await Run(Call(self._ai, self.name, asked.run_id, context), self.shape, resumed, kept.keep).go()
        return GraphResult(
            run_id=asked.run_id,
            status='finished' if ended.is_finished else 'interrupted',
            state=self.shape.state.make(ended.values),
            questions=list(ended.questions()),
        )

    def _kept(self, run_id: str, owner: str | None = None) -> Checkpoints:
        return Checkpoints(self._store, self.shape, run_id, owner)

    def _owner_in(self, context: ActionRunContext) -> str | None:
        if self._owner is None:
            return None
        try:
            owner = self._owner(context.context)
        except (LookupError, TypeError, AttributeError) as error:
            raise self._unnamed() from error
        if not owner:
            raise self._unnamed()
        return str(owner)

    def _unnamed(self) -> GenkitError:
        return GenkitError(
            f'Graph {self.name!r} needs to know its caller: the context of the call does not name one.',
            status='UNAUTHENTICATED',
        )

    def _input(self, state: Any, run_id: str | None) -> Any:
        if run_id is None:
            return state
        return {'run_id': run_id, 'state': state}

    def _updated(self, progress: Progress, update: Mapping[str, Any]) -> Progress:
        if len(progress.branches) > 1:
            raise GenkitError(
                f'The run stood in several places, {[each.node for each in progress.branches]}: which state is meant? '
                'Take a checkpoint before them, or after they met.',
                status='FAILED_PRECONDITION',
            )
        state: StateType[StateT] = self.shape.state
        given = state.make(progress.values)
        changed = state.checked({**dict(given), **state.members_of(update, 'The update')}, 'The update')
        again = [each.replaced(question=None, answered=[], inner=None) for each in progress.branches]
        return progress.replaced(values=state.values(changed, 'The update'), branches=again)


def define_graph(
    ai: Genkit,
    name: str,
    state: type[StateT],
    *,
    nodes: Iterable[Any] | Mapping[str, Any],
    edges: Mapping[str, EdgeArgument],
    **options: Unpack[GraphOptions],
) -> Graph[StateT]:
    """Define a graph; it is an action of kind ``flow``, and called like one.

    Args:
        ai: The application.
        name: The graph's name.
        state: The Pydantic model that nodes read and write.
        nodes: Functions, flows or graphs, by the names that they have, or as a dictionary under other names. A node
            takes the state, and a `NodeContext` if it wants one, and returns the members that change, the next state,
            or None. `Node` adds options.
        edges: What follows `START` and each node: a name or `END`; a list of names, which then run in parallel; or a
            function that takes the state and returns a name or several, annotated with all of them, such as
            ``Literal['draft', 'END']``.
        options: See `GraphOptions`.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming what is wrong: an edge that leads nowhere, a node that nothing leads to
            or that does not take the state, two nodes of one name, no way to the end.
    """
    check_options('define_graph()', options, GraphOptions.__annotations__, ('nodes', 'edges'))
    state_type = StateType(state)
    named = nodes_by_name(name, state_type, nodes)
    max_steps = options.get('max_steps', _MAX_STEPS)
    if not isinstance(max_steps, int) or max_steps < 1:  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped callers)
        raise GenkitError(f'max_steps is {max_steps!r}; expected a number from 1 on.', status='INVALID_ARGUMENT')
    graph: Graph[StateT] = Graph(ai, Shape(name, state_type, named, Edges(name, named, edges), max_steps), options)
    ai.registry.register_action(graph.action)
    return graph


def _resumption(run_id: str, answers: Mapping[str, Any] | None) -> dict[str, Any]:
    return {'run_id': run_id, 'answers': dict(answers or {})}


def _kind_of_input(given: Any) -> str:
    if isinstance(given, RunInput):
        return 'run'
    is_run = isinstance(given, Mapping) and not {'run_id', 'runId'}.isdisjoint(cast('Mapping[str, Any]', given))
    return 'run' if is_run else 'state'
