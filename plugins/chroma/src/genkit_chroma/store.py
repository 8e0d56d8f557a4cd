# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A server of Chroma over HTTP, or a client that the application brought, and a collection as a vector store.

Chroma's own client for asyncio shares one connection pool, and with it the first client's key, among all clients of an
event loop, does not verify certificates unless told to, and cannot be closed (chromadb-client 1.5.9,
``api/async_fastapi.py``); seven calls of its REST API (``/docs`` of any server) are what is needed here.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import unquote, urlsplit

from genkit import GenkitError
from genkit.plugin import (
    Condition,
    LoopCache,
    LoopClient,
    Once,
    StoreEntry,
    StoreMatch,
    VectorStore,
    client_header,
    url_path,
)
from genkit.types import Document

from genkit_chroma.config import ChromaIndex, RetrieverOptions
from genkit_chroma.convert import to_matches, to_records
from genkit_chroma.errors import SOURCE, chroma_errors
from genkit_chroma.filters import to_where


if TYPE_CHECKING:
    import httpx

_INCLUDE: Final = ('documents', 'metadatas', 'distances')
_PAGE: Final = 300  # what Chroma Cloud gives at once, unless more was agreed upon

Given = Any | Callable[[], Awaitable[Any]]


class Collection(Protocol):
    """What a store does with a collection.

    Attributes:
        space: How it compares vectors.
    """

    space: str

    async def call(self, method: str, **arguments: Any) -> Any:
        """Call ``upsert``, ``query``, ``get``, ``count`` or ``delete``."""
        ...


class Server(Protocol):
    """Where collections are.

    Attributes:
        where: The server, without credentials.
    """

    where: str

    async def collection(self, index: ChromaIndex) -> Collection:
        """Return a collection, made if it is missing and may be made."""
        ...

    async def create(self, name: str, space: str, metadata: Mapping[str, Any] | None) -> None:
        """Make a collection that is not there."""
        ...

    async def drop(self, name: str) -> None:
        """Delete a collection with everything in it."""
        ...

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        ...


class HttpServer:
    """A server that is spoken to over HTTP.

    Args:
        url: Its address.
        key: Sent as ``x-chroma-token``.
        tenant: The tenant. Default: that of the key, or the server's default.
        database: The same of the database.
        headers: Sent with every request.
        timeout: Seconds without an answer.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        tenant: str | None = None,
        database: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60.0,
    ) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ''
        self.where = f'{parts.scheme}://{host}{f":{parts.port}" if parts.port else ""}'
        # Apart from the address, which the HTTP library writes into its log.
        self._auth = (unquote(parts.username or ''), unquote(parts.password or '')) if '@' in parts.netloc else None
        self._url = parts._replace(netloc=parts.netloc.rpartition('@')[2]).geturl().rstrip('/')
        self._secrets = (key, parts.password, *(headers or {}).values())
        token = {'x-chroma-token': key} if key else {}
        self._headers = {'x-genkit-client': client_header(), **token, **(headers or {})}
        self._has_key = bool(key)
        self._given = tenant, database
        self._timeout = timeout
        self._clients: LoopClient[httpx.AsyncClient] = LoopClient(self._connect)
        self._database = Once(self._find_database)

    def __repr__(self) -> str:
        """Return the server; never a key."""
        return f'{type(self).__name__}({self.where!r})'

    async def collection(self, index: ChromaIndex) -> Collection:
        """Return a collection, made if it is missing and may be made."""
        path = await self._collections()
        if not index.create_collection_if_missing:
            return _HttpCollection(self, path, await self.ask('GET', f'{path}/{url_path(index.name)}'))
        body = _creation(index.name, index.distance, index.collection_metadata) | {'get_or_create': True}
        return _HttpCollection(self, path, await self.ask('POST', path, body))

    async def create(self, name: str, space: str, metadata: Mapping[str, Any] | None) -> None:
        """Make a collection that is not there."""
        await self.ask('POST', await self._collections(), _creation(name, space, metadata))

    async def drop(self, name: str) -> None:
        """Delete a collection with everything in it."""
        await self.ask('DELETE', f'{await self._collections()}/{url_path(name)}')

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._clients.aclose()

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request and return the JSON of its answer.

        Raises:
            GenkitError: ``UNAVAILABLE`` if the server cannot be reached, else what its answer says.
        """
        with chroma_errors(self.where, self._secrets):
            answer = await self._clients.get().request(method, path, json=body)
            answer.raise_for_status()
            return answer.json()

    async def _collections(self) -> str:
        tenant, database = await self._database()
        return f'/api/v2/tenants/{url_path(tenant)}/databases/{url_path(database)}/collections'

    async def _find_database(self) -> tuple[str, str]:
        tenant, database = self._given
        if self._has_key and (
            tenant is None or database is None
        ):  # a key of Chroma Cloud belongs to a tenant, and often to one database
            identity = await self.ask('GET', '/api/v2/auth/identity')
            known = [name for name in identity.get('databases') or () if name != '*']
            tenant = tenant or identity.get('tenant')
            database = database or (known[0] if len(known) == 1 else None)
        return tenant or 'default_tenant', database or 'default_database'

    def _connect(self) -> 'httpx.AsyncClient':
        import httpx  # noqa: PLC0415  (loaded with the first call)

        return httpx.AsyncClient(base_url=self._url, headers=self._headers, auth=self._auth, timeout=self._timeout)


class _HttpCollection:
    def __init__(self, server: HttpServer, collections: str, known: Mapping[str, Any]) -> None:
        self._server = server
        self._path = f'{collections}/{known["id"]}'
        self.space = _space(known.get('configuration_json'))

    async def call(self, method: str, **arguments: Any) -> Any:
        """Ask for the number of records, or post to the method of that name."""
        if method == 'count':
            return await self._server.ask('GET', f'{self._path}/count')
        return await self._server.ask('POST', f'{self._path}/{method}', arguments)


class GivenClient:
    """A client of ``chromadb`` that the application brought: of any kind, one in the process included.

    Args:
        client: The client, or an asynchronous function that makes one.
    """

    where = 'the given client'

    def __init__(self, client: Given) -> None:
        self._client = client
        self._made: LoopCache[Once[Any]] = LoopCache(lambda: Once(self._make))

    async def collection(self, index: ChromaIndex) -> Collection:
        """Return a collection, made if it is missing and may be made."""
        with chroma_errors(self.where):
            client = await self._made.get()()
            if index.create_collection_if_missing:
                more = _creation(index.name, index.distance, index.collection_metadata)
                found = await _called(client.get_or_create_collection, **more, embedding_function=None)
            else:
                found = await _called(client.get_collection, index.name, embedding_function=None)
            return _GivenCollection(found)

    async def create(self, name: str, space: str, metadata: Mapping[str, Any] | None) -> None:
        """Make a collection that is not there."""
        with chroma_errors(self.where):
            client = await self._made.get()()
            await _called(client.create_collection, **_creation(name, space, metadata), embedding_function=None)

    async def drop(self, name: str) -> None:
        """Delete a collection with everything in it."""
        with chroma_errors(self.where):
            client = await self._made.get()()
            await _called(client.delete_collection, name)

    async def aclose(self) -> None:
        """Leave the client to whom it belongs."""

    async def _make(self) -> Any:
        return await self._client() if inspect.iscoroutinefunction(self._client) else self._client


class _GivenCollection:
    def __init__(self, found: Any) -> None:
        self._found = found
        self.space = _space(found.configuration_json)

    async def call(self, method: str, **arguments: Any) -> Any:
        """Call the method of that name."""
        with chroma_errors(GivenClient.where):
            return await _called(getattr(self._found, method), **arguments)


class ChromaStore(VectorStore[RetrieverOptions, None]):
    """A collection.

    Args:
        index: The collection.
        server: Where it is.
    """

    def __init__(self, index: ChromaIndex, server: Server) -> None:
        self.batch_size = index.batch_size
        self._index = index
        self._server = server
        self._found: LoopCache[Once[Collection]] = LoopCache(lambda: Once(self._find))

    async def upsert(self, entries: Sequence[StoreEntry], options: None) -> None:  # noqa: ARG002  (of the interface)
        """Store entries in one call."""
        await self._call('upsert', **to_records(entries))

    async def query(
        self,
        vector: list[float],
        query: Document,  # noqa: ARG002  (of the interface)
        options: RetrieverOptions,
    ) -> Sequence[StoreMatch]:
        """Return the nearest records."""
        wants_vectors = 'embeddings' in (options.include or ())
        answer, space = await self._call(
            'query',
            query_embeddings=[vector],
            n_results=options.k,
            where=to_where(options.where, options.filter and options.filter.condition),
            where_document=to_where(options.where_document),
            include=[*_INCLUDE, 'embeddings'] if wants_vectors else list(_INCLUDE),
        )
        return to_matches(answer, space)

    async def delete(self, ids: Sequence[str], options: None = None) -> None:  # noqa: ARG002  (of the interface)
        """Delete records."""
        if ids:
            await self._call('delete', ids=list(ids))

    async def count(self, condition: Condition | None, options: None) -> int:  # noqa: ARG002  (of the interface)
        """Return the number of records; of those that meet a condition, page by page."""
        if condition is None:
            return int((await self._call('count'))[0])
        found, where = 0, to_where(None, condition)
        while True:
            page, _ = await self._call('get', where=where, include=[], limit=_PAGE, offset=found)
            found += len(page['ids'])
            if len(page['ids']) < _PAGE:
                return found

    async def delete_meeting(self, condition: Condition, options: None) -> None:  # noqa: ARG002  (of the interface)
        """Delete the records that meet a condition."""
        await self._call('delete', where=to_where(None, condition))

    async def existing(self, ids: Sequence[str], options: None) -> set[str]:  # noqa: ARG002  (of the interface)
        """Return which ids are stored."""
        answer, _ = await self._call('get', ids=list(ids), include=[])
        return set(answer['ids'])

    async def aclose(self) -> None:
        """Forget the collection."""
        self._found.forget()

    async def _call(self, method: str, **arguments: Any) -> tuple[Any, str]:
        """Call a method of the collection; one that was deleted meanwhile is looked up again, once."""
        finding = self._found.get()
        was_known = finding.done
        collection = await finding()
        try:
            return await collection.call(method, **arguments), collection.space
        except GenkitError as error:
            if error.status != 'NOT_FOUND':
                raise
            self._found.forget()
            if not was_known:
                raise
        collection = await self._found.get()()
        return await collection.call(method, **arguments), collection.space

    async def _find(self) -> Collection:
        try:
            return await self._server.collection(self._index)
        except GenkitError as error:
            if error.status != 'NOT_FOUND':
                raise
            raise GenkitError(
                f'There is no collection {self._index.name!r} in Chroma at {self._server.where}. Make it with '
                '`await plugin.create_collection(name)`, or allow ChromaIndex(create_collection_if_missing=True).',
                status='NOT_FOUND',
                source=SOURCE,
                cause=error,
            ) from error


def _creation(name: str, space: str, metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    body: dict[str, Any] = {'name': name, 'configuration': {'hnsw': {'space': space}}}
    return {**body, 'metadata': dict(metadata)} if metadata else body


def _space(configuration: Mapping[str, Any] | None) -> str:
    """Return how a collection compares; servers keep it with the kind of index, of which there is one."""
    known = configuration or {}
    settings: Mapping[str, Any] = known.get('hnsw') or known.get('spann') or {}
    return str(settings.get('space') or 'l2')


async def _called(method: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Call a method that may be asynchronous or not; one that is not must not block the loop."""
    answer = await asyncio.to_thread(method, *arguments, **more)
    return await answer if inspect.isawaitable(answer) else answer
