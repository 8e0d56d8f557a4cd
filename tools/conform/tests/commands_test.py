# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which cases are run against what."""

from pathlib import Path

import pytest
from conform.commands.plan import Selection, make_plans
from conform.model.errors import UsageError


SPEC = """
- model: zoo/parrot
  supports: [multiturn, tool-request]
- model: zoo/owl
  supports: [multiturn]
"""


@pytest.fixture
def spec(write):
    return write('some.yaml', SPEC)


def told(selection):
    return [(plan.name, [(case.model, case.name) for case in plan.cases]) for plan in make_plans(selection)]


def test_models_without_a_spec_get_the_built_in_tests():
    (plan,) = make_plans(Selection(models=['zoo/parrot', 'zoo/owl'], supports=['multiturn']))
    assert (plan.name, plan.application.plugin) == ('zoo', 'zoo')
    assert [(case.model, case.name) for case in plan.cases] == [('zoo/parrot', 'multiturn'), ('zoo/owl', 'multiturn')]
    assert len(make_plans(Selection(models=['zoo/parrot']))[0].cases) == 9


def test_a_spec_is_narrowed_by_models_tests_and_names(spec):
    assert told(Selection([spec], models=['zoo/owl'])) == [('some', [('zoo/owl', 'multiturn')])]
    assert told(Selection([spec], test_filter='TOOL')) == [('some', [('zoo/parrot', 'tool-request')])]
    assert told(Selection([spec], supports=['reasoning', 'system-role'])) == [
        (
            'some',
            [
                ('zoo/parrot', 'reasoning'),
                ('zoo/parrot', 'system-role'),
                ('zoo/owl', 'reasoning'),
                ('zoo/owl', 'system-role'),
            ],
        )
    ]


@pytest.mark.parametrize(
    ('wanted', 'message'),
    [
        ({'models': ['zoo/parot']}, "No spec has a model 'zoo/parot'. Did you mean 'zoo/parrot'?"),
        ({'test_filter': 'zz'}, "No test is called 'zz'. List them with `conform run --list`."),
        ({'supports': ['zz']}, "'zz' is no capability. List them with `conform specs`."),
    ],
)
def test_a_selection_of_nothing_is_refused(spec, wanted, message):
    with pytest.raises(UsageError) as caught:
        make_plans(Selection([spec], **wanted))
    assert caught.value.message == message


def test_nothing_at_all_is_refused():
    with pytest.raises(UsageError, match='There is nothing to run'):
        make_plans(Selection())
    with pytest.raises(UsageError, match="No test is called 'zz'"):
        make_plans(Selection(models=['a/b'], test_filter='zz'))


@pytest.mark.parametrize('spec', ['[{model: a/b}, {model: c/d}]', '{model: b}'])
def test_a_plugin_that_cannot_be_told_has_to_be_said(write, spec):
    path = write('a.yaml', spec)
    with pytest.raises(UsageError, match='say --plugin or --entry'):
        make_plans(Selection([path]))
    assert make_plans(Selection([path], plugin='x'))[0].application.plugin == 'x'
    assert make_plans(Selection([path], entry='app.py'))[0].application.folder == str(Path.cwd())
    assert make_plans(Selection([path], has_runtime=True))[0].application.plugin == ''


def test_a_folder_stands_for_the_plugin_of_its_name_unless_it_says_otherwise(write, tmp_path):
    write('plugins/zoo/conformance.yaml', SPEC)
    write('plugins/farm/conformance.yaml', 'model: m')
    write('plugins/farm/conform.toml', 'entry = "main.py"\nconfig = {a = 1, b = 2}\n')
    write('plugins/shop/pyproject.toml', '')
    plans = make_plans(Selection([tmp_path / 'plugins'], config={'b': 3}))
    assert [(plan.name, plan.skip) for plan in plans] == [('farm', ''), ('shop', 'no conformance.yaml'), ('zoo', '')]
    farm, _, zoo = (plan.application for plan in plans)
    assert (farm.entry, farm.file, farm.config) == (
        'main.py',
        (tmp_path / 'plugins/farm/main.py').resolve(),
        {'a': 1, 'b': 3},
    )
    assert (zoo.plugin, zoo.entry) == ('zoo', '')
    (alone,) = make_plans(Selection([tmp_path / 'plugins/farm/conformance.yaml']))
    assert alone.application.entry == 'main.py'


def test_a_folder_whose_credentials_are_missing_is_skipped_with_the_reason(write, tmp_path, monkeypatch):
    monkeypatch.delenv('ZOO_KEY', raising=False)
    write('zoo/conformance.yaml', SPEC)
    write('zoo/conform.toml', 'env = ["ZOO_KEY"]')
    (plan,) = make_plans(Selection([tmp_path / 'zoo']))
    assert plan.skip == 'needs ZOO_KEY in the environment'
    monkeypatch.setenv('ZOO_KEY', 'k')
    assert make_plans(Selection([tmp_path / 'zoo']))[0].skip == ''


def test_a_package_that_is_named_must_have_a_spec(write, tmp_path):
    write('shop/pyproject.toml', '')
    with pytest.raises(UsageError, match=r'has no conformance\.yaml; add it, or name a spec file'):
        make_plans(Selection([tmp_path / 'shop']))
