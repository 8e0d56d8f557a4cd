# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Checks of what is given as the nodes of a graph."""

import inspect
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

from genkit import GenkitError

from genkit_graph.context import NodeContext
from genkit_graph.nodes import Node, parameters_of
from genkit_graph.state import StateType


_STATE_AND_CONTEXT: Final = 2


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
    parameters = parameters_of(function)
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


def _invalid(graph: str, problem: str) -> GenkitError:
    return GenkitError(f'Graph {graph!r}: {problem}', status='INVALID_ARGUMENT')
