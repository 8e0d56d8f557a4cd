# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Serve Genkit flows from FastAPI applications."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_fastapi.plugin import flows_router, genkit_fastapi_handler, serve_agent, serve_flow


__all__ = ['flows_router', 'genkit_fastapi_handler', 'serve_agent', 'serve_flow']

_serve_older_names(__name__)
