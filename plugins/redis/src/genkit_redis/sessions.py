# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions of agents in Redis or Valkey: a hash for each snapshot, which holds what changed since the one before.

Keys, below a prefix: ``snapshot:<id>`` (hash: about, change, session, parent, status, followers), ``session:<id>``
(sorted set of its snapshots, by number), ``ends:<id>`` (those that nothing follows), ``sessions`` (sorted set of
sessions, by the time of their newest snapshot, in seconds since 1970) and ``number`` (the last given). What must happen
as a whole is a script, which the server runs alone.
"""

import importlib
import os
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from genkit import StatusName
from genkit.agent import (
    StateChange,
    ambiguous_session,
    change_to_json,
    other_writer,
    snapshot_from_json,
    snapshot_to_json,
    time_of_snapshot,
    watch_by_asking,
)
from genkit.plugin import LoopCache, provider_errors
from genkit.types import SessionSnapshot, SnapshotStatus

from genkit_redis.errors import SOURCE, redis_error, refused, where_of


_VERSION: Final = 1
_FOLLOWED: Final = 'followed'
_TAKEN: Final = 'taken'

# KEYS: a prefix. ARGV: id, session, parent, status, about, change, created, whether it must be alone.
_ADD: Final = """
local prefix, id, session, parent = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local above = prefix .. 'snapshot:' .. parent
local there = redis.call('HMGET', prefix .. 'snapshot:' .. id, 'about', 'change')
if there[1] then
  -- The client repeats a call whose answer was lost.
  if there[1] == ARGV[5] and there[2] == ARGV[6] then return 'kept' end
  return 'taken'
end
if ARGV[8] == '1' then
  if parent == '' and redis.call('EXISTS', prefix .. 'session:' .. session) == 1 then return 'followed' end
  if parent ~= '' and tonumber(redis.call('HGET', above, 'followers') or '0') > 0 then return 'followed' end
end
redis.call('HSET', prefix .. 'snapshot:' .. id, 'session', session, 'parent', parent, 'status', ARGV[4],
  'about', ARGV[5], 'change', ARGV[6], 'followers', 0)
local number = redis.call('INCR', prefix .. 'number')
redis.call('ZADD', prefix .. 'session:' .. session, number, id)
redis.call('ZADD', prefix .. 'ends:' .. session, number, id)
if parent ~= '' and redis.call('EXISTS', above) == 1 then
  redis.call('HINCRBY', above, 'followers', 1)
  redis.call('ZREM', prefix .. 'ends:' .. redis.call('HGET', above, 'session'), parent)
end
redis.call('ZADD', prefix .. 'sessions', 'GT', ARGV[7], session)
return 'kept'
"""
# ARGV: id, the status that is expected, status, about, change (empty to leave it).
_UPDATE: Final = """
local key = KEYS[1] .. 'snapshot:' .. ARGV[1]
if redis.call('HGET', key, 'status') ~= ARGV[2] then return 0 end
redis.call('HSET', key, 'status', ARGV[3], 'about', ARGV[4])
if ARGV[5] ~= '' then redis.call('HSET', key, 'change', ARGV[5]) end
return 1
"""
# ARGV: id. Returns what is said of it, and the changes from it up to the first.
_READ: Final = """
local found, key = {}, KEYS[1] .. 'snapshot:' .. ARGV[1]
local row = redis.call('HMGET', key, 'about', 'change', 'parent')
if not row[1] then return found end
found[1] = row[1]
while row[2] do
  found[#found + 1] = row[2]
  row = redis.call('HMGET', KEYS[1] .. 'snapshot:' .. row[3], 'about', 'change', 'parent')
end
return found
"""
# ARGV: session. Returns how many ends there are, and what is said of the newest.
_LATEST: Final = """
local ends = KEYS[1] .. 'ends:' .. ARGV[1]
local newest = redis.call('ZREVRANGE', ends, 0, 0)
if not newest[1] then return {0, false} end
return {redis.call('ZCARD', ends), redis.call('HGET', KEYS[1] .. 'snapshot:' .. newest[1], 'about')}
"""
_FORGET: Final = """
local function forget(session)
  for _, id in ipairs(redis.call('ZRANGE', KEYS[1] .. 'session:' .. session, 0, -1)) do
    redis.call('DEL', KEYS[1] .. 'snapshot:' .. id)
  end
  redis.call('DEL', KEYS[1] .. 'session:' .. session, KEYS[1] .. 'ends:' .. session)
  redis.call('ZREM', KEYS[1] .. 'sessions', session)
end
"""
# ARGV: session.
_DELETE: Final = f'{_FORGET} forget(ARGV[1])'
# ARGV: seconds since 1970, and how many sessions at most, so that others wait for a moment only.
_PURGE: Final = f"""{_FORGET}
local old = redis.call('ZRANGEBYSCORE', KEYS[1] .. 'sessions', '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, session in ipairs(old) do forget(session) end
return #old
"""
_PURGED_AT_ONCE: Final = 100


class RedisSnapshots:
    """Keeps the sessions of agents in Redis, 6.2 or later, or in Valkey; not in a cluster, whose nodes share no script.

    A turn is as durable as the server makes its writes: with ``appendonly yes`` and ``appendfsync always`` it is on the
    disk when it has been answered (https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/).

    Args:
        url: ``redis://user:password@host:6379/0``, ``rediss://…`` or ``unix://…``; else ``REDIS_URL``.
        client: A client of ``redis.asyncio`` to use instead; it is not closed here, and belongs to one event loop.
        prefix: What all keys begin with.
        timeout: Seconds for an answer.
        reject_ambiguous_session: Whether a session that was continued in two ways can only be resumed by snapshot.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` without an address; when it is used: ``UNAVAILABLE`` if the server does not
            answer, ``UNAUTHENTICATED``, ``RESOURCE_EXHAUSTED`` if its memory is full, ``FAILED_PRECONDITION`` if a
            later release wrote the keys.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        client: Any = None,
        prefix: str = 'genkit:',
        timeout: float = 10.0,
        reject_ambiguous_session: bool = False,
    ) -> None:
        self._url = url or os.environ.get('REDIS_URL')
        if client is None and not self._url:
            raise refused('No address of Redis. Pass RedisSnapshots(url=…), or set REDIS_URL.')
        self._client = client
        self._prefix = prefix
        self._timeout = timeout
        self._reject = reject_ambiguous_session
        self._where = 'the given client' if client is not None else where_of(self._url or '')
        self._secrets = (self._url, urlsplit(self._url or '').password)
        self._clients: LoopCache[_Connected] = LoopCache(self._connect)

    def __repr__(self) -> str:
        """Return the server and the prefix; never a password."""
        return f'{type(self).__name__}({self._where!r}, prefix={self._prefix!r})'

    async def read(self, snapshot_id: str) -> SessionSnapshot | None:
        """Return a snapshot with its whole state, or None."""
        rows = await self._run(_READ, snapshot_id)
        if not rows:
            return None
        return snapshot_from_json(rows[0], reversed(rows[1:]))

    async def latest(self, session_id: str) -> SessionSnapshot | None:
        """Return the newest snapshot that no other follows, or None."""
        count, about = await self._run(_LATEST, session_id)
        if count > 1 and self._reject:
            raise ambiguous_session(session_id)
        return snapshot_from_json(about) if about else None

    async def add(self, snapshot: SessionSnapshot, change: StateChange, *, alone: bool) -> None:
        """Keep a new snapshot."""
        outcome = await self._run(
            _ADD,
            snapshot.snapshot_id,
            snapshot.session_id or '',
            snapshot.parent_id or '',
            snapshot.status or '',
            snapshot_to_json(snapshot),
            change_to_json(change),
            time_of_snapshot(snapshot).timestamp(),
            int(alone),
        )
        if _text(outcome) == _FOLLOWED:
            raise other_writer(snapshot)
        if _text(outcome) == _TAKEN:
            raise refused(f'There is a snapshot {snapshot.snapshot_id!r} already.', StatusName.ALREADY_EXISTS)

    async def update(self, snapshot: SessionSnapshot, change: StateChange | None, expected: SnapshotStatus) -> bool:
        """Replace a snapshot that has a status."""
        changed = '' if change is None else change_to_json(change)
        values = (snapshot.snapshot_id, expected, snapshot.status or '', snapshot_to_json(snapshot), changed)
        return bool(await self._run(_UPDATE, *values))

    async def delete_session(self, session_id: str) -> None:
        """Forget a session."""
        await self._run(_DELETE, session_id)

    async def purge(self, before: datetime) -> int:
        """Forget the sessions that have been silent since."""
        purged = 0
        while (count := await self._run(_PURGE, before.timestamp(), _PURGED_AT_ONCE)) > 0:
            purged += count
        return purged

    def watch(self, snapshot_id: str) -> AsyncIterator[SnapshotStatus]:
        """Iterate over the statuses of a snapshot; the server is asked, so that a lost connection loses none."""

        async def ask() -> tuple[str | None] | None:
            connected = self._clients.get()
            with self._errors():
                found = await connected.client.hget(f'{self._prefix}snapshot:{snapshot_id}', 'status')
            return None if found is None else (_text(found) or None,)

        return watch_by_asking(ask)

    async def aclose(self) -> None:
        """Close the running loop's connections; using the store again opens them."""
        for connected in self._clients.forget():
            if self._client is None:
                await connected.client.aclose()

    async def _run(self, script: str, *values: Any) -> Any:
        connected = self._clients.get()
        with self._errors():
            if not connected.is_known:
                await self._check_version(connected)
            if script not in connected.scripts:
                connected.scripts[script] = connected.client.register_script(script)
            return await connected.scripts[script](keys=[self._prefix], args=values)

    def _connect(self) -> '_Connected':
        if self._client is not None:
            return _Connected(self._client)
        redis: Any = importlib.import_module('redis.asyncio')  # loaded with the first call
        try:
            client = redis.from_url(
                self._url, socket_timeout=self._timeout, socket_connect_timeout=self._timeout, protocol=2
            )
        except ValueError as error:
            raise refused(f'The address of Redis, {self._where}, is not one: {error}') from None
        return _Connected(client)

    async def _check_version(self, connected: '_Connected') -> None:
        key = f'{self._prefix}version'
        await connected.client.set(key, _VERSION, nx=True)
        version = int(await connected.client.get(key) or _VERSION)
        if version > _VERSION:
            raise refused(
                f'The sessions below {self._prefix!r} on {self._where} have version {version}, and this release knows '
                f'{_VERSION}. Upgrade genkit-plugin-redis.',
                StatusName.FAILED_PRECONDITION,
            )
        connected.is_known = True

    def _errors(self) -> AbstractContextManager[None]:
        """Turn what the client raises inside the block into an error of ours."""
        return provider_errors(SOURCE, self._secrets, partial(redis_error, self._where, secrets=self._secrets))


class _Connected:
    """A client, the scripts that it knows, and whether the version of the keys was looked at."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.scripts: dict[str, Any] = {}
        self.is_known = False


def _text(value: Any) -> str:
    """Return as text what the client decodes only if configured so."""
    return value.decode() if isinstance(value, bytes) else str(value)
