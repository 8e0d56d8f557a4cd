# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""New names on an index that takes so many a day: which of them wait, and for how long."""

import pytest
from releasekit.publish.calendar import DAY, day_of, postponed, tried_lately
from releasekit.publish.journal import Journal
from releasekit.publish.work import Stage

from .simulation import World


NOW = 1_000_000_000.0


def test_without_a_limit_nothing_waits():
    assert postponed(['a', 'b'], {}, 0, NOW) == {}


def test_what_is_needed_first_goes_first_and_the_rest_by_day():
    found = postponed(['a', 'b', 'c', 'd', 'e'], {}, 2, NOW)
    assert list(found) == ['c', 'd', 'e']
    assert day_of(DAY, NOW) in found['c']
    assert day_of(2 * DAY, NOW) in found['e']


def test_what_was_tried_within_a_day_counts_and_may_be_tried_again():
    found = postponed(['a', 'b', 'c'], {'a': NOW - 3600, 'other': NOW - 1800}, 2, NOW)
    assert list(found) == ['b', 'c']
    assert day_of(DAY, NOW - 3600) in found['b']


@pytest.mark.parametrize(('age', 'counts'), [(3600.0, True), (2 * DAY, False)])
def test_journals_say_what_was_tried(tmp_path, age, counts):
    journal = Journal.open(tmp_path / 'plan' / 'mine' / 'journal', 'x', lambda: NOW - age)
    journal.append('intent', package='a', file='a.whl', sha256='0', new=True)
    journal.append('intent', package='old', file='old.whl', sha256='0')
    journal.close()
    assert tried_lately(tmp_path, 'mine', NOW) == ({'a': NOW - age} if counts else {})
    assert tried_lately(tmp_path, 'other', NOW) == {}


def test_a_run_postpones_them_and_what_needs_them(tmp_path):
    world = World.made(tmp_path / 'w', {'a': (), 'b': ('a',), 'other': ()})
    report = world.run(postponed={'a': 'run it again tomorrow'})
    assert report.stages == {'a': Stage.POSTPONED, 'b': Stage.BLOCKED, 'other': Stage.PUBLISHED}
    assert (report.exit_code, report.texts['a']) == (5, 'run it again tomorrow')
    assert world.run().exit_code == 0
