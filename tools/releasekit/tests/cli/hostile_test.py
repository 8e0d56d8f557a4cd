# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What others wrote acts on no terminal, and hangs and breaks nothing."""

import json
import os
import re

import pytest
from releasekit.model.history import printable
from releasekit.workspace.load import load_workspace


ACTS = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u202a-\u202e\u2066-\u2069]')
SUBJECT = 'feat: \x1b[31mred\x1b[0m \x1b]0;title\x07bell\x07 back\x08 \u202eturned\u202c \x9b2Jclear \x1b]8;;http://x\x1b\\link'


def test_no_commit_acts_on_a_terminal_or_hides_in_a_changelog(run, news):
    news.git('config', 'user.name', 'Eve \x1b[2J')
    news.commit(
        f'{SUBJECT}\n\nBREAKING CHANGE: \x1b[1mbold\x1b[0m\n\nCo-authored-by: M\x1b[5mallory <m@x.y>', 'tools/kit/y'
    )
    for arguments in (('plan',), ('changelog', '--only', 'kit'), ('changelog', '--write', '--only', 'kit')):
        code, out, err = run(*arguments)
        assert code == 0
        assert ACTS.findall(out + err) == []
    written = news.read('tools/kit/CHANGELOG.md')
    assert ACTS.findall(written) == []
    assert 'red bell back turned 2Jclear link' in written
    assert 'bold' in written


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('plain ä 😀\n\ttext', 'plain ä 😀\n\ttext'),
        ('a\x1b[38;5;1mb\x1b[Kc', 'abc'),
        ('a\x1b]0;never closed', 'a'),
        ('a\x1bMb\x1b(Bc', 'abc'),
        ('a\rb\r\nc\x00', 'ab\nc'),
        ('\ufeffa\u2028b', 'ab'),
        ('\x1b', ''),
        ('', ''),
    ],
)
def test_texts_without_what_acts(text, shown):
    assert printable(text) == shown


HOSTILE = {
    'digits of a version': ('version = "1.0.0"', f'version = "1.0.{"9" * 5000}"', 'is not a PEP 440 version'),
    'digits of a number': ('[build-system]', f'[tool.x]\nn = {"9" * 5000}\n[build-system]', 'not TOML'),
    'depth': ('[build-system]', f'[tool.x]\nn = {"[" * 3000}{"]" * 3000}\n[build-system]', 'nested too deeply'),
    'digits of a requirement': ('dependencies = []', f'dependencies = ["x>={"9" * 5000}"]', 'not a PEP 508'),
}


@pytest.mark.parametrize(('old', 'new', 'problem'), HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize('command', ['check', 'plan'])
def test_absurd_manifests_are_one_clear_error(run, news, old, new, problem, command):
    news.replace('tools/kit/pyproject.toml', old, new)
    code, out, err = run(command)
    assert code in (1, 2, 3)
    assert problem in out + err
    assert 'Traceback' not in out + err
    assert '9' * 300 not in out + err


@pytest.mark.parametrize('text', ['[' * 100_000, '{"schema": ' + '9' * 5000 + '}'])
def test_absurd_plans_are_one_clear_error(run, news, tmp_path, text):
    (tmp_path / 'plan.json').write_text(text)
    code, _, err = run('version', '--plan', tmp_path / 'plan.json')
    assert (code, 'is no plan of schema' in err) == (3, True)


def test_absurd_manifests_of_the_past_are_no_reason_not_to_plan(run, news):
    old = news.read('tools/kit/pyproject.toml')
    news.write('tools/kit/pyproject.toml', f'project = 1\n[tool.x]\nn = {"[" * 3000}{"]" * 3000}\n')
    news.commit('chore: break')
    news.git('tag', '--force', 'kit-v1.0.0')
    news.write('tools/kit/pyproject.toml', old)
    news.commit('fix: mend')
    assert run('plan')[0] == 0


def test_absurd_tags_are_no_versions(run, news):
    news.git('tag', f'kit-v1.0.{"9" * 200}')
    assert run('plan')[0] == 0


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='the system has no pipes with names')
def test_pipes_are_no_files_and_nobody_waits_for_them(run, news):
    for path in ('tools/kit/README.md', 'core/src/genkit/pipe.py', 'LICENSE', '.changes/pipe.md'):
        (news.root / path).unlink(missing_ok=True)
        os.mkfifo(news.root / path)
    code, out, err = run('check')
    assert code == 1
    assert 'README.md is missing' in out + err
    assert run('plan')[2].count('cannot be read: Not a regular file') == 1
    (news.root / '.changes/pipe.md').unlink()
    for path, command in (
        ('uv.lock', ('plan',)),
        ('tools/kit/CHANGELOG.md', ('changelog', '--write', '--only', 'kit')),
    ):
        (news.root / path).unlink(missing_ok=True)
        os.mkfifo(news.root / path)
        code, _, err = run(*command)
        assert (code, 'Not a regular file' in err, 'Traceback' in err) == (3, True, False), command
        (news.root / path).unlink()
    os.mkfifo(news.root / 'plan.json')
    code, _, err = run('version', '--plan', news.root / 'plan.json')
    assert (code, 'Not a regular file' in err) == (3, True)
    assert len(load_workspace(news.root).members) > 1


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='the system has no pipes with names')
def test_a_pipe_for_a_lock_or_a_baseline_keeps_nobody_waiting(run, news, tmp_path):
    (news.root / 'uv.lock').unlink(missing_ok=True)
    os.mkfifo(news.root / 'uv.lock')
    for command in ('check', 'doctor'):
        code, out, err = run(command)
        assert (code, 'uv.lock: Not a regular file' in out + err) == (1, True), command
    os.mkfifo(tmp_path / 'known')
    code, _, err = run('check', '--baseline', tmp_path / 'known')
    assert (code, 'known cannot be read: Not a regular file' in err) == (3, True)


@pytest.mark.parametrize('moment', [99_999_999_999_999, 2**32])
def test_a_commit_at_an_impossible_time_is_one_clear_error(run, news, monkeypatch, moment):
    said = f'tree {news.git("rev-parse", "HEAD^{tree}")}\nparent {news.git("rev-parse", "HEAD")}\n'
    who = f'A <a@b.c> {moment} +0000'
    commit = news.git(
        *('hash-object', '-t', 'commit', '-w', '--stdin'),
        said=f'{said}author {who}\ncommitter {who}\n\nfix: x\n'.encode(),
    )
    news.git('reset', '--quiet', '--hard', commit)
    for command in ('plan', 'changelog', 'build'):
        code, _, err = run(command)
        assert (code, 'RK-GIT-DATE' in err) == (4, True), err


def test_a_plan_of_an_impossible_time_is_refused(run, news, tmp_path):
    run('plan', '--out', tmp_path / 'plan.json')
    document = json.loads((tmp_path / 'plan.json').read_text())
    (tmp_path / 'plan.json').write_text(json.dumps({**document, 'time': 10**14}))
    code, _, err = run('changelog', '--plan', tmp_path / 'plan.json')
    assert (code, 'which no commit has' in err) == (3, True)


def test_no_commit_begins_html_in_a_changelog(run, news):
    news.commit('fix(a<b>): <!-- hide --> <script>x</script> but `List<int>` stays', 'tools/kit/y')
    _, out, _ = run('changelog', '--only', 'kit')
    assert '**a&lt;b>:** &lt;!-- hide --> &lt;script>x&lt;/script> but `List<int>` stays' in out


def test_an_intent_acts_on_no_terminal(run, news):
    news.write('.changes/kit.md', '---\nkit: patch\n---\nIt is \x1b[2Jquicker.\n')
    _, out, _ = run('changelog', '--only', 'kit')
    assert 'It is quicker.' in out
