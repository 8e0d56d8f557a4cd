# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from importlib.metadata import packages_distributions

import pytest

from .rules import dependencies
from .rules.finding import expect_none
from .rules.tree import members


SOURCE = 'plugins/foo/src/genkit_foo/__init__.py'
MANIFEST = 'plugins/foo/pyproject.toml'
INSTALLED = {'yaml': ['PyYAML'], 'rich': ['rich'], 'extra': ['some.Extra']}


def manifest(*requirements, name='genkit-plugin-foo', extras=''):
    return f'[project]\nname = "{name}"\ndependencies = {list(requirements)}\n{extras}'


def test_the_project_declares_what_it_imports_and_bounds_what_it_looks_inside_of(project):
    expect_none(dependencies.check(project))


def test_every_distribution_that_must_be_bounded_is_required_somewhere(project):
    required = {need.name for folder in members(project) for need in dependencies.requirements(folder)}
    assert [name for name in dependencies.BOUNDED if name not in required] == []


@pytest.mark.parametrize(
    'line',
    [
        'import yaml',
        'from yaml.nodes import Node',
        'def late():\n    import yaml',
        'if TYPE_CHECKING:\n    from yaml import Node',
        'try:\n    import yaml\nexcept ImportError:\n    yaml = None',
        'library = importlib.import_module("yaml")',
        'library = required("yaml.nodes")',
    ],
)
def test_an_undeclared_import_is_found_however_it_is_written(tree, line):
    [finding] = dependencies.check(tree({SOURCE: line, MANIFEST: manifest('rich>=1')}), INSTALLED)
    assert finding.place.startswith(f'{SOURCE}:')
    assert finding.problem in {'imports `yaml` undeclared', 'imports `yaml.nodes` undeclared'}
    assert finding.remedy == (
        'add `pyyaml` to `dependencies` or to an extra in plugins/foo/pyproject.toml, then run `uv lock`'
    )


def test_a_distribution_that_is_not_declared_is_found_once(tree):
    root = tree({SOURCE: 'import yaml\nimport yaml.nodes', MANIFEST: manifest()})
    assert len(dependencies.check(root, INSTALLED)) == 1


def test_a_package_without_manifest_declares_nothing(tree):
    assert len(dependencies.check(tree({SOURCE: 'import yaml'}), INSTALLED)) == 1


def test_a_requirement_of_a_group_is_not_what_users_install(tree):
    groups = '[dependency-groups]\ntest = ["pyyaml>=6"]'
    root = tree({SOURCE: 'import yaml', MANIFEST: manifest(extras=groups)})
    assert len(dependencies.check(root, INSTALLED)) == 1


@pytest.mark.parametrize(
    ('line', 'declared'),
    [
        ('import json\nfrom . import models\nimport genkit_foo.models', ''),
        ('import yaml', 'pyyaml>=6'),
        ('import yaml', 'PyYAML[fast]>=6 ; python_version > "3"'),
        ('import extra', 'some_extra'),
        ('import not_installed', 'not-installed>=1'),
    ],
)
def test_what_is_declared_passes(tree, line, declared):
    root = tree({SOURCE: line, MANIFEST: manifest(*filter(None, [declared]))})
    assert dependencies.check(root, INSTALLED) == []


def test_an_extra_declares_as_well(tree):
    extras = '[project.optional-dependencies]\nyaml = ["pyyaml>=6"]'
    assert dependencies.check(tree({SOURCE: 'import yaml', MANIFEST: manifest(extras=extras)}), INSTALLED) == []


def test_packages_of_the_workspace_are_declared_like_others(tree):
    texts = {
        'core/pyproject.toml': manifest(name='genkit'),
        'core/src/genkit/__init__.py': '',
        SOURCE: 'import genkit',
        MANIFEST: manifest(),
    }
    [finding] = dependencies.check(tree(texts), INSTALLED)
    assert finding.remedy.startswith('add `genkit` to')
    assert dependencies.check(tree({**texts, MANIFEST: manifest('genkit>=1')}), INSTALLED) == []


def test_a_folder_that_distributions_share_belongs_to_the_one_that_has_the_module(tree):
    texts = {SOURCE: 'from opentelemetry.sdk import trace', MANIFEST: manifest('opentelemetry-api>=1,<2')}
    [finding] = dependencies.check(tree(texts), packages_distributions())
    assert finding.remedy.startswith('add `opentelemetry-sdk` to')


@pytest.mark.parametrize('requirement', ['pydantic', 'pydantic>=2', 'pydantic[email]!=2.3,>=2'])
def test_what_the_sources_look_inside_of_needs_an_upper_bound(tree, requirement):
    [finding] = dependencies.check(tree({MANIFEST: manifest(requirement)}), INSTALLED)
    assert finding.place == MANIFEST
    assert finding.problem == f'requires `{requirement}` without an upper bound'
    assert finding.remedy.startswith('add `<` and the next major version, since models')


@pytest.mark.parametrize('requirement', ['pydantic>=2,<3', 'pydantic~=2.11', 'pydantic==2.14.*'])
def test_an_upper_bound_is_any_that_ends_before_a_later_major_version(tree, requirement):
    assert dependencies.check(tree({MANIFEST: manifest(requirement)}), INSTALLED) == []


def test_a_bound_of_a_required_package_of_the_workspace_holds_above_it(tree):
    texts = {
        MANIFEST: manifest('genkit', 'pydantic>=2'),
        'core/pyproject.toml': manifest('pydantic>=2,<3', name='genkit'),
    }
    assert dependencies.check(tree(texts), INSTALLED) == []
