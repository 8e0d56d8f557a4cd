# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A table of a database as a vector store."""

import contextlib
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final

from genkit.plugin import Condition, StoreEntry, StoreMatch, VectorStore
from genkit.types import Document

from genkit_postgresql import convert
from genkit_postgresql.config import PostgresIndex, RetrieverOptions
from genkit_postgresql.engine import Connection, PostgresEngine
from genkit_postgresql.errors import no_column, no_extension, no_table, other_dimensions
from genkit_postgresql.layout import Layout


_DEFAULT_EF_SEARCH: Final = 40
_MOST_EF_SEARCH: Final = 1000
_ITERATIVE: Final = (0, 8)  # the first pgvector that goes on searching until enough is found
# What an error says when the table is no longer as it was: its layout is read again by the next call.
_CHANGED: Final = frozenset({'22000', '42703', '42704', '42804', '42883', '42P01'})
_GONE: Final = '42P01'
_HEADER: Final = 4  # pgvector's type modifier is the number of dimensions; of other types it is that much more

_CATALOG: Final = """
SELECT
  (SELECT json_build_array(n.nspname, e.extversion)::text
   FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'),
  (SELECT json_agg(json_build_array(a.attname, format_type(a.atttypid, -1), a.atttypmod) ORDER BY a.attnum)::text
   FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  (SELECT json_agg(DISTINCT m.amname)::text
   FROM pg_index i JOIN pg_class k ON k.oid = i.indexrelid JOIN pg_am m ON m.oid = k.relam
   JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
   WHERE i.indrelid = c.oid AND i.indisvalid AND a.attname = $3::text)
FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE s.nspname = $1::text AND c.relname = $2::text AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""


class PostgresStore(VectorStore[RetrieverOptions, None]):
    """A table.

    Args:
        index: The table.
        engine: Where it is.
    """

    def __init__(self, index: PostgresIndex, engine: PostgresEngine) -> None:
        self.index = index
        self.engine = engine
        self.batch_size = index.batch_size
        self._table = convert.table_of(index)
        self._layout: Layout | None = None

    async def upsert(self, entries: Sequence[StoreEntry], options: None) -> None:  # noqa: ARG002  (of the interface)
        """Store entries in one transaction."""
        async with self.connection() as connection:
            layout = await self.layout(connection)
            rows: list[tuple[Any, ...]] = []
            for entry in sorted(entries, key=lambda entry: entry.id):  # in one order, so that writers do not deadlock
                self._check(layout, entry.vector)
                text, own, rest = convert.to_row(self.index, layout, entry.document)
                row = self._key(layout, entry.id), text, entry.vector, own
                rows.append(row if self.index.metadata_json_column is None else (*row, rest))
            await connection.executemany(convert.upsert(self.index, layout), rows)

    async def query(
        self,
        vector: list[float],
        query: Document,  # noqa: ARG002  (of the interface)
        options: RetrieverOptions,
    ) -> Sequence[StoreMatch]:
        """Return the nearest rows."""
        distance = options.distance_strategy or self.index.distance_strategy
        async with self.connection() as connection:
            layout = await self.layout(connection)
            self._check(layout, vector)
            sql, values = convert.to_query(self.index, layout, vector, distance, options)
            settings = self._settings(layout, options)
            rows = await _fetched(connection, sql, values, settings)
        id_type = layout.types[self.index.id_column]
        matches = [
            StoreMatch(
                id=convert.from_key(row[0], id_type),
                document=convert.to_document(layout, row[1], row[2], row[4:]),
                score=convert.to_score(row[3], distance),
            )
            for row in rows
        ]
        return sorted(matches, key=lambda match: -match.score)

    async def delete(self, ids: Sequence[str], options: None = None) -> None:  # noqa: ARG002  (of the interface)
        """Delete rows."""
        async with self.connection() as connection:
            layout = await self.layout(connection)
            keys = sorted({self._key(layout, name) for name in ids})
            await connection.execute(convert.delete(self.index, layout), keys)

    async def count(self, condition: Condition | None, options: None) -> int:  # noqa: ARG002  (of the interface)
        """Return the number of rows."""
        async with self.connection() as connection:
            sql, values = convert.to_count(self.index, await self.layout(connection), condition)
            row = await connection.fetchrow(sql, *values)
        return int(row[0]) if row else 0

    async def delete_meeting(self, condition: Condition, options: None) -> None:  # noqa: ARG002  (of the interface)
        """Delete the rows that meet a condition."""
        async with self.connection() as connection:
            sql, values = convert.to_deletion(self.index, await self.layout(connection), condition)
            await connection.execute(sql, *values)

    async def existing(self, ids: Sequence[str], options: None) -> set[str]:  # noqa: ARG002  (of the interface)
        """Return which ids are stored."""
        async with self.connection() as connection:
            layout = await self.layout(connection)
            keys = {self._key(layout, name): name for name in ids}
            rows = await connection.fetch(convert.existing(self.index, layout), list(keys))
        return {keys[row[0]] for row in rows}

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """Lend a connection, and forget the layout of the table when an error says that it has changed."""
        async with self.engine.connection() as connection:
            try:
                yield connection
            except Exception as error:
                code = getattr(error, 'sqlstate', None)
                if code in _CHANGED:
                    self._layout = None
                if code == _GONE:
                    raise no_table(self._table, self.index.name) from error
                raise

    async def layout(self, connection: Connection) -> Layout:
        """Return what the catalog says of the table; asked once.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is no table, ``FAILED_PRECONDITION`` if it lacks a column.
        """
        if self._layout is None:
            self._layout = await self._read_layout(connection)
        return self._layout

    def forget_layout(self) -> None:
        """Read the catalog again with the next call."""
        self._layout = None

    async def _read_layout(self, connection: Connection) -> Layout:
        index = self.index
        row = await connection.fetchrow(_CATALOG, index.schema_name, index.name, index.embedding_column)
        if row is None:
            raise no_table(self._table, index.name)
        if row[0] is None:
            raise no_extension(self.engine.where)
        schema, version = json.loads(row[0])
        columns: list[tuple[str, str, int]] = json.loads(row[1] or '[]')
        types = {name: kind for name, kind, _ in columns}
        kind = types.get(index.embedding_column, '')
        modifier = next((modifier for name, _, modifier in columns if name == index.embedding_column), -1)
        own = self._metadata_columns(list(types))
        for name in (index.id_column, index.content_column, index.embedding_column, index.metadata_json_column, *own):
            if name is not None and name not in types:
                raise no_column(self._table, name, list(types))
        if kind.rpartition('.')[2].strip('"') not in ('vector', 'halfvec'):
            raise no_column(self._table, f'{index.embedding_column} of type vector or halfvec', list(types.values()))
        return Layout(
            extension=schema,
            version=tuple(int(part) for part in version.split('.') if part.isdigit()),
            types=types,
            dimensions=modifier if modifier > 0 else None,
            metadata_columns=own,
            methods=frozenset(json.loads(row[2] or '[]')),
        )

    def _metadata_columns(self, columns: Sequence[str]) -> tuple[str, ...]:
        index = self.index
        if not index.ignore_metadata_columns:
            return tuple(column if isinstance(column, str) else column.name for column in index.metadata_columns)
        taken = {index.id_column, index.content_column, index.embedding_column, index.metadata_json_column}
        return tuple(name for name in columns if name not in taken and name not in index.ignore_metadata_columns)

    def _settings(self, layout: Layout, options: RetrieverOptions) -> Mapping[str, int | str]:
        chosen = self.index.index_query_options
        settings: dict[str, int | str] = dict(chosen.settings()) if chosen else {}
        wants_more = bool(options.filter or options.where)
        if 'hnsw' in layout.methods:  # which looks at no more candidates than configured
            candidates = max(int(settings.get('hnsw.ef_search', _DEFAULT_EF_SEARCH)), options.k)
            if 'hnsw.ef_search' in settings or candidates > _DEFAULT_EF_SEARCH:
                settings['hnsw.ef_search'] = min(candidates, _MOST_EF_SEARCH)
                wants_more = True
        if wants_more and layout.version >= _ITERATIVE:
            if 'hnsw' in layout.methods:
                settings['hnsw.iterative_scan'] = 'strict_order'
            if 'ivfflat' in layout.methods:
                settings['ivfflat.iterative_scan'] = 'relaxed_order'
        return settings

    def _check(self, layout: Layout, vector: Sequence[float]) -> None:
        if layout.dimensions is not None and len(vector) != layout.dimensions:
            raise other_dimensions(self._table, layout.dimensions, len(vector))

    def _key(self, layout: Layout, name: str) -> str:
        return convert.to_key(name, layout.types[self.index.id_column])


async def _fetched(
    connection: Connection, sql: str, values: Sequence[Any], settings: Mapping[str, int | str]
) -> Sequence[Any]:
    """Run a query under settings, which hold for a transaction and for nothing else."""
    if not settings:
        return await connection.fetch(sql, *values)
    async with connection.transaction():
        for name, value in settings.items():
            await connection.execute('SELECT set_config($1, $2, true)', name, str(value))
        return await connection.fetch(sql, *values)
