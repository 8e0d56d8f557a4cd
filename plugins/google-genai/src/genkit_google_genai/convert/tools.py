# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools, whether they must be called, and the schema that an answer is held to."""

from collections.abc import Mapping
from typing import Any, Final, cast

from genkit.plugin import ToolNames, inline_refs, is_recursive, transformed
from genkit.types import GenerateRequest, ToolChoice, ToolDefinition

from genkit_google_genai.config import GeminiConfig


Body = dict[str, Any]

# What a schema may hold: https://ai.google.dev/gemini-api/docs/structured-output (November 2026).
_KEPT: Final = frozenset(
    {'$id', '$defs', '$ref', '$anchor', 'type', 'format', 'title', 'description', 'enum', 'items', 'prefixItems'}
    | {'minItems', 'maxItems', 'minimum', 'maximum', 'anyOf', 'oneOf', 'properties', 'additionalProperties', 'required'}
    | {'propertyOrdering'}
)
_CHOICES: Final = {ToolChoice.AUTO: 'AUTO', ToolChoice.REQUIRED: 'ANY', ToolChoice.NONE: 'NONE'}
_OWN_TOOLS: Final = ('code_execution', 'google_search', 'google_maps', 'url_context', 'file_search')


def to_schema(schema: Body) -> Body:
    """Return a schema as the protocol takes it: references resolved, constants as enumerations, other words left out.

    One that refers to itself keeps its references, which the provider follows for a few levels.
    """

    def change(node: Body) -> Body:
        if 'const' in node:
            node = {**node, 'enum': [node['const']]}
        return {key: value for key, value in node.items() if key in _KEPT}

    return transformed(schema if is_recursive(schema) else inline_refs(schema), change)


def to_tools(request: GenerateRequest, config: GeminiConfig, names: ToolNames) -> Body:
    """Return what a request says of tools, in the members of a config."""
    tools: list[Body] = []
    declared = [_declaration(tool, names) for tool in request.tools or ()]
    if declared:
        tools.append({'function_declarations': declared})
    for name in _OWN_TOOLS:
        given: Any = getattr(config, name)
        if given:
            tools.append({name: cast('Body', given) if isinstance(given, Mapping) else {}})
    told: Body = {}
    if config.function_calling_config is not None:
        told['function_calling_config'] = config.function_calling_config
    elif request.tool_choice is not None and declared:
        told['function_calling_config'] = {'mode': _CHOICES[request.tool_choice]}
    if config.retrieval_config is not None:
        told['retrieval_config'] = config.retrieval_config
    return {'tools': tools or None, 'tool_config': told or None}


def to_output(request: GenerateRequest) -> Body:
    """Return how the answer is to look, in the members of a config."""
    output = request.output
    if output is None or not output.constrained or output.schema_ is None:
        wants_json = output is not None and output.format == 'json' and not request.tools
        return {'response_mime_type': 'application/json'} if wants_json and output and output.constrained else {}
    return {'response_mime_type': 'application/json', 'response_json_schema': to_schema(output.schema_)}


def _declaration(tool: ToolDefinition, names: ToolNames) -> Body:
    body: Body = {'name': names.to_wire(tool.name), 'description': tool.description}
    schema = tool.input_schema
    if schema:
        body['parameters_json_schema'] = to_schema(schema if 'type' in schema else {'type': 'object', **schema})
    return body
