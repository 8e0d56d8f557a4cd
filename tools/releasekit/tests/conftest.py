# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Workspaces on disk, built file by file."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from releasekit.cli import main
from releasekit.commands.plan import PlanOptions, plan
from releasekit.model.plan import Plan, ReleaseKind
from releasekit.workspace.uv.lock import LockState


HEADER = '# Copyright 2026 The Genkit for Python authors\n# SPDX-License-Identifier: Apache-2.0\n'
README = (
    '# {name}\n\nIt is part of a workspace that exists for a test only, and this sentence says so at some length.\n'
)
ROOT = '[tool.uv.workspace]\nmembers = ["core", "plugins/*", "samples/*", "tools/*"]\n'
PACKAGE = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "1.0.0"
description = "A package of a test"
readme = "README.md"
license = "Apache-2.0"
license-files = ["LICENSE"]
authors = [{{ name = "The Genkit for Python authors" }}]
requires-python = ">=3.11"
keywords = ["test"]
classifiers = [
  "Programming Language :: Python :: 3.11",
  "Programming Language :: Python :: 3.12",
  "Programming Language :: Python :: 3.13",
  "Programming Language :: Python :: 3.14",
  "Typing :: Typed",
]
dependencies = [{dependencies}]

[project.urls]
Source = "https://forge.test/lights/house"
Changelog = "https://forge.test/lights/house/changelog"
Issues = "https://forge.test/lights/house/issues"
Documentation = "https://house.test/docs"
"""
HOUSE = """
[tool.releasekit]
profile = "house"
core = "genkit"
plugin-prefix = "genkit-plugin-"
sample-prefix = "genkit-sample-"
import-prefix = "genkit_"
"""
SAMPLE = """\
[project]
name = "{name}"
version = "0.1.0"
requires-python = ">=3.11"
classifiers = ["Private :: Do Not Upload"]
dependencies = [{dependencies}]
"""


class Workshop:
    """A workspace under construction."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding='utf-8')

    def append(self, path: str, text: str) -> None:
        self.write(path, self.read(path) + text)

    def replace(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text, f'{path} does not hold {old!r}'
        self.write(path, text.replace(old, new))

    def configure(self, lines: str) -> None:
        """Add lines to the table `[tool.releasekit]` of the root."""
        header = '[tool.releasekit]\n'
        if header in self.read('pyproject.toml'):
            self.replace('pyproject.toml', header, f'{header}{lines}')
        else:
            self.append('pyproject.toml', f'\n{header}{lines}')

    def project(self, folder: str, name: str, *dependencies: str, more: str = '') -> None:
        """Write the shortest manifest that uv accepts, with a workspace source for every requirement."""
        listed = ', '.join(f"'{dependency}'" for dependency in dependencies)
        text = f'[project]\nname = "{name}"\nversion = "1.0.0"\nrequires-python = ">=3.11"\ndependencies = [{listed}]\n'
        self.write(f'{folder}/pyproject.toml', text + more + sources(*dependencies))

    def package(self, folder: str, name: str, module: str, *dependencies: str) -> None:
        """Write a package that no rule objects to."""
        listed = ', '.join(f'"{dependency}"' for dependency in dependencies)
        self._member(folder, name, PACKAGE.format(name=name, dependencies=listed) + sources(*dependencies))
        self.write(f'{folder}/CHANGELOG.md', '# Changelog\n\n## Unreleased\n')
        self.write(f'{folder}/src/{module}/__init__.py', HEADER + '"""A package of a test."""\n\n__all__ = []\n')
        self.write(f'{folder}/src/{module}/py.typed', '')
        self.write(f'{folder}/tests/{module}_test.py', HEADER + f'import {module}\n')

    def sample(self, folder: str, name: str, *dependencies: str) -> None:
        """Write a sample that no rule objects to."""
        listed = ', '.join(f'"{dependency}"' for dependency in dependencies)
        self._member(folder, name, SAMPLE.format(name=name, dependencies=listed) + sources(*dependencies))
        self.write(f'{folder}/run.sh', '#!/bin/sh\nexec python main.py\n').chmod(0o755)
        self.write(f'{folder}/main.py', HEADER + 'print("hello")\n')

    def _member(self, folder: str, name: str, manifest: str) -> None:
        self.write(f'{folder}/pyproject.toml', manifest)
        self.write(f'{folder}/README.md', README.format(name=name))
        self.write(f'{folder}/LICENSE', 'Apache License\n')


def sources(*dependencies: str) -> str:
    """Return a table that takes each requirement, given as a bare name, from the workspace."""
    lines = ''.join(f'{dependency} = {{ workspace = true }}\n' for dependency in dependencies)
    return f'\n[tool.uv.sources]\n{lines}' if lines else ''


class Clone(Workshop):
    """A workspace under construction in a git repository, with a clock that moves one minute a commit."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        root.mkdir(exist_ok=True)
        self._minutes = 0
        self.git('init', '--quiet', '--initial-branch=main', '.')

    def git(self, *arguments: str, said: bytes | None = None) -> str:
        stamp = f'{1_780_000_000 + self._minutes * 60} +0000'
        dates = {'GIT_AUTHOR_DATE': stamp, 'GIT_COMMITTER_DATE': stamp}
        command = ['git', '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', *arguments]
        done = subprocess.run(
            command, cwd=self.root, env=os.environ | dates, input=said, capture_output=True, check=True
        )
        return done.stdout.decode(errors='replace').strip()

    def pass_minutes(self, minutes: int) -> None:
        self._minutes += minutes

    def commit(self, message: str | bytes, *paths: str) -> str:
        """Commit everything, with a change in each of some files besides; return the hash."""
        self._minutes += 1
        for path in paths:
            self.write(path, f'{self._minutes}\n')
        self.git('add', '--all')
        said = message if isinstance(message, bytes) else message.encode()
        self.git('commit', '--quiet', '--allow-empty', '--allow-empty-message', '--file=-', said=said)
        return self.git('rev-parse', 'HEAD')

    def tag(self, *names: str) -> None:
        for name in names:
            self.git('tag', name)

    def tag_built(self, name: str, version: str, *requirements: str) -> None:
        """Tag a release as releasekit does, with the requirements on members that it was built with."""
        lines = ''.join(f'Requires: {requirement}\n' for requirement in requirements)
        message = f'--message={name} {version}\n\n{lines}'
        self.git('tag', '--force', '--annotate', message, f'{name}-v{version}')

    def plan(self, kind: ReleaseKind | None = None, *only: str) -> Plan:
        return plan(self.root, PlanOptions(kind, only)).plan

    def versions(self, kind: ReleaseKind | None = None, *only: str) -> dict[str, str]:
        return {release.name: release.version for release in self.plan(kind, *only).releases}


class FakeLock:
    """A lock with a fixed answer, that remembers whether it was asked."""

    def __init__(self, state: LockState) -> None:
        self._state = state
        self.asked: list[Path] = []
        self.begun: list[Path] = []

    def begin(self, root: Path) -> None:
        self.begun.append(root)

    def state(self, root: Path) -> LockState:
        self.asked.append(root)
        return self._state


@pytest.fixture
def empty(tmp_path: Path) -> Workshop:
    """A root manifest with the usual patterns and no member."""
    workshop = Workshop(tmp_path)
    workshop.write('pyproject.toml', ROOT)
    return workshop


@pytest.fixture
def good(empty: Workshop) -> Workshop:
    """A core, a plugin, a sample and a tool that no rule of either profile objects to."""
    _fill(empty)
    empty.append('pyproject.toml', HOUSE)
    return empty


def _fill(workshop: Workshop) -> None:
    workshop.write('pyproject.toml', ROOT)
    workshop.write('LICENSE', 'Apache License\n')
    workshop.package('core', 'genkit', 'genkit')
    workshop.package('plugins/open-ai', 'genkit-plugin-open-ai', 'genkit_open_ai', 'genkit')
    workshop.package('tools/kit', 'kit', 'kit')
    workshop.sample('samples/web-hello', 'genkit-sample-web-hello', 'genkit', 'genkit-plugin-open-ai')


@pytest.fixture
def plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """git without the configuration of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith('GIT_')]:
        monkeypatch.delenv(name)
    for name in ('GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM'):
        monkeypatch.setenv(name, os.devnull)


@pytest.fixture
def clone(tmp_path: Path, plain_git: None) -> Clone:
    """The workspace `good`, released as it is: a core, a plugin that needs it, a tool, and a sample."""
    clone = Clone(tmp_path / 'clone')
    _fill(clone)
    clone.commit('feat: everything')
    clone.tag('genkit-v1.0.0', 'genkit-plugin-open-ai-v1.0.0', 'kit-v1.0.0')
    return clone


@pytest.fixture
def current_lock() -> FakeLock:
    return FakeLock(LockState(is_current=True))


@pytest.fixture
def stale_lock() -> FakeLock:
    return FakeLock(LockState(is_current=False, reason='the lock is not current: somebody said so'))


@pytest.fixture
def uv(monkeypatch: pytest.MonkeyPatch) -> str:
    """The real uv, told to stay offline and to use this Python."""
    beside = os.pathsep.join((os.environ.get('PATH', ''), str(Path(sys.executable).parent)))
    found = shutil.which('uv', path=beside)
    if not found:
        pytest.skip('uv is not installed')
    environment: Mapping[str, str] = {'UV': found, 'UV_OFFLINE': '1', 'UV_PYTHON': sys.executable}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv('VIRTUAL_ENV', raising=False)
    return found


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """The program: arguments in; exit code, output and errors out."""

    def call(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call
