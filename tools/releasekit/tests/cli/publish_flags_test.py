# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every option of the commands that build and publish changes something that can be seen."""

import re
import shutil

import pytest
from releasekit.cli.arguments import build_parser
from releasekit.index.connection import local_folder

from tools.releasekit.tests.index.fault_index import FaultIndex


ONLY = ('--only', 'kit')
QUICK = ('--no-proof', '--sample', '0')
TO = ('--to', 'local')
BUILDING = {
    '--root': ['{other}'], '--json': [], '--kind': ['rc'], '--only': ['genkit'], '--plan': ['{plan}'],
    '--isolated': [], '--width': ['1'], '--sample': ['0'], '--no-proof': [], '--index': ['http://127.0.0.1:9/simple/'],
    '--offline': [],
}  # fmt: skip
PLANNED = {name: BUILDING[name] for name in ('--root', '--json', '--kind', '--only')}
BUNDLE = {'--from': ['{out}'], '--bundle-sha256': ['0']}  # in bundle_test
FLAGS = {
    'build': {**BUILDING, '--prove-install': [], '--to': ['nowhere'], '--out': ['{out}']},
    'publish': {
        **BUILDING, '--to': ['mine'], '--with-uv': [], '--no-verify': [], '--fast': [],
        '--no-attestations': [],  # in attestations_test
        '--upload-width': ['3'],
        '--attempts': ['1'], '--visible-within': ['0.2'], '--lease': ['{remote}'],
        **BUNDLE, '--dry-run': [], '--events': [], '--serve': ['8423'],  # which ends with Ctrl-C, in publish_test
    },
    'verify': {**PLANNED, **BUNDLE, '--plan': ['{plan}'], '--to': ['mine']},
    'tag': {
        **PLANNED, **BUNDLE, '--plan': ['{plan}'], '--to': ['mine'], '--push': ['{remote}'], '--forge': ['github'],
        '--dry-run': [],
    },
    'status': {**PLANNED, '--to': ['mine'], '--follow': [], '--order': ['pause']},
    'rollback': {**PLANNED, '--to': ['mine'], '--reason': ['It burns.'], '--write': []},
}  # fmt: skip


def test_the_table_is_that_of_the_parser():
    commands = next(action.choices for action in build_parser()._actions if isinstance(action.choices, dict))
    for name, flags in FLAGS.items():
        options = {option for action in commands[name]._actions for option in action.option_strings}
        assert {option for option in options if option.startswith('--')} - {'--help'} == set(flags)


@pytest.fixture
def index():
    with FaultIndex() as index:
        yield index


@pytest.fixture
def outcome(run, project, tmp_path, monkeypatch, index):
    """Run a command in a fresh cache, and return all that can be seen of it."""
    monkeypatch.setenv('UV_PUBLISH_TOKEN', 'pypi-of-a-test')
    monkeypatch.setenv('UV_HTTP_RETRIES', '0')
    project.append(
        'pyproject.toml',
        f'[[tool.uv.index]]\nname = "mine"\nurl = "{index.url}/simple/"\npublish-url = "{index.url}/"\n',
    )
    project.commit('build: an index')
    environments = tmp_path / 'cache' / 'environments'
    other = tmp_path / 'other'
    shutil.copytree(project.root, other)
    shutil.rmtree(other / 'core')
    plan = tmp_path / 'plan.json'
    run('plan', '--kind', 'rc', *ONLY, '--out', plan)
    places = {'other': other, 'plan': plan, 'remote': tmp_path / 'remote.git', 'out': tmp_path / 'out'}
    project.git('init', '--quiet', '--bare', str(places['remote']))
    number = 0

    def call(command, *arguments, before=(), faults=(), stale=()):
        nonlocal number
        number += 1
        cache = tmp_path / f'cache-{number}'
        cache.mkdir()
        (cache / 'environments').symlink_to(environments, target_is_directory=True)
        monkeypatch.setenv('RELEASEKIT_CACHE', str(cache))
        for earlier in before:
            run(*earlier)
        index.faults = list(faults)
        index.held.clear()
        index.sent.clear()
        code, out, err = run(command, *(argument.format(**places) for argument in arguments))
        local = local_folder(project.root)
        held = sorted(path.name for path in local.iterdir()) if local.exists() else []
        tags = project.git('tag', '--list')
        sent = project.git('ls-remote', str(places['remote']))
        project.git('reset', '--quiet', '--hard')
        project.git('clean', '--quiet', '--force', '-d')
        for tag in tags.split():
            project.git('tag', '--delete', tag)
        agents = [sent.headers['User-Agent'].partition('/')[0] for sent in index.sent]
        text = re.sub(r'\d+\.\d+ s|cache-\d+|"(time|seconds)": [\d.]+', '', f'{out}\n{err}')
        return code, text, held, tags, sent, agents

    return call


def _pairs(command, flags):
    return [(command, flag) for flag in FLAGS[command] if flag in flags]


SEEN = [
    *_pairs(
        'build',
        {
            '--json',
            '--kind',
            '--isolated',
            '--sample',
            '--root',
            '--prove-install',
            '--plan',
            '--only',
            '--to',
            '--out',
        },
    ),
    *_pairs(
        'publish',
        {
            '--json',
            '--kind',
            '--isolated',
            '--upload-width',
            '--lease',
            '--dry-run',
            '--from',
            '--events',
            '--to',
            '--root',
            '--plan',
            '--only',
        },
    ),
    *_pairs('verify', {'--json', '--kind', '--to', '--root', '--plan', '--only'}),
    *_pairs('tag', {'--json', '--kind', '--push', '--forge', '--dry-run', '--to', '--root', '--plan', '--only'}),
    *_pairs('status', {'--json', '--kind', '--order', '--to', '--root', '--only'}),
    *_pairs('rollback', {'--json', '--kind', '--reason', '--write', '--to', '--root', '--only'}),
]


@pytest.mark.soak
@pytest.mark.timeout(60)
@pytest.mark.parametrize(('command', 'flag'), SEEN)
def test_an_option_changes_what_comes_out(outcome, command, flag):
    base = [*(() if flag == '--to' or command == 'build' else TO), *(() if flag in {'--only', '--plan'} else ONLY)]
    if command in {'build', 'publish'}:
        base += ['--no-proof', *(() if flag in {'--sample', '--isolated'} else ('--sample', '0'))]
    published = ('publish', *TO, *ONLY, '--no-proof', '--sample', '0', '--no-verify')
    before = () if command in {'build', 'publish'} else (published,)
    base += ['--no-verify'] if command == 'publish' else []
    plain = [*base, *(TO if flag == '--to' and command != 'build' else ())]
    with_flag = [*base, flag, *FLAGS[command][flag]]
    assert outcome(command, *with_flag, before=before) != outcome(command, *plain, before=before)


@pytest.mark.timeout(60)
def test_width_is_how_many_are_built_at_a_time(outcome):
    assert ' 2 at a time' in outcome('build', *QUICK)[1]
    assert ' 1 at a time' in outcome('build', *QUICK, '--width', '1')[1]


@pytest.mark.timeout(60)
def test_no_proof_resolves_nothing(outcome):
    assert 'resolving' in outcome('build', *ONLY, '--sample', '0', '--offline')[1]
    assert 'resolving' not in outcome('build', *ONLY, *QUICK)[1]


@pytest.mark.timeout(60)
def test_index_is_where_third_parties_come_from(outcome, project):
    project.replace('tools/kit/pyproject.toml', 'dependencies = [\n]', 'dependencies = ["nobody-knows-this>=1"]')
    project.commit('feat: need somebody')
    code, text, *_ = outcome('build', *ONLY, '--sample', '0', '--index', 'http://127.0.0.1:9/simple/')
    assert code == 4
    assert 'http://127.0.0.1:9/simple/' in text
    code, text, *_ = outcome('build', *ONLY, '--sample', '0', '--offline')
    assert code == 4
    assert 'network was disabled' in text


@pytest.mark.timeout(60)
def test_with_uv_files_are_sent_by_uv(outcome):
    base = ('publish', '--to', 'mine', *ONLY, *QUICK, '--no-verify')
    assert outcome(*base)[5] == ['releasekit'] * 2
    assert outcome(*base, '--with-uv')[5] == ['uv'] * 2


@pytest.mark.timeout(60)
def test_no_verify_installs_nothing(outcome):
    base = ('publish', *TO, *ONLY, *QUICK)
    assert 'installing and importing' in outcome(*base)[1]
    assert 'installing and importing' not in outcome(*base, '--no-verify')[1]


@pytest.mark.timeout(60)
def test_attempts_is_how_often_an_unclear_file_is_sent(outcome):
    base = ('publish', '--to', 'mine', *ONLY, *QUICK, '--no-verify')
    code, text, *_ = outcome(*base, '--attempts', '1', faults=['503 before'])
    assert code == 5
    assert 'RK-INDEX-UNCLEAR' in text
    assert outcome(*base, faults=['503 before'])[0] == 0


@pytest.mark.timeout(60)
def test_visible_within_is_how_long_an_index_may_lag(outcome, index, monkeypatch):
    base = ('publish', '--to', 'mine', *ONLY, *QUICK, '--no-verify')
    index.stale_until = 1e12
    code, text, *_ = outcome(*base, '--visible-within', '0.2')
    assert code == 5
    assert 'RK-INDEX-SLOW' in text
    index.stale_until = 0.0
    assert outcome(*base)[0] == 0


@pytest.mark.timeout(60)
def test_fast_does_not_wait_for_what_is_needed(outcome):
    base = ('publish', *TO, *QUICK, '--no-verify')

    def order(text):
        return [line for line in text.splitlines() if line.endswith(': sending') or ': published' in line]

    strict, fast = order(outcome(*base)[1]), order(outcome(*base, '--fast')[1])
    assert strict.index('genkit: published') < strict.index('genkit-plugin-open-ai: sending')
    assert fast.index('genkit: published') > fast.index('genkit-plugin-open-ai: sending')


@pytest.mark.timeout(60)
def test_follow_reads_the_events_of_the_last_run(outcome):
    published = ('publish', *TO, *ONLY, *QUICK, '--no-verify')
    assert '"kind": "end"' in outcome('status', *TO, *ONLY, '--follow', before=[published])[1]
