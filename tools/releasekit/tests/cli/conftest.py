# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A small workspace to release, with a cache of its own."""

import os
import shutil
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope='session')
def shared_environments(tmp_path_factory):
    """The environments of builds, made once for all tests."""
    return tmp_path_factory.mktemp('environments')


@pytest.fixture
def project(clone, tmp_path, monkeypatch, shared_environments):
    """Three packages that were never released, and a cache of their own."""
    clone.git('tag', '--delete', 'genkit-v1.0.0', 'genkit-plugin-open-ai-v1.0.0', 'kit-v1.0.0')
    for folder, module in (('core', 'genkit'), ('plugins/open-ai', 'genkit_open_ai'), ('tools/kit', 'kit')):
        table = f'\n[tool.hatch.build.targets.wheel]\npackages = ["src/{module}"]\n'
        clone.append(f'{folder}/pyproject.toml', table)
    clone.replace('tools/kit/pyproject.toml', 'dependencies = []', 'dependencies = [\n]')
    clone.commit('build: say what a wheel holds')
    cache = tmp_path / 'cache'
    cache.mkdir()
    (cache / 'environments').symlink_to(shared_environments, target_is_directory=True)
    beside = os.pathsep.join((os.environ.get('PATH', ''), str(Path(sys.executable).parent)))
    monkeypatch.setenv('UV', shutil.which('uv', path=beside) or 'uv')
    monkeypatch.setenv('RELEASEKIT_CACHE', str(cache))
    monkeypatch.delenv('VIRTUAL_ENV', raising=False)
    monkeypatch.chdir(clone.root)
    return clone


@pytest.fixture
def news(clone, monkeypatch, uv):
    """A clone with a break in the core, a feature in the tool, and an intent."""
    clone.tag_built('genkit-plugin-open-ai', '1.0.0', 'genkit>=1.0.0,<2')
    clone.write('.changes/kit.md', '---\nkit: patch\n---\nIt is quicker.\n')
    clone.commit('feat!: new core\n\nBREAKING CHANGE: call it otherwise', 'core/src/genkit/x.py')
    clone.commit('feat: new kit (#5)', 'tools/kit/x')
    monkeypatch.chdir(clone.root)
    return clone


@pytest.fixture(autouse=True)
def _no_forge(monkeypatch):
    """Let no test speak to the forge of whoever runs it."""
    for name in ('GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL'):
        monkeypatch.delenv(name, raising=False)
