# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for the models of Groq. Source: https://console.groq.com/docs/models (November 2026)."""

from genkit.plugin import (
    OPENAI_ANSWER_SCHEMAS,
    OPENAI_LOOSE_SCHEMAS,
    ModelEntry,
    ModelTable,
    SchemaDialect,
    chat_supports,
)
from genkit.types import Constrained, Supports
from genkit_compat_oai import ChatConfig, Dialect, OpenAICompatible


__all__ = ['Groq', 'GroqConfig']

_CHAT = chat_supports(Constrained.NONE, media=None)
# Few models are held to a schema: https://console.groq.com/docs/structured-outputs (November 2026).
_HELD = _CHAT.replaced(constrained=Constrained.NO_TOOLS)
_SEEING = _CHAT.replaced(media=True)
_SEEING_HELD = _HELD.replaced(media=True)


class GroqConfig(ChatConfig):
    """What Groq knows beside the protocol's own options.

    Attributes:
        reasoning_format: ``parsed`` shows what a model thought, ``hidden`` does not.
        include_reasoning: The same, as newer models call it.
        disable_tool_validation: Whether tool calls come back unchecked.
    """

    reasoning_format: str | None = None
    include_reasoning: bool | None = None
    disable_tool_validation: bool | None = None


def _entry(name: str, supports: Supports, *extras: str) -> ModelEntry:
    return ModelEntry(name=name, supports=supports, config=GroqConfig, extras=frozenset(extras))


class Groq(OpenAICompatible):
    """Groq: ``groq/<model>``, such as ``groq/openai/gpt-oss-120b``."""

    name = 'groq'
    label = 'Groq'
    default_base_url = 'https://api.groq.com/openai/v1'
    base_url_variable = 'GROQ_BASE_URL'
    key_variables = ('GROQ_API_KEY',)
    dialect = Dialect(max_tokens='max_completion_tokens', structured_streams=False, reasoning=('reasoning',))
    models = ModelTable(
        [
            _entry('openai/gpt-oss-120b', _HELD, 'reasoning', 'prompt-caching'),
            _entry('llama-3.3-70b-versatile', _CHAT),
            _entry('qwen/qwen3-32b', _CHAT, 'reasoning'),
            _entry('meta-llama/llama-4-maverick-17b-128e-instruct', _SEEING_HELD),
        ],
        [
            _entry('openai/gpt-oss-*', _HELD, 'reasoning'),
            _entry('meta-llama/llama-4-*', _SEEING_HELD),
            _entry('moonshotai/kimi-k2-*', _HELD),
        ],
        unknown=_entry('*', _SEEING),
    )

    def answer_schemas(self, entry: ModelEntry) -> SchemaDialect:
        """Return what a model takes as the schema of an answer: only some follow one strictly."""
        return OPENAI_ANSWER_SCHEMAS if entry.name.startswith('openai/gpt-oss-') else OPENAI_LOOSE_SCHEMAS
