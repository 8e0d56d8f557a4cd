# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Commit messages, good and odd."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from releasekit.model.history import Commit
from releasekit.model.plan import Change, Level
from releasekit.version.history.commits import DEFAULT_TYPES, read_message


untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


SHA = 'a' * 40


def read(message, types=DEFAULT_TYPES):
    return read_message(Commit(SHA, 'Ada', message, ()), types)


def shown(message):
    return [(it.kind, it.scope, it.text, it.level.label, it.breaking) for it in read(message).changes]


HEADERS = [
    ('feat: a', [('feat', None, 'a', 'minor', None)]),
    ('feat(core): a', [('feat', 'core', 'a', 'minor', None)]),
    ('fix(a, b/c): d\n', [('fix', 'a, b/c', 'd', 'patch', None)]),
    ('FIX: a', [('fix', None, 'a', 'patch', None)]),
    ('perf!: a', [('perf', None, 'a', 'major', None)]),
    ('chore(x)!: a', [('chore', 'x', 'a', 'major', None)]),
    ('docs: a', [('docs', None, 'a', 'none', None)]),
    ('feature: unknown types mean nothing', [('feature', None, 'unknown types mean nothing', 'none', None)]),
    ('fix: b (#12)', [('fix', None, 'b', 'patch', None)]),
    ('fix(): a', [('fix', None, 'a', 'patch', None)]),
    ('security-fix2(x): a', [('security-fix2', 'x', 'a', 'none', None)]),
    ('Signed-off-by: somebody', [('signed-off-by', None, 'somebody', 'none', None)]),
    ('Fix the thing', []),
    ('fix:no space', []),
    ('fix : a', []),
    (': a', []),
    ('fix: ', []),
    ('* feat: a bullet is no header', []),
    ('Merge branch x', []),
    ('', []),
    ('\n\n', []),
    ('feat: a\n\nBREAKING CHANGE: b', [('feat', None, 'a', 'major', 'b')]),
    ('docs: a\n\nBREAKING-CHANGE: b\n  and c\nRefs: #1', [('docs', None, 'a', 'major', 'b and c')]),
    ('feat: a\n\nBREAKING CHANGE #1 is\ngone', [('feat', None, 'a', 'major', '1 is gone')]),
    ('feat: a\n\nbreaking change: b', [('feat', None, 'a', 'minor', None)]),
    ('feat: a\n\nSigned-off-by: B\nBREAKING CHANGE: c\nBREAKING CHANGE: d', [('feat', None, 'a', 'major', 'c')]),
]


@pytest.mark.parametrize(('message', 'changes'), HEADERS)
def test_a_header_with_its_footers_is_a_change(message, changes):
    assert shown(message) == changes


def test_a_squash_body_holds_a_change_a_line():
    message = """\
feat(groq): models (#7)

* feat(groq): models

* fix(core)!: usage

BREAKING CHANGE: count it yourself

- docs: say so
* unknown: words

Note: this is prose, and so is
http://example.org: a link
"""
    assert shown(message) == [
        ('feat', 'groq', 'models', 'minor', None),
        ('fix', 'core', 'usage', 'major', 'count it yourself'),
        ('docs', None, 'say so', 'none', None),
    ]
    assert {change.pull for change in read(message).changes} == {7}


def test_authors_are_the_author_and_those_named_in_footers():
    message = 'fix: a\n\nCo-authored-by: Bo <b@x.org>\nco-authored-by: C D <c@x.org>\nCo-authored-by: Bo <b@y.org>'
    assert read(message).changes[0].authors == ('Ada', 'Bo', 'C D')


def test_types_of_the_workspace_count():
    (change,) = read('docs: a', {**DEFAULT_TYPES, 'docs': Level.PATCH}).changes
    assert change == Change(SHA, 'docs', None, 'a', Level.PATCH, authors=('Ada',))


REVERTS = [
    ('Revert "feat: a"\n\nThis reverts commit {sha}.\n', ['b' * 40]),
    ('Revert "feat: a"\n\nThis reverts commit {sha}, reversing\nchanges made to 1234567.', ['b' * 40]),
    ('revert: a\n\nRefs: 1234567, 89abcde\n', ['1234567', '89abcde']),
    ('Revert "feat: a (#3)" (#4)\n\nReverts owner/name#3\n', ['#3']),
    ('Reapply "feat: a"\n\nThis reverts commit {sha}.\n', ['b' * 40]),
    ('fix: a\n\nThis reverts commit {sha}.\n', []),
    ('Revert the thing\n', []),
]


@pytest.mark.parametrize(('message', 'reverted'), REVERTS)
def test_a_revert_names_what_it_reverts(message, reverted):
    assert list(read(message.format(sha='b' * 40)).reverts) == reverted


def test_the_revert_of_something_is_a_change_and_its_reapplication_is_what_was_reverted():
    assert shown('Revert "feat: a"') == [('revert', None, 'feat: a', 'patch', None)]
    for title in ('Reapply "feat: a"', 'Revert "Revert "feat: a""', 'Reapply "feat: a" (#4)'):
        assert shown(title) == [('feat', None, 'a', 'minor', None)]
    assert shown('Revert "Reapply "feat: a""') == [('revert', None, 'Reapply "feat: a"', 'patch', None)]


@untimed
@given(st.text())
def test_any_message_can_be_read(message):
    found = read(message)
    assert all(change.text.strip() and '\n' not in change.text for change in found.changes)


@untimed
@given(st.sampled_from(sorted(DEFAULT_TYPES)), st.text(st.characters(categories=['L', 'N']), min_size=1), st.booleans())
def test_what_is_written_as_a_header_is_read_as_one(kind, text, is_break):
    (change,) = read(f'{kind}{"!" if is_break else ""}: {text}').changes
    assert (change.kind, change.text) == (kind, text)
    assert change.level == (Level.MAJOR if is_break else DEFAULT_TYPES[kind])
