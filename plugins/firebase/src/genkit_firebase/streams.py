# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Streams of flows that are kept in Firestore, so that a client joins one again, whichever process serves it.

One document says that there is a stream, who writes it, when it last showed a sign of life, and when it ended. The
frames, each a line of JSON, are the content of further documents, numbered in order; they are read by their names, so
that no index is needed.
"""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from genkit import GenkitError, StatusName
from genkit.web import StreamManager, StreamWriter

from genkit_firebase.config import check_collection, document_id
from genkit_firebase.database import Database, Found, Write
from genkit_firebase.errors import refused


_LARGEST_PIECE: Final = 900_000  # bytes, of 1 MiB
_PIECES_AT_ONCE: Final = 3
_AHEAD: Final = 20
_BEAT: Final = timedelta(seconds=15)
_SILENT_SECONDS: Final = 60.0
_LONGEST: Final = timedelta(days=1)  # that a run may take
_STREAMS_AT_ONCE: Final = 100
_DELETED_AT_ONCE: Final = 300


class FirestoreStreamManager(StreamManager):
    """Keeps streams in a collection of Firestore, for any number of processes.

    Args:
        project: The Google Cloud project. Default: ``GOOGLE_CLOUD_PROJECT``, ``GCLOUD_PROJECT`` or that of
            ``FIREBASE_CONFIG``, else that of the credentials.
        database: The name of the database.
        collection: The path of the collection that everything is kept in.
        credentials: Google credentials. Default: those of the environment; none where ``FIRESTORE_EMULATOR_HOST`` is
            set.
        timeout: Seconds for a call of Firestore with its repetitions.
        ttl: Seconds that a stream can be joined after it has ended. All its documents have a time in ``expireAt``, by
            which Firestore deletes them where a policy says so; `purge` deletes them otherwise.
        every: Seconds between two writes of one stream, and between two looks of a client that has joined it.
        most_bytes: The size of a stream; one that becomes larger can no longer be joined.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a collection that cannot be; when it is used, what Firestore says.
    """

    def __init__(
        self,
        project: str | None = None,
        *,
        database: str | None = None,
        collection: str = 'genkit-streams',
        credentials: Any = None,
        timeout: float = 30.0,
        ttl: float = 300.0,
        every: float = 0.25,
        most_bytes: int = 10_000_000,
    ) -> None:
        self._database = Database(project, database, credentials=credentials, timeout=timeout)
        self._collection = check_collection(collection)
        self._ttl = timedelta(seconds=ttl)
        self._every = every
        self._most_bytes = most_bytes

    def __repr__(self) -> str:
        """Return the collection and the database."""
        return f'{type(self).__name__}({self._collection!r}, {self._database!r})'

    async def open(self, stream_id: str) -> StreamWriter:
        """Begin a stream.

        Raises:
            GenkitError: ``ALREADY_EXISTS`` if there is one of that id.
        """
        name, writer, now = document_id('stream', stream_id), uuid.uuid4().hex, datetime.now(UTC)
        latest = now + _LONGEST + self._ttl
        fields = {'writer': writer, 'beat': now, 'ended': None, 'count': 0, 'forgetAt': latest, 'expireAt': latest}
        try:
            await self._database.commit(Write('create', self._path(name), fields))
        except GenkitError as error:
            if error.status != StatusName.ALREADY_EXISTS:
                raise
            (there,) = await self._database.get(self._path(name))
            if there is None or there.fields.get('writer') != writer:  # else the answer to the first try was lost
                raise refused(f'There is a stream {stream_id!r} already.', StatusName.ALREADY_EXISTS) from error
        return _Writer(self._database, self._path(name), self._ttl, self._every, self._most_bytes)

    async def join(self, stream_id: str) -> AsyncIterator[str]:
        """Return the frames of a stream from its beginning.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is no such stream, or no longer.
        """
        path = self._path(document_id('stream', stream_id))
        (there,) = await self._database.get(path)
        if there is None or self._is_over(there):
            raise _no_stream(stream_id)
        return self._read(path, stream_id)

    async def purge(self) -> int:
        """Delete the streams that can no longer be joined, and return their number."""
        purged = 0
        while found := await self._database.earlier(self._collection, 'forgetAt', datetime.now(UTC), _STREAMS_AT_ONCE):
            for each in found:
                path = self._path(each.id)
                pieces = await self._database.find(self._collection, {'stream': each.id}, only=())
                for start in range(0, len(pieces), _DELETED_AT_ONCE):
                    some = pieces[start : start + _DELETED_AT_ONCE]
                    await self._database.commit(*(Write('delete', self._path(piece.id)) for piece in some))
                await self._database.commit(Write('delete', path))
                purged += 1
        return purged

    async def aclose(self) -> None:
        """Close the running loop's connections; using the manager again opens them."""
        await self._database.aclose()

    async def _read(self, path: str, stream_id: str) -> AsyncGenerator[str]:
        number, ahead, rest = 0, _AHEAD, b''
        while True:
            names = [f'{path}-{place}' for place in range(number, number + ahead)]
            there, *pieces = await self._database.get(path, *names)
            if there is None:
                raise _no_stream(stream_id)
            before = number
            for piece in pieces:
                if piece is None:
                    break
                number += 1
                *frames, rest = (rest + _content(piece)).split(b'\n')
                for frame in frames:
                    yield frame.decode()
            if number > before:
                ahead = _AHEAD
            elif there.fields.get('ended') is not None and number >= int(there.fields.get('count') or 0):
                return
            else:
                _check_alive(there)
                ahead = 1
                await asyncio.sleep(self._every)

    def _is_over(self, found: Found) -> bool:
        ended = found.fields.get('ended')
        return isinstance(ended, datetime) and ended + self._ttl < datetime.now(UTC)

    def _path(self, name: str) -> str:
        return f'{self._collection}/{name}'


class _Writer(StreamWriter):
    """Writes what has come together meanwhile, a few times a second, and a sign of life now and then."""

    def __init__(self, database: Database, path: str, ttl: timedelta, every: float, most_bytes: int) -> None:
        self._database = database
        self._path = path
        self._ttl = ttl
        self._every = every
        self._left = most_bytes
        self._waiting = bytearray()
        self._number = 0
        self._next_beat = datetime.now(UTC) + _BEAT
        self._ends = False
        self._woken = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def write(self, frames: Sequence[str]) -> None:
        """Keep further frames; they are written a moment later.

        Raises:
            GenkitError: ``RESOURCE_EXHAUSTED`` if the stream has become too large, and what Firestore said of the
                frames before.
        """
        if self._task.done():
            await asyncio.shield(self._task)
        for frame in frames:
            self._waiting += frame.encode() + b'\n'
        self._woken.set()

    async def end(self) -> None:
        """Write what is left, and note that there is no more."""
        self._ends = True
        self._woken.set()
        await asyncio.shield(self._task)

    async def _run(self) -> None:
        try:
            while not self._ends:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _BEAT.total_seconds())
                self._woken.clear()
                await self._flush()
                if not self._ends:
                    await self._pause()
            await self._flush()
        except BaseException:
            with contextlib.suppress(Exception):  # who has joined the stream learns of it at once
                await self._database.commit(Write('update', self._path, {'failed': True}))
            raise

    async def _pause(self) -> None:
        """Let frames come together, unless the stream ends."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._every):
                while not self._ends:
                    await self._woken.wait()
                    if not self._ends:
                        self._woken.clear()
        if self._waiting:
            self._woken.set()

    async def _flush(self) -> None:
        taken, self._waiting = bytes(self._waiting), bytearray()
        self._left -= len(taken)
        if self._left < 0:
            raise refused('The stream is too large to be kept; raise most_bytes=.', StatusName.RESOURCE_EXHAUSTED)
        now = datetime.now(UTC)
        about = {'stream': self._path.rpartition('/')[2], 'expireAt': now + _LONGEST + self._ttl}
        writes: list[Write] = []
        for start in range(0, len(taken), _LARGEST_PIECE):
            piece = taken[start : start + _LARGEST_PIECE]
            writes.append(Write('set', f'{self._path}-{self._number}', {**about, 'piece': piece}))
            self._number += 1
            if len(writes) == _PIECES_AT_ONCE:
                await self._database.commit(*writes)
                writes = []
        beat: dict[str, Any] = {'beat': now, 'count': self._number}
        if self._ends:
            beat |= {'ended': now, 'forgetAt': now + self._ttl, 'expireAt': now + _LONGEST + self._ttl}
        if self._ends or now > self._next_beat:
            self._next_beat = now + _BEAT
            writes.append(Write('update', self._path, beat))
        if writes:
            await self._database.commit(*writes)


def _content(piece: Found) -> bytes:
    content = piece.fields.get('piece')
    if not isinstance(content, bytes):
        raise refused(f'Document {piece.id!r} of the stream is damaged.', StatusName.DATA_LOSS)
    return content


def _check_alive(there: Found) -> None:
    beat = there.fields.get('beat')
    silent = isinstance(beat, datetime) and (datetime.now(UTC) - beat).total_seconds() > _SILENT_SECONDS
    if silent or there.fields.get('failed'):
        raise refused(
            'The stream stopped in the middle: the process that wrote it has ended, or could not write. Call again.',
            StatusName.UNAVAILABLE,
        )


def _no_stream(stream_id: str) -> GenkitError:
    return refused(
        f'There is no stream {stream_id!r}: it was never there, or is there no longer.', StatusName.NOT_FOUND
    )
