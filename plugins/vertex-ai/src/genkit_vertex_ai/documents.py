# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where the documents of an index are kept: in Firestore, in BigQuery, or where an application says."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import quote

from genkit import GenkitError
from genkit.plugin import items_of, members_of
from genkit.types import Document

from genkit_vertex_ai.cloud import Cloud
from genkit_vertex_ai.convert import Body, from_value, to_document, to_fields


_T = TypeVar('_T')

_FIRESTORE: Final = 'firestore.googleapis.com'
_BIGQUERY: Final = 'bigquery.googleapis.com'
_MOST_WRITES: Final = 500
_NAME: Final = re.compile(r'[A-Za-z0-9_-]+')
_WAIT_MILLISECONDS: Final = 30_000


class DocumentStore(ABC):
    """Keeps documents by id."""

    @abstractmethod
    async def put(self, cloud: Cloud, documents: Mapping[str, Document]) -> None:
        """Keep documents; those of the same ids are replaced."""

    @abstractmethod
    async def get(self, cloud: Cloud, ids: Sequence[str]) -> Mapping[str, Document]:
        """Return the documents that are there."""

    @abstractmethod
    async def delete(self, cloud: Cloud, ids: Sequence[str]) -> None:
        """Delete documents; unknown ids are ignored."""

    async def existing(self, cloud: Cloud, ids: Sequence[str]) -> set[str]:
        """Return the ids of those that are there."""
        return set(await self.get(cloud, ids))


class FirestoreDocuments(DocumentStore):
    """Documents in a collection of Firestore, with the fields ``content`` and ``metadata``.

    Args:
        collection: The collection.
        database: The database.
        project: Default: the plugin's.
    """

    def __init__(self, collection: str, *, database: str = '(default)', project: str | None = None) -> None:
        self._collection = collection
        self._database = database
        self._project = project

    async def put(self, cloud: Cloud, documents: Mapping[str, Document]) -> None:
        """Keep documents, each write with all of its fields."""
        root = await self._root(cloud)
        writes = [
            {'update': {'name': self._name(root, name), 'fields': to_fields(document)}}
            for name, document in documents.items()
        ]
        await self._commit(cloud, root, writes)

    async def get(self, cloud: Cloud, ids: Sequence[str]) -> Mapping[str, Document]:
        """Return the documents that are there."""
        found: dict[str, Document] = {}
        for name, fields in await self._found(cloud, ids, None):
            content, metadata = (from_value(fields.get(member)) for member in ('content', 'metadata'))
            found[name] = to_document(content, metadata, 'Firestore')
        return found

    async def delete(self, cloud: Cloud, ids: Sequence[str]) -> None:
        """Delete documents."""
        root = await self._root(cloud)
        await self._commit(cloud, root, [{'delete': self._name(root, name)} for name in ids])

    async def existing(self, cloud: Cloud, ids: Sequence[str]) -> set[str]:
        """Return the ids of those that are there, without their content."""
        return {name for name, _ in await self._found(cloud, ids, ['__name__'])}

    async def _found(
        self, cloud: Cloud, ids: Sequence[str], fields: Sequence[str] | None
    ) -> list[tuple[str, Mapping[str, Any]]]:
        root = await self._root(cloud)
        found: list[tuple[str, Mapping[str, Any]]] = []
        for batch in _batches(ids):
            body: Body = {'documents': [self._name(root, name) for name in batch]}
            if fields is not None:
                body['mask'] = {'fieldPaths': list(fields)}
            answers = await cloud.call('POST', f'{cloud.at(_FIRESTORE)}/v1/{root}/documents:batchGet', body)
            for answer in items_of(answers, 'documents'):
                document = members_of(answer.get('found'), 'found')
                if document:
                    name = str(document.get('name', '')).rpartition('/')[2]
                    found.append((name, members_of(document.get('fields'), 'fields')))
        return found

    async def _commit(self, cloud: Cloud, root: str, writes: Sequence[Body]) -> None:
        for batch in _batches(writes):
            await cloud.call('POST', f'{cloud.at(_FIRESTORE)}/v1/{root}/documents:commit', {'writes': list(batch)})

    async def _root(self, cloud: Cloud) -> str:
        return f'projects/{self._project or await cloud.project()}/databases/{self._database}'

    def _name(self, root: str, name: str) -> str:
        return f'{root}/documents/{self._collection}/{name}'


class BigQueryDocuments(DocumentStore):
    """Documents in a table of BigQuery with the columns ``id``, ``content`` and ``metadata``.

    The columns are texts; the last two may be JSON. A row can be deleted half an hour after it was written, and not
    before: BigQuery says so.

    Args:
        dataset: The dataset.
        table: The table.
        project: Default: the plugin's.
        location: Of the dataset, such as ``EU``, if BigQuery does not find it by itself.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a name that is none.
    """

    def __init__(self, dataset: str, table: str, *, project: str | None = None, location: str | None = None) -> None:
        for name in (dataset, table):
            if not _NAME.fullmatch(name):
                raise GenkitError(
                    f'{name!r} names no dataset or table of BigQuery; it has letters, digits, dashes and underscores.',
                    status='INVALID_ARGUMENT',
                )
        self._dataset = dataset
        self._table = table
        self._project = project
        self._location = location

    async def put(self, cloud: Cloud, documents: Mapping[str, Document]) -> None:
        """Write a row for each document.

        Raises:
            GenkitError: ``INTERNAL`` naming the rows that BigQuery refused.
        """
        project = await self._of(cloud)
        url = f'{cloud.at(_BIGQUERY)}/bigquery/v2/projects/{project}/datasets/{self._dataset}/tables/{self._table}'
        rows = [{'insertId': name, 'json': _row(name, document)} for name, document in documents.items()]
        for batch in _batches(rows):
            answer = await cloud.call('POST', f'{url}/insertAll', {'rows': list(batch)})
            refused = items_of(members_of(answer, 'answer').get('insertErrors'), 'insertErrors')
            if refused:
                raise GenkitError(
                    f'BigQuery refused {len(refused)} of {len(batch)} rows of {self._dataset}.{self._table}: '
                    f'{_reason(refused[0])}. The table must have the columns id, content and metadata.',
                    status='INTERNAL',
                    source=cloud.source,
                )

    async def get(self, cloud: Cloud, ids: Sequence[str]) -> Mapping[str, Document]:
        """Return the documents that are there."""
        rows = await self._query(cloud, 'SELECT id, content, metadata FROM {table} WHERE id IN UNNEST(@ids)', ids)
        return {str(name): to_document(content, metadata, 'BigQuery') for name, content, metadata in rows}

    async def delete(self, cloud: Cloud, ids: Sequence[str]) -> None:
        """Delete rows."""
        await self._query(cloud, 'DELETE FROM {table} WHERE id IN UNNEST(@ids)', ids)

    async def existing(self, cloud: Cloud, ids: Sequence[str]) -> set[str]:
        """Return the ids of those that are there, without their content."""
        rows = await self._query(cloud, 'SELECT id FROM {table} WHERE id IN UNNEST(@ids)', ids)
        return {str(row[0]) for row in rows}

    async def _query(self, cloud: Cloud, statement: str, ids: Sequence[str]) -> list[list[Any]]:
        """Return the rows that a statement gives, page by page, however long it runs."""
        if not ids:
            return []
        project = await self._of(cloud)
        url = f'{cloud.at(_BIGQUERY)}/bigquery/v2/projects/{project}/queries'
        kind = {'type': 'ARRAY', 'arrayType': {'type': 'STRING'}}
        values = {'arrayValues': [{'value': name} for name in ids]}
        body: Body = {
            'query': statement.format(table=f'`{project}.{self._dataset}.{self._table}`'),
            'useLegacySql': False,
            'parameterMode': 'NAMED',
            'queryParameters': [{'name': 'ids', 'parameterType': kind, 'parameterValue': values}],
            'timeoutMs': _WAIT_MILLISECONDS,
        }
        if self._location is not None:
            body['location'] = self._location
        answer = members_of(await cloud.call('POST', url, body), 'answer')
        rows = list(_rows(answer))
        seen: set[str] = set()
        while answer.get('jobComplete') is not True or answer.get('pageToken'):
            _require_progress(answer, seen)
            answer = members_of(await cloud.call('GET', f'{url}/{_more(answer)}'), 'answer')
            rows += _rows(answer)
        return rows

    async def _of(self, cloud: Cloud) -> str:
        return self._project or await cloud.project()


def _row(name: str, document: Document) -> Body:
    members = document.model_dump(mode='json', by_alias=True, exclude_none=True)
    return {'id': name, 'content': _json(members['content']), 'metadata': _json(members.get('metadata'))}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rows(answer: Body) -> Iterator[list[Any]]:
    for row in items_of(answer.get('rows'), 'rows'):
        yield [cell.get('v') for cell in items_of(row.get('f'), 'f')]


def _require_progress(answer: Body, seen: set[str]) -> None:
    """Note the page that is asked for next.

    Raises:
        GenkitError: ``INTERNAL`` for one that was asked for before, as it would be without an end.
    """
    page = answer.get('pageToken') if answer.get('jobComplete') is True else None
    if page and str(page) in seen:
        raise GenkitError('BigQuery leads from a page of rows back to an earlier one.', status='INTERNAL')
    if page:
        seen.add(str(page))


def _more(answer: Body) -> str:
    """Return where the rest of an answer is.

    Raises:
        GenkitError: ``INTERNAL`` if the answer does not say.
    """
    job = members_of(answer.get('jobReference'), 'jobReference')
    if not isinstance(job.get('jobId'), str):
        raise GenkitError(f'BigQuery gave no job: {str(answer)[:200]!r}.', status='INTERNAL')
    told = {'timeoutMs': _WAIT_MILLISECONDS, 'location': job.get('location'), 'pageToken': answer.get('pageToken')}
    query = '&'.join(f'{name}={quote(str(value), safe="")}' for name, value in told.items() if value)
    return f'{quote(job["jobId"], safe="")}?{query}'


def _reason(refused: Body) -> str:
    errors = items_of(refused.get('errors'), 'errors')
    return str(errors[0].get('message') or errors[0].get('reason')) if errors else 'no reason given'


def _batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), _MOST_WRITES):
        yield items[start : start + _MOST_WRITES]
