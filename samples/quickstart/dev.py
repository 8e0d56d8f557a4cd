# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The assistant for the developer tools: `genkit start -- python dev.py`."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from assistant import STEADY, STORE, Assistant, sources
from documents import read_documents
from genkit import ActionRunContext
from genkit.types import BaseEvalDataPoint, EvalFnResponse, EvalStatusEnum, Score, ScoreDetails
from screen import Screen


DOCS = Path(__file__).parent / 'docs'

assistant = Assistant('.genkit/quickstart', Screen(sys.stderr))
ai = assistant.ai
indexing = asyncio.Lock()
indexed = False


@ai.flow()
async def ask(question: str, context: ActionRunContext) -> dict[str, Any]:
    """Answers a question from the documents about the lighthouse."""
    await index_once()
    found = (await ai.retrieve(STORE, question, {'limit': 2})).documents
    stream = ai.generate_stream(
        prompt=question,
        system='Answer in one short sentence from the information given.',
        docs=found,
        config=STEADY,
    )
    async for chunk in stream:
        context.send_chunk(chunk.text)
    return {'answer': (await stream.response).text, 'sources': sources(found)}


async def index_once() -> None:
    global indexed  # noqa: PLW0603  (one process, one index)
    async with indexing:
        if not indexed:
            await assistant.index(read_documents(DOCS))
        indexed = True


async def names(case: BaseEvalDataPoint, _: Any) -> EvalFnResponse:
    found = str(case.reference).lower() in str(case.output).lower()
    status = EvalStatusEnum.PASS if found else EvalStatusEnum.FAIL
    reasoning = f'{case.reference} is {"" if found else "not "}named'
    score = Score(score=found, status=status, details=ScoreDetails(reasoning=reasoning))
    return EvalFnResponse(test_case_id=case.test_case_id or '', evaluation=score)


ai.define_evaluator('names', 'Names', 'Whether the answer names what the reference says.', names)
