# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The routes of flows and agents, including the additional routes of an agent."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from genkit._action.action import Action
from genkit._action.kind import ActionKind
from genkit._agent.definition import AgentAction
from genkit._base.errors import GenkitError
from genkit._base.suggest import refuse
from genkit._registry.registry import Registry


AnyAction = Action[Any, Any, Any]
# By name: the action itself, or None for whatever is defined under the name.
Listed = Mapping[str, AnyAction | None]


class HasRegistry(Protocol):
    """An application, as far as serving it goes."""

    registry: Registry


def check_application(ai: Any, context_provider: Any = None) -> None:
    """Raise an error if the first argument of an adapter is not an application, or the context provider not a function.

    Args:
        ai: The application; None where none is needed.
        context_provider: What makes the context of a call; None without one.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``.
    """
    if context_provider is not None and not callable(context_provider):
        refuse(
            'context_provider',
            context_provider,
            "expected a function of the request, such as context_provider=api_key('…').",
        )
    if ai is None or isinstance(getattr(ai, 'registry', None), Registry):
        return
    if isinstance(ai, type):
        way_out = 'expected the application itself, such as ai = Genkit(…).'
    elif is_flow(ai):
        way_out = 'the application comes first, and flows are listed: (ai, flows=[…]).'
    elif inspect.isroutine(ai):
        way_out = 'a decorator is given the application first: write @…(ai) above the function.'
    else:
        way_out = 'expected the application whose flows are served, such as ai = Genkit(…).'
    refuse('The first argument', ai, way_out)


def served_actions(registry: Registry, listed: Listed | None = None) -> list[AnyAction]:
    """Return the actions to serve: all flows and agents defined so far, or the listed ones."""
    if listed is not None:
        return [action for name in listed if (action := _lookup(registry, name, listed)) is not None]
    return [*registry.registered_actions(ActionKind.FLOW), *registry.registered_actions(ActionKind.AGENT)]


def is_flow(served: Any) -> bool:
    """Return whether this is an action, or a function that has become one."""
    return isinstance(served, Action) or isinstance(getattr(served, 'action', None), Action)


def check_flows(flows: Any) -> Sequence[Any]:
    """Return the list of flows to serve, or raise if it is not a list.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for one flow or one name, or anything else that is not a list.
    """
    if isinstance(flows, str) or is_flow(flows):
        shown = repr(flows) if isinstance(flows, str) else flows.name
        raise GenkitError(
            f'flows={shown} is one flow, and a list of them is expected: write flows=[{shown}].',
            status='INVALID_ARGUMENT',
        )
    if not isinstance(flows, Iterable):
        raise GenkitError(
            f'flows={flows!r} is no list. Give flows, agents or names, as in flows=[greet].', status='INVALID_ARGUMENT'
        )
    chosen = list(cast('Iterable[Any]', flows))
    for flow in chosen:
        if not isinstance(flow, str) and not is_flow(flow):
            raise GenkitError(
                f'{flow!r} cannot be served: give a flow, an agent, an action or a name.', status='INVALID_ARGUMENT'
            )
    return chosen


def by_name(flows: Sequence[Any]) -> Listed:
    """Return what is listed by name: an object is that very action, and a name stands for what is defined under it.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two actions of one name.
    """
    listed: dict[str, AnyAction | None] = {}
    for flow in flows:
        action: AnyAction | None = None if isinstance(flow, str) else getattr(flow, 'action', flow)
        name: str = flow if action is None else action.name
        if action is not None and listed.get(name) not in (None, action):
            raise GenkitError(
                f'Two actions to be served are named {name!r}, and each would be at that path. Give one another '
                'name, or list one of them with flows=[…].',
                status='INVALID_ARGUMENT',
            )
        listed[name] = action or listed.get(name)
    return listed


def routes_of(action: AnyAction) -> dict[str, AnyAction]:
    """Return what is served because of a flow or an agent, by path: itself, and what belongs to it."""
    derived: Mapping[str, AnyAction] = action.derived if isinstance(action, AgentAction) else {}
    return {action.name: action, **{f'{action.name}/{part}': belonging for part, belonging in derived.items()}}


def find_served(registry: Registry, path: str, listed: Listed | None) -> tuple[AnyAction, str] | None:
    """Return what a path stands for, and the name that lists and providers know it by; or None.

    That name is its own, or that of the agent that it belongs to.

    Args:
        registry: The application's.
        path: Without prefix and first slash, unescaped.
        listed: What is served, as `by_name` returns it; None for all.
    """
    action = _lookup(registry, path, listed)
    if action is not None:
        return action, path
    name, _, part = path.rpartition('/')
    parent = _lookup(registry, name, listed) if name else None
    derived = parent.derived.get(part) if isinstance(parent, AgentAction) else None
    return None if derived is None else (derived, name)


def _lookup(registry: Registry, name: str, listed: Listed | None) -> AnyAction | None:
    if listed is not None:
        if name not in listed:
            return None
        given = listed[name]
        if given is not None:
            return registry.in_place_of(given)
    return registry.lookup_action(ActionKind.FLOW, name) or registry.lookup_action(ActionKind.AGENT, name)
