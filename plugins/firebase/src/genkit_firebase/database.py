# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A database of Firestore: documents that are read, found, and written together."""

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Any, Final, Literal

from genkit.plugin import LoopCache, LoopClient, Once, provider_errors

from genkit_firebase.config import firebase_project
from genkit_firebase.errors import SCOPES, SOURCE, firestore_error, no_credentials, no_project


DEFAULT_DATABASE: Final = '(default)'
_EMULATOR: Final = 'FIRESTORE_EMULATOR_HOST'
_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """A document that was read.

    Attributes:
        id: The last part of its path.
        fields: Its fields.
        created: When it was made, as the server says.
        updated: When it was last written, as the server says: the version of the document.
        source: The library's own snapshot.
    """

    id: str
    fields: dict[str, Any]
    created: datetime
    updated: datetime
    source: Any = None


@dataclass(frozen=True, slots=True)
class Write:
    """One write of a commit.

    Attributes:
        how: ``create`` fails with ``ALREADY_EXISTS`` if the document is there; ``update`` changes fields, and fails
            with ``NOT_FOUND`` if it is not there; ``set`` replaces it, or makes it; ``delete`` deletes it.
        path: Of the document.
        fields: What is written.
        version: The time of the last write that an ``update`` or a ``delete`` expects; it fails with
            ``FAILED_PRECONDITION`` if the document has another.
    """

    how: Literal['create', 'update', 'set', 'delete']
    path: str
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    version: datetime | None = None


class Database:
    """A database, with a client for each event loop, as a channel of gRPC belongs to one.

    Args:
        project: The Google Cloud project. Default: ``GOOGLE_CLOUD_PROJECT``, ``GCLOUD_PROJECT`` or that of
            ``FIREBASE_CONFIG``, else that of the credentials.
        database: Its name.
        credentials: Google credentials. Default: those of the environment; none where ``FIRESTORE_EMULATOR_HOST`` is
            set.
        client: A client of ``google.cloud.firestore``, an `AsyncClient`, to use instead; it is not closed here, and
            belongs to one event loop.
        timeout: Seconds for a call with its repetitions.
    """

    def __init__(
        self,
        project: str | None = None,
        database: str | None = None,
        *,
        credentials: Any = None,
        client: Any = None,
        timeout: float = 30.0,
    ) -> None:
        self._project = project
        self._database = database or DEFAULT_DATABASE
        self._given = client
        self._credentials = credentials
        self._timeout = timeout
        self._access = Once(self._find_access)
        self._clients: LoopClient[Any] = LoopClient(self._connect, _close)
        self._retries: LoopCache[Any] = LoopCache(self._retry)

    def __repr__(self) -> str:
        """Return the project and the name."""
        return f'{type(self).__name__}({self._project!r}, {self._database!r})'

    @property
    def where(self) -> str:
        """The database, for messages."""
        if self._given is not None:
            return 'Firestore of the given client'
        return f'Firestore database {self._database!r} of project {self._project!r}'

    async def get(self, *paths: str, only: Sequence[str] | None = None) -> list[Found | None]:
        """Return documents, None for each that is not there, in the order of the paths.

        Args:
            paths: Of the documents.
            only: The fields to read. Default: all.
        """
        client = await self.client()
        with self.errors():
            references = [client.document(path) for path in paths]
            read = client.get_all(references, field_paths=only, retry=self._retries.get(), timeout=self._timeout)
            found = {snapshot.reference.path: to_found(snapshot) async for snapshot in read}
        return [found.get(reference.path) for reference in references]

    async def stream(self, query: Any) -> AsyncGenerator[Found]:
        """Yield the documents that a query of the library finds."""
        with self.errors():
            async for snapshot in query.stream(retry=self._retries.get(), timeout=self._timeout):
                found = to_found(snapshot)
                if found is not None:
                    yield found

    async def find(
        self, collection: str, equal: Mapping[str, Any], *, only: Sequence[str] | None = None
    ) -> list[Found]:
        """Return the documents of a collection whose fields have values.

        Args:
            collection: Its path.
            equal: Values by field.
            only: The fields to read. Default: all.
        """
        query = (await self.client()).collection(collection)
        for name, value in equal.items():
            query = query.where(filter=field_filter(name, '==', value))
        if only is not None:
            query = query.select(list(only))
        return [found async for found in self.stream(query)]

    async def earlier(self, collection: str, name: str, before: datetime, limit: int) -> list[Found]:
        """Return the documents of a collection whose field is a time before another, and not more than a limit."""
        query = (await self.client()).collection(collection).where(filter=field_filter(name, '<', before)).limit(limit)
        return [found async for found in self.stream(query)]

    async def count(self, query: Any) -> int:
        """Return how many documents a query of the library finds."""
        with self.errors():
            rows = await query.count(alias='all').get(retry=self._retries.get(), timeout=self._timeout)
            return int(rows[0][0].value)

    async def commit(self, *writes: Write) -> list[datetime]:
        """Write all, or nothing; return the time of each write.

        Raises:
            GenkitError: See `Write`, and what the server says.
        """
        client = await self.client()
        with self.errors():
            batch = client.batch()
            for write in writes:
                _add(client, batch, write)
            results = await batch.commit(retry=self._retries.get(), timeout=self._timeout)
            return [result.update_time for result in results]

    async def client(self) -> Any:
        """Return the running loop's client.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` without credentials or a project.
        """
        if self._given is not None:
            return self._given
        await self._access()
        return self._clients.get()

    async def aclose(self) -> None:
        """Close the running loop's client; another call opens one."""
        await self._clients.aclose()

    def errors(self) -> AbstractContextManager[None]:
        """Turn what the client raises inside the block into an error of ours."""
        return provider_errors(SOURCE, (), partial(firestore_error, self.where))

    async def _find_access(self) -> None:
        """Look for a project and for credentials; that may read files and ask a server, so it is done in a thread."""
        self._project = self._project or firebase_project()
        if self._credentials is None and not os.environ.get(_EMULATOR):
            self._credentials, found = await asyncio.to_thread(_default_credentials)
            self._project = self._project or found
        if self._project is None:
            raise no_project()

    def _connect(self) -> Any:
        library: Any = import_module('google.cloud.firestore')  # loaded with the first call
        return library.AsyncClient(project=self._project, credentials=self._credentials, database=self._database)

    def _retry(self) -> Any:
        """Return what is repeated: what did not reach the server, and what met another writer there."""
        exceptions: Any = import_module('google.api_core.exceptions')
        retries: Any = import_module('google.api_core.retry')
        return retries.AsyncRetry(
            predicate=retries.if_exception_type(exceptions.ServiceUnavailable, exceptions.Aborted),
            initial=_FIRST_PAUSE,
            maximum=_LONGEST_PAUSE,
            timeout=self._timeout,
        )


def field_filter(name: str, operator: str, value: Any) -> Any:
    """Return a condition as the library has it."""
    library: Any = import_module('google.cloud.firestore_v1.base_query')
    return library.FieldFilter(name, operator, value)


def to_found(snapshot: Any) -> Found | None:
    """Return a document of the library; None if it does not exist."""
    if not snapshot.exists:
        return None
    fields: dict[str, Any] = snapshot.to_dict() or {}
    return Found(str(snapshot.id), fields, snapshot.create_time, snapshot.update_time, snapshot)


def _add(client: Any, batch: Any, write: Write) -> None:
    reference = client.document(write.path)
    option = None if write.version is None else client.write_option(last_update_time=write.version)
    match write.how:
        case 'create':
            batch.create(reference, dict(write.fields))
        case 'set':
            batch.set(reference, dict(write.fields))
        case 'update':
            batch.update(reference, dict(write.fields), option)
        case 'delete':
            batch.delete(reference, option)


def _default_credentials() -> tuple[Any, str | None]:
    """Return the credentials of the environment and their project; to be called in a thread.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if there are none.
    """
    from google.auth import exceptions  # noqa: PLC0415  (loaded with the first call)

    library: Any = import_module('google.auth')
    try:
        credentials, project = library.default(scopes=SCOPES)
    except exceptions.GoogleAuthError as error:
        raise no_credentials(error) from error
    return credentials, project


async def _close(client: Any) -> None:
    """Close a client, which has no method for it (google-cloud-firestore 2.34)."""
    await client._firestore_api.transport.close()  # noqa: SLF001
