# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What an application shows: its registered tools, prompts and resources, or those that are named."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

from genkit import Action, ActionKind, Genkit, GenkitError
from genkit.plugin import ToolInputs, did_you_mean
from genkit.types import ToolDefinition

from genkit_mcp.settings import McpServerOptions


AnyAction = Action[Any, Any, Any]
T = TypeVar('T')

_LOGGER: Final = logging.getLogger('genkit.mcp')
_FLAT: Final = frozenset({'string', 'integer', 'number', 'boolean'})


class Offer:
    """Looks up what a server shows, each time that it is asked, so that what is defined later is shown too."""

    def __init__(self, ai: Genkit, options: McpServerOptions) -> None:
        self._ai = ai
        self._options = options
        self._hidden: set[str] = set()

    async def tools(self) -> dict[str, AnyAction]:
        """Return the tools by name."""
        multipart = await self._ai.registry.resolve_actions_by_kind(ActionKind.TOOL_V2)
        plain = await self._ai.registry.resolve_actions_by_kind(ActionKind.TOOL)
        return _chosen({**multipart, **plain}, self._options.tools, 'tool')

    async def prompts(self) -> dict[str, AnyAction]:
        """Return the prompts by name; those whose arguments cannot be texts are left out and logged."""
        found = _chosen(
            await self._ai.registry.resolve_actions_by_kind(ActionKind.PROMPT), self._options.prompts, 'prompt'
        )
        return {name: action for name, action in found.items() if self._has_flat_arguments(action)}

    async def resources(self) -> dict[str, AnyAction]:
        """Return resources and templates by name."""
        return _chosen(
            await self._ai.registry.resolve_actions_by_kind(ActionKind.RESOURCE), self._options.resources, 'resource'
        )

    async def resource_for(self, uri: str) -> AnyAction | None:
        """Return the resource that answers an address: the one of that address, or the first template that matches."""
        known = list((await self.resources()).values())
        exact = [action for action in known if place_of(action).get('uri') == uri]
        match: Callable[[Any], Any] = lambda action: hasattr(action, 'match') and action.match(uri) is not None  # noqa: E731
        return next(iter([*exact, *filter(match, known)]), None)

    def _has_flat_arguments(self, action: AnyAction) -> bool:
        is_flat = all(str(schema.get('type')) in _FLAT for schema in argument_schemas(action).values())
        if not is_flat and action.name not in self._hidden:
            self._hidden.add(action.name)
            _LOGGER.warning('Prompt %r is not shown over MCP, whose prompts take texts alone.', action.name)
        return is_flat


def definition_of(action: AnyAction) -> ToolDefinition:
    """Return a tool as models see it."""
    define = getattr(action, 'definition', None)
    if define is not None:
        return cast('ToolDefinition', define())
    return ToolDefinition(name=action.name, description=action.description or '', input_schema=action.input_schema)


def tool_inputs(definition: ToolDefinition) -> ToolInputs:
    """Return what makes objects of the inputs of a tool, as the protocol wants them, and back."""
    return ToolInputs([definition])


def input_schema(action: AnyAction) -> Mapping[str, Any]:
    """Return the schema of a prompt's input; empty if it takes none."""
    return cast('Mapping[str, Any]', action.describe().input_schema or {})


def required_arguments(action: AnyAction) -> list[str]:
    """Return the names of the arguments that a prompt cannot do without."""
    return list(input_schema(action).get('required') or ())


def shown_output_schema(action: AnyAction) -> dict[str, Any] | None:
    """Return the schema of a tool's result if all clients take it: that of an object, from a tool without parts."""
    schema: dict[str, Any] = action.output_schema or {}
    is_object = action.kind == ActionKind.TOOL and schema.get('type') == 'object' and 'properties' in schema
    return schema if is_object else None


def argument_schemas(action: AnyAction) -> dict[str, Mapping[str, Any]]:
    """Return the schemas of a prompt's arguments by name; an argument that may be absent has that of its value."""
    members = cast('Mapping[str, Any]', input_schema(action).get('properties') or {})
    return {name: _value_schema(member) for name, member in members.items()}


def place_of(action: AnyAction) -> Mapping[str, Any]:
    """Return ``{'uri': …}`` or ``{'template': …}`` of a resource."""
    return cast('Mapping[str, Any]', action.metadata.get('resource') or {})


def _value_schema(schema: Any) -> Mapping[str, Any]:
    members: Mapping[str, Any] = cast('Mapping[str, Any]', schema) if isinstance(schema, Mapping) else {}
    options = [each for each in members.get('anyOf') or () if each.get('type') != 'null']
    return {**members, **options[0]} if len(options) == 1 else members


def _chosen(known: dict[str, AnyAction], names: Sequence[str] | None, kind: str) -> dict[str, AnyAction]:
    if names is None:
        return dict(reversed(known.items()))  # the registry gives the newest first
    for name in names:
        if name not in known:
            raise GenkitError(
                f'The MCP server is to show the {kind} {name!r}, which is not defined.'
                f'{did_you_mean(name, list(known))}',
                status='NOT_FOUND',
            )
    return {name: known[name] for name in names}
