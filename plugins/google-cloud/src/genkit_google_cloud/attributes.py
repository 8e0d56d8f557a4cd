# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Attributes of spans as Cloud Trace takes them: at most 32, the most telling first, with keys that it can show."""

from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan


MOST_ATTRIBUTES: Final = 32
LONGEST_KEY: Final = 128
LONGEST_VALUE: Final = 256  # bytes
LONGEST_PATH: Final = 4096

_FIRST: Final = (
    *('/http/status_code', 'genkit:name', 'genkit:type', 'genkit:metadata:subtype', 'genkit:state', 'genkit:error'),
    *('genkit:failedSpan', 'genkit:failedPath', 'genkit:isRoot', 'genkit:feature', 'genkit:rootState', 'genkit:model'),
    *('gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens', 'gen_ai.usage.cost'),
    *('gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.reasoning.output_tokens'),
    *('genkit:total_usage.input_tokens', 'genkit:total_usage.output_tokens'),
    *('gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.request.model', 'gen_ai.response.finish_reasons'),
    *('gen_ai.tool.name', 'gen_ai.agent.name', 'gen_ai.conversation.id', 'genkit:path', 'service.name'),
    *('service.version', 'deployment.environment.name', 'genkit:input', 'genkit:output'),
)
_RANK: Final = {name: rank for rank, name in enumerate(_FIRST)}
# What another attribute says already, or what only other backends read.
_LAST: Final = frozenset(
    {
        *('genkit:qualifiedPath', 'genkit:key', 'genkit:isFailureSource', 'genkit:metadata:flow:name'),
        *('openinference.span.kind', 'input.value', 'input.mime_type', 'output.value', 'output.mime_type'),
        *('gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.system_instructions', 'gen_ai.tool.definitions'),
        *('gen_ai.tool.call.arguments', 'gen_ai.tool.call.result', 'gen_ai.retrieval.query.text'),
        *('gen_ai.workflow.name', 'gen_ai.data_source.id', 'gen_ai.tool.type'),
    }
)
_RESOURCE: Final = ('service.name', 'service.version', 'deployment.environment.name')


def adjusted(span: ReadableSpan) -> dict[str, Any]:
    """Return a span's attributes, all of them, with what Google's consoles look for.

    A failed span has ``/http/status_code`` 599, which Cloud Trace marks; the one where the failure began has
    ``genkit:failedSpan`` and ``genkit:failedPath``, a root ``genkit:feature`` and ``genkit:rootState``, a model
    ``genkit:model``. A slash in a key becomes a colon.
    """
    given: Mapping[str, Any] = span.attributes or {}
    found = {name.replace('/', ':'): value for name, value in given.items()}
    name = given.get('genkit:name', span.name)
    if given.get('genkit:isRoot'):
        found['genkit:feature'] = name
        found['genkit:rootState'] = given.get('genkit:state', 'success')
    if given.get('genkit:metadata:subtype') == 'model':
        found['genkit:model'] = name
    if not span.status.is_ok:
        found['/http/status_code'] = '599'
    if given.get('genkit:isFailureSource'):
        found['genkit:failedSpan'] = name
        found['genkit:failedPath'] = given.get('genkit:path', '')
    for member in _RESOURCE:
        if span.resource.attributes.get(member):
            found.setdefault(member, span.resource.attributes[member])
    return found


def chosen(attributes: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Return the attributes that are sent, and how many are not."""
    ranked = sorted(attributes, key=lambda name: (_RANK.get(name, 200 if name in _LAST else 100), name))
    kept = [name for name in ranked if len(name.encode()) <= LONGEST_KEY][:MOST_ATTRIBUTES]
    return {name: attributes[name] for name in kept}, len(attributes) - len(kept)


def shortened(text: str, size: int) -> tuple[str, int]:
    """Return the beginning of a text in at most so many bytes, and how many bytes are missing."""
    content = text.encode(errors='replace')
    if len(content) <= size:
        return content.decode(), 0
    kept = content[:size].decode(errors='ignore')
    return kept, len(content) - len(kept.encode())


def display_path(path: str) -> str:
    """Return the names of a path joined with `` > ``."""
    return ' > '.join(step.partition(',')[0] for step in path.split('/{')[1:])[:LONGEST_PATH]


def feature_of(path: str) -> str:
    """Return the first name of a path: the flow, or whatever was called from outside."""
    return path[2:].partition(',')[0] if path.startswith('/{') else ''
