# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes the agents that the façade defines; loaded with the first one."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, cast

from genkit._agent.access import AccessRule
from genkit._agent.agent import Agent, agent_of
from genkit._agent.client_input import ClientRules
from genkit._agent.definition import register_agent
from genkit._agent.opening import AgentDefinition, AgentFn, StoreChoice, refuse_store
from genkit._agent.prompt_agent import prompt_agent
from genkit._base.errors import GenkitError
from genkit._registry.registry import Registry
from genkit.types import Role


__all__ = ['agent_of', 'make_agent', 'prompt_agent']


def make_agent(registry: Registry, name: str, fn: AgentFn, options: Mapping[str, Any]) -> Agent:
    """Return an agent that is registered; its options are those of ``define_custom_agent``."""
    agent = AgentDefinition(
        name=name,
        fn=fn,
        store=_checked_store(options.get('store')),
        access=AccessRule(agent=name, owner=options.get('owner'), authorize=options.get('authorize')),
        rules=_client_rules(options),
        state_schema=options.get('state_schema'),
        state_transform=_of_two(options.get('state_transform')),
        chunk_transform=_of_two(options.get('chunk_transform')),
    )
    action = register_agent(registry, agent, options.get('agent_description'), options.get('agent_metadata'))
    action.agent = Agent(agent, action)
    return action.agent


def _checked_store(store: Any) -> StoreChoice | None:
    """Refuse what keeps no snapshots."""
    is_class = isinstance(store, type)
    if store is None or (not is_class and (hasattr(store, 'read') or callable(store))):
        return cast('StoreChoice | None', store)
    return refuse_store('store', store)


def _client_rules(options: Mapping[str, Any]) -> ClientRules:
    waiting = options.get('while_waiting', 'refuse')
    if waiting not in ('refuse', 'abandon') and not callable(waiting):
        raise GenkitError(
            f"while_waiting is {waiting!r}; it may be 'refuse', 'abandon' or a function of a tool request.",
            status='INVALID_ARGUMENT',
        )
    roles = [
        Role(role) if role in Role.__members__.values() else role for role in options.get('client_roles', ('user',))
    ]
    if unknown := [role for role in roles if not isinstance(role, Role)]:
        raise GenkitError(
            f'client_roles holds {unknown[0]!r}; it may hold {", ".join(repr(str(role)) for role in Role)}.',
            status='INVALID_ARGUMENT',
        )
    return ClientRules(
        roles=frozenset(roles),
        replaced_input=options.get('client_replaced_input', False),
        while_waiting=waiting,
    )


def _of_two(transform: Callable[..., Any] | None) -> Callable[[Any, Any], Any] | None:
    """Return a transform that is given the context, whether or not the application's own takes it."""
    if transform is None:
        return None
    try:
        inspect.signature(transform).bind(None, None)
    except (TypeError, ValueError):
        return lambda value, _context: transform(value)
    return transform
