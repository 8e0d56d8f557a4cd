# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from .rules import sizes
from .rules.finding import expect_none


def lines(count: int) -> str:
    return 'x = 1\n' * count


def function(body: int, *, docstring: int = 0) -> str:
    text = ['    """'] + ['    word'] * (docstring - 2) + ['    """'] if docstring else []
    return '\n'.join(['def f():', *text, *['    x = 1'] * body])


OPENAI_SHAPED = '[project]\ndependencies = ["genkit-plugin-compat-oai"]'


def test_no_room_of_the_project_has_outgrown_its_limit(project):
    expect_none(sizes.check(project))


@pytest.mark.parametrize(
    ('place', 'text'),
    [
        ('core/src/genkit/types/part.py', lines(500)),
        ('core/tests/types/part_test.py', lines(1000)),
        ('samples/web-chat/main.py', lines(150)),
        ('bin/check', '\n' * 15),
        ('core/src/genkit/_base/ids.py', function(59)),
        ('core/src/genkit/_base/ids.py', function(59, docstring=30)),
        ('core/src/genkit/_base/ids.py', 'class C:\n    def f(self, a, b, c, d, /, e, f, *rest, g, h, **more): ...'),
        ('core/src/genkit/_genkit/app.py', 'def f(a, b, c, d, e, *, f, g, h, i): ...'),
    ],
)
def test_what_is_at_its_limit_passes(tree, place, text):
    assert sizes.check(tree({place: text})) == []


@pytest.mark.parametrize(
    ('place', 'text', 'problem'),
    [
        ('core/src/genkit/types/part.py', lines(501), 'has 501 lines of 500'),
        ('core/tests/types/part_test.py', lines(1001), 'has 1001 lines of 1000'),
        ('samples/web-chat/main.py', lines(151), 'has 151 lines of 150'),
        ('bin/check', '#\n' * 16, 'has 16 lines of 15'),
        ('core/src/genkit/_base/ids.py', function(60), '`f` has 61 lines'),
        ('core/src/genkit/_base/ids.py', 'async ' + function(60), '`f` has 61 lines'),
        ('core/src/genkit/_base/ids.py', 'class C:\n' + '    x = 1\n' * 400, 'class `C` has 401 lines'),
        ('core/src/genkit/_base/ids.py', 'def f(a, b, c, d, e, *, f, g, h, i): ...', '`f` takes 9 parameters'),
    ],
)
def test_what_is_past_its_limit_is_found(tree, place, text, problem):
    [finding] = sizes.check(tree({place: text}))
    assert finding.place.partition(':')[0] == place
    assert finding.problem == problem


@pytest.mark.parametrize(('modules', 'findings'), [(15, 0), (16, 1)])
def test_a_folder_holds_fifteen_modules_beside_its_init(tree, modules, findings):
    names = ['__init__', *(f'kind{number}' for number in range(modules))]
    root = tree({f'core/src/genkit/_kinds/{name}.py': '' for name in names})
    assert len(sizes.check(root)) == findings


@pytest.mark.parametrize(('count', 'findings'), [(198, 0), (199, 1)])
def test_the_class_of_an_openai_shaped_plugin_is_measured(tree, count, findings):
    source = 'plugins/groq/src/genkit_groq'
    texts = {
        f'{source}/plugin.py': 'class Groq(OpenAICompatible):\n    """It."""\n' + lines(count),
        f'{source}/speech.py': lines(300),
    }
    assert len(sizes.check(tree({**texts, 'plugins/groq/pyproject.toml': OPENAI_SHAPED}))) == findings
    assert sizes.check(tree(texts)) == []
