# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the local vector store costs: a query as a multiple of its matrix product, and how indexing grows.

    uv run --all-packages --group bench benchmarks/vectorstore.py

The embedder is a table of random vectors, so that only the store and the calls around it are measured. The floor of a
query, the product of the matrix and the vector alone, is taken in turns with it; both are medians.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from genkit import Document, Genkit
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_dev_local_vectorstore import DevLocalVectorstore


DOCUMENTS = 10_000
DIMENSIONS = 384
QUERIES = 200
SIZES = (1_000, 2_000, 4_000, 8_000)
ROUNDS = 3
NOTES = 'dev-local-vectorstore/notes'
QUERY = 'what is asked'


def application(directory: str | Path, vectors: np.ndarray, query: np.ndarray) -> Genkit:
    table = [Embedding(embedding=vector) for vector in vectors.tolist()]
    asked = Embedding(embedding=query.tolist())

    async def embed(request: EmbedRequest) -> EmbedResponse:
        texts = [Document.from_document_data(document).text() for document in request.input]
        return EmbedResponse(embeddings=[asked if text == QUERY else table[int(text.split()[0])] for text in texts])

    ai = Genkit(plugins=[DevLocalVectorstore('notes', 'table', directory=directory)])
    ai.define_embedder('table', embed)
    return ai


def documents(count: int) -> list[Document]:
    return [Document.from_text(f'{number} ' + 'words ' * 100, {'number': number}) for number in range(count)]


async def measure_query(vectors: np.ndarray, query: np.ndarray) -> None:
    with tempfile.TemporaryDirectory() as directory:
        await application(directory, vectors, query).index(NOTES, documents(DOCUMENTS))
        ai = application(directory, vectors, query)
        opening = await timed(lambda: ai.retrieve(NOTES, QUERY))
        asked = Document.from_text(QUERY)
        floor, whole, filtered = [], [], []
        for _ in range(QUERIES):
            started = time.perf_counter()
            _ = vectors @ query
            floor.append(time.perf_counter() - started)
            whole.append(await timed(lambda: ai.retrieve(NOTES, asked)))
            filtered.append(await timed(lambda: ai.retrieve(NOTES, asked, {'where': {'number': 7}})))
    bare = median(floor)
    print(f'query over {DOCUMENTS:,} x {DIMENSIONS}, best 3, {QUERIES} times')
    print(f'  {"bare matrix product":28}{bare * 1e3:8.2f} ms')
    for name, times in (('ai.retrieve', whole), ('ai.retrieve with a filter', filtered)):
        print(f'  {name:28}{median(times) * 1e3:8.2f} ms   {median(times) / bare:5.2f} x')
    print(f'  {"first query, reads the file":28}{opening * 1e3:8.2f} ms')


async def measure_indexing(vectors: np.ndarray, query: np.ndarray) -> None:
    best = dict.fromkeys(SIZES, float('inf'))
    for _ in range(ROUNDS):
        for size in SIZES:
            with tempfile.TemporaryDirectory() as directory:
                ai = application(directory, vectors[:size], query)
                given = documents(size)
                best[size] = min(best[size], await timed(lambda ai=ai, given=given: ai.index(NOTES, given)))
    exponent = np.polyfit(np.log(list(best)), np.log(list(best.values())), 1)[0]
    print(f'\nindexing, best of {ROUNDS}, each batch of 100 on disk before the next')
    for size, seconds in best.items():
        print(f'  {size:>6,} documents{seconds:9.3f} s{seconds / size * 1e6:9.0f} us each')
    print(f'  growth exponent {exponent:.2f}')


async def timed(call: Callable) -> float:
    started = time.perf_counter()
    await call()
    return time.perf_counter() - started


async def main() -> None:
    random = np.random.default_rng(0)
    vectors = random.standard_normal((DOCUMENTS, DIMENSIONS)).astype(np.float32)
    query = random.standard_normal(DIMENSIONS).astype(np.float32)
    print(f'{os.cpu_count()} processors, numpy {np.__version__}\n')
    await measure_query(vectors, query)
    await measure_indexing(vectors, query)


if __name__ == '__main__':
    asyncio.run(main())
