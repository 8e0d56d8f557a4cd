# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The flow that runs the steps one after another, and shows in the end what happened."""

from collections.abc import Sequence
from typing import Any, Final

from assistant import Assistant, sources
from genkit import Document, add_span_exporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from screen import Screen
from trace_tree import to_tree


NEXT: Final = (
    ("bin/quickstart --docs DIR --ask 'A question?'", 'asks about your own Markdown files'),
    ('samples/quickstart/assistant.py', 'is the application that ran: the model is one line of it'),
    ('docs/guide/first-application.md', 'builds one of your own, from the install to a passing test'),
)


async def run(
    question: str, documents: Sequence[Document], store: str, screen: Screen, *, is_ours: bool
) -> dict[str, Any]:
    """Return what was answered, with the trace of it.

    Args:
        question: What to ask.
        documents: What to answer from.
        store: The folder for the index.
        screen: Shows every step.
        is_ours: Whether the documents are the sample's own. Only of those is it known that they name persons and years
            and that one of their files is worth a question; with others there is no tool call and no object.
    """
    spans = InMemorySpanExporter()
    add_span_exporter(spans)
    assistant = Assistant(store, screen)

    @assistant.ai.flow()
    async def quickstart(question: str) -> dict[str, Any]:
        await assistant.index(documents)
        answer, found = await assistant.answer(question)
        report: dict[str, Any] = {'answer': answer, 'sources': sources(found)}
        if is_ours:
            report['tool'] = await assistant.call_tool(documents, sources(found)[0]['file'])
            report['object'] = (await assistant.extract_fact(found[0])).model_dump()
        return report

    report = await quickstart(question)
    await assistant.ai.flush_tracing()
    steps = to_tree(spans.get_finished_spans())
    screen.heading('What happened')
    screen.trace(steps)
    screen.heading('Next')
    screen.table(NEXT)
    return {'question': question, **report, 'trace': [step.as_json() for step in steps]}
