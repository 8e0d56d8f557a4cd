# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plans of workspaces made up by hypothesis, and of a few made by hand: no file, no repository."""

import tomllib
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.version import Version
from releasekit.commands.plan import plan_digest, plan_text
from releasekit.model.configuration import (
    Configuration,
    EdgePolicy,
    Group,
    GroupKind,
    PackagePolicy,
    PinStyle,
    Propagation,
    Releases,
    Versioning,
    ZeroPolicy,
)
from releasekit.model.documents import from_document, to_document
from releasekit.model.errors import RefusedError, UsageError, WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.member import Member
from releasekit.model.plan import Change, Inputs, Level, Plan, ReleaseKind
from releasekit.model.requirement import declared_requirements
from releasekit.model.workspace import Workspace
from releasekit.version.facts import Facts
from releasekit.version.history.changes import ReleaseAs
from releasekit.version.history.tags import Line, Released
from releasekit.version.numbers import kind_of, raised
from releasekit.version.planning import make_plan
from releasekit.version.published import PublishedRequirement


untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def workspace_of(needs, configuration):
    members = []
    for name, requirements in needs.items():
        text = f'[project]\nname = "{name}"\nversion = "1.0.0"\ndependencies = {list(requirements)!r}\n'
        manifest = Manifest(Path(f'/w/{name}/pyproject.toml'), f'{name}/pyproject.toml', text, tomllib.loads(text))
        members.append(Member(PurePosixPath(name), manifest, declared_requirements(manifest)))
    root = Manifest(Path('/w/pyproject.toml'), 'pyproject.toml', '', {})
    return Workspace(Path('/w'), root, configuration, tuple(members))


def released(text):
    return Released(Version(text), 'c', text)


def line(newest, final=''):
    """Return a line; the final version is the newest one unless it is given, '-' for none."""
    return Line(released(newest), None if final == '-' else released(final or newest))


def change(level, number=0):
    kind = {Level.MAJOR: 'feat', Level.MINOR: 'feat', Level.PATCH: 'fix'}[level]
    return Change(f'{number:07}abc', kind, None, f'change {number}', level)


def facts_of(needs, lines, changes, configuration=None, **more):
    """Return facts: requirements, lines and changes by name; versions are written as they were released."""
    configuration = configuration or Configuration()
    written = {name: lines[name].newest.version if name in lines else Version('1.0.0') for name in needs}
    kind, only = more.pop('kind', ReleaseKind.FINAL), tuple(more.pop('only', ()))
    inputs = Inputs('0', 'c' * 40, (), '', '', '', '', kind, only, **more.pop('inputs', {}))
    since = {name: tuple(changes.get(name, ())) for name in lines}
    workspace = workspace_of(needs, configuration)
    return Facts(
        workspace,
        inputs,
        0,
        {**written, **{name: Version(text) for name, text in more.pop('written', {}).items()}},
        lines,
        more.pop('taken', {}),
        since,
        more.pop('since_newest', since),
        published={name: published(*texts) for name, texts in (needs | more.pop('published', {})).items()},
        **more,
    )


def published(*texts):
    return tuple(PublishedRequirement(text, 'c') for text in texts)


def versions(facts):
    return {release.name: release.version for release in make_plan(facts).releases}


NAMES = [f'm{number}' for number in range(6)]
SPECIFIERS = st.sampled_from(['', '>=0.1', '>=0.1,<3', '<9'])
BASES = st.sampled_from(['0.1.0', '0.2.3', '1.0.0', '1.4.2', '2.0.0rc1', '3.0.0.post1'])
LEVELS = st.sampled_from([Level.PATCH, Level.MINOR, Level.MAJOR])


@st.composite
def situations(draw, **fixed):
    needs = {
        name: {f'{lower}{draw(SPECIFIERS)}' for lower in NAMES[:number] if draw(st.integers(0, 2)) == 0}
        for number, name in enumerate(NAMES)
    }
    lines = {
        name: line(base, '-' if base == '2.0.0rc1' else '')
        for name in NAMES
        if (base := draw(st.one_of(st.none(), BASES)))
    }
    changes = {
        name: [change(level, number) for number, level in enumerate(draw(st.lists(LEVELS, max_size=2)))]
        for name in lines
    }
    configuration = Configuration(
        zero=draw(st.sampled_from(list(ZeroPolicy))),
        pin=fixed.get('pin') or draw(st.sampled_from(list(PinStyle))),
        propagation=fixed.get('propagation') or draw(st.sampled_from(list(Propagation))),
        versioning=fixed.get('versioning', Versioning.INDEPENDENT),
        groups=fixed.get('groups', {}),
    )
    return facts_of({name: sorted(wanted) for name, wanted in needs.items()}, lines, changes, configuration)


@untimed
@given(situations())
def test_equal_facts_give_equal_bytes(facts):
    assert plan_text(make_plan(facts)) == plan_text(make_plan(facts))


@untimed
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(facts, random):
    members = list(facts.workspace.members)
    random.shuffle(members)
    workspace = Workspace(facts.workspace.root, facts.workspace.manifest, facts.workspace.configuration, tuple(members))
    written = {member.name: facts.written[member.name] for member in members}
    assert versions(replace(facts, workspace=workspace, written=written)) == versions(facts)


@untimed
@given(situations())
def test_a_plan_survives_its_file(facts):
    plan = make_plan(facts)
    assert from_document(Plan, to_document(plan)) == plan


@untimed
@given(situations())
def test_a_bump_is_that_of_its_largest_cause_and_no_more(facts):
    plan = make_plan(facts)
    for release in plan.releases:
        own = max((change.level for change in release.changes), default=Level.NONE)
        followed = Level.PATCH if any(reason.cause for reason in release.reasons) else Level.NONE
        assert release.level == max(own, followed)
        final = facts.lines[release.name].final if release.old else None
        if final:
            expected = raised(final.version, release.level, facts.workspace.configuration.zero)
            assert Version(release.version) == expected


@untimed
@given(situations())
def test_every_release_has_a_reason_and_every_chain_an_end(facts):
    plan = make_plan(facts)
    for release in plan.releases:
        assert release.reasons
        assert plan.chain(release.name)[-1].cause is None
        assert all(reason.cause in plan.by_name for reason in release.reasons if reason.cause)


@untimed
@given(situations())
def test_a_package_is_published_after_all_that_it_needs(facts):
    plan = make_plan(facts)
    for edge in facts.workspace.edges:
        if edge.dependant in plan.by_name and edge.dependency in plan.by_name:
            assert plan.by_name[edge.dependency].tier < plan.by_name[edge.dependant].tier
    assert [name for tier in plan.tiers for name in tier] == [release.name for release in plan.releases]


@untimed
@given(situations())
def test_what_is_released_or_not_is_accounted_for(facts):
    plan = make_plan(facts)
    assert sorted([*plan.by_name, *plan.unchanged]) == sorted(facts.written)
    for name in plan.unchanged:
        assert not facts.since_final.get(name)
    for release in plan.releases:
        is_higher = release.old is None or Version(release.version) > Version(release.old)
        assert is_higher or any(problem.code == 'RK-PLAN-BACKWARDS' for problem in plan.problems)


def planned(plan, facts, name):
    return Version(plan.by_name[name].version) if name in plan.by_name else facts.lines[name].newest.version


@untimed
@given(situations(pin=PinStyle.RANGE, propagation=Propagation.OUT_OF_RANGE))
def test_whatever_is_public_afterwards_can_be_installed_together(facts):
    plan = make_plan(facts)
    for edge in facts.workspace.edges:
        version = planned(plan, facts, edge.dependency)
        if edge.dependant in plan.by_name:
            rewrites = {it.old: it.new for it in plan.by_name[edge.dependant].rewrites}
            public = rewrites.get(edge.requirement.text) or edge.requirement.text
        elif edge.dependency in plan.by_name:
            public = edge.requirement.text
        else:
            continue
        assert Requirement(public).specifier.contains(version, prereleases=True)


@untimed
@given(situations(propagation=Propagation.NEVER))
def test_nobody_follows_where_propagation_is_off(facts):
    assert not any(reason.cause for release in make_plan(facts).releases for reason in release.reasons)


@untimed
@given(situations(propagation=Propagation.ALWAYS))
def test_every_dependant_follows_where_propagation_is_on(facts):
    plan = make_plan(facts)
    for edge in facts.workspace.edges:
        assert edge.dependency not in plan.by_name or edge.dependant in plan.by_name


@untimed
@given(situations(versioning=Versioning.LOCKSTEP))
def test_in_lockstep_all_or_none_are_released_with_one_version(facts):
    found = versions(facts)
    assert found == {} or (sorted(found) == NAMES and len(set(found.values())) == 1)


GROUPS = {'low': Group(('m0', 'm1')), 'high': Group(('m4', 'm5'), GroupKind.LINKED)}


@untimed
@given(situations(groups=GROUPS))
def test_groups_share_versions_and_fixed_ones_their_releases(facts):
    found = versions(facts)
    assert ('m0' in found) == ('m1' in found)
    assert found.get('m0') == found.get('m1')
    assert found.get('m4', found.get('m5')) == found.get('m5', found.get('m4'))


CORE = {'core': [], 'a': ['core>=1,<2'], 'b': ['a==1.0.0'], 'lone': []}
LINES = {name: line('1.0.0') for name in CORE}


def test_a_change_stays_where_it_is_while_ranges_admit_it():
    assert versions(facts_of(CORE, LINES, {'core': [change(Level.MINOR)]})) == {'core': '1.1.0'}


def test_a_break_takes_along_those_whose_range_ends_and_says_why():
    plan = make_plan(facts_of(CORE, LINES, {'core': [change(Level.MAJOR), change(Level.PATCH, 1)]}))
    assert [(it.name, it.version) for it in plan.releases] == [('core', '2.0.0'), ('a', '1.0.1'), ('b', '1.0.1')]
    (reason,) = plan.by_name['a'].reasons
    assert reason.text == "'core>=1,<2' (tag c) leaves out core 2.0.0"
    assert [it.text for it in plan.chain('a')] == [reason.text, 'feat!: change 0 (0000000) and 1 more']
    assert plan.by_name['a'].rewrites[0].new == 'core>=2.0.0,<3'


def test_what_was_published_decides_and_not_what_is_written_now():
    narrow, wide = {**CORE, 'a': ['core<2']}, {**CORE, 'a': ['core>=0.1']}
    changes = {'core': [change(Level.MAJOR)]}
    assert versions(facts_of(narrow, LINES, changes, published=wide)) == {'core': '2.0.0'}
    assert 'a' in versions(facts_of(wide, LINES, changes, published=narrow))


def test_what_was_published_decides_whatever_the_pin_style_is_today():
    changes = {'core': [change(Level.PATCH)]}
    for style in PinStyle:
        pinned = facts_of(CORE, LINES, changes, Configuration(pin=style), published={'a': ['core==1.0.0']})
        assert 'a' in versions(pinned)
        assert versions(facts_of(CORE, LINES, changes, Configuration(pin=style))) == {'core': '1.0.1'}


def test_a_requirement_that_is_gone_by_now_still_binds_those_who_have_the_release():
    without = {**CORE, 'a': []}
    facts = facts_of(without, LINES, {'core': [change(Level.MAJOR)]}, published={'a': ['core<2']})
    assert versions(facts)['a'] == '1.0.1'


def test_a_kept_requirement_that_was_widened_since_makes_its_package_follow():
    kept = Configuration(pin=PinStyle.KEEP)
    wide = {**CORE, 'a': ['core<3'], 'b': []}
    facts = facts_of(wide, LINES, {'core': [change(Level.MAJOR)]}, kept, published={'a': ['core<2']})
    assert (versions(facts), make_plan(facts).problems) == ({'core': '2.0.0', 'a': '1.0.1'}, ())


def test_exact_pins_make_the_whole_chain_follow():
    configuration = Configuration(pin=PinStyle.EXACT)
    pins = {'a': ['core==1.0.0'], 'b': ['a==1.0.0']}
    plan = make_plan(facts_of(CORE, LINES, {'core': [change(Level.PATCH)]}, configuration, published=pins))
    assert [(it.name, it.version) for it in plan.releases] == [('core', '1.0.1'), ('a', '1.0.1'), ('b', '1.0.1')]
    assert [it.cause for it in plan.chain('b')] == ['a', 'core', None]


def test_a_chain_is_followed_in_whatever_order_members_come():
    needs = {'a': ['b==1.0.0'], 'b': ['c==1.0.0'], 'c': ['d==1.0.0'], 'd': [], 'e': []}
    groups = {'g': Group(('a', 'e'))}
    facts = facts_of(
        needs,
        {name: line('1.0.0') for name in needs},
        {'d': [change(Level.PATCH)]},
        Configuration(pin=PinStyle.EXACT, groups=groups),
    )
    plan = make_plan(facts)
    assert set(plan.by_name) == set(needs)
    assert [it.cause for it in plan.chain('e')] == ['a', 'b', 'c', 'd', None]


def test_an_edge_may_have_a_policy_of_its_own():
    edges = {'a -> c*': EdgePolicy(Propagation.ALWAYS), '* -> *': EdgePolicy(pin=PinStyle.EXACT)}
    configuration = Configuration(edges=edges, propagation=Propagation.NEVER)
    plan = make_plan(facts_of(CORE, LINES, {'core': [change(Level.PATCH)]}, configuration))
    assert [(it.name, it.version) for it in plan.releases] == [('core', '1.0.1'), ('a', '1.0.1')]
    assert plan.by_name['a'].reasons[0].text == 'follows core 1.0.1'
    assert plan.by_name['a'].rewrites[0].new == 'core==1.0.1'


def test_a_first_release_takes_the_version_that_is_written():
    facts = facts_of(CORE, {'core': line('1.0.0')}, {}, written={'lone': '0.3.0', 'a': '0.1.0rc1'})
    assert versions(facts) == {'lone': '0.3.0', 'a': '0.1.0', 'b': '1.0.0'}


def test_a_version_that_is_written_ahead_is_taken():
    assert versions(facts_of(CORE, LINES, {}, written={'lone': '2.0.0'})) == {'lone': '2.0.0'}
    changes = {'lone': [change(Level.MINOR)]}
    assert versions(facts_of(CORE, LINES, changes, written={'lone': '1.0.1'})) == {'lone': '1.1.0'}
    assert versions(facts_of(CORE, LINES, changes, written={'lone': '1.1.0'})) == {'lone': '1.1.0'}
    assert versions(facts_of(CORE, LINES, {}, written={'lone': '1.0.0.post1'})) == {'lone': '1.0.0.post1'}


def test_a_development_version_in_the_files_is_a_direction_not_a_reason():
    written = {'lone': '1.1.0.dev0'}
    assert versions(facts_of(CORE, LINES, {}, written=written)) == {}
    assert versions(facts_of(CORE, LINES, {'lone': [change(Level.PATCH)]}, written=written)) == {'lone': '1.1.0'}


def with_kinds(**releases):
    return Configuration(packages={name: PackagePolicy(releases=Releases(kind)) for name, kind in releases.items()})


OWN_KINDS = [
    ('1.0.0b3', None, '1.0.0b3'),
    ('1.0.0rc1', None, '1.0.0rc1'),
    ('0.66b0.dev0', None, '0.66b0'),
    ('1.1.0.dev0', None, '1.1.0'),
    ('1.0.0.post1', None, '1.0.0.post1'),
    ('1.0.0', None, '1.0.0'),
    ('0.66b0.dev0', line('0.65b0', '-'), '0.66b0'),
    ('0.65b0', line('0.65b0', '-'), '0.65b1'),
    ('1.0.0b260730', line('1.0.0b260701', '-'), '1.0.0b260730'),
    ('1.0.0b1', line('1.0.0b1', '0.9.0'), '1.0.0'),
]


@pytest.mark.parametrize(('written', 'released_as', 'version'), OWN_KINDS)
def test_without_a_kind_a_package_stays_what_it_is(written, released_as, version):
    lines = {'lone': released_as} if released_as else {}
    changes = {'lone': [change(Level.PATCH)]}
    facts = facts_of({'lone': []}, lines, changes, kind=None, written={'lone': written})
    assert versions(facts) == {'lone': version}


def test_stable_and_beta_packages_have_one_plan():
    changes = {name: [change(Level.PATCH)] for name in CORE}
    lines = {**LINES, 'a': line('1.0.0b4', '-')}
    facts = facts_of(CORE, lines, changes, with_kinds(lone='beta'), kind=None)
    assert versions(facts) == {'core': '1.0.1', 'a': '1.0.0b5', 'b': '1.0.1', 'lone': '1.0.1b1'}
    asked = facts_of(CORE, lines, changes, with_kinds(lone='beta'), kind=ReleaseKind.RC)
    assert set(versions(asked).values()) == {'1.0.1rc1', '1.0.0rc1'}


def test_a_group_has_one_kind_of_version():
    groups = {'g': Group(('core', 'lone'), releases=Releases.RC)}
    facts = facts_of(CORE, LINES, {'core': [change(Level.PATCH)]}, Configuration(groups=groups), kind=None)
    assert versions(facts) == {'core': '1.0.1rc1', 'lone': '1.0.1rc1'}
    both = Configuration(groups={'g': Group(('core', 'lone'))}, packages=with_kinds(core='rc', lone='beta').packages)
    with pytest.raises(WorkspaceError, match='core, lone share a version, and `releases` says beta and rc of them'):
        make_plan(facts_of(CORE, LINES, {}, both, kind=None))


def test_a_version_that_was_replaced_is_never_planned_again():
    burnt = {'lone': frozenset(map(Version, ['1.0.1', '1.0.2', '1.1.0rc1']))}
    changes = {'lone': [change(Level.PATCH)]}
    assert versions(facts_of(CORE, LINES, changes, burnt=burnt)) == {'lone': '1.0.3'}
    ahead = facts_of(CORE, LINES, {}, burnt=burnt, written={'lone': '1.0.1'})
    assert versions(ahead) == {}
    minor = {'lone': [change(Level.MINOR)]}
    assert versions(facts_of(CORE, LINES, minor, burnt=burnt, kind=ReleaseKind.RC)) == {'lone': '1.1.0rc2'}
    assert versions(facts_of({'lone': []}, {}, {}, burnt=burnt, written={'lone': '1.0.1'})) == {'lone': '1.0.3'}


def test_a_local_version_is_a_problem_of_the_plan():
    facts = facts_of({'a': ['lone'], 'lone': []}, {}, {}, kind=None, written={'lone': '1.0.0+local.1'})
    plan = make_plan(facts)
    assert [(it.code, it.member) for it in plan.problems] == [('RK-PLAN-LOCAL', 'lone')]
    assert plan.by_name['a'].rewrites[0].new == 'lone>=1.0.0,<2'


def test_a_manifest_below_its_tag_is_a_problem_whoever_is_released():
    facts = facts_of(CORE, {**LINES, 'core': line('1.29.0')}, {}, written={'core': '0.6.0'}, kind=None)
    (problem,) = make_plan(facts).problems
    assert (problem.code, problem.member) == ('RK-PLAN-BEHIND', 'core')
    assert problem.message.startswith("core/pyproject.toml:3: 0.6.0 is below 1.29.0, which the tag '1.29.0' says")


WISHES = ['1.0.0', '0.9', '2.0+x', 'two', '3.0.0', '9' * 5000]


@pytest.mark.parametrize('wish', WISHES)
def test_a_wish_that_cannot_be_is_a_problem(wish):
    asked = {'lone': ReleaseAs(wish, 'abcdef123')}
    burnt = {'lone': frozenset([Version('3.0.0')])}
    (problem,) = make_plan(facts_of(CORE, LINES, {}, asked=asked, burnt=burnt)).problems
    assert (problem.code, problem.member) == ('RK-PLAN-ASKED', 'lone')
    assert '(abcdef1) cannot be' in problem.message


def test_a_wish_sets_the_version_and_is_the_reason():
    asked = {'lone': ReleaseAs('2.0.0', 'abcdef123')}
    plan = make_plan(facts_of(CORE, LINES, {}, asked=asked, kind=None))
    assert [(it.name, it.version) for it in plan.releases] == [('lone', '2.0.0')]
    assert plan.by_name['lone'].reasons[0].text == '`Release-As: 2.0.0` (abcdef1)'


def test_a_first_release_under_a_name_that_the_index_has_is_a_problem():
    known = {'index': 'pypi', 'published': {'lone': ('0.1', '0.9', '0.12.0', '1.0.0')}}
    facts = facts_of({'lone': []}, {}, {}, inputs=known)
    (problem,) = make_plan(facts).problems
    assert (problem.code, problem.member) == ('RK-PLAN-FOREIGN', 'lone')
    assert problem.message.startswith('1.0.0 would be its first release, and pypi has 0.1, 0.9, 0.12.0.')
    assert make_plan(facts_of({'lone': []}, {'lone': LINES['lone']}, {}, inputs=known)).problems == ()
    same = {'index': 'pypi', 'published': {'lone': ('1.0.0',)}}
    assert make_plan(facts_of({'lone': []}, {}, {}, inputs=same)).problems == ()


def test_dynamic_requirements_that_are_not_known_are_a_problem():
    facts = facts_of(CORE, LINES, {'lone': [change(Level.PATCH)]})
    facts = replace(facts, workspace=replace(facts.workspace, unread=frozenset({'lone', 'core'})))
    assert [(it.code, it.member) for it in make_plan(facts).problems] == [('RK-PLAN-DYNAMIC', 'lone')]


KINDS = [
    (ReleaseKind.RC, '1.0.0', [], '1.1.0rc1'),
    (ReleaseKind.RC, '1.1.0rc1', [], '1.1.0rc2'),
    (ReleaseKind.RC, '1.1.0b2', [], '1.1.0rc1'),
    (ReleaseKind.ALPHA, '1.0.0', ['1.1.0a4'], '1.1.0a5'),
    (ReleaseKind.BETA, '1.1.0a1', [], '1.1.0b1'),
    (ReleaseKind.DEV, '1.0.0', [], '1.1.0.dev12'),
    (ReleaseKind.FINAL, '1.1.0rc3', [], '1.1.0'),
    (ReleaseKind.FINAL, '2.0.0rc3', [], '2.0.0'),
]


@pytest.mark.parametrize(('kind', 'newest', 'taken', 'expected'), KINDS)
def test_prereleases_count_on_towards_the_version_that_all_changes_ask_for(kind, newest, taken, expected):
    versions_taken = {'lone': frozenset(map(Version, [newest, *taken]))}
    changes = {'lone': [change(Level.MINOR)]}
    facts = facts_of(
        {'lone': []}, {'lone': line(newest, '1.0.0')}, changes, kind=kind, taken=versions_taken, distance={'lone': 12}
    )
    assert versions(facts) == {'lone': expected}


def test_a_candidate_becomes_final_without_another_change_and_no_new_candidate():
    lines, changes = {'lone': line('1.1.0rc1', '1.0.0')}, {'lone': [change(Level.MINOR)]}
    no_news = {'lone': ()}
    plan = make_plan(facts_of({'lone': []}, lines, changes, since_newest=no_news))
    assert [(it.version, it.reasons[-1].text) for it in plan.releases] == [('1.1.0', '1.1.0rc1 becomes final')]
    assert versions(facts_of({'lone': []}, lines, changes, since_newest=no_news, kind=ReleaseKind.RC)) == {}


def test_going_back_from_a_candidate_is_a_problem():
    lines, changes = {'lone': line('1.1.0rc1', '1.0.0')}, {'lone': [change(Level.MINOR)]}
    plan = make_plan(facts_of({'lone': []}, lines, changes, kind=ReleaseKind.ALPHA))
    assert [(it.code, it.member) for it in plan.problems] == [('RK-PLAN-BACKWARDS', 'lone')]


def test_a_post_release_is_for_named_packages_alone():
    plan = make_plan(facts_of(CORE, LINES, {'core': [change(Level.MINOR)]}, kind=ReleaseKind.POST, only=['Lone']))
    assert [(it.name, it.version) for it in plan.releases] == [('lone', '1.0.0.post1')]
    with pytest.raises(UsageError, match='--only'):
        make_plan(facts_of(CORE, LINES, {}, kind=ReleaseKind.POST))


@pytest.mark.parametrize('lines', [{}, {'lone': Line(Released(Version('1.0.0a1'), 'c'))}])
def test_a_post_release_needs_a_final_release(lines):
    with pytest.raises(UsageError, match='lone has no final release yet'):
        make_plan(facts_of({'lone': []}, lines, {}, kind=ReleaseKind.POST, only=['lone']))


def test_only_leaves_the_others_as_they_are():
    changes = {name: [change(Level.MAJOR)] for name in CORE}
    assert versions(facts_of(CORE, LINES, changes, only=['core'])) == {'core': '2.0.0'}


def test_only_brings_the_rest_of_a_fixed_group_with_all_that_changed_there():
    changes = {'core': [change(Level.PATCH)], 'lone': [change(Level.MINOR)], 'a': [change(Level.MAJOR)]}
    groups = {'g': Group(('core', 'lone'))}
    facts = facts_of(CORE, LINES, changes, Configuration(groups=groups), only=['core'])
    assert versions(facts) == {'core': '1.1.0', 'lone': '1.1.0'}
    assert {release.level for release in make_plan(facts).releases} == {Level.MINOR}


def test_what_needs_a_package_that_nobody_can_get_is_a_problem():
    facts = facts_of(CORE, {}, {}, only=['a'])
    (problem,) = make_plan(facts).problems
    assert problem.code == 'RK-PLAN-UNRELEASED'
    assert problem.message.startswith("a/pyproject.toml:4: 'core>=1,<2' asks for core, which was never released")
    newer = facts_of({**CORE, 'a': ['core>=1.5']}, LINES, {'a': [change(Level.PATCH)]})
    assert 'whose newest release is 1.0.0' in make_plan(newer).problems[0].message


def test_a_kept_requirement_that_leaves_the_version_out_is_a_problem():
    facts = facts_of(
        {**CORE, 'a': ['core<2']}, LINES, {'core': [change(Level.MAJOR)]}, Configuration(pin=PinStyle.KEEP)
    )
    plan = make_plan(facts)
    assert [it.name for it in plan.releases] == ['core']
    assert [(it.code, it.member) for it in plan.problems] == [('RK-PLAN-EXCLUDED', 'a')]


def test_a_version_that_exists_on_another_line_is_a_problem():
    facts = facts_of(CORE, LINES, {'lone': [change(Level.PATCH)]}, taken={'lone': frozenset({Version('1.0.1')})})
    assert [(it.code, it.member) for it in make_plan(facts).problems] == [('RK-PLAN-TAKEN', 'lone')]


def test_a_cycle_has_no_plan():
    with pytest.raises(RefusedError, match=r'a -> b -> a \(a/pyproject\.toml:4, b/pyproject\.toml:4\)'):
        make_plan(facts_of({'a': ['b'], 'b': ['a']}, {}, {}))


GROUPS_WRONG = [
    ({'x': Group(('a', 'nobody'))}, "group 'x': 'nobody' matches no published member"),
    ({'x': Group(('a', 'b')), 'y': Group(('b',))}, "b is in the groups 'x' and 'y'"),
]


@pytest.mark.parametrize(('groups', 'message'), GROUPS_WRONG)
def test_groups_that_contradict_one_another_are_named(groups, message):
    with pytest.raises(WorkspaceError, match=message):
        make_plan(facts_of(CORE, LINES, {}, Configuration(groups=groups)))


def test_a_digest_names_a_plan_and_changes_with_it():
    plan = make_plan(facts_of(CORE, LINES, {'lone': [change(Level.PATCH)]}))
    other = make_plan(facts_of(CORE, LINES, {'lone': [change(Level.MINOR)]}))
    assert plan_digest(plan) == plan_digest(plan) != plan_digest(other)
    assert len(plan_digest(plan)) == 64


@untimed
@given(situations(), st.sampled_from([ReleaseKind.ALPHA, ReleaseKind.RC, ReleaseKind.DEV]))
def test_every_version_of_a_plan_is_of_the_kind_asked_for(facts, kind):
    inputs = Inputs('0', 'c' * 40, (), '', '', '', '', kind, ())
    asked = Facts(facts.workspace, inputs, 0, facts.written, facts.lines, {}, facts.since_final, facts.since_newest, {})
    assert {kind_of(Version(release.version)) for release in make_plan(asked).releases} <= {kind}
