# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Samples as they are written, without a workspace around them."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from scaffold.cli import main
from scaffold.package import ScaffoldError
from scaffold.sample import write_sample


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / 'core').mkdir()
    (tmp_path / 'core' / 'LICENSE').write_text('Apache')
    (tmp_path / 'samples').mkdir()
    return tmp_path


def test_a_sample_is_a_program_that_runs_without_a_key(root: Path):
    folder = write_sample(root, 'fish-soup')
    written = {path.name for path in folder.iterdir()}
    assert written == {'pyproject.toml', 'README.md', 'LICENSE', 'run.sh', 'main.py'}
    assert tomllib.loads((folder / 'pyproject.toml').read_text())['project']['name'] == 'genkit-sample-fish-soup'
    assert '/../../bin/run_sample" fish-soup "$@"' in (folder / 'run.sh').read_text()
    command = [sys.executable, '-W', 'error', str(folder / 'main.py'), '--question', 'Is there soup?']
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout == 'You said: Is there soup?\n'
    assert not ended.stderr


@pytest.mark.skipif(os.name == 'nt', reason='files have no such bit there')
def test_the_script_of_a_sample_may_be_executed(root: Path):
    assert os.access(write_sample(root, 'fish-soup') / 'run.sh', os.X_OK)


@pytest.mark.parametrize('name', ['Soup', 'soup_', '1st', 'a--b', '-a', '../x', '', 'é', 'soup\n'])
def test_a_name_that_cannot_be_one_is_refused_by_name(root: Path, name: str):
    with pytest.raises(ScaffoldError, match=r'the name of a sample: take .* such as "rag-chroma"') as raised:
        write_sample(root, name)
    assert repr(name) in str(raised.value)
    assert not list((root / 'samples').iterdir())


def test_what_exists_is_left_alone(root: Path, capsys: pytest.CaptureFixture[str]):
    assert main(['--root', str(root), 'sample', 'fish-soup']) == 0
    assert capsys.readouterr().out == 'samples/fish-soup\n'
    (root / 'samples' / 'fish-soup' / 'main.py').write_text('mine')
    assert main(['--root', str(root), 'sample', 'fish-soup']) == 2
    assert 'exists already' in capsys.readouterr().err
    assert (root / 'samples' / 'fish-soup' / 'main.py').read_text() == 'mine'


def test_a_folder_that_is_no_workspace_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(['--root', str(tmp_path), 'sample', 'fish-soup']) == 2
    assert 'samples is not a folder: run this at the root of the workspace' in capsys.readouterr().err
