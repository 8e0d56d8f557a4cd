# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for OpenAI, and the base of every provider that speaks its protocol."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_compat_oai.config import ChatConfig, OpenAIConfig, RealtimeConfig
from genkit_compat_oai.dialect import Dialect
from genkit_compat_oai.embed import EmbedConfig
from genkit_compat_oai.errors import Failures
from genkit_compat_oai.image import ImageConfig
from genkit_compat_oai.plugin import OpenAI, OpenAICompatible
from genkit_compat_oai.speech import SpeechConfig, TranscribeConfig


__all__ = [
    'ChatConfig',
    'Dialect',
    'EmbedConfig',
    'Failures',
    'ImageConfig',
    'OpenAI',
    'OpenAICompatible',
    'OpenAIConfig',
    'RealtimeConfig',
    'SpeechConfig',
    'TranscribeConfig',
]

_serve_older_names(__name__)
