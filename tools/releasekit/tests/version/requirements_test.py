# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Requirements rewritten in several styles."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.version import Version
from releasekit.model.configuration import PinStyle, ZeroPolicy
from releasekit.version.requirements import admits, rewritten


untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


E, C, R, K = PinStyle.EXACT, PinStyle.COMPATIBLE, PinStyle.RANGE, PinStyle.KEEP

REWRITES = [
    ('genkit', E, '2.0.0', 'genkit==2.0.0'),
    ('genkit>=1', E, '2.0.0', 'genkit==2.0.0'),
    ('genkit >= 1, < 2', E, '2.0.0', 'genkit==2.0.0'),
    ('genkit (>=1)', E, '2.0.0', 'genkit==2.0.0'),
    ('Genkit.Core[a,b]>=1', E, '2.0.0', 'Genkit.Core[a,b]==2.0.0'),
    ('genkit [ a ] >=1', E, '2.0.0', 'genkit [ a ]==2.0.0'),
    ('genkit>=1;python_version<"3.12"', E, '2.0.0', 'genkit==2.0.0;python_version<"3.12"'),
    ("genkit[x]>=1 ; extra == 'y'", E, '2.0.0', "genkit[x]==2.0.0 ; extra == 'y'"),
    ('genkit;os_name=="nt"', E, '2.0.0', 'genkit==2.0.0;os_name=="nt"'),
    ('genkit>=1', C, '2.1.0', 'genkit~=2.1.0'),
    ('genkit>=1', C, '2', 'genkit~=2.0'),
    ('genkit>=1', C, '2rc1', 'genkit~=2.0rc1'),
    ('genkit>=1', C, '1!2', 'genkit~=1!2.0'),
    ('genkit>=1', C, '12.3', 'genkit~=12.3'),
    ('genkit>=1', R, '2.1.0', 'genkit>=2.1.0,<3'),
    ('genkit>=1,!=2.1.1', R, '2.1.0', 'genkit>=2.1.0,<3,!=2.1.1'),
    ('genkit>=0.1', R, '0.2.3', 'genkit>=0.2.3,<0.3'),
    ('genkit>=1', R, '2.0.0rc1', 'genkit>=2.0.0rc1,<3'),
    ('genkit>=1', R, '1!2.0', 'genkit>=1!2.0,<1!3'),
    ('genkit>=1,<2', K, '2.0.0', 'genkit>=1,<2'),
    ('genkit @ https://example.org/genkit-1.0.tar.gz', E, '2.0.0', 'genkit @ https://example.org/genkit-1.0.tar.gz'),
]


@pytest.mark.parametrize(('text', 'style', 'version', 'new'), REWRITES)
def test_only_the_versions_of_a_requirement_change(text, style, version, new):
    assert rewritten(text, style, Version(version), ZeroPolicy.MINOR) == new


NAMES = st.from_regex(r'[A-Za-z]([A-Za-z0-9._-]{0,6}[A-Za-z0-9])?', fullmatch=True)
EXTRAS = st.sampled_from(['', '[web]', '[a,b-c]', ' [x]'])
WRITTEN = st.sampled_from(['', '>=1', ' ~=1.2', '>=1,<2', ' (==1.0)', '!=1.5,>=1'])
MARKERS = st.sampled_from(['', '; python_version < "3.12"', " ; sys_platform == 'win32' and extra == 'x'"])
VERSIONS = st.from_regex(r'(1!)?[0-9]{1,2}(\.[0-9]{1,2}){0,2}((a|b|rc|\.post|\.dev)[1-9])?', fullmatch=True).map(
    Version
)


@untimed
@given(NAMES, EXTRAS, WRITTEN, MARKERS, st.sampled_from([E, C, R]), VERSIONS, st.sampled_from(list(ZeroPolicy)))
def test_a_rewritten_requirement_admits_its_version_and_keeps_all_else(
    name, extras, written, marker, style, version, zero
):
    old = Requirement(f'{name}{extras}{written}{marker}')
    new = Requirement(rewritten(f'{name}{extras}{written}{marker}', style, version, zero))
    assert admits(new.specifier, version)
    assert (new.name, new.extras, new.marker) == (old.name, old.extras, old.marker)


@untimed
@given(VERSIONS, st.sampled_from([E, C, R]), st.sampled_from(list(ZeroPolicy)))
def test_rewriting_twice_is_rewriting_once(version, style, zero):
    once = rewritten('genkit[x]>=1 ; os_name == "nt"', style, version, zero)
    assert rewritten(once, style, version, zero) == once
