# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for the models of DeepSeek. Source: https://api-docs.deepseek.com (November 2026)."""

from typing import Any

from genkit.plugin import ModelEntry, ModelTable, chat_supports
from genkit.plugin import serve_older_names as _serve_older_names
from genkit.types import Constrained
from genkit_compat_oai import ChatConfig, Dialect, OpenAICompatible


__all__ = ['DeepSeek', 'DeepSeekConfig']

_CHAT = chat_supports(Constrained.NONE)


class DeepSeekConfig(ChatConfig):
    """What DeepSeek knows beside the protocol's own options.

    Attributes:
        thinking: ``{'type': 'disabled'}`` turns thinking off; temperature only has an effect without thinking.
            Default: on.
    """

    thinking: dict[str, Any] | None = None


def _entry(name: str) -> ModelEntry:
    return ModelEntry(
        name=name, supports=_CHAT, config=DeepSeekConfig, extras=frozenset({'reasoning', 'prompt-caching'})
    )


class DeepSeek(OpenAICompatible):
    """DeepSeek: ``deepseek/<model>``. What a model thought is sent back with its tool calls, as it must be."""

    name = 'deepseek'
    label = 'DeepSeek'
    default_base_url = 'https://api.deepseek.com'
    key_variables = ('DEEPSEEK_API_KEY',)
    dialect = Dialect(structured='object', replay_reasoning=True)
    models = ModelTable([_entry('deepseek-flash'), _entry('deepseek-v4-pro')], unknown=_entry('*'))


_serve_older_names(__name__)
