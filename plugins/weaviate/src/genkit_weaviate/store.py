# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A collection of Weaviate as a vector store."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from genkit import GenkitError
from genkit.plugin import Condition, StoreEntry, StoreMatch, VectorStore, count_of, items_of, meets, members_of
from genkit.types import Document

from genkit_weaviate.config import IndexerOptions, RetrieverOptions, WeaviateCollection
from genkit_weaviate.convert import count_query, get_query, to_bodies, to_match, to_properties, uuid_of
from genkit_weaviate.errors import SOURCE, error_texts, failed_objects, no_data, object_failure
from genkit_weaviate.filters import WeaviateFilter, Where, to_rest, to_where
from genkit_weaviate.layout import Schema, Shape, check_tenant
from genkit_weaviate.members import FACTS, PREFIXES
from genkit_weaviate.service import Api


_IDS_AT_ONCE: Final = 1000

Options = IndexerOptions | Mapping[str, Any] | None


class WeaviateStore(VectorStore[RetrieverOptions, IndexerOptions]):
    """A collection.

    Args:
        collection: The collection.
        api: Where it is.
    """

    def __init__(self, collection: WeaviateCollection, api: Api) -> None:
        self.batch_size = collection.batch_size
        self.schema = Schema(collection, api)
        self._collection = collection
        self._name = collection.stored_as
        self._api = api

    async def upsert(self, entries: Sequence[StoreEntry], options: IndexerOptions | None) -> None:
        """Store entries, in as many calls as their size needs.

        Raises:
            GenkitError: Naming the entries that Weaviate did not store, with its reasons.
        """
        tenant = self._tenant(options)
        records = [to_properties(entry.document, self._collection) for entry in entries]
        bodies = list(to_bodies(entries, records, self._name, tenant))
        compared = (name for record in records for name in record if name.startswith(PREFIXES))
        await self.schema.with_properties(compared, tenant)
        failures: list[tuple[str, str]] = []
        names = {uuid_of(entry.id): entry.id for entry in entries}
        for body in bodies:
            answered = items_of(await self._ask('POST', 'batch/objects', content=body), 'answer')
            for each in answered:
                reason = object_failure(each)
                name = names.pop(str(each.get('id')).lower(), None)
                if reason is not None:
                    failures.append((name or str(each.get('id')), reason))
        failures.extend((name, 'the answer does not mention it') for name in names.values())
        if failures:
            self.schema.forget()
            raise failed_objects(self._name, failures, len(entries))

    async def query(self, vector: list[float], query: Document, options: RetrieverOptions) -> Sequence[StoreMatch]:
        """Return the nearest objects."""
        tenant = options.tenant or self._collection.tenant
        condition = None if options.filter is None or options.filter.finds_everything else options.filter.condition
        found = await self._ready(tenant, condition, options.where)
        if found is None:
            return []
        shape, where = found
        arguments: dict[str, Any] = {'limit': options.k, 'where': where, 'tenant': tenant}
        if options.alpha is None:
            arguments['nearVector'] = {'vector': vector}
        else:
            words = {'query': query.text(), 'properties': [self._collection.content_property]}
            arguments['hybrid'] = {**words, 'vector': vector, 'alpha': options.alpha}
        scored = ('id', 'distance' if options.alpha is None else 'score')
        answered = await self._get(arguments, shape.selected, scored)
        matches = [to_match(each, self._collection, shape.metric) for each in answered]
        return sorted(matches, key=lambda match: -match.score)

    async def delete(self, ids: Sequence[str], options: Options = None) -> None:
        """Delete objects."""
        tenant = self._tenant(options)
        if await self._ready(tenant, None, None) is None:
            return
        for start in range(0, len(ids), _IDS_AT_ONCE):
            known = [uuid_of(name) for name in ids[start : start + _IDS_AT_ONCE]]
            await self._delete({'path': ['id'], 'operator': 'ContainsAny', 'valueText': known}, tenant)

    async def count(self, condition: Condition | None, options: Options) -> int:
        """Return the number of objects."""
        tenant = self._tenant(options)
        found = await self._ready(tenant, condition, None)
        if found is None:
            return 0
        said = count_query(self._name, {'where': found[1], 'tenant': tenant})
        answer = await self._query(said)
        if answer is None:
            return 0
        groups = items_of(members_of(answer.get('Aggregate'), 'Aggregate').get(self._name), self._name)
        counted = count_of(members_of(groups[0].get('meta'), 'meta').get('count')) if groups else None
        if counted is None:
            raise GenkitError(
                f'Weaviate was asked to count {self._name!r}, and answered without a count.',
                status='INTERNAL',
                source=SOURCE,
            )
        return counted

    async def delete_meeting(self, condition: Condition, options: Options) -> None:
        """Delete the objects that meet a condition."""
        tenant = self._tenant(options)
        found = await self._ready(tenant, condition, None)
        if found is not None and found[1] is not None:
            await self._delete(found[1], tenant)

    async def existing(self, ids: Sequence[str], options: IndexerOptions | None) -> set[str]:
        """Return which ids are stored."""
        tenant = self._tenant(options)
        names = {uuid_of(name): name for name in ids}
        if not names or await self._ready(tenant, None, None) is None:
            return set()
        known, found = list(names), set[str]()
        for start in range(0, len(known), _IDS_AT_ONCE):
            part = known[start : start + _IDS_AT_ONCE]
            where = {'path': ['id'], 'operator': 'ContainsAny', 'valueText': part}
            answered = await self._get({'limit': len(part), 'where': where, 'tenant': tenant}, (), ('id',))
            found.update(str(members_of(each.get('_additional'), '_additional').get('id')).lower() for each in answered)
        return {name for key, name in names.items() if key in found}

    async def aclose(self) -> None:
        """Forget what is known of the collection."""
        self.schema.forget()

    async def _ready(
        self, tenant: str | None, condition: Condition | None, native: Mapping[str, Any] | None
    ) -> tuple[Shape, Where | None] | None:
        """Return what the collection looks like, and the conditions; None if nothing can be found there."""
        # A member that is compared may have got its property from another process.
        shape = await self.schema.shape(again=condition is not None)
        if shape is None:
            return None
        check_tenant(self._name, shape, tenant)
        if condition is not None and FACTS not in shape.properties:  # all objects are of another program
            if not meets(condition, {}):
                return None
            condition = None
        version = (0, 0) if condition is None else await self.schema.version()
        translator = WeaviateFilter(shape.properties, self._collection.filterable, version)
        return shape, to_where(condition, native, translator)

    async def _get(
        self, arguments: Mapping[str, Any], properties: Sequence[str], additional: Sequence[str]
    ) -> list[dict[str, Any]]:
        answer = await self._query(get_query(self._name, arguments, properties, additional))
        if answer is None:
            return []
        found = members_of(answer.get('Get'), 'Get').get(self._name)
        if found is None:
            raise no_data(self._name)
        return items_of(found, self._name)

    async def _query(self, said: str) -> dict[str, Any] | None:
        """Return the data of a query; None if its tenant has never stored anything."""
        try:
            return await self._api.query(self._name, said)
        except GenkitError as error:
            self.schema.forget()
            if 'tenant not found' in error.message:
                return None
            raise

    async def _delete(self, where: Where, tenant: str | None) -> None:
        """Delete what meets conditions, in as many calls as the server's limit needs."""
        body = {'match': {'class': self._name, 'where': to_rest(where)}, 'output': 'minimal'}
        while True:
            try:
                answer = members_of(await self._ask('DELETE', 'batch/objects', json=body, tenant=tenant), 'answer')
            except GenkitError as error:
                if 'tenant not found' in error.message:
                    return
                raise
            results = members_of(answer.get('results'), 'results')
            matches, done = count_of(results.get('matches')), count_of(results.get('successful'))
            if results.get('failed') or matches is None or done is None or (matches and not done):
                said = [
                    text
                    for each in items_of(results.get('objects'), 'objects')
                    for text in error_texts(members_of(each.get('errors'), 'errors').get('error'))
                ]
                raise GenkitError(
                    f'Weaviate deleted {done or 0} of {matches or 0} objects of {self._name!r}: '
                    f'{"; ".join(said[:3]) or "no reason was given"}. Repeat the call.',
                    status='INTERNAL',
                    source=SOURCE,
                )
            if done >= matches:
                return

    async def _ask(self, method: str, path: str, **sent: Any) -> Any:
        try:
            return await self._api.ask(method, path, **sent)
        except GenkitError:
            self.schema.forget()  # the collection may have been deleted or changed
            raise

    def _tenant(self, options: Options) -> str | None:
        return IndexerOptions.model_validate(options or {}).tenant or self._collection.tenant
