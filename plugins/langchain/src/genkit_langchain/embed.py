# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An embedder of Genkit as embeddings of LangChain."""

from typing import Any

from genkit import Genkit
from genkit.plugin import EmbedPurpose, embed, embedding_for
from genkit.types import EmbedderRef
from langchain_core.embeddings import Embeddings

from genkit_langchain import bridge


class GenkitEmbeddings(Embeddings):
    """Embeddings of LangChain that an embedder of a Genkit application makes.

    The embedder knows whether its vectors are of documents or of a query.

    Args:
        ai: The application.
        model: The embedder's name, such as ``mistral/mistral-embed``, or a reference.
        options: The embedder's options, laid over those of a reference.

    Example:
        ```python
        from genkit import Genkit
        from genkit.testing import define_fake_embedder
        from genkit_langchain import GenkitEmbeddings

        ai = Genkit()
        define_fake_embedder(ai, 'words', dimensions=8)
        embeddings = GenkitEmbeddings(ai=ai, model='words')
        assert len(embeddings.embed_query('soup')) == 8
        ```
    """

    def __init__(self, *, ai: Genkit, model: str | EmbedderRef[Any], options: Any = None) -> None:
        self.ai = ai
        self.model = model
        self.options = options

    def __repr__(self) -> str:
        """Return the embedder."""
        return f'{type(self).__name__}(model={self.model!r})'

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of texts that are to be found.

        Raises:
            GenkitError: As the embedder raises it.
        """
        return bridge.run(self.aembed_documents(texts))

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a text to search with; raises as `embed_documents`."""
        return bridge.run(self.aembed_query(text))

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of texts that are to be found; raises as `embed_documents`."""
        with embedding_for(EmbedPurpose.DOCUMENT):
            found = await embed(self.ai.registry, self.model, texts, options=self.options)
        return [each.embedding for each in found]

    async def aembed_query(self, text: str) -> list[float]:
        """Return the vector of a text to search with; raises as `embed_documents`."""
        with embedding_for(EmbedPurpose.QUERY):
            [found, *_] = await embed(self.ai.registry, self.model, [text], options=self.options)
        return found.embedding
