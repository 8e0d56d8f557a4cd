# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Indexes a set of documents into a collection, and prints a line for every batch; meant to be killed."""

import asyncio
import sys

from genkit import Document, Genkit
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_chroma import Chroma, ChromaIndex


COUNT = 400


def documents() -> list[Document]:
    return [Document.from_text(f'document {number}', {'number': number}) for number in range(COUNT)]


async def embed(request: EmbedRequest) -> EmbedResponse:
    numbers = [float((item.metadata or {}).get('number', 0)) for item in request.input]
    return EmbedResponse(embeddings=[Embedding(embedding=[number, 1.0, 2.0, 3.0]) for number in numbers])


def application(url: str, collection: str) -> tuple[Genkit, Chroma]:
    plugin = Chroma(ChromaIndex(name=collection, embedder='numbers', batch_size=10), url=url)
    ai = Genkit(plugins=[plugin])
    ai.define_embedder('numbers', embed)
    return ai, plugin


async def main(url: str, collection: str) -> None:
    ai, _ = application(url, collection)
    action = await ai.registry.resolve_action_by_key(f'/indexer/chroma/{collection}')
    assert action is not None
    stream = action.stream({'documents': [document.to_wire() for document in documents()]})
    async for chunk in stream:
        print(chunk, flush=True)  # noqa: T201  (read by the test)
    await ai.aclose()


if __name__ == '__main__':
    asyncio.run(main(*sys.argv[1:]))
