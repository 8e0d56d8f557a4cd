# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI description of served flows."""

from collections.abc import Mapping
from typing import Any, Final, cast

from genkit._action.action import Action
from genkit._base.errors import GenkitError
from genkit._base.version import GENKIT_VERSION


_DEFINITIONS: Final = '#/$defs/'
_ERROR: Final[dict[str, Any]] = {
    'type': 'object',
    'required': ['status', 'message'],
    'properties': {'status': {'type': 'string'}, 'message': {'type': 'string'}, 'details': {'type': 'object'}},
}


def describe_flows(routes: Mapping[str, Action[Any, Any, Any]], prefix: str) -> dict[str, Any]:
    """Return an OpenAPI 3.1 document with one operation for each route, served at ``<prefix><name>``."""
    return {
        'openapi': '3.1.0',
        'info': {'title': 'Genkit flows', 'version': GENKIT_VERSION},
        'paths': {
            f'{prefix}{name}': {'post': {'operationId': name, **describe_flow(action)}}
            for name, action in routes.items()
        },
    }


def describe_flow(flow: Action[Any, Any, Any]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 operation object of a flow or an agent: its description, request body and responses.

    It stands for itself, so that it fits into any document: references to a schema's own definitions are replaced by
    what they mean, and where a definition holds itself, anything goes.
    """
    body = _wrapped('data', flow.input_schema, required=needs_input(flow))
    if 'initSchema' in flow.metadata:
        body['properties'].update(_wrapped('init', flow.metadata['initSchema'], required=False)['properties'])
    return {
        **({'description': flow.description} if flow.description else {}),
        'requestBody': {'required': True, 'content': _json(body)},
        'responses': {
            '200': {
                'description': 'The result; or, for clients that accept it, a stream of events.',
                'content': {
                    **_json(_wrapped('result', flow.output_schema, required=True)),
                    'text/event-stream': {'schema': {'type': 'string'}},
                },
            },
            'default': {'description': 'The flow failed.', 'content': _json(_ERROR)},
        },
    }


def needs_input(flow: Action[Any, Any, Any]) -> bool:
    """Return whether a call without input is refused."""
    try:
        flow.validate(None)
    except GenkitError:
        return True
    return False


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {'application/json': {'schema': schema}}


def _wrapped(name: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    definitions: dict[str, Any] = schema.get('$defs', {})
    wrapped: dict[str, Any] = {
        'type': 'object',
        'properties': {name: _inlined(schema, definitions, frozenset())},
    }
    return {**wrapped, 'required': [name]} if required else wrapped


def _inlined(schema: Any, definitions: Mapping[str, Any], inside: frozenset[str]) -> Any:
    if isinstance(schema, list):
        return [_inlined(item, definitions, inside) for item in cast('list[Any]', schema)]
    if not isinstance(schema, dict):
        return schema
    members = cast('dict[str, Any]', schema)
    reference = members.get('$ref')
    if isinstance(reference, str) and reference.startswith(_DEFINITIONS):
        name = reference.removeprefix(_DEFINITIONS)
        beside = {key: value for key, value in members.items() if key not in {'$ref', '$defs'}}
        meant: dict[str, Any] = {} if name in inside else definitions.get(name, {})
        return {**_inlined(meant, definitions, inside | {name}), **beside}
    return {
        key: _inlined(value, definitions, inside)
        for key, value in members.items()
        if key != '$defs' and not (key == 'discriminator' and 'propertyName' in value)  # it maps to the definitions
    }
