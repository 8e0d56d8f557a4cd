# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Processes that are killed, that write and read at the same time, that may not write, and disks that are full."""

import asyncio
import itertools
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import filelock
import pytest
from genkit import GenkitError
from genkit_hnsw import RetrieverOptions
from genkit_hnsw.engine import Engine

from .writing_process import Held, engine, entry, steps


pytestmark = pytest.mark.skipif(not hasattr(os, 'fork'), reason='this system does not fork')
EVERYTHING = RetrieverOptions(k=10_000)


class Writer:
    """Talks to a program that forks writing processes."""

    def __init__(self) -> None:
        environment = {**os.environ, 'OPENBLAS_NUM_THREADS': '1', 'PYTHONWARNINGS': 'ignore'}
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name('writing_process.py')],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.orders, self.answers = self.process.stdin, self.process.stdout
        self.done = self.first = self.events = 0
        self.status = 0

    def start(self, directory: Path, run: int, count: int, event: int = 0, first: int = 0) -> int:
        self.done = self.first = first
        print(directory, run, count, event, first, file=self.orders, flush=True)
        return int(self.answers.readline().split()[1])

    def hear(self) -> bool:
        """Take in what the fork says next; False when it is gone."""
        word, number = self.answers.readline().split()
        if word == 'end':
            self.status = int(number)
            return False
        if word == 'events':
            self.events = int(number)
        else:
            self.done = int(number) + 1
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


def held(index: Engine) -> Held:
    """Return what there is, after having looked at every text."""
    found: Held = {}
    for match in index.query(entry('', 1, 1).vector, EVERYTHING):
        name, version, rest = match.document.text().split(' ')
        assert name == match.id
        assert name not in found
        assert (match.document.metadata or {})['version'] == int(version)
        found[name] = int(version), len(rest)
    assert set(found) == index.existing([f'document-{number}' for number in range(200)])
    assert len(found) == index.count(None)
    return found


def expected(run: int) -> list[Held]:
    """Return what there must be after each number of steps."""
    return [{}, *(there for _, _, there in itertools.islice(steps(run), 400))]


def test_a_process_that_is_killed_at_any_moment_leaves_what_was_before_or_after(writers, tmp_path):
    """Every few times that Python does something with a file, in a run with segments, graphs and a clearing."""
    writer, run, count = writers[0], 77, 16
    kinds = {kind for kind, _, _ in itertools.islice(steps(run), count)}
    assert kinds == {'store', 'delete', 'delete meeting', 'compact', 'clear'}
    after = expected(run)
    writer.start(tmp_path / 'whole', run, count)
    writer.finish()
    assert held(engine(tmp_path / 'whole')) == after[count]
    for event in range(1, writer.events + 1, 7):  # all of them in the nightly test
        check_killed(writer, tmp_path / str(event), run, count, event)


@pytest.mark.nightly
@pytest.mark.timeout(1200)
@pytest.mark.parametrize('run', [6, 7])
def test_a_process_that_is_killed_at_every_event_leaves_what_was_before_or_after(writers, tmp_path, run):
    writer, count = writers[0], 60
    writer.start(tmp_path / 'whole', run, count)
    writer.finish()
    for event in range(1, writer.events + 1):
        check_killed(writer, tmp_path / str(event), run, count, event)


def check_killed(writer: Writer, directory: Path, run: int, count: int, event: int) -> None:
    after = expected(run)
    writer.start(directory, run, count, event)
    writer.finish()
    assert writer.status == 9
    found = held(engine(directory))
    assert found in (after[writer.done], after[writer.done + 1])
    writer.start(directory, run, count, first=writer.done)
    writer.finish()
    assert held(engine(directory)) == after[count]
    named = {path.name for path in (directory / 'index-notes').iterdir()}
    manifest = (directory / 'index-notes' / 'manifest.json').read_text()
    assert {name for name in named if name not in manifest} <= {'manifest.json', 'manifest.new', 'lock'}


@pytest.mark.timeout(120)
def test_a_process_that_is_killed_again_and_again_loses_nothing(writers, tmp_path):
    writer, chance, run, done = writers[0], random.Random(3), 11, 0
    after = expected(run)
    for _ in range(20):
        pid = writer.start(tmp_path, run, 400, first=done)
        for _ in range(chance.randint(0, 8)):
            writer.hear()
        time.sleep(chance.uniform(0, 0.03))  # anywhere in a step
        os.kill(pid, 9)
        writer.finish()
        found = held(engine(tmp_path))
        assert found in (after[writer.done], after[writer.done + 1])
        done = writer.done if found == after[writer.done] else writer.done + 1


def test_readers_see_what_a_writer_has_written_with_the_next_query(writers, tmp_path):
    writer, run = writers[0], 11
    after, index = expected(run), engine(tmp_path)
    assert held(index) == {}
    writer.start(tmp_path, run, 60)
    while writer.hear():
        done = writer.done
        found = held_by(index)
        assert found in after[done:61]
    assert held(index) == after[60]


def held_by(index: Engine) -> Held:
    return {
        match.id: (int(match.document.text().split(' ')[1]), len(match.document.text().split(' ')[2]))
        for match in index.query(entry('', 1, 1).vector, EVERYTHING)
    }


def test_processes_and_threads_that_write_at_once_lose_nothing(writers, tmp_path):
    """Two processes do the same steps of storing again and again, and two threads store documents of their own."""
    for writer in writers:
        writer.start(tmp_path, 21, 12)
    index, other = engine(tmp_path), engine(tmp_path)

    def store(which: Engine, mark: str) -> None:
        for number in range(10):
            which.upsert([entry(f'{mark}-{number}-{each}', 1, 1) for each in range(5)])

    threads = [threading.Thread(target=store, args=pair) for pair in ((index, 'a'), (index, 'b'), (other, 'c'))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.finish()
        assert writer.status == 0
    wanted = [f'{mark}-{number}-{each}' for mark in 'abc' for number in range(10) for each in range(5)]
    kinds = [kind for kind, _, _ in itertools.islice(steps(21), 12)]
    assert 'clear' not in kinds
    assert engine(tmp_path).existing(wanted) == set(wanted)  # of an odd version; by a filter even ones are deleted


READ_ONLY = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from writing_process import engine, entry
from genkit import GenkitError
from genkit_hnsw import RetrieverOptions

directory = Path(sys.argv[2])
engine(directory).upsert([entry('a', 1, 1)])
folder = directory / 'index-notes'
for path in folder.iterdir():
    path.chmod(0o444)
folder.chmod(0o555)
directory.chmod(0o555)
if os.geteuid() == 0:
    os.setuid(65534)
index = engine(directory)
print(len(index.query(entry('', 1, 1).vector, RetrieverOptions())), index.count(None), index.existing(['a', 'b']))
index.delete(['b'])
for change in (lambda: index.upsert([entry('b', 1, 1)]), lambda: index.delete(['a']), index.clear):
    try:
        change()
    except GenkitError as error:
        print(error.status, error.message)
"""


@pytest.mark.skipif(sys.platform == 'win32', reason='a directory has no such permission there')
def test_a_folder_that_is_read_only_can_be_searched_and_says_so_when_written():
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        directory = Path(place) / 'indexes'
        directory.mkdir()
        result = subprocess.run(
            [sys.executable, '-c', READ_ONLY, Path(__file__).parent, directory],
            capture_output=True,
            text=True,
            check=False,
        )
        for path in (directory, directory / 'index-notes'):
            path.chmod(0o755)
        assert result.stderr == ''
        found, *refused = result.stdout.splitlines()
        assert found == "1 1 {'a'}"
        assert len(refused) == 3
        for line in refused:
            assert line.startswith(f"PERMISSION_DENIED The vector store '{directory}/index-notes' cannot be written")
            assert 'It holds what it held before. Allow this program to write there' in line


@pytest.mark.parametrize('room', [0, 300, 3000, 20_000, 40_000])
def test_a_full_disk_is_one_clear_error_and_nothing_is_lost(tmp_path, room):
    """Limits on the size of files make every kind of file fail: the log, a segment, its documents, a manifest."""
    resource = pytest.importorskip('resource')
    index = engine(tmp_path)
    before: Held = {}
    refused = 0
    for number, step in zip(range(20), steps(13), strict=False):
        names, there = step[1], step[2]
        if step[0] == 'store':
            index.upsert([entry(name, *there[name]) for name in names])
            before = {**before, **{name: there[name] for name in names}}
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        try:
            index.upsert([entry('large', number + 1, 5000), entry('small', number + 1, 1)])
            before = {**before, 'large': (number + 1, 5000), 'small': (number + 1, 1)}
        except GenkitError as error:
            refused += 1
            assert error.status == 'RESOURCE_EXHAUSTED'  # noqa: PT017  (it may fit)
            assert 'It holds what it held before. Free some space' in error.message  # noqa: PT017
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert held_by(index) == before == held_by(engine(tmp_path))
    assert refused == 20 if room < 5000 else 0 < refused < 20


FULL = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from writing_process import engine, entry
from genkit import GenkitError

index = engine(Path(sys.argv[2]))
stored = 0
try:
    while True:
        index.upsert([entry(f'document-{stored}', 1, 5000)])
        stored += 1
except GenkitError as error:
    print(error.status, 'No space left' in error.message)
again = engine(Path(sys.argv[2]))
print(stored > 50, again.count(None) == stored, again.existing([f'document-{n}' for n in range(stored)]) != set())
again.clear()
again.upsert([entry('document-0', 1, 5000)])
print(again.count(None))
"""


def test_a_disk_that_is_really_full_is_told_apart(tmp_path):
    """On a file system of 2 MB, in a namespace where this test may mount it."""
    command = f'mount -t tmpfs -o size=2m none {tmp_path} && exec "$@"'
    run = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', command, 'sh']
    if subprocess.run([*run, 'true'], capture_output=True, check=False).returncode:
        pytest.skip('this test may not mount a file system')
    result = subprocess.run(
        [*run, sys.executable, '-c', FULL, Path(__file__).parent, tmp_path], capture_output=True, text=True, check=False
    )
    assert result.stderr == ''
    assert result.stdout.splitlines() == ['RESOURCE_EXHAUSTED True', 'True True True', '1']


def test_a_lock_that_is_never_released_is_reported(tmp_path):
    engine(tmp_path).upsert([entry('a', 1, 1)])
    index = engine(tmp_path, lock_timeout=0.05)
    with (
        filelock.FileLock(tmp_path / 'index-notes' / 'lock'),
        pytest.raises(GenkitError, match=r'locked by another writer for 0\.05 seconds.*lock_timeout') as raised,
    ):
        index.upsert([entry('b', 1, 1)])
    assert raised.value.status == 'UNAVAILABLE'
    index.upsert([entry('b', 1, 1)])


async def test_the_event_loop_goes_on_while_an_index_is_written(tmp_path):
    index = engine(tmp_path)
    index.upsert([entry('a', 1, 1)])
    with filelock.FileLock(tmp_path / 'index-notes' / 'lock'):
        waiting = asyncio.create_task(asyncio.to_thread(index.upsert, [entry('b', 1, 1)]))
        assert len(index.query(entry('', 1, 1).vector, EVERYTHING)) == 1
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
    assert index.count(None) == 2
