# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The kinds of applications: scripts, `run_main`, servers, notebooks; how long they live and where actions run."""

import json
import os
import signal

import httpx
import pytest


pytestmark = [
    pytest.mark.skipif(os.name == 'nt', reason='signals are those of POSIX'),
    pytest.mark.timeout(60),
]

HEAD = """
import asyncio, os, sys, threading, time
from genkit import Genkit
from genkit.plugin import LoopCache

ai = Genkit()
clients = LoopCache(object)

@ai.flow()
async def where(_: str) -> list[str]:
    return [threading.current_thread().name, hex(id(clients.get('client', object)))]
"""
WITHOUT_TOOLS = {'GENKIT_TELEMETRY_SERVER': None}


class TestScripts:
    def test_stay_for_the_tools_that_started_them(self, launch):
        app = launch(HEAD + "print('end of the script')")
        assert app.line() == 'end of the script'
        assert app.run('/flow/where', '')['result'][0] == 'genkit-actions'
        assert not app.ended

    def test_run_plain_functions_after_their_end(self, launch):
        """Worker threads are still given out."""
        app = launch(HEAD + '@ai.flow()\ndef plain(text: str) -> str:\n    return text.upper()\n')
        assert app.run('/flow/plain', 'soup')['result'] == 'SOUP'

    def test_end_when_nobody_waits_for_them(self, launch):
        assert launch(HEAD + "print('end')", **WITHOUT_TOOLS).end() == (0, 'end\n', '')

    def test_end_when_they_failed(self, launch):
        status, _, err = launch(HEAD + "raise LookupError('no salt')").end()
        assert (status, err.splitlines()[-1]) == (1, 'LookupError: no salt')

    def test_that_end_with_an_exit_status_stay_and_keep_it(self, launch):
        """`sys.exit(main())` is how many scripts end."""
        app = launch(HEAD + 'sys.exit(3)')
        assert app.run('/flow/where', '')['result']
        assert app.end(signal.SIGINT) == (3, '', '')

    def test_that_ran_a_loop_of_their_own_stay_without_it(self, launch):
        app = launch(HEAD + "async def main():\n    print(await where(''))\nasyncio.run(main())")
        assert app.line().startswith("['MainThread', ")
        assert app.run('/flow/where', '')['result'][0] == 'genkit-actions'

    def test_that_failed_in_their_loop_end(self, launch):
        app = launch(HEAD + 'async def main():\n    raise SystemError\nasyncio.run(main())')
        assert app.end()[0] == 1

    @pytest.mark.parametrize('program', [HEAD, HEAD + 'async def main():\n    pass\nai.run_main(main())'])
    def test_do_not_outlive_the_tools(self, launch, soon, tmp_path, program):
        """Ctrl-C may reach the tools alone."""
        tools = "import subprocess, sys; subprocess.Popen([sys.executable, 'main.py']).wait()"
        started = launch(program, '-c', tools)
        runtimes = tmp_path / '.genkit' / 'runtimes'
        soon(lambda: runtimes.is_dir() and list(runtimes.iterdir()))
        started.end(signal.SIGKILL)
        soon(lambda: not list(runtimes.iterdir()))

    def test_whose_workers_import_them_again_do_not_wait_for_each_other(self, launch):
        program = """
import multiprocessing

def double(number):
    return 2 * number

if __name__ == '__main__':
    with multiprocessing.get_context('spawn').Pool(1) as pool:
        print(pool.map(double, [1, 2]))
        pool.close()
        pool.join()
    print('joined')
"""
        app = launch(HEAD + program)
        assert [app.line(), app.line()] == ['[2, 4]', 'joined']


class TestRunMain:
    PROGRAM = (
        HEAD
        + """
async def main():
    print((await where(''))[1])
    return 'result'

print(ai.run_main(main()))
"""
    )

    def test_runs_actions_in_the_loop_of_the_application(self, launch):
        app = launch(self.PROGRAM)
        client = app.line()
        assert app.run('/flow/where', '')['result'] == ['MainThread', client]

    def test_runs_actions_while_the_application_runs(self, launch):
        program = """
async def main():
    print((await where(''))[1])
    await asyncio.Event().wait()

ai.run_main(main())
"""
        app = launch(HEAD + program)
        assert app.run('/flow/where', '')['result'] == ['MainThread', app.line()]

    @pytest.mark.parametrize('environment', [{}, WITHOUT_TOOLS], ids=['started by the tools', 'by hand'])
    def test_stays_until_it_is_interrupted_and_gives_the_result(self, launch, environment):
        app = launch(self.PROGRAM, **environment)
        assert app.announced
        assert app.line()
        assert app.end(signal.SIGINT) == (0, 'result\n', '')
        assert app.files == []

    def test_ends_with_an_error_of_the_application(self, launch):
        status, _, err = launch(HEAD + "async def main():\n    raise LookupError('no salt')\nai.run_main(main())").end()
        assert (status, err.splitlines()[-1]) == (1, 'LookupError: no salt')

    def test_ends_with_its_coroutine_outside_development(self, launch):
        status, out, err = launch(self.PROGRAM, GENKIT_ENV=None).end()
        assert (status, out.splitlines()[1:], err) == (0, ['result'], '')

    def test_answers_health_while_the_application_blocks_its_loop(self, launch):
        program = """
async def main():
    print('blocked')
    time.sleep(30)

ai.run_main(main())
"""
        app = launch(HEAD + program)
        assert app.line() == 'blocked'
        assert app.client.get('/api/__health').status_code == 200
        assert app.end(signal.SIGTERM) == (-signal.SIGTERM, '', '')
        assert app.files == []


class TestServers:
    ASGI = (
        HEAD
        + """
async def app(scope, receive, send):
    if scope['type'] == 'lifespan':
        for event in ('startup', 'shutdown'):
            await receive()
            await send({'type': f'lifespan.{event}.complete'})
        return
    body = (await where(''))[0].encode()
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': body})
"""
    )
    UVICORN = ('-m', 'uvicorn', 'main:app', '--port', '0')

    def url_of(self, app) -> str:
        """Return where the application is served, as the log says; that log is as it is without us."""
        lines = [app.process.stderr.readline() for _ in range(4)]
        assert [line.split('[')[0].strip() for line in lines[:3]] == [
            'INFO:     Started server process',
            'INFO:     Waiting for application startup.',
            'INFO:     Application startup complete.',
        ]
        return lines[3].split()[4]

    @pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
    def test_that_import_the_application_keep_their_log_and_their_end(self, launch, number):
        app = launch(self.ASGI, *self.UVICORN)
        url = self.url_of(app)
        assert httpx.get(url).text == 'MainThread'
        assert app.run('/flow/where', '')['result']
        status, out, err = app.end(number)
        assert '"GET / HTTP/1.1" 200 OK' in out
        assert '/api/' not in out
        assert 'Finished server process' in err
        assert '-reflection' not in err
        assert 'unclosed' not in err
        assert status in (0, -number)
        assert app.files == []

    def test_that_serve_flows_run_actions_in_their_loop(self, launch):
        app = launch(HEAD + 'from genkit.web import FlowsApp\napp = FlowsApp(ai)', *self.UVICORN)
        url = self.url_of(app)
        served = httpx.post(f'{url}/where', json={'data': ''}).json()['result']
        assert served[0] == 'MainThread'
        assert app.run('/flow/where', '')['result'] == served

    def test_that_make_the_application_in_their_loop_run_actions_there(self, launch):
        program = f"""
async def make():
    exec({HEAD!r}, globals())

async def app(scope, receive, send):
    await receive()
    await make()
    await send({{'type': 'lifespan.startup.complete'}})
    await receive()
    await send({{'type': 'lifespan.shutdown.complete'}})
"""
        app = launch(program, *self.UVICORN)
        assert app.run('/flow/where', '')['result'][0] == 'MainThread'

    @pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
    def test_that_a_script_runs_end_with_the_first_signal(self, launch, number):
        program = """
from genkit.web import serve_flows
asyncio.run(serve_flows(ai, port=0))
print('served')
"""
        app = launch(HEAD + program)
        assert app.announced
        assert app.run('/flow/where', '')['result'][0] == 'MainThread'
        status, out, _ = app.end(number)
        assert (status, out) == (0, 'served\n')
        assert app.files == []

    @pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
    @pytest.mark.parametrize('environment', [{}, WITHOUT_TOOLS], ids=['started by the tools', 'by hand'])
    def test_that_run_main_runs_end_with_the_first_signal(self, launch, number, environment):
        program = """
from genkit.web import serve_flows

async def main():
    await serve_flows(ai, port=0)
    print('served')

ai.run_main(main())
print('ended')
"""
        app = launch(HEAD + program, **environment)
        assert app.run('/flow/where', '')['result'][0] == 'MainThread'
        assert app.end(number) == (0, 'served\nended\n', '')
        assert app.files == []

    @pytest.mark.parametrize(('number', 'status'), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 0)])
    def test_that_are_awaited_in_run_main_end_with_the_first_signal(self, launch, number, status):
        program = """
import uvicorn
ai.run_main(uvicorn.Server(uvicorn.Config(app, port=0, log_level='error')).serve())
"""
        app = launch(self.ASGI + program)
        assert app.run('/flow/where', '')['result'][0] == 'MainThread'
        assert app.end(number)[0] == status
        assert app.files == []

    def test_that_a_script_runs_with_uvicorn_end_with_the_tools_signal(self, launch):
        program = "import uvicorn\nuvicorn.run(app, port=0, log_level='error')\n"
        app = launch(self.ASGI + program)
        assert app.announced
        assert app.end(signal.SIGTERM) == (-signal.SIGTERM, '', '')
        assert app.files == []


class TestSeveralApplications:
    def test_of_one_process_are_served_each_by_itself(self, launch):
        app = launch(
            HEAD + "other = Genkit(name='other')\n@other.flow()\nasync def elsewhere() -> str:\n    return 'x'\n"
        )
        assert app.announced
        while len(app.files) < 2:
            assert not app.ended
        urls = [
            httpx.get(f'{json.loads(path.read_text())["reflectionServerUrl"]}/api/actions').json() for path in app.files
        ]
        flows = sorted(key for listed in urls for key in listed if key.startswith('/flow/'))
        assert flows == ['/flow/elsewhere', '/flow/where']
        app.end(signal.SIGTERM)
        assert app.files == []


class TestNotebooks:
    """A cell runs inside a loop that was there before, and goes on after it."""

    def test_run_actions_in_their_loop(self, launch):
        program = """
import asyncio

async def kernel():
    namespace = {}
    exec(CELL, namespace)
    print((await namespace['where'](''))[1])
    await asyncio.Event().wait()

asyncio.run(kernel())
"""
        app = launch(f'CELL = {HEAD!r}\n{program}')
        assert app.run('/flow/where', '')['result'] == ['MainThread', app.line()]

    def test_in_a_thread_that_is_not_the_first_leave_signals_alone(self, launch):
        program = """
import signal, threading, time

def kernel():
    exec(CELL, {})

thread = threading.Thread(target=kernel)
thread.start()
thread.join()
print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
time.sleep(30)
"""
        app = launch(f'CELL = {HEAD!r}\n{program}')
        assert app.line() == 'True'
        assert app.run('/flow/where', '')['result'][0] == 'genkit-actions'
        assert app.end(signal.SIGTERM)[0] == -signal.SIGTERM
