# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the program says that loads what an installed distribution declares."""

import os
import subprocess
import sys

import pytest
from releasekit.build import import_program


@pytest.fixture
def load(tmp_path):
    """Install a distribution of one package and one entry point in a folder; return the code, notes and failures."""

    def call(point, /, *, group='host.plugins', **sources):
        metadata = tmp_path / 'kit-1.0.dist-info'
        metadata.mkdir()
        (metadata / 'METADATA').write_text('Metadata-Version: 2.1\nName: kit\nVersion: 1.0\nProvides-Extra: more\n')
        (metadata / 'entry_points.txt').write_text(f'[{group}]\npoint = {point}\n')
        for name, text in {'__init__': '', **sources}.items():
            path = tmp_path / 'kit' / f'{name}.py'
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        command = [sys.executable, import_program.__file__, 'kit:kit']
        done = subprocess.run(
            command,
            env={**os.environ, 'PYTHONPATH': str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        notes = [line for line in done.stdout.splitlines() if line.startswith(import_program.NOTE)]
        return done.returncode, notes, done.stderr

    return call


@pytest.mark.parametrize(
    ('point', 'group'),
    [
        ('kit.point', 'host.plugins'),
        ('kit.point', 'host11'),
        ('kit.point:Plugin', 'host'),
        ('kit.point:Plugin [more]', 'console_scripts'),
        ('kit.point:Plugin [more]', 'pytest11'),
    ],
)
def test_a_host_or_an_extra_need_not_be_installed(load, point, group):
    code, notes, failures = load(point, group=group, point='import host.hooks\n')
    assert (code, failures) == (0, '')
    assert notes == [f'note: kit: entry point {group}:point was not loaded: host is not installed']


def test_a_module_that_names_the_missing_distribution_itself_is_noted_too(load):
    text = "try:\n    import host\nexcept ImportError:\n    raise RuntimeError('install kit[more]')\n"
    code, notes, _ = load('kit.point', point=text)
    assert (code, len(notes)) == (0, 1)


def test_a_module_of_the_package_itself_that_is_missing_is_wrong(load):
    code, notes, failures = load('kit.point', point='import kit.forgotten\n')
    assert (code, notes) == (1, [])
    assert failures == "kit: entry point host.plugins:point: ModuleNotFoundError: No module named 'kit.forgotten'"


@pytest.mark.parametrize('point', ['kti.point', 'kit.pointt', 'kit.point [more]'])
def test_a_module_that_the_entry_point_misspells_is_wrong(load, point):
    code, notes, failures = load(point, group='host', other='')
    assert (code, notes) == (1, [])
    assert 'ModuleNotFoundError' in failures


@pytest.mark.parametrize('group', ['console_scripts', 'pytest11', 'kit.plugins'])
def test_what_a_command_or_a_host_that_is_there_lacks_is_wrong(load, group):
    code, notes, failures = load('kit.point', group=group, point='import not_declared\n')
    assert (code, notes) == (1, [])
    assert "No module named 'not_declared'" in failures


@pytest.mark.parametrize('text', ['import json.forgotten\n', 'from json import forgotten\n', '1 / 0\n'])
def test_whatever_else_fails_is_wrong(load, text):
    code, notes, failures = load('kit.point', point=text)
    assert (code, notes) == (1, [])
    assert 'kit: entry point host.plugins:point: ' in failures


def test_a_name_that_is_not_in_the_module_is_wrong(load):
    code, _, failures = load('kit.point:Plugin', point='')
    assert code == 1
    assert 'AttributeError' in failures


def test_what_loads_is_not_spoken_of(load):
    assert load('kit.point', point='print("hello")\n') == (0, [], '')
