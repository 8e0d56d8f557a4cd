# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A workflow runs the code that was read: actions are named by commit, beside the version that a human can read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .rules.finding import Finding, expect_none
from .rules.tree import files, place


WORKFLOWS = ('.github/workflows/*.yml', '.github/workflows/*.yaml')

_USES = re.compile(r'^(?!\s*#).*?\buses[\'"]?\s*:\s*(.+?)\s*$')
_PINNED = re.compile(r'[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40}\s+# v\d+(?:\.\d+)*')


def check(root: Path) -> list[Finding]:
    return [
        finding for path in files(root, *WORKFLOWS) for finding in _lines(place(root, path), path.read_text('utf-8'))
    ]


def _lines(where: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        found = _USES.match(line)
        if found and not found[1].startswith('./') and not _PINNED.fullmatch(found[1]):
            yield Finding(
                f'{where}:{number}',
                f'uses `{found[1]}`, which may become something else',
                'name the full commit and its version: `owner/action@<40 digits> # v1.2.3`',
            )


COMMIT = '0123456789abcdef' * 2 + '01234567'
PLACE = '.github/workflows/ci.yml'


def test_every_action_is_named_by_its_commit(project):
    expect_none(check(project))


def test_commits_with_their_version_and_actions_of_this_project_pass(tree):
    lines = (
        f'      - uses: owner/action@{COMMIT} # v5.1.0',
        '      - uses: ./.github/actions/ours',
        '      # uses: a/b@v1',
    )
    assert check(tree({PLACE: '\n'.join(('jobs:', *lines))})) == []


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
    findings = check(tree({PLACE: f'jobs:\n{key}{used}\n'}))
    assert [finding.place for finding in findings] == [f'{PLACE}:2']
