# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Serve Genkit flows from Quart applications."""

from genkit_quart.plugin import flows_blueprint, genkit_quart_handler


__all__ = ['flows_blueprint', 'genkit_quart_handler']
