# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`prepare` with a bare repository as remote, and a stand-in for the forge."""

import json
import subprocess

import pytest
from releasekit.cli.arguments import build_parser

from tools.releasekit.tests.forge.stand_in import StandIn


BRANCH = 'releasekit/release'
FLAGS = {'--json', '--root', '--kind', '--only', '--remote', '--base', '--forge', '--dry-run'}


@pytest.fixture
def house():
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def remote(news, tmp_path, monkeypatch, house):
    """A clone with news whose branch `main` has a remote, and an environment that names the forge."""
    monkeypatch.setenv('GITHUB_TOKEN', 'hidden-token')
    monkeypatch.setenv('GITHUB_REPOSITORY', 'lights/house')
    monkeypatch.setenv('GITHUB_API_URL', house.url)
    folder = tmp_path / 'remote.git'
    news.git('init', '--quiet', '--bare', str(folder))
    news.git('remote', 'add', 'origin', str(folder))
    news.git('push', '--quiet', 'origin', 'main')
    return folder


def at(remote, what):
    done = subprocess.run(['git', *what], cwd=remote, capture_output=True, text=True, check=False)
    return done.stdout


def test_the_table_of_flags_is_that_of_the_parser():
    commands = next(action.choices for action in build_parser()._actions if isinstance(action.choices, dict))
    options = {option for action in commands['prepare']._actions for option in action.option_strings}
    assert {option for option in options if option.startswith('--')} - {'--help'} == FLAGS


def test_versions_and_notes_are_proposed_once_and_the_tree_is_left_alone(run, news, remote, house):
    code, out, err = run('prepare')
    assert (code, err) == (0, '')
    assert f'{BRANCH} at ' in out
    assert house.url in out
    assert news.git('status', '--porcelain') == ''
    assert news.git('worktree', 'list').count('\n') == 0
    changed = at(remote, ['diff', '--name-only', 'main', BRANCH]).split()
    assert {'core/pyproject.toml', 'core/CHANGELOG.md'} <= set(changed)
    assert 'releasekit' in at(remote, ['log', '-1', '--format=%an', BRANCH])
    [pull] = house.pulls.values()
    assert pull['base'] == 'main'
    assert pull['title'].startswith('chore: release genkit ')
    assert pull['labels'] == ['release: pending']
    assert '| package | version | before |' in pull['body']

    commit = at(remote, ['rev-parse', BRANCH])
    code, out, _ = run('prepare', '--json')
    document = json.loads(out)
    assert (code, document['sent'], document['request']['number']) == (0, False, 1)
    assert at(remote, ['rev-parse', BRANCH]) == commit
    assert len(house.pulls) == 1


def test_what_people_wrote_between_the_fences_stays(run, news, remote, house):
    run('prepare')
    news.git('fetch', '--quiet', 'origin', BRANCH)
    news.git('checkout', '--quiet', '-b', 'theirs', 'FETCH_HEAD')
    text = news.read('core/CHANGELOG.md')
    version = news.read('core/pyproject.toml').partition('version = "')[2].partition('"')[0]
    first, _, rest = text.partition(f'## {version}')
    title, _, body = rest.partition('\n\n')
    fence = '<!-- releasekit: keep -->\nStreams are lovely.\n<!-- releasekit: end -->\n\n'
    news.write('core/CHANGELOG.md', f'{first}## {version}{title}\n\n{fence}{body}')
    news.commit('docs: prose')
    news.git('push', '--quiet', 'origin', f'theirs:{BRANCH}')
    news.git('checkout', '--quiet', 'main')
    house.pulls[1]['body'] = house.pulls[1]['body'].replace(
        '<!-- releasekit: keep -->\n', '<!-- releasekit: keep -->\nRead this first.\n', 1
    )
    news.commit('fix(core): one more', 'core/src/genkit/more.txt')
    code, _, err = run('prepare')
    assert (code, err) == (0, '')
    notes = at(remote, ['show', f'{BRANCH}:core/CHANGELOG.md'])
    assert notes.count('Streams are lovely.') == 1
    assert notes.count(f'## {version}') == 1
    assert 'one more' in notes
    assert house.pulls[1]['body'].startswith('<!-- releasekit: keep -->\nRead this first.\n')
    assert 'one more' in house.pulls[1]['body']


def test_a_branch_that_moved_meanwhile_is_not_overwritten(run, news, remote, monkeypatch):
    run('prepare')
    news.commit('fix(core): one more', 'core/src/genkit/more.txt')
    from releasekit.vcs.git import GitRepository

    send = GitRepository.send_branch

    def late(self, *given):
        subprocess.run(['git', 'update-ref', f'refs/heads/{BRANCH}', 'main'], cwd=remote, check=True)
        send(self, *given)

    monkeypatch.setattr(GitRepository, 'send_branch', late)
    code, _, err = run('prepare')
    assert code == 4
    assert 'RK-BRANCH-MOVED' in err
    assert at(remote, ['rev-parse', BRANCH]) == at(remote, ['rev-parse', 'main'])


def test_a_rehearsal_sends_and_proposes_nothing(run, remote, house):
    code, out, _ = run('prepare', '--dry-run')
    assert code == 0
    assert 'not sent, as asked' in out
    assert house.asked == []
    assert at(remote, ['branch', '--list', BRANCH]) == ''


def test_without_a_forge_the_branch_is_sent(run, remote, house, monkeypatch):
    assert run('prepare', '--forge', 'none')[0] == 0
    assert house.asked == []
    assert BRANCH in at(remote, ['branch', '--list', BRANCH])
    monkeypatch.delenv('GITHUB_TOKEN')
    monkeypatch.delenv('GH_TOKEN', raising=False)
    code, _, err = run('prepare', '--forge', 'github')
    assert (code, 'GITHUB_TOKEN' in err) == (2, True)


def test_a_forge_that_is_down_is_said_and_the_command_can_be_repeated(run, remote, house, monkeypatch):
    monkeypatch.setattr('time.sleep', lambda _: None)
    monkeypatch.setattr('releasekit.forge.github.GitHub.__init__.__defaults__', ('', lambda _: None))
    house.faults = [(500, {}, False)] * 4
    code, _, err = run('prepare')
    assert code == 4
    assert 'RK-FORGE' in err
    assert 'hidden' not in err
    assert run('prepare')[0] == 0
    assert len(house.pulls) == 1


def test_remote_base_kind_and_choice_are_heeded(run, news, remote, house, tmp_path):
    other = tmp_path / 'other.git'
    news.git('init', '--quiet', '--bare', str(other))
    code, out, _ = run('prepare', '--remote', str(other), '--base', 'stable', '--kind', 'rc', '--only', 'kit', '--json')
    assert code == 0
    [(name, version)] = json.loads(out)['versions'].items()
    assert name == 'kit'
    assert 'rc' in version
    assert house.pulls[1]['base'] == 'stable'
    assert BRANCH in at(other, ['branch', '--list', BRANCH])
    assert at(remote, ['branch', '--list', BRANCH]) == ''


def test_a_changed_tree_and_a_detached_head_are_refused(run, news, remote):
    news.append('core/pyproject.toml', '\n# changed\n')
    code, _, err = run('prepare')
    assert (code, 'RK-TREE-DIRTY' in err) == (4, True)
    news.git('checkout', '--quiet', '.')
    news.git('checkout', '--quiet', '--detach')
    code, _, err = run('prepare')
    assert (code, 'RK-GIT-DETACHED' in err) == (4, True)
    assert run('prepare', '--base', 'main')[0] == 0


def test_with_nothing_to_release_nothing_is_done(run, clone, monkeypatch, house):
    monkeypatch.chdir(clone.root)
    code, out, _ = run('prepare', '--forge', 'none')
    assert (code, out) == (0, 'nothing to release\n')


@pytest.mark.parametrize('merge', ['--ff-only', '--no-ff', '--squash'])
def test_what_was_merged_is_proposed_no_more(run, news, remote, house, merge):
    assert run('prepare')[0] == 0
    news.git('fetch', '--quiet', 'origin', BRANCH)
    news.git('merge', '--quiet', merge, 'FETCH_HEAD')
    news.pass_minutes(3 * 24 * 60)
    if merge != '--ff-only':
        news.git('commit', '--quiet', '--amend', '--no-edit') if merge == '--no-ff' else news.commit('chore: release')
    house.asked.clear()
    code, out, err = run('prepare')
    assert (code, err) == (0, '')
    assert 'nothing to propose: main holds these versions and their notes; publish them\n' in out
    assert house.asked == []
    code, out, _ = run('prepare', '--json', '--dry-run')
    document = json.loads(out)
    assert (code, document['commit'], document['sent']) == (0, None, False)
    assert document['versions']['kit']


@pytest.mark.parametrize(
    'arguments',
    [
        ('plan',),
        ('version',),
        ('changelog',),
        ('changelog', '--write'),
        ('prepare', '--forge', 'none'),
        ('build',),
        ('publish', '--to', 'local'),
        ('verify', '--to', 'local'),
        ('tag', '--to', 'local', '--push', 'origin'),
        ('status', '--to', 'local'),
        ('rollback', '--to', 'local'),
    ],
    ids=' '.join,
)
def test_with_nothing_new_every_command_says_so_and_ends_well(run, clone, uv, monkeypatch, tmp_path, arguments):
    monkeypatch.setenv('RELEASEKIT_CACHE', str(tmp_path / 'cache'))
    clone.git('init', '--quiet', '--bare', str(tmp_path / 'remote.git'))
    clone.git('remote', 'add', 'origin', str(tmp_path / 'remote.git'))
    monkeypatch.chdir(clone.root)
    code, out, err = run(*arguments)
    assert code == 0, err
    assert (out + err).strip()
    assert clone.git('status', '--porcelain') == ''
