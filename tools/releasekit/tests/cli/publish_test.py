# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The commands that build and publish, on a small workspace, with the real git, uv and pypiserver."""

import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from releasekit.index.connection import local_folder
from releasekit.workspace.places import runs_folder

from tools.releasekit.tests.forge.stand_in import StandIn


KINDS = ['-py3-none-any.whl', '.tar.gz']
FILES = sorted(f'{name}-1.0.0{kind}' for name in ('genkit', 'genkit_plugin_open_ai', 'kit') for kind in KINDS)
QUICK = ('--no-proof', '--sample', '0')


def _held(root):
    """Return what the local index of a workspace holds."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(local_folder(root).iterdir())}


def _clean(project):
    return project.git('status', '--porcelain') == ''


@pytest.mark.timeout(180)
def test_a_rehearsal_publishes_installs_and_imports_everything(run, project):
    project.append('tools/kit/pyproject.toml', '\n[project.entry-points.pytest11]\nkit = "kit.plugin"\n')
    project.write('tools/kit/src/kit/plugin.py', 'import pytest\n')
    project.commit('feat: fixtures for pytest, which need not be installed')
    code, out, err = run('publish', '--to', 'local')
    assert code == 0, err
    assert out.startswith('3 of 3 packages are on local')
    assert f'The files are in {local_folder(project.root)}\n' in out
    assert sorted(_held(project.root)) == FILES
    for line in ('kit: building', 'resolving for Python 3.11, lowest-direct', 'kit: installing and importing, 2 of 3'):
        assert line in err
    assert 'kit: entry point pytest11:kit was not loaded: pytest is not installed\n' in err
    assert _clean(project)


@pytest.mark.parametrize('options', [(), ('--dry-run',), ('--lease', 'nowhere')], ids=' '.join)
def test_a_plan_with_nothing_to_release_needs_no_index(run, clone, uv, monkeypatch, tmp_path, options):
    for name in ('UV_PUBLISH_TOKEN', 'UV_PUBLISH_USERNAME', 'UV_PUBLISH_PASSWORD', 'TWINE_USERNAME', 'TWINE_PASSWORD'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('RELEASEKIT_CACHE', str(tmp_path / 'cache'))
    url = 'http://127.0.0.1:1'  # where nothing listens
    index = f'name = "house"\nurl = "{url}/simple/"\npublish-url = "{url}/legacy/"\n'
    clone.append('pyproject.toml', f'\n[[tool.uv.index]]\n{index}')
    clone.commit('chore: an index')
    monkeypatch.chdir(clone.root)
    assert run('publish', '--to', 'house', *options)[:2] == (0, 'nothing to publish\n')
    code, out, _ = run('publish', '--to', 'house', *options, '--json')
    document = json.loads(out)
    assert (code, document['index'], document['packages'], document['exit_code']) == (0, 'house', [], 0)
    assert run('publish', '--to', 'hose', *options)[0] == 2


def test_a_second_run_sends_nothing(run, project):
    run('publish', '--to', 'local', *QUICK, '--no-verify')
    before = _held(project.root)
    code, out, err = run('publish', '--to', 'local', *QUICK, '--no-verify')
    assert code == 0
    assert '6 files were there before' in out
    assert '.whl: sending' not in err
    assert 'already built' in err
    assert _held(project.root) == before


def test_the_report_is_a_document(run, project):
    _, out, _ = run('publish', '--to', 'local', *QUICK, '--no-verify', '--json')
    document = json.loads(out)
    assert document['schema'] == 'releasekit.publish/1'
    assert [(entry['name'], entry['stage']) for entry in document['packages']] == [
        ('genkit', 'published'),
        ('kit', 'published'),
        ('genkit-plugin-open-ai', 'published'),
    ]
    assert document['new_projects'] == ['genkit', 'kit', 'genkit-plugin-open-ai']
    assert document['exit_code'] == 0


def test_events_are_documents_and_another_terminal_reads_them(run, project):
    _, out, _ = run('publish', '--to', 'local', *QUICK, '--no-verify', '--events')
    events = [json.loads(line) for line in out.splitlines()]
    assert {event['schema'] for event in events} == {'releasekit.event/1'}
    assert events[-1] == {
        'schema': 'releasekit.event/1',
        'time': events[-1]['time'],
        'kind': 'end',
        'text': 'exit code 0',
    }
    code, followed, _ = run('status', '--to', 'local', '--follow')
    assert code == 0
    assert [json.loads(line) for line in followed.splitlines()] == events


def test_what_is_not_committed_is_not_published(run, project):
    project.append('core/README.md', 'x')
    code, _, err = run('publish', '--to', 'local', *QUICK)
    assert code == 4
    assert 'error[RK-TREE-DIRTY]: not committed: core/README.md' in err
    assert not local_folder(project.root).exists()


def test_a_stale_plan_is_refused(run, project, tmp_path):
    plan = tmp_path / 'plan.json'
    run('plan', '--out', plan)
    project.commit('feat: more', 'core/src/genkit/x.py')
    code, _, err = run('publish', '--to', 'local', '--plan', plan)
    assert code == 4
    assert 'RK-PLAN-STALE' in err


def test_a_frozen_plan_is_carried_out(run, project, tmp_path):
    plan = tmp_path / 'plan.json'
    run('plan', '--only', 'kit', '--out', plan)
    code, out, _ = run('publish', '--to', 'local', '--plan', plan, *QUICK, '--no-verify')
    assert (code, out.partition(',')[0]) == (0, '1 of 1 package is on local')
    assert sorted(_held(project.root)) == [file for file in FILES if file.startswith('kit')]


def test_a_name_that_is_taken_is_refused_before_anything_is_sent(run, project):
    folder = local_folder(project.root)
    folder.mkdir(parents=True)
    (folder / FILES[0]).write_bytes(b'another genkit')
    code, _, err = run('publish', '--to', 'local', *QUICK)
    assert code == 4
    assert 'error[RK-PREFLIGHT]: genkit-1.0.0-py3-none-any.whl: ours has sha256' in err
    assert list(_held(project.root)) == [FILES[0]]


def test_an_unknown_index_is_named_with_those_that_are_known(run, project):
    project.append(
        'pyproject.toml',
        '[[tool.uv.index]]\nname = "mine"\nurl = "http://127.0.0.1:9/s"\npublish-url = "http://127.0.0.1:9/"\n',
    )
    project.commit('build: an index')
    code, _, err = run('publish', '--to', 'mne', *QUICK)
    assert code == 2
    assert "Did you mean 'mine'?" in err
    assert 'Known: local, pypi, mine' in err


def test_a_second_run_at_the_same_time_is_refused(run, project):
    from releasekit.publish.lock import run_lock

    with run_lock(runs_folder(project.root), 'publishing to local'):
        code, _, err = run('publish', '--to', 'local', *QUICK)
    assert code == 7
    assert f'process {os.getpid()}, publishing to local' in err


def test_a_package_that_cannot_be_built_stops_everything(run, project):
    project.replace('tools/kit/pyproject.toml', 'readme = "README.md"', 'readme = "NOTHING.md"')
    project.commit('fix: lose the readme')
    code, _, err = run('publish', '--to', 'local', *QUICK)
    assert code == 4
    assert 'error[RK-BUILD-FAILED]: kit: hatchling.build build_sdist' in err
    assert not local_folder(project.root).exists()


def test_a_stray_file_is_found_before_it_is_sent(run, project):
    project.write('core/src/genkit/.env', 'KEY=1\n')
    project.git('add', '--force', 'core/src/genkit/.env')
    project.commit('feat: a file too many')
    code, _, err = run('build', *QUICK)
    assert code == 4
    assert "stray: 'genkit/.env' does not belong into it" in err


def test_what_cannot_be_resolved_is_found_before_it_is_sent(run, project):
    project.replace('tools/kit/pyproject.toml', 'dependencies = [\n]', 'dependencies = ["hatchling<1", "hatchling>1"]')
    project.commit('feat: ask for too much')
    code, _, err = run('build', '--sample', '0')
    assert code == 4
    assert 'error[RK-PROOF-RESOLVE]: Python 3.11, highest versions' in err
    assert 'hatchling' in err


def test_built_requirements_are_those_of_the_plan(run, project):
    code, out, _ = run('build', *QUICK, '--json')
    assert code == 0
    document = json.loads(out)
    wheel = next(
        file for file in document['files'] if file['file'].startswith('genkit_plugin') and file['file'].endswith('whl')
    )
    import zipfile

    with zipfile.ZipFile(Path(document['folder']) / wheel['package'] / wheel['file']) as archive:
        metadata = archive.read('genkit_plugin_open_ai-1.0.0.dist-info/METADATA').decode()
    assert 'Requires-Dist: genkit<2,>=1.0.0' in metadata
    assert 'dependencies = ["genkit"]' in project.read('plugins/open-ai/pyproject.toml')
    assert _clean(project)


HOOK = """
import os
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        {body}
"""


def _with_hook(project, body):
    project.append('tools/kit/pyproject.toml', '\n[tool.hatch.build.hooks.custom]\n')
    project.write('tools/kit/hatch_build.py', HOOK.format(body=body))
    project.commit('build: a hook')


def test_a_build_that_is_never_the_same_is_built_in_isolation_and_said_to_be_so(run, project):
    _with_hook(project, "Path(self.root, 'src/kit/made.py').write_text(f'PROCESS = {os.getpid()}')")
    code, _, err = run('build', '--no-proof', '--sample', '1', '--only', 'kit')
    assert code == 0
    assert "kit: two builds differ: kit-1.0.0-py3-none-any.whl: 'kit/made.py' differs. It is not reproducible" in err
    code, _, err = run('build', '--no-proof', '--sample', '1', '--only', 'kit')
    assert (code, 'kit: already built' in err) == (0, True)


@pytest.mark.parametrize('how', [('--sample', '0'), ('--isolated',)])
def test_no_backend_sees_a_key(run, project, monkeypatch, how):
    for name in ('UV_PUBLISH_TOKEN', 'TWINE_PASSWORD', 'GITHUB_TOKEN', 'SOME_API_KEY'):
        monkeypatch.setenv(name, 'hidden')
    _with_hook(project, "assert 'hidden' not in os.environ.values(), sorted(os.environ)")
    code, _, err = run('build', '--no-proof', *how, '--only', 'kit')
    assert code == 0, err


def test_isolated_builds_give_the_same_bytes(run, project, tmp_path, monkeypatch):
    _, warm, _ = run('build', *QUICK, '--json')
    monkeypatch.setenv('RELEASEKIT_CACHE', str(tmp_path / 'other'))
    _, isolated, err = run('build', '--no-proof', '--isolated', '--only', 'kit', '--json')
    assert 'comparing' not in err
    hashes = {file['file']: file['sha256'] for file in json.loads(warm)['files']}
    assert {file['file']: file['sha256'] for file in json.loads(isolated)['files']}.items() <= hashes.items()


def test_a_statement_and_a_bill_of_materials_lie_beside_the_files(run, project):
    _, out, _ = run('build', *QUICK, '--json')
    document = json.loads(out)
    folder = Path(document['folder']) / 'kit'
    statement = json.loads((folder / 'kit.provenance.json').read_text())
    built = {file['file']: file['sha256'] for file in document['files'] if file['package'] == 'kit'}
    assert {subject['name']: subject['digest']['sha256'] for subject in statement['subject']} == built
    commit = statement['predicate']['buildDefinition']['resolvedDependencies'][0]['digest']['gitCommit']
    assert commit == project.git('rev-parse', 'HEAD')
    assert json.loads((folder / 'kit.cdx.json').read_text())['metadata']['component']['purl'] == 'pkg:pypi/kit@1.0.0'


def test_status_asks_the_index(run, project):
    code, out, _ = run('status', '--to', 'local', '--json')
    assert code == 0
    assert [(entry['built'], entry['on_index'], entry['is_public']) for entry in json.loads(out)['packages']] == [
        (0, 0, False)
    ] * 3
    run('publish', '--to', 'local', *QUICK, '--no-verify')
    (local_folder(project.root) / FILES[-1]).unlink()
    (local_folder(project.root) / FILES[0]).write_bytes(b'altered')
    _, out, _ = run('status', '--to', 'local')
    table, places = out.splitlines()[1:4], out.splitlines()[4:]
    assert [line.split(None, 4)[4] for line in table] == [
        '1, 1 with other bytes  no',
        '1                      no',
        '2                      yes',
    ]
    folders = dict(line.split(': ', 1) for line in places)
    assert folders['index'] == str(local_folder(project.root))
    assert (Path(folders['built files']) / 'kit').is_dir()
    assert (Path(folders['journal and events']) / 'journal').is_file()
    shutil.rmtree(folders['built files'])
    assert '0, 2 not built here  perhaps' in run('status', '--to', 'local')[1]


def test_verify_finds_what_is_missing_and_what_is_altered(run, project):
    run('publish', '--to', 'local', *QUICK, '--no-verify')
    code, out, _ = run('verify', '--to', 'local')
    assert (code, out) == (0, '3 packages are there byte for byte, and can be installed and imported\n')
    (local_folder(project.root) / FILES[0]).write_bytes(b'altered')
    (local_folder(project.root) / FILES[-1]).unlink()
    code, out, _ = run('verify', '--to', 'local')
    assert code == 5
    assert 'genkit-1.0.0-py3-none-any.whl: ours has sha256' in out
    assert 'kit-1.0.0.tar.gz is not there' in out


def test_a_rehearsal_of_another_commit_says_how_to_begin_the_local_index_anew(run, project):
    run('publish', '--to', 'local', *QUICK, '--no-verify')
    for folder in ('core', 'plugins/open-ai', 'tools/kit'):
        project.append(f'{folder}/README.md', 'More.\n')
    project.commit('docs: more')
    code, _, err = run('publish', '--to', 'local', *QUICK, '--no-verify')
    assert code == 4
    assert err.count('ours has sha256') == 4
    assert f'and 2 more. Begin the local index anew: rm -r {local_folder(project.root)}; nothing was sent.' in err
    shutil.rmtree(local_folder(project.root))
    assert run('publish', '--to', 'local', *QUICK, '--no-verify')[0] == 0


def test_the_forge_shows_the_notes_of_tags_that_were_sent(run, project, tmp_path, monkeypatch):
    remote = tmp_path / 'remote.git'
    subprocess.run(['git', 'init', '--quiet', '--bare', remote], check=True)
    plan = tmp_path / 'plan.json'
    run('plan', '--out', plan)
    run('publish', '--to', 'local', *QUICK, '--no-verify', '--plan', plan)
    with StandIn() as house:
        monkeypatch.setenv('GITHUB_TOKEN', 'hidden-token')
        monkeypatch.setenv('GITHUB_REPOSITORY', 'lights/house')
        monkeypatch.setenv('GITHUB_API_URL', house.url)
        house.faults = [(403, {}, False)]
        code, out, _ = run('tag', '--to', 'local', '--plan', plan, '--push', remote)
        assert code == 5
        assert out.count('the forge shows the notes of') == 2
        assert 'no notes of' in out
        assert 'hidden' not in out
        code, out, _ = run('tag', '--to', 'local', '--plan', plan, '--push', remote)
        assert code == 0
        assert out.count('the forge shows the notes of') == 1
        assert len(house.releases) == 3
        assert all('First release.' in release['body'] for release in house.releases.values())
        assert run('tag', '--to', 'local', '--plan', plan, '--push', remote, '--forge', 'none')[0] == 0


def test_only_what_is_served_is_tagged_and_tags_go_to_the_remote_one_by_one(run, project, tmp_path):
    remote = tmp_path / 'remote.git'
    subprocess.run(['git', 'init', '--quiet', '--bare', remote], check=True)
    code, _, _ = run('tag', '--to', 'local', '--dry-run')
    assert code == 5
    run('publish', '--to', 'local', *QUICK, '--no-verify')
    (local_folder(project.root) / FILES[-1]).unlink()
    code, out, _ = run('tag', '--to', 'local', '--push', remote)
    assert code == 5
    assert out.splitlines() == [
        'genkit-v1.0.0',
        'genkit-plugin-open-ai-v1.0.0',
        'sent genkit-v1.0.0',
        'sent genkit-plugin-open-ai-v1.0.0',
        'kit is not on the index as it was built: no tag',
    ]
    said = project.git('tag', '--list', '--format=%(contents)', 'genkit-plugin-open-ai-v1.0.0')
    assert said == 'genkit-plugin-open-ai 1.0.0\n\nRequires: genkit<2,>=1.0.0'
    listed = subprocess.run(['git', 'tag', '--list'], cwd=remote, capture_output=True, text=True, check=True).stdout
    assert listed.split() == ['genkit-plugin-open-ai-v1.0.0', 'genkit-v1.0.0']


def test_a_tag_of_another_commit_stops(run, project, tmp_path):
    plan = tmp_path / 'plan.json'
    run('plan', '--out', plan)
    run('publish', '--to', 'local', '--plan', plan, *QUICK, '--no-verify')
    remote = tmp_path / 'remote.git'
    subprocess.run(['git', 'init', '--quiet', '--bare', remote], check=True)
    head = project.git('rev-parse', 'HEAD')
    project.commit('chore: later')
    project.git('push', '--quiet', str(remote), 'HEAD:refs/tags/genkit-v1.0.0')
    project.git('reset', '--quiet', '--hard', head)
    code, _, err = run('tag', '--to', 'local', '--plan', plan, '--push', remote)
    assert code == 4
    assert "error[RK-TAG-TAKEN]: the tag 'genkit-v1.0.0'" in err


def test_rollback_is_honest_about_what_can_be_undone(run, project):
    _, out, _ = run('rollback', '--to', 'local')
    assert out.count(': abandon: nothing of it is public') == 3
    run('publish', '--to', 'local', *QUICK, '--no-verify', '--only', 'kit')
    code, out, _ = run(
        'rollback', '--to', 'local', '--only', 'kit', '--reason', 'It \x1b[1mlost\x1b[0m <data>.', '--write'
    )
    assert code == 0
    assert 'kit 1.0.0: yank: 2 files are public and will stay so' in out
    assert 'delete' not in out
    (intent,) = (project.root / '.changes').iterdir()
    assert intent.read_text() == '---\nkit: patch\n---\nIt lost &lt;data>.\n\nReplaces: kit 1.0.0\n'
    assert project.versions(None, 'kit') == {'kit': '1.0.1'}


def test_rollback_works_on_what_was_published_last_when_it_is_tagged(run, project):
    run('publish', '--to', 'local', *QUICK, '--no-verify')
    assert run('tag', '--to', 'local')[0] == 0
    project.commit('chore: something else', 'README.md')
    code, out, _ = run('rollback', '--to', 'local', '--write')
    assert (code, out.count(': yank: 2 files are public')) == (0, 3)
    assert set(project.versions().values()) == {'1.0.1'}
    assert project.plan().by_name['kit'].changes[0].text == 'A release was faulty.'
    (project.root / '.changes').joinpath('again.md').write_text('---\nkit: patch\n---\nBurnt.\n\nReplaces: kit 1.0.1\n')
    assert project.versions()['kit'] == '1.0.2'


def test_rollback_says_what_is_tagged_and_not_public(run, project):
    project.tag('kit-v1.0.0', 'genkit-v1.0.0', 'genkit-plugin-open-ai-v1.0.0')
    _, out, _ = run('rollback', '--to', 'local', '--only', 'kit')
    assert out.strip() == (
        'kit 1.0.0: abandon: it is tagged, and nothing of it is public; publish it, or take the tag away'
    )


def _start(*arguments):
    return subprocess.Popen(
        [sys.executable, '-m', 'releasekit', *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def test_ctrl_c_ends_what_is_under_way_and_the_next_run_goes_on(run, project):
    process = _start('publish', '--to', 'local', *QUICK, '--no-verify', '--upload-width', '1', '--events')
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get('text') == 'sending':
            process.send_signal(signal.SIGINT)
            break
    process.communicate(timeout=20)
    assert process.returncode == 130
    assert 0 < len(_held(project.root)) < 6
    code, _, _ = run('publish', '--to', 'local', *QUICK, '--no-verify')
    assert code == 0
    assert sorted(_held(project.root)) == FILES


def test_a_run_obeys_orders_from_another_terminal(run, project):
    process = _start('publish', '--to', 'local', *QUICK, '--no-verify', '--events', '--upload-width', '1')
    assert process.stdout is not None
    orders = None
    while orders is None:
        found = list(runs_folder(project.root).glob('*/local/orders'))
        orders = found[0] if found else None
        time.sleep(0.01)
    assert run('status', '--to', 'local', '--order', 'pause')[0] == 0
    assert run('status', '--to', 'local', '--order', 'resume')[0] == 0
    process.communicate(timeout=20)
    assert process.returncode == 0


def _kill_often(run, project, tmp_path, monkeypatch, times):
    """Kill runs at random moments; the index must end as that of a run that nobody disturbed."""
    run('publish', '--to', 'local', *QUICK, '--no-verify')
    undisturbed = _held(project.root)
    monkeypatch.setenv('RELEASEKIT_CACHE', str(tmp_path / 'killed'))
    seconds = random.Random(times)
    killed = 0
    for number in range(times):
        if number % 10 == 0 and (tmp_path / 'killed').exists():
            shutil.rmtree(tmp_path / 'killed' / 'local', ignore_errors=True)
            shutil.rmtree(tmp_path / 'killed' / 'artefacts', ignore_errors=True)
        process = _start('publish', '--to', 'local', *QUICK, '--no-verify')
        try:
            process.wait(timeout=seconds.uniform(0.2, 2.5))
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        process.communicate()
    assert killed
    code, _, err = run('publish', '--to', 'local', *QUICK, '--no-verify')
    assert code == 0, err
    assert _held(project.root) == undisturbed
    assert _clean(project)


@pytest.mark.timeout(60)
def test_a_run_that_is_killed_is_finished_by_the_next_one(run, project, tmp_path, monkeypatch):
    _kill_often(run, project, tmp_path, monkeypatch, 6)


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_a_run_that_is_killed_a_hundred_times_is_finished_too(run, project, tmp_path, monkeypatch):
    _kill_often(run, project, tmp_path, monkeypatch, 100)


def test_only_the_local_index_can_be_kept_up(run):
    code, _, err = run('publish', '--to', 'pypi', '--serve')
    assert code == 2
    assert "'pypi' is another; use --to local" in err


def test_the_time_is_that_of_the_whole_command(run, project):
    started = time.monotonic()
    _, out, _ = run('publish', '--to', 'local', *QUICK, '--no-verify', '--json')
    whole = time.monotonic() - started
    _, again, _ = run('publish', '--to', 'local', *QUICK, '--no-verify', '--events')
    events = [json.loads(line)['time'] for line in again.splitlines()]
    assert events[-1] - events[0] < json.loads(out)['seconds'] <= whole


@pytest.mark.timeout(180)
def test_the_local_index_stays_up_for_other_projects_until_it_is_interrupted(project, tmp_path):
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        '-m',
        'releasekit',
        'publish',
        '--to',
        'local',
        *QUICK,
        '--no-verify',
        '--serve',
        str(port),
    ]
    with subprocess.Popen(
        command, cwd=project.root, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stderr is not None
        index = f'http://127.0.0.1:{port}/simple/'
        target = tmp_path / 'there'
        try:
            assert any(f'{index} serves ' in line for line in serving.stderr)
            install = ('uv', 'pip', 'install', '--target', str(target), '--index-url', index, '--no-deps', 'kit')
            subprocess.run(install, check=True, capture_output=True)
            refused = httpx.post(f'http://127.0.0.1:{port}/', data={':action': 'file_upload'}, trust_env=False)
        finally:
            serving.send_signal(signal.SIGINT)
        serving.communicate()
    assert (tmp_path / 'there' / 'kit').is_dir()
    assert refused.is_client_error
    assert serving.returncode == 0


def test_a_file_of_our_version_that_is_none_of_ours_stops_everything(run, project):
    run('publish', '--to', 'local', *QUICK, '--no-verify')
    folder = local_folder(project.root)
    foreign = folder / 'kit-1.0.0-py311-none-any.whl'  # installers prefer it to one for every Python
    shutil.copy(folder / 'kit-1.0.0-py3-none-any.whl', foreign)
    for command in (('publish', *QUICK, '--no-verify'), ('verify',), ('tag',)):
        code, out, err = run(command[0], '--to', 'local', *command[1:])
        assert code != 0, command
        assert f'{foreign.name}: the index has this file of kit 1.0.0' in out + err or 'kit is not on the index' in out
    assert 'kit-v1.0.0' not in project.git('tag').split()
