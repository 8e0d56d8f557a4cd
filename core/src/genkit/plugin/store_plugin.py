# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of vector store plugins."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from pydantic import BaseModel
from typing_extensions import TypeVar

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._base.errors import GenkitError
from genkit._kinds.embedder import embed
from genkit._kinds.indexer import indexer_action_metadata, make_indexer
from genkit._kinds.retriever import make_retriever, retriever_action_metadata
from genkit._registry.plugin import Plugin
from genkit._registry.registry import Registry
from genkit.types import ActionMetadata, Document, DocumentData, EmbedderRef, Embedding, RetrieverResponse
from genkit.types.document import CommonRetrieverOptions


OptionsT = TypeVar('OptionsT', default=Any)
IndexingT = TypeVar('IndexingT', default=Any)


@dataclass(frozen=True, slots=True)
class StoreEntry:
    """One stored embedding of a document.

    Attributes:
        id: The id, equal for equal documents, so that storing one again changes nothing.
        document: The document to return when it is found.
        vector: The vector, with the embedder's number of dimensions.
    """

    id: str
    document: Document
    vector: list[float]


@dataclass(frozen=True, slots=True)
class StoreMatch:
    """One search result of a vector store.

    Attributes:
        id: As stored.
        document: As stored.
        score: The similarity; higher is better, the scale depends on the store.
    """

    id: str
    document: Document
    score: float


@dataclass(frozen=True, kw_only=True)
class StoreIndex:
    """A collection and its embedder; stores add their own settings.

    Attributes:
        name: The name of its retriever and indexer, without the plugin's prefix.
        embedder: A name or a reference.
        embedder_options: Options of every call of the embedder.
        query_options: Merged into them for queries, for embedders that distinguish queries from documents.
    """

    name: str
    embedder: str | EmbedderRef[Any]
    embedder_options: Mapping[str, Any] | BaseModel | None = field(default=None)
    query_options: Mapping[str, Any] | BaseModel | None = field(default=None)


class VectorStore(ABC, Generic[OptionsT, IndexingT]):
    """One collection of a vector store: the operations that differ between stores.

    Attributes:
        batch_size: The number of entries per call of `upsert`.
    """

    batch_size: int = 100

    @abstractmethod
    async def upsert(self, entries: Sequence[StoreEntry], options: IndexingT | None) -> None:
        """Store all entries, or raise; an entry with the same id is replaced."""

    @abstractmethod
    async def query(self, vector: list[float], query: Document, options: OptionsT) -> Sequence[StoreMatch]:
        """Return the entries nearest to a vector, best first."""

    @abstractmethod
    async def delete(self, ids: Sequence[str], options: IndexingT | None = None) -> None:
        """Delete entries; unknown ids are ignored."""

    async def existing(self, ids: Sequence[str], options: IndexingT | None) -> set[str]:  # noqa: ARG002  (for overriding)
        """Return the ids already stored, so that they are not embedded again; none if the store cannot tell."""
        return set()

    async def aclose(self) -> None:
        """Close connections."""


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
        """Delete documents, given as they were indexed or by id.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an unknown collection.
        """
        found = self.collections().get(collection)
        if found is None:
            known = ', '.join(repr(name) for name in self.collections())
            raise GenkitError(f'There is no collection {collection!r}; there are: {known}.', status='INVALID_ARGUMENT')
        await found[1].delete([doc if isinstance(doc, str) else document_id(doc) for doc in documents], options)

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
        """Store documents, each one once."""
        wanted = {document_id(document): document for document in documents}
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
        vector = await embed_query(self._plugin.registry, self._index, query)
        found = await self._store.query(vector, query, given)
        return RetrieverResponse(documents=[_with_score(match) for match in found])


async def to_entries(
    registry: Registry, index: StoreIndex, documents: Sequence[tuple[str, Document]]
) -> list[StoreEntry]:
    """Return documents with their embeddings, one entry for each; a document that is split has several.

    Raises:
        GenkitError: ``INTERNAL`` if the embedder gave too few embeddings or vectors that cannot be stored.
    """
    contents = [document for _, document in documents]
    embeddings = await _embed(registry, index, contents, index.embedder_options)
    if len(embeddings) == len(contents):
        groups = [[embedding] for embedding in embeddings]
    elif len(contents) == 1:
        groups = [embeddings]
    else:  # nothing says which embeddings belong together, so each document is embedded by itself
        groups = [await _embed(registry, index, [document], index.embedder_options) for document in contents]
    entries: list[StoreEntry] = []
    for (name, document), group in zip(documents, groups, strict=True):
        parts = document.get_embedding_documents(group)
        # The entry that marks the document as stored comes last: an indexing interrupted before it starts over.
        for number in reversed(range(len(group))):
            identity = f'{name}-{number}' if number else name
            entries.append(StoreEntry(identity, parts[number], group[number].embedding))
    return entries


async def embed_query(registry: Registry, index: StoreIndex, query: DocumentData) -> list[float]:
    """Return the vector of a query; of several embeddings the first."""
    options = index.embedder_options
    if index.query_options is not None:
        options = {**_members(index.embedder_options), **_members(index.query_options)}
    return (await _embed(registry, index, [query], options))[0].embedding


def document_id(document: DocumentData) -> str:
    """Return the id of a document: a hash of its content and metadata, equal for equal documents.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it holds something that JSON cannot.
    """
    try:
        members = document.model_dump(mode='json', by_alias=True, exclude_none=True)
    except ValueError as error:
        raise GenkitError(
            f'A document cannot be stored: {error}. Put only JSON-compatible values into its parts and metadata.',
            status='INVALID_ARGUMENT',
            cause=error,
        ) from error
    text = json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(',', ':'))
    return hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]


async def _embed(
    registry: Registry, index: StoreIndex, documents: Sequence[DocumentData], options: Any
) -> list[Embedding]:
    embeddings = await embed(registry, index.embedder, documents, options=options)
    name = index.embedder if isinstance(index.embedder, str) else index.embedder.name
    lengths = {len(embedding.embedding) for embedding in embeddings}
    if len(lengths) != 1 or 0 in lengths:
        raise GenkitError(
            f'Embedder {name!r} gave vectors of {sorted(lengths)} dimensions in one answer; a store needs vectors of '
            'equal length. Check the embedder and its options.',
            status='INTERNAL',
        )
    return embeddings


def _with_score(match: StoreMatch) -> Document:
    metadata = {**(match.document.metadata or {}), '_id': match.id, '_score': match.score}
    return match.document.replaced(metadata=metadata)


def _members(options: Mapping[str, Any] | BaseModel | None) -> dict[str, Any]:
    return options.model_dump(exclude_unset=True) if isinstance(options, BaseModel) else dict(options or {})
