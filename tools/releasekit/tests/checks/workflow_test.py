# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The release workflow: made from the configuration, found when it was changed by hand, and with no right too many."""

import re

import pytest
import yaml
from releasekit.checks.release_workflow import PATH
from releasekit.commands.check import CheckOptions, check


ONLY = CheckOptions(only=('release-workflow',))


@pytest.fixture
def made(good):
    good.configure('publish-to = "mine"\n')
    report = check(good.root, CheckOptions(only=('release-workflow',), fix=True))
    assert (report.findings, report.fixed) == ((), (f'write {PATH}',))
    return good


def test_no_index_no_workflow(good):
    assert check(good.root, ONLY).findings == ()


def test_it_publishes_with_no_right_too_many(made):
    workflow = yaml.safe_load((made.root / PATH).read_text())
    publish = workflow['jobs']['publish']
    assert workflow['permissions'] == {}
    assert publish['environment'] == 'release'
    assert publish['permissions'] == {'contents': 'write', 'id-token': 'write'}
    commands = [step['run'] for step in publish['steps'] if 'run' in step]
    assert any(command.startswith('uvx releasekit publish --to mine') for command in commands)
    assert 'id-token' not in workflow['jobs']['prepare']['permissions']
    assert not workflow['concurrency']['cancel-in-progress']


def test_the_workspace_may_have_a_releasekit_of_its_own(made):
    made.write('bin/releasekit', '#!/bin/sh\n')
    check(made.root, CheckOptions(only=('release-workflow',), fix=True))
    assert 'run: bin/releasekit publish' in (made.root / PATH).read_text()


def test_actions_are_named_by_commit_and_may_be_moved_on_but_not_to_a_tag(made):
    text = (made.root / PATH).read_text()
    used = re.findall(r'uses: (.*)', text)
    assert len(used) == 4
    assert all(re.fullmatch(r'[\w/-]+@[0-9a-f]{40} # v[\d.]+', each) for each in used)
    made.write(PATH, text.replace(used[0], f'actions/checkout@{"5" * 40} # v6.0.1'))
    assert check(made.root, ONLY).findings == ()
    made.write(PATH, text.replace(used[0], 'actions/checkout@v5'))
    (finding,) = check(made.root, ONLY).findings
    assert "'      - uses: actions/checkout@v5'" in finding.problem.message


def test_a_right_that_was_added_by_hand_is_found_where_it_stands(made):
    made.replace(PATH, '      id-token: write', '      id-token: write\n      packages: write')
    (finding,) = check(made.root, ONLY).findings
    assert "'      packages: write'" in finding.problem.message
    line = (made.root / PATH).read_text().split('\n').index('      packages: write') + 1
    assert finding.place == f'{PATH}:{line}'
