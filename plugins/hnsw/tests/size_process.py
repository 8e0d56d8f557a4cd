# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Indexes many documents of 384 dimensions, a thousand at a time, and says after each how far it is and what it takes.

A line is ``<documents> <bytes of memory that no file is behind>``; meant to be killed, and started again.
"""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from genkit import Document, Genkit
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_hnsw import Hnsw, HnswIndex


DIMENSIONS = 384
AT_ONCE = 1000
TOPICS = 500
CENTRES = np.random.default_rng(0).standard_normal((TOPICS, DIMENSIONS)).astype(np.float32)


def vector(number: int) -> np.ndarray:
    """Return a vector near that of its topic, as those of texts are."""
    return CENTRES[number % TOPICS] + 0.5 * np.random.default_rng(number).standard_normal(DIMENSIONS).astype(np.float32)


def document(number: int) -> Document:
    metadata = {'number': number, 'topic': number % TOPICS, 'rare': number % 10_000 == 7}
    return Document.from_text(f'{number} ' + 'words ' * 100, metadata)


async def embed(request: EmbedRequest) -> EmbedResponse:
    texts = [Document.from_document_data(item).text() for item in request.input]
    return EmbedResponse(embeddings=[Embedding(embedding=vector(int(text.split()[0])).tolist()) for text in texts])


def application(directory: str) -> tuple[Genkit, Hnsw]:
    plugin = Hnsw(HnswIndex(name='large', embedder='table', directory=directory, expansion_add=64))
    ai = Genkit(plugins=[plugin])
    ai.define_embedder('table', embed)
    return ai, plugin


def parts(count: int) -> Iterator[list[Document]]:
    for start in range(0, count, AT_ONCE):
        yield [document(number) for number in range(start, min(count, start + AT_ONCE))]


def memory() -> int:
    """Return the bytes of memory that no file is behind, or 0 where the system does not say."""
    status = Path('/proc/self/status')
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith('RssAnon')), 0)


async def main(directory: str, count: int) -> None:
    ai, _ = application(directory)
    done = 0
    for part in parts(count):
        await ai.index('hnsw/large', part)
        done += len(part)
        print(done, memory(), flush=True)  # noqa: T201  (read by the test)
    await ai.aclose()


if __name__ == '__main__':
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
