# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The generate loop: model calls, tool calls and output formats. Layer 6."""
