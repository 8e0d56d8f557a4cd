# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Requests per second of served flows, against routes written by hand over the same flows. Needs `wrk`.

uv run --group bench benchmarks/serving.py
"""

import contextlib
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil


ROUNDS = 5
SECONDS = 2
CONNECTIONS = 32
STREAMS = 1000
BODY = {'data': {'name': 'Ada'}}


@contextlib.contextmanager
def serving(app: str) -> Iterator[tuple[str, int]]:
    """Serve an application from a process with a core of its own; give its URL and process id."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    command = [sys.executable, '-m', 'uvicorn', f'serving_apps:{app}', '--port', str(port), '--log-level', 'error']
    process = subprocess.Popen([*_on_core(0), *command], cwd=Path(__file__).parent)  # noqa: S603  (our own program)
    try:
        url = f'http://127.0.0.1:{port}'
        _wait_for(port)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


def _on_core(core: int) -> list[str]:
    return ['taskset', '-c', str(core)] if shutil.which('taskset') and (os.cpu_count() or 1) > core else []


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), 0.1):
            return
        time.sleep(0.05)
    raise SystemExit('the server did not start')


def requests_per_second(url: str, script: Path) -> float:
    """Return what wrk counts, after checking that no answer was an error."""
    command = ['wrk', '-t1', f'-c{CONNECTIONS}', f'-d{SECONDS}s', '-s', str(script), url]
    done = subprocess.run([*_on_core(1), *command], capture_output=True, text=True, check=True)  # noqa: S603  (wrk)
    if 'Non-2xx' in done.stdout or 'Socket errors' in done.stdout:
        raise SystemExit(done.stdout)
    found = re.search(r'Requests/sec:\s+([\d.]+)', done.stdout)
    assert found is not None, done.stdout
    return float(found[1])


def _script(folder: Path, accept: str) -> Path:
    path = folder / f'{accept.partition("/")[0]}.lua'
    path.write_text(
        f"wrk.method='POST'\nwrk.body='{json.dumps(BODY)}'\n"
        f"wrk.headers['content-type']='application/json'\nwrk.headers['accept']='{accept}'\n"
    )
    return path


def compare(name: str, path: str, accept: str, target: float) -> str:
    """Measure both applications in turns and return a line of the table."""
    figures: dict[str, list[float]] = {'ours': [], 'by_hand': []}
    with tempfile.TemporaryDirectory() as folder, serving('ours') as ours, serving('by_hand') as by_hand:
        script = _script(Path(folder), accept)
        _check(ours[0] + path, accept)
        for number in range(ROUNDS):
            turns = [('ours', ours[0]), ('by_hand', by_hand[0])]
            for app, url in turns if number % 2 else reversed(turns):
                figures[app].append(requests_per_second(url + path, script))
    mine, floor = statistics.median(figures['ours']), statistics.median(figures['by_hand'])
    return f'{name:<44}{mine:>9.0f}/s{floor:>9.0f}/s{mine / floor:>8.2f}  >= {target}'


def _check(url: str, accept: str) -> None:
    body = httpx.post(url, json=BODY, headers={'accept': accept}).text
    assert body.count('"result"') == 1, body


def open_streams() -> str:
    """Open many streams at once and return what they cost the server in memory."""
    head = f'POST /wait HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-length: {len(json.dumps(BODY))}\r\n'
    request = f'{head}\r\n{json.dumps(BODY)}'.encode()
    with serving('ours') as (url, pid), contextlib.ExitStack() as stack:
        port = int(url.rpartition(':')[2])
        _check(f'{url}/greet', 'application/json')
        before = psutil.Process(pid).memory_info().rss
        sockets = [stack.enter_context(socket.create_connection(('127.0.0.1', port))) for _ in range(STREAMS)]
        for connection in sockets:
            connection.sendall(request)
        for connection in sockets:
            received = b''
            while b'"number":0' not in received:
                received += connection.recv(4096)
        used = (psutil.Process(pid).memory_info().rss - before) / 1e6
    return f'{f"{STREAMS} streams open at once":<44}{used:>9.1f} MB over idle{"":>6}  < 150 MB'


def main() -> None:
    """Print the table."""
    if shutil.which('wrk') is None:
        raise SystemExit('wrk is not installed: apt-get install wrk')
    print(f'{"serving":<44}{"ours":>11}{"by hand":>11}{"ratio":>8}  target')
    print(compare('flow, keep-alive, 32 connections', '/greet', 'application/json', 0.85))
    print(compare('stream of 100 chunks, 32 connections', '/count', 'text/event-stream', 0.85))
    print(open_streams())


if __name__ == '__main__':
    main()
