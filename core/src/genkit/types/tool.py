# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools as models see them."""

from typing import Any

from genkit.types.part import Part
from genkit.types.wire import WireEnum, WireModel


class ToolChoice(WireEnum):
    """Whether the model may, must or must not call a tool."""

    AUTO = 'auto'
    REQUIRED = 'required'
    NONE = 'none'


class ToolDefinition(WireModel):
    """The definition of a tool sent to a model: name, description and schemas."""

    name: str
    key: str | None = None
    description: str
    input_schema: dict[str, Any] | None = None
    output_schema: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


class MultipartToolResponse(WireModel):
    """The result of a multipart tool: a value, further parts, or both."""

    output: Any = None
    content: list[Part] | None = None
    metadata: dict[str, Any] | None = None
