# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Ranges and newest marks, compared with what a plain walk over random histories finds."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from releasekit.model.history import Ancestry
from releasekit.version.history.ancestry import Ranges, newest


untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def histories(draw):
    """Return parents by commit; commit c0 is HEAD and reaches all others, whose parents have higher numbers."""
    count = draw(st.integers(1, 12))
    parents = {}
    for number in range(count):
        later = list(range(number + 1, count))
        chosen = draw(st.lists(st.sampled_from(later), unique=True, max_size=2)) if later else []
        chosen += [number + 1] if later and number + 1 not in chosen else []
        parents[f'c{number}'] = [f'c{it}' for it in chosen]
    return parents


def ancestors(parents, sha):
    found, waiting = set(), [sha]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += parents[here]
    return found


def ancestry(parents):
    return Ancestry(tuple((sha, *above) for sha, above in parents.items()), 0)


@untimed
@given(histories(), st.data())
def test_a_range_is_what_its_start_does_not_reach(parents, data):
    starts = data.draw(st.dictionaries(st.sampled_from('pqr'), st.sampled_from(list(parents)), min_size=1))
    ranges = Ranges(ancestry(parents), starts)
    for name, start in starts.items():
        expected = set(parents) - ancestors(parents, start)
        assert {sha for sha in parents if ranges.holds(name, sha)} == expected
        assert ranges.count(name) == len(expected)
        assert expected <= set(ranges.shas)
    assert ranges.shas == [sha for sha in parents if any(ranges.holds(name, sha) for name in starts)]


@untimed
@given(histories(), st.data())
def test_the_newest_marks_are_those_that_no_other_one_descends_from(parents, data):
    marks = data.draw(st.dictionaries(st.sampled_from([*parents, 'elsewhere']), st.lists(st.sampled_from('pq'))))
    found = newest(ancestry(parents), marks)
    for name in 'pq':
        marked = {sha for sha, names in marks.items() if name in names and sha in parents}
        expected = {sha for sha in marked if not any(sha in ancestors(parents, other) for other in marked - {sha})}
        assert found.get(name, set()) == expected


def test_nothing_is_in_range_of_nobody():
    ranges = Ranges(ancestry({'c0': ['c1'], 'c1': []}), {})
    assert ranges.shas == []
