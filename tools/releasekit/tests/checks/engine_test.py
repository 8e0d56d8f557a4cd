# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Choosing rules, and running them over whatever a manifest may hold."""

import re

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from releasekit.checks.catalogue import RULES
from releasekit.checks.engine import select_rules
from releasekit.commands.check import CheckOptions, check
from releasekit.model.errors import ReleasekitError, UsageError, WorkspaceError


def test_all_rules_run_when_none_is_named():
    assert select_rules((), ()) == RULES


def test_named_rules_run_alone_and_skipped_ones_not():
    assert [rule.id for rule in select_rules(('cycles', 'self-deps'), ('cycles',))] == ['self-deps']


@pytest.mark.parametrize(('only', 'skip'), [(('cycle',), ()), ((), ('cycle',))])
def test_an_unknown_rule_is_named_with_the_one_that_was_meant(only, skip):
    with pytest.raises(UsageError, match=r"no rule is called 'cycle'\. Did you mean 'cycles'\?"):
        select_rules(only, skip)


def test_the_configuration_turns_rules_off_until_they_are_asked_for(good, stale_lock):
    good.configure('skip = ["lock-current"]\n')
    assert check(good.root, CheckOptions(), stale_lock).findings == ()
    assert stale_lock.asked == stale_lock.begun == []
    assert len(check(good.root, CheckOptions(only=('lock-current',)), stale_lock).findings) == 1
    assert stale_lock.asked == stale_lock.begun == [good.root.resolve()]


def test_an_unknown_rule_in_the_configuration_is_named_with_its_line(good, current_lock):
    good.configure('skip = ["lock"]\n')
    with pytest.raises(WorkspaceError, match=r"^pyproject\.toml:5: no rule is called 'lock'"):
        check(good.root, CheckOptions(), current_lock)


def test_rules_are_named_and_explained_alike():
    assert len({rule.id for rule in RULES}) == len(RULES) >= 25
    for rule in RULES:
        assert re.fullmatch(r'[a-z0-9]+(-[a-z0-9]+)+|cycles', rule.id), rule.id
        assert rule.explanation.endswith('.'), rule.id
        assert rule.summary
        assert not rule.summary.endswith('.'), rule.id


FIELDS = [
    *(
        ('project', name)
        for name in (
            'name',
            'version',
            'description',
            'readme',
            'license',
            'license-files',
            'authors',
            'requires-python',
            'keywords',
            'classifiers',
            'dependencies',
            'optional-dependencies',
            'urls',
            'dynamic',
        )
    ),
    ('build-system', 'requires'),
    ('build-system', 'build-backend'),
    ('dependency-groups', 'test'),
    ('tool', 'uv'),
    ('project',),
]
TEXTS = st.sampled_from(['', 'x', 'genkit', 'genkit[web]>=1', 'License :: X', 'README.md', '>=3.12', 'é"\n', 'version'])
VALUES = st.recursive(
    TEXTS | st.integers(0, 1) | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS.filter(bool), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(FIELDS), VALUES), min_size=1, max_size=3))
def test_a_manifest_of_any_shape_is_a_finding_or_one_clear_error(good, current_lock, changes):
    path = 'plugins/open-ai/pyproject.toml'
    before = good.read(path)
    document = tomlkit.parse(before).unwrap()
    for keys, value in changes:
        here = document
        for key in keys[:-1]:
            here = here[key] if isinstance(here.get(key), dict) else here.setdefault(f'odd-{key}', {})
        here[keys[-1]] = value
    good.write(path, tomlkit.dumps(document))
    assert '\n' not in complaint_of_check(good, current_lock)
    good.write(path, before)


def complaint_of_check(workshop, lock):
    """Return the message that the check ends with, '' when it ends with findings or without."""
    try:
        check(workshop.root, CheckOptions(fix=True), lock)
    except ReleasekitError as error:
        return str(error)
    return ''
