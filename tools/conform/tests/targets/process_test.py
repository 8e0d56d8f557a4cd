# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Applications in processes of their own: found, listened to when they fail, and always ended."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import httpx
import pytest
from conform.model.errors import StartError
from conform.targets.loading import Application
from conform.targets.process import started


needs_signals = pytest.mark.skipif(os.name != 'posix', reason='signals end processes on POSIX only')


@pytest.fixture
def notes(tmp_path, monkeypatch):
    """What the application told: first its process, then what happened."""
    path = tmp_path / 'notes'
    monkeypatch.setenv('REPLAY_NOTES', str(path))
    return path


def application(app, **members):
    return Application(entry=app.name, folder=str(app.parent), **members)


def is_gone(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until(condition):
    for _ in range(500):
        if condition():
            return True
        time.sleep(0.02)
    return False


async def test_it_runs_in_development_in_a_folder_of_its_own_and_is_gone_afterwards(app, notes, monkeypatch):
    monkeypatch.setenv('GENKIT_REFLECTION_V2_SERVER', 'ws://127.0.0.1:9')
    async with started(application(app), None, 10) as url:
        async with httpx.AsyncClient() as client:
            listed = (await client.get(f'{url}/api/actions')).json()
        assert '/model/replay/echo' in listed
    assert is_gone(int(notes.read_text()))


async def test_it_runs_in_the_folder_that_is_given_and_leaves_nothing_there(app, write, tmp_path):
    write('project/pyproject.toml', '')
    project = tmp_path / 'project/inner'
    project.mkdir()
    async with started(application(app), project, 10):
        assert len(list((tmp_path / 'project/.genkit/runtimes').iterdir())) == 1
    assert list((tmp_path / 'project/.genkit/runtimes').iterdir()) == []


async def test_a_script_that_serves_on_its_own_is_ended_too(write, tmp_path, notes):
    text = """
import os, threading
from genkit import Genkit
open(os.environ['REPLAY_NOTES'], 'w').write(str(os.getpid()))
ai = Genkit()
if __name__ == '__main__':
    threading.Event().wait()
"""
    async with started(application(write('main.py', text)), None, 10):
        pass
    assert is_gone(int(notes.read_text()))


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('print("hello"); 1 / 0', r'It ended with exit code 1\. It printed:\n  hello\n.*ZeroDivisionError'),
        ('raise SystemExit', r'It ended with exit code 0\. It printed nothing\.'),
    ],
)
async def test_one_that_ends_at_once_is_told_with_what_it_printed(write, text, message):
    with pytest.raises(StartError, match=f'(?s){message}'):
        async with started(application(write('main.py', text)), None, 10):
            pass


async def test_one_that_announces_no_runtime_is_given_up(write, notes):
    text = 'import os; open(os.environ["REPLAY_NOTES"], "w").write(str(os.getpid())); print("no Genkit here")'
    path = write('main.py', text)
    with pytest.raises(StartError, match=r'It announced no runtime within 2 s\. It printed:\n  no Genkit here'):
        async with started(application(path), None, 2):
            pass
    assert is_gone(int(notes.read_text()))


async def test_a_plugin_is_hosted_with_its_settings_and_an_error_is_one_line(zoo):
    async with started(Application(plugin='zoo', config={'word': 'x'}), None, 10) as url, httpx.AsyncClient() as client:
        answer = await client.post(f'{url}/api/runAction', json={'key': '/model/zoo/parrot', 'input': {'messages': []}})
    assert answer.json()['result']['message']['content'] == [{'text': 'x'}]
    with pytest.raises(StartError) as caught:
        async with started(Application(plugin='zoo', config={'api_key': 'wrong'}), None, 10):
            pass
    told = "Loading the plugin 'zoo' raised RuntimeError: the key is refused"
    assert caught.value.message == f'It ended with exit code 1. It printed:\n  {told}'


async def test_it_is_ended_when_whoever_waits_is_cancelled(app, notes):
    async def hold():
        async with started(application(app), None, 10):
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    assert await asyncio.to_thread(wait_until, lambda: notes.is_file() and notes.read_text())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert is_gone(int(notes.read_text()))


@needs_signals
@pytest.mark.parametrize(
    ('number', 'code'), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_it_ends_with_the_program_whatever_ends_that(app, notes, tmp_path, monkeypatch, number, code):
    monkeypatch.setenv('TMPDIR', str(tmp_path))  # where a program that is killed leaves its folder
    command = ['run', '--model', 'replay/slow', '--supports', 'multiturn', '--mode', 'reflection', '--entry', app]
    program = subprocess.Popen(
        [sys.executable, '-m', 'conform', *map(str, command)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
    )
    assert wait_until(lambda: notes.is_file() and notes.read_text())
    program.send_signal(number)
    assert program.wait(15) == code
    process_id = int(notes.read_text().splitlines()[0])
    assert wait_until(lambda: is_gone(process_id))
