# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A `Genkit` with a model that each test programs, what the engine recorded, and programs in processes of their own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from genkit import Genkit, Message, Part, TextPart, ToolRequestPart, add_span_exporter
from genkit._trace import content, provider
from genkit.testing import ProgrammableModel, define_programmable_model
from genkit.types import GenerateResponse, GenerateResponseChunk, ToolRequest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


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


class RecordedSpans:
    """What the engine has exported since the test began."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()

    def all(self) -> list[ReadableSpan]:
        """Return every finished span, in the order in which they ended."""
        assert provider._Tracing.own is not None
        assert provider._Tracing.own.force_flush()
        return list(self.exporter.get_finished_spans())

    def named(self, name: str) -> Any:
        """Return the one span of that name."""
        (found,) = [span for span in self.all() if span.name == name]
        return found

    def attributes(self, name: str) -> dict[str, Any]:
        """Return the attributes of the one span of that name."""
        return dict(self.named(name).attributes)


@pytest.fixture
def untraced(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the process one in which nobody has asked for spans yet, whatever other tests of this run did."""
    monkeypatch.setattr(trace, '_TRACER_PROVIDER', None)
    nothing = {'seen': None, 'tracer': None, 'own': None, 'exporters': [], 'content': 'recorded'}
    for name, value in {**nothing, 'otlp': None, 'otlp_replaced': False}.items():
        monkeypatch.setattr(provider._Tracing, name, value)
    monkeypatch.setattr(content._Choice, 'made', None)
    yield
    if provider._Tracing.own is not None:
        provider._Tracing.own.shutdown()


@pytest.fixture
def spans(untraced: None) -> RecordedSpans:
    recorded = RecordedSpans()
    add_span_exporter(recorded.exporter)
    return recorded


@pytest.fixture
def run_python() -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Return a function that runs a program in a process of its own, warnings being errors."""

    def run(program: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, '-W', 'error', '-c', program], capture_output=True, text=True, timeout=50, check=False
        )

    return run
