# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The dialects of the protocols that plugins speak."""

from dataclasses import replace
from typing import Final

from genkit.plugin.schema_dialects.dialect import SchemaDialect


# What every protocol takes as the schema of a tool's input.
ANY_TOOL_SCHEMAS: Final = SchemaDialect(
    name='tools',
    source='https://json-schema.org/draft/2020-12, with an object at the root',
    object_root=True,
)

_OPENAI_FORMATS: Final = frozenset(
    {'date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'}
)
_OPENAI_SOURCE: Final = 'https://developers.openai.com/api/docs/guides/structured-outputs (November 2026)'

# Without strict mode: the root, `oneOf`, unknown formats and arrays without `items` are refused all the same.
OPENAI_LOOSE_SCHEMAS: Final = SchemaDialect(
    name='OpenAI, not strict',
    source=_OPENAI_SOURCE,
    object_root=True,
    values={'format': _OPENAI_FORMATS},
    tuples=False,
    closed=True,
)
OPENAI_ANSWER_SCHEMAS: Final = SchemaDialect(
    name='OpenAI',
    source=_OPENAI_SOURCE,
    object_root=True,
    words=frozenset(
        {'type', 'title', 'description', 'properties', 'required', 'additionalProperties', 'items', 'anyOf', 'enum'}
        | {'$ref', '$defs', 'pattern', 'format', 'multipleOf', 'minItems', 'maxItems'}
        | {'minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum'}
    ),
    values={'format': _OPENAI_FORMATS},
    tuples=False,
    untyped=False,
    open_objects=False,
    closed=True,
    complete=True,
    strict=True,
    limits={'depth': 10, 'properties': 5000, 'enum': 1000},
    otherwise=OPENAI_LOOSE_SCHEMAS,
)
OPENAI_TOOL_SCHEMAS: Final = replace(
    OPENAI_LOOSE_SCHEMAS,
    name='OpenAI, tools',
    source='https://developers.openai.com/api/docs/guides/function-calling (November 2026)',
    closed=False,
)

ANTHROPIC_ANSWER_SCHEMAS: Final = SchemaDialect(
    name='Anthropic',
    source='https://platform.claude.com/docs/en/build-with-claude/structured-outputs (November 2026)',
    object_root=True,  # the page shows objects alone
    words=frozenset(
        {'type', 'title', 'description', 'properties', 'required', 'additionalProperties', 'items', 'anyOf', 'allOf'}
        | {'enum', '$ref', '$defs', 'format', 'minItems'}
    ),
    values={'format': _OPENAI_FORMATS | {'uri'}, 'minItems': (0, 1)},
    recursion='never',
    tuples=False,
    untyped=False,
    open_objects=False,
    closed=True,
    limits={'optional': 24, 'unions': 16},
)
ANTHROPIC_TOOL_SCHEMAS: Final = replace(
    ANY_TOOL_SCHEMAS,
    name='Anthropic, tools',
    source='https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use (November 2026)',
)

GEMINI_SCHEMAS: Final = SchemaDialect(
    name='Gemini',
    source='https://ai.google.dev/api/generate-content#FIELDS.response_json_schema (November 2026)',
    words=frozenset(
        {'$id', '$defs', '$ref', '$anchor', 'type', 'format', 'title', 'description', 'enum', 'items', 'prefixItems'}
        | {'minItems', 'maxItems', 'minimum', 'maximum', 'anyOf', 'properties', 'additionalProperties', 'required'}
        | {'propertyOrdering'}
    ),
    enum_types=frozenset({'string', 'integer', 'number'}),
    inlined=True,
    recursion='optional',
)
GEMINI_TOOL_SCHEMAS: Final = replace(GEMINI_SCHEMAS, name='Gemini, tools', object_root=True)

# llama.cpp writes answers by a grammar that it makes of the schema; Ollama uses the same one.
GRAMMAR_SCHEMAS: Final = SchemaDialect(
    name='llama.cpp, Ollama',
    source='https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md (November 2026)',
    closed=True,
)
OLLAMA_TOOL_SCHEMAS: Final = replace(
    ANY_TOOL_SCHEMAS,
    name='Ollama, tools',
    source='https://docs.ollama.com/api/chat (November 2026)',
    inlined=True,
    references=False,  # the server reads properties into a structure without them
)
