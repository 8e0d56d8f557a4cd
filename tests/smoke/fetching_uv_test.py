# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the commands in bin/ do on a machine without uv."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[2]
STORE_LINK = 'echo "Python was not found; run without arguments to install from the Microsoft Store" >&2; exit 49'
OLD = 'exit 1'  # what a Python before 3.11 answers to the question for its version
GOOD = 'case "$1" in -c) exit 0;; *) echo "$0 $*"; exit 1;; esac'

pytestmark = pytest.mark.skipif(os.name != 'posix', reason='the stand-ins are scripts of a shell')


@pytest.fixture
def fetch(tmp_path):
    """Source bin/_uv in a copy whose machine has nothing but some stand-ins for Python; return code, output, errors."""

    def call(**pythons):
        tools = tmp_path / 'machine'
        tools.mkdir()
        for name in ('bash', 'dirname', 'rm'):
            (tools / name).symlink_to(str(shutil.which(name)))
        for name, body in pythons.items():
            (tools / name).write_text(f'#!{tools / "bash"}\n{body}\n')
            (tools / name).chmod(0o755)
        script = tmp_path / 'checkout' / 'bin' / '_uv'
        script.parent.mkdir(parents=True)
        shutil.copy(ROOT / 'bin/_uv', script)
        done = subprocess.run(
            [str(tools / 'bash'), str(script)], env={'PATH': str(tools)}, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    return call


@pytest.mark.parametrize('pythons', [{}, {'python3': STORE_LINK, 'python': STORE_LINK}, {'python3': OLD}])
def test_without_a_python_that_is_new_enough_it_says_what_is_needed(fetch, pythons):
    code, out, err = fetch(**pythons)
    assert (code, out) == (1, '')
    assert err.splitlines() == ['Python 3.11 or newer is needed, or uv: https://docs.astral.sh/uv/']


@pytest.mark.parametrize('pythons', [{'python3': STORE_LINK, 'python': GOOD}, {'python3': OLD, 'py': GOOD}])
def test_the_first_python_that_is_new_enough_fetches_it(fetch, pythons):
    name = list(pythons)[1]
    _, out, err = fetch(**pythons)
    assert f'/{name} -m venv ' in out
    assert 'fetching it into .tools/' in err
