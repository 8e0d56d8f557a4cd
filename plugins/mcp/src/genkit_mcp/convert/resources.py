# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Resources and templates of servers as actions."""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from genkit import Action, GenkitError, Part, make_resource


if TYPE_CHECKING:
    from mcp.types import Resource, ResourceTemplate

Read = Callable[[str], Awaitable[list[Part]]]

_LOGGER: Final = logging.getLogger('genkit.mcp')
# What RFC 6570 has besides `{name}` and `{+name}`: the same variables, written in another form.
_OPERATOR: Final = re.compile(r'\{[#./;?&]')


def resource_actions(server: str, resources: 'Sequence[Resource]', read: Read) -> list[Action[Any, Any, Any]]:
    """Return the resources of a server as ``<server>/<name>``."""
    return [
        make_resource(
            _reader(read),
            name=f'{server}/{each.name}',
            uri=each.uri,
            description=each.description or each.title or '',
            metadata=_described(server, each),
        )
        for each in resources
    ]


def template_actions(server: str, templates: 'Sequence[ResourceTemplate]', read: Read) -> list[Action[Any, Any, Any]]:
    """Return the templates of a server; those in a form that resources do not know are left out and logged."""
    made: list[Action[Any, Any, Any]] = []
    for each in templates:
        try:
            _require_plain(each.uri_template)
            made.append(
                make_resource(
                    _reader(read),
                    name=f'{server}/{each.name}',
                    template=each.uri_template,
                    description=each.description or each.title or '',
                    metadata=_described(server, each),
                )
            )
        except GenkitError as error:
            _LOGGER.warning('Template %r of MCP server %r is left out: %s', each.uri_template, server, error)
    return made


def _reader(read: Read) -> Callable[[Any], Awaitable[list[Part]]]:
    async def fetch(given: Any) -> list[Part]:
        return await read(given.uri)

    return fetch


def _require_plain(template: str) -> None:
    if _OPERATOR.search(template):
        raise GenkitError('templates have {name} and {+name} alone.', status='UNIMPLEMENTED')


def _described(server: str, entry: Any) -> dict[str, Any]:
    known = {'_meta': entry.meta, 'server': server, 'mimeType': entry.mime_type, 'title': entry.title}
    return {'mcp': {name: value for name, value in known.items() if value is not None}}
