# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import Genkit
from genkit.plugin import EmbedPurpose, embed, embed_purpose, embedding_for
from genkit.types import Document, Embedding, EmbedRequest, EmbedResponse, RetrieverResponse


@pytest.fixture
def seen() -> list[EmbedPurpose | None]:
    return []


@pytest.fixture
def ai(seen: list[EmbedPurpose | None]) -> Genkit:
    ai = Genkit()

    async def vectors(request: EmbedRequest) -> EmbedResponse:
        seen.append(embed_purpose())
        return EmbedResponse(embeddings=[Embedding(embedding=[1.0]) for _ in request.input])

    async def index(documents: list[Document], options: Any) -> None:
        await embed(ai.registry, 'vectors', documents)

    async def retrieve(query: Document, options: Any) -> RetrieverResponse:
        await embed(ai.registry, 'vectors', [query])
        return RetrieverResponse(documents=[])

    ai.define_embedder('vectors', vectors)
    ai.define_indexer('mine', index)
    ai.define_retriever('mine', retrieve)
    return ai


async def test_an_embedder_can_tell_whom_its_vectors_are_for(ai: Genkit, seen: list[EmbedPurpose | None]) -> None:
    await ai.embed('vectors', 'a text')
    await ai.index('mine', 'a text')
    await ai.retrieve('mine', 'a query')
    await ai.embed('vectors', 'a text')
    assert seen == [None, EmbedPurpose.DOCUMENT, EmbedPurpose.QUERY, None]


async def test_the_innermost_decides(ai: Genkit, seen: list[EmbedPurpose | None]) -> None:
    async def learn(query: Document, options: Any) -> RetrieverResponse:
        await ai.index('mine', query)
        return await ai.retrieve('mine', query)

    ai.define_retriever('learning', learn)
    await ai.retrieve('learning', 'a query')
    assert seen == [EmbedPurpose.DOCUMENT, EmbedPurpose.QUERY]
    assert embed_purpose() is None


async def test_a_plugin_can_say_whom_vectors_are_for(ai: Genkit, seen: list[EmbedPurpose | None]) -> None:
    with embedding_for(EmbedPurpose.QUERY):
        await ai.embed('vectors', 'a text')
        await ai.index('mine', 'a text')
    assert seen == [EmbedPurpose.QUERY, EmbedPurpose.DOCUMENT]
    assert embed_purpose() is None
