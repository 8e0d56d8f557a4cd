# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The table `[tool.releasekit]`, and the file that may hold it instead."""

import os
import tomllib
from pathlib import Path

import pytest
from releasekit.model.configuration import (
    Configuration,
    EdgePolicy,
    Group,
    GroupKind,
    PackagePolicy,
    PinStyle,
    Propagation,
    Versioning,
    ZeroPolicy,
)
from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.plan import Level
from releasekit.workspace.configure import read_configuration
from releasekit.workspace.load import load_workspace


def read(text):
    return read_configuration(Manifest(Path('/w/pyproject.toml'), 'pyproject.toml', text, tomllib.loads(text)))


def test_every_value_has_a_default():
    assert read('') == Configuration()
    assert read('').internal_prefixes == ()
    assert read('[tool.releasekit]\nplugin-prefix = "acme-"').internal_prefixes == ('acme-',)


def test_values_replace_defaults():
    found = read('[tool.releasekit]\nplugin-prefix = "acme-"\npythons = ["3.13"]\nskip = ["cycles"]')
    assert found == Configuration(plugin_prefix='acme-', pythons=('3.13',), skip=('cycles',))


def test_an_unknown_key_is_named_with_the_one_that_was_meant():
    with pytest.raises(WorkspaceError) as raised:
        read('[tool.releasekit]\nplugin-prefx = "acme-"')
    assert str(raised.value).startswith(
        "pyproject.toml:2: unknown key 'plugin-prefx' in [tool.releasekit]. Did you mean "
    )
    assert "'plugin-prefix'" in str(raised.value)


def test_a_value_of_the_wrong_shape_is_named():
    with pytest.raises(
        WorkspaceError, match=r'pyproject\.toml:2: `tool\.releasekit\.pythons` must be a list of strings'
    ):
        read('[tool.releasekit]\npythons = "3.13"')


def test_policies_and_tables_are_read_in_their_shapes():
    found = read("""
[tool.releasekit]
versioning = "lockstep"
zero = "shift"
[tool.releasekit.types]
docs = "patch"
[tool.releasekit.paths]
"schemas/**" = ["*"]
[tool.releasekit.groups.core]
members = ["genkit", "genkit-plugin-*"]
kind = "linked"
[tool.releasekit.edges]
"genkit-plugin-* -> genkit" = { pin = "==", propagation = "always" }
[tool.releasekit.packages.genkit]
formerly = ["genkit-ai"]
""")
    assert (found.versioning, found.zero) == (Versioning.LOCKSTEP, ZeroPolicy.SHIFT)
    assert (found.types, found.paths) == ({'docs': Level.PATCH}, {'schemas/**': ('*',)})
    assert found.groups == {'core': Group(('genkit', 'genkit-plugin-*'), GroupKind.LINKED)}
    assert found.edges == {'genkit-plugin-* -> genkit': EdgePolicy(Propagation.ALWAYS, PinStyle.EXACT)}
    assert found.packages == {'genkit': PackagePolicy(formerly=('genkit-ai',))}


BROKEN = [
    ('pin = "~"', "pyproject.toml:2: `tool.releasekit.pin` is '~'. Did you mean '~='? It may be one of 'keep',"),
    ('types = { fix = "big" }', "pyproject.toml:2: `tool.releasekit.types.fix` is 'big'. It may be one of 'none',"),
    ('types = { fix = 1 }', 'pyproject.toml:2: `tool.releasekit.types.fix` must be a string, not 1'),
    ('groups.a.member = []', "pyproject.toml:2: unknown key 'member' in [tool.releasekit.groups.a]. Did you mean 'mem"),
    ('groups.a = 1', 'pyproject.toml:2: `tool.releasekit.groups.a` must be a table, not 1'),
    ('paths = []', 'pyproject.toml:2: `tool.releasekit.paths` must be a table, not []'),
]


@pytest.mark.parametrize(('line', 'message'), BROKEN)
def test_what_a_table_may_not_hold_is_named_with_its_place(line, message):
    with pytest.raises(WorkspaceError) as raised:
        read(f'[tool.releasekit]\n{line}\n')
    assert str(raised.value).startswith(message)


def test_a_file_of_its_own_holds_the_same_keys(empty):
    empty.project('core', 'acme')
    empty.write('releasekit.toml', 'core = "acme"\n[groups.all]\nmembers = ["*"]\n')
    found = load_workspace(empty.root).configuration
    assert (found.core, found.groups) == ('acme', {'all': Group(('*',))})
    empty.write('releasekit.toml', 'cor = "acme"\n')
    with pytest.raises(
        WorkspaceError, match=r"releasekit\.toml:1: unknown key 'cor' in releasekit\.toml\. Did you mean"
    ):
        load_workspace(empty.root)


STRANGERS = [
    ('packages.kot = {}', "`tool.releasekit.packages.kot`: no member is called 'kot'. Did you mean 'kit'?"),
    ('edges = { "kit -> genkitt" = {} }', "no member is called 'genkitt'. Did you mean 'genkit'?"),
    ('edges = { "kit" = {} }', "no member is called ''."),
    ('paths = { "x/**" = ["genkit-plugins-*"] }', "no member is called 'genkit-plugins-*'."),
    ('tag = "{name}"', "pyproject.toml:5: '{name}' needs {version}, and may have {name}, each once"),
    ('tags-read = ["{name}-{version}", "{nam}-{version}"]', "pyproject.toml:5: '{nam}-{version}' needs {version}"),
]


@pytest.mark.parametrize(('line', 'message'), STRANGERS)
def test_what_speaks_of_no_member_or_no_version_is_named(good, line, message):
    good.configure(f'{line}\n')
    with pytest.raises(WorkspaceError) as raised:
        load_workspace(good.root)
    assert raised.value.code.id == 'RK-CONFIG-VALUE'
    assert message in str(raised.value)


def test_configuration_in_two_places_is_refused(empty):
    empty.append('pyproject.toml', '[tool.releasekit]\ncore = "acme"\n')
    empty.write('releasekit.toml', 'core = "acme"\n')
    with pytest.raises(WorkspaceError, match=r'pyproject\.toml:3: releasekit\.toml exists too'):
        load_workspace(empty.root)


@pytest.mark.parametrize('kind', ['security fix', 'fix(core)', '2fa', 'é', ''])
def test_a_type_that_no_commit_can_have_is_refused(kind):
    with pytest.raises(WorkspaceError, match=r'pyproject\.toml:2: no commit has the type'):
        read(f'[tool.releasekit.types]\n"{kind}" = "patch"\n')


CANNOT_WORK = [
    *(f'tag = "{form}"' for form in ('-{name}-{version}', '/{version}', '{version}/', '{name}..{version}')),
    *(f'tag = "{form}"' for form in ('{name} {version}', '{version}.lock', '{name}//{version}', '.{version}')),
    *(f"tags-read = ['{name}']" for name in (f'{{name}}{sign}{{version}}' for sign in '~^:?*[\\')),
    *(f'intents-folder = "{path}"' for path in ('../news', '/news', 'a/../..', 'C:/news', 'a\\u0000')),
    'packages.kit.version-files = ["../../other.py"]',
    'packages.kit.moved-from = ["/tools/kit"]',
]


@pytest.mark.parametrize('line', CANNOT_WORK)
def test_a_value_that_cannot_work_is_refused(line):
    with pytest.raises(
        WorkspaceError, match=r'pyproject\.toml:2: .*(git takes for no tag|leaves the workspace)'
    ) as raised:
        read(f'[tool.releasekit]\n{line}\n')
    assert raised.value.code.id == 'RK-CONFIG-VALUE'


def test_default_forms_of_tags_can_be_written_too():
    for form in (Configuration().tag, *Configuration().tags_read):
        assert read(f'[tool.releasekit]\ntag = "{form}"').tag == form


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='the system has no pipes with names')
def test_a_file_of_the_configuration_that_is_none_is_not_passed_over(empty):
    empty.project('core', 'acme')
    path = empty.root / 'releasekit.toml'
    for make in (os.mkfifo, os.mkdir, lambda path: path.symlink_to('nowhere')):
        make(path)
        with pytest.raises(WorkspaceError, match=r'releasekit\.toml: cannot be read: (Not a regular|No such) file'):
            load_workspace(empty.root)
        path.rmdir() if path.is_dir() else path.unlink()
