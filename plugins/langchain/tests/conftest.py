# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A model that does what its request asks for, and what langchain-tests expects of pytest's other plugins."""

import json
import os
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from genkit import (
    ActionRunContext,
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    GenerationUsage,
    Genkit,
    Message,
    ModelInfo,
    RetrieverResponse,
    Role,
    Supports,
    TextPart,
    add_span_exporter,
)
from genkit.testing import define_fake_embedder
from genkit.types import Constrained, Document, Part, ToolDefinition, ToolRequest, ToolRequestPart
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


for _name in ('LANGSMITH_TRACING', 'LANGCHAIN_TRACING_V2'):
    os.environ[_name] = 'false'

CAPABLE = ModelInfo(
    supports=Supports(
        multiturn=True,
        media=True,
        tools=True,
        tool_choice=True,
        system_role=True,
        output=['text', 'json'],
        constrained=Constrained.ALL,
    )
)
_QUOTED = re.compile(r"'([^']+)'")
_NUMBER = re.compile(r'-?\d+')
_SPANS = InMemorySpanExporter()


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks of langchain-tests, whose plugins of pytest are switched off in this repository."""
    for mark in ('benchmark', 'vcr'):
        config.addinivalue_line('markers', f'{mark}: a mark of langchain-tests')


@pytest.fixture
def benchmark() -> Callable[..., Any]:
    """Run what would be measured."""
    return lambda function, *given, **named: function(*given, **named)


@pytest.fixture
def vcr() -> None:
    """Record nothing."""


@pytest.fixture
def snapshot() -> None:
    """Compare nothing: no class of this package is serializable."""


@pytest.fixture
def ai() -> Genkit:
    """An application with a model that reads its requests."""
    return application()


@pytest.fixture
async def spans() -> AsyncIterator[Callable[[Genkit], Any]]:
    """Return what the exporter got, once everything is flushed."""
    if not getattr(_SPANS, 'added', False):
        add_span_exporter(_SPANS)
        _SPANS.added = True  # pyright: ignore[reportAttributeAccessIssue]
    await Genkit().flush_tracing()
    _SPANS.clear()

    async def finished(ai: Genkit) -> list[ReadableSpan]:
        await ai.flush_tracing()
        return list(_SPANS.get_finished_spans())

    yield finished
    _SPANS.clear()


def application() -> Genkit:
    """Return an application with a model, an embedder, a retriever and a tool."""
    ai = Genkit(model='fake/reader')
    ai.define_model('fake/reader', reader, info=CAPABLE)
    ai.define_model('fake/other', reader, info=CAPABLE)
    define_fake_embedder(ai, 'fake/words', dimensions=8)
    shelf = [Document.from_text(f'Note {number}', {'_id': str(number), 'page': number}) for number in range(5)]

    async def notes(query: Document, options: Any) -> RetrieverResponse:
        return RetrieverResponse(documents=shelf[: (options or {}).get('k', 4)])

    ai.define_retriever('fake/notes', notes)

    @ai.tool
    def price(dish: str, portions: int = 1) -> float:
        """Return what an order costs."""
        return 4.5 * portions

    return ai


async def reader(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse:
    """Call a tool if it must, or if the user asks and no tool has answered; else write what is asked for."""
    tool = _wanted(request)
    parts: list[Part] = [_call(tool, request)] if tool is not None else [TextPart(text=_text(request))]
    for piece in _pieces(parts) if context.is_streaming else ():
        context.send_chunk(GenerateResponseChunk(content=[TextPart(text=piece)]))
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=parts),
        finish_reason=FinishReason.STOP,
        usage=GenerationUsage(
            input_tokens=12, output_tokens=7, total_tokens=19, cached_content_tokens=4, thoughts_tokens=2
        ),
    )


def _wanted(request: GenerateRequest) -> ToolDefinition | None:
    if not request.tools or request.tool_choice == 'none':
        return None
    answered = request.messages[-1].role == Role.TOOL
    return None if answered and request.tool_choice != 'required' else request.tools[0]


def _call(tool: ToolDefinition, request: GenerateRequest) -> ToolRequestPart:
    given = _value(tool.input_schema or {}, _question(request), tool.input_schema or {})
    return ToolRequestPart(tool_request=ToolRequest(name=tool.name, ref='call-1', input=given))


def _text(request: GenerateRequest) -> str:
    if request.output is not None and request.output.format == 'json':
        schema = request.output.schema_ or {'type': 'object', 'required': ['setup', 'punchline']}
        return json.dumps(_value(schema, _question(request), schema), ensure_ascii=False)
    return f'You said: {_question(request)}'


def _pieces(parts: list[Part]) -> list[str]:
    text = ''.join(part.text for part in parts if isinstance(part, TextPart))
    return [text[start : start + 5] for start in range(0, len(text), 5)]


def _question(request: GenerateRequest) -> str:
    return next(message.text for message in reversed(request.messages) if message.role == Role.USER)


def _value(schema: dict[str, Any], text: str, whole: dict[str, Any]) -> Any:
    """Return a value of a schema, with the quoted text and the number that a text holds."""
    if '$ref' in schema:
        return _value(whole['$defs'][schema['$ref'].rpartition('/')[2]], text, whole)
    if 'anyOf' in schema:
        return _value(schema['anyOf'][0], text, whole)
    kind = schema.get('type')
    if kind == 'object' or 'properties' in schema:
        members = schema.get('properties') or {name: {'type': 'string'} for name in schema.get('required', ())}
        return {name: _value(member, text, whole) for name, member in members.items()}
    if kind in ('integer', 'number'):
        return int((_NUMBER.findall(text) or ['3'])[-1])
    if kind == 'boolean':
        return True
    if kind == 'array':
        return []
    return (_QUOTED.findall(text) or ['a word'])[0]
