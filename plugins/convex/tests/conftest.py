# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The functions of the template, in convex-test behind a bridge that speaks Convex's HTTP API.

What npm fetches is kept in `.tools/convex` until `bridge/package.json` changes. Without Node, or without a network for
the first time, the tests are skipped, except in CI.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from genkit_convex import write_functions


BRIDGE = Path(__file__).parent / 'bridge'
CACHE = Path(__file__).parents[3] / '.tools' / 'convex'
NO_NETWORK = re.compile(r'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH')
DIMENSIONS = 64
KEY = 'dev:happy-animal-123|key-of-the-test'


@dataclass(frozen=True)
class Deployment:
    """A deployment on the loopback interface."""

    url: str

    def reset(self) -> None:
        """Forget everything that is stored."""
        httpx.post(f'{self.url}/reset').raise_for_status()


def cannot(reason: str) -> Any:
    """Skip, or fail where the tests have to run."""
    if os.environ.get('CI', '').lower() == 'true':
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope='session')
def packages() -> Path:
    """The folder with the packages that `package.json` names."""
    if os.name == 'nt':
        pytest.skip('commands are those of POSIX')
    missing = [program for program in ('node', 'npm') if shutil.which(program) is None]
    if missing:
        cannot(f'{" and ".join(missing)} not found: install Node.js 20 or newer')
    folder = CACHE / hashlib.sha256((BRIDGE / 'package.json').read_bytes()).hexdigest()[:16]
    if not folder.exists():
        _install_into(folder)
    return folder


def _install_into(folder: Path) -> None:
    draft = folder.with_name(f'{folder.name}-{os.getpid()}')
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    shutil.copy(BRIDGE / 'package.json', draft)
    command = ['npm', 'install', '--ignore-scripts', '--no-package-lock', '--loglevel=error']
    ended = subprocess.run(command, cwd=draft, capture_output=True, text=True, timeout=170, check=False)
    if ended.returncode != 0:
        shutil.rmtree(draft)
        text = f'npm cannot install what bridge/package.json names: {ended.stderr[-2000:]}'
        cannot(text) if NO_NETWORK.search(ended.stderr) else pytest.fail(text)
    try:
        draft.rename(folder)
    except OSError:  # somebody else was faster
        shutil.rmtree(draft)


@pytest.fixture(scope='session')
def project(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of Convex with the functions."""
    folder = tmp_path_factory.mktemp('project')
    (folder / 'node_modules').symlink_to(packages / 'node_modules')
    (folder / 'package.json').write_text('{"type": "module"}')
    write_functions(folder, DIMENSIONS)
    return folder


@pytest.fixture(scope='session')
def running(project: Path) -> Iterator[Deployment]:
    """The deployment."""
    sources = [str(project / 'convex' / name) for name in ('genkit.ts', 'schema.ts')]
    built = project / 'built'
    command = ['node_modules/.bin/esbuild', *sources, '--bundle', '--packages=external', '--format=esm']
    subprocess.run([*command, f'--outdir={built}', '--log-level=error'], cwd=project, check=True, timeout=60)
    bridge = shutil.copy(BRIDGE / 'bridge.mjs', project)
    process = subprocess.Popen(
        ['node', str(bridge), str(built), KEY], cwd=project, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        assert port, 'the bridge has not started'
        yield Deployment(f'http://127.0.0.1:{port}')
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@pytest.fixture
def deployment(running: Deployment) -> Deployment:
    """The deployment, empty."""
    running.reset()
    return running
