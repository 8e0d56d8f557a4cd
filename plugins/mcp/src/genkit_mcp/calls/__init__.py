# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Calls of tools, and what servers ask in the meantime."""
