# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Helpers for adapters of web frameworks: selecting the flows to serve, and building a `WebRequest`."""

import functools
import inspect
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeGuard, cast

from genkit._action.action import Action
from genkit._base.errors import GenkitError
from genkit._base.http.asgi import DROPPED_BYTES
from genkit._base.suggest import did_you_mean
from genkit.web.exchange import WebHandler
from genkit.web.routes import HasRegistry, by_name, check_application, check_flows, is_flow, routes_of, served_actions


Served: TypeAlias = Action[Any, Any, Any] | WebHandler
FindFlow = Callable[..., Awaitable[Served]]


def select_flows(ai: HasRegistry | None, flows: Sequence[Any] | None = None) -> list[Action[Any, Any, Any]]:
    """Return the flows and agents to serve; `select_routes` also returns the routes that belong to agents.

    Args:
        ai: The application; None if no names are given.
        flows: Flows, agents, actions or names. Default: all flows and agents defined so far.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown name; ``INVALID_ARGUMENT`` if `ai` is not an application or `flows`
            is not a list; ``FAILED_PRECONDITION`` if there is nothing to serve yet.
    """
    check_application(ai)
    chosen = _defined(ai) if flows is None else [_action(ai, flow) for flow in check_flows(flows)]
    if not chosen:
        raise GenkitError(
            'There are no flows and no agents to serve. Define them first, or import the modules that do, and make '
            'the routes after.',
            status='FAILED_PRECONDITION',
        )
    by_name(chosen)  # refuses two of one name
    return chosen


def select_routes(ai: HasRegistry | None, flows: Sequence[Any] | None = None) -> dict[str, Action[Any, Any, Any]]:
    """Return the routes to create, as a mapping of path (without the leading slash) to action.

    Each flow and each agent has one, and an agent that keeps its sessions has ``<name>/getSnapshot`` and
    ``<name>/abort`` as well. Serve all of them alike: the routes of an agent are protected like the agent.

    Args:
        ai: The application; None if no names are given.
        flows: As for `select_flows`.

    Raises:
        GenkitError: As `select_flows`.
    """
    return {path: action for chosen in select_flows(ai, flows) for path, action in routes_of(chosen).items()}


def flow_source(ai: HasRegistry | None, served: Any) -> FindFlow:
    """Return a function that returns the flow for a request.

    Args:
        ai: The application; None if no names are given.
        served: A flow, an action, a name or a `WebHandler`; or a function, async or plain, that returns one. Its name,
            docstring and parameters are those of the function returned here, and what it raises is left alone.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown name; ``INVALID_ARGUMENT`` for anything else.
    """
    if is_flow(served) or is_handler(served) or not callable(served):
        found = served if is_handler(served) else _action(ai, served)

        async def find_same(*_: Any, **__: Any) -> Served:
            return found

        find_same.__signature__ = inspect.Signature()
        find_same.__name__ = getattr(served, '__name__', getattr(found, 'name', 'handler'))
        find_same.__doc__ = getattr(found, 'description', None)
        return find_same

    @functools.wraps(served)
    async def find(*args: Any, **kwargs: Any) -> Served:
        found = served(*args, **kwargs)
        found = await found if inspect.isawaitable(found) else found
        return found if is_handler(found) else _action(ai, found)

    return find


def is_handler(served: Any) -> TypeGuard[WebHandler]:
    """Return whether this answers requests by itself."""
    return not isinstance(served, type) and inspect.iscoroutinefunction(getattr(served, 'handle', None))


def join_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers as a mapping of lower-case names; several values of one name are joined by a comma."""
    joined: dict[str, str] = {}
    for raw_name, value in headers:
        name = raw_name.lower()
        joined[name] = f'{joined[name]}, {value}' if name in joined else value
    return joined


async def read_up_to(pieces: AsyncIterable[bytes], limit: int) -> bytes:
    """Read a request body up to a limit: return it whole, or just over the limit, which `FlowHandler` then rejects.

    Data over the limit is read and dropped, within reason, because many clients read the response only after they
    have sent everything.
    """
    body = BoundedBody(limit)
    async for piece in pieces:
        if not body.take(piece):
            break
    return body.bytes


class BoundedBody:
    """Collects a request body chunk by chunk up to a limit; like `read_up_to`, for frameworks that read in a thread.

    Args:
        limit: The maximum size in bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept = bytearray()
        self._dropped = 0

    def take(self, piece: bytes) -> bool:
        """Add the next chunk, and return whether to read more."""
        if len(self._kept) > self._limit:
            self._dropped += len(piece)
        else:
            self._kept += piece
        return self._dropped <= DROPPED_BYTES

    @property
    def bytes(self) -> bytes:
        """The collected bytes: the whole body, or just over the limit."""
        return bytes(self._kept)


def _defined(ai: HasRegistry | None) -> list[Action[Any, Any, Any]]:
    return [] if ai is None else served_actions(ai.registry)


def _action(ai: HasRegistry | None, flow: Any) -> Action[Any, Any, Any]:
    if is_flow(flow):
        return cast('Action[Any, Any, Any]', flow if isinstance(flow, Action) else flow.action)
    if not isinstance(flow, str):
        raise GenkitError(
            f'{flow!r} cannot be served: give a flow, an agent, an action, a name, or a function that returns one.',
            status='INVALID_ARGUMENT',
        )
    for action in _defined(ai):
        if action.name == flow:
            return action
    raise GenkitError(
        f'No flow or agent {flow!r} is defined.{did_you_mean(flow, [action.name for action in _defined(ai)])}',
        status='NOT_FOUND',
    )
