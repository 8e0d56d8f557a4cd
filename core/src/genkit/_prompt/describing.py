# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Descriptions of prompts for the developer tools."""

from typing import Any

from genkit._action.schema import to_json_schema
from genkit._base.secrets import redact
from genkit._base.serialize import dump_dict
from genkit._generate.hooks import middleware_refs
from genkit._generate.options import output_members
from genkit._generate.tools import tool_action
from genkit._prompt.definition import PromptDefinition
from genkit._registry.registry import Registry


def prompt_metadata(registry: Registry, definition: PromptDefinition) -> dict[str, Any]:
    """Return what is known of a prompt as data: its model, template, schemas, tools; no credentials of its config."""
    model = definition.model
    tools = [tool if isinstance(tool, str) else tool_action(tool, 'tools') for tool in definition.tools]
    output = output_members(definition.output)
    if 'schema' in output:
        output['schema'] = _json_schema(registry, output['schema'])
    members = {
        'name': definition.name,
        'variant': definition.variant,
        'description': definition.description,
        'model': model if model is None or isinstance(model, str) else model.name,
        'config': redact(dump_dict(definition.config)),
        'input': _present(schema=_json_schema(registry, definition.input.schema), default=definition.input.default),
        'output': _present(
            format=output.get('format'),
            contentType=output.get('content_type'),
            instructions=output.get('instructions'),
            constrained=output.get('constrained'),
            schema=output.get('schema'),
        ),
        'template': _template(definition),
        'tools': [tool if isinstance(tool, str) else tool.name for tool in tools],
        'toolChoice': definition.tool_choice,
        'maxTurns': definition.max_turns,
        'returnToolRequests': definition.return_tool_requests,
        'use': middleware_refs(definition.use),
    }
    return dump_dict(_present(**{name: value for name, value in members.items() if value not in ({}, [])}))


def _json_schema(registry: Registry, schema: Any) -> dict[str, Any] | None:
    """Return a schema that may be a type, a JSON schema or a name as JSON schema; None if there is none."""
    found = registry.lookup_schema(schema) if isinstance(schema, str) else schema
    return None if found is None else to_json_schema(found)


def _template(definition: PromptDefinition) -> str | None:
    """Return the one template that a prompt is made of."""
    if isinstance(definition.messages, str):
        return definition.messages
    alone = definition.messages is None and definition.system is None
    return definition.prompt if alone and isinstance(definition.prompt, str) else None


def _present(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
