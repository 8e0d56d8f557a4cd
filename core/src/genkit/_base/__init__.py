# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Errors, JSON, HTTP, environment and per-event-loop state, independent of AI. Layer 0."""
