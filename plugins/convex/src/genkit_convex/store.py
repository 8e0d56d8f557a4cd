# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Convex's HTTP API, and documents of a deployment as a vector store.

Written from https://docs.convex.dev/http-api.
"""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from genkit import GenkitError
from genkit.plugin import (
    Condition,
    Credentials,
    LoopClient,
    StoreEntry,
    StoreMatch,
    VectorStore,
    client_header,
    count_of,
    items_of,
    members_of,
    without_credentials,
)
from genkit.types import Document

from genkit_convex.config import ConvexIndex, IndexerOptions, RetrieverOptions
from genkit_convex.convert import to_calls, to_entry, to_match, to_space
from genkit_convex.errors import SOURCE, convex_errors, failed_function
from genkit_convex.filters import to_condition


if TYPE_CHECKING:
    import httpx

_FUNCTION_FAILED: Final = 560  # the code of an answer that says why a function failed
_AT_ONCE: Final = 100

Options = IndexerOptions | Mapping[str, Any] | None


class Api:
    """Convex over HTTP, with a client for each event loop.

    Args:
        credentials: Give the deploy key of each request.
        url: Of the deployment; None if ``CONVEX_URL`` says it.
        timeout: Seconds without an answer.
    """

    def __init__(self, credentials: Credentials, url: str | None, timeout: float) -> None:
        self._given = url
        self._credentials = credentials
        self._timeout = timeout
        self._clients: LoopClient[httpx.AsyncClient] = LoopClient(self._connect)

    async def call(self, kind: Literal['query', 'mutation', 'action'], path: str, args: Mapping[str, Any]) -> Any:
        """Call a function and return what it returns.

        Args:
            kind: Of the function.
            path: Its module and name: ``genkit:search``.
            args: Its arguments.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` without an address, a key or the function, ``UNAVAILABLE`` if Convex
                cannot be reached, else what its answer says.
        """
        url, key = f'{self._url()}/api/{kind}', self._credentials.key_for()
        body = {'path': path, 'args': dict(args), 'format': 'json'}
        with convex_errors(url, key):
            answer = await self._clients.get().post(url, json=body, headers={'Authorization': f'Convex {key}'})
            if answer.status_code != _FUNCTION_FAILED:
                answer.raise_for_status()
            try:
                read = answer.json()
            except ValueError as error:
                raise GenkitError(
                    f'{url} answered with something that is not JSON. See that it is the address of a deployment: '
                    'it ends in .convex.cloud.',
                    status='INTERNAL',
                    source=SOURCE,
                    cause=error,
                ) from error
            members = members_of(read, 'answer')
            if members.get('status') != 'success':
                raise failed_function(path, members)
            return members.get('value')

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._clients.aclose()

    def _url(self) -> str:
        said = (self._given or os.environ.get('CONVEX_URL') or '').strip().rstrip('/')
        if not said:
            raise GenkitError(
                "Plugin 'convex' has no address. Set CONVEX_URL, or pass url= to the plugin.",
                status='FAILED_PRECONDITION',
                source=SOURCE,
            )
        without_credentials(SOURCE, said, 'url')
        return said if '://' in said else f'https://{said}'

    def _connect(self) -> 'httpx.AsyncClient':
        import httpx  # noqa: PLC0415  (loaded with the first call)

        return httpx.AsyncClient(headers={'x-genkit-client': client_header()}, timeout=self._timeout)


class ConvexStore(VectorStore[RetrieverOptions, IndexerOptions]):
    """An index.

    Args:
        index: The index.
        api: Where it is.
    """

    def __init__(self, index: ConvexIndex, api: Api) -> None:
        self.batch_size = index.batch_size
        self._index = index
        self._api = api

    async def upsert(self, entries: Sequence[StoreEntry], options: IndexerOptions | None) -> None:
        """Store entries; all of a call or none of it."""
        space, made = self._space(options), [to_entry(entry) for entry in entries]
        for group in to_calls(made):
            await self._api.call('mutation', 'genkit:upsert', {'space': space, 'entries': group})

    async def query(self, vector: list[float], query: Document, options: RetrieverOptions) -> Sequence[StoreMatch]:  # noqa: ARG002  (the vector says it)
        """Return the nearest documents."""
        namespace = self._index.namespace if options.namespace is None else options.namespace
        args: dict[str, Any] = {'space': to_space(self._index.name, namespace), 'vector': vector, 'k': options.k}
        if options.filter is not None and not options.filter.finds_everything:
            args['condition'] = to_condition(options.filter.condition)
        found = await self._listed('action', 'genkit:search', args)
        return sorted((to_match(each) for each in items_of(found, 'value')), key=lambda match: -match.score)

    async def delete(self, ids: Sequence[str], options: Options = None) -> None:
        """Delete documents."""
        space = self._space(options)
        for start in range(0, len(ids), _AT_ONCE):
            args = {'space': space, 'keys': list(ids[start : start + _AT_ONCE])}
            await self._api.call('mutation', 'genkit:remove', args)

    async def existing(self, ids: Sequence[str], options: IndexerOptions | None) -> set[str]:
        """Return which ids are stored."""
        space, known = self._space(options), set[str]()
        for start in range(0, len(ids), _AT_ONCE):
            args = {'space': space, 'keys': list(ids[start : start + _AT_ONCE])}
            known.update(str(each) for each in await self._listed('query', 'genkit:existing', args))
        return known & set(ids)

    async def count(self, condition: Condition | None, options: Options) -> int:
        """Return the number of documents."""
        args = {'space': self._space(options)}
        if condition is not None:
            args['condition'] = to_condition(condition)
        counted = count_of(await self._api.call('action', 'genkit:count', args))
        if counted is None:
            raise GenkitError("Convex function 'genkit:count' returned no number.", status='INTERNAL', source=SOURCE)
        return counted

    async def delete_meeting(self, condition: Condition, options: Options) -> None:
        """Delete the documents that meet a condition."""
        args = {'space': self._space(options), 'condition': to_condition(condition)}
        await self._api.call('action', 'genkit:removeMeeting', args)

    async def _listed(self, kind: Literal['query', 'action'], path: str, args: Mapping[str, Any]) -> list[Any]:
        """Return what a function returns, which is a list, though it may be empty."""
        found: object = await self._api.call(kind, path, args)
        if not isinstance(found, list):
            raise GenkitError(
                f'Convex function {path!r} returned no list. Write its files again, with python -m genkit_convex.',
                status='INTERNAL',
                source=SOURCE,
            )
        return cast('list[Any]', found)

    def _space(self, options: Options) -> str:
        given = IndexerOptions.model_validate(options or {}).namespace
        return to_space(self._index.name, self._index.namespace if given is None else given)
