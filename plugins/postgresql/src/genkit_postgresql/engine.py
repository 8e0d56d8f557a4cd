# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Connections to a database: pools, opened by an address or through the connector of a cloud."""

import contextlib
import importlib
import os
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any, ClassVar, Literal, Protocol, TypedDict, Unpack
from urllib.parse import parse_qs, unquote, urlsplit

from genkit import GenkitError
from genkit.plugin import LoopCache, Once

from genkit_postgresql.errors import database_errors


Connect = Callable[[], Awaitable[Any]]
IpType = Literal['PUBLIC', 'PRIVATE', 'PSC']


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


class GoogleEngineOptions(TypedDict, total=False):
    """Who signs in to a database of Google Cloud, and how it is connected to.

    Attributes:
        user: With ``password``; without both, the sign-in is IAM's.
        password: Of the user.
        iam_account_email: Who signs in with IAM.
        ip_type: The type of the instance's IP address. Default: that of the engine.
        max_size: The maximum number of connections per event loop. Default: 10.
        connector: One of your own, which is not closed here and belongs to one event loop.
    """

    user: str | None
    password: str | None
    iam_account_email: str | None
    ip_type: IpType
    max_size: int
    connector: Any


class GoogleEngine(ConnectorEngine, ABC):
    """A database of Google Cloud, whose connector encrypts connections and finds the instance by its name.

    A subclass says how the connector of its product is made, used and closed.

    Args:
        instance: The full name of the instance, as its connector takes it.
        database: In it.
        where: What errors call the database.
        **options: See `GoogleEngineOptions`.

    Attributes:
        source: The plugin's name, for errors.
        default_ip_type: Of instances that are usual for the product.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it is not clear who signs in.
    """

    source: ClassVar[str]
    default_ip_type: ClassVar[IpType]

    def __init__(self, instance: str, database: str, where: str, **options: Unpack[GoogleEngineOptions]) -> None:
        unknown = sorted(set(options) - GoogleEngineOptions.__optional_keys__)
        if unknown:
            name = type(self).__name__
            raise TypeError(f'{name} takes no {unknown!r}; it takes ip_type, max_size and connector besides.')
        user, password, email = (options.get(name) for name in ('user', 'password', 'iam_account_email'))
        self._instance = instance
        self._given = options.get('connector')
        self._arguments: dict[str, Any] = {
            'ip_type': options.get('ip_type', self.default_ip_type),
            **self.sign_in(self.source, user, password, email),
            'db': database,
        }
        super().__init__(
            self._connector,
            self._open_through,
            None if self._given is not None else self.close_connector,
            where=where,
            secrets=(password,),
            max_size=options.get('max_size', 10),
        )

    @abstractmethod
    def make_connector(self) -> Any:
        """Return a new connector for the running event loop."""

    @abstractmethod
    async def connect_with(self, connector: Any, instance: str, driver: str, **arguments: Any) -> Any:
        """Return a new connection of the driver, opened with a connector."""

    @abstractmethod
    async def close_connector(self, connector: Any) -> None:
        """Close a connector that `make_connector` returned."""

    def _connector(self) -> Any:
        return self.make_connector() if self._given is None else self._given

    async def _open_through(self, connector: Any) -> Any:
        return await self.connect_with(connector, self._instance, 'asyncpg', **self._arguments)


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
