# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is left of the entries of one member: copies, reverts, and reverts of reverts."""

import pytest
from releasekit.model.plan import Change, Level
from releasekit.version.history.changes import Entry, settled


def entry(name, *reverts, identity=None, level=Level.PATCH):
    return Entry(name, identity or name, (Change(name, 'fix', None, name, level),), reverts)


CASES = [
    ([entry('b'), entry('a')], 'ba'),
    ([entry('a', level=Level.NONE)], ''),
    ([entry('b', 'a'), entry('a')], ''),
    ([entry('b', 'released'), entry('a')], 'ba'),
    ([entry('c', 'a', 'released'), entry('b'), entry('a')], 'cb'),
    ([entry('c', 'a', 'b'), entry('b'), entry('a')], ''),
    ([entry('c', 'b'), entry('b', 'a'), entry('a')], 'a'),
    ([entry('d', 'c'), entry('c', 'b'), entry('b', 'a'), entry('a')], ''),
    ([entry('c', identity='a'), entry('b'), entry('a')], 'cb'),
    ([entry('c', 'a'), entry('b', identity='a'), entry('a')], ''),
    ([entry('c', identity='a'), entry('b', 'a'), entry('a')], 'c'),
    ([entry('c', 'b', identity='a'), entry('b', 'a'), entry('a')], 'a'),
    ([entry('c', identity='a'), entry('b', 'a')], 'cb'),
]


@pytest.mark.parametrize(('entries', 'left'), CASES)
def test_reverts_take_away_what_lies_before_them_and_copies_count_once(entries, left):
    assert ''.join(change.text for change in settled(entries)) == left
