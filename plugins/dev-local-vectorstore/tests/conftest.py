# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An embedder that needs no model, and applications with a store in a directory of the test."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from genkit import Genkit
from genkit.types import DocumentData, EmbedderRef, Embedding, EmbedRequest, EmbedResponse
from genkit_dev_local_vectorstore import DevLocalVectorstore, IndexConfig


NOTES = 'dev-local-vectorstore/notes'


@dataclass
class Embedder:
    """Gives equal documents equal vectors and others nearly orthogonal ones, and remembers what it was asked."""

    dimensions: int = 32
    pieces: int = 1
    requests: list[EmbedRequest] = field(default_factory=list)

    async def embed(self, request: EmbedRequest) -> EmbedResponse:
        self.requests.append(request)
        return EmbedResponse(embeddings=[embedding for item in request.input for embedding in self._pieces(item)])

    def vector(self, text: str) -> list[float]:
        seed = int.from_bytes(hashlib.sha256(text.encode('utf-8', 'surrogatepass')).digest()[:8], 'little')
        return np.random.default_rng(seed).standard_normal(self.dimensions).tolist()

    @property
    def asked(self) -> list[str]:
        return [_text(item) for request in self.requests for item in request.input]

    def _pieces(self, item: DocumentData) -> list[Embedding]:
        if self.pieces == 1:
            return [Embedding(embedding=self.vector(_text(item)))]
        return [
            Embedding(embedding=self.vector(f'{_text(item)}#{piece}'), metadata={'piece': piece})
            for piece in range(self.pieces)
        ]


def _text(item: DocumentData) -> str:
    return ''.join(getattr(part, 'text', None) or part.media.url for part in item.content)  # pyright: ignore[reportAttributeAccessIssue]


@dataclass
class App:
    """An application with one index called ``notes``."""

    ai: Genkit
    plugin: DevLocalVectorstore
    embedder: Embedder
    path: Path


@pytest.fixture
def make_app(tmp_path) -> Callable[..., App]:
    """Makes applications that share a directory, as programs would that run side by side."""

    def make(
        embedder: Embedder | None = None, name: str = 'fake', reference: EmbedderRef | None = None, **options
    ) -> App:
        embedder = embedder or Embedder()
        directory = tmp_path / 'stores'
        config = IndexConfig(index_name='notes', embedder=reference or name, directory=directory, **options)
        plugin = DevLocalVectorstore(indexes=[config])
        ai = Genkit(plugins=[plugin])
        ai.define_embedder(name, embedder.embed)
        return App(ai, plugin, embedder, config.path)

    return make


@pytest.fixture
def app(make_app) -> App:
    return make_app()
