# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Metadata of actions and middleware, and operations."""

from typing import Any

from pydantic import ConfigDict

from genkit.types.wire import WireModel


class ActionMetadata(WireModel):
    """Metadata of an action."""

    key: str | None = None
    action_type: str | None = None
    name: str
    description: str | None = None
    input_schema: Any = None
    input_json_schema: dict[str, Any] | None = None
    output_schema: Any = None
    output_json_schema: dict[str, Any] | None = None
    stream_schema: Any = None
    metadata: dict[str, Any] | None = None


class MiddlewareDesc(WireModel):
    """A registered middleware."""

    name: str
    description: str | None = None
    config_schema: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


class MiddlewareRef(WireModel):
    """A middleware named on the wire, with its configuration."""

    name: str
    config: Any = None


class OperationError(WireModel):
    """The error of a failed long-running operation."""

    model_config = ConfigDict(extra='allow')

    message: str


class Operation(WireModel):
    """A long-running operation, which continues after the call that started it.

    Attributes:
        action: Key of the action that started it, such as ``/background-model/veo``.
        done: Whether it has ended, with either ``output`` or ``error``.
    """

    action: str | None = None
    id: str
    done: bool | None = None
    output: Any = None
    error: OperationError | None = None
    metadata: dict[str, Any] | None = None
