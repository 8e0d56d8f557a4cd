# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for the models of Cloudflare Workers AI."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_cloudflare_workers_ai.config import (
    WorkersAIConfig,
    WorkersAIImageConfig,
    WorkersAIRerankConfig,
    WorkersAISpeechConfig,
    WorkersAITranscribeConfig,
)
from genkit_cloudflare_workers_ai.plugin import CloudflareWorkersAI


__all__ = [
    'CloudflareWorkersAI',
    'WorkersAIConfig',
    'WorkersAIImageConfig',
    'WorkersAIRerankConfig',
    'WorkersAISpeechConfig',
    'WorkersAITranscribeConfig',
]

_serve_older_names(__name__)
