# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plans look at what users get: what did not change is held back, and what broke has to be announced."""

import shutil

import pytest
from releasekit.model.plan import ApiChange, Level
from releasekit.version.public_api import compare_api


INIT = 'core/src/genkit/__init__.py'
MODULE = 'core/src/genkit/tools.py'
BEFORE = 'def ask(question: str, tries: int = 1) -> str:\n    return question\n\n\nclass Answer:\n    text: str = ""\n'


@pytest.fixture
def released(clone):
    """Return a clone whose core has a public module, released as 1.1.0."""
    clone.write(MODULE, BEFORE)
    clone.replace('core/pyproject.toml', '"1.0.0"', '"1.1.0"')
    clone.commit('feat: ask')
    clone.tag('genkit-v1.1.0')
    return clone


def configure(clone, text):
    clone.append('pyproject.toml', f'\n[tool.releasekit]\n{text}\n')
    clone.commit('chore: configure')


def changed(clone, text, message='fix: ask better'):
    clone.write(MODULE, text)
    clone.commit(message)
    return clone.plan()


def test_commits_that_cancel_out_release_nothing(released):
    changed(released, BEFORE.replace('= 1', '= 2'))
    plan = changed(released, BEFORE, 'fix: ask as before')
    assert plan.releases == ()
    assert 'a build would give what it gave before' in plan.held['genkit']


def test_an_empty_commit_releases_nothing_but_an_intent_file_does(released):
    released.commit('feat: nothing')
    released.replace('core/pyproject.toml', '"1.1.0"', '"1.1.1.dev0"')
    released.commit('chore: the version is no content')
    assert released.versions() == {}
    released.write('.changes/a.md', '+++\ngenkit = "patch"\n+++\nBuilt with a new key.\n')
    released.commit('chore: say so')
    assert released.versions() == {'genkit': '1.1.1'}


def test_a_changed_requirement_is_content(released):
    released.replace('core/pyproject.toml', 'dependencies = [', 'dependencies = ["rich", ')
    released.commit('fix: require what is used')
    assert released.versions() == {'genkit': '1.1.1'}


def test_content_that_nobody_speaks_of_is_shown(released):
    plan = changed(released, BEFORE + '\n_private = 1\n', 'chore: tidy')
    assert (plan.releases, plan.unannounced) == ((), ('genkit',))


BREAKS = {
    'gone': (BEFORE.partition('class')[0], 'genkit.tools.Answer'),
    'asks for more': (BEFORE.replace('question: str', 'question: str, whom: str'), 'genkit.tools.ask'),
    'renamed parameter': (BEFORE.replace('tries', 'attempts'), 'genkit.tools.ask'),
}


@pytest.mark.parametrize('case', BREAKS)
def test_a_break_that_no_commit_announces_is_a_problem(released, case):
    text, place = BREAKS[case]
    (problem,) = changed(released, text).problems
    assert (problem.code, problem.member) == ('RK-PLAN-BREAKS', 'genkit')
    assert place in problem.message


def test_an_announced_break_is_none(released):
    plan = changed(released, BREAKS['gone'][0], 'fix!: no answers any more')
    assert (plan.problems, plan.by_name['genkit'].version) == ((), '2.0.0')


def test_somebody_may_say_that_a_break_is_none(released):
    released.write('.changes/a.md', '+++\ngenkit = "patch"\n+++\nNobody could use it.\n')
    plan = changed(released, BREAKS['gone'][0])
    assert (plan.problems, plan.by_name['genkit'].version) == ((), '1.1.1')


def test_an_addition_is_proposed_as_minor(released):
    plan = changed(released, BEFORE + '\n\ndef listen() -> str:\n    return ""\n')
    assert plan.by_name['genkit'].version == '1.1.1'
    assert plan.proposed == {'genkit': 'adds genkit.tools.listen, which is minor'}


@pytest.mark.parametrize(('text', 'version'), [(BREAKS['gone'][0], '2.0.0'), (BEFORE + 'new = 1\n', '1.2.0')])
def test_levels_may_be_raised_by_themselves(released, text, version):
    configure(released, 'public-api = "raise"')
    assert changed(released, text).by_name['genkit'].version == version


def test_the_interface_may_be_left_alone(released):
    configure(released, 'public-api = "ignore"')
    plan = changed(released, BREAKS['gone'][0])
    assert (plan.problems, plan.by_name['genkit'].version) == ((), '1.1.1')


def test_private_names_and_what_all_leaves_out_are_nobodys_business(released):
    released.write(MODULE, "__all__ = ['ask']\n" + BEFORE)
    released.replace('core/pyproject.toml', '"1.1.0"', '"2.0.0"')
    released.commit('fix!: all')
    released.tag('genkit-v2.0.0')
    plan = changed(released, "__all__ = ['ask']\n" + BREAKS['gone'][0])
    assert (plan.problems, plan.by_name['genkit'].version) == ((), '2.0.1')


def test_names_that_are_passed_on_are_followed():
    door, inner = b"from ._inner import ask as ask\n\n__all__ = ['ask']\n", 'x/_inner.py'
    before = {'x/__init__.py': door, inner: b'def ask(a): ...\n'}
    found = compare_api(before, {**before, inner: b'def ask(a, b): ...\n'})
    assert found.level is Level.MAJOR
    assert 'ask' in found.broken[0]


NEWER = b'try:\n    pass\nexcept A, B:\n    pass\n\n\ndef ask(: ...\n'
FILES = {'x/__init__.py': b'from .y import ask as ask\n', 'x/y.py': b'def ask(): ...\n'}


@pytest.mark.parametrize(
    ('before', 'after'), [(FILES, {**FILES, 'x/y.py': NEWER}), ({**FILES, 'x/y.py': NEWER}, FILES)]
)
def test_source_that_this_python_does_not_read_is_not_compared(before, after):
    found = compare_api(before, after)
    assert (found.level, found.broken) == (Level.NONE, ())
    assert found.unread.startswith('x/y.py is no source that Python 3.')


def test_a_template_that_stays_as_it_is_does_not_keep_the_rest_from_being_compared():
    template = {'x/template.py': b'{{ name }} = (\n'}
    found = compare_api({**FILES, **template}, {'x/__init__.py': b'', **template})
    assert (found.unread, found.level) == ('', Level.MAJOR)


def test_a_function_that_became_a_coroutine_is_no_break_while_its_signature_stays():
    found = compare_api(FILES, {**FILES, 'x/y.py': b'async def ask(): ...\n'})
    assert found == ApiChange()


def test_an_interface_that_was_not_compared_is_told(released):
    plan = changed(released, NEWER.decode())
    assert (plan.problems, plan.by_name['genkit'].version) == ((), '1.1.1')
    assert 'tools.py is no source that Python' in plan.uncompared['genkit']


FLAT = 'tools/kit/kit_flat/__init__.py'


def test_a_package_beside_its_manifest_is_compared_too(clone):
    clone.git('rm', '-r', '--quiet', 'tools/kit/src', 'tools/kit/tests')
    clone.write('tools/kit/tests/kit_test.py', 'def helper(): ...\n')
    clone.write(FLAT, 'def run(): ...\n')
    clone.commit('feat: flat')
    clone.git('tag', '--force', 'kit-v1.0.0')
    clone.write(FLAT, 'def go(): ...\n')
    clone.write('tools/kit/tests/kit_test.py', '')
    clone.commit('fix: go')
    (problem,) = clone.plan().problems
    assert (problem.code, problem.member) == ('RK-PLAN-BREAKS', 'kit')
    assert 'kit_flat.run' in problem.message


def test_what_was_released_from_a_setup_file_is_compared_with_what_is_there(clone):
    clone.git('mv', 'tools/kit/pyproject.toml', 'tools/kit/setup.py')
    clone.write('tools/kit/src/kit/old.py', 'def run(): ...\n')
    clone.commit('chore: as it was')
    clone.git('tag', '--force', 'kit-v1.0.0')
    clone.git('mv', 'tools/kit/setup.py', 'tools/kit/pyproject.toml')
    clone.commit('build: move to pyproject.toml')
    clone.commit('fix: x', 'tools/kit/src/kit/data.txt')
    plan = clone.plan()
    assert (plan.proposed, plan.uncompared, plan.problems) == ({}, {}, ())


def test_a_package_without_source_is_said_not_to_be_compared(clone):
    clone.git('rm', '-r', '--quiet', 'tools/kit/src')
    clone.commit('fix: only data', 'tools/kit/data.json')
    assert clone.plan().uncompared == {'kit': 'no import package was found in src/ or beside the manifest'}


TABLES = [
    ('[tool.uv.build-backend]\nwheel-exclude = ["**/*.bin"]', True),
    ('[tool.uv]\nextra-build-dependencies = { genkit = ["setuptools"] }', True),
    ('[tool.hatch.build.targets.wheel]\nexclude = ["**/*.bin"]', True),
    ('[tool.whatever]\nx = 1', True),
    ('[tool.uv.sources]\nx = { git = "https://example.org/x" }', False),
    ('[tool.uv]\ndev-dependencies = ["rich"]', False),
    ('[[tool.uv.index]]\nname = "x"\nurl = "https://example.org/simple"', False),
    ('[tool.ruff]\nline-length = 100', False),
    ('[dependency-groups]\nlint = ["ruff"]', False),
]


@pytest.mark.parametrize(('table', 'counts'), TABLES)
def test_a_table_counts_unless_it_is_known_that_no_build_reads_it(clone, table, counts):
    clone.append('core/pyproject.toml', f'\n{table}\n')
    clone.commit('fix: what is built')
    plan = clone.plan()
    assert (plan.by_name.keys() == {'genkit'}, 'genkit' in plan.held) == (counts, not counts)


@pytest.mark.parametrize(
    'path', ['core/src/genkit/docs/loader.py', 'core/src/genkit/tests/x.py', 'core/genkit/docs/x.py']
)
def test_what_is_installed_counts_whatever_its_folder_is_called(clone, path):
    clone.commit('fix: the loader loses data', path)
    assert clone.versions() == {'genkit': '1.0.1'}
    clone.tag('genkit-v1.0.1')
    clone.commit('chore: silently', path)
    assert clone.plan().unannounced == ('genkit',)


def test_a_submodule_that_moves_is_content(clone, tmp_path):
    shutil.copytree(clone.root, tmp_path / 'inner')
    inner = type(clone)(tmp_path / 'inner')
    add = ('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', str(inner.root))
    clone.git(*add, 'core/vendored')
    clone.commit('fix: vendored')
    clone.tag('genkit-v1.0.1')
    inner.commit('feat: inner')
    clone.git('-C', 'core/vendored', '-c', 'protocol.file.allow=always', 'pull', '--quiet')
    clone.commit('fix: newer vendored')
    assert clone.versions() == {'genkit': '1.0.2'}


def test_a_member_that_is_a_submodule_is_released_when_it_moves(clone, tmp_path):
    inner = type(clone)(tmp_path / 'inner')
    inner.package('.', 'inner', 'inner')
    inner.commit('feat: inner')
    clone.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', str(inner.root), 'tools/inner')
    clone.commit('feat: a member of another repository')
    clone.tag('inner-v1.0.0')
    assert clone.versions() == {}
    inner.commit('feat: more', 'x')
    clone.git('-C', 'tools/inner', '-c', 'protocol.file.allow=always', 'pull', '--quiet')
    clone.commit('feat: inner has more')
    assert clone.versions() == {'inner': '1.1.0'}


def test_comparisons_are_kept(released, monkeypatch):
    plan = changed(released, BREAKS['gone'][0])

    def refuse(*_):
        raise AssertionError('compared again')

    monkeypatch.setattr('releasekit.version.public_api._compared', refuse)
    assert released.plan() == plan
