# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from genkit import GenkitError
from genkit._agent.snapshots import now
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


DURABLE = {'sqlite': "SqliteSnapshots(sys.argv[1] + '/s.db')", 'files': 'FileSnapshots(sys.argv[1])'}
PROGRAM = """
import asyncio, sys
from genkit import GenerateResponse, Genkit, Message
from genkit.agent import FileSnapshots, SqliteSnapshots

async def short(request):
    return GenerateResponse(message=Message(role='model', content=str(len(request.messages))))

async def main():
    ai = Genkit(model='short')
    ai.define_model('short', short)
    store = STORE
    chat = ai.define_agent('waiter', store=store).chat(session_id='s')
    for said in sys.argv[2:] or map(str, range(10**6)):
        print((await chat.send(said)).text, flush=True)
    if hasattr(store, 'aclose'):
        await store.aclose()

asyncio.run(main())
"""


def program(kept: str, folder: Path, *said: str) -> list[str]:
    return [sys.executable, '-c', PROGRAM.replace('STORE', DURABLE[kept]), str(folder), *said]


@pytest.mark.parametrize('kept', DURABLE)
def test_another_process_continues_the_session(tmp_path: Path, kept: str) -> None:
    outputs = [
        subprocess.run(program(kept, tmp_path, said), capture_output=True, text=True, check=True).stdout
        for said in ('one', 'two')
    ]
    assert outputs == ['1\n', '3\n']


def killed_at_random(kept: str, folder: Path, times: int) -> None:
    """Kill a program that talks as fast as it can; every answer that it told of must be there afterwards."""
    chosen = random.Random(7)
    sent = -1  # the model tells how many messages it was sent: 1, 3, 5 …
    for _ in range(times):
        with subprocess.Popen(program(kept, folder), stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            told = [running.stdout.readline() for _ in range(chosen.randrange(1, 6))]
            time.sleep(chosen.random() / 50)
            running.kill()
            told += running.stdout.readlines()
        whole = [int(line) for line in told if line.endswith('\n')]
        assert whole[0] == sent + 2, 'the session goes on where it was'
        found = subprocess.run(program(kept, folder, 'on'), capture_output=True, text=True, check=True).stdout
        # The turn that was interrupted may have been kept before it could be told of.
        assert int(found) in {whole[-1] + 2, whole[-1] + 4}
        sent = int(found)


@pytest.mark.timeout(120)
@pytest.mark.parametrize('kept', DURABLE)
def test_a_program_that_is_killed_loses_nothing_that_it_told_of(tmp_path: Path, kept: str) -> None:
    killed_at_random(kept, tmp_path, 3)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize('kept', DURABLE)
def test_nor_does_one_that_is_killed_a_hundred_times(tmp_path: Path, kept: str) -> None:
    killed_at_random(kept, tmp_path, 100)


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


@pytest.mark.skipif(sys.platform == 'win32', reason='the size of files cannot be limited')
def test_a_full_disk_is_an_error_and_what_was_kept_stays(tmp_path: Path) -> None:
    limited = (
        'import resource, sys\n'
        'resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n'
        f'sys.argv[1:] = [{str(tmp_path)!r}]\n' + PROGRAM.replace('STORE', DURABLE['files'])
    )
    ended = subprocess.run([sys.executable, '-c', limited], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert 'cannot be used: [Errno 27] File too large' in ended.stderr
    kept = int(ended.stdout.splitlines()[-1])
    assert not list(tmp_path.rglob('*.unfinished'))
    assert (tmp_path / 'sessions' / 's-s.jsonl').read_bytes().endswith(b'}\n')
    went_on = subprocess.run(program('files', tmp_path, 'on'), capture_output=True, text=True, check=True)
    assert int(went_on.stdout) == kept + 2
