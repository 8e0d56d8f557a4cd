# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Serve Genkit flows from Litestar applications."""

from genkit_litestar.plugin import flows_router, genkit_litestar_handler


__all__ = ['flows_router', 'genkit_litestar_handler']
