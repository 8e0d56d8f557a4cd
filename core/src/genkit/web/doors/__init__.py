# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Serving an agent in the protocol of another framework's clients, over HTTP."""
