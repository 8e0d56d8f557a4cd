# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Snapshots as JSON files, to look into and to copy; several processes may use them at a time."""

import asyncio
import contextlib
import hashlib
import os
import re
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any, Final, TypeVar

from genkit._agent.stores.snapshots import (
    LOGGER,
    StateChange,
    StoredSnapshot,
    ambiguous_session,
    change_from_wire,
    change_to_json,
    other_writer,
    read_kept,
    state_after,
    store_failed,
    watch_by_asking,
)
from genkit._base.errors import GenkitError
from genkit._base.serialize import dump_json
from genkit.types import SessionSnapshot, SnapshotStatus


T = TypeVar('T')

_PLAIN: Final = re.compile(r'[a-z0-9-]{1,100}')  # the same file on every system, whatever it makes of case


class FileSnapshots:
    """Stores snapshots in a folder, one file each, written atomically.

    ``snapshots/<id>.json`` holds a snapshot and what it changed; ``sessions/<id>.jsonl`` names those of a session in
    order, and a snapshot is kept as soon as its line is there. One writer at a time, whatever the process: for many
    sessions at once `SqliteSnapshots` is quicker.

    Args:
        directory: The folder; created when the first snapshot is stored.
        reject_ambiguous_session: Whether a session with several branches can only be resumed by snapshot id.

    Raises:
        GenkitError: When it is used: ``DATA_LOSS`` for a damaged file, which is named and left as it is,
            ``UNAVAILABLE`` if files cannot be read or written.
    """

    def __init__(self, directory: str | Path, *, reject_ambiguous_session: bool = False) -> None:
        self.directory = Path(directory).expanduser()
        self._reject = reject_ambiguous_session
        self._logs: dict[Path, _Log] = {}
        self._lock = threading.Lock()
        self._is_tidy = False

    async def read(self, snapshot_id: str) -> SessionSnapshot | None:
        """Return a snapshot with its whole state, or None."""

        def work() -> SessionSnapshot | None:
            found = self._load(snapshot_id)
            if found is None:
                return None
            chain = [found]
            while chain[-1][0].parent_id is not None and (parent := self._load(chain[-1][0].parent_id)) is not None:
                chain.append(parent)
            changes = (change for _, change in reversed(chain))
            return found[0].replaced(state=state_after(changes, found[0].session_id))

        return await self._run(work)

    async def latest(self, session_id: str) -> SessionSnapshot | None:
        """Return the newest leaf snapshot of a session, or None."""

        def work() -> SessionSnapshot | None:
            ends = self._log(session_id).refreshed().ends()
            if len(ends) > 1 and self._reject:
                raise ambiguous_session(session_id)
            found = self._load(ends[-1]) if ends else None
            return found[0] if found else None

        return await self._run(work)

    async def add(self, snapshot: SessionSnapshot, change: StateChange, *, alone: bool) -> None:
        """Store a new snapshot."""

        def work() -> None:
            log = self._log(snapshot.session_id or '')
            if alone and log.refreshed().is_taken(snapshot.parent_id):
                raise other_writer(snapshot)
            self._write(snapshot, change)
            line = {'id': snapshot.snapshot_id, 'parent': snapshot.parent_id, 'created': snapshot.created_at}
            log.append(dump_json(line).encode() + b'\n')

        await self._run_alone(work)

    async def update(self, snapshot: SessionSnapshot, change: StateChange | None, expected: SnapshotStatus) -> bool:
        """Replace a snapshot if it has the expected status."""

        def work() -> bool:
            found = self._load(snapshot.snapshot_id)
            if found is None or found[0].status != expected:
                return False
            self._write(snapshot, change or found[1])
            return True

        return await self._run_alone(work)

    async def delete_session(self, session_id: str) -> None:
        """Delete a session."""
        await self._run_alone(lambda: self._delete(self._log(session_id)))

    async def purge(self, before: datetime) -> int:
        """Delete the sessions whose newest snapshot is older."""

        def work() -> int:
            logs = [self._log_at(path).refreshed() for path in sorted((self.directory / 'sessions').glob('*.jsonl'))]
            old = [log for log in logs if all(datetime.fromisoformat(created) < before for created in log.created)]
            for log in old:
                self._delete(log)
            return len(old)

        return await self._run_alone(work)

    def watch(self, snapshot_id: str) -> AsyncIterator[SnapshotStatus]:
        """Iterate over the statuses of a snapshot; polls the file, since other processes may change them."""

        async def ask() -> tuple[str | None] | None:
            found = await self._run(lambda: self._load(snapshot_id))
            return None if found is None else (found[0].status,)

        return watch_by_asking(ask)

    async def _run_alone(self, work: Callable[[], T]) -> T:
        def alone() -> T:
            with _held(self.directory):
                if not self._is_tidy:
                    self._remove_unfinished()
                return work()

        return await self._run(alone)

    async def _run(self, work: Callable[[], T]) -> T:
        def locked() -> T:
            with self._lock:
                return work()

        try:
            return await asyncio.to_thread(locked)
        except OSError as error:
            raise store_failed(self.directory, error) from error

    def _log(self, session_id: str) -> '_Log':
        return self._log_at(self.directory / 'sessions' / f'{_file_name(session_id)}.jsonl')

    def _log_at(self, path: Path) -> '_Log':
        return self._logs.setdefault(path, _Log(path))

    def _path(self, snapshot_id: str) -> Path:
        return self.directory / 'snapshots' / f'{_file_name(snapshot_id)}.json'

    def _load(self, snapshot_id: str) -> tuple[SessionSnapshot, StateChange] | None:
        path = self._path(snapshot_id)
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            return None
        with _damage_named(path):
            members = read_kept(text)
            return StoredSnapshot.model_validate(members['snapshot']), change_from_wire(members['change'])

    def _write(self, snapshot: SessionSnapshot, change: StateChange) -> None:
        text = f'{{"snapshot":{dump_json(snapshot.replaced(state=None))},"change":{change_to_json(change)}}}\n'
        path = self._path(snapshot.snapshot_id)
        unfinished = path.with_suffix('.unfinished')
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        try:
            with unfinished.open('wb', buffering=0) as file:
                _flush(file, text.encode())
            unfinished.replace(path)
            _flush_names(path.parent)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def _remove_unfinished(self) -> None:
        """Remove files left by writers that were killed; the lock on the folder ensures that no writer is active."""
        for path in (self.directory / 'snapshots').glob('*.unfinished'):
            path.unlink(missing_ok=True)
        self._is_tidy = True

    def _delete(self, log: '_Log') -> None:
        for name in log.refreshed().names:
            self._path(name).unlink(missing_ok=True)
        log.path.unlink(missing_ok=True)  # last, so that an interrupted deletion can be repeated
        self._logs.pop(log.path, None)


@dataclass
class _Log:
    """The lines of a session, as far as they have been read.

    Attributes:
        path: The file.
        end: Behind the last whole line.
        last: That line, which identifies a file that was deleted and written again.
    """

    path: Path
    end: int = 0
    last: bytes = b''
    names: list[str] = field(default_factory=list[str])
    created: list[str] = field(default_factory=list[str])
    followed: set[str] = field(default_factory=set[str])

    def refreshed(self) -> '_Log':
        """Read what was added meanwhile; half a line, which an interrupted writer left, is not there."""
        try:
            with self.path.open('rb') as file:
                file.seek(self.end - len(self.last))
                added = file.read()
                if not added.startswith(self.last):
                    self._forget()
                    file.seek(0)
                    added = file.read()
        except FileNotFoundError:
            self._forget()
            return self
        lines = added[len(self.last) : added.rfind(b'\n') + 1].splitlines(keepends=True)
        with _damage_named(self.path):
            for line, members in [(line, read_kept(line)) for line in lines]:
                self.names.append(members['id'])
                self.created.append(members['created'])
                if members['parent'] is not None:
                    self.followed.add(members['parent'])
                self.last = line
                self.end += len(line)
        return self

    def append(self, line: bytes) -> None:
        """Add a line; if that fails, the file is as it was."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.refreshed()
        with self.path.open('r+b' if self.path.exists() else 'xb', buffering=0) as file:
            file.truncate(self.end)
            file.seek(self.end)
            try:
                _flush(file, line)
            except BaseException:
                file.truncate(self.end)
                raise
        if not self.end:
            _flush_names(self.path.parent)

    def ends(self) -> list[str]:
        """Return the snapshots that no other follows, in order."""
        return [name for name in self.names if name not in self.followed]

    def is_taken(self, parent: str | None) -> bool:
        """Return whether a snapshot follows a parent already; without one, whether the session has any."""
        return bool(self.names) if parent is None else parent in self.followed

    def _forget(self) -> None:
        self.end, self.last = 0, b''
        self.names, self.created, self.followed = [], [], set()


def _file_name(name: str) -> str:
    """Return a file's name for any text: as it is where every system can have it so, else a hash."""
    return (
        f's-{name}'
        if _PLAIN.fullmatch(name)
        else f'h-{hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()}'
    )


def _flush(file: FileIO, content: bytes) -> None:
    while content:
        content = content[file.write(content) :]
    os.fsync(file.fileno())


@contextlib.contextmanager
def _damage_named(path: Path) -> Generator[None]:
    try:
        yield
    except (GenkitError, ValueError, KeyError, TypeError) as error:
        LOGGER.error('%s is damaged: %s. Restore it, or remove it with its session.', path, type(error).__name__)
        raise GenkitError(
            'A file of the session store is damaged. Restore it, or remove it with its session; the log names it.',
            status='DATA_LOSS',
            cause=ValueError(f'{path} is damaged: {type(error).__name__}'),
        ) from error


@contextlib.contextmanager
def _held(directory: Path) -> Generator[None]:
    """Hold the folder for one writer of all processes; the system lets go of it when a process ends.

    Written by hand since the library `filelock` polls on every system, which is slower where writers meet.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / '.lock').open('a+b') as file:
        _lock(file)
        yield


if sys.platform == 'win32':
    import msvcrt

    def _lock(file: Any) -> None:
        file.seek(0)
        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except PermissionError:  # held by another; the mode that waits tries once a second, and ten times at most
                time.sleep(0.01)
            else:
                return

    def _flush_names(folder: Path) -> None:
        """Do nothing: this system keeps names with the files."""
else:
    import fcntl

    def _lock(file: Any) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _flush_names(folder: Path) -> None:
        """Let a new name in a folder outlive a loss of power."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
