# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The real `uv lock --check`."""

import subprocess

import pytest
from releasekit.workspace.uv.lock import UvLock, refresh_lock


@pytest.fixture
def locked(empty, uv):
    empty.project('core', 'genkit')
    empty.project('plugins/x', 'genkit-plugin-x', 'genkit')
    subprocess.run([uv, 'lock', '--quiet'], cwd=empty.root, check=True)
    return empty


def test_a_fresh_lock_is_current(locked):
    assert UvLock().state(locked.root).is_current


def test_a_lock_is_stale_after_a_change_of_a_manifest(locked):
    locked.replace('core/pyproject.toml', 'version = "1.0.0"', 'version = "2.0.0"')
    state = UvLock().state(locked.root)
    assert not state.is_current
    assert state.reason.startswith('the lock is not current: The lockfile at `uv.lock` needs to be updated')
    assert state.way_out == 'run `uv lock` and commit the result'


def test_what_has_begun_is_answered_once(locked):
    lock = UvLock()
    lock.begin(locked.root)
    assert lock.state(locked.root).is_current
    locked.replace('core/pyproject.toml', 'version = "1.0.0"', 'version = "2.0.0"')
    assert not lock.state(locked.root).is_current


def test_a_missing_lock_is_not_current(locked):
    (locked.root / 'uv.lock').unlink()
    assert not UvLock().state(locked.root).is_current
    assert not (locked.root / 'uv.lock').exists()


def test_a_missing_uv_is_reported_and_not_raised(tmp_path, monkeypatch):
    monkeypatch.delenv('UV', raising=False)
    monkeypatch.setenv('PATH', str(tmp_path))
    monkeypatch.setattr('sys.executable', str(tmp_path / 'python'))
    state = UvLock().state(tmp_path)
    assert not state.is_current
    assert 'uv is not installed' in state.reason
    assert '--skip lock-current' in state.way_out


def test_a_uv_that_does_not_run_is_reported_and_not_raised(tmp_path, monkeypatch):
    monkeypatch.setenv('UV', str(tmp_path / 'nope'))
    lock = UvLock()
    lock.begin(tmp_path)
    assert 'does not run' in lock.state(tmp_path).reason


def test_a_lock_that_cannot_be_checked_is_not_called_stale(locked):
    locked.replace('core/pyproject.toml', 'dependencies = []', 'dependencies = ["x @ git+file:///nowhere/at/all"]')
    state = UvLock().state(locked.root)
    assert not state.is_current
    assert state.reason.startswith('the lock cannot be checked: ')
    assert 'git' in state.reason
    assert 'commit the result' not in state.way_out


def test_a_backend_that_locking_runs_sees_no_token_of_a_forge(locked, monkeypatch, tmp_path):
    said = tmp_path / 'said'
    program = tmp_path / 'uv'
    program.write_text(f'#!/bin/sh\nenv > {said}\n')
    program.chmod(0o755)
    monkeypatch.setenv('UV', str(program))
    monkeypatch.setenv('GITHUB_TOKEN', 'hidden')
    monkeypatch.setenv('UV_INDEX_HOUSE_PASSWORD', 'needed')
    for look in (lambda: UvLock().state(locked.root), lambda: refresh_lock(locked.root, ())):
        look()
        assert 'hidden' not in said.read_text()
        assert 'needed' in said.read_text()
