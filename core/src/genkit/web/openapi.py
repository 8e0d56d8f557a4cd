# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI description of served flows."""

from collections.abc import Sequence
from typing import Any, Final

from genkit._action.action import Action
from genkit._base.version import GENKIT_VERSION


_ERROR: Final[dict[str, Any]] = {
    'type': 'object',
    'required': ['status', 'message'],
    'properties': {'status': {'type': 'string'}, 'message': {'type': 'string'}, 'details': {'type': 'object'}},
}


def describe_flows(flows: Sequence[Action[Any, Any, Any]], prefix: str) -> dict[str, Any]:
    """Return an OpenAPI 3.1 document with one operation for each flow, served at ``<prefix><name>``."""
    return {
        'openapi': '3.1.0',
        'info': {'title': 'Genkit flows', 'version': GENKIT_VERSION},
        'paths': {f'{prefix}{flow.name}': {'post': _operation(flow)} for flow in flows},
    }


def _operation(flow: Action[Any, Any, Any]) -> dict[str, Any]:
    return {
        'operationId': flow.name,
        **({'description': flow.description} if flow.description else {}),
        'requestBody': {'required': True, 'content': _json(_wrapped('data', flow.input_schema, required=False))},
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


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {'application/json': {'schema': schema}}


def _wrapped(name: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    wrapped: dict[str, Any] = {'type': 'object', 'properties': {name: schema}}
    return {**wrapped, 'required': [name]} if required else wrapped
