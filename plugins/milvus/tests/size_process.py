# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Indexes many documents of 384 dimensions into a file of Milvus Lite, and says after each few hundred how far it is.

A line is ``<documents> <bytes of memory that no file is behind>``; meant to be killed, and started again. With a third
argument, ``ask``, it prints what it finds instead: a file is opened by one program at a time.
"""

import asyncio
import json
import sys
from pathlib import Path

import numpy as np
from genkit import Document, Genkit
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_milvus import Milvus, MilvusIndex


DIMENSIONS = 384
AT_ONCE = 500
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


def memory() -> int:
    """Return the bytes of memory that no file is behind, or 0 where the system does not say."""
    status = Path('/proc/self/status')
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith('RssAnon')), 0)


async def main(uri: str, count: int, *, asks: bool) -> None:
    plugin = Milvus(MilvusIndex(name='large', embedder='table', batch_size=250), uri=uri, timeout=300.0)
    ai = Genkit(plugins=[plugin])
    ai.define_embedder('table', embed)
    if asks:
        say(await found(ai, plugin, count))
    else:
        for start in range(0, count, AT_ONCE):
            end = min(count, start + AT_ONCE)
            await ai.index('milvus/large', [document(number) for number in range(start, end)])
            say([end, memory()])
    await ai.aclose()


async def found(ai: Genkit, plugin: Milvus, count: int) -> dict[str, object]:
    async def ask(number: int, **options: object) -> list[int]:
        documents = (await ai.retrieve('milvus/large', f'{number} x', options)).documents
        return [(each.metadata or {})['number'] for each in documents]

    asked = (7, count // 2, count - 1)
    return {
        'count': await plugin.count('large'),
        'nearest': [(await ask(number, k=3))[0] for number in asked],
        'of the topic': [await ask(number, k=10, filter={'topic': number % TOPICS}) for number in asked],
        'rare': sorted(await ask(0, k=50, filter={'rare': True})),
        'late': await plugin.count('large', {'number': {'$gte': count - 5}}),
    }


def say(what: object) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201  (read by the test)


if __name__ == '__main__':
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), asks=sys.argv[3:] == ['ask']))
