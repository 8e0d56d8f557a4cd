# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every build backend, as people use it: built twice with equal bytes, published, installed from there."""

import json
import shutil
import tarfile

import pytest

from tools.releasekit.tests.conftest import Clone

from .layouts import NATIVE, PURE, README, write_layouts


@pytest.fixture(scope='session')
def environments(tmp_path_factory):
    """The environments of builds, made once for all tests."""
    return tmp_path_factory.mktemp('environments')


@pytest.fixture
def cache(tmp_path, monkeypatch, environments):
    """A function that begins a new cache, which shares the environments."""
    number = 0

    def begin():
        nonlocal number
        number += 1
        folder = tmp_path / f'cache-{number}'
        folder.mkdir()
        (folder / 'environments').symlink_to(environments, target_is_directory=True)
        monkeypatch.setenv('RELEASEKIT_CACHE', str(folder))

    monkeypatch.delenv('VIRTUAL_ENV', raising=False)
    begin()
    return begin


def laid_out(tmp_path, layouts):
    clone = Clone(tmp_path / 'clone')
    write_layouts(clone, layouts)
    clone.append(
        'pyproject.toml',
        ''.join(
            f'[tool.releasekit.packages.{layout.name}]\nversion-files = ["src/{layout.module}/__init__.py"]\n'
            for layout in layouts
            if 'version' in layout.dynamic
        ),
    )
    clone.commit('feat: everything')
    return clone


def built(run, clone, *arguments):
    code, out, err = run('build', '--root', clone.root, '--json', '--no-proof', *arguments)
    assert code == 0, err
    return {file['file']: file['sha256'] for file in json.loads(out)['files']}, err


@pytest.mark.timeout(300)
def test_pure_packages_of_six_backends_are_built_twice_alike_and_published(run, cache, tmp_path, plain_git):
    clone = laid_out(tmp_path, PURE)
    first, err = built(run, clone, '--sample', '9')
    assert 'reproducible' not in err
    assert sorted(first) == sorted(
        f'{layout.name.replace("-", "_")}-1.0.0{end}' for layout in PURE for end in ('-py3-none-any.whl', '.tar.gz')
    )
    cache()
    code, out, err = run('publish', '--root', clone.root, '--to', 'local', '--sample', '0', '--json', '--no-proof')
    assert code == 0, err
    report = json.loads(out)
    assert {package['stage'] for package in report['packages']} == {'published'}
    assert report['wrong'] == []
    assert built(run, clone, '--sample', '0')[0] == first
    assert clone.git('status', '--porcelain') == ''


@pytest.mark.timeout(300)
@pytest.mark.parametrize('layout', NATIVE, ids=lambda layout: layout.name)
def test_a_native_package_is_built_and_published(run, cache, tmp_path, plain_git, layout):
    for program in layout.needs:
        if not shutil.which(program):
            pytest.skip(f'{program} is not installed')
    clone = laid_out(tmp_path, [layout])
    first, err = built(run, clone)
    cache()
    code, _, said = run('publish', '--root', clone.root, '--to', 'local', '--no-proof')
    assert code == 0, said
    if 'not reproducible' not in err:
        assert built(run, clone, '--sample', '0')[0] == first


ROOT = """\
[project]
name = "acme"
version = "1.0.0"
description = "The root of a test"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.11"

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["acme"]

[tool.uv.workspace]
members = ["packages/*"]
"""


@pytest.mark.timeout(120)
def test_a_root_project_meets_nothing_of_other_builds_and_has_its_name_in_messages(run, cache, tmp_path, plain_git):
    clone = laid_out(tmp_path, [layout for layout in PURE if layout.name == 'lay-data'])
    clone.write('pyproject.toml', ROOT)
    clone.write('README.md', README.format(name='acme'))
    clone.write('acme/__init__.py', '')
    clone.write('acme/py.typed', '')
    clone.commit('feat: a root')
    built(run, clone, '--sample', '0', '--only', 'lay-data', '--only', 'acme')
    (sdist,) = (tmp_path / 'cache-1').glob('artefacts/*/acme/*.tar.gz')
    with tarfile.open(sdist) as archive:
        assert [name for name in archive.getnames() if 'egg-info' in name or 'PKG-INFO' in name] == [
            'acme-1.0.0/PKG-INFO'
        ]
    clone.replace('pyproject.toml', '"README.md"', '"NOTHING.md"')
    clone.commit('fix: lose the readme')
    for how in ((), ('--isolated',)):
        code, _, err = run('build', '--root', clone.root, '--no-proof', '--sample', '0', '--only', 'acme', *how)
        assert code == 4
        assert 'error[RK-BUILD-FAILED]: acme: ' in err
