# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A collection of Milvus as a vector store."""

import contextlib
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from typing import Any, Final, TypeVar

from genkit import GenkitError
from genkit.plugin import (
    Condition,
    LoopCache,
    Once,
    StoreEntry,
    StoreMatch,
    VectorStore,
    count_of,
    items_of,
    members_of,
    parse_config,
)
from genkit.types import Document

from genkit_milvus.config import (
    MOST,
    PLUGIN_NAME,
    IndexerOptions,
    MilvusIndex,
    RetrieverOptions,
    SparseVector,
    check_partition,
)
from genkit_milvus.connection import Connection, pymilvus
from genkit_milvus.convert import FOUND, ID, SPARSE, VECTOR, in_batches, to_matches, to_row
from genkit_milvus.embed import SparseVectors
from genkit_milvus.errors import (
    is_missing_collection,
    is_missing_partition,
    no_collection,
    no_partition,
    other_dimensions,
    other_layout,
)
from genkit_milvus.filters import MilvusFilter, ids_in
from genkit_milvus.layout import Layout, make_collection, read_layout


T = TypeVar('T')
Given = IndexerOptions | Mapping[str, Any] | None

_FILTER: Final = MilvusFilter()
_ANY: Final = f'{ID} != ""'
_IDS_AT_ONCE: Final = 1000
_CANDIDATES: Final = 4  # of each search of a hybrid one, for each document that is wanted


class MilvusStore(VectorStore[RetrieverOptions, IndexerOptions]):
    """A collection.

    Args:
        index: The collection.
        connection: Where it is.
    """

    def __init__(self, index: MilvusIndex, connection: Connection) -> None:
        self.batch_size = index.batch_size
        self._index = index
        self._connection = connection
        self._sparse = SparseVectors(index)
        self._layouts: LoopCache[Once[Layout | None]] = LoopCache(lambda: Once(self._find))

    async def upsert(self, entries: Sequence[StoreEntry], options: Given) -> None:
        """Store entries, in as many calls as their size needs."""
        if entries:
            await self._again(lambda: self._upsert(entries, options))

    async def query(self, vector: list[float], query: Document, options: RetrieverOptions) -> Sequence[StoreMatch]:
        """Return the nearest rows."""
        return await self._again(lambda: self._query(vector, query, options))

    async def delete(self, ids: Sequence[str], options: Given = None) -> None:
        """Delete rows; unknown ids are ignored."""
        for start in range(0, len(ids), _IDS_AT_ONCE):
            expression = ids_in(ids[start : start + _IDS_AT_ONCE])
            await self._again(lambda expression=expression: self._delete(expression, options))

    async def existing(self, ids: Sequence[str], options: Given) -> set[str]:
        """Return the ids that are stored."""
        found: set[str] = set()
        for start in range(0, len(ids), _IDS_AT_ONCE):
            expression = ids_in(ids[start : start + _IDS_AT_ONCE])
            with _nothing_in_a_missing_partition():
                rows = await self._again(lambda expression=expression: self._rows(expression, [ID], options))
                found.update(str(row.get(ID)) for row in rows)
        return found

    async def count(self, condition: Condition | None, options: Given) -> int:
        """Return the number of rows, of those that meet a condition if there is one."""
        # Milvus Lite takes no notice of a partition where there is no expression (milvus-lite 3.2.2).
        expression = _both(None, condition) or ('' if self._partition(options) is None else _ANY)
        rows = await self._again(lambda: self._rows(expression, ['count(*)'], options))
        count = count_of(rows[0].get('count(*)')) if rows else 0
        if count is None:
            raise GenkitError(
                f'Milvus answered {rows!r:.200} when it was asked for a count.', status='DATA_LOSS', source=PLUGIN_NAME
            )
        return count

    async def delete_meeting(self, condition: Condition, options: Given) -> None:
        """Delete the rows that meet a condition."""
        expression = _FILTER.translate(condition)
        await self._again(lambda: self._delete(expression, options))

    async def create(self, dimensions: int) -> None:
        """Make the collection."""
        async with self._connection.alone():
            await self._create(dimensions)

    async def drop(self) -> None:
        """Delete the collection with everything in it."""
        async with self._connection.alone():
            await self._connection.call('drop_collection', self._index.collection_name)
        self._layouts.forget()

    async def aclose(self) -> None:
        """Forget what is known of the collection."""
        self._layouts.forget()

    # Each with a collection that is there, or makes it

    async def _upsert(self, entries: Sequence[StoreEntry], options: Given) -> None:
        partition = self._partition(options)
        layout = await self._layout() or await self._made(len(entries[0].vector))
        for entry in entries:
            self._check(layout, entry.vector)
        documents = [entry.document for entry in entries]
        sparse = await self._sparse.of_documents(documents, has_field=layout.has_sparse)
        rows = [to_row(entry, vector) for entry, vector in zip(entries, sparse, strict=True)]
        if partition is not None and self._index.create_collection_if_missing:
            await self._make_partition(partition)
        for batch in in_batches(rows, layout.dimensions):
            await self._call('upsert', data=batch, partition_name=partition or '')

    async def _query(self, vector: list[float], query: Document, options: RetrieverOptions) -> Sequence[StoreMatch]:
        layout = await self._layout()
        if layout is None:
            return []
        mode = options.search or ('hybrid' if layout.has_sparse and self._index.sparse_encoder else 'dense')
        if mode != 'dense' and not layout.has_sparse:
            raise other_layout(self._index.collection_name, f'field {SPARSE!r}')
        condition = None if options.filter is None or options.filter.finds_everything else options.filter.condition
        expression = _both(options.expr, condition)
        more = {
            'limit': options.k,
            'output_fields': list(FOUND),
            'partition_names': await self._partitions(options.partitions or self._index.partition),
            'consistency_level': self._index.consistency_level,
        }
        sparse = None if mode == 'dense' else await self._sparse.of_query(query, options.sparse_vector)
        if mode == 'sparse':  # nothing is like a query without any word that is known
            answer = (
                await self._call('search', data=[sparse], anns_field=SPARSE, filter=expression, **more)
                if sparse
                else ()
            )
            return to_matches(_first(answer), 'ip')
        self._check(layout, vector)
        search = {'params': options.search_params} if options.search_params else {}
        if not sparse:
            answer = await self._call(
                'search', data=[vector], anns_field=VECTOR, filter=expression, search_params=search, **more
            )
            return to_matches(_first(answer), layout.distance)
        requests, ranker = _hybrid(vector, sparse, expression, search, options)
        return to_matches(_first(await self._call('hybrid_search', reqs=requests, ranker=ranker, **more)), None)

    async def _rows(self, expression: str, fields: list[str], options: Given) -> list[dict[str, Any]]:
        if await self._layout() is None:
            return []
        answer = await self._call(
            'query',
            filter=expression,
            output_fields=fields,
            partition_names=await self._partitions(self._partition(options)),
            consistency_level=self._index.consistency_level,
        )
        return items_of([dict(row) for row in answer], 'rows')

    async def _delete(self, expression: str, options: Given) -> None:
        if await self._layout() is not None:
            with _nothing_in_a_missing_partition():
                names = await self._partitions(self._partition(options))
                if names and self._connection.is_lite:  # which deletes ids wherever they are (milvus-lite 3.2.2)
                    expression = ids_in([str(row.get(ID)) for row in await self._rows(expression, [ID], options)])
                await self._call('delete', filter=expression, partition_name=names[0] if names else None)

    # The collection

    async def _again(self, step: Callable[[], Awaitable[T]]) -> T:
        """Take a step; once more, if the collection was deleted meanwhile, and may be made."""
        was_known = self._layouts.get().done
        try:
            return await step()
        except GenkitError as error:
            if not (is_missing_collection(error) and was_known and self._index.create_collection_if_missing):
                raise
        return await step()

    async def _call(self, method: str, **arguments: Any) -> Any:
        """Call a method for the collection; what is known of one that is gone is forgotten."""
        try:
            return await self._connection.call(method, collection_name=self._index.collection_name, **arguments)
        except GenkitError as error:
            if not is_missing_collection(error):
                raise
            self._layouts.forget()
            raise self._missing(error) from error

    def _missing(self, cause: GenkitError | None = None) -> GenkitError:
        return no_collection(self._connection.where, self._index.collection_name, self._index.name, cause)

    async def _layout(self) -> Layout | None:
        """Return what the collection is made of; None if it is missing and may be made.

        Raises:
            GenkitError: ``NOT_FOUND`` if it may not be made.
        """
        found = await self._layouts.get()()
        if found is not None:
            return found
        self._layouts.forget()  # another process may make it at any moment
        if self._index.create_collection_if_missing:
            return None
        raise self._missing()

    async def _find(self) -> Layout | None:
        async with self._connection.alone():
            return await self._described()

    async def _described(self) -> Layout | None:
        """Ask what the collection is made of, and have it loaded if it is not, as in a file that was opened again."""
        name = self._index.collection_name
        if not await self._connection.call('has_collection', name):
            return None
        described = await self._connection.call('describe_collection', name)
        indexes: Any = await self._connection.call('list_indexes', name, field_name=VECTOR)
        found = await self._connection.call('describe_index', name, indexes[0]) if indexes else None
        layout = read_layout(self._index, described, found)
        state = members_of(await self._connection.call('get_load_state', name), 'load state').get('state')
        if getattr(state, 'name', None) == 'NotLoad':
            await self._connection.call('load_collection', name)
        return layout

    async def _made(self, dimensions: int) -> Layout:
        """Make the collection, unless another was faster, and return what it is made of."""
        async with self._connection.alone():
            layout = await self._described()
            if layout is None:
                try:
                    await self._create(dimensions)
                except GenkitError:
                    layout = await self._described()
                    if layout is None:
                        raise
        self._layouts.forget()
        layout = layout or await self._layout()
        if layout is None:
            raise self._missing()
        return layout

    async def _create(self, dimensions: int) -> None:
        where = self._connection
        await where.call_in_thread(
            lambda client: make_collection(
                client, self._index, dimensions, timeout=where.timeout, is_lite=where.is_lite
            )
        )
        self._layouts.forget()

    async def _make_partition(self, partition: str) -> None:
        known = await self._call('list_partitions')
        if partition not in known:
            try:
                await self._call('create_partition', partition_name=partition)
            except GenkitError:  # another process may have made it
                if partition not in await self._call('list_partitions'):
                    raise

    async def _partitions(self, wanted: Sequence[str] | str | None) -> list[str] | None:
        """Return the partitions to look at; Milvus Lite finds nothing wrong with some that are not there."""
        if wanted is None:
            return None
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        known = await self._call('list_partitions')
        for name in names:
            if check_partition(name) not in known:
                raise no_partition(self._index.collection_name, name)
        return names

    def _partition(self, options: Given) -> str | None:
        given = parse_config(IndexerOptions, options or {}, f'The options for index {self._index.name!r} do not fit')
        partition = given.partition or self._index.partition
        return partition if partition is None else check_partition(partition)

    def _check(self, layout: Layout, vector: Sequence[float]) -> None:
        if len(vector) != layout.dimensions:
            raise other_dimensions(self._index.collection_name, layout.dimensions, len(vector))


def _hybrid(
    vector: list[float], sparse: SparseVector, expression: str, search: Mapping[str, Any], options: RetrieverOptions
) -> tuple[list[Any], Any]:
    """Return the two searches of a hybrid one, and what makes one order of two."""
    library = pymilvus()
    limit = min(MOST, _CANDIDATES * options.k)
    requests = [
        library.AnnSearchRequest([vector], VECTOR, dict(search), limit, expr=expression or None),
        library.AnnSearchRequest([sparse], SPARSE, {}, limit, expr=expression or None),
    ]
    return requests, library.RRFRanker(options.rrf_k) if options.weights is None else library.WeightedRanker(
        *options.weights
    )


def _both(expr: str | None, condition: Condition | None) -> str:
    """Return the expression of a caller and that of a condition as one, empty if there is neither."""
    own = (expr or '').strip()
    translated = '' if condition is None else _FILTER.translate(condition)
    return f'({own}) and {translated}' if own and translated else own or translated


def _first(answer: Any) -> list[Any]:
    """Return what the only query of a search found."""
    return list(answer[0]) if answer else []


@contextlib.contextmanager
def _nothing_in_a_missing_partition() -> Generator[None]:
    try:
        yield
    except GenkitError as error:
        if not is_missing_partition(error):
            raise
