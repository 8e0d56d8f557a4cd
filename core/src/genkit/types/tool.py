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
    """A tool as it is described to a model."""

    name: str
    key: str | None = None
    description: str
    input_schema: dict[str, Any] | None = None
    output_schema: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


class MultipartToolResponse(WireModel):
    """What a multipart tool returns: a value, further parts, or both."""

    output: Any = None
    content: list[Part] | None = None
    metadata: dict[str, Any] | None = None
