# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from .rules import shapes
from .rules.finding import expect_none


def plugin(name: str, *modules: str) -> dict[str, str]:
    source = f'plugins/{name}/src/genkit_{name}'
    return {
        **{f'plugins/{name}/{file}': '' for file in ('README.md', 'LICENSE', 'CHANGELOG.md')},
        f'plugins/{name}/pyproject.toml': f'[project]\nname = "genkit-plugin-{name}"',
        f'plugins/{name}/tests/{name}_test.py': '',
        f'{source}/py.typed': '',
        **{f'{source}/{module}.py': '' for module in ('__init__', *modules)},
    }


def sample(name: str) -> dict[str, str]:
    return {
        **{f'samples/{name}/{file}': '' for file in ('README.md', 'LICENSE', 'run.sh', 'main.py')},
        f'samples/{name}/pyproject.toml': f'[project]\nname = "genkit-sample-{name}"',
    }


def test_the_plugins_and_samples_of_the_project_are_all_alike(project):
    expect_none(shapes.check(project))


def test_every_expected_file_and_module_passes(tree):
    modules = ['plugin', 'models', 'config', 'convert/__init__', 'convert/tools', 'embed', 'store', 'errors']
    root = tree({**plugin('groq'), **plugin('ollama', *modules), **sample('web-chat'), 'plugins/README.md': ''})
    assert shapes.check(root) == []


@pytest.mark.parametrize('missing', sorted({*plugin('groq'), *sample('web-chat')}))
def test_a_missing_file_is_found(tree, missing):
    texts = {**plugin('groq'), **sample('web-chat')}
    del texts[missing]
    [finding] = shapes.check(tree(texts))
    assert missing.startswith(finding.place)
    assert finding.problem.startswith(('lacks ', 'has no tests'))


@pytest.mark.parametrize('module', ['client', 'convert/media', 'wire/__init__', 'engine'])
def test_a_module_under_a_name_of_its_own_is_found(tree, module):
    [finding] = shapes.check(tree(plugin('groq', 'plugin', module)))
    assert finding.place == f'plugins/groq/src/genkit_groq/{module}.py'


def test_a_module_that_is_allowed_to_one_plugin_with_a_reason_passes_there(tree):
    assert shapes.check(tree(plugin('llamacpp', 'engine', 'weights'))) == []
    assert all(reason for modules in shapes.EXTRA_MODULES.values() for reason in modules.values())


def test_a_library_names_its_modules_after_what_they_hold(tree):
    assert shapes.check(tree(plugin('documents', 'files', 'passages'))) == []
    [finding] = shapes.check(tree(plugin('documents', 'reading/__init__')))
    assert finding.problem == 'is in a folder of its own'


def test_a_package_that_announces_a_plugin_is_no_library(tree):
    announced = (
        '[project]\nname = "genkit-plugin-groq"\n[project.entry-points."genkit.plugins"]\ngroq = "genkit_groq:Groq"'
    )
    [finding] = shapes.check(tree({**plugin('groq', 'client'), 'plugins/groq/pyproject.toml': announced}))
    assert finding.problem == 'has a name that no other plugin uses'


def test_a_plugin_with_chat_models_says_what_they_are_held_to(tree):
    tests = {'plugins/groq/tests/groq_test.py': 'class TestGroq(ModelContract): ...'}
    [finding] = shapes.check(tree({**plugin('groq'), **tests}))
    assert finding.problem == 'has chat models and no tests/conformance.yaml'
    assert shapes.check(tree({**plugin('groq'), **tests, 'plugins/groq/tests/conformance.yaml': ''})) == []


def test_a_plugin_holds_one_package(tree):
    [finding] = shapes.check(tree({**plugin('groq'), 'plugins/groq/src/other/__init__.py': ''}))
    assert finding.problem == 'is outside genkit_groq'


def test_a_distribution_is_named_after_its_folder(tree):
    texts = {**plugin('groq'), 'plugins/groq/pyproject.toml': '[project]\nname = "genkit-groq"'}
    [finding] = shapes.check(tree(texts))
    assert finding.remedy == "call it 'genkit-plugin-groq'"
