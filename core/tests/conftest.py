# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A `Genkit` with a model that each test programs, and short ways to write what it answers."""

from collections.abc import Callable
from typing import Any

import pytest
from genkit import Genkit, Message, Part, TextPart, ToolRequestPart
from genkit.testing import ProgrammableModel, define_programmable_model
from genkit.types import GenerateResponse, GenerateResponseChunk, ToolRequest


@pytest.fixture
def ai() -> Genkit:
    return Genkit(model='programmable')


@pytest.fixture
def model(ai: Genkit) -> ProgrammableModel:
    return define_programmable_model(ai, 'programmable')[0]


@pytest.fixture
def says() -> Callable[..., GenerateResponse[Any]]:
    """Return a function that makes a model's answer of texts and parts."""

    def answer(*content: str | Part, **members: Any) -> GenerateResponse[Any]:
        parts = [TextPart(text=item) if isinstance(item, str) else item for item in content]
        return GenerateResponse(message=Message(role='model', content=parts), **members)

    return answer


@pytest.fixture
def calls() -> Callable[..., ToolRequestPart]:
    """Return a function that makes a tool request."""

    def request(name: str, value: Any = None, ref: str | None = None) -> ToolRequestPart:
        return ToolRequestPart(tool_request=ToolRequest(name=name, input=value, ref=ref))

    return request


@pytest.fixture
def chunk() -> Callable[..., GenerateResponseChunk[Any]]:
    """Return a function that makes a chunk of text."""

    def make(text: str, **members: Any) -> GenerateResponseChunk[Any]:
        return GenerateResponseChunk(content=[TextPart(text=text)], **members)

    return make
