# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Arithmetic of versions, with versions and policies made up by hypothesis."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.version import Version
from releasekit.model.configuration import ZeroPolicy
from releasekit.model.plan import Level, ReleaseKind
from releasekit.version.numbers import base_of, kind_of, next_break, numbered, raised


untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


NUMBERS = st.integers(0, 30)
RELEASES = st.lists(NUMBERS, min_size=1, max_size=4).map(lambda numbers: '.'.join(map(str, numbers)))
EPOCHS = st.sampled_from(['', '', '1!'])
ENDINGS = st.one_of(
    st.just(''),
    st.builds('{}{}'.format, st.sampled_from(['a', 'b', 'rc', '.post', '.dev']), NUMBERS),
    st.builds('rc{}.dev{}'.format, NUMBERS, NUMBERS),
)
VERSIONS = st.builds('{}{}{}'.format, EPOCHS, RELEASES, ENDINGS).map(Version)
FINALS = st.builds('{}{}'.format, EPOCHS, RELEASES).map(Version)
LEVELS = st.sampled_from(list(Level))
ZEROS = st.sampled_from(list(ZeroPolicy))


@untimed
@given(FINALS, LEVELS, ZEROS)
def test_a_raised_version_is_final_and_higher_or_the_same(version, level, zero):
    result = raised(version, level, zero)
    assert kind_of(result) is ReleaseKind.FINAL
    assert (result > version) == (level is not Level.NONE)
    assert result.epoch == version.epoch


@untimed
@given(FINALS, LEVELS, LEVELS, ZEROS)
def test_a_higher_level_never_gives_a_lower_version(version, one, other, zero):
    low, high = sorted([one, other])
    assert raised(version, low, zero) <= raised(version, high, zero)


@untimed
@given(FINALS, LEVELS, ZEROS)
def test_no_place_above_that_of_the_level_is_raised(version, level, zero):
    result = raised(version, level, zero)
    if level < Level.MAJOR or (version.major == 0 and zero is not ZeroPolicy.MAJOR):
        assert result.major == version.major
    if level < Level.MINOR:
        assert result.minor == version.minor


@untimed
@given(VERSIONS, ZEROS)
def test_a_break_lies_above_a_version_and_all_that_may_follow_without_one(version, zero):
    limit = next_break(version, zero)
    assert limit > version
    for level in (Level.PATCH, Level.MINOR):
        is_break = raised(base_of(version), level, zero) >= limit
        assert not is_break or (version.major == 0 and level is Level.MINOR and zero is ZeroPolicy.MINOR)


@untimed
@given(FINALS, st.sampled_from(list(ReleaseKind)), st.lists(VERSIONS, max_size=6), st.integers(0, 500))
def test_a_numbered_version_is_of_its_kind_and_leads_to_its_target(target, kind, taken, distance):
    version = numbered(target, kind, taken, distance)
    assert (kind_of(version), base_of(version)) == (kind, base_of(target))
    if kind not in {ReleaseKind.FINAL, ReleaseKind.DEV}:
        assert version not in taken
    assert (version < target) == (kind not in {ReleaseKind.FINAL, ReleaseKind.POST})


@untimed
@given(FINALS, st.lists(st.integers(1, 20), max_size=5, unique=True))
def test_candidates_count_on_from_the_highest(target, numbers):
    taken = [Version(f'{target}rc{number}') for number in numbers] + [Version(f'{target}b99')]
    assert numbered(target, ReleaseKind.RC, taken, 0) == Version(f'{target}rc{max(numbers, default=0) + 1}')


@untimed
@given(FINALS)
def test_kinds_sort_as_pep_440_has_it(target):
    versions = [numbered(target, kind, (), 3) for kind in ReleaseKind]
    assert sorted(versions) == versions


@pytest.mark.parametrize(
    ('version', 'level', 'zero', 'result'),
    [
        ('1.2.3', Level.MAJOR, ZeroPolicy.MINOR, '2.0.0'),
        ('1.2.3', Level.PATCH, ZeroPolicy.SHIFT, '1.2.4'),
        ('1.2', Level.MINOR, ZeroPolicy.MINOR, '1.3.0'),
        ('0.2.3', Level.MAJOR, ZeroPolicy.MINOR, '0.3.0'),
        ('0.2.3', Level.MINOR, ZeroPolicy.MINOR, '0.3.0'),
        ('0.2.3', Level.MINOR, ZeroPolicy.SHIFT, '0.2.4'),
        ('0.2.3', Level.MAJOR, ZeroPolicy.SHIFT, '0.3.0'),
        ('0.2.3', Level.MAJOR, ZeroPolicy.MAJOR, '1.0.0'),
        ('2!1.2.3', Level.MINOR, ZeroPolicy.MINOR, '2!1.3.0'),
        ('1.2.3.post4', Level.PATCH, ZeroPolicy.MINOR, '1.2.4'),
        ('1.2.3rc4', Level.NONE, ZeroPolicy.MINOR, '1.2.3'),
    ],
)
def test_versions_are_raised_as_semver_has_it(version, level, zero, result):
    assert str(raised(Version(version), level, zero)) == result
