# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Serve Genkit flows from Flask applications."""

from genkit_flask.plugin import flows_blueprint, genkit_flask_handler


__all__ = ['flows_blueprint', 'genkit_flask_handler']
