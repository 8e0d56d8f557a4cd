# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Versions that a build backend works out from the history, and how it is given another one."""

import os
import subprocess

import pytest
from releasekit.model.errors import WorkspaceError
from releasekit.workspace.load import load_workspace
from releasekit.workspace.versions import has_history_version, version_variables


HATCH = '[tool.hatch.version]\nsource = "{}"\n'
SCM = {'SETUPTOOLS_SCM_PRETEND_VERSION': '1.2.3', 'SETUPTOOLS_SCM_PRETEND_VERSION_FOR_SOME_NAME': '1.2.3'}
PLUGINS = [
    ('hatchling", "hatch-vcs', 'hatchling.build', HATCH.format('vcs'), SCM),
    (
        'hatchling", "uv-dynamic-versioning',
        'hatchling.build',
        HATCH.format('uv-dynamic-versioning'),
        {'UV_DYNAMIC_VERSIONING_BYPASS': '1.2.3'},
    ),
    ('setuptools>=77", "setuptools-scm[simple]>=9.2', 'setuptools.build_meta', '', SCM),
    ('setuptools>=77", "setuptools_scm[toml]>=8', 'setuptools.build_meta', '[tool.setuptools_scm]\n', SCM),
    (
        'pdm-backend',
        'pdm.backend',
        '[tool.pdm.version]\nsource = "scm"\n',
        {'PDM_BUILD_SCM_VERSION': '1.2.3'},
    ),
    (
        'poetry-core", "poetry-dynamic-versioning',
        'poetry_dynamic_versioning.backend',
        '[tool.poetry]\nversion = "0.0.0"\n[tool.poetry-dynamic-versioning]\nenable = true\n',
        {'POETRY_DYNAMIC_VERSIONING_BYPASS': '1.2.3'},
    ),
]


def member_of(workshop, requires, backend, table, version='dynamic = ["version"]'):
    built = f'[build-system]\nrequires = ["{requires}"]\nbuild-backend = "{backend}"\n'
    workshop.write('pyproject.toml', f'[project]\nname = "some.Name"\n{version}\n\n{built}\n{table}')
    workshop.write('src/some_name/__init__.py', '')
    return load_workspace(workshop.root).members[0]


@pytest.mark.parametrize(('requires', 'backend', 'table', 'variables'), PLUGINS)
def test_each_plugin_builds_the_version_that_it_is_given(empty, tmp_path, uv, requires, backend, table, variables):
    member = member_of(empty, requires, backend, table)
    found = version_variables(member, '1.2.3')
    assert (has_history_version(member), found) == (True, variables)
    environment = {name: value for name, value in os.environ.items() if name != 'UV_OFFLINE'}
    command = [uv, 'build', '--quiet', '--wheel', '--out-dir', str(tmp_path / 'out'), str(empty.root)]
    subprocess.run(command, env=environment | found, check=True)
    (wheel,) = (tmp_path / 'out').glob('*.whl')
    assert wheel.name.startswith('some_name-1.2.3-')


def test_a_written_version_needs_no_variable(empty):
    member = member_of(empty, 'hatchling", "hatch-vcs', 'hatchling.build', HATCH.format('vcs'), 'version = "1"')
    assert (has_history_version(member), version_variables(member, '1.2.3')) == (False, {})


@pytest.mark.parametrize('table', [HATCH.format('code'), '[tool.setuptools.dynamic]\nversion = { attr = "x.y" }\n', ''])
def test_a_version_that_comes_from_elsewhere_is_not_of_the_history(empty, table):
    assert not has_history_version(member_of(empty, 'setuptools', 'setuptools.build_meta', table))


def test_a_plugin_that_takes_no_version_is_refused(empty):
    member = member_of(empty, 'hatchling", "versioningit', 'hatchling.build', HATCH.format('versioningit'))
    with pytest.raises(WorkspaceError, match=r'pyproject\.toml:1: some-name has its version from versioningit'):
        version_variables(member, '1.2.3')
