# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The developer tools and the JavaScript SDK as npm has them, and the command `genkit` in a project of its own.

What npm fetches is kept in `.tools/interop` until `package.json` changes; no lock file, because that would name the
registry. Without Node, or without a network for the first time, the tests are skipped, except in CI.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from genkit.client import close_cached_clients


HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / '.tools' / 'interop'
NO_NETWORK = re.compile(r'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH')
SECONDS = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give time for what npm fetches, and for processes that start processes."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.node)
            item.add_marker(pytest.mark.timeout(600))
            if os.name == 'nt':
                item.add_marker(pytest.mark.skip(reason='commands and signals are those of POSIX'))


def cannot(reason: str) -> Any:
    """Skip, or fail where the tests have to run."""
    if os.environ.get('CI', '').lower() == 'true':
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope='session')
def packages() -> Path:
    """The folder with the packages that `package.json` names."""
    missing = [program for program in ('node', 'npm') if shutil.which(program) is None]
    if missing:
        cannot(f'{" and ".join(missing)} not found: install Node.js 20 or newer')
    digest = hashlib.sha256(b''.join((HERE / name).read_bytes() for name in ('package.json', '.npmrc'))).hexdigest()
    folder = CACHE / digest[:16]
    if not folder.exists():
        install_into(folder)
    return folder


def install_into(folder: Path) -> None:
    draft = folder.with_name(f'{folder.name}-{os.getpid()}')
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name in ('package.json', '.npmrc'):
        shutil.copy(HERE / name, draft)
    ended = subprocess.run(
        ['npm', 'install', '--ignore-scripts', '--loglevel=error'],
        cwd=draft,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    if ended.returncode != 0:
        shutil.rmtree(draft)
        text = f'npm cannot install what tests/interop/package.json names: {ended.stderr[-2000:]}'
        cannot(text) if NO_NETWORK.search(ended.stderr) else pytest.fail(text)
    try:
        draft.rename(folder)
    except OSError:  # somebody else was faster
        shutil.rmtree(draft)


@pytest.fixture(scope='session')
def surroundings(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of commands: a home that is nobody's, no variables of the tools, nothing sent to anybody."""
    home = tmp_path_factory.mktemp('home')
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(('GENKIT_', 'FORCE_COLOR'))}
    path = os.pathsep.join(
        [str(packages / 'node_modules' / '.bin'), str(Path(sys.executable).parent), os.environ['PATH']]
    )
    environment = {
        **inherited,
        'HOME': str(home),
        'XDG_CONFIG_HOME': str(home / '.config'),
        'PATH': path,
        'NO_COLOR': '1',
        'PYTHONWARNINGS': 'error',
    }
    subprocess.run(
        ['genkit', '--non-interactive', 'config', 'set', 'analyticsOptOut', 'true'],
        env=environment,
        cwd=home,
        check=True,
        capture_output=True,
    )
    return environment


class Started:
    """`genkit start` with an application, until it is stopped."""

    def __init__(self, process: 'subprocess.Popen[str]', project: Path) -> None:
        self.process = process
        self._project = project
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip('\n'))

    def wait_for_runtime(self) -> Path:
        """Return the runtime file of the application."""
        found = soon(lambda: self.process.poll() is not None or [*(self._project / '.genkit/runtimes').glob('*.json')])
        assert found is not True, f'it has ended: {self.lines}'
        return found[0]

    def stop(self, number: int) -> None:
        """Send a signal to the tools and the application, as a terminal or a supervisor does, and wait for both."""
        os.killpg(self.process.pid, number)
        self._wait()

    def stop_tools(self) -> None:
        """Press Ctrl-C for the tools alone, which leave the application to itself, and wait for both."""
        self.process.send_signal(signal.SIGINT)
        self._wait()

    def _wait(self) -> None:
        self.process.wait(SECONDS)
        self._reader.join(SECONDS)  # until nobody writes any more

    def close(self) -> None:
        """End whatever still runs."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self._wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


class Commands:
    """The command `genkit` in a project.

    Attributes:
        project: Its folder.
        app: How the application is started.
    """

    def __init__(self, project: Path, surroundings: dict[str, str], program: str) -> None:
        self.project = project
        self.app = ('--', sys.executable, program)
        self._environment = surroundings
        self._started: list[Started] = []

    def __call__(self, *arguments: str) -> 'subprocess.CompletedProcess[str]':
        """Run a command and return how it ended."""
        return subprocess.run(
            ['genkit', '--non-interactive', *arguments],
            cwd=self.project,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def with_app(self, *arguments: str) -> 'subprocess.CompletedProcess[str]':
        """Run a command that starts the application for itself, and ends it."""
        return self(*arguments, *self.app)

    def start(self) -> Started:
        """Start the application with the tools, as a developer does."""
        process = subprocess.Popen(
            ['genkit', '--non-interactive', 'start', '--noui', *self.app],
            cwd=self.project,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._started.append(Started(process, self.project))
        return self._started[-1]

    def close(self) -> None:
        for started in self._started:
            started.close()


def copied(source: Path, target: Path) -> Path:
    """Return a copy of an application that is a project of its own."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns('.genkit', '__pycache__'))
    (target / 'pyproject.toml').touch()
    return target


@pytest.fixture
def kitchen(surroundings: dict[str, str], tmp_path: Path) -> Iterator[Commands]:
    """The tools in a copy of the application of these tests."""
    commands = Commands(copied(HERE / 'app', tmp_path / 'kitchen'), surroundings, 'main.py')
    yield commands
    commands.close()


@pytest.fixture(scope='module')
def quickstart(surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """The tools in a copy of the sample."""
    project = copied(ROOT / 'samples' / 'quickstart', tmp_path_factory.mktemp('sample') / 'quickstart')
    commands = Commands(project, surroundings, 'dev.py')
    yield commands
    commands.close()


@pytest.fixture(scope='session')
def scripts(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of these tests, beside the packages that they import."""
    folder = tmp_path_factory.mktemp('scripts') / 'javascript'
    shutil.copytree(HERE / 'javascript', folder)
    (folder / 'node_modules').symlink_to(packages / 'node_modules')
    return folder


@pytest.fixture
async def serve(scripts: Path) -> AsyncIterator[Callable[[str], Awaitable[str]]]:
    """Start a script that serves something, and give its address."""
    started: list[asyncio.subprocess.Process] = []

    async def start(script: str) -> str:
        process = await asyncio.create_subprocess_exec('node', script, cwd=scripts, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        async with asyncio.timeout(SECONDS):
            port = (await process.stdout.readline()).decode().strip()
        return f'http://127.0.0.1:{port}'

    yield start
    await close_cached_clients()
    for process in started:
        process.kill()
        await process.communicate()


def soon(look: Callable[[], Any]) -> Any:
    """Return what is there once it is there."""
    pause = threading.Event()
    for _ in range(SECONDS * 20):
        if found := look():
            return found
        pause.wait(0.05)
    raise AssertionError(f'{look} found nothing')
