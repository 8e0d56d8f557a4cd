# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest


PROGRAM = """
import asyncio, sys
from pathlib import Path
from releasekit.index.local_index import local_index

async def main():
    async with local_index(Path(sys.argv[1])) as address:
        print(address.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


def is_there(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.HTTPError:
        return False


@pytest.mark.timeout(60)
@pytest.mark.parametrize('ending', ['kill', 'leave'])
def test_the_server_ends_with_who_started_it_however_that_is(tmp_path: Path, ending: str):
    command = [sys.executable, '-c', PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdin is not None
        url = running.stdout.readline().strip()
        assert is_there(url)
        if ending == 'kill':
            running.kill()
        running.stdin.close()
    deadline = time.monotonic() + 15
    while is_there(url):
        assert time.monotonic() < deadline, 'the server is still there'
        time.sleep(0.05)
