# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A server of Milvus, or Milvus Lite in this process, with a client for each event loop."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

from genkit import GenkitError
from genkit.plugin import LoopCache, Once, provider_errors

from genkit_milvus.config import PLUGIN_NAME
from genkit_milvus.errors import milvus_error, too_late


_FILE: Final = '.db'  # by which pymilvus tells a file of Milvus Lite from an address
_SCHEMES: Final = ('http', 'https', 'tcp', 'unix')
_POLL_SECONDS: Final = 0.005
_FILES: Final[dict[str, threading.Lock]] = {}
T = TypeVar('T')


class Connection:
    """Where collections are.

    Args:
        uri: The address of a server, or a file of Milvus Lite, whose name ends with ``.db``.
        token: ``user:password`` or an API key.
        db_name: The database.
        timeout: Seconds that a call may take.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for something that is neither an address nor such a file.

    Attributes:
        where: The server or the file, without credentials.
        is_lite: Whether it is a file.
        timeout: Seconds that a call may take.
    """

    def __init__(self, uri: str, token: str | None, db_name: str | None, timeout: float) -> None:
        self.is_lite = uri.endswith(_FILE) and '://' not in uri
        if self.is_lite:
            self._uri = self.where = str(Path(uri).expanduser().absolute())
        else:
            self._uri, own_token, own_db_name = _parts_of(uri)
            self.where, token, db_name = self._uri, token or own_token, db_name or own_db_name
        self._token = token or ''
        self._db_name = db_name or ''
        self.timeout = timeout
        self._clients: LoopCache[Once[Any]] = LoopCache(lambda: Once(self._connect))

    def __repr__(self) -> str:
        """Return the server; never a token."""
        return f'{type(self).__name__}({self.where!r})'

    async def call(self, method: str, *arguments: Any, **more: Any) -> Any:
        """Call a method of the running loop's client.

        Raises:
            GenkitError: ``UNAVAILABLE`` if the server cannot be reached, is loading, or does not answer in time, else
                what its answer says.
        """

        async def ask() -> Any:
            client = await self._clients.get()()
            return await getattr(client, method)(*arguments, timeout=self.timeout, **more)

        return await self._in_time(ask)

    async def call_in_thread(self, use: Callable[[Any], T]) -> T:
        """Call a function with a client that blocks, in a worker thread.

        Milvus Lite makes collections for that client alone: the asynchronous one asks for a timestamp when it waits for
        the index, which Milvus Lite does not know (pymilvus 3.0.2, milvus-lite 3.2.2).

        Raises:
            GenkitError: As `call`.
        """
        return await self._in_time(lambda: asyncio.to_thread(self._use, use))

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncGenerator[None]:
        """Hold off others of this process that open, make or delete collections of the same file.

        Milvus Lite opens a collection twice, and loses what is written to one of them, if it is asked for it twice at
        first (milvus-lite 3.2.2, ``db.py``). A server needs no such thing.
        """
        if not self.is_lite:
            yield
            return
        lock = _FILES.setdefault(self._uri, threading.Lock())
        while not lock.acquire(blocking=False):  # noqa: ASYNC110  (it is held in other event loops as well)
            await asyncio.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            lock.release()

    async def aclose(self) -> None:
        """Close the running loop's client; Milvus Lite goes on until the program ends."""
        for connecting in self._clients.forget():
            if connecting.done:
                client = await connecting()
                await client.close()

    async def _in_time(self, ask: Callable[[], Awaitable[T]]) -> T:
        secrets = (self._token, *self._token.split(':')[1:])
        with provider_errors(PLUGIN_NAME, secrets, partial(self._error, secrets)):
            async with asyncio.timeout(self.timeout):
                return await ask()

    def _error(self, secrets: Sequence[str], error: Exception) -> GenkitError:
        if isinstance(error, TimeoutError):
            return too_late(self.where, self.timeout, error)
        return milvus_error(self.where, error, secrets, is_lite=self.is_lite)

    async def _connect(self) -> Any:
        client = await asyncio.to_thread(self._make)
        await client._connect()  # noqa: SLF001  (which every method does, one by one)
        return client

    def _make(self) -> Any:
        """Make a client, for which Milvus Lite is started where it is not running yet."""
        settings = self._settings()
        return pymilvus().AsyncMilvusClient(**settings)

    def _use(self, use: Callable[[Any], T]) -> T:
        settings = self._settings()
        client = pymilvus().MilvusClient(**settings)
        try:
            return use(client)
        finally:
            client.close()

    def _settings(self) -> dict[str, Any]:
        if self.is_lite:
            if find_spec('milvus_lite') is None:
                raise GenkitError(
                    f'{self.where!r} is a file of Milvus Lite, which is not installed. Install '
                    "'genkit-plugin-milvus[lite]', or give the address of a server: uri= or MILVUS_URI.",
                    status='FAILED_PRECONDITION',
                    source=PLUGIN_NAME,
                )
            Path(self._uri).parent.mkdir(parents=True, exist_ok=True)
        # pymilvus finds connections that it shares by the number of their event loop, which a later one may have.
        return {
            'uri': self._uri,
            'token': self._token,
            'db_name': self._db_name,
            'timeout': self.timeout,
            'dedicated': True,
        }


def pymilvus() -> Any:
    """Return the library, which takes seconds to load and has no types."""
    return import_module('pymilvus')


def _parts_of(uri: str) -> tuple[str, str | None, str | None]:
    """Return an address alone, what lets one in, and the name of the database.

    pymilvus would write the whole into its log, and takes one that ends with the name of a file for a file.
    """
    try:
        parts = urlsplit(uri)
        known = parts.scheme in _SCHEMES and (parts.scheme == 'unix' or bool(parts.hostname)) and (parts.port or 1) > 0
    except ValueError:
        parts, known = urlsplit(''), False
    if not known:
        shown = uri.rpartition('@')[2]
        raise GenkitError(
            f'{shown!r} is no place where Milvus can be; expected an address such as http://localhost:19530, or a file '
            f'of Milvus Lite whose name ends with {_FILE}, such as notes.db. Give it as uri= or in MILVUS_URI.',
            status='INVALID_ARGUMENT',
            source=PLUGIN_NAME,
        )
    if parts.scheme == 'unix':
        return uri, None, None
    token = None
    if parts.username is not None:
        token = unquote(parts.username) + (f':{unquote(parts.password)}' if parts.password else '')
    return f'{parts.scheme}://{parts.netloc.rpartition("@")[2]}', token, parts.path.strip('/').split('/')[0] or None
