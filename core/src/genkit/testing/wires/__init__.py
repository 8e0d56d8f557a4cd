# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Protocols of providers, spoken by a loopback server in tests."""

from genkit.testing.wires.anthropic_messages import AnthropicWire
from genkit.testing.wires.awkward import (
    CITY,
    CUT_OFF,
    GREETING,
    absent_rows,
    common_rows,
    failed_rows,
    to_json_bytes,
    whole,
)
from genkit.testing.wires.gemini import GeminiWire
from genkit.testing.wires.gemini_media import GeminiMediaWire
from genkit.testing.wires.ollama_chat import OllamaEmbedWire, OllamaWire
from genkit.testing.wires.openai_chat import OpenAIChatWire
from genkit.testing.wires.openai_media import (
    OpenAIEmbedWire,
    OpenAIImageWire,
    OpenAISpeechWire,
    OpenAITranscriptWire,
)
from genkit.testing.wires.openai_responses import OpenAIResponsesWire
from genkit.testing.wires.said import (
    Asked,
    AskedMessage,
    Awkward,
    AwkwardKind,
    EmbedWire,
    ImageWire,
    ModelWire,
    Said,
    SaidCall,
    SpeechWire,
    TranscriptWire,
    VideoWire,
    Wanted,
    WantedWire,
)
from genkit.testing.wires.schema_rules import ANTHROPIC_RULES, TOOL_RULES, SchemaRules, first_refused


__all__ = [
    'ANTHROPIC_RULES',
    'CITY',
    'CUT_OFF',
    'GREETING',
    'TOOL_RULES',
    'AnthropicWire',
    'Asked',
    'AskedMessage',
    'Awkward',
    'AwkwardKind',
    'EmbedWire',
    'GeminiMediaWire',
    'GeminiWire',
    'ImageWire',
    'ModelWire',
    'OllamaEmbedWire',
    'OllamaWire',
    'OpenAIChatWire',
    'OpenAIEmbedWire',
    'OpenAIImageWire',
    'OpenAIResponsesWire',
    'OpenAISpeechWire',
    'OpenAITranscriptWire',
    'Said',
    'SaidCall',
    'SchemaRules',
    'SpeechWire',
    'TranscriptWire',
    'VideoWire',
    'Wanted',
    'WantedWire',
    'absent_rows',
    'common_rows',
    'failed_rows',
    'first_refused',
    'to_json_bytes',
    'whole',
]
