# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Functions, flows and graphs as the nodes of a graph, and what a node is given beside the state."""

import asyncio
import inspect
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast, overload

from genkit import Action, ActionRunContext, GenkitError, Interrupt
from genkit.plugin import to_json_schema
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from genkit_graph.progress import Answered
from genkit_graph.shape import Shape
from genkit_graph.state import StateType


AnswerT = TypeVar('AnswerT')
_POSITIONAL: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_STATE_AND_CONTEXT: Final = 2


class Asked(Interrupt):
    """Raised by `NodeContext.ask`.

    Attributes:
        place: How many questions the node had asked before in this run of it.
        question: The question, as JSON.
        answer_schema: The schema of an answer.
    """

    def __init__(self, place: int, question: Any, answer_schema: dict[str, Any] | None) -> None:
        super().__init__(question)
        self.place = place
        self.question = question
        self.answer_schema = answer_schema


class NodeContext(ActionRunContext):
    """The context of one run of a node, passed to its function as the second parameter.

    Attributes:
        node: The node's name; of a graph within the graph, ``outer/inner``.
        run_id: The run.
    """

    __slots__ = ('_answered', '_place', 'node', 'run_id')

    def __init__(
        self,
        run: ActionRunContext,
        on_chunk: Callable[[Any], None] | None,
        node: str,
        run_id: str,
        answered: Sequence[Answered],
    ) -> None:
        super().__init__(run.context, on_chunk)
        self.span = run.span
        self.node = node
        self.run_id = run_id
        self._answered = answered
        self._place = 0

    @property
    def answers(self) -> list[Any]:
        """The answers to what this node asked before, for code that raises `Interrupt` itself."""
        return [each.answer for each in self._answered]

    @overload
    def ask(self, question: Any) -> Any: ...

    @overload
    def ask(self, question: Any, answer_type: type[AnswerT]) -> AnswerT: ...

    def ask(self, question: Any, answer_type: Any = Any) -> Any:
        """Return the answer to a question; without one, interrupt the run until somebody gives it.

        Then the node runs again from its beginning, and this returns. A node may ask several things, one after the
        other. What it does before it asks, it does again.

        Args:
            question: What to ask: a text, or other data that JSON has a form for. An answer counts for this very
                question: if it is another one when the node runs again, it is asked anew.
            answer_type: What an answer has to be; others are refused. Default: anything.

        Raises:
            Interrupt: There is no answer yet. Do not catch it.
        """
        asked, place = to_jsonable_python(question), self._place
        self._place += 1
        if place < len(self._answered) and self._answered[place].question == asked:
            return TypeAdapter(answer_type).validate_python(self._answered[place].answer)
        raise Asked(place, asked, None if answer_type is Any else to_json_schema(answer_type))


@dataclass(frozen=True)
class Node:
    """A function, flow or graph as a node, with options.

    Args:
        run: Takes the state, and a `NodeContext` if it wants one; returns the members that change, the next state, or
            None. A flow, or any other action, takes the state as its input.
        timeout: Seconds after which it is cancelled with ``DEADLINE_EXCEEDED``. Default: none.
    """

    run: Any
    timeout: float | None = None

    @property
    def name(self) -> str:
        """The name of the function, the flow or the graph."""
        return getattr(self.run, 'name', None) or getattr(self.run, '__name__', '')

    @property
    def inner(self) -> Shape | None:
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
        arguments = (state, context)[: len(_parameters(self.run))]
        if inspect.iscoroutinefunction(self.run) or inspect.iscoroutinefunction(getattr(self.run, '__call__', None)):  # noqa: B004
            return await self.run(*arguments)
        returned = await asyncio.to_thread(self.run, *arguments)
        return await returned if inspect.isawaitable(returned) else returned


def nodes_by_name(graph: str, state: StateType[Any], given: Mapping[str, Any] | Iterable[Any]) -> dict[str, Node]:
    """Return the nodes of a graph by name.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two nodes of one name, and for what cannot be a node.
    """
    named: Mapping[str, Any] | None = cast('Mapping[str, Any]', given) if isinstance(given, Mapping) else None
    listed = [each if isinstance(each, Node) else Node(each) for each in (given if named is None else named.values())]
    nodes: dict[str, Node] = {}
    for name, node in zip([each.name for each in listed] if named is None else named, listed, strict=True):
        if name in nodes:
            raise _invalid(graph, f'two nodes are named {name!r}: name them, with nodes={{name: function}}')
        nodes[name] = node
        _check(graph, name, node, state)
    if not nodes:
        raise _invalid(graph, 'it has no nodes')
    return nodes


def _check(graph: str, name: str, node: Node, state: StateType[Any]) -> None:
    wanted = state.model
    if node.inner is not None:
        taken: Any = node.inner.state.model
    elif node.action is not None:
        taken = node.action.input_type
    elif callable(node.run):
        taken = _state_parameter(graph, name, node.run)
    else:
        raise _invalid(graph, f'node {name!r} is {node.run!r}; expected a function, a flow or a graph')
    if taken is not Any and not (isinstance(taken, type) and issubclass(wanted, taken)):
        shown = getattr(taken, '__name__', taken)
        raise _invalid(
            graph,
            f'node {name!r} takes {shown}, and the state is {wanted.__name__}: write a function that takes '
            f'{wanted.__name__} and calls it',
        )


def _state_parameter(graph: str, name: str, function: Callable[..., Any]) -> Any:
    """Return the type that a function takes as the state; Any if it does not say."""
    how = f'write def {name}(state) or def {name}(state, context: NodeContext)'
    target: Any = function if inspect.isroutine(function) else getattr(function, '__call__', function)  # noqa: B004
    if inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target):
        raise _invalid(graph, f'node {name!r} is a generator: {how}, and say things with context.send_chunk')
    parameters = _parameters(function)
    if not 1 <= len(parameters) <= _STATE_AND_CONTEXT:
        raise _invalid(graph, f'node {name!r} takes {[each.name for each in parameters]}: {how}')
    try:
        hints = typing.get_type_hints(target)
    except (NameError, TypeError):
        hints = {each.name: each.annotation for each in parameters if not isinstance(each.annotation, str)}
    types: list[Any] = [hints.get(each.name, Any) for each in parameters]
    types = [Any if each is inspect.Parameter.empty else each for each in types]
    for each in types[1:]:
        if each is not Any and not (isinstance(each, type) and issubclass(NodeContext, each)):
            raise _invalid(graph, f'node {name!r} takes {parameters[1].name!r} beside the state: {how}')
    return types[0]


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return [each for each in inspect.signature(function).parameters.values() if each.kind in _POSITIONAL]


def _invalid(graph: str, problem: str) -> GenkitError:
    return GenkitError(f'Graph {graph!r}: {problem}', status='INVALID_ARGUMENT')
