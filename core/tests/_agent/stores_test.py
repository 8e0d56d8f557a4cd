# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from genkit import GenkitError
from genkit.agent import MemorySnapshots, SnapshotStore, SqliteSnapshots
from genkit.testing import SessionStoreContract


class TestMemory(SessionStoreContract):
    async def store(self, *, reject_ambiguous_session: bool = False) -> SnapshotStore:
        return MemorySnapshots(reject_ambiguous_session=reject_ambiguous_session)


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


def test_another_process_continues_the_session(tmp_path: Path) -> None:
    program = (
        'import asyncio, sys\n'
        'from genkit import Genkit\nfrom genkit.agent import SqliteSnapshots\n'
        'from genkit.testing import define_echo_model\n'
        'async def main():\n'
        '    ai = Genkit(model="echo")\n    define_echo_model(ai, "echo")\n'
        '    store = SqliteSnapshots(sys.argv[1])\n'
        '    agent = ai.define_agent("waiter", store=store)\n'
        '    print((await agent.chat(session_id="s").send(sys.argv[2])).text)\n'
        '    await store.aclose()\n'
        'asyncio.run(main())\n'
    )
    outputs = [
        subprocess.run(
            [sys.executable, '-c', program, str(tmp_path / 's.db'), said], capture_output=True, text=True, check=True
        ).stdout
        for said in ('one', 'two')
    ]
    assert 'user: one' in outputs[1]
    assert 'user: two' in outputs[1]
