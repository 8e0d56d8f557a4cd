# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Versions written into files: all of them where they belong, or none."""

import os
import subprocess
import tomllib

import pytest
from releasekit.commands.plan import PlanOptions, plan_text
from releasekit.commands.version import write_versions
from releasekit.model.errors import RefusedError, WorkspaceError


CORE = 'core/src/genkit/x.py'


def run_uv(clone, *arguments):
    subprocess.run([os.environ['UV'], *arguments, '--quiet'], cwd=clone.root, check=True)


def write(clone, **options):
    return write_versions(clone.root, PlanOptions(), **options)


@pytest.fixture
def locked(clone, uv):
    clone.replace('plugins/open-ai/pyproject.toml', '"genkit"]', '\n  "genkit<2", # not yet\n]')
    run_uv(clone, 'lock')
    clone.commit('chore: lock')
    clone.git('tag', '--force', 'genkit-plugin-open-ai-v1.0.0')
    return clone


def test_versions_and_the_lock_follow_the_plan_and_nothing_else_changes(locked):
    locked.replace('core/pyproject.toml', 'version = "1.0.0"', 'version   = "1.0.0"  # the version')
    locked.commit('feat: x', CORE)
    report = write(locked)
    assert report.written == ('core/pyproject.toml', 'uv.lock')
    assert 'version   = "1.1.0"  # the version\n' in locked.read('core/pyproject.toml')
    changed = [
        line for line in locked.git('diff', '--unified=0').splitlines() if line[:1] in '+-' and line[:3] != '+++'
    ]
    assert len([line for line in changed if line[:3] != '---']) == 4
    run_uv(locked, 'lock', '--check')


def test_a_requirement_that_would_leave_the_version_out_is_widened_in_place(locked):
    locked.commit('feat!: x', CORE)
    report = write(locked)
    assert report.written == ('core/pyproject.toml', 'plugins/open-ai/pyproject.toml', 'uv.lock')
    manifest = locked.read('plugins/open-ai/pyproject.toml')
    assert '"genkit>=2.0.0,<3", # not yet\n' in manifest
    assert tomllib.loads(manifest)['project']['version'] == '1.0.1'
    run_uv(locked, 'lock', '--check')


def test_writing_again_writes_nothing(clone):
    clone.commit('feat: x', CORE)
    assert write(clone).written == ('core/pyproject.toml',)
    before = clone.git('diff')
    assert write(clone).written == ()
    assert clone.git('diff') == before


def test_a_dry_run_says_what_would_be_written(clone):
    clone.commit('feat: x', CORE)
    assert write(clone, is_dry=True).written == ('core/pyproject.toml',)
    assert clone.git('status', '--porcelain') == ''


def test_files_that_hold_or_repeat_a_version_are_written_too(clone):
    clone.write('core/src/genkit/_version.py', '"""x"""\n\n__version__: str = \'1.0.0\'  # here\nversion = "7"\n')
    clone.replace('core/pyproject.toml', 'version = "1.0.0"', 'dynamic = ["version"]')
    clone.append('core/pyproject.toml', '\n[tool.hatch.version]\npath = "src/genkit/_version.py"\n')
    clone.write('tools/kit/VERSION.txt', 'version = "0.0.0"\n')
    clone.append('pyproject.toml', '\n[tool.releasekit.packages.kit]\nversion-files = ["VERSION.txt"]\n')
    clone.commit('feat: x', 'core/x', 'tools/kit/x')
    report = write(clone)
    assert report.written == ('core/src/genkit/_version.py', 'tools/kit/VERSION.txt', 'tools/kit/pyproject.toml')
    assert clone.read('core/src/genkit/_version.py') == (
        '"""x"""\n\n__version__: str = \'1.1.0\'  # here\nversion = "7"\n'
    )
    assert clone.read('tools/kit/VERSION.txt') == 'version = "1.1.0"\n'


def test_intents_that_were_used_are_deleted_and_others_stay(clone):
    clone.write('.changes/a.md', '---\nkit: patch\n---\nA.\n')
    clone.write('.changes/b.md', '---\ngenkit: none\n---\nB.\n')
    clone.commit('chore: announce')
    assert write(clone).deleted == ('.changes/a.md',)
    assert sorted(path.name for path in (clone.root / '.changes').iterdir()) == ['b.md']


def test_a_frozen_plan_is_carried_out_and_a_stale_one_refused(clone, tmp_path):
    clone.commit('feat: x', CORE)
    (tmp_path / 'plan.json').write_text(plan_text(clone.plan()))
    options = PlanOptions(file=tmp_path / 'plan.json')
    assert write_versions(clone.root, options).written == ('core/pyproject.toml',)
    with pytest.raises(RefusedError, match='manifests was'):
        write_versions(clone.root, options)


def refusal(clone):
    with pytest.raises(RefusedError) as raised:
        write(clone)
    assert clone.git('status', '--porcelain') == ''
    return raised.value.code.id, str(raised.value)


def test_a_plan_with_problems_is_not_carried_out(clone):
    clone.git('checkout', '--quiet', '-b', 'other')
    clone.commit('fix: elsewhere', CORE)
    clone.tag('genkit-v1.0.1')
    clone.git('checkout', '--quiet', 'main')
    clone.commit('fix: here', CORE)
    code, message = refusal(clone)
    assert code == 'RK-PLAN-PROBLEMS'
    assert 'RK-PLAN-TAKEN in genkit: 1.0.1 exists already' in message


def test_when_uv_cannot_lock_every_file_is_put_back(locked):
    locked.write('.changes/a.md', '---\nkit: patch\n---\nA.\n')
    locked.append('samples/web-hello/pyproject.toml', '\n[dependency-groups]\nx = ["kit<1", "nowhere-to-be-found"]\n')
    locked.commit('feat: x', CORE)
    code, message = refusal(locked)
    assert code == 'RK-LOCK-FAILED'
    assert 'all files are as they were' in message


def test_a_lock_that_changes_elsewhere_is_put_back(locked):
    lock = locked.read('uv.lock')
    foreign = (
        '\n[[package]]\nname = "left-over"\nversion = "1.0"\nsource = { registry = "https://example.org/simple" }\n'
    )
    locked.write('uv.lock', lock.replace('requires-python = ">=3.11"', 'requires-python = ">=3.12"', 1) + foreign)
    locked.commit('feat: x', CORE)
    code, message = refusal(locked)
    assert code == 'RK-LOCK-FOREIGN'
    assert 'left-over' in message


def test_without_uv_the_lock_cannot_follow(locked, monkeypatch):
    locked.commit('feat: x', CORE)
    monkeypatch.setattr('releasekit.workspace.uv.lock.find_uv', lambda: None)
    assert refusal(locked)[0] == 'RK-UV-MISSING'


VERSIONS_WRONG = [
    ('version = "1.0.0"', 'dynamic = ["version"]', r'core/pyproject\.toml:5: genkit has no version; write `version`'),
    ('version = "1.0.0"', 'version = "one"', r"core/pyproject\.toml:7: 'one' is not a PEP 440 version"),
]


@pytest.mark.parametrize(('old', 'new', 'message'), VERSIONS_WRONG)
def test_a_version_that_cannot_be_read_is_named(clone, old, new, message):
    clone.replace('core/pyproject.toml', old, new)
    with pytest.raises(WorkspaceError, match=message):
        write(clone)


def test_a_version_file_without_a_version_is_named(clone):
    clone.append('pyproject.toml', '\n[tool.releasekit.packages.kit]\nversion-files = ["README.md", "nowhere"]\n')
    clone.commit('feat: x', 'tools/kit/x')
    with pytest.raises(WorkspaceError, match=r'tools/kit/README\.md: no line such as `__version__ = "1\.0"`'):
        write(clone)
    clone.replace('pyproject.toml', '"README.md", ', '')
    with pytest.raises(WorkspaceError, match=r'tools/kit/nowhere: cannot be read'):
        write(clone)


def test_a_byte_order_mark_and_line_ends_stay_where_they_are(locked):
    path = locked.root / 'plugins/open-ai/pyproject.toml'
    path.write_bytes(b'\xef\xbb\xbf' + path.read_bytes().replace(b'\n', b'\r\n'))
    run_uv(locked, 'lock', '--check')
    locked.commit('feat!: x', CORE, 'plugins/open-ai/src/genkit_open_ai/x.py')
    write(locked)
    written = path.read_bytes()
    assert written.startswith(b'\xef\xbb\xbf[build-system]\r\n')
    assert b'version = "2.0.0"\r\n' in written
    assert b'"genkit>=2.0.0,<3"' in written
    assert b'\n' not in written.replace(b'\r\n', b'')


def test_a_lock_gets_the_versions_and_no_backend_runs(locked, monkeypatch, tmp_path):
    ran = tmp_path / 'ran'
    locked.append(
        'tools/kit/pyproject.toml',
        '\n[tool.hatch.metadata.hooks.custom]\n\n[tool.hatch.build.hooks.custom]\n',
    )
    locked.write('tools/kit/hatch_build.py', f'open({str(ran)!r}, "w").close()\n')
    locked.commit('feat(kit): x', 'tools/kit/src/kit/y.py')
    before = locked.read('uv.lock')
    write_versions(locked.root, PlanOptions())
    assert locked.read('uv.lock') == before.replace(
        'name = "kit"\nversion = "1.0.0"', 'name = "kit"\nversion = "1.1.0"'
    )
    assert not ran.exists()
