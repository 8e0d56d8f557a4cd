# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Middleware: three hooks around a generate call, and what is built in."""

from genkit._base.doors import present as _present
from genkit.middleware.interface import (
    BaseMiddleware,
    GenerateHookParams,
    GenerateMiddlewareContext,
    GenerateNext,
    ModelHookParams,
    ModelNext,
    ToolHookParams,
    ToolNext,
)
from genkit.types import MiddlewareRef, MultipartToolResponse


__all__ = [
    'BaseMiddleware',
    'GenerateHookParams',
    'GenerateMiddlewareContext',
    'GenerateNext',
    'MiddlewareRef',
    'ModelHookParams',
    'ModelNext',
    'MultipartToolResponse',
    'ToolHookParams',
    'ToolNext',
]

_present(__name__, __all__, globals())
