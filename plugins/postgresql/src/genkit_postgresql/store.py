# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Connections to a database, and a table in it as a vector store."""

import contextlib
import importlib
import json
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from genkit import GenkitError
from genkit.plugin import LoopCache, Once, StoreEntry, StoreMatch, VectorStore
from genkit.types import Document

from genkit_postgresql import convert
from genkit_postgresql.config import PostgresIndex, RetrieverOptions
from genkit_postgresql.convert import Layout
from genkit_postgresql.errors import database_errors, no_column, no_extension, no_table, other_dimensions


Connect = Callable[[], Awaitable[Any]]

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


class Connection(Protocol):
    """What is used of asyncpg's connections, which have no types (https://magicstack.github.io/asyncpg/)."""

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109  (its name)
        """Run a statement."""
        ...

    async def executemany(self, command: str, args: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row of parameters, all of them or none."""
        ...

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        """Return the rows of a query."""
        ...

    async def fetchrow(self, query: str, *args: Any) -> Any:
        """Return the first row, or None."""
        ...

    async def fetchval(self, query: str, *args: Any) -> Any:
        """Return the first value of the first row, or None."""
        ...

    def transaction(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Begin a transaction, which ends with the block."""
        ...


class PostgresEngine:
    """A pool of connections for each event loop, opened with the first call.

    Args:
        url: ``postgresql://user:password@host:5432/database``; else ``DATABASE_URL``, else the variables of libpq
            (``PGHOST``, ``PGUSER``, …), which also fill in what the address leaves out.
        connect: Opens a connection instead, such as a cloud's connector.
        pool: A pool of asyncpg to use instead; it is not closed here, and belongs to one event loop.
        where: What errors call the server, unless its address says it.
        max_size: Connections at most, for each event loop.
        connect_timeout: Seconds for a connection to be there.
        command_timeout: Seconds for a statement; building indexes takes as long as it takes.
        closing: Awaited when the engine has been closed.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        connect: Connect | None = None,
        pool: Any = None,
        where: str | None = None,
        max_size: int = 10,
        connect_timeout: float = 10.0,
        command_timeout: float = 60.0,
        closing: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._url = None if connect or pool is not None else url or os.environ.get('DATABASE_URL')
        self._connect = connect
        self._pool = pool
        self._max_size = max_size
        self._connect_timeout = connect_timeout
        self._command_timeout = command_timeout
        self._closing = closing
        self._where, password = (where, None) if where else _address(self._url)
        self._secrets: Sequence[str | None] = (password, self._url, os.environ.get('PGPASSWORD'))
        self._pools: LoopCache[Once[Any]] = LoopCache(lambda: Once(self._open))

    def __repr__(self) -> str:
        """Return the server and the database; never a password."""
        return f'{type(self).__name__}({self.where!r})'

    @property
    def where(self) -> str:
        """The server and the database, without credentials."""
        return self._where or 'the given pool'

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """Lend a connection; what the driver raises meanwhile becomes an error of ours.

        Raises:
            GenkitError: ``UNAVAILABLE`` if the server cannot be reached, ``UNAUTHENTICATED``, and what the
                SQLSTATE of the server's answer says.
        """
        with database_errors(self.where, self._secrets):
            pool = self._pool if self._pool is not None else await self._pools.get()()
            async with pool.acquire() as connection:
                try:
                    yield connection
                except BaseException as error:
                    # Cut short between preparing a statement and executing it, the driver leaves the server in an
                    # implicit transaction, with its locks: such a connection is not lent again.
                    if isinstance(error, TimeoutError) or not isinstance(error, Exception):
                        connection.terminate()
                    raise

    async def test_connection(self) -> None:
        """Ask the server for nothing.

        Raises:
            GenkitError: As `connection`.
        """
        async with self.connection() as connection:
            await connection.execute('SELECT 1')

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        for opening in self._pools.forget():
            if opening.done:
                await (await opening()).close()
        if self._closing is not None:
            await self._closing()

    async def _open(self) -> Any:
        create_pool: Any = importlib.import_module('asyncpg').create_pool  # loaded with the first call
        given: dict[str, Any] = {} if self._url is None else {'dsn': self._url}
        if self._connect is not None:
            given['connect'] = self._connected
        else:
            given |= {'timeout': self._connect_timeout, 'command_timeout': self._command_timeout}
        # Statements leave nothing behind in a session, so that giving a connection back needs no round trip.
        return await create_pool(min_size=0, max_size=self._max_size, reset=_nothing, **given)

    async def _connected(self, *_: Any, **__: Any) -> Any:
        assert self._connect is not None
        return await self._connect()


class ConnectorEngine(PostgresEngine):
    """Connections that a cloud's connector opens; there is one connector for each event loop.

    Args:
        make: Makes a connector in the running event loop.
        connect: Opens a connection with it.
        close: Closes it; None leaves it open.
        where: What errors call the database.
        secrets: Passwords that no error may repeat.
        max_size: Connections at most, for each event loop.
    """

    def __init__(
        self,
        make: Callable[[], Any],
        connect: Callable[[Any], Awaitable[Any]],
        close: Callable[[Any], Awaitable[None]] | None,
        *,
        where: str,
        secrets: Sequence[str | None] = (),
        max_size: int = 10,
    ) -> None:
        super().__init__(
            connect=self._through_connector, where=where, max_size=max_size, closing=self._close_connectors
        )
        self._secrets = secrets
        self._connectors: LoopCache[Any] = LoopCache(make)
        self._connect_through = connect
        self._close_connector = close

    @classmethod
    def sign_in(
        cls, source: str, user: str | None, password: str | None, iam_account_email: str | None
    ) -> dict[str, Any]:
        """Return the arguments that tell a connector of Google who signs in: a user with a password, or IAM's account.

        The users of service accounts lack the end of their address
        (https://cloud.google.com/sql/docs/postgres/add-manage-iam-users,
        https://cloud.google.com/alloydb/docs/database-users/manage-iam-auth).

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` of that source if it is not clear who signs in.
        """
        if user is not None and password is not None and iam_account_email is None:
            return {'user': user, 'password': password, 'enable_iam_auth': False}
        if user is None and password is None and iam_account_email is not None:
            return {'user': iam_account_email.removesuffix('.gserviceaccount.com'), 'enable_iam_auth': True}
        raise GenkitError(
            f'{cls.__name__} got user={user!r}, {"a" if password else "no"} password and '
            f'iam_account_email={iam_account_email!r}. Give user and password, or iam_account_email alone.',
            status='INVALID_ARGUMENT',
            source=source,
        )

    async def _through_connector(self) -> Any:
        return await self._connect_through(self._connectors.get())

    async def _close_connectors(self) -> None:
        for connector in self._connectors.forget():
            if self._close_connector is not None:
                await self._close_connector(connector)


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
            sql, values = convert.to_query(self.index, layout, vector, options.k, distance, options.filter)
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
        wants_more = bool(options.filter)
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


def _address(url: str | None) -> tuple[str, str | None]:
    """Return the server and the database of an address, and the password."""
    try:
        parts = urlsplit(url or '')
        more = parse_qs(parts.query)
        host = unquote(parts.hostname or '') or next(iter(more.get('host', [])), '')
        port = parts.port or next(iter(more.get('port', [])), '') or os.environ.get('PGPORT', '5432')
        password = parts.password or next(iter(more.get('password', [])), None)
    except ValueError:
        return 'an address that cannot be read', None
    host = host or os.environ.get('PGHOST') or 'localhost'
    name = unquote(parts.path.lstrip('/')) or os.environ.get('PGDATABASE', '')
    return f'{host}:{port}{f"/{name}" if name else ""}', unquote(password) if password else None


async def _nothing(_: Any) -> None:
    """Leave a connection as it is."""
