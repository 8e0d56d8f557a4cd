# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a server may ask of a client: answers to questions, a model, and roots."""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from genkit_mcp.convert.results import to_wire
from genkit_mcp.convert.sampling import sample
from genkit_mcp.in_flight import Calls
from genkit_mcp.settings import ClientSettings, Roots


if TYPE_CHECKING:
    from mcp.types import ListRootsResult

    from genkit_mcp.connection import Connection

_LOGGER: Final = logging.getLogger('genkit.mcp')
_MODERN: Final = '2026-07-28'
_CHANGES: Final = ('list_changed', 'updated')


def client_options(
    name: str,
    settings: ClientSettings,
    calls: Calls,
    roots: Callable[[], Roots | None],
    changed: Callable[[], None],
    connection: 'Connection',
) -> dict[str, Any]:
    """Return the options of the library's client; what is not allowed is not offered to the server."""
    from mcp.types import Implementation  # noqa: PLC0415  (a slow import)

    async def on_question(context: Any, params: Any) -> Any:
        from mcp.types import ElicitResult  # noqa: PLC0415  (a slow import)

        if context.session.protocol_version >= _MODERN:  # questions about tools come as results there
            return ElicitResult(action='cancel')
        return await calls.ask(question_of(params))

    async def on_sampling(context: Any, params: Any) -> Any:
        return await calls.while_busy(sample(settings, context, params))

    async def on_roots(_context: Any) -> 'ListRootsResult':
        return to_roots(roots() or ())

    async def on_message(message: Any) -> None:
        if isinstance(message, Exception):
            connection.malformed += 1
            _LOGGER.debug('MCP server %r sent something malformed: %s', name, message)
        elif str(getattr(message, 'method', '')).endswith(_CHANGES):
            changed()

    allowed: dict[str, Any] = {}
    if settings.elicitation:
        allowed['elicitation_callback'] = on_question
    if settings.sampling is not None:
        allowed['sampling_callback'] = on_sampling
    if roots() is not None:
        allowed['list_roots_callback'] = on_roots
    return {
        **allowed,
        'message_handler': on_message,
        'client_info': Implementation(name=name, version=settings.version),
        'mode': connection.config.mode,
        'cache': None,
    }


def question_of(params: Any) -> dict[str, Any]:
    """Return a question as its interrupt holds it."""
    known = {'meta', 'task'}
    said = {name: value for name, value in to_wire(params).items() if name not in known and name != '_meta'}
    return {name: value for name, value in said.items() if name != 'mode' or value != 'form'}


def to_roots(roots: Roots) -> 'ListRootsResult':
    """Return roots as they travel."""
    from mcp.types import ListRootsResult  # noqa: PLC0415  (a slow import)

    return ListRootsResult.model_validate(
        {'roots': [dict(root) if isinstance(root, Mapping) else {'uri': root} for root in roots]}
    )
