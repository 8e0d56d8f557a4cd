# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plans look at what users get: what did not change is held back, and what broke has to be announced."""

import pytest
from releasekit.model.plan import Level
from releasekit.version.public_api import compare_api


INIT = 'core/src/genkit/__init__.py'
MODULE = 'core/src/genkit/tools.py'
BEFORE = 'def ask(question: str, tries: int = 1) -> str:\n    return question\n\n\nclass Answer:\n    text: str = ""\n'


@pytest.fixture
def released(clone):
    """Return a clone whose core has a public module, released as 1.1.0."""
    clone.write(MODULE, BEFORE)
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
    released.replace('core/pyproject.toml', '"1.0.0"', '"1.1.0"')
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
    released.commit('fix!: all')
    released.tag('genkit-v2.0.0')
    plan = changed(released, "__all__ = ['ask']\n" + BREAKS['gone'][0])
    assert (plan.problems, plan.by_name['genkit'].version) == ((), '2.0.1')


def test_names_that_are_passed_on_are_followed():
    door, inner = b"from ._inner import ask as ask\n\n__all__ = ['ask']\n", 'src/x/_inner.py'
    before = {'src/x/__init__.py': door, inner: b'def ask(a): ...\n'}
    found = compare_api(before, {**before, inner: b'def ask(a, b): ...\n'})
    assert found.level is Level.MAJOR
    assert 'ask' in found.broken[0]


def test_source_that_cannot_be_read_is_compared_with_nothing():
    found = compare_api({'src/x/__init__.py': b'def ask(: ...\n'}, {'src/x/__init__.py': b'def ask(): ...\n'})
    assert not found.broken


def test_comparisons_are_kept(released, monkeypatch):
    plan = changed(released, BREAKS['gone'][0])

    def refuse(*_):
        raise AssertionError('compared again')

    monkeypatch.setattr('releasekit.version.public_api._compared', refuse)
    assert released.plan() == plan
