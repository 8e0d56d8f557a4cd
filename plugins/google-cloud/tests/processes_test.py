# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in processes of their own: that end at once, and that fork."""

import os
import subprocess
import sys
import textwrap
import time

import pytest


PROGRAM = """
import asyncio, logging, os, sys
import grpc
from genkit import Genkit
from genkit_google_cloud import enable_google_cloud_telemetry

telemetry = enable_google_cloud_telemetry(
    'wardrobe', channel=lambda host: grpc.insecure_channel(os.environ['AT']), timeout=float(os.environ['PATIENCE'])
)
ai = Genkit()

@ai.flow()
async def greet(who: str) -> str:
    logging.getLogger('shop').warning('greeting %s', who)
    return 'Hello, ' + who
"""


def run(program: str, at: str, patience: float = 10) -> 'subprocess.CompletedProcess[str]':
    return subprocess.run(
        [sys.executable, '-W', 'error', '-c', PROGRAM + textwrap.dedent(program)],
        env={**os.environ, 'AT': at, 'PATIENCE': str(patience)},
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
    )


def test_a_program_that_ends_at_once_has_sent_all_of_it(cloud):
    done = run("asyncio.run(greet('Ada'))", f'127.0.0.1:{cloud.port}')
    assert (done.returncode, done.stderr) == (0, 'greeting Ada\n')
    (span,) = cloud.spans
    said = {entry['payload']['message']: entry['trace'] for entry in cloud.entries}
    assert said['greeting Ada'] == said['Input[greet]'] == span.trace_id
    ((_, series),) = cloud.metrics('feature/requests')
    assert series.points[0].value.int64_value == 1


def test_a_program_ends_without_a_server():
    began = time.monotonic()
    done = run("logging.basicConfig(); asyncio.run(greet('Ada'))", '127.0.0.1:9', 0.5)
    assert done.returncode == 0
    assert 'Traceback' not in done.stderr
    assert time.monotonic() - began < 40


@pytest.mark.skipif(not hasattr(os, 'fork'), reason='needs os.fork')
def test_a_forked_process_sends_its_own(cloud):
    program = """
    children = []
    for name in ('one', 'two'):
        child = os.fork()
        if not child:
            asyncio.run(greet(name))
            assert telemetry.flush(20)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    asyncio.run(greet('after'))
    assert telemetry.flush(20)
    """
    done = run(program, f'127.0.0.1:{cloud.port}')
    assert done.returncode == 0, done.stderr
    inputs = sorted(str(span.attributes['genkit:input']) for span in cloud.spans)
    assert inputs == ['"after"', '"one"', '"two"']
    tasks = {series.resource.labels['task_id'] for series in cloud.series}
    assert len(tasks) == 3


def test_importing_the_package_loads_neither_clients_nor_the_sdk():
    heavy = ('grpc', 'google.cloud', 'google.auth', 'opentelemetry.sdk.trace')
    program = f'import sys, genkit_google_cloud\nprint([name for name in {heavy} if name in sys.modules])'
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    assert done.stdout == '[]\n'
