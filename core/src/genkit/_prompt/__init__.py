# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Prompts: dotprompt files, rendering, executable prompts. Layer 7."""
