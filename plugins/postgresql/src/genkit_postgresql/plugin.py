# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of PostgreSQL as a plugin: their retrievers and indexers, how they are made, and their vector indexes."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from genkit import GenkitError, StatusName
from genkit.plugin import StoreIndex, StorePlugin, VectorStore, collections_by_name, did_you_mean
from genkit.types import IndexerRef, RetrieverRef

from genkit_postgresql import convert
from genkit_postgresql.config import (
    ExactNearestNeighbor,
    HNSWIndex,
    IdType,
    PostgresIndex,
    RetrieverOptions,
    VectorIndex,
    VectorType,
)
from genkit_postgresql.engine import PostgresEngine
from genkit_postgresql.errors import SOURCE, no_extension, refused
from genkit_postgresql.layout import quoted
from genkit_postgresql.store import PostgresStore


PLUGIN_NAME: Final = 'postgres'
_INDEXABLE: Final = {'vector': 2000, 'halfvec': 4000}  # dimensions (https://github.com/pgvector/pgvector#hnsw)
_LOCK: Final = 0x67656E6B  # "genk": those who make tables wait for each other, as CREATE EXTENSION does not
_AS_LONG_AS_IT_TAKES: Final = 86_400.0
_HALF: Final = (0, 7)  # the first pgvector with halfvec


class PostgreSQL(StorePlugin):
    """Tables with vectors: ``postgres/<table>`` is a retriever and an indexer.

    Args:
        indexes: The tables.
        engine: The database. Default: that of ``DATABASE_URL`` or of libpq's variables.
        url: The address of the database, instead of an engine.
        name: The first half of the names, for several databases in one application.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two tables of one name, and for names that PostgreSQL does not take.
    """

    name = PLUGIN_NAME
    retriever_options = RetrieverOptions
    vector_index: ClassVar[VectorIndex] = HNSWIndex()

    def __init__(
        self,
        *indexes: PostgresIndex,
        engine: PostgresEngine | None = None,
        url: str | None = None,
        name: str | None = None,
    ) -> None:
        self.name = name or self.name
        self.engine = engine or PostgresEngine(url)
        stores = ((index, PostgresStore(index, self.engine)) for index in indexes)
        self._stores = collections_by_name(SOURCE, 'tables', stores)
        for index in indexes:
            if index.metadata_columns and index.ignore_metadata_columns:
                raise refused(
                    f'Table {index.name!r} has metadata_columns and ignore_metadata_columns; give one of them.'
                )

    def collections(self) -> Mapping[str, tuple[StoreIndex, VectorStore[Any, Any]]]:
        """Return the tables by name."""
        return self._stores

    async def test_connection(self) -> None:
        """Ask the server for nothing.

        Raises:
            GenkitError: ``UNAVAILABLE``, ``UNAUTHENTICATED``, … if it does not answer.
        """
        await self.engine.test_connection()

    async def init_vectorstore_table(
        self,
        table: str,
        vector_size: int,
        *,
        overwrite_existing: bool = False,
        vector_type: VectorType | None = None,
        id_type: IdType = 'text',
    ) -> None:
        """Make a table, and install pgvector if it is not; a table of that size that is there already is left alone.

        Args:
            table: As named in its `PostgresIndex`, which says the columns.
            vector_size: The embedder's dimensions.
            overwrite_existing: Whether a table that is there is dropped first, with everything in it.
            vector_type: ``'halfvec'`` keeps numbers in 16 bits: half the space, and up to 4000 dimensions in an
                index. Default: ``'halfvec'`` for 2001 to 4000 dimensions, else ``'vector'``.
            id_type: ``'uuid'`` for tables that other programs write to.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if there is another table of that name, or no pgvector.
        """
        store = self._store(table)
        kind = vector_type or ('halfvec' if _INDEXABLE['vector'] < vector_size <= _INDEXABLE['halfvec'] else 'vector')
        if vector_size < 1:
            raise refused(f'vector_size is {vector_size!r}; expected the dimensions of the embedder, 1 or more.')
        name = convert.table_of(store.index)
        store.forget_layout()
        async with self.engine.connection() as connection, connection.transaction():
            await connection.execute('SELECT pg_advisory_xact_lock($1)', _LOCK)
            schema = await self._extension(connection, kind)
            if overwrite_existing:
                await connection.execute(f'DROP TABLE IF EXISTS {name}')
            elif await connection.fetchval('SELECT to_regclass($1) IS NOT NULL', name):
                layout = await store.layout(connection)
                if layout.dimensions == vector_size:
                    return
                raise refused(
                    f'Table {name} exists and holds vectors of {layout.dimensions} dimensions, not {vector_size}. Name '
                    'another table, or pass overwrite_existing=True to lose what it holds.',
                    StatusName.FAILED_PRECONDITION,
                )
            await connection.execute(convert.create_table(store.index, vector_size, kind, schema, id_type))

    async def apply_vector_index(
        self, table: str, index: VectorIndex | None = None, *, name: str | None = None, concurrently: bool = False
    ) -> None:
        """Make an index over the vectors of a table, in place of one of the same name.

        Args:
            table: The table.
            index: The index; `ExactNearestNeighbor` drops it. Default: HNSW.
            name: Of the index.
            concurrently: Lets others write meanwhile, and takes longer.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` for vectors that are too long for an index.
        """
        store, chosen = self._store(table), index or self.vector_index
        label = name or convert.vector_index_name(store.index)
        await self.drop_vector_index(table, name=label)
        if isinstance(chosen, ExactNearestNeighbor):
            return
        async with store.connection() as connection:
            layout = await store.layout(connection)
            kind = layout.types[store.index.embedding_column].rpartition('.')[2].strip('"')
            most = _INDEXABLE[kind]
            if chosen.is_of_pgvector and (layout.dimensions or 0) > most:
                raise refused(
                    f'Vectors of {layout.dimensions} dimensions cannot be indexed as {kind!r}, of which an index takes '
                    f'{most}. Search without index, make the table with vector_type="halfvec" (up to 4000), or ask '
                    'the embedder for fewer dimensions.',
                    StatusName.FAILED_PRECONDITION,
                )
            sql = convert.create_index(store.index, layout, chosen, label, concurrently=concurrently)
            await connection.execute(sql, timeout=_AS_LONG_AS_IT_TAKES)
        store.forget_layout()

    async def reindex(self, table: str, *, name: str | None = None) -> None:
        """Rebuild an index, as IVFFlat needs after many changes.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is none.
        """
        label = self._index_label(table, name)
        async with self.engine.connection() as connection:
            await connection.execute(f'REINDEX INDEX {label}', timeout=_AS_LONG_AS_IT_TAKES)

    async def drop_vector_index(self, table: str, *, name: str | None = None) -> None:
        """Drop an index, if there is one."""
        label = self._index_label(table, name)
        async with self.engine.connection() as connection:
            await connection.execute(f'DROP INDEX IF EXISTS {label}')
        self._store(table).forget_layout()

    async def is_valid_index(self, table: str, *, name: str | None = None) -> bool:
        """Return whether there is an index and it is used; one that was being built concurrently and failed is not."""
        sql = 'SELECT coalesce((SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)), false)'
        async with self.engine.connection() as connection:
            return bool(await connection.fetchval(sql, self._index_label(table, name)))

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self.engine.aclose()

    async def _extension(self, connection: Any, kind: VectorType) -> str:
        """Install pgvector unless it is there, and return its schema."""
        sql = (
            'SELECT n.nspname, e.extversion FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace '
            "WHERE e.extname = 'vector'"
        )
        found = await connection.fetchrow(sql)
        if found is None:
            if not await connection.fetchval("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"):
                raise no_extension(self.engine.where)
            await connection.execute('CREATE EXTENSION vector')
            found = await connection.fetchrow(sql)
        version = tuple(int(part) for part in found[1].split('.') if part.isdigit())
        if kind == 'halfvec' and version < _HALF:
            raise no_extension(self.engine.where, f'has pgvector {found[1]}, and halfvec came with 0.7')
        return found[0]

    def _index_label(self, table: str, name: str | None) -> str:
        index = self._store(table).index
        return f'{quoted(index.schema_name)}.{quoted(name or convert.vector_index_name(index))}'

    def _store(self, table: str) -> PostgresStore:
        found = self._stores.get(table)
        if found is None:
            known = ', '.join(map(repr, self._stores)) or 'none'
            raise GenkitError(
                f'There is no table {table!r} in this plugin.{did_you_mean(table, self._stores)} There are: {known}.',
                status='NOT_FOUND',
                source=self.name,
            )
        return found[1]


def postgres_retriever_ref(table: str, *, name: str = PLUGIN_NAME) -> RetrieverRef[Any]:
    """Return a reference to the retriever of a table."""
    return RetrieverRef(name=f'{name}/{table}')


def postgres_indexer_ref(table: str, *, name: str = PLUGIN_NAME) -> IndexerRef[Any]:
    """Return a reference to the indexer of a table."""
    return IndexerRef(name=f'{name}/{table}')
