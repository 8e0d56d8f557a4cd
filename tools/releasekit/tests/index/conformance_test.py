# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The same questions to real indexes: pypiserver always, devpi where there is time."""

import asyncio
import shutil
import socket
import subprocess
import time

import httpx
import pytest
from releasekit.index.credentials import nobody
from releasekit.index.local_index import local_index
from releasekit.index.port import Outcome
from releasekit.index.web_index import Address, connected
from releasekit.workspace.uv.lock import find_uv


USER = 'root'


@pytest.fixture(scope='module')
def devpi(tmp_path_factory):
    """A devpi server with an index that does not forget."""
    folder = tmp_path_factory.mktemp('devpi')
    tool = [
        find_uv() or 'uv',
        'tool',
        'run',
        '--quiet',
        '--from',
        'devpi-server==6.20.3',
    ]  # its passlib breaks pypiserver
    made = ('--serverdir', folder / 's', '--no-root-pypi', '--root-passwd', 'secret')
    subprocess.run([*tool, 'devpi-init', *made], check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [*tool, 'devpi-server', '--serverdir', folder / 's', '--host', '127.0.0.1', '--port', str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = f'http://127.0.0.1:{port}'
    try:
        with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
            for _ in range(600):
                try:
                    client.get('/+api')
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            login = client.post('/+login', json={'user': USER, 'password': 'secret'}).json()['result']['password']
            auth = httpx.BasicAuth('root', login)
            made = client.put(f'/{USER}/rel', json={'type': 'stage', 'bases': [], 'volatile': False}, auth=auth)
            assert made.is_success, made.text
        yield Address('devpi', f'{base}/{USER}/rel/+simple/', f'{base}/{USER}/rel/')
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


async def _root(_package: str) -> tuple[str, str]:
    return USER, 'secret'


async def _conforms(address, credentials, files, *, with_uv: bool) -> None:
    artefacts, path_of = files
    async with connected(address, credentials, with_uv=with_uv) as index:
        assert not await index.files('kit')
        assert not await index.installs('kit', '1.2.0')
        for artefact in artefacts:
            assert (await index.upload(artefact, path_of(artefact))).outcome is Outcome.STORED
        listed = await index.files('kit')
        assert listed is not None
        for artefact in artefacts:
            found = listed[artefact.file]
            assert found.sha256 in {None, artefact.sha256}
            assert await index.digest(found) == artefact.sha256
        assert await index.installs('kit', '1.2.0')
        again = await index.upload(artefacts[0], path_of(artefacts[0]))
        assert again.outcome in {Outcome.STORED, Outcome.THERE, Outcome.UNCLEAR}
        path_of(artefacts[1]).write_bytes(b'other bytes than those that were built')
        path_of(artefacts[0]).write_bytes(path_of(artefacts[0]).read_bytes() + b' ')
        other = await index.upload(artefacts[0], path_of(artefacts[0]))
        assert other.outcome is not Outcome.STORED
        assert await index.digest(((await index.files('kit')) or {})[artefacts[0].file]) == artefacts[0].sha256


@pytest.mark.parametrize('with_uv', [False, True], ids=['form', 'uv'])
async def test_pypiserver_conforms(files, tmp_path, with_uv):
    async with local_index(tmp_path / 'index') as address:
        await _conforms(address, nobody, files, with_uv=with_uv)


@pytest.mark.soak
@pytest.mark.timeout(180)
async def test_devpi_conforms(files, devpi):
    await _conforms(devpi, _root, files, with_uv=False)


async def test_a_local_index_serves_what_it_held_before(files, tmp_path):
    artefacts, path_of = files
    folder = tmp_path / 'index'
    async with local_index(folder) as address, connected(address, nobody) as index:
        await index.upload(artefacts[0], path_of(artefacts[0]))
    async with local_index(folder) as address, connected(address, nobody) as index:
        assert list(await index.files('kit') or ()) == [artefacts[0].file]


async def test_many_files_at_a_time_arrive_whole(files, tmp_path):
    artefacts, path_of = files
    async with local_index(tmp_path / 'index') as address, connected(address, nobody) as index:
        answers = await asyncio.gather(*(index.upload(artefact, path_of(artefact)) for artefact in artefacts))
        assert [answer.outcome for answer in answers] == [Outcome.STORED] * 2
