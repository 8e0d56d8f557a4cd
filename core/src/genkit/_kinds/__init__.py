# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The kinds of actions, one module per kind. Layer 5."""
