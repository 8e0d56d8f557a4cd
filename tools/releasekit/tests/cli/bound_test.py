# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is published is installed with third parties from where its users have them, not from the index it went to."""

import pytest

from tools.releasekit.tests.index.bound_test import wheel
from tools.releasekit.tests.index.fault_index import FaultIndex


@pytest.fixture
def target(project):
    """An index that takes any name from anybody; somebody sent a newer iniconfig and a newer genkit there."""
    with FaultIndex() as index:
        index.held.update([wheel('iniconfig', '99.0'), wheel('genkit', '99.0')])
        yield index


def named(index):
    return f'[[tool.uv.index]]\nname = "mine"\nurl = "{index.url}/simple/"\npublish-url = "{index.url}/"\n'


@pytest.mark.timeout(120)
@pytest.mark.parametrize('mark', ['', 'explicit = true\n'])
def test_a_third_party_that_was_put_on_the_target_is_not_installed(run, project, target, monkeypatch, mark):
    monkeypatch.setenv('UV_PUBLISH_TOKEN', 'pypi-of-a-test')
    project.append('pyproject.toml', named(target) + mark)
    project.replace('tools/kit/pyproject.toml', 'dependencies = [\n]', 'dependencies = ["iniconfig"]')
    project.append('tools/kit/src/kit/__init__.py', '\nimport iniconfig\n\nassert not hasattr(iniconfig, "ORIGIN")\n')
    project.commit('feat: need somebody')
    request = ('publish', '--to', 'mine', '--only', 'kit', '--sample', '0')
    code, out, err = run(*request, '--no-proof')
    assert code == 0, out + err
    target.held['kit-1.0.0.tar.gz'] += b'altered'
    assert run('verify', '--to', 'mine', '--only', 'kit')[0] == 5


@pytest.mark.timeout(120)
def test_a_member_that_the_plan_does_not_release_comes_from_where_its_release_is(run, project, target, monkeypatch):
    monkeypatch.setenv('UV_PUBLISH_TOKEN', 'pypi-of-a-test')
    project.append('pyproject.toml', named(target))
    project.commit('build: an index')
    del target.held['genkit-99.0-py3-none-any.whl']
    assert run('publish', '--to', 'mine', '--only', 'genkit', '--no-proof', '--sample', '0', '--no-verify')[0] == 0
    project.tag('genkit-v1.0.0')
    project.commit('fix(genkit-plugin-open-ai): more', 'plugins/open-ai/src/genkit_open_ai/x.py')
    code, out, err = run('publish', '--to', 'mine', '--only', 'genkit-plugin-open-ai', '--sample', '0')
    assert code == 0, out + err  # nowhere else is a genkit of that version
    assert 'resolving for Python 3.11, highest' in err


def test_an_unknown_index_is_refused_before_anything_is_built(run, project):
    for command in ('publish', 'verify'):
        code, _, err = run(command, '--to', 'nowhere')
        assert code == 2
        assert 'RK-INDEX-UNKNOWN' in err
        assert 'building' not in err
