# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for Claude, through Anthropic's Messages API; its converters serve Claude elsewhere, too."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_anthropic.config import AnthropicConfig, ThinkingConfig
from genkit_anthropic.convert.messages import to_request
from genkit_anthropic.convert.stream import MessageStream, to_response
from genkit_anthropic.models import ClaudeEntry
from genkit_anthropic.plugin import Anthropic


__all__ = [
    'Anthropic',
    'AnthropicConfig',
    'ClaudeEntry',
    'MessageStream',
    'ThinkingConfig',
    'to_request',
    'to_response',
]

_serve_older_names(__name__)
