# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers a question about a folder of documents with models that run in this process; needs no key and no network."""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from assistant import Assistant, sources
from documents import NoDocumentsError, read_documents
from genkit import Document, GenkitError, add_span_exporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from screen import Screen, Terminal
from trace_tree import to_tree


DOCS = Path(__file__).parent / 'docs'
QUESTION = 'Who built the lighthouse of Skarholm?'


async def run(question: str, documents: list[Document], store: str, screen: Screen) -> dict[str, Any]:
    spans = InMemorySpanExporter()
    add_span_exporter(spans)
    assistant = Assistant(store, screen)

    @assistant.ai.flow()
    async def quickstart(question: str) -> dict[str, Any]:
        await assistant.index(documents)
        answer, found = await assistant.answer(question)
        tool = await assistant.call_tool(documents, sources(found)[0]['file'])
        fact = await assistant.extract_fact(found[0])
        return {'answer': answer, 'sources': sources(found), 'tool': tool, 'object': fact.model_dump()}

    report = await quickstart(question)
    await assistant.ai.flush_tracing()
    steps = to_tree(spans.get_finished_spans())
    screen.heading('What happened')
    screen.trace(steps)
    return {'question': question, **report, 'trace': [step.as_json() for step in steps]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--ask', default=QUESTION, metavar='QUESTION', help='the question to answer')
    parser.add_argument('--docs', default=DOCS, type=Path, metavar='DIR', help='a folder of Markdown files')
    parser.add_argument('--store', metavar='DIR', help='where to keep the index; it is forgotten unless stated')
    parser.add_argument('--json', action='store_true', help='print one JSON document')
    given = parser.parse_args()
    try:
        documents = read_documents(given.docs)
        with tempfile.TemporaryDirectory(prefix='quickstart-') as forgotten:
            report = asyncio.run(run(given.ask, documents, given.store or forgotten, _screen(as_json=given.json)))
    except (NoDocumentsError, GenkitError) as error:
        if isinstance(error.__cause__, BrokenPipeError):  # whoever read along has seen enough
            sys.stdout = None
        else:
            print(f'quickstart: {_message(error)}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if given.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    return 0


def _message(error: Exception) -> str:
    if not isinstance(error, GenkitError):
        return str(error)
    cause = error.__cause__
    return error.message if cause is None or cause is error.cause else f'{error.message}: {cause}'


def _screen(*, as_json: bool) -> Screen:
    if as_json:
        return Screen(sys.stderr)
    return Terminal() if sys.stdout.isatty() else Screen(sys.stdout)


if __name__ == '__main__':
    sys.exit(main())
