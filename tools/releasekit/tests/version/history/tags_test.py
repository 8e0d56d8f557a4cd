# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tags in several grammars, and the lines that they draw."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.version import Version
from releasekit.model.configuration import Configuration
from releasekit.model.history import Ancestry, Tag
from releasekit.version.history.tags import Released, TagReader, find_lines, find_released


untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


DEFAULTS = TagReader((Configuration.tag, *Configuration.tags_read))

TAGS = [
    ('genkit-v1.2.3', ('genkit', '1.2.3')),
    ('genkit-plugin-x-v1.0.0rc1', ('genkit-plugin-x', '1.0.0rc1')),
    ('genkit-v1.0.0-rc.1', ('genkit', '1.0.0rc1')),
    ('Genkit_Plugin.X@1.0', ('genkit-plugin-x', '1.0')),
    ('genkit==1.0.post1', ('genkit', '1.0.post1')),
    ('genkit/v1.0', ('genkit', '1.0')),
    ('foo-v2-v1.0', ('foo-v2', '1.0')),
    ('genkit-v1!2.0', ('genkit', '1!2.0')),
    ('v1.2.3', (None, '1.2.3')),
    ('genkit-vNext', None),
    ('genkit-v1.2.x', None),
    ('1.2.3', (None, '1.2.3')),
    ('genkit-v1.1.0+gha', ('genkit', '1.1.0')),
    ('genkit-v1.1.0-rc.1+build.5', ('genkit', '1.1.0rc1')),
    ('1.2.x', None),
    ('release', None),
    ('a/b-v1.0', None),
]


@pytest.mark.parametrize(('tag', 'found'), TAGS)
def test_names_and_versions_are_read_out_of_tags(tag, found):
    assert DEFAULTS.read(tag) == (found and (found[0], Version(found[1])))


def test_a_grammar_may_hold_anything_around_its_places():
    reader = TagReader(['py/{name}-v{version}+x', 'v.{version}'])
    assert reader.read('py/genkit-v1.0+x') == ('genkit', Version('1.0'))
    assert reader.read('v.1.0') == (None, Version('1.0'))
    assert reader.read('vx1.0') is None


NAMES = st.from_regex(r'[a-z]([a-z0-9-]{0,8}[a-z0-9])?', fullmatch=True).filter(lambda name: '--' not in name)


@untimed
@given(NAMES, st.from_regex(r'[0-9]{1,3}(\.[0-9]{1,3}){0,3}((a|b|rc|\.post|\.dev)[0-9]{1,2})?', fullmatch=True))
def test_what_is_written_is_read_back(name, version):
    tag = Configuration.tag.format(name=name, version=version)
    assert DEFAULTS.read(tag) == (name, Version(version))


def released(*tags, aliases=(), shared=()):
    found = find_released([Tag(*tag.split()) for tag in tags], DEFAULTS, dict(aliases), shared)
    return {name: [(str(it.version), it.commit) for it in versions] for name, versions in found.items()}


def test_former_names_stand_for_todays_and_unknown_ones_for_themselves():
    assert released('old-v1.0 c1', 'new-v2.0 c2', 'gone-v1.0 c3', aliases=[('old', 'new'), ('new', 'new')]) == {
        'new': [('1.0', 'c1'), ('2.0', 'c2')],
        'gone': [('1.0', 'c3')],
    }


def test_a_tag_without_a_name_counts_for_those_who_share_it():
    assert released('v1.0 c1', shared=['a', 'b']) == {'a': [('1.0', 'c1')], 'b': [('1.0', 'c1')]}
    assert released('v1.0 c1') == {}


def line(*releases):
    """Return final and newest version of a package; c0 is HEAD, c1 and c2 its parents, c3 theirs, c4 before it."""
    order = (('c0', 'c1', 'c2'), ('c1', 'c3'), ('c2', 'c3'), ('c3', 'c4'), ('c4',))
    found = find_lines(Ancestry(order, 0), {'p': [Released(Version(v), c, v) for v, c in releases]}).get('p')
    return found and (found.final and str(found.final.version), str(found.newest.version))


def test_the_newest_release_is_the_latest_in_the_history_not_the_highest():
    assert line(('2.0', 'c4'), ('1.1', 'c3')) == ('1.1', '1.1')


def test_releases_that_head_does_not_reach_do_not_count():
    assert line(('1.0', 'c3'), ('2.0', 'elsewhere')) == ('1.0', '1.0')
    assert line(('2.0', 'elsewhere')) is None


def test_of_merged_lines_and_of_one_commit_the_highest_counts():
    assert line(('1.0.1', 'c1'), ('1.1', 'c2'), ('1.0', 'c3')) == ('1.1', '1.1')
    assert line(('1.0', 'c1'), ('1.0rc1', 'c1')) == ('1.0', '1.0')


def test_prereleases_are_on_the_line_beside_the_final_version():
    assert line(('1.0', 'c4'), ('1.1rc1', 'c3'), ('1.1rc2', 'c1')) == ('1.0', '1.1rc2')
    assert line(('1.0rc1', 'c3')) == (None, '1.0rc1')
    assert line(('1.1rc1', 'c4'), ('1.1', 'c3'), ('1.1.post1', 'c1')) == ('1.1.post1', '1.1.post1')
