# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import json
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from genkit import GenkitError
from genkit._agent.stores.snapshots import now
from genkit.agent import FileSnapshots, MemorySnapshots, SnapshotStore, SqliteSnapshots, StateChange
from genkit.testing import SessionStoreContract
from genkit.types import SessionSnapshot, SnapshotStatus


class TestMemory(SessionStoreContract):
    async def store(self, *, reject_ambiguous_session: bool = False) -> SnapshotStore:
        return MemorySnapshots(reject_ambiguous_session=reject_ambiguous_session)


class TestFiles(SessionStoreContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path):
        self.path = tmp_path / 'deep' / 'sessions'

    async def store(self, *, reject_ambiguous_session: bool = False) -> SnapshotStore:
        return FileSnapshots(self.path, reject_ambiguous_session=reject_ambiguous_session)

    async def elsewhere(self) -> str:
        return f'from genkit.agent import FileSnapshots\nstore = FileSnapshots({str(self.path)!r})'


@pytest.mark.nightly
@pytest.mark.timeout(900)
class TestFilesAHundredTimes(TestFiles):
    kills = 100


class TestSqlite(SessionStoreContract):
    @pytest.fixture(autouse=True)
    async def _folder(self, tmp_path: Path):
        self.path = tmp_path / 'deep' / 'sessions.db'
        self.opened: list[SqliteSnapshots] = []
        yield
        for store in self.opened:
            await store.aclose()

    async def store(self, *, reject_ambiguous_session: bool = False) -> SnapshotStore:
        self.opened.append(SqliteSnapshots(self.path, reject_ambiguous_session=reject_ambiguous_session))
        return self.opened[-1]

    async def elsewhere(self) -> str:
        return f'from genkit.agent import SqliteSnapshots\nstore = SqliteSnapshots({str(self.path)!r})'


@pytest.mark.nightly
@pytest.mark.timeout(900)
class TestSqliteAHundredTimes(TestSqlite):
    kills = 100


async def test_a_file_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / 'sessions.db'
    connection = sqlite3.connect(path)
    connection.execute('PRAGMA user_version = 99')
    connection.close()
    with pytest.raises(GenkitError, match='version 99') as raised:
        await SqliteSnapshots(path).latest('s')
    assert raised.value.status == 'FAILED_PRECONDITION'


async def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / 'no.db').write_bytes(b'this is not a database at all, not even a little')
    with pytest.raises(GenkitError, match=r'no\.db') as raised:
        await SqliteSnapshots(tmp_path / 'no.db').latest('s')
    assert raised.value.status == 'UNAVAILABLE'


def names_in(folder: Path, pattern: str = '*') -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


def snapshot(name: str, parent: str | None = None) -> SessionSnapshot:
    return SessionSnapshot(
        snapshot_id=name, session_id='s', parent_id=parent, created_at=now(), status=SnapshotStatus.COMPLETED
    )


async def test_half_a_line_of_an_interrupted_writer_is_written_again(tmp_path: Path) -> None:
    await FileSnapshots(tmp_path).add(snapshot('1'), StateChange(), alone=True)
    log = tmp_path / 'sessions' / 's-s.jsonl'
    with log.open('ab') as file:
        file.write(b'{"id": "2", "par')
    store = FileSnapshots(tmp_path)
    assert (await store.latest('s') or snapshot('')).snapshot_id == '1'
    await store.add(snapshot('3', '1'), StateChange(), alone=True)
    assert [json.loads(line)['id'] for line in log.read_text().splitlines()] == ['1', '3']


@pytest.mark.parametrize('damage', [b'{"snapshot": {', b'[]', b'{"snapshot": {"snapshotId": 1}, "change": {}}'])
async def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path: Path, damage: bytes) -> None:
    store = FileSnapshots(tmp_path)
    await store.add(snapshot('1'), StateChange(), alone=True)
    path = tmp_path / 'snapshots' / 's-1.json'
    path.write_bytes(damage)
    for call in (store.read('1'), store.latest('s'), store.update(snapshot('1'), None, SnapshotStatus.COMPLETED)):
        with pytest.raises(GenkitError, match=r's-1\.json is damaged') as raised:
            await call
        assert raised.value.status == 'DATA_LOSS'
    assert path.read_bytes() == damage
    await store.delete_session('s')
    assert await store.read('1') is None


async def test_a_damaged_log_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    store = FileSnapshots(tmp_path)
    await store.add(snapshot('1'), StateChange(), alone=True)
    log = tmp_path / 'sessions' / 's-s.jsonl'
    log.write_bytes(b'not a line\n')
    with pytest.raises(GenkitError, match=r's-s\.jsonl is damaged'):
        await FileSnapshots(tmp_path).add(snapshot('2', '1'), StateChange(), alone=True)
    assert log.read_bytes() == b'not a line\n'


@pytest.mark.parametrize(
    'name', ['../up', 'A/b', 'ä', '', 'UPPER', 'nul', '.', 'a.b', pytest.param('a' * 300, id='long')]
)
async def test_any_name_stays_in_the_folder_and_is_found_again(tmp_path: Path, name: str) -> None:
    store = FileSnapshots(tmp_path / 'here')
    await store.add(snapshot('1').replaced(snapshot_id=name, session_id=name), StateChange(), alone=True)
    found = await store.latest(name)
    assert found is not None
    assert found.snapshot_id == name
    assert names_in(tmp_path) == ['here']


async def test_a_session_that_was_forgotten_begins_anew_also_for_others_that_knew_it(tmp_path: Path) -> None:
    one, other = FileSnapshots(tmp_path), FileSnapshots(tmp_path)
    await one.add(snapshot('1'), StateChange(), alone=True)
    assert await other.latest('s') is not None
    await one.delete_session('s')
    await one.add(snapshot('2'), StateChange(), alone=True)
    assert (await other.latest('s') or snapshot('')).snapshot_id == '2'
    assert [name for name in names_in(tmp_path, '**/*') if '.json' in name] == ['s-2.json', 's-s.jsonl']


FILLING = """
import asyncio, resource, sys
from genkit import Genkit
from genkit.agent import FileSnapshots
from genkit.testing import define_echo_model

async def main():
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    chat = ai.define_agent('waiter', store=FileSnapshots(sys.argv[1])).chat(session_id='s')
    for number in range(100):
        await chat.send(str(number))
        print(number, flush=True)

asyncio.run(main())
"""


def filled(folder: Path) -> str:
    """Return the last question that was kept before the disk was full."""
    ended = subprocess.run([sys.executable, '-c', FILLING, folder], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert '[Errno 27] File too large' in ended.stderr
    assert not list(folder.rglob('*.unfinished'))
    assert (folder / 'sessions' / 's-s.jsonl').read_bytes().endswith(b'}\n')
    return ended.stdout.splitlines()[-1]


@pytest.mark.skipif(sys.platform == 'win32', reason='the size of files cannot be limited')
async def test_a_full_disk_is_an_error_and_what_was_kept_stays(tmp_path: Path) -> None:
    told = filled(tmp_path)
    store = FileSnapshots(tmp_path)
    latest = await store.latest('s')
    whole = await store.read(latest.snapshot_id) if latest else None
    assert whole is not None
    assert whole.state is not None
    assert [message.text for message in whole.state.messages or ()][-2] == told
    await store.add(snapshot('next', whole.snapshot_id), StateChange(), alone=True)


async def test_what_a_killed_writer_left_is_removed_by_the_next(tmp_path: Path) -> None:
    (tmp_path / 'snapshots').mkdir()
    left = tmp_path / 'snapshots' / 's-1.unfinished'
    left.write_text('{"snap')
    store = FileSnapshots(tmp_path)
    assert await store.latest('s') is None
    assert left.exists(), 'a reader does not know whether somebody writes'
    await store.add(SessionSnapshot(snapshot_id='2', session_id='s', created_at=now()), StateChange(), alone=True)
    assert not left.exists()


@pytest.mark.parametrize('kind', [FileSnapshots, SqliteSnapshots])
async def test_a_place_that_cannot_be_made_is_named_in_the_log_alone(kind, tmp_path, caplog):
    (tmp_path / 'taken').write_text('a file')
    store = kind(tmp_path / 'taken' / 'sessions')
    with pytest.raises(GenkitError) as caught:
        await store.delete_session('a')
    assert caught.value.status == 'UNAVAILABLE'
    assert str(tmp_path) not in caught.value.original_message
    assert str(tmp_path) in caplog.text


class Late:
    """A lock that its first user gets only when it may go on."""

    def __init__(self) -> None:
        self.reached, self.may_go_on, self.left = threading.Event(), threading.Event(), threading.Event()

    def __enter__(self) -> None:
        self.reached.set()
        assert self.may_go_on.wait(30)

    def __exit__(self, *_: object) -> None:
        self.left.set()


async def test_a_read_that_was_given_up_does_not_open_a_closed_file_again(tmp_path: Path) -> None:
    store = SqliteSnapshots(tmp_path / 'sessions.db')
    assert await store.latest('s') is None
    lock = store._lock
    late: Any = Late()
    store._lock = late
    reading = asyncio.create_task(store.latest('s'))
    await asyncio.to_thread(late.reached.wait, 30)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    store._lock = lock
    await store.aclose()
    late.may_go_on.set()
    assert await asyncio.to_thread(late.left.wait, 30)
    assert store._connection is None
