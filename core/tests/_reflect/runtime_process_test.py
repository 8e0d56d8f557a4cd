# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Applications in processes of their own, as developers start them and as they end."""

import json
import os
import re
import signal
import socket
from datetime import UTC, datetime

import httpx
import pytest
from genkit import GENKIT_VERSION


pytestmark = [
    pytest.mark.skipif(os.name == 'nt', reason='signals are those of POSIX'),
    pytest.mark.timeout(60),
]

FLOW = """
    import asyncio, os, sys, threading, time
    from genkit import Genkit

    ai = Genkit(name='kitchen')

    @ai.flow()
    async def cook(dish: str) -> str:
        return f'{dish} by {threading.current_thread().name}'
"""
PLAIN = FLOW + "    print('ready')\n"
ENDS = {'GENKIT_TELEMETRY_SERVER': None}  # not started by the tools
RUNTIME_FILE = """
    from pathlib import Path
    while not (announced := list(Path('.genkit/runtimes').glob('*.json'))):
        time.sleep(0.01)
"""


class TestRuntimeFile:
    def test_says_where_a_server_is_that_answers_already(self, launch):
        app = launch(PLAIN)
        announced = app.announced
        health = httpx.get(f'{announced["reflectionServerUrl"]}/api/__health', params={'id': announced['id']})
        assert health.status_code == 200
        port = int(announced['reflectionServerUrl'].removeprefix('http://127.0.0.1:'))
        assert 3100 <= port < 4000
        written = datetime.fromisoformat(announced['timestamp'].replace('_', ':'))
        assert announced == {
            'id': f'{app.process.pid}-{port}',
            'pid': app.process.pid,
            'name': 'kitchen',
            'genkitVersion': f'py/{GENKIT_VERSION}',
            'reflectionServerUrl': f'http://127.0.0.1:{port}',
            'timestamp': announced['timestamp'],
            'reflectionApiSpecVersion': 1,
        }
        assert written.tzinfo == UTC
        (path,) = app.files
        assert path.name == f'{announced["id"]}-{int(written.timestamp() * 1000)}.json'
        assert list(path.parent.iterdir()) == [path]
        assert list(path.parent.parent.iterdir()) == [path.parent]

    @pytest.mark.parametrize(
        ('number', 'status'),
        [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP), (signal.SIGINT, 0)],
    )
    def test_goes_with_a_signal(self, launch, number, status):
        app = launch(PLAIN)
        assert app.announced
        assert app.end(number) == (status, 'ready\n', '')
        assert app.files == []

    def test_goes_with_the_end_of_a_program(self, launch):
        app = launch(FLOW + RUNTIME_FILE + "    print('announced')\n", **ENDS)
        assert app.end() == (0, 'announced\n', '')
        assert app.files == []

    def test_goes_with_an_error(self, launch):
        app = launch(FLOW + RUNTIME_FILE + "    raise LookupError('no salt')\n")
        status, _, err = app.end()
        assert (status, err.splitlines()[-1]) == (1, 'LookupError: no salt')
        assert app.files == []

    def test_goes_when_the_tools_end_the_process(self, launch):
        app = launch(PLAIN)
        assert app.client.post('/api/__quitquitquit').json() == {'status': 'OK'}
        assert app.end() == (-signal.SIGTERM, 'ready\n', '')
        assert app.files == []

    def test_that_a_process_left_behind_goes_with_the_next_start(self, launch):
        killed = launch(PLAIN)
        assert killed.announced
        killed.end(signal.SIGKILL)
        assert len(killed.files) == 1
        app = launch(PLAIN)
        assert app.announced
        assert killed.files == []

    def test_of_another_runtime_in_the_folder_stays(self, launch):
        first, second = launch(PLAIN), launch(PLAIN)
        assert first.announced['reflectionServerUrl'] != second.announced['reflectionServerUrl']
        assert first.run('/flow/cook', 'soup')['result'] == 'soup by genkit-actions'
        assert second.run('/flow/cook', 'bread')['result'] == 'bread by genkit-actions'
        second.end(signal.SIGTERM)
        assert len(first.files) == 1
        assert first.run('/flow/cook', 'soup')['result'] == 'soup by genkit-actions'

    def test_goes_although_a_server_dies_of_the_signal_that_it_has_handled(self, launch):
        """As uvicorn does: what handled the signal before is back in place when it is raised again."""
        program = """
            import signal

            def handle(number, frame):
                print('handled', flush=True)
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)

            signal.signal(signal.SIGTERM, handle)
        """
        app = launch(program + PLAIN.replace('\n    ', '\n            '))
        assert app.announced
        assert app.end(signal.SIGTERM) == (-signal.SIGTERM, 'ready\nhandled\n', '')
        assert app.files == []

    def test_of_a_parent_is_left_alone_by_its_child(self, launch):
        program = """
            if os.fork() == 0:
                sys.exit(0)
            print(os.waitstatus_to_exitcode(os.wait()[1]), announced[0].exists())
        """
        app = launch((FLOW + RUNTIME_FILE).replace('\n    ', '\n            ') + program)
        assert app.announced
        assert app.line() == '0 True'

    def test_is_named_by_the_environment(self, launch, tmp_path):
        app = launch(PLAIN, GENKIT_RUNTIME_ID='mine')
        assert app.line() == 'ready'
        app.process.poll()
        while not (found := list((tmp_path / '.genkit' / 'runtimes').glob('*.json'))):
            assert not app.ended
        assert re.fullmatch(r'mine-\d{13}\.json', found[0].name)
        assert json.loads(found[0].read_text())['id'] == 'mine'
        app.end(signal.SIGTERM)
        assert not found[0].exists()


class TestTrouble:
    """Whatever is wrong with the tools' side, the application goes on; a line says what it misses."""

    @pytest.fixture
    def taken(self):
        with socket.create_server(('127.0.0.1', 0)) as listening:
            yield listening.getsockname()[1]

    def test_with_a_port_that_is_taken(self, launch, taken):
        app = launch(FLOW + "    time.sleep(0.5)\n    print('goes on')\n", GENKIT_REFLECTION_PORT=str(taken), **ENDS)
        status, out, err = app.end()
        assert (status, out) == (0, 'goes on\n')
        assert re.fullmatch(
            rf'The developer tools cannot reach this runtime: http://127\.0\.0\.1:{taken} cannot be served: .*in use\n',
            err,
        )
        assert app.files == []

    @pytest.mark.parametrize(
        'environment',
        [{'GENKIT_REFLECTION_PORT': '99999'}, {'GENKIT_REFLECTION_HOST': 'nowhere.invalid'}],
        ids=['port', 'host'],
    )
    def test_with_an_address_that_is_none(self, launch, environment):
        app = launch(FLOW + "    time.sleep(0.5)\n    print('goes on')\n", **environment, **ENDS)
        status, out, err = app.end()
        assert (status, out) == (0, 'goes on\n')
        assert err.startswith('The developer tools cannot reach this runtime: ')
        assert err.count('\n') == 1

    def test_with_a_port_that_is_no_number(self, launch):
        app = launch(PLAIN, GENKIT_REFLECTION_PORT='²')
        assert app.run('/flow/cook', 'soup')['result'] == 'soup by genkit-actions'

    def test_with_a_folder_that_cannot_be_written(self, launch, tmp_path, free_port):
        (tmp_path / '.genkit').write_text('a file')
        app = launch(PLAIN, GENKIT_REFLECTION_PORT=str(free_port))
        line = app.process.stderr.readline()
        assert line.startswith('The developer tools cannot find this runtime, its file cannot be written: ')
        assert httpx.get(f'http://127.0.0.1:{free_port}/api/__health').status_code == 200
        assert app.end(signal.SIGTERM) == (-signal.SIGTERM, 'ready\n', '')

    def test_with_a_folder_that_is_gone(self, launch, tmp_path, free_port):
        (tmp_path / 'gone').mkdir()
        program = "    import os\n    os.chdir('gone')\n    os.rmdir(os.getcwd())\n" + PLAIN
        app = launch(program, GENKIT_REFLECTION_PORT=str(free_port))
        assert 'its file cannot be written' in app.process.stderr.readline()
        assert httpx.get(f'http://127.0.0.1:{free_port}/api/__health').status_code == 200

    def test_with_a_server_that_cannot_start(self, launch):
        broken = "    import sys\n    sys.modules['uvicorn'] = None\n"
        app = launch(broken + FLOW + "    time.sleep(0.5)\n    print(asyncio.run(cook('soup')))\n", **ENDS)
        status, out, err = app.end()
        assert (status, out) == (0, 'soup by MainThread\n')
        assert err.startswith('The server for the developer tools has stopped; the application goes on.\nTraceback')

    def test_with_tools_that_are_not_there(self, launch):
        app = launch(FLOW + "    print(asyncio.run(cook('soup')))\n", GENKIT_REFLECTION_V2_SERVER='ws://127.0.0.1:9')
        assert app.line() == 'soup by MainThread'
        assert app.end(signal.SIGTERM) == (-signal.SIGTERM, '', '')
        assert app.files == []

    def test_while_a_stream_is_sent_ends_it_with_the_process(self, launch):
        program = """
            from genkit import ActionRunContext

            @ai.flow()
            async def forever(_: str, context: ActionRunContext) -> None:
                context.send_chunk(1)
                await asyncio.Event().wait()
        """
        app = launch(FLOW.replace('\n    ', '\n            ') + program)
        body = {'key': '/flow/forever', 'input': ''}
        with app.client.stream('POST', '/api/runAction', params={'stream': 'true'}, json=body) as answer:
            pieces = answer.iter_text()
            assert next(pieces) == '1\n'
            app.send(signal.SIGTERM)
            with pytest.raises(httpx.RemoteProtocolError):
                list(pieces)
        assert app.end() == (-signal.SIGTERM, '', '')
        assert app.files == []


@pytest.fixture
def free_port():
    with socket.create_server(('127.0.0.1', 0)) as listening:
        return listening.getsockname()[1]


def test_nothing_is_started_outside_development(launch):
    program = """
        assert [thread.name for thread in threading.enumerate()] == ['MainThread']
        assert not {'uvicorn', 'websockets', 'genkit._reflect.runtime'} & set(sys.modules)
        assert not os.path.exists('.genkit')
        print('nothing')
    """
    for environment in ('prod', None):
        app = launch(FLOW.replace('\n    ', '\n        ') + program, GENKIT_ENV=environment)
        assert app.end() == (0, 'nothing\n', '')
