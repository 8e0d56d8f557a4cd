# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""JSON schemas as providers take them, and the answers that come of them."""

from genkit.plugin.schema_dialects.answers import Unwrapping, fitted_answers
from genkit.plugin.schema_dialects.dialect import Fitted, SchemaDialect
from genkit.plugin.schema_dialects.fitting import fit
from genkit.plugin.schema_dialects.providers import (
    ANTHROPIC_ANSWER_SCHEMAS,
    ANTHROPIC_TOOL_SCHEMAS,
    ANY_TOOL_SCHEMAS,
    GEMINI_SCHEMAS,
    GEMINI_TOOL_SCHEMAS,
    GRAMMAR_SCHEMAS,
    OLLAMA_TOOL_SCHEMAS,
    OPENAI_ANSWER_SCHEMAS,
    OPENAI_LOOSE_SCHEMAS,
    OPENAI_TOOL_SCHEMAS,
)


__all__ = [
    'ANTHROPIC_ANSWER_SCHEMAS',
    'ANTHROPIC_TOOL_SCHEMAS',
    'ANY_TOOL_SCHEMAS',
    'GEMINI_SCHEMAS',
    'GEMINI_TOOL_SCHEMAS',
    'GRAMMAR_SCHEMAS',
    'OLLAMA_TOOL_SCHEMAS',
    'OPENAI_ANSWER_SCHEMAS',
    'OPENAI_LOOSE_SCHEMAS',
    'OPENAI_TOOL_SCHEMAS',
    'Fitted',
    'SchemaDialect',
    'Unwrapping',
    'fit',
    'fitted_answers',
]
