# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A retriever of Genkit as a retriever of LangChain."""

from typing import Any, Final

from genkit import Genkit, GenkitError, RetrieverResponse
from genkit.types import RetrieverRef
from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field, model_validator

from genkit_langchain import bridge
from genkit_langchain.convert.documents import to_langchain_document
from genkit_langchain.tracing import inside, traced_metadata


_NO_OPTIONS: Final = ('verbose', 'run_id')


class GenkitRetriever(BaseRetriever):
    """A retriever of LangChain that asks a retriever of a Genkit application.

    Attributes:
        ai: The application.
        retriever: The retriever's name, such as ``chroma/notes``, or a reference.
        k: The most documents that it returns. Default: the retriever's own.
        options: Its further options. Those of a call, ``invoke(query, k=1)``, win.

    Example:
        ```python
        from genkit import Genkit
        from genkit_langchain import GenkitRetriever

        ai = Genkit()
        ai.define_simple_retriever('notes', lambda query, options: ['Salt is out.'])
        [document] = GenkitRetriever(ai=ai, retriever='notes').invoke('salt')
        assert document.page_content == 'Salt is out.'
        ```
    """

    ai: Genkit = Field(exclude=True, repr=False)
    retriever: str | RetrieverRef[Any]
    k: int | None = Field(default=None, ge=1)
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode='after')
    def _marked(self) -> 'GenkitRetriever':
        self.metadata = traced_metadata(self.metadata)
        return self

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **kwargs: Any
    ) -> list[Document]:
        return bridge.run(self._found(query, run_manager, kwargs))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **kwargs: Any
    ) -> list[Document]:
        return await self._found(query, run_manager, kwargs)

    async def _found(self, query: str, run_manager: Any, given: dict[str, Any]) -> list[Document]:
        k = {} if self.k is None else {'k': self.k}
        options = {**self.options, **k, **{name: each for name, each in given.items() if name not in _NO_OPTIONS}}
        limit = options.get('k')
        if limit is not None and (not isinstance(limit, int) or limit < 1):
            raise GenkitError(f'k is {limit!r}; expected a number from 1 up.', status='INVALID_ARGUMENT')
        with inside(run_manager):
            found: RetrieverResponse = await self.ai.retrieve(self.retriever, query, options or None)
        return [to_langchain_document(document) for document in found.documents[:limit]]
