# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Processes that are killed, that write at the same time, that may not write, and disks that are full."""

import asyncio
import errno
import os
import random
import stat
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import filelock
import pytest
from genkit import Document, Genkit, GenkitError
from genkit_dev_local_vectorstore import DevLocalVectorstore

from .writing_process import embed, text


NOTES = 'dev-local-vectorstore/notes'
needs_fork = pytest.mark.skipif(not hasattr(os, 'fork'), reason='this system does not fork')


class Writer:
    """Talks to a program that forks writing processes."""

    def __init__(self):
        program = Path(__file__).with_name('writing_process.py')
        environment = {**os.environ, 'OPENBLAS_NUM_THREADS': '1', 'PYTHONWARNINGS': 'ignore'}
        self.process = subprocess.Popen(
            [sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.orders, self.answers = self.process.stdin, self.process.stdout
        self.stored: defaultdict[int, set[int]] = defaultdict(set)

    def start(self, directory: Path, run: int, count: int = 10**9) -> int:
        print(directory, run, count, file=self.orders, flush=True)
        return int(self.answers.readline().split()[1])

    def hear(self) -> bool:
        """Take in what the fork says next; False when it is gone."""
        line = self.answers.readline()
        if line == 'end\n':
            return False
        _, run, *numbers = line.split()
        self.stored[int(run)].update(map(int, numbers))
        return True

    def finish(self) -> None:
        while self.hear():
            pass

    def close(self) -> None:
        self.orders.close()
        self.process.wait()
        self.answers.close()


@pytest.fixture
def writers():
    started = [Writer(), Writer()]
    yield started
    for writer in started:
        writer.close()


def reader(directory: Path) -> Genkit:
    ai = Genkit(plugins=[DevLocalVectorstore('notes', 'constant', directory=directory)])
    ai.define_embedder('constant', embed)
    return ai


async def held(ai: Genkit) -> dict[int, set[int]]:
    """Returns the numbers of the documents in a store by run, after having looked at every text."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for document in (await ai.retrieve(NOTES, 'all', {'limit': 10**9})).documents:
        metadata = document.metadata or {}
        run, number = metadata['run'], metadata['number']
        assert Document.from_document_data(document).text() == text(run, number)
        assert number not in found[run]
        found[run].add(number)
    return found


@needs_fork
@pytest.mark.timeout(180)
async def test_a_killed_process_loses_nothing_that_was_stored(writers, tmp_path):
    chance = random.Random(7)
    writer = writers[0]
    for run in range(50):
        directory = tmp_path / str(run // 10)
        pid = writer.start(directory, run)
        for _ in range(calls := chance.randint(0, 3)):  # at any moment, however busy the machine is
            writer.hear()
        await asyncio.sleep(chance.uniform(0, 0.02))
        os.kill(pid, 9)
        writer.finish()
        found = await held(reader(directory))
        for earlier in range(run // 10 * 10, run + 1):
            assert writer.stored[earlier] <= found[earlier]
            assert found[earlier] == set(range(len(found[earlier])))
        assert len(writer.stored[run]) >= calls


@needs_fork
@pytest.mark.timeout(60)
async def test_two_processes_that_write_at_once_lose_nothing_and_a_third_sees_it_grow(writers, tmp_path):
    ai = reader(tmp_path)
    for run, writer in enumerate(writers):
        writer.start(tmp_path, run, 150)
    seen = 0
    while seen < 300:
        now = sum(map(len, (await held(ai)).values()))
        assert now >= seen
        seen = now
    for run, writer in enumerate(writers):
        writer.finish()
        assert writer.stored[run] == set(range(150))
    assert await held(reader(tmp_path)) == {0: set(range(150)), 1: set(range(150))}


async def test_threads_of_one_process_write_at_once(app, make_app):
    apps = [app, make_app(), make_app()]
    await asyncio.gather(
        *(each.ai.index(NOTES, [Document.from_text(str(number))]) for number in range(40) for each in apps)
    )
    for each in [*apps, make_app()]:
        found = await each.ai.retrieve(NOTES, 'x', {'limit': 1000})
        assert sorted(int(Document.from_document_data(one).text()) for one in found.documents) == list(range(40))


READ_ONLY = """
import asyncio, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from writing_process import embed
from genkit import Document, Genkit, GenkitError
from genkit_dev_local_vectorstore import DevLocalVectorstore

NOTES = 'dev-local-vectorstore/notes'

async def use(directory, text):
    ai = Genkit(plugins=[DevLocalVectorstore('notes', 'constant', directory=directory)])
    ai.define_embedder('constant', embed)
    await ai.index(NOTES, [Document.from_text(text)])
    return ai

async def main(directory):
    await use(directory, 'first')
    for path in directory.iterdir():
        path.chmod(0o444)
    directory.chmod(0o555)
    if os.geteuid() == 0:
        os.setuid(65534)
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    try:
        await use(directory, 'second')
    except GenkitError as error:
        print(error.status, error.message)
    ai = await use(directory, 'first')
    print(len((await ai.retrieve(NOTES, 'x')).documents))
    print(before == {path.name: path.read_bytes() for path in directory.iterdir()})
    try:
        await use(directory / 'below', 'third')
    except GenkitError as error:
        print(error.status, error.message)

asyncio.run(main(Path(sys.argv[2])))
"""


@pytest.mark.skipif(sys.platform == 'win32', reason='a directory has no such permission there')
def test_a_directory_that_is_read_only_can_be_searched_and_says_so_when_written():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        directory = Path(folder) / 'store'
        directory.mkdir()
        result = subprocess.run(
            [sys.executable, '-c', READ_ONLY, Path(__file__).parent, directory],
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.stderr == ''
        second, found, same, third = result.stdout.splitlines()
        assert second.startswith(f"PERMISSION_DENIED The vector store '{directory}")
        assert 'It holds what it held before. Allow this program to write there' in second
        assert (found, same) == ('1', 'True')
        assert third.startswith('PERMISSION_DENIED')
        directory.chmod(0o755)


async def test_a_full_disk_is_one_clear_error_and_leaves_nothing_behind(app, make_app):
    resource = pytest.importorskip('resource')
    await app.ai.index(NOTES, [Document.from_text('first')])
    before = app.path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 1000, limits[1]))
    try:
        with pytest.raises(
            GenkitError, match=r'cannot be written: .*holds what it held before\. Free some space'
        ) as caught:
            await app.ai.index(NOTES, [Document.from_text('second ' * 10_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.status == 'RESOURCE_EXHAUSTED'
    assert isinstance(caught.value.__cause__, OSError)
    assert app.path.read_bytes() == before
    await app.ai.index(NOTES, [Document.from_text('second ' * 10_000)])
    assert len((await make_app().ai.retrieve(NOTES, 'x')).documents) == 2


@pytest.mark.parametrize(
    ('number', 'status'),
    [
        (errno.ENOSPC, 'RESOURCE_EXHAUSTED'),
        (errno.EROFS, 'PERMISSION_DENIED'),
        (errno.EACCES, 'PERMISSION_DENIED'),
        (errno.EIO, 'UNAVAILABLE'),
    ],
)
async def test_a_disk_that_fails_at_the_last_moment_stores_nothing(app, make_app, monkeypatch, number, status):
    await app.ai.index(NOTES, [Document.from_text('first')])
    before = app.path.read_bytes()

    def fail(descriptor):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr('genkit_dev_local_vectorstore.store.os.fsync', fail)
        with pytest.raises(GenkitError, match=os.strerror(number)) as caught:
            await app.ai.index(NOTES, [Document.from_text('second')])
    assert caught.value.status == status
    assert app.path.read_bytes() == before
    await app.ai.index(NOTES, [Document.from_text('second')])
    assert len((await make_app().ai.retrieve(NOTES, 'x')).documents) == 2


async def test_a_store_that_cannot_be_read_says_so(app):
    app.path.mkdir(parents=True)
    with pytest.raises(GenkitError, match=f"vector store '{app.path}' cannot be read"):
        await app.ai.retrieve(NOTES, 'x')


async def test_a_lock_that_is_never_released_is_reported(app, monkeypatch):
    monkeypatch.setattr('genkit_dev_local_vectorstore.store._LOCK_SECONDS', 0.05)
    app.path.parent.mkdir(parents=True)
    with (
        filelock.FileLock(app.path.with_suffix('.lock')),
        pytest.raises(GenkitError, match=r'locked by another process for 0\.05 seconds') as caught,
    ):
        await app.ai.index(NOTES, [Document.from_text('first')])
    assert caught.value.status == 'UNAVAILABLE'


async def test_a_reader_that_meets_a_write_in_progress_sees_what_was_there_before(app, make_app):
    await app.ai.index(NOTES, [Document.from_text('first')])
    await app.ai.index(NOTES, [Document.from_text('second')])
    whole = app.path.read_bytes()
    app.path.write_bytes(whole[:-100])
    other = make_app()
    assert len((await other.ai.retrieve(NOTES, 'x')).documents) == 1
    app.path.write_bytes(whole)
    assert len((await other.ai.retrieve(NOTES, 'x')).documents) == 2


async def test_what_looks_like_damage_while_somebody_writes_is_looked_at_again_afterwards(app, make_app):
    await app.ai.index(NOTES, [Document.from_text('first')])
    whole = app.path.read_bytes()
    with filelock.FileLock(app.path.with_suffix('.lock')):
        app.path.write_bytes(whole[:-40] + b'?' * 40)
        reading = asyncio.create_task(make_app().ai.retrieve(NOTES, 'x'))
        await asyncio.sleep(0.1)
        assert not reading.done()
        app.path.write_bytes(whole)
    assert len((await reading).documents) == 1


def test_a_store_that_was_written_is_named_in_its_directory_for_good(app, monkeypatch):
    synced = []
    fsync = os.fsync

    def record(descriptor):
        synced.append('directory' if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 'file')
        fsync(descriptor)

    monkeypatch.setattr('genkit_dev_local_vectorstore.store.os.fsync', record)
    asyncio.run(app.ai.index(NOTES, [Document.from_text('first')]))
    assert synced == (['file'] if os.name == 'nt' else ['directory', 'file', 'directory'])
    asyncio.run(app.ai.index(NOTES, [Document.from_text('second')]))
    assert synced.pop() == 'file'
    assert synced == (['file'] if os.name == 'nt' else ['directory', 'file', 'directory'])
