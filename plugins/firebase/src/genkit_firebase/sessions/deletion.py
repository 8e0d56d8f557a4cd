# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Deletes whole sessions, which may have more documents than one commit takes.

First, in one commit, the session's document gives way to one that says that it is gone: from then on nobody reads or
continues it, and its name is free. What is older than that commit is then deleted, and the second document last, by
which a deletion that was interrupted is found again.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from genkit import GenkitError, StatusName

from genkit_firebase.database import Database, Write
from genkit_firebase.sessions.documents import (
    CHAIN,
    FOLLOWED,
    NEWEST,
    gone_document,
    is_gone,
    session_of_gone,
    to_gone,
)


_AT_ONCE: Final = 300
_SESSIONS_AT_ONCE: Final = 100


class SessionDeletion:
    """Deletes the sessions of a collection.

    Args:
        database: Where it is.
        collection: Its path.
    """

    def __init__(self, database: Database, collection: str) -> None:
        self._database = database
        self._collection = collection

    async def delete(self, chain: str) -> None:
        """Delete a session, given the id of its document."""
        await self._delete(chain, None)

    async def purge(self, before: datetime) -> int:
        """Delete the sessions whose newest snapshot is older, and finish what was interrupted; return their number."""
        purged = 0
        seen: set[tuple[str, datetime]] = set()
        while True:
            silent = await self._database.earlier(self._collection, NEWEST, before, _SESSIONS_AT_ONCE)
            found = [each for each in silent if (each.id, each.updated) not in seen]
            if not found:
                return purged
            for each in found:
                seen.add((each.id, each.updated))
                if is_gone(each.id):
                    await self._finish(session_of_gone(each.id), each.updated)
                else:
                    purged += await self._delete(each.id, each.updated)

    async def _delete(self, chain: str, version: datetime | None) -> bool:
        """Delete a session, if it has a version still."""
        gone = Write('set', self._path(gone_document(chain)), to_gone())
        try:
            _, when = await self._database.commit(Write('delete', self._path(chain), version=version), gone)
        except GenkitError as error:
            if version is None or error.status not in {StatusName.FAILED_PRECONDITION, StatusName.NOT_FOUND}:
                raise
            return False  # it was continued, or deleted, meanwhile
        await self._finish(chain, when)
        return True

    async def _finish(self, chain: str, when: datetime) -> None:
        found = await asyncio.gather(
            *(self._database.find(self._collection, {name: chain}, only=()) for name in (CHAIN, FOLLOWED))
        )
        old = [each for some in found for each in some if each.created <= when]
        for start in range(0, len(old), _AT_ONCE):
            await self._commit([Write('delete', self._path(each.id)) for each in old[start : start + _AT_ONCE]])
        try:
            await self._commit([Write('delete', self._path(gone_document(chain)), version=when)])
        except GenkitError as error:  # another process deletes it as well, and will finish
            if error.status not in {StatusName.FAILED_PRECONDITION, StatusName.NOT_FOUND}:
                raise

    async def _commit(self, writes: Sequence[Write]) -> None:
        await self._database.commit(*writes)

    def _path(self, name: str) -> str:
        return f'{self._collection}/{name}'
