# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools of servers as actions."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from genkit import Action, Genkit, GenkitError, ToolRunContext

from genkit_mcp.convert.results import to_wire


if TYPE_CHECKING:
    from mcp.types import Tool as McpTool

AnyAction = Action[Any, Any, Any]
RunTool = Callable[[str, Any, ToolRunContext], Awaitable[Any]]

_LOGGER: Final = logging.getLogger('genkit.mcp')


def tool_actions(ai: Genkit, server: str, tools: 'Sequence[McpTool]', run: RunTool) -> list[AnyAction]:
    """Return the tools of a server as ``<server>/<tool>``; one with an unusable schema is left out and logged."""
    made: list[AnyAction] = []
    for tool in tools:
        try:
            made.append(_tool_action(ai, server, tool, run))
        except GenkitError as error:
            _LOGGER.warning('Tool %r of MCP server %r is left out: %s', tool.name, server, error)
    return made


def with_distinct_names(tools: Sequence[AnyAction]) -> list[AnyAction]:
    """Let models see tools that end in the same name under their whole names, with ``_`` in place of ``/``."""
    ends = Counter(_end(tool.name) for tool in tools)
    taken = {end for end, count in ends.items() if count == 1}
    for tool in tools:
        if ends[_end(tool.name)] == 1:
            tool.metadata.pop('modelName', None)
            continue
        name = given = tool.name.replace('/', '_')
        number = 2
        while name in taken:
            name, number = f'{given}_{number}', number + 1
        taken.add(name)
        tool.metadata['modelName'] = name
    return list(tools)


def _tool_action(ai: Genkit, server: str, tool: 'McpTool', run: RunTool) -> AnyAction:
    name = tool.name

    async def call(arguments: Any, context: ToolRunContext) -> Any:
        return await run(name, arguments, context)

    described = {
        '_meta': tool.meta,
        'server': server,
        'title': tool.title,
        'annotations': None if tool.annotations is None else to_wire(tool.annotations),
        'outputSchema': tool.output_schema,
    }
    metadata = {'mcp': {key: value for key, value in described.items() if value is not None}}
    description = tool.description or tool.title or ''
    return ai.dynamic_tool(f'{server}/{name}', call, description, metadata, input_schema=tool.input_schema).action


def _end(name: str) -> str:
    return name.rpartition('/')[2]
