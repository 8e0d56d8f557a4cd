# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from .rules import workflows
from .rules.finding import expect_none


COMMIT = '0123456789abcdef' * 2 + '01234567'
PLACE = '.github/workflows/ci.yml'


def test_every_action_is_named_by_its_commit(project):
    expect_none(workflows.check(project))


def test_commits_with_their_version_and_actions_of_this_project_pass(tree):
    lines = (
        f'      - uses: owner/action@{COMMIT} # v5.1.0',
        '      - uses: ./.github/actions/ours',
        '      # uses: a/b@v1',
    )
    assert workflows.check(tree({PLACE: '\n'.join(('jobs:', *lines))})) == []


@pytest.mark.parametrize(
    'used',
    [
        'actions/checkout@v5',
        'actions/checkout@main',
        'actions/checkout@v5 # v5.1.0',
        f'actions/checkout@{COMMIT[:7]} # v5.1.0',
        f'actions/checkout@{COMMIT}',
        f'actions/checkout@{COMMIT} # main',
        '"actions/checkout@v5"',
        'docker://alpine:3',
    ],
)
@pytest.mark.parametrize('key', ['      - uses: ', '        uses: ', '  "uses": ', '      - {name: x, uses: '])
def test_an_action_that_may_change_is_found(tree, key, used):
    findings = workflows.check(tree({PLACE: f'jobs:\n{key}{used}\n'}))
    assert [finding.place for finding in findings] == [f'{PLACE}:2']
