# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from .rules import doors
from .rules.finding import expect_none


PLUGIN = 'plugins/foo-bar/src/genkit_foo_bar/__init__.py'
TEST = 'plugins/foo-bar/tests/foo_bar_test.py'
SAMPLE = 'samples/rag-notes/main.py'


def test_the_project_goes_through_the_doors(project):
    expect_none(doors.check(project))


def test_every_door_and_package_that_the_tables_name_exists(project):
    doors_of_core = [door.replace('.', '/') for door in sorted(doors.FOR_APPLICATIONS | doors.FOR_TESTS)]
    assert [door for door in doors_of_core if not (project / 'core/src' / door / '__init__.py').is_file()] == []
    packages = [
        *(f'plugins/{wire.removeprefix("genkit_").replace("_", "-")}' for wire in doors.WIRES),
        *(f'tools/{tool}' for tool in doors.SDK_FREE_TOOLS),
    ]
    assert [package for package in packages if not (project / package).is_dir()] == []


@pytest.mark.parametrize(
    ('place', 'line'),
    [
        (PLUGIN, 'from genkit import GenkitError, types'),
        (PLUGIN, 'import genkit.plugin'),
        (PLUGIN, 'from genkit_compat_oai import OpenAICompatible'),
        (PLUGIN, 'from genkit_postgresql import PostgreSQL'),
        (PLUGIN, 'from genkit_foo_bar.models import MODELS'),
        (PLUGIN, 'from .models import MODELS'),
        (TEST, 'from genkit.testing import ModelContract'),
        ('plugins/foo-bar/tests/older_test.py', 'from genkit.ai import Genkit\nfrom genkit.plugins.foo_bar import Foo'),
        (SAMPLE, 'from genkit.web import serve\nfrom genkit_groq import Groq\nfrom genkit_ollama import Ollama'),
        ('tools/releasekit/src/releasekit/cli.py', 'import rich'),
        ('tools/conform/src/conform/cli.py', 'from genkit import Genkit'),
    ],
)
def test_what_goes_through_a_door_passes(tree, place, line):
    assert doors.check(tree({place: line})) == []


@pytest.mark.parametrize(
    ('place', 'line', 'problem'),
    [
        (PLUGIN, 'from genkit._base.errors import GenkitError', 'imports `genkit._base.errors`'),
        (PLUGIN, 'from genkit import _base', 'imports `genkit._base`'),
        (PLUGIN, 'import genkit._base', 'imports `genkit._base`'),
        (PLUGIN, 'from genkit.plugin.models import ModelPlugin', 'imports `genkit.plugin.models`'),
        (PLUGIN, 'from genkit import web', 'imports `genkit.web`'),
        (PLUGIN, 'from genkit.testing import ModelContract', 'imports `genkit.testing`'),
        (PLUGIN, 'from genkit.ai import Genkit', 'imports `genkit.ai`'),
        (PLUGIN, 'def late():\n    from genkit_groq import Groq', 'imports the plugin `genkit_groq`'),
        (PLUGIN, 'from genkit_compat_oai._wire import to_request', 'imports `genkit_compat_oai._wire.to_request`'),
        (TEST, 'from genkit._generate import loop', 'imports `genkit._generate`'),
        (TEST, 'from genkit_groq import Groq', 'imports the plugin `genkit_groq`'),
        (SAMPLE, 'from genkit._agent import Session', 'imports `genkit._agent`'),
        ('tools/releasekit/src/releasekit/cli.py', 'import genkit', 'imports `genkit`'),
        ('tools/releasekit/tests/cli_test.py', 'from genkit_groq import Groq', 'imports `genkit_groq`'),
    ],
)
def test_what_goes_through_a_wall_is_found(tree, place, line, problem):
    [finding] = doors.check(tree({place: line}))
    assert finding.place == f'{place}:{1 + line.count(chr(10))}'
    assert finding.problem == problem


def test_a_web_plugin_sees_what_applications_see(tree):
    texts = {PLUGIN: 'from genkit.web import handle'}
    assert len(doors.check(tree(texts))) == 1
    declared = '[project]\ndependencies = ["genkit>=1", "Flask[async]>=3 ; python_version > \'3\'"]'
    assert doors.check(tree({**texts, 'plugins/foo-bar/pyproject.toml': declared})) == []


def test_a_plugin_builds_on_one_wire_at_most(tree):
    root = tree({PLUGIN: 'import genkit_anthropic\nimport genkit_compat_oai'})
    [finding] = doors.check(root)
    assert str(finding) == (
        '`plugins/foo-bar` builds on genkit_anthropic and genkit_compat_oai: a plugin speaks one wire'
    )
