# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Says what a file of Milvus Lite holds, indexes documents into it, and prints each batch; meant to be killed."""

import asyncio
import json
import sys

from genkit import Document, Genkit
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_milvus import Milvus, MilvusIndex


COUNT = 300


async def embed(request: EmbedRequest) -> EmbedResponse:
    numbers = [float((item.metadata or {}).get('number', 0)) for item in request.input]
    return EmbedResponse(embeddings=[Embedding(embedding=[number, 1.0, 2.0, 3.0]) for number in numbers])


async def main(uri: str) -> None:
    ai = Genkit(plugins=[Milvus(MilvusIndex(name='numbers', embedder='numbers', batch_size=10), uri=uri)])
    ai.define_embedder('numbers', embed)
    found = (await ai.retrieve('milvus/numbers', 'x', {'k': 1000})).documents
    say(json.dumps(sorted((document.metadata or {})['number'] for document in found)))
    documents = [Document.from_text(f'document {number}', {'number': number}) for number in range(COUNT)]
    action = await ai.registry.resolve_action_by_key('/indexer/milvus/numbers')
    assert action is not None
    async for chunk in action.stream({'documents': [document.to_wire() for document in documents]}):
        say(json.dumps(chunk))
    await ai.aclose()


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  (read by the test)


if __name__ == '__main__':
    asyncio.run(main(*sys.argv[1:]))
