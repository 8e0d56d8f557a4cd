# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Weaviate's REST and GraphQL APIs over HTTP.

Written from https://docs.weaviate.io/weaviate/api/rest and https://docs.weaviate.io/weaviate/api/graphql.
"""

import hashlib
import os
from typing import TYPE_CHECKING, Any

from genkit import GenkitError
from genkit.plugin import Credentials, LoopClient, client_header, members_of, without_credentials

from genkit_weaviate.errors import SOURCE, error_texts, failed_query, no_data, weaviate_errors


if TYPE_CHECKING:
    import httpx


class Api:
    """Weaviate over HTTP, with a client for each event loop.

    Args:
        credentials: Give the key of each request; a server may need none.
        url: Where it is; None if ``WEAVIATE_URL`` says it.
        timeout: Seconds without an answer.
    """

    def __init__(self, credentials: Credentials, url: str | None, timeout: float) -> None:
        self._given = url
        self._credentials = credentials
        self._timeout = timeout
        self._clients: LoopClient[httpx.AsyncClient] = LoopClient(self._connect)

    def url(self) -> str:
        """Return where it is, with a scheme and without a slash at the end.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if nothing says it.
        """
        said = (self._given or os.environ.get('WEAVIATE_URL') or '').strip().rstrip('/')
        if not said:
            raise GenkitError(
                "Plugin 'weaviate' has no address. Set WEAVIATE_URL, or pass url= to the plugin.",
                status='FAILED_PRECONDITION',
                source=SOURCE,
            )
        without_credentials(SOURCE, said, 'url')
        return said if '://' in said else f'https://{said}'

    def key_digest(self) -> str:
        """Return what tells the key of this request from others; not the key."""
        return hashlib.sha256((self._credentials.find() or '').encode()).hexdigest()

    async def ask(
        self, method: str, path: str, *, json: Any = None, content: bytes | None = None, tenant: str | None = None
    ) -> Any:
        """Send a request and return the JSON of its answer, or None if it is empty.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` without an address, ``UNAVAILABLE`` if Weaviate cannot be reached, else
                what its answer says.
        """
        key, url = self._credentials.find(), f'{self.url()}/v1/{path}'
        headers = {} if key is None else {'Authorization': f'Bearer {key}'}
        if content is not None:
            headers['Content-Type'] = 'application/json'
        params = None if tenant is None else {'tenant': tenant}
        with weaviate_errors(url, key):
            answer = await self._clients.get().request(
                method, url, json=json, content=content, params=params, headers=headers
            )
            answer.raise_for_status()
            if not answer.content.strip():
                return None
            try:
                return answer.json()
            except ValueError as error:
                raise _no_json(url, answer.headers.get('content-type', ''), error) from error

    async def query(self, collection: str, query: str) -> dict[str, Any]:
        """Send a query in GraphQL and return its data.

        Raises:
            GenkitError: As `ask`, and for errors that an answer of success has in it.
        """
        answer = members_of(await self.ask('POST', 'graphql', json={'query': query}), 'answer')
        if answer.get('errors'):
            raise failed_query(collection, error_texts(answer['errors']))
        if answer.get('data') is None:
            raise no_data(collection)
        return members_of(answer['data'], 'data')

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._clients.aclose()

    def _connect(self) -> 'httpx.AsyncClient':
        import httpx  # noqa: PLC0415  (loaded with the first call)

        return httpx.AsyncClient(headers={'x-genkit-client': client_header()}, timeout=self._timeout)


def _no_json(url: str, kind: str, cause: ValueError) -> GenkitError:
    return GenkitError(
        f'{url} answered with {kind or "something"} that is not JSON. See that it is the address of Weaviate.',
        status='INTERNAL',
        source=SOURCE,
        cause=cause,
    )
