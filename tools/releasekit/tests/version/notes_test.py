# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Changelog sections, combined notes, and changelogs that keep what people wrote."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from releasekit.model.plan import Change, Inputs, Level, Plan, Reason, Release, ReleaseKind
from releasekit.version.notes import END, KEEP, combined_notes, kept_prose, section, updated_changelog, without_html


untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


CHANGES = (
    Change('1' * 40, 'feat', 'web', 'streams end', Level.MAJOR, 'close them yourself', 12, ('Ada', 'Bo')),
    Change('2' * 40, 'feat', None, 'new model', Level.MINOR, authors=('Ada',)),
    Change('3' * 40, 'fix', None, 'a leak', Level.PATCH, pull=13, authors=('dependabot[bot]',)),
    Change('4' * 40, 'perf', 'core', 'faster', Level.PATCH),
    Change('5' * 40, 'revert', None, 'feat: odd', Level.PATCH),
    Change('', 'intent', None, 'Streams can be cancelled.\n\nSee the guide.', Level.MINOR),
    Change('6' * 40, 'docs', None, 'better words', Level.PATCH),
)


def plan_of(*releases, time=1_763_769_600):
    inputs = Inputs('0', 'c', (), '', '', '', '', ReleaseKind.FINAL, ())
    return Plan(inputs, time, releases, {}, {}, ())


def release(version='2.0.0', old: str | None = '1.0.0', changes=CHANGES, reasons=()):
    return Release('genkit', 'core', 0, old, version, Level.MAJOR, 'x', tuple(reasons), tuple(changes))


SECTION = """\
## 2.0.0 (2025-11-22)

### Breaking changes

- **web:** streams end (#12, 1111111)
  close them yourself

### Features

- new model (2222222)
- Streams can be cancelled.

  See the guide.

### Fixes

- a leak (#13, 3333333)

### Performance

- **core:** faster (4444444)

### Reverts

- feat: odd (5555555)

### Other changes

- better words (6666666)

Contributors: Ada, Bo.
"""


def test_a_section_groups_changes_and_names_who_made_them():
    one = release()
    assert section(plan_of(one), one) == SECTION


def test_a_first_release_and_one_that_follows_say_so():
    first = release(old=None, changes=())
    other = Release('kit', 'kit', 1, '1.0.0', '1.0.1', Level.PATCH, 'x', (Reason('needs', Level.PATCH, 'genkit'),))
    plan = plan_of(first, other)
    assert section(plan, first) == '## 2.0.0 (2025-11-22)\n\nFirst release.\n'
    assert section(plan, other) == '## 1.0.1 (2025-11-22)\n\n### Dependencies\n\n- genkit 2.0.0\n'


def test_combined_notes_list_all_packages_and_thank_everybody():
    other = Release('kit', 'kit', 1, None, '1.0.0', Level.NONE, 'x')
    notes = combined_notes(plan_of(release(), other))
    assert notes.startswith(
        '| package | version | before |\n|---|---|---|\n'
        '| genkit | 2.0.0 | 1.0.0 |\n| kit | 1.0.0 | - |\n\n## genkit 2.0.0\n'
    )
    assert notes.endswith('## kit 1.0.0\n\nFirst release.\n\nThanks to Ada, Bo.\n')


CHANGELOG = """\
# Changelog

Notable changes.

## Unreleased

- By hand: **this**.

## 1.0.0 (2024-01-01)

First.
"""


def test_what_was_written_by_hand_moves_into_the_section_and_survives_further_runs():
    one = release(changes=CHANGES[1:2])
    once = updated_changelog(CHANGELOG, plan_of(one), one)
    assert once == CHANGELOG.replace(
        '- By hand: **this**.\n',
        f'## 2.0.0 (2025-11-22)\n\n{KEEP}\n- By hand: **this**.\n{END}\n\n'
        '### Features\n\n- new model (2222222)\n\nContributors: Ada.\n',
    )
    assert updated_changelog(once, plan_of(one), one) == once
    edited = once.replace('**this**', '**that**').replace('- new model', '- edited outside the fence')
    more = release(changes=CHANGES[1:3])
    again = updated_changelog(edited, plan_of(more), more)
    assert '**that**' in again
    assert '- new model (2222222)\n\n### Fixes' in again
    assert 'outside the fence' not in again


ODD = ['', '# Changelog\n', '# Changelog\n\n## 1.0.0\n\nOld.\n', '## [1.0.0] - 2024\n', 'Words.\n\n## Unreleased']


@pytest.mark.parametrize('text', ODD)
def test_any_changelog_gets_its_section_before_older_ones(text):
    one = release()
    written = updated_changelog(text, plan_of(one), one)
    assert SECTION.partition('\n')[2] in written
    assert updated_changelog(written, plan_of(one), one) == written
    assert '1.0.0' not in text or written.index('## 2.0.0') < written.index('1.0.0')


LINES = st.lists(st.sampled_from(['## Unreleased', '## 1.0.0', '## 2.0.0', '# Changelog', 'words', '', KEEP, END]))


@untimed
@given(LINES.map('\n'.join))
def test_writing_twice_is_writing_once(text):
    one = release()
    once = updated_changelog(text, plan_of(one), one)
    assert updated_changelog(once, plan_of(one), one) == once
    assert once.count('## 2.0.0') >= 1


def test_line_ends_of_a_changelog_stay():
    plan = plan_of(release())
    text = '# Changelog\n\n## Unreleased\n\nProse.\n\n## 1.0.0 (2025-01-01)\n\n- x\n'
    windows = updated_changelog(text.replace('\n', '\r\n'), plan, release())
    assert windows == updated_changelog(text, plan, release()).replace('\n', '\r\n')
    assert updated_changelog(windows, plan, release()) == windows
    assert kept_prose(windows, '2.0.0') == 'Prose.'


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('<script> and <!-- and a < b', '&lt;script> and &lt;!-- and a &lt; b'),
        ('a `List<int>` and ``x ` <y>`` stay', 'a `List<int>` and ``x ` <y>`` stay'),
        ('no ` code <b>', 'no ` code &lt;b>'),
        (r'\`<b>`', r'\`&lt;b>`'),
        (r'\``a` <b> `', r'\``a` &lt;b> `'),
        (r'\<b>', r'\&lt;b>'),
        ('a `\nb ` c `<d>` e', 'a `\nb ` c `&lt;d>` e'),
        ('``<b>`', '``&lt;b>`'),
    ],
)
def test_html_begins_nowhere_but_in_code(text, shown):
    assert without_html(text) == shown
