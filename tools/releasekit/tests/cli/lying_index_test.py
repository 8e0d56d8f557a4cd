# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Commands that ask an index which does not answer properly: an error of the index, and never a fault of the tool."""

import pytest

from tools.releasekit.tests.index.fault_index import FaultIndex


QUICK = ('--no-proof', '--sample', '0')
JSON = 'application/vnd.pypi.simple.v1+json'
PAGES = {
    'status 500': (500, 'text/html', '<h1>boom</h1>', {}),
    'no gzip': (200, 'text/html', 'not gzip', {'Content-Encoding': 'gzip'}),
    'a cut body': (200, 'text/html', '<!DOCTYPE html>', {'Content-Length': '100000', 'Connection': 'close'}),
    'a redirect to a file': (302, 'text/html', '', {'Location': 'file:///etc/passwd'}),
    'a list': (200, JSON, '[]', {}),
    'depth': (200, JSON, '[' * 200_000, {}),
    'a login': (200, 'text/html', '<!DOCTYPE html><html><form>who?</form></html>', {}),
}


@pytest.fixture
def index(project, monkeypatch):
    """An index that the workspace of a test knows by the name of `mine`."""
    monkeypatch.setenv('UV_PUBLISH_TOKEN', 'pypi-of-a-test')
    monkeypatch.setenv('UV_OFFLINE', '0')
    with FaultIndex() as index:
        table = f'[[tool.uv.index]]\nname = "mine"\nurl = "{index.url}/simple/"\npublish-url = "{index.url}/"\n'
        project.append('pyproject.toml', f'\n{table}\n[tool.releasekit]\npublish-to = "mine"\n')
        project.commit('build: an index')
        yield index


@pytest.mark.timeout(180)
def test_an_index_that_does_not_answer_properly_is_an_error_of_the_index(run, index):
    assert run('build', *QUICK)[0] == 0
    for name, page in PAGES.items():
        index.page = page
        for command in ('status', 'rollback', 'tag'):
            code, _, err = run(command, '--to', 'mine')
            assert (code, 'error[RK-INDEX-SLOW]: mine does not say what it has' in err) == (5, True), (name, err)
        code, _, err = run('publish', '--to', 'mine', *QUICK, '--dry-run')
        assert (code, 'error[RK-PREFLIGHT]' in err) == (4, True), (name, err)
        assert 'mine was not asked' in run('doctor')[1], name
        assert 'mine was not asked' in ''.join(run('plan', '--to', 'mine')[1:]), name


@pytest.mark.timeout(180)
def test_nothing_is_tagged_where_the_index_says_other_hashes_than_its_files_have(run, index, project):
    assert run('publish', '--to', 'mine', *QUICK, '--no-verify')[0] == 0
    index.says = '0' * 64
    for command in (('tag', '--to', 'mine', '--dry-run'), ('tag', '--to', 'mine')):
        code, _, err = run(*command)
        assert (code, 'error[RK-VERIFY]: mine says other hashes than its files have' in err) == (5, True)
    assert project.git('tag', '--list') == ''
    index.says = ''
    assert run('tag', '--to', 'mine', '--dry-run')[0] == 0


def test_a_baseline_that_is_nested_too_deeply_is_none(run, good, tmp_path):
    known = tmp_path / 'known.json'
    known.write_text('[' * 200_000)
    code, _, err = run('check', '--root', good.root, '--baseline', known)
    assert (code, 'RK-BASELINE' in err, 'nested too deeply' in err) == (3, True, True)
