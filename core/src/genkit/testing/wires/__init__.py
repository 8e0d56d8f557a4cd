# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Protocols of providers, spoken by a loopback server in tests."""

from genkit.testing.wires.anthropic_messages import AnthropicWire
from genkit.testing.wires.gemini import GeminiWire
from genkit.testing.wires.ollama_chat import OllamaWire
from genkit.testing.wires.openai_chat import OpenAIChatWire
from genkit.testing.wires.openai_responses import OpenAIResponsesWire
from genkit.testing.wires.said import Asked, AskedMessage, ModelWire, Said, SaidCall


__all__ = [
    'AnthropicWire',
    'Asked',
    'AskedMessage',
    'GeminiWire',
    'ModelWire',
    'OllamaWire',
    'OpenAIChatWire',
    'OpenAIResponsesWire',
    'Said',
    'SaidCall',
]
