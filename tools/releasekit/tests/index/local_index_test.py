# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from releasekit.index.local_index import local_index


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


@pytest.mark.parametrize('is_read_only', [False, True])
async def test_what_a_web_page_sends_is_refused(tmp_path: Path, is_read_only: bool):
    kept = tmp_path / 'kit-1.0.tar.gz'
    kept.write_bytes(b'good')
    async with (
        local_index(tmp_path, is_read_only=is_read_only) as address,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        for headers in (
            {'Host': 'evil.example'},
            {'Host': ''},
            {'Host': 'localhost.evil.example:80'},
            {'Origin': 'https://evil.example'},
            {'Origin': 'null'},
            {'Origin': 'http://127.0.0.1:1'},
            {'Sec-Fetch-Site': 'cross-site'},
            {'Sec-Fetch-Site': 'same-site'},
        ):
            remove = {':action': 'remove_pkg', 'name': 'kit', 'version': '1.0'}
            removed = await client.post(address.upload_url, data=remove, files={'x': b''}, headers=headers)
            sent = await client.post(
                address.upload_url,
                data={':action': 'file_upload'},
                files={'content': ('other-1.0.tar.gz', b'bad')},
                headers=headers,
            )
            read = await client.get(address.url, headers=headers)
            assert {removed.status_code, sent.status_code, read.status_code} == {403}, headers
        own = await client.get(address.url, headers={'Sec-Fetch-Site': 'none', 'Origin': address.upload_url[:-1]})
        assert own.is_success
    assert await asyncio.to_thread(os.listdir, tmp_path) == [kept.name]
    assert kept.read_bytes() == b'good'


@pytest.mark.skipif(sys.platform == 'win32', reason='links need a right there')
async def test_a_link_that_leaves_the_folder_is_not_followed(tmp_path: Path):
    folder = tmp_path / 'index'
    folder.mkdir()
    (tmp_path / 'secret').write_text('secret')
    (folder / 'kit-1.0.tar.gz').write_text('kit')
    (folder / 'kit-2.0.tar.gz').symlink_to(tmp_path / 'secret')
    (folder / 'kit-3.0.tar.gz').symlink_to('kit-1.0.tar.gz')
    (folder / 'out').symlink_to('..')
    async with local_index(folder) as address, httpx.AsyncClient(trust_env=False) as client:
        files = f'{address.upload_url}packages/'
        got = [
            (await client.get(files + name)).status_code
            for name in ('kit-1.0.tar.gz', 'kit-2.0.tar.gz', 'kit-3.0.tar.gz', 'out/secret', 'out%2Fsecret')
        ]
    assert got == [200, 404, 200, 404, 404]
