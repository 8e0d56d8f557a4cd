# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One collection of a vector store, and what is kept in it and found."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from pydantic import BaseModel
from typing_extensions import TypeVar

from genkit._base.errors import GenkitError
from genkit.plugin.stores.filters.conditions import Condition
from genkit.types import Document, EmbedderRef


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
        """Return the entries nearest to a vector, best first.

        The store applies ``options.filter``, if its options have one; it is not asked where nothing can be found.
        """

    @abstractmethod
    async def delete(self, ids: Sequence[str], options: IndexingT | None = None) -> None:
        """Delete entries; unknown ids are ignored."""

    async def existing(self, ids: Sequence[str], options: IndexingT | None) -> set[str]:  # noqa: ARG002  (for overriding)
        """Return the ids already stored, so that they are not embedded again; none if the store cannot tell."""
        return set()

    async def count(self, condition: Condition | None, options: IndexingT | None) -> int:  # noqa: ARG002  (the same)
        """Return the number of entries, of those that meet a condition if there is one."""
        raise _cannot(self, 'count')

    async def delete_meeting(self, condition: Condition, options: IndexingT | None) -> None:  # noqa: ARG002  (the same)
        """Delete the entries that meet a condition."""
        raise _cannot(self, 'delete by a filter')

    async def aclose(self) -> None:
        """Close connections."""


def _cannot(store: object, what: str) -> GenkitError:
    return GenkitError(f'{type(store).__name__} cannot {what}: what is behind it does not.', status='UNIMPLEMENTED')


_Index = TypeVar('_Index', bound=StoreIndex)
_Store = TypeVar('_Store', bound=VectorStore[Any, Any])


def collections_by_name(
    source: str, kind: str, stores: Iterable[tuple[_Index, _Store]]
) -> dict[str, tuple[_Index, _Store]]:
    """Return the collections of a plugin by name, as `StorePlugin.collections` wants them.

    Args:
        source: The plugin's name, for the error.
        kind: What the store calls several of them, such as ``tables``.
        stores: Each collection and its store.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two collections of one name.
    """
    pairs = list(stores)
    found = {index.name: (index, store) for index, store in pairs}
    if len(found) < len(pairs):
        names = [index.name for index, _ in pairs]
        raise GenkitError(
            f'Two {kind} have one name: {names!r}. Rename one of them.', status='INVALID_ARGUMENT', source=source
        )
    return found
