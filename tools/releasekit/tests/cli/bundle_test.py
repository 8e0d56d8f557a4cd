# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What one job built another one publishes, without a build backend; what is there already is known by its content."""

import json
import os
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime

import pytest
from releasekit.index.connection import local_folder
from releasekit.workspace.places import cache_folder

from tools.releasekit.tests.index.fault_index import FaultIndex


QUICK = ('--no-proof', '--sample', '0')
TO = ('--to', 'local')


@pytest.fixture
def bundle(run, project, tmp_path):
    """A bundle of three packages, with the options that name it, in a cache that knows nothing of its build."""
    plan, folder = tmp_path / 'plan.json', tmp_path / 'bundle'
    run('plan', '--out', plan)
    code, out, err = run('build', '--plan', plan, *TO, '--out', folder, *QUICK, '--json')
    assert code == 0, err
    shutil.rmtree(cache_folder() / 'artefacts')
    return folder, ('--plan', plan, '--from', folder), json.loads(out)['bundle']


def no_backend(monkeypatch):
    def refuse(*_):
        raise AssertionError('something was built')

    monkeypatch.setattr('releasekit.commands.build.build_plan', refuse)


def test_a_bundle_is_published_verified_and_tagged_without_building(run, project, bundle, tmp_path, monkeypatch):
    folder, options, sha256 = bundle
    no_backend(monkeypatch)
    listed = json.loads((folder / 'bundle.json').read_text())
    assert listed['commit'] == project.git('rev-parse', 'HEAD')
    assert {entry['file'] for entry in listed['companions'] if entry['package'] == 'kit'} == {
        'kit.cdx.json',
        'kit.provenance.json',
    }
    code, out, err = run('publish', *TO, *options, '--bundle-sha256', sha256, '--no-verify')
    assert code == 0, err
    assert out.startswith('3 of 3 packages are on local')
    held = {path.name: path.read_bytes() for path in local_folder(project.root).iterdir()}
    assert held == {path.name: path.read_bytes() for path in folder.glob('*/*.*') if path.name in held}
    assert run('verify', *TO, *options, '--bundle-sha256', sha256)[0] == 0
    remote = tmp_path / 'remote.git'
    subprocess.run(['git', 'init', '--quiet', '--bare', remote], check=True)
    code, out, _ = run('tag', *TO, *options, '--push', remote)
    assert (code, 'sent kit-v1.0.0' in out) == (0, True)


def test_a_bundle_that_was_altered_is_refused(run, bundle, tmp_path):
    folder, options, sha256 = bundle
    request = ('publish', *TO, '--no-verify')
    code, _, err = run(*request, *options, '--bundle-sha256', '0' * 64)
    assert (code, f'has sha256 {sha256}, expected was 000' in err) == (4, True)
    wheel = next(folder.glob('kit/*.whl'))
    content = wheel.read_bytes()
    for new in (content + b'x', None):
        wheel.write_bytes(new) if new else wheel.unlink()
        code, _, err = run(*request, *options)
        assert code == 4
        assert 'RK-BUNDLE' in err
        assert str(wheel) in err
    wheel.write_bytes(content)
    listed = json.loads((folder / 'bundle.json').read_text())
    for change, said in (
        ({'plan': 'another'}, 'is of the plan another'),
        ({'commit': 'c' * 40}, 'is of the commit cccccccccccc, not of '),
        ({'files': listed['files'][1:]}, 'a wheel and a source are expected'),
        ({'files': [*listed['files'], {**listed['files'][0], 'file': '../x.whl'}]}, 'expected'),
        ({'companions': [{**listed['companions'][0], 'file': '../../plan.json'}]}, 'has no place in the bundle'),
        ({'companions': [{**listed['companions'][0], 'package': '..'}]}, 'has no place in the bundle'),
        ({'schema': 'other'}, "has schema 'other'"),
        ({'files': 1}, 'is no list of a bundle'),
    ):
        (folder / 'bundle.json').write_text(json.dumps({**listed, **change}))
        code, _, err = run(*request, *options)
        assert (code, said in err) == (4, True), err
    (folder / 'bundle.json').write_text('[' * 200_000)
    code, _, err = run(*request, *options)
    assert (code, 'is no list of a bundle: it is nested too deeply' in err) == (4, True), err


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='the system has no pipes with names')
def test_a_pipe_in_a_bundle_keeps_nobody_waiting(run, bundle):
    folder, options, _ = bundle
    for path in (next(folder.glob('kit/*.whl')), folder / 'kit/kit.cdx.json', folder / 'bundle.json'):
        content = path.read_bytes()
        path.unlink()
        os.mkfifo(path)
        for command in ('publish', 'verify', 'tag'):
            code, _, err = run(command, *TO, *options)
            assert (code, f'{path}: Not a regular file' in err, 'nothing was sent' in err) == (4, True, False), err
        path.unlink()
        path.write_bytes(content)


def test_nothing_is_verified_where_nothing_is_planned(run, project):
    project.tag('genkit-v1.0.0', 'genkit-plugin-open-ai-v1.0.0', 'kit-v1.0.0')
    assert run('verify', *TO) == (0, 'nothing to verify: the plan is empty\n', '')


def test_a_bundle_is_not_written_over_another(run, bundle, tmp_path):
    folder, (_, plan, *_), _ = bundle
    code, _, err = run('build', '--plan', plan, '--out', folder, *QUICK)
    assert (code, 'is not empty' in err) == (4, True)
    code, _, err = run('publish', *TO, '--bundle-sha256', '0')
    assert (code, '--from' in err) == (2, True)


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(run, project, bundle):
    folder, options, _ = bundle
    (local := local_folder(project.root)).mkdir(parents=True)
    shutil.copy(next(folder.glob('kit/*.whl')), local)
    code, out, err = run('publish', *TO, *options, '--dry-run')
    assert code == 0, err
    assert out.splitlines()[-1] == '5 files would be sent to local, 1 is there; nothing was sent'
    assert 'genkit-1.0.0.tar.gz' in out
    assert [path.name for path in local.iterdir()] == ['kit-1.0.0-py3-none-any.whl']
    code, out, _ = run('publish', *TO, *options, '--dry-run', '--json')
    document = json.loads(out)
    assert (document['dry_run'], document['exit_code']) == (True, 0)
    assert {entry['stage'] for entry in document['packages']} == {'waiting'}


def repacked(path, **changes):
    """Pack a wheel again as another version of its backend would."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name).decode() for name in reversed(archive.namelist())}
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_STORED) as archive:
        for name, text in files.items():
            archive.writestr(name, changes.get(name, text.replace('Generator: hatchling', 'Generator: newer')))


def test_what_another_machine_packed_and_sent_counts_as_sent(run, project, bundle):
    folder, options, _ = bundle
    (local := local_folder(project.root)).mkdir(parents=True)
    shutil.copy(next(folder.glob('kit/*.whl')), local)
    wheel = local / 'kit-1.0.0-py3-none-any.whl'
    repacked(wheel)
    theirs = wheel.read_bytes()
    code, _, err = run('publish', *TO, *options)
    assert code == 0, err
    assert 'kit: kit-1.0.0-py3-none-any.whl is there with other bytes that hold the same' in err
    assert wheel.read_bytes() == theirs
    assert run('verify', *TO, *options)[0] == 0
    assert run('tag', *TO, *options)[0] == 0


def test_what_holds_something_else_is_refused_with_the_first_difference(run, project, bundle):
    folder, options, _ = bundle
    (local := local_folder(project.root)).mkdir(parents=True)
    shutil.copy(next(folder.glob('kit/*.whl')), local)
    repacked(local / 'kit-1.0.0-py3-none-any.whl', **{'kit/__init__.py': 'import os\n'})
    code, _, err = run('publish', *TO, *options)
    assert code == 4
    assert 'RK-PREFLIGHT' in err
    assert "and 'kit/__init__.py' differs" in err
    code, out, _ = run('verify', *TO, *options)
    assert (code, "'kit/__init__.py' differs" in out) == (5, True)


def test_new_projects_of_today_are_counted_from_the_index(run, project, bundle, monkeypatch):
    with FaultIndex() as index:
        project.append(
            'pyproject.toml',
            '[tool.releasekit]\nnew-projects = 2\n'
            f'[[tool.uv.index]]\nname = "mine"\nurl = "{index.url}/simple/"\npublish-url = "{index.url}/"\n',
        )
        project.commit('build: an index')
        monkeypatch.setenv('UV_PUBLISH_TOKEN', 'pypi-of-a-test')
        request = ('publish', '--to', 'mine', '--dry-run', *QUICK, '--json')
        assert stages(run(*request)) == ['postponed', 'waiting', 'waiting']
        index.held['kit-1.0.0.tar.gz'] = next(cache_folder().glob('artefacts/*/kit/*.tar.gz')).read_bytes()
        assert stages(run(*request)) == ['waiting', 'waiting', 'waiting']  # nobody says when kit began
        index.uploaded = f'{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}'
        assert stages(run(*request)) == ['postponed', 'waiting', 'waiting']
        index.uploaded = '2020-01-01T00:00:00Z'
        assert stages(run(*request)) == ['waiting', 'waiting', 'waiting']


def stages(result):
    code, out, err = result
    assert code == 0, err
    return sorted(entry['stage'] for entry in json.loads(out)['packages'])
