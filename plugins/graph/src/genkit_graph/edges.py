# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Who follows whom in a graph, checked when it is defined; and which node can still come to which."""

import inspect
import typing
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, cast

from genkit import GenkitError
from genkit.plugin import did_you_mean


START: Final = 'START'
END: Final = 'END'

Choice: TypeAlias = Callable[[Any], str | Sequence[str]]
EdgeArgument: TypeAlias = str | Sequence[str] | Choice


@dataclass(frozen=True)
class Edge:
    """What follows a node.

    Attributes:
        targets: All that may follow, in order.
        choose: Takes the state and returns which of them do; None if all do.
    """

    targets: tuple[str, ...]
    choose: Choice | None = None

    @property
    def label(self) -> str:
        """The name of the function that chooses; empty without one."""
        return '' if self.choose is None else getattr(self.choose, '__name__', type(self.choose).__name__)

    def chosen(self, node: str, state: Any) -> tuple[str, ...]:
        """Return what follows a node now.

        Raises:
            GenkitError: ``INTERNAL`` if the function fails, or returns what is not among the targets.
        """
        if self.choose is None:
            return self.targets
        try:
            given = self.choose(state)
        except Exception as error:
            raise GenkitError(f'{self.label}, which chooses what follows {node!r}, failed', cause=error) from error
        names: tuple[Any, ...] = (given,) if isinstance(given, str) or not isinstance(given, Sequence) else tuple(given)  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped callers)
        for name in names or (given,):
            if name not in self.targets:
                raise GenkitError(
                    f'{self.label} chose {name!r} after {node!r}; it may choose among {list(self.targets)}, as its '
                    f'annotation says.{did_you_mean(str(name), self.targets)}'
                )
        return tuple(dict.fromkeys(names))


class Edges:
    """The edges of a graph.

    Args:
        graph: The graph's name, for messages.
        nodes: The names of its nodes.
        edges: What follows `START` and each node.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming an edge that leads nowhere, a node that nothing leads to, or one that
            no way leads from to `END`.
    """

    def __init__(self, graph: str, nodes: Collection[str], edges: Mapping[str, EdgeArgument]) -> None:
        self._graph = graph
        self._refuse_names(nodes, edges)
        self._edges = {name: self._edge(name, edges[name], nodes) for name in (START, *nodes)}
        reached = self._reachable_from(START, {name: edge.targets for name, edge in self._edges.items()})
        if lost := [name for name in nodes if name not in reached]:
            raise self._invalid(f'nothing leads to {lost}: give an edge to them, or leave them out')
        backwards: dict[str, list[str]] = {}
        for name, edge in self._edges.items():
            for target in edge.targets:
                backwards.setdefault(target, []).append(name)
        ending = self._reachable_from(END, backwards)
        if stuck := [name for name in nodes if name not in ending]:
            raise self._invalid(f'no way leads from {stuck} to END: give one of them an edge that does')
        self._ahead = self._without_loops()

    def __getitem__(self, node: str) -> Edge:
        """Return what follows a node."""
        return self._edges[node]

    def __iter__(self) -> Iterator[str]:
        """Iterate over `START` and the nodes."""
        return iter(self._edges)

    def leads_to(self, node: str, other: str) -> bool:
        """Return whether a branch at one node can come to another one without going round a loop."""
        return other in self._ahead.get(node, ())

    def shape(self) -> dict[str, list[str]]:
        """Return what may follow each node, as a checkpoint notes it."""
        return {name: list(edge.targets) for name, edge in self._edges.items()}

    def _refuse_names(self, nodes: Collection[str], edges: Mapping[str, EdgeArgument]) -> None:
        for name in nodes:
            if name in {START, END, ''} or '/' in name:
                raise self._invalid(
                    f'no node can be named {name!r}: give it another name, with nodes={{name: function}}'
                )
        for name in edges:
            if name != START and name not in nodes:
                raise self._invalid(f'there is an edge from {name!r}, which is no node.{did_you_mean(name, nodes)}')
        for name in (START, *nodes):
            if name not in edges:
                raise self._invalid(f'nothing says what follows {name!r}: write {name!r}: END, or name a node')

    def _edge(self, name: str, given: Any, nodes: Collection[str]) -> Edge:
        choose: Choice | None = None
        if isinstance(given, str):
            targets: tuple[Any, ...] = (given,)
        elif callable(given):
            choose = cast('Choice', given)
            if inspect.iscoroutinefunction(choose):
                raise self._invalid(
                    f'the function that chooses what follows {name!r} is asynchronous: decide in a node'
                )
            targets = self._named_by(name, choose)
        elif isinstance(given, Sequence):
            targets = tuple(cast('Sequence[Any]', given))
        else:
            raise self._invalid(f'after {name!r} comes {given!r}; expected a name, a list of names, or a function')
        if not targets or len(set(targets)) < len(targets):
            raise self._invalid(f'after {name!r} comes {list(targets)}; expected names, each once')
        for target in targets:
            if target != END and target not in nodes:
                hint = did_you_mean(str(target), [*nodes, END])
                raise self._invalid(f'the edge from {name!r} leads to {target!r}, which is no node.{hint}')
        return Edge(targets, choose)

    def _named_by(self, node: str, choose: Choice) -> tuple[Any, ...]:
        """Return what the annotation of a function says that it may return."""
        try:
            hint = typing.get_type_hints(choose).get('return')
        except (NameError, TypeError):
            hint = None
        while hint is not None and typing.get_origin(hint) is not Literal:
            hint = next(iter(typing.get_args(hint)), None)
        if hint is None:
            label = getattr(choose, '__name__', repr(choose))
            raise self._invalid(
                f'{label}, which chooses what follows {node!r}, does not say which nodes it may return: annotate it, '
                f"as in def {label.strip('<>')}(state) -> Literal['some_node', 'END']"
            )
        return typing.get_args(hint)

    def _reachable_from(self, begin: str, steps: Mapping[str, Sequence[str]]) -> set[str]:
        reached, waiting = {begin}, [begin]
        while waiting:
            new = [name for name in steps.get(waiting.pop(), ()) if name not in reached]
            reached.update(new)
            waiting.extend(new)
        return reached

    def _without_loops(self) -> dict[str, set[str]]:
        """Return what each node leads to, without the edges that go back to a node on the way from `START`."""
        ahead: dict[str, set[str]] = {START: set(), END: set()}
        path = [(START, iter(self._edges[START].targets))]
        open_nodes = {START}
        while path:
            name, rest = path[-1]
            target = next(rest, None)
            if target is None:
                path.pop()
                open_nodes.discard(name)
                if path:
                    ahead[path[-1][0]] |= ahead[name] | {name}
            elif target in open_nodes:
                continue  # this edge closes a loop
            elif target in ahead:
                ahead[name] |= ahead[target] | {target}
            else:
                ahead[target] = set()
                open_nodes.add(target)
                path.append((target, iter(self._edges[target].targets)))
        return ahead

    def _invalid(self, problem: str) -> GenkitError:
        return GenkitError(f'Graph {self._graph!r}: {problem.rstrip()}', status='INVALID_ARGUMENT')
