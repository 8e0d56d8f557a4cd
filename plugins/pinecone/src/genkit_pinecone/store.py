# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Pinecone's REST API, and an index of it as a vector store.

Written from the API's descriptions, ``2026-04/db_control`` and ``2026-04/db_data`` of
https://github.com/pinecone-io/pinecone-api.
"""

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from genkit import GenkitError
from genkit.plugin import (
    Condition,
    Credentials,
    LoopCache,
    LoopClient,
    Once,
    StoreEntry,
    StoreMatch,
    VectorStore,
    client_header,
    count_of,
    members_of,
    url_path,
)
from genkit.types import Document

from genkit_pinecone.config import IndexerOptions, PineconeIndex, RetrieverOptions, SparseVector
from genkit_pinecone.convert import MOST_VECTORS, to_bodies, to_matches, to_record
from genkit_pinecone.errors import no_index, not_visible, pinecone_errors
from genkit_pinecone.filters import to_filter


if TYPE_CHECKING:
    import httpx

API_VERSION: Final = '2026-04'
_FETCHED_AT_ONCE: Final = 100  # ids travel in the address, which may have some thousand bytes
_FIRST_WAIT: Final = 0.01
_LONGEST_WAIT: Final = 1.0
_DEFAULT_NAMESPACE: Final = '__default__'


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of an index.

    Attributes:
        url: Where its data are.
        metric: How it compares vectors.
    """

    url: str
    metric: str


class Api:
    """Pinecone over HTTP, with a client for each event loop.

    Args:
        credentials: Give the key of each request.
        url: Where indexes are made and described.
        timeout: Seconds without an answer.
    """

    def __init__(self, credentials: Credentials, url: str, timeout: float) -> None:
        self.url = url.rstrip('/')
        self._credentials = credentials
        self._timeout = timeout
        self._clients: LoopClient[httpx.AsyncClient] = LoopClient(self._connect)

    def key_digest(self) -> str:
        """Return what tells the key of this request from others; not the key."""
        return hashlib.sha256(self._credentials.key_for().encode()).hexdigest()

    async def ask(
        self, method: str, url: str, *, json: Any = None, content: bytes | None = None, params: Any = None
    ) -> Any:
        """Send a request and return the JSON of its answer, or None if it is empty.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` without a key, ``UNAVAILABLE`` if Pinecone cannot be reached, else what
                its answer says.
        """
        key = self._credentials.key_for()
        headers = {'Api-Key': key}
        if content is not None:
            headers['Content-Type'] = 'application/json'
        with pinecone_errors(url.split('?', 1)[0], key):
            answer = await self._clients.get().request(
                method, url, json=json, content=content, params=params, headers=headers
            )
            answer.raise_for_status()
            return answer.json() if answer.content.strip() else None

    async def describe(self, name: str) -> dict[str, Any]:
        """Return what Pinecone says of an index.

        Raises:
            GenkitError: ``NOT_FOUND`` saying how it is made.
        """
        try:
            return await self.ask('GET', f'{self.url}/indexes/{url_path(name)}')
        except GenkitError as error:
            if error.status != 'NOT_FOUND':
                raise
            raise no_index(name, error) from error

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._clients.aclose()

    def _connect(self) -> 'httpx.AsyncClient':
        import httpx  # noqa: PLC0415  (loaded with the first call)

        headers = {'X-Pinecone-Api-Version': API_VERSION, 'x-genkit-client': client_header()}
        return httpx.AsyncClient(headers=headers, timeout=self._timeout)


class PineconeStore(VectorStore[RetrieverOptions, IndexerOptions]):
    """An index.

    Args:
        index: The index.
        api: Where it is.
    """

    def __init__(self, index: PineconeIndex, api: Api) -> None:
        self.batch_size = index.batch_size
        self._index = index
        self._api = api
        self._found: LoopCache[Once[Found]] = LoopCache(lambda: Once(self._find))

    async def upsert(self, entries: Sequence[StoreEntry], options: IndexerOptions | None) -> None:
        """Store entries, in as many calls as their size needs."""
        found, namespace = await self._where(), self._namespace(options)
        sparse = await self._sparse([entry.document for entry in entries])
        records = [
            to_record(entry, self._index.content_key, vector) for entry, vector in zip(entries, sparse, strict=True)
        ]
        for body in to_bodies(records, namespace):
            await self._api.ask('POST', f'{found.url}/vectors/upsert', content=body)
        if self._index.visible_within is not None:
            await self._until_visible([entry.id for entry in entries], options, self._index.visible_within)

    async def query(self, vector: list[float], query: Document, options: RetrieverOptions) -> Sequence[StoreMatch]:
        """Return the nearest records."""
        found = await self._where()
        body: dict[str, Any] = {
            'vector': vector,
            'topK': options.k,
            'namespace': self._index.namespace if options.namespace is None else options.namespace,
            'includeMetadata': True,
            'includeValues': False,
        }
        sparse = options.sparse_vector or (await self._sparse([query]))[0]
        if sparse is not None:
            body['sparseVector'] = sparse.to_wire()
        conditions = to_filter(options.where, options.filter and options.filter.condition)
        if conditions:
            body['filter'] = conditions
        answer = await self._api.ask('POST', f'{found.url}/query', json=body)
        matches = to_matches(answer, self._index.content_key, found.metric)
        return sorted(matches, key=lambda match: -match.score)

    async def delete(self, ids: Sequence[str], options: IndexerOptions | Mapping[str, Any] | None = None) -> None:
        """Delete records."""
        found, namespace = await self._where(), self._namespace(options)
        for start in range(0, len(ids), MOST_VECTORS):
            body = {'ids': list(ids[start : start + MOST_VECTORS]), 'namespace': namespace}
            try:
                await self._api.ask('POST', f'{found.url}/vectors/delete', json=body)
            except GenkitError as error:
                if error.status != 'NOT_FOUND':  # there is no such namespace, and so no such record
                    raise

    async def count(self, condition: Condition | None, options: IndexerOptions | Mapping[str, Any] | None) -> int:
        """Return the number of records of a namespace.

        Raises:
            GenkitError: ``UNIMPLEMENTED`` if there is a condition: Pinecone counts whole namespaces.
        """
        if condition is not None:
            raise GenkitError(
                'Pinecone counts the records of a namespace, and cannot count those that meet a filter.',
                status='UNIMPLEMENTED',
                source='pinecone',
            )
        found, namespace = await self._where(), self._namespace(options)
        answer = members_of(await self._api.ask('POST', f'{found.url}/describe_index_stats', json={}), 'answer')
        spaces = members_of(answer.get('namespaces'), 'namespaces')
        known = members_of(spaces.get(namespace) or spaces.get(namespace or _DEFAULT_NAMESPACE), namespace)
        return count_of(known.get('vectorCount')) or 0

    async def delete_meeting(self, condition: Condition, options: IndexerOptions | Mapping[str, Any] | None) -> None:
        """Delete the records that meet a condition."""
        found, namespace = await self._where(), self._namespace(options)
        body = {'filter': to_filter(None, condition), 'namespace': namespace}
        try:
            await self._api.ask('POST', f'{found.url}/vectors/delete', json=body)
        except GenkitError as error:
            if error.status != 'NOT_FOUND':  # there is no such namespace, and so no such record
                raise

    async def existing(self, ids: Sequence[str], options: IndexerOptions | None) -> set[str]:
        """Return which ids are stored and can be seen already."""
        found, namespace = await self._where(), self._namespace(options)
        known: set[str] = set()
        for start in range(0, len(ids), _FETCHED_AT_ONCE):
            params = [('ids', name) for name in ids[start : start + _FETCHED_AT_ONCE]]
            try:
                answer = await self._api.ask(
                    'GET', f'{found.url}/vectors/fetch', params=[*params, ('namespace', namespace)]
                )
            except GenkitError as error:
                if error.status != 'NOT_FOUND':
                    raise
            else:
                vectors: Mapping[str, Any] = answer.get('vectors') or {}
                known.update(vectors)
        return known

    async def aclose(self) -> None:
        """Forget where the index is."""
        self._found.forget()

    async def _until_visible(self, ids: Sequence[str], options: IndexerOptions | None, seconds: float) -> None:
        end = time.monotonic() + seconds
        missing, wait = set(ids), _FIRST_WAIT
        while missing := missing - await self.existing(sorted(missing), options):
            if time.monotonic() + wait > end:
                raise not_visible(self._index.name, len(missing), seconds)
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    async def _where(self) -> Found:
        """Return where the data are; asked once for each key, since another key may belong to another project."""
        return await self._found.get(self._api.key_digest())()

    async def _find(self) -> Found:
        if self._index.host is not None:
            return Found(_address(self._index.host), self._index.metric)
        known = await self._api.describe(self._index.name)
        return Found(_address(known['host']), str(known.get('metric') or self._index.metric))

    async def _sparse(self, documents: Sequence[Document]) -> Sequence[SparseVector | None]:
        if self._index.sparse_encoder is None:
            return [None] * len(documents)
        return await self._index.sparse_encoder(documents)

    def _namespace(self, options: IndexerOptions | Mapping[str, Any] | None) -> str:
        given = IndexerOptions.model_validate(options or {})
        return self._index.namespace if given.namespace is None else given.namespace


def _address(host: str) -> str:
    return host.rstrip('/') if '://' in host else f'https://{host}'
