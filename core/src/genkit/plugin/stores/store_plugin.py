# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of vector store plugins."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._base.errors import GenkitError
from genkit._kinds.indexer import indexer_action_metadata, make_indexer
from genkit._kinds.retriever import make_retriever, retriever_action_metadata
from genkit._registry.plugin import Plugin
from genkit.plugin.stores.filters.filter import Filter
from genkit.plugin.stores.indexing import as_found, as_stored, document_id, embed_query, id_as_found, to_entries
from genkit.plugin.stores.vector_store import StoreIndex, VectorStore
from genkit.types import ActionMetadata, Document, DocumentData, RetrieverResponse
from genkit.types.document import CommonRetrieverOptions


class StorePlugin(Plugin):
    """Base class of vector store plugins: a retriever and an indexer ``<plugin>/<collection>`` per collection.

    Documents are indexed in batches: stored ones are skipped, the others are embedded and stored, and each batch is
    reported as a chunk ``{'stored': n, 'of': total}``. An interrupted indexing call can simply be repeated.

    Attributes:
        retriever_options: The type of the options of a query.
        indexer_options: The type of the options of indexing, if there are any.
    """

    retriever_options: type[BaseModel] = CommonRetrieverOptions
    indexer_options: type[BaseModel] | None = None

    @abstractmethod
    def collections(self) -> Mapping[str, tuple[StoreIndex, VectorStore[Any, Any]]]:
        """Return every collection by name."""

    async def init(self) -> Sequence[Action[Any, Any, Any]]:
        """Return the retriever and the indexer of every collection."""
        return self.actions()

    def actions(self) -> Sequence[Action[Any, Any, Any]]:
        """Return the retriever and the indexer of every collection, with their full names."""
        actions: list[Action[Any, Any, Any]] = []
        for name, (index, store) in self.collections().items():
            filling = _Filling(self, index, store)
            full = self.namespaced(name)
            actions.append(make_retriever(full, filling.retrieve, self.retriever_options))
            actions.append(make_indexer(full, filling.index, self.indexer_options))
        return actions

    async def resolve(self, action_type: ActionKind, name: str) -> Action[Any, Any, Any] | None:
        """Return None: everything there is has been returned by `init`."""

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return the retriever and the indexer of every collection."""
        names = [self.namespaced(name) for name in self.collections()]
        retrievers = [retriever_action_metadata(name, self.retriever_options) for name in names]
        return [*retrievers, *(indexer_action_metadata(name, self.indexer_options) for name in names)]

    async def delete(self, collection: str, documents: Sequence[DocumentData | str], options: Any = None) -> None:
        """Delete documents, given by id, as they were indexed, or as a retriever returned them.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an unknown collection, and for a single document or id.
        """
        if isinstance(cast('object', documents), str | DocumentData):
            raise GenkitError(
                f'delete() was given a {type(documents).__name__}; expected a list of documents and ids.',
                status='INVALID_ARGUMENT',
            )
        ids = [each if isinstance(each, str) else id_as_found(each) or document_id(each) for each in documents]
        await self._collection(collection).delete(ids, options)

    async def delete_meeting(self, collection: str, filter: Mapping[str, Any], options: Any = None) -> None:  # noqa: A002  (as in a query)
        """Delete the documents that meet a filter.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an unknown collection, for a filter that has no meaning, and for one
                that every document meets; ``UNIMPLEMENTED`` if the store cannot.
        """
        store, read = self._collection(collection), Filter(filter)
        if read.finds_everything:
            raise GenkitError(
                f'Every document of {collection!r} meets the filter {filter!r}, and would be deleted. Name a condition '
                'that some do not meet, or delete the collection itself.',
                status='INVALID_ARGUMENT',
            )
        if not read.finds_nothing:
            await store.delete_meeting(read.condition, options)

    async def count(self, collection: str, filter: Mapping[str, Any] | None = None, options: Any = None) -> int:  # noqa: A002  (as in a query)
        """Return the number of stored embeddings, of the documents that meet a filter if there is one.

        A document that the embedder split counts once for each part.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an unknown collection or a filter that has no meaning;
                ``UNIMPLEMENTED`` if the store cannot.
        """
        store, read = self._collection(collection), Filter(filter or {})
        if read.finds_nothing:
            return 0
        return await store.count(None if read.finds_everything else read.condition, options)

    def _collection(self, collection: str) -> VectorStore[Any, Any]:
        found = self.collections().get(collection)
        if found is None:
            known = ', '.join(repr(name) for name in self.collections())
            raise GenkitError(f'There is no collection {collection!r}; there are: {known}.', status='INVALID_ARGUMENT')
        return found[1]

    async def aclose(self) -> None:
        """Close the connections of every collection."""
        for _, store in self.collections().values():
            await store.aclose()


class _Filling:
    """A collection with what fills and asks it."""

    def __init__(self, plugin: StorePlugin, index: StoreIndex, store: VectorStore[Any, Any]) -> None:
        self._plugin = plugin
        self._index = index
        self._store = store

    async def index(self, documents: list[Document], options: Any, context: ActionRunContext) -> None:
        """Store documents, each one once; one that was found is the one that was stored."""
        wanted = {document_id(document): document for document in map(as_stored, documents)}
        ids = list(wanted)
        for start in range(0, len(ids), self._store.batch_size):
            batch = ids[start : start + self._store.batch_size]
            known = await self._store.existing(batch, options)
            missing = [(name, wanted[name]) for name in batch if name not in known]
            if missing:
                entries = await to_entries(self._plugin.registry, self._index, missing)
                for first in range(0, len(entries), self._store.batch_size):
                    await self._store.upsert(entries[first : first + self._store.batch_size], options)
            context.send_chunk({'stored': min(start + len(batch), len(ids)), 'of': len(ids)})

    async def retrieve(self, query: Document, options: Any) -> RetrieverResponse:
        """Find the documents that are nearest to a query."""
        given = self._plugin.retriever_options() if options is None else options
        if 'filter' in (given.model_extra or {}):
            raise GenkitError(
                f"Retriever {self._plugin.namespaced(self._index.name)!r} has no option 'filter'; its options are: "
                f'{", ".join(self._plugin.retriever_options.model_fields)}.',
                status='INVALID_ARGUMENT',
            )
        wanted: object = getattr(given, 'filter', None)
        if isinstance(wanted, Filter) and wanted.finds_nothing:
            return RetrieverResponse(documents=[])
        if isinstance(wanted, Filter) and wanted.finds_everything:
            given = given.model_copy(update={'filter': None})
        vector = await embed_query(self._plugin.registry, self._index, query)
        found = await self._store.query(vector, query, given)
        return RetrieverResponse(documents=[as_found(match) for match in found])
