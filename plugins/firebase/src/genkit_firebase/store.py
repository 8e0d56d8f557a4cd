# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A collection of Firestore as a vector store."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from genkit import GenkitError, StatusName
from genkit.plugin import Condition, LoopCache, StoreEntry, StoreMatch, VectorStore, meets, vector_of
from genkit.types import Document

from genkit_firebase.config import (
    MOST,
    MOST_DIMENSIONS,
    OWN_FIELD,
    DistanceMeasure,
    FirestoreIndex,
    IndexerOptions,
    RetrieverOptions,
    Where,
    is_segment,
)
from genkit_firebase.convert import (
    DISTANCE_FIELD,
    own_fields,
    to_document,
    to_fields,
    to_json,
    to_score,
    with_metadata,
)
from genkit_firebase.database import Database, Found, Write
from genkit_firebase.errors import refused
from genkit_firebase.filters import Asked, field_path, to_asked, to_where


_WRITES_AT_ONCE: Final = 300
_BYTES_AT_ONCE: Final = 3_000_000  # the emulator takes 4 MiB in a commit, Firestore 10
_BYTES_A_NUMBER: Final = 11
_READ_AT_ONCE: Final = 100
_FIRST_LOOK: Final = 50
_LOOK_FURTHER: Final = 4


class FirestoreStore(VectorStore[RetrieverOptions, IndexerOptions]):
    """A collection.

    Args:
        index: The collection.
        database: Where it is.
    """

    def __init__(self, index: FirestoreIndex, database: Database) -> None:
        self.batch_size = index.batch_size
        self._index = index
        self._database = database
        self._own = own_fields(index)
        self._dimensions: LoopCache[dict[str, int]] = LoopCache(dict[str, int])

    async def upsert(self, entries: Sequence[StoreEntry], options: IndexerOptions | None) -> None:
        """Store entries, in as many commits as their size needs."""
        path = self._path(options)
        for length in {len(entry.vector) for entry in entries}:
            await self._check(path, length)
        vectors: Any = import_module('google.cloud.firestore_v1.vector')
        writes: list[Write] = []
        size = 0
        for entry in entries:
            fields = {**to_fields(entry.document, self._index), self._index.vector_field: vectors.Vector(entry.vector)}
            more = _BYTES_A_NUMBER * len(entry.vector) + 2 * len(entry.document.model_dump_json().encode())
            if writes and (size + more > _BYTES_AT_ONCE or len(writes) == _WRITES_AT_ONCE):
                await self._database.commit(*writes)
                writes, size = [], 0
            writes.append(Write('set', f'{path}/{entry.id}', fields))
            size += more
        if writes:
            await self._database.commit(*writes)
            self._dimensions.get()[path] = len(entries[0].vector)

    async def query(
        self,
        vector: list[float],
        query: Document,  # noqa: ARG002  (of the interface)
        options: RetrieverOptions,
    ) -> Sequence[StoreMatch]:
        """Return the nearest documents.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for a vector of other dimensions; ``FAILED_PRECONDITION`` if an index is
                missing, with the command that makes it, or if Firestore cannot be asked enough of a filter.
        """
        path = options.collection or self._index.path
        await self._check(path, len(vector))
        condition = None if options.filter is None else options.filter.condition
        asked = None if condition is None else to_asked(condition, self._index.list_fields, self._own)
        look = options.k
        if condition is not None and not (asked and asked.is_whole):
            look = min(MOST, max(_LOOK_FURTHER * options.k, _FIRST_LOOK))
        source = await self._query(path, asked.make() if asked else None, options.where)
        while True:
            found = await self._found(self._nearest(source, vector, options, look), asked)
            if found:
                self._dimensions.get()[path] = len(vector)
            matches = [match for each in found if (match := self._match(each, condition, options)) is not None]
            if len(matches) >= options.k or len(found) < look:
                return matches[: options.k]
            if look == MOST:
                raise _too_little_asked(options, len(matches))
            look = min(MOST, _LOOK_FURTHER * look)

    async def delete(self, ids: Sequence[str], options: IndexerOptions | Mapping[str, Any] | None = None) -> None:
        """Delete documents."""
        path = self._path(options)
        known = [name for name in ids if is_segment(name)]  # no document has another
        for start in range(0, len(known), _WRITES_AT_ONCE):
            some = known[start : start + _WRITES_AT_ONCE]
            await self._database.commit(*(Write('delete', f'{path}/{name}') for name in some))

    async def existing(self, ids: Sequence[str], options: IndexerOptions | None) -> set[str]:
        """Return which ids are stored."""
        path = self._path(options)
        starts = range(0, len(ids), _READ_AT_ONCE)
        groups = [[f'{path}/{name}' for name in ids[start : start + _READ_AT_ONCE]] for start in starts]
        found = await asyncio.gather(*(self._database.get(*group, only=(OWN_FIELD,)) for group in groups))
        return {each.id for some in found for each in some if each is not None}

    async def count(self, condition: Condition | None, options: IndexerOptions | Mapping[str, Any] | None) -> int:
        """Return the number of documents; by reading them, where Firestore cannot be asked the whole of a filter."""
        path = self._path(options)
        asked = None if condition is None else to_asked(condition, self._index.list_fields, self._own)
        if condition is not None and not (asked and asked.is_whole):
            return sum([1 async for _ in self._meeting(path, condition)])
        query = await self._query(path, asked.make() if asked else None, None)
        return await self._database.count(query)

    async def delete_meeting(self, condition: Condition, options: IndexerOptions | Mapping[str, Any] | None) -> None:
        """Delete the documents that meet a condition."""
        path = self._path(options)
        found: list[str] = []
        async for each in self._meeting(path, condition):
            found.append(each.id)
            if len(found) == _WRITES_AT_ONCE:
                await self.delete(found, options)
                found = []
        await self.delete(found, options)

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._database.aclose()

    async def _found(self, query: Any, asked: Asked | None) -> list[Found]:
        try:
            return [each async for each in self._database.stream(query)]
        except GenkitError as error:
            if error.status != StatusName.FAILED_PRECONDITION or asked is None or not asked.looks_into_lists:
                raise
            raise refused(
                f'{error.message} If no metadata hold lists, FirestoreIndex(list_fields=[]) needs fewer indexes.',
                StatusName.FAILED_PRECONDITION,
                error.__cause__,
            ) from error.__cause__

    async def _meeting(self, path: str, condition: Condition) -> AsyncGenerator[Found]:
        asked = to_asked(condition, self._index.list_fields, self._own)
        query = await self._query(path, asked.make() if asked else None, None)
        async for each in self._database.stream(query):
            if meets(condition, to_document(each.fields, self._index, each.source).metadata):
                yield each

    async def _query(self, path: str, asked: Any, where: Where | None) -> Any:
        query = (await self._database.client()).collection(path)
        for condition in [*([] if asked is None else [asked]), *to_where(where)]:
            query = query.where(filter=condition)
        return query

    def _nearest(self, query: Any, vector: list[float], options: RetrieverOptions, limit: int) -> Any:
        vectors: Any = import_module('google.cloud.firestore_v1.vector')
        measures: Any = import_module('google.cloud.firestore_v1.base_vector_query').DistanceMeasure
        threshold = self._index.distance_threshold if options.distance_threshold is None else options.distance_threshold
        return query.find_nearest(
            vector_field=field_path([self._index.vector_field]),
            query_vector=vectors.Vector(vector),
            limit=limit,
            distance_measure=measures[self._measure(options)],
            distance_result_field=DISTANCE_FIELD,
            distance_threshold=threshold,
        )

    def _match(self, found: Found, condition: Condition | None, options: RetrieverOptions) -> StoreMatch | None:
        document = to_document(found.fields, self._index, found.source)
        if condition is not None and not meets(condition, document.metadata):
            return None
        distance = to_json(found.fields.get(DISTANCE_FIELD))
        if not isinstance(distance, int | float):
            raise refused('Firestore found a document and gave no distance.', StatusName.INTERNAL)
        named = options.distance_result_field or self._index.distance_result_field
        more = {named: distance} if named else {}
        shown = with_metadata(document, self._index, found.source, more)
        return StoreMatch(found.id, shown, to_score(float(distance), self._measure(options)))

    async def _check(self, path: str, length: int) -> None:
        """Refuse vectors that the collection cannot hold, or that are not of the length of those it holds.

        Firestore takes any vector beside any other, and never finds those that its index is not for.
        """
        if length > MOST_DIMENSIONS:
            raise refused(
                f'The embedder gave vectors of {length} dimensions; Firestore takes {MOST_DIMENSIONS} at most. Use an '
                "embedder with fewer, or its option for them, such as embedder_options={'output_dimensionality': 768}."
            )
        known = self._dimensions.get()
        if known.get(path) == length:
            return
        there = await self._length(path)
        if there is not None and there != length:
            raise refused(
                f'Collection {path!r} holds vectors of {there} dimensions, and these have {length}. Use the embedder '
                'that it was filled with, or another collection.'
            )
        if there is not None:
            known[path] = there

    async def _length(self, path: str) -> int | None:
        """Return the length of the vectors that a collection holds; None if that is not known."""
        query = (await self._database.client()).collection(path).limit(1)
        async for found in self._database.stream(query):
            vector = to_json(found.fields.get(self._index.vector_field))
            try:
                return len(vector_of(vector, self._index.vector_field))
            except GenkitError:  # a document of another kind
                return None
        return None

    def _path(self, options: IndexerOptions | Mapping[str, Any] | None) -> str:
        given = IndexerOptions.model_validate(options or {})
        return given.collection or self._index.path

    def _measure(self, options: RetrieverOptions) -> DistanceMeasure:
        return options.distance_measure or self._index.distance_measure


def _too_little_asked(options: RetrieverOptions, count: int) -> GenkitError:
    given = None if options.filter is None else options.filter.given
    return refused(
        f'Firestore compares only a part of the filter {given!r}. Of the {MOST} nearest documents that meet that part, '
        f'{count} meet the whole, and {options.k} were asked for; there may be more. Ask for fewer, or name the '
        'members that hold lists, FirestoreIndex(list_fields=[…]), which leaves more to Firestore.',
        StatusName.FAILED_PRECONDITION,
    )
