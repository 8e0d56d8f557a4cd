# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a collection of Weaviate looks like, and how it gets what is missing."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import LoopCache, items_of, members_of, text_of, url_path

from genkit_weaviate.config import WeaviateCollection
from genkit_weaviate.convert import fixed_properties, to_class, to_property
from genkit_weaviate.errors import SOURCE, no_data
from genkit_weaviate.members import FACTS, PREFIXES
from genkit_weaviate.service import Api


_SIMPLE: Final = re.compile(r'(text|string|int|number|boolean|date|uuid)(\[\])?')
_VERSION: Final = re.compile(r'(\d{1,6})\.(\d{1,6})')


@dataclass(slots=True)
class Shape:
    """What is known of a collection.

    Attributes:
        metric: How it compares vectors.
        has_tenants: Whether its tenants are kept apart.
        properties: The names of all its properties.
        selected: Those of them that make up a document.
        tenants: The tenants that this process has made.
    """

    metric: str
    has_tenants: bool
    properties: frozenset[str]
    selected: tuple[str, ...]
    tenants: set[str] = field(default_factory=set[str])


class Schema:
    """The schema of one collection, asked for once in each event loop and for each key.

    Args:
        collection: The collection.
        api: Where it is.
    """

    def __init__(self, collection: WeaviateCollection, api: Api) -> None:
        self._collection = collection
        self._api = api
        self._path = f'schema/{url_path(collection.stored_as)}'
        self._shapes: LoopCache[dict[str, Shape]] = LoopCache(dict)
        self._versions: LoopCache[dict[str, tuple[int, int]]] = LoopCache(dict)
        self._locks: LoopCache[asyncio.Lock] = LoopCache(asyncio.Lock)

    async def shape(self, *, again: bool = False) -> Shape | None:
        """Return what is known of the collection; None if there is none.

        Args:
            again: Whether to ask again.
        """
        shapes, key = self._shapes.get(), self._api.key_digest()
        if again or key not in shapes:
            found = await self._ask()
            if found is None:
                shapes.pop(key, None)
                return None
            found.tenants.update(shapes[key].tenants if key in shapes else ())
            shapes[key] = found
        return shapes[key]

    async def with_properties(self, names: Iterable[str], tenant: str | None) -> Shape:
        """Return what is known of the collection when it, some properties and a tenant have been made if missing.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if a tenant is named where there are none, or none where there are.
        """
        wanted = list(dict.fromkeys([*fixed_properties(self._collection), *names]))
        found = await self.shape()
        if found is None or not found.properties.issuperset(wanted):
            async with self._locks.get():
                found = await self._made(wanted, has_tenants=tenant is not None)
        check_tenant(self._collection.stored_as, found, tenant)
        if tenant is not None and tenant not in found.tenants:
            await self._unless_there('POST', f'{self._path}/tenants', [{'name': tenant}])
            found.tenants.add(tenant)
        return found

    async def version(self) -> tuple[int, int]:
        """Return the version of the server; 0.0 if it says none."""
        versions, key = self._versions.get(), self._api.key_digest()
        if key not in versions:
            answer = members_of(await self._api.ask('GET', 'meta'), 'answer')
            said = _VERSION.match(text_of(answer.get('version'), 'version'))
            versions[key] = (int(said[1]), int(said[2])) if said else (0, 0)
        return versions[key]

    async def delete(self) -> None:
        """Delete the collection with everything in it."""
        await self._api.ask('DELETE', self._path)
        self.forget()

    def forget(self) -> None:
        """Forget what the running loop knows."""
        self._shapes.forget()
        self._versions.forget()

    async def _made(self, wanted: list[str], *, has_tenants: bool) -> Shape:
        found = await self.shape(again=True)
        if found is None:
            await self._unless_there('POST', 'schema', to_class(wanted, self._collection, has_tenants=has_tenants))
            found = await self.shape(again=True)
        missing = [name for name in wanted if found is None or name not in found.properties]
        if missing and found is not None:
            for name in missing:
                await self._unless_there('POST', f'{self._path}/properties', to_property(name, self._collection))
            found = await self.shape(again=True)
            missing = [name for name in wanted if found is None or name not in found.properties]
        if found is None or missing:
            raise GenkitError(
                f'Weaviate has not made what collection {self._collection.stored_as!r} needs: '
                f'{", ".join(missing[:5])}. Another call may be deleting it; repeat this one.',
                status='ABORTED',
                source=SOURCE,
            )
        return found

    async def _unless_there(self, method: str, path: str, body: Any) -> None:
        """Send a request; that another call was faster is no error."""
        try:
            await self._api.ask(method, path, json=body)
        except GenkitError as error:
            if 'already' not in error.message:
                raise

    async def _ask(self) -> Shape | None:
        try:
            answer = members_of(await self._api.ask('GET', self._path), 'answer')
        except GenkitError as error:
            if error.status != 'NOT_FOUND':
                raise
            return None
        if not answer:
            raise no_data(self._collection.stored_as)
        config = members_of(answer.get('vectorIndexConfig'), 'vectorIndexConfig')
        tenancy = members_of(answer.get('multiTenancyConfig'), 'multiTenancyConfig')
        properties = items_of(answer.get('properties'), 'properties')
        names = [text_of(each.get('name'), 'name') for each in properties]
        return Shape(
            metric=text_of(config.get('distance'), 'distance') or self._collection.metric,
            has_tenants=tenancy.get('enabled') is True,
            properties=frozenset(names),
            selected=tuple(
                name
                for name, each in zip(names, properties, strict=True)
                if _is_simple(each) and name != FACTS and not name.startswith(PREFIXES)
            ),
        )


def _is_simple(definition: Mapping[str, Any]) -> bool:
    kinds = definition.get('dataType')
    first = cast('list[object]', kinds)[:1] if isinstance(kinds, list) else []
    return any(_SIMPLE.fullmatch(str(kind)) for kind in first)


def check_tenant(name: str, shape: Shape, tenant: str | None) -> None:
    """Check that a tenant is named where there are tenants, and nowhere else.

    Raises:
        GenkitError: ``FAILED_PRECONDITION``.
    """
    if shape.has_tenants is (tenant is not None):
        return
    if tenant is None:
        text = (
            f'Collection {name!r} of Weaviate keeps tenants apart. Name one: tenant= of the collection or of the call.'
        )
    else:
        text = f'Collection {name!r} of Weaviate has no tenants, and {tenant!r} was named. Leave tenant out.'
    raise GenkitError(text, status='FAILED_PRECONDITION', source=SOURCE)
