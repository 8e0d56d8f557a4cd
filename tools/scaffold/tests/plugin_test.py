# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plugins as they are written, without a workspace around them."""

import tomllib
from pathlib import Path

import pytest
from scaffold.cli import main
from scaffold.package import ScaffoldError
from scaffold.plugin import Kind, write_plugin


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / 'core').mkdir()
    (tmp_path / 'core' / 'LICENSE').write_text('Apache')
    (tmp_path / 'plugins').mkdir()
    return tmp_path


@pytest.mark.parametrize('kind', Kind)
def test_a_plugin_is_a_package_with_a_test(root: Path, kind: Kind):
    folder = write_plugin(root, 'cloud-sql', kind)
    written = {path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file()}
    fixed = {'pyproject.toml', 'README.md', 'CHANGELOG.md', 'LICENSE', 'tests/cloud_sql_test.py'}
    assert written >= fixed | {'src/genkit_cloud_sql/__init__.py', 'src/genkit_cloud_sql/py.typed'}
    project = tomllib.loads((folder / 'pyproject.toml').read_text())
    assert project['project']['name'] == 'genkit-plugin-cloud-sql'
    for path in folder.rglob('*.py'):
        compile(path.read_text(), str(path), 'exec')
    assert not [path for path in folder.rglob('*') if path.is_file() and '$' in path.read_text()]
    assert [path.name for path in (root / 'plugins').iterdir()] == ['cloud-sql']


def test_an_address_is_where_the_provider_is(root: Path):
    folder = write_plugin(root, 'parrot', Kind.MODEL, 'https://parrots.example')
    assert "default_base_url = 'https://parrots.example'" in (folder / 'src/genkit_parrot/__init__.py').read_text()


@pytest.mark.parametrize('name', ['Parrot', 'parrot_', '1st', 'a--b', '-a', '../x', '', 'é'])
def test_a_name_that_cannot_be_one_is_refused_by_name(root: Path, name: str):
    with pytest.raises(ScaffoldError, match='such as') as raised:
        write_plugin(root, name, Kind.MODEL)
    assert repr(name) in str(raised.value)
    assert not list((root / 'plugins').iterdir())


def test_what_exists_is_left_alone(root: Path):
    (root / 'plugins' / 'parrot').mkdir()
    with pytest.raises(ScaffoldError, match='exists already'):
        write_plugin(root, 'parrot', Kind.MODEL)
    assert not list((root / 'plugins' / 'parrot').iterdir())


def test_a_plugin_that_cannot_be_finished_is_not_begun(root: Path):
    (root / 'core' / 'LICENSE').unlink()
    with pytest.raises(FileNotFoundError):
        write_plugin(root, 'parrot', Kind.MODEL)
    assert not list((root / 'plugins').iterdir())


def test_the_command_says_what_was_written_or_why_nothing_was(root: Path, capsys: pytest.CaptureFixture[str]):
    assert main(['--root', str(root), 'plugin', 'parrot', '--kind', 'store']) == 0
    assert capsys.readouterr().out == 'plugins/parrot\n'
    assert main(['--root', str(root), 'plugin', 'parrot', '--kind', 'store']) == 2
    assert 'exists already' in capsys.readouterr().err
