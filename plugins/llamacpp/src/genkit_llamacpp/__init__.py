# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for language models that run inside the program, by llama.cpp."""

from genkit_llamacpp.config import LlamaCppConfig
from genkit_llamacpp.plugin import LlamaCpp


__all__ = ['LlamaCpp', 'LlamaCppConfig']
