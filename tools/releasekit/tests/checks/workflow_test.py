# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The release workflow: made from the configuration, found when it was changed by hand, and with no right too many."""

import hashlib
import re
import subprocess

import pytest
import yaml
from releasekit.checks.release_workflow import PATH
from releasekit.cli.arguments import build_parser
from releasekit.commands.check import CheckOptions, check


ONLY = CheckOptions(only=('release-workflow',))
FIX = CheckOptions(only=('release-workflow',), fix=True)
OWN = 'bin/releasekit'


@pytest.fixture
def made(good):
    good.configure('publish-to = "mine"\n')
    report = check(good.root, FIX)
    assert (report.findings, report.fixed) == ((), (f'write {PATH}',))
    return good


@pytest.fixture(params=[False, True], ids=['installed', 'own'])
def jobs(made, request):
    if request.param:
        made.write(OWN, '#!/bin/sh\n')
        check(made.root, FIX)
    return yaml.safe_load((made.root / PATH).read_text())['jobs']


def commands(job):
    return [step['run'] for step in job['steps'] if 'run' in step]


def words(job):
    return '\n'.join(commands(job))


def test_no_index_no_workflow(good):
    assert check(good.root, ONLY).findings == ()


def test_another_forge_and_a_rehearsal_need_no_workflow(good):
    good.configure('publish-to = "local"\n')
    assert check(good.root, ONLY).findings == ()
    good.replace('pyproject.toml', '"local"', '"mine"')
    good.write('.gitlab-ci.yml', '')
    assert check(good.root, ONLY).findings == ()
    (good.root / '.gitlab-ci.yml').unlink()
    assert len(check(good.root, ONLY).findings) == 1


def test_no_job_has_a_right_too_many(made, jobs):
    workflow = yaml.safe_load((made.root / PATH).read_text())
    assert workflow['permissions'] == {}
    assert not workflow['concurrency']['cancel-in-progress']
    assert {name: job['permissions'] for name, job in jobs.items()} == {
        'prepare': {'contents': 'write', 'pull-requests': 'write'},
        'build': {'contents': 'read'},
        'publish': {'contents': 'read', 'id-token': 'write'},
        'verify': {'contents': 'read'},
        'tag': {'contents': 'write'},
    }
    assert [name for name, job in jobs.items() if 'environment' in job] == ['publish']


def test_no_job_keeps_credentials_on_the_disk_or_a_cache_that_is_run(jobs):
    for job in jobs.values():
        steps = {step['uses'].partition('@')[0]: step.get('with', {}) for step in job['steps'] if 'uses' in step}
        assert steps['actions/checkout'] == {'fetch-depth': 0, 'persist-credentials': False}
        assert steps['astral-sh/setup-uv'] == {'enable-cache': False}
        cached = [step['with']['path'] for step in job['steps'] if 'actions/cache' in step.get('uses', '')]
        assert set(cached) <= {'~/.cache/releasekit/artefacts', '~/.cache/releasekit/runs'}
    with_token = {
        name for name, job in jobs.items() if any('GITHUB_TOKEN' in step.get('env', {}) for step in job['steps'])
    }
    assert with_token == {'prepare', 'tag'}


def test_the_job_that_publishes_builds_and_imports_nothing(jobs):
    said = words(jobs['publish'])
    assert re.search(r'uvx --no-build .* releasekit publish --to mine --plan \S+ --from \S+ --bundle-sha256', said)
    assert '--no-verify' in said
    assert OWN not in said
    assert not re.search(r'uv (run|build|sync)', said)


def test_the_jobs_hand_on_files_with_their_sums(jobs):
    assert set(jobs['build']['outputs']) == {'files', 'bundle', 'tool'}
    assert ' build --to mine --plan "$RUNNER_TEMP/release/plan.json" --out ' in words(jobs['build'])
    assert jobs['publish']['needs'] == 'build'
    assert jobs['verify']['needs'] == jobs['tag']['needs'] == ['build', 'publish']
    for name in ('publish', 'verify', 'tag'):
        used = next(step for step in jobs[name]['steps'] if f' {name} --to mine' in step.get('run', ''))
        assert '--from "$RUNNER_TEMP/release/bundle" --bundle-sha256 "$BUNDLE"' in used['run']
        assert used['env']['BUNDLE'] == '${{ needs.build.outputs.bundle }}'


def test_the_commands_are_commands_of_releasekit(jobs):
    known = next(action.choices for action in build_parser()._actions if isinstance(action.choices, dict))
    used = {
        word for job in jobs.values() for line in commands(job) for word in re.findall(r'\breleasekit ([a-z]+)', line)
    }
    assert {'prepare', 'doctor', 'plan', 'build', 'publish', 'verify', 'tag'} <= used <= known.keys()


def test_every_step_is_a_script_that_bash_reads(jobs):
    for job in jobs.values():
        for line in commands(job):
            subprocess.run(['bash', '-n', '-c', line], check=True)


def test_the_sums_that_one_job_says_are_those_that_the_next_compares(jobs, tmp_path):
    (tmp_path / 'release/bundle').mkdir(parents=True)
    (tmp_path / 'release/tool').mkdir()
    (tmp_path / 'release/bundle/bundle.json').write_text('{}')
    (tmp_path / 'release/bundle/a-1-py3-none-any.whl').write_text('')
    (tmp_path / 'release/tool/constraints.txt').write_text('a==1')
    environment = {'RUNNER_TEMP': str(tmp_path), 'GITHUB_OUTPUT': str(tmp_path / 'out'), 'PATH': '/usr/bin:/bin'}
    sums = next(step['run'] for step in jobs['build']['steps'] if step.get('id') == 'sums')
    subprocess.run(['bash', '-e', '-c', sums], check=True, env=environment, cwd=tmp_path / 'release')
    said = dict(line.split('=') for line in (tmp_path / 'out').read_text().splitlines())
    assert (said['files'], said['bundle']) == ('1', hashlib.sha256(b'{}').hexdigest())
    tests = [line for name in ('publish', 'tag') for line in commands(jobs[name]) if '[ "$(' in line]
    assert len(tests) == 2
    for line in tests:
        given = {**environment, 'TOOL': said['tool']}
        subprocess.run(['bash', '-e', '-c', line], check=True, env=given)
        assert subprocess.run(['bash', '-e', '-c', line], check=False, env={**given, 'TOOL': '0'}).returncode == 1


def test_git_is_given_the_token_of_the_step_and_nothing_on_the_disk(jobs, tmp_path):
    for name in ('prepare', 'tag'):
        given = next(step['env'] for step in jobs[name]['steps'] if 'GIT_CONFIG_COUNT' in step.get('env', {}))
        environment = {key: str(value) for key, value in given.items()} | {'GITHUB_TOKEN': 'abc', 'HOME': str(tmp_path)}
        filled = subprocess.run(
            ['git', 'credential', 'fill'],
            input='protocol=https\nhost=forge.test\n\n',
            env={**environment, 'PATH': '/usr/bin:/bin', 'GIT_TERMINAL_PROMPT': '0'},
            capture_output=True,
            text=True,
            check=True,
        )
        assert 'username=x-access-token\npassword=abc\n' in filled.stdout


def test_actions_are_named_by_commit_and_may_be_moved_on_but_not_to_a_tag(made):
    text = (made.root / PATH).read_text()
    used = re.findall(r'uses: (.*)', text)
    assert len(used) == 17
    assert all(re.fullmatch(r'[\w/-]+@[0-9a-f]{40} # v[\d.]+', each) for each in used)
    made.write(PATH, text.replace(used[0], f'actions/checkout@{"5" * 40} # v6.0.1'))
    assert check(made.root, ONLY).findings == ()
    made.write(PATH, text.replace(used[0], 'actions/checkout@v5', 1))
    (finding,) = check(made.root, ONLY).findings
    assert "'      - uses: actions/checkout@v5'" in finding.problem.message


def test_a_right_that_was_added_by_hand_is_found_where_it_stands(made):
    made.replace(PATH, '      id-token: write', '      id-token: write\n      packages: write')
    (finding,) = check(made.root, ONLY).findings
    assert "'      packages: write'" in finding.problem.message
    line = (made.root / PATH).read_text().split('\n').index('      packages: write') + 1
    assert finding.place == f'{PATH}:{line}'
