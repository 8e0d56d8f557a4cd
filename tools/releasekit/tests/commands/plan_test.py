# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plans of real repositories: what counts for whom, on which line, and how often git is asked."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from releasekit.commands.plan import PlanOptions, plan, plan_text, read_plan
from releasekit.commands.version import write_versions
from releasekit.model.errors import RefusedError, WorkspaceError
from releasekit.model.plan import ReleaseKind
from releasekit.vcs.git import GitRepository
from releasekit.version.public_api import compare_api
from releasekit.version.published import tag_message


BUILT = '\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
PACKAGE = f'{BUILT}\n[project]\nname = "acme"\nversion = "1.0.0"\n'
CORE, PLUGIN = 'core/src/genkit/x.py', 'plugins/open-ai/src/genkit_open_ai/x.py'


def configure(clone, text):
    clone.append('pyproject.toml', f'\n[tool.releasekit]\n{text}\n')
    clone.commit('chore: configure')


def labels(clone, name='genkit'):
    return [change.label[:-10] for change in clone.plan().by_name[name].changes]


def test_nothing_to_release_is_an_empty_plan(clone):
    plan = clone.plan()
    assert plan.releases == ()
    assert plan.unchanged == {'genkit': '1.0.0', 'genkit-plugin-open-ai': '1.0.0', 'kit': '1.0.0'}


def test_each_member_gets_what_touches_its_folder(clone):
    clone.commit('feat: core', CORE)
    clone.commit('fix: both', CORE, PLUGIN)
    clone.commit('feat: sample', 'samples/web-hello/main.py')
    clone.commit('docs: nobody', CORE)
    assert clone.versions() == {'genkit': '1.1.0', 'genkit-plugin-open-ai': '1.0.1'}
    assert labels(clone) == ['fix: both', 'feat: core']


UNSEEN = [
    'core/tests/x_test.py',
    'core/docs/a/b.md',
    'docs/core.md',
    'core/CHANGELOG.md',
    'uv.lock',
    'README.md',
    'benchmarks/x.py',
]


def test_further_types_of_commits_may_have_hyphens_and_digits(clone):
    configure(clone, 'types = { security-fix = "patch", Deps2 = "minor" }')
    clone.commit('security-fix: x', CORE)
    clone.commit('chore: y\n\n* deps2(kit): z', 'tools/kit/x')
    assert clone.versions() == {'genkit': '1.0.1', 'kit': '1.1.0'}


@pytest.mark.parametrize('path', ['.changes/a.txt', 'releasekit.toml', 'uv.lock', 'docs/a.md'])
def test_what_the_root_holds_for_tools_is_no_content_of_a_root_package(clone, path):
    clone.append('pyproject.toml', PACKAGE)
    clone.write('src/acme/__init__.py', '')
    clone.commit('feat: acme')
    clone.tag('acme-v1.0.0')
    clone.write(path, '')
    clone.commit('fix: nothing of acme')
    assert (clone.versions(), clone.plan().unannounced) == ({}, ())
    clone.commit('fix: acme', 'src/acme/x.py')
    assert clone.versions() == {'acme': '1.0.1'}


def test_a_tag_of_a_tag_leads_to_its_commit(clone):
    clone.git('tag', '--annotate', '--message=x', 'tmp')
    clone.git('tag', '--annotate', '--message=y', 'tmp2', 'tmp')
    clone.git('tag', '--annotate', '--message=z', 'genkit-v1.2.0', 'tmp2')
    clone.commit('fix: x', CORE)
    assert clone.versions() == {'genkit': '1.2.1'}


@pytest.mark.parametrize('path', UNSEEN)
def test_what_users_never_see_counts_for_nobody(clone, path):
    clone.commit('feat!: unseen', path)
    assert clone.versions() == {}


def test_other_folders_may_be_given_owners(clone):
    configure(clone, 'paths = { "schemas/**" = ["genkit*"], "core/tests/data/**" = ["kit"], "core/src/*/x.py" = [] }')
    clone.commit('feat: schema', 'schemas/a/b.json')
    clone.commit('fix: test material', 'core/tests/data/x')
    clone.commit('feat!: nobody', CORE)
    assert clone.versions() == {'genkit': '1.1.0', 'genkit-plugin-open-ai': '1.1.0', 'kit': '1.0.1'}


def test_a_nested_member_has_its_own_changes(clone):
    clone.replace('pyproject.toml', '"tools/*"', '"tools/*", "core/inner"')
    clone.project('core/inner', 'inner', more=BUILT)
    clone.commit('chore: inner')
    clone.tag('inner-v1.0.0')
    clone.commit('feat: inner', 'core/inner/x')
    assert clone.versions() == {'inner': '1.1.0'}


def test_of_several_changes_in_one_commit_a_scope_decides(clone):
    clone.commit(
        'feat: all (#3)\n\n* feat(open-ai): one\n* fix(core): two\n* fix(genkit_plugin_open_ai): three', CORE, PLUGIN
    )
    assert labels(clone) == ['feat: all', 'fix(core): two']
    assert labels(clone, 'genkit-plugin-open-ai') == [
        'feat: all',
        'feat(open-ai): one',
        'fix(genkit_plugin_open_ai): three',
    ]


def test_of_one_change_a_scope_does_not_narrow_the_paths(clone):
    clone.commit('feat(core): x', CORE, PLUGIN)
    assert clone.versions() == {'genkit': '1.1.0', 'genkit-plugin-open-ai': '1.1.0'}


def test_a_revert_and_what_it_reverts_cancel_out(clone):
    clone.commit('feat: x', CORE)
    clone.git('revert', '--no-edit', 'HEAD')
    assert clone.versions() == {}
    clone.git('revert', '--no-edit', 'HEAD')
    assert labels(clone) == ['feat: x']


def test_the_revert_of_something_released_is_a_fix_and_its_reapplication_counts_again(clone):
    clone.commit('feat: x', CORE)
    clone.tag('genkit-v1.1.0')
    clone.git('revert', '--no-edit', 'HEAD')
    assert (clone.versions(), labels(clone)) == ({'genkit': '1.1.1'}, ['revert: feat: x'])
    clone.tag('genkit-v1.1.1')
    clone.git('revert', '--no-edit', 'HEAD')
    assert (clone.versions(), labels(clone)) == ({'genkit': '1.2.0'}, ['feat: x'])


def test_a_revert_by_pull_request_is_understood(clone):
    clone.commit('feat: x (#7)', CORE)
    clone.commit('fix: y (#8)', CORE)
    clone.commit('Revert "feat: x (#7)" (#9)\n\nReverts someone/something#7', CORE)
    assert labels(clone) == ['fix: y']


def test_a_copy_counts_once_and_is_reverted_with_its_original(clone):
    clone.git('checkout', '--quiet', '-b', 'side')
    one = clone.commit('feat: x', CORE)
    clone.git('checkout', '--quiet', 'main')
    clone.commit('chore: other', 'tools/kit/x')
    clone.git('cherry-pick', one)
    copy = clone.git('rev-parse', 'HEAD')
    clone.git('merge', '--quiet', '--no-edit', 'side')
    assert labels(clone) == ['feat: x']
    clone.git('revert', '--no-edit', copy)
    assert clone.versions() == {}


def test_two_changes_with_the_same_words_are_two(clone):
    clone.commit('fix: typo', CORE)
    clone.commit('fix: typo', CORE)
    assert labels(clone) == ['fix: typo', 'fix: typo']


def test_one_pull_request_on_two_branches_counts_once(clone):
    clone.git('checkout', '--quiet', '-b', 'side')
    clone.commit('fix: x (#4)', CORE)
    clone.git('checkout', '--quiet', 'main')
    clone.commit('fix: x (#4)', CORE, 'core/other')
    clone.git('merge', '--quiet', '--no-edit', '--strategy=ours', 'side')
    assert labels(clone) == ['fix: x']


def test_a_merge_brings_the_commits_of_its_branch_once(clone):
    clone.git('checkout', '--quiet', '-b', 'side')
    clone.commit('feat: a', CORE)
    clone.commit('fix: b', CORE)
    clone.git('checkout', '--quiet', 'main')
    clone.git('merge', '--quiet', '--no-ff', '--message=feat!: everything', 'side')
    assert labels(clone) == ['fix: b', 'feat: a']


def test_a_maintenance_branch_goes_on_from_its_own_tags(clone):
    clone.git('checkout', '--quiet', '-b', 'one')
    clone.git('checkout', '--quiet', 'main')
    clone.commit('feat!: x', CORE)
    clone.tag('genkit-v2.0.0')
    clone.commit('fix: y', CORE)
    clone.git('checkout', '--quiet', 'one')
    clone.commit('fix: hot', CORE)
    assert clone.versions() == {'genkit': '1.0.1'}
    clone.tag('genkit-v1.0.1')
    clone.commit('fix: hotter', CORE)
    assert (clone.versions(), labels(clone)) == ({'genkit': '1.0.2'}, ['fix: hotter'])
    clone.git('checkout', '--quiet', 'main')
    assert clone.versions()['genkit'] == '2.0.1'


def test_a_merged_maintenance_branch_does_not_set_the_line_back(clone):
    clone.git('checkout', '--quiet', '-b', 'one')
    clone.commit('fix: hot', 'core/hot')
    clone.tag('genkit-v1.0.1')
    clone.git('checkout', '--quiet', 'main')
    clone.commit('feat: x', CORE)
    clone.tag('genkit-v1.1.0')
    clone.git('merge', '--quiet', '--no-edit', 'one')
    assert (clone.versions(), labels(clone)) == ({'genkit': '1.1.1'}, ['fix: hot'])


def test_a_version_taken_on_another_line_is_a_problem(clone):
    clone.git('checkout', '--quiet', '-b', 'other')
    clone.commit('fix: elsewhere', CORE)
    clone.tag('genkit-v1.0.1')
    clone.git('checkout', '--quiet', 'main')
    clone.commit('fix: here', CORE)
    assert [problem.code for problem in clone.plan().problems] == ['RK-PLAN-TAKEN']


def test_prereleases_follow_one_another_and_become_final(clone):
    clone.commit('feat: x', CORE)
    assert clone.versions(ReleaseKind.RC) == {'genkit': '1.1.0rc1'}
    clone.tag('genkit-v1.1.0rc1')
    assert clone.versions(ReleaseKind.RC) == {}
    assert clone.versions() == {'genkit': '1.1.0'}
    clone.commit('feat!: y', CORE)
    clone.commit('fix: z', PLUGIN)
    plan = clone.plan(ReleaseKind.RC)
    assert plan.by_name['genkit'].version == '2.0.0rc1'
    assert plan.by_name['genkit-plugin-open-ai'].rewrites[0].new == 'genkit>=2.0.0rc1,<3'
    assert [change.text for change in plan.by_name['genkit'].changes] == ['y']
    assert clone.versions(ReleaseKind.DEV)['genkit'] == '2.0.0.dev3'


def test_a_new_member_is_released_with_the_version_that_is_written(clone):
    clone.package('plugins/new', 'genkit-plugin-new', 'genkit_new', 'genkit')
    clone.commit('feat: new')
    (release,) = clone.plan().releases
    assert (release.name, release.old, release.version, release.changes) == ('genkit-plugin-new', None, '1.0.0', ())


def test_a_renamed_and_moved_member_keeps_its_line(clone):
    clone.commit('fix: before', PLUGIN)
    clone.git('mv', 'plugins/open-ai', 'plugins/openai')
    clone.replace('plugins/openai/pyproject.toml', 'name = "genkit-plugin-open-ai"', 'name = "genkit-plugin-openai"')
    clone.replace('samples/web-hello/pyproject.toml', '"genkit", "genkit-plugin-open-ai"', '"genkit"')
    clone.commit('chore: rename')
    assert clone.plan().removed == {'genkit-plugin-open-ai': '1.0.0'}
    assert clone.plan().by_name['genkit-plugin-openai'].old is None
    table = '[tool.releasekit.packages.genkit-plugin-openai]\n'
    clone.append('pyproject.toml', f'{table}formerly = ["genkit_plugin_open.ai"]\nmoved-from = ["plugins/open-ai"]\n')
    plan = clone.plan()
    assert (plan.removed, plan.by_name['genkit-plugin-openai'].version) == ({}, '1.0.1')
    assert labels(clone, 'genkit-plugin-openai') == ['fix: before']


def test_a_member_that_was_removed_is_remembered_with_its_last_version(clone):
    shutil.rmtree(clone.root / 'tools/kit')
    clone.commit('chore: no kit')
    assert clone.plan().removed == {'kit': '1.0.0'}


def test_in_lockstep_a_tag_without_a_name_counts_for_all(clone):
    configure(clone, 'versioning = "lockstep"\ntag = "v{version}"')
    clone.tag('v3.0.0')
    clone.commit('fix: x', PLUGIN)
    plan = clone.plan()
    assert {it.version for it in plan.releases} == {'3.0.1'}
    assert {it.tag for it in plan.releases} == {'v3.0.1'}
    assert len(plan.releases) == 3


def test_a_tag_without_a_name_needs_one_version_for_all(clone):
    configure(clone, 'tag = "v{version}"')
    with pytest.raises(WorkspaceError, match='names no package'):
        clone.plan()


def test_a_workspace_may_be_a_folder_of_its_repository(clone):
    for name in ('LICENSE', 'core', 'plugins', 'pyproject.toml', 'samples', 'tools'):
        (clone.root / 'py').mkdir(exist_ok=True)
        clone.git('mv', name, f'py/{name}')
    clone.commit('chore: move')
    clone.commit('feat: x', f'py/{CORE}')
    clone.commit('feat!: elsewhere', CORE)
    clone.append('py/core/README.md', 'x')
    made = plan(clone.root / 'py', PlanOptions()).plan
    assert {it.name: it.version for it in made.releases} == {'genkit': '1.1.0'}
    assert made.inputs.changed == ('core/README.md',)


@pytest.fixture
def untagged(clone):
    clone.git('tag', '--delete', 'genkit-v1.0.0', 'genkit-plugin-open-ai-v1.0.0', 'kit-v1.0.0')
    return clone


def test_a_bootstrap_commit_stands_in_for_tags(untagged):
    first = untagged.git('rev-parse', 'HEAD')
    configure(untagged, f'bootstrap = "{first[:10]}"')
    untagged.commit('feat: x', CORE)
    untagged.package('plugins/new', 'genkit-plugin-new', 'genkit_new', 'genkit')
    assert untagged.versions() == {'genkit': '1.1.0', 'genkit-plugin-new': '1.0.0'}
    untagged.replace('core/pyproject.toml', 'version = "1.0.0"', 'version = "1.1.0"')
    untagged.commit('chore: release')
    assert untagged.versions()['genkit'] == '1.1.0'


def test_a_bootstrap_commit_that_is_not_on_the_way_is_named(untagged):
    configure(untagged, 'bootstrap = "abcdef1"')
    with pytest.raises(WorkspaceError, match="bootstrap 'abcdef1' is no commit that HEAD reaches"):
        untagged.plan()


def test_versions_that_were_written_are_planned_again_unchanged(clone):
    clone.commit('feat: x', CORE)
    clone.replace('core/pyproject.toml', 'version = "1.0.0"', 'version = "1.1.0"')
    clone.commit('chore: release')
    assert clone.versions() == {'genkit': '1.1.0'}
    clone.tag('genkit-v1.1.0')
    assert clone.versions() == {}


@pytest.fixture
def narrow(clone):
    """Return a clone whose plugin was released with a requirement that ends with the core's first break."""
    clone.replace('plugins/open-ai/pyproject.toml', '["genkit"]', '["genkit>=0.1,<2"]')
    clone.commit('chore: narrow')
    clone.git('tag', '--force', 'genkit-plugin-open-ai-v1.0.0')
    return clone


def test_dependants_follow_where_the_manifest_at_their_tag_leaves_the_version_out(narrow):
    narrow.replace('plugins/open-ai/pyproject.toml', '"genkit>=0.1,<2"', '"rich",\n"genkit>=0.1,<9"')
    narrow.commit('chore: widen')
    narrow.commit('feat: x', CORE)
    assert narrow.versions() == {'genkit': '1.1.0'}
    narrow.commit('feat!: x', CORE)
    (reason,) = narrow.plan().by_name['genkit-plugin-open-ai'].reasons
    place = 'plugins/open-ai/pyproject.toml:22 at genkit-plugin-open-ai-v1.0.0'
    assert reason.text == f"'genkit>=0.1,<2' ({place}) leaves out genkit 2.0.0"


@pytest.mark.parametrize('style', ['range', 'keep', '==', '~='])
def test_dependants_follow_whatever_pin_style_is_set_today(narrow, style):
    narrow.replace('plugins/open-ai/pyproject.toml', '"genkit>=0.1,<2"', '"genkit"')
    configure(narrow, f'pin = "{style}"')
    narrow.commit('feat!: x', CORE)
    assert 'genkit-plugin-open-ai' in narrow.versions()


def test_a_tag_that_releasekit_wrote_says_what_was_built(clone):
    clone.commit('feat: x', CORE, PLUGIN)
    made = clone.plan()
    for release in made.releases:
        built = [rewrite.new for rewrite in release.rewrites]
        message = tag_message({release: built})
        GitRepository(clone.root).write_tag(release.tag, made.inputs.commit, message, made.time)
    assert clone.git('tag', '--list', '--format=%(contents)', 'genkit-plugin-open-ai-v1.1.0') == (
        'genkit-plugin-open-ai 1.1.0\n\nRequires: genkit>=1.1.0,<2'
    )
    clone.commit('feat!: y', CORE)
    (reason,) = clone.plan().by_name['genkit-plugin-open-ai'].reasons
    assert reason.text == "'genkit>=1.1.0,<2' (tag genkit-plugin-open-ai-v1.1.0) leaves out genkit 2.0.0"


@pytest.mark.parametrize(
    'message', ['Release!', 'genkit 1.0.0\n\nRequires: genkit<2', 'genkit-plugin-open-ai 1.0\nRequires: ??']
)
def test_a_tag_that_somebody_else_wrote_leaves_the_manifest_to_say_it(clone, message):
    clone.git('tag', '--force', '--annotate', f'--message={message}', 'genkit-plugin-open-ai-v1.0.0')
    clone.commit('feat!: x', CORE)
    assert clone.versions() == {'genkit': '2.0.0'}


def test_after_versions_were_written_dependants_still_say_whom_they_follow(narrow):
    clone = narrow
    clone.commit('feat!: x', CORE)
    before = clone.versions()
    write_versions(clone.root, PlanOptions())
    clone.commit('chore: release')
    assert clone.versions() == before
    causes = {reason.cause for reason in clone.plan().by_name['genkit-plugin-open-ai'].reasons}
    assert causes == {None, 'genkit'}


INTENT = '---\ngenkit: {level}\n---\nStreams can be cancelled.\n'
MODES = [
    ('', 'major', '2.0.0'),
    ('', 'patch', '1.1.0'),
    ('intents = "override"', 'patch', '1.0.1'),
    ('intents = "override"', 'none', None),
    ('intents = "only"', 'patch', '1.0.1'),
]


@pytest.mark.parametrize(('mode', 'level', 'version'), MODES)
def test_intent_files_count_beside_commits_or_instead(clone, mode, level, version):
    configure(clone, mode)
    clone.write('.changes/cancel.md', INTENT.format(level=level))
    clone.commit('feat: x', CORE)
    assert clone.versions().get('genkit') == version


def test_intents_alone_make_commits_silent(clone):
    configure(clone, 'intents = "only"\nintents-folder = "news"')
    clone.write('news/a.md', '+++\ngenkit = "minor"\n+++\nNews.\n')
    clone.commit('feat!: x', CORE, PLUGIN)
    assert clone.versions() == {'genkit': '1.1.0'}


@pytest.mark.usefixtures('clone')
def test_a_plan_starts_at_most_eight_git_processes(untagged, tmp_path, monkeypatch):
    configure(untagged, f'bootstrap = "{untagged.git("rev-parse", "HEAD")}"')
    untagged.commit('fix: same', CORE)
    untagged.commit('fix: same', CORE)
    untagged.git('revert', '--no-edit', 'HEAD')
    for name in ('a', 'b'):
        untagged.write(f'plugins/{name}/__pycache__/x.pyc', b'')
    untagged.write('.git/info/exclude', '__pycache__/\n')
    log = tmp_path / 'log'
    counting = tmp_path / 'bin/git'
    counting.parent.mkdir()
    counting.write_text(f'#!/bin/sh\necho "$1" >> {log}\nexec {shutil.which("git")} "$@"\n')
    counting.chmod(0o755)
    monkeypatch.setenv('PATH', f'{counting.parent}{os.pathsep}{os.environ["PATH"]}')
    assert untagged.versions() == {'genkit': '1.0.1'}
    asked = log.read_text().split()
    assert sorted(asked) == [
        'cat-file', 'diff-tree', 'for-each-ref', 'log', 'ls-files', 'rev-list', 'rev-parse', 'status',
    ]  # fmt: skip


def test_a_footer_asks_for_the_version_of_what_its_commit_touches(clone):
    clone.commit('chore: now it is stable\n\nRelease-As: 2.0.0', CORE, 'tools/kit/src/kit/x.py')
    clone.commit('fix: later', CORE)
    assert clone.versions() == {'genkit': '2.0.0', 'kit': '2.0.0'}
    clone.commit('chore(kit): rather not\n\nrelease-as: 1.5.0')
    assert clone.versions() == {'genkit': '2.0.0', 'kit': '1.5.0'}
    clone.tag('genkit-v2.0.0')
    assert clone.versions() == {'kit': '1.5.0'}
    clone.commit('chore(kit): never\n\nRelease-As: v1.x')
    assert [(it.code, it.member) for it in clone.plan().problems if it.member == 'kit'] == [('RK-PLAN-ASKED', 'kit')]


def test_a_tag_with_a_local_version_stands_for_the_public_one(clone):
    clone.tag('genkit-v1.1.0+gha', 'kit-v1.0.1-rc.1+build.7')
    clone.commit('fix: x', CORE, PLUGIN)
    assert clone.versions() == {'genkit': '1.1.1', 'genkit-plugin-open-ai': '1.0.1', 'kit': '1.0.1'}
    assert clone.plan().by_name['genkit-plugin-open-ai'].rewrites[0].new == 'genkit>=1.1.1,<2'


def test_tags_that_are_versions_alone_are_read_where_one_package_has_them(tmp_path, clone):
    alone = type(clone)(tmp_path / 'alone')
    alone.package('.', 'alone', 'alone')
    alone.commit('feat: alone')
    alone.tag('1.15.16')
    alone.commit('fix: x', 'src/alone/x.py')
    assert alone.versions() == {'alone': '1.15.17'}


VCS = '[tool.hatch.version]\nsource = "vcs"\n'


@pytest.fixture
def unwritten(clone):
    """Return a clone whose core and tool have their version from the history."""
    for folder in ('core', 'tools/kit'):
        clone.replace(f'{folder}/pyproject.toml', 'version = "1.0.0"', 'dynamic = ["version"]')
        clone.append(f'{folder}/pyproject.toml', VCS)
    clone.commit('build: versions from the history')
    clone.git('tag', '--delete', 'genkit-v1.0.0', 'kit-v1.0.0')
    return clone


def test_a_version_from_the_history_is_that_of_the_line(unwritten):
    assert {it.name: (it.old, it.version) for it in unwritten.plan().releases} == {
        'genkit': (None, '0.1.0'),
        'kit': (None, '0.1.0'),
    }
    unwritten.tag('genkit-v1.0.0', 'kit-v1.0.0')
    assert unwritten.versions() == {}
    unwritten.commit('feat: x', CORE)
    assert (unwritten.versions(), unwritten.plan().problems) == ({'genkit': '1.1.0'}, ())


def test_a_tag_without_a_name_is_of_those_whose_backends_read_it(unwritten):
    unwritten.tag('v1.4.0')
    unwritten.commit('feat: x', CORE, PLUGIN)
    assert unwritten.versions() == {'genkit': '1.5.0', 'genkit-plugin-open-ai': '1.1.0'}


def test_dynamic_requirements_make_dependants_follow_and_are_kept(clone):
    clone.replace('plugins/open-ai/pyproject.toml', 'dependencies = ["genkit"]', 'dynamic = ["dependencies"]')
    lock = '[[package]]\nname = "genkit-plugin-open-ai"\nsource = {{ editable = "plugins/open-ai" }}\n'
    lock += '[package.metadata]\nrequires-dist = [{{ name = "genkit", specifier = "{}" }}]\n'
    clone.write('uv.lock', lock.format('<2'))
    clone.commit('build: requirements from a file')
    clone.git('tag', '--force', 'genkit-plugin-open-ai-v1.0.0')
    clone.commit('feat!: x', CORE)
    plan = clone.plan()
    assert {it.name for it in plan.releases} == {'genkit'}
    assert [(it.code, it.member) for it in plan.problems] == [('RK-PLAN-EXCLUDED', 'genkit-plugin-open-ai')]
    clone.write('uv.lock', lock.format('<3'))
    clone.commit('build: genkit 2')
    plan = clone.plan()
    assert ({it.name: it.version for it in plan.releases}, plan.problems) == (
        {'genkit': '2.0.0', 'genkit-plugin-open-ai': '1.0.1'},
        (),
    )
    (reason,) = plan.by_name['genkit-plugin-open-ai'].reasons
    assert reason.text.startswith("'genkit<2' (plugins/open-ai/pyproject.toml:22 at genkit-plugin-open-ai-v1.0.0)")
    assert plan.by_name['genkit-plugin-open-ai'].rewrites == ()


def test_a_detached_head_gives_the_same_plan(clone):
    clone.commit('feat: x', CORE)
    before = plan_text(clone.plan())
    clone.git('checkout', '--quiet', '--detach')
    assert plan_text(clone.plan()) == before


def test_a_shallow_clone_is_refused(clone, tmp_path):
    clone.commit('feat: x', CORE)
    clone.git('clone', '--quiet', '--depth=1', f'file://{clone.root}', str(tmp_path / 'shallow'))
    with pytest.raises(RefusedError, match='git fetch --unshallow --tags'):
        plan(tmp_path / 'shallow', PlanOptions())


def test_two_processes_with_other_hash_seeds_print_the_same_bytes(clone):
    clone.commit('feat!: x\n\nCo-authored-by: Bo <b@x.org>', CORE, PLUGIN, 'tools/kit/x')
    printed = {
        subprocess.run(
            [sys.executable, '-m', 'releasekit', 'plan', '--json'],
            cwd=clone.root, env=os.environ | {'PYTHONHASHSEED': seed}, capture_output=True, check=True,
        ).stdout
        for seed in ('1', '2')
    }  # fmt: skip
    assert len(printed) == 1


@pytest.fixture
def frozen(clone, tmp_path):
    clone.write('uv.lock', 'version = 1\n')
    clone.commit('feat: x', CORE)
    path = tmp_path / 'plan.json'
    path.write_text(plan_text(clone.plan()))
    return path


def test_a_frozen_plan_is_read_back(clone, frozen):
    made = plan(clone.root, PlanOptions(file=frozen)).plan
    assert made == clone.plan()
    assert plan_text(made) == frozen.read_text()


CHANGES = [
    (lambda clone: clone.commit('chore: next'), 'commit was'),
    (lambda clone: clone.write('uv.lock', 'version = 2\n'), 'lock was'),
    (lambda clone: clone.write('releasekit.toml', 'pin = "=="\n'), 'configuration was'),
    (lambda clone: clone.append('core/pyproject.toml', '\n'), 'manifests was'),
    (lambda clone: clone.write('.changes/a.md', INTENT.format(level='patch')), 'intents was'),
    (lambda clone: clone.append('core/README.md', 'x'), 'changed was [], is ["core/README.md"]'),
]


@pytest.mark.parametrize(('change', 'message'), CHANGES)
def test_a_plan_of_another_state_is_refused_with_what_differs(clone, frozen, change, message):
    change(clone)
    with pytest.raises(RefusedError) as raised:
        plan(clone.root, PlanOptions(file=frozen))
    assert raised.value.code.id == 'RK-PLAN-STALE'
    assert message in str(raised.value)


def test_a_plan_of_another_releasekit_is_stale(clone, frozen):
    other = clone.plan()
    frozen.write_text(plan_text(replace(other, inputs=replace(other.inputs, tool='9.9'))))
    with pytest.raises(RefusedError, match=r"tool was '9\.9'"):
        plan(clone.root, PlanOptions(file=frozen))


@pytest.mark.parametrize(
    'text', ['', '[]', '{}', '{"schema": 1}', '{"schema": "releasekit.plan/1", "inputs": {}}', '\x00']
)
def test_a_file_that_is_no_plan_is_named(tmp_path, text):
    (tmp_path / 'x.json').write_text(text)
    with pytest.raises(WorkspaceError, match=r'x\.json.* is no plan'):
        read_plan(tmp_path / 'x.json')


def test_a_plan_of_another_schema_is_named(clone, frozen):
    frozen.write_text(frozen.read_text().replace('releasekit.plan/1', 'releasekit.plan/2'))
    with pytest.raises(WorkspaceError, match=r"has schema 'releasekit\.plan/2'"):
        read_plan(frozen)


def test_a_member_that_no_commit_holds_is_a_problem(clone):
    clone.project('tools/new', 'new', more=BUILT)
    (problem,) = clone.plan().problems
    assert (problem.code, problem.member) == ('RK-PLAN-UNCOMMITTED', 'new')
    assert problem.message.endswith('`git add tools/new`, and commit it')
    clone.commit('feat: something new')
    assert clone.plan().problems == ()


def test_a_package_may_be_withheld_by_its_name_or_a_pattern(clone):
    configure(clone, 'packages = { "genkit-plugin-*" = { published = false } }')
    assert set(clone.plan().unchanged) == {'genkit', 'kit'}


EDGE = 'class A:\n    type: str\n    from builtins import type as builtin_type\nclass B(A):\n    x: {}\n'
NAMED = {'a/__init__.py': b"from ._edge import B\n__all__ = ['B']\n"}


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        (NAMED | {'a/_edge.py': EDGE.format('int').encode()}, NAMED | {'a/_edge.py': EDGE.format('str').encode()}),
        ({'foo-stubs/__init__.pyi': b'a: int\n'}, {'foo-stubs/__init__.pyi': b'a: str\n'}),
    ],
    ids=['an import in a class', 'stubs'],
)
def test_a_source_of_any_form_stops_no_plan(before, after, monkeypatch, tmp_path):
    monkeypatch.setenv('RELEASEKIT_CACHE', str(tmp_path))
    assert compare_api(before, after).broken == ()


def test_the_final_of_a_next_major_breaks_what_it_likes(clone):
    clone.write('tools/kit/src/kit/__init__.py', 'def run() -> None: ...\n')
    clone.commit('feat: run', 'tools/kit/x')
    clone.tag('kit-v1.1.0')
    clone.write('tools/kit/src/kit/__init__.py', 'def go() -> None: ...\n')
    clone.replace('tools/kit/pyproject.toml', 'version = "1.0.0"', 'version = "2.0.0rc1"')
    clone.commit('chore: a candidate')
    clone.tag('kit-v2.0.0rc1')
    clone.commit('fix: a leak', 'tools/kit/y')
    plan = clone.plan()
    assert [problem.code for problem in plan.problems] == []
    assert plan.by_name['kit'].version == '2.0.0'
