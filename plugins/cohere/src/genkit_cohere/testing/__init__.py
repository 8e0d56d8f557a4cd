# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Cohere's protocol as a fake server, for tests: it reads requests strictly and writes answers."""

from genkit_cohere.testing.chat import CohereWire
from genkit_cohere.testing.search import CohereEmbedWire, CohereRerankWire, CohereTranscriptWire


__all__ = ['CohereEmbedWire', 'CohereRerankWire', 'CohereTranscriptWire', 'CohereWire']
