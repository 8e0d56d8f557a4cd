# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names with a prefix, from the manifests to an index and back."""

import json
import subprocess

import pytest


@pytest.mark.timeout(180)
def test_packages_are_published_and_installed_under_their_new_names(run, project, uv, monkeypatch):
    monkeypatch.delenv('UV_OFFLINE', raising=False)
    subprocess.run([uv, 'lock', '--quiet'], cwd=project.root, check=True)
    project.append('plugins/open-ai/README.md', '\nInstall it: `uv add genkit genkit-plugin-open-ai`.\n')
    project.commit('docs: how to install it')
    code, out, _ = run('rename', '--prefix', 'acme-')
    assert (code, out.splitlines()[-1]) == (0, '5 files would change; --write does it')
    code, out, err = run('rename', '--prefix', 'acme-', '--write')
    assert code == 0, err
    assert out.splitlines() == [
        'genkit -> acme-genkit',
        'genkit-plugin-open-ai -> acme-genkit-plugin-open-ai',
        'kit -> acme-kit',
        '5 files changed',
    ]
    assert 'uv add acme-genkit acme-genkit-plugin-open-ai' in project.read('plugins/open-ai/README.md')
    assert 'name = "acme-genkit"' in project.read('uv.lock')
    project.commit('build!: names with a prefix')
    code, out, err = run('publish', '--to', 'local', '--json')
    assert code == 0, err
    published = json.loads(out)
    assert published['wrong'] == []
    assert {package['name'] for package in published['packages']} == {
        'acme-genkit',
        'acme-genkit-plugin-open-ai',
        'acme-kit',
    }
    assert run('rename', '--prefix', 'acme-')[1] == 'nothing to rename\n'


def test_a_prefix_that_cannot_begin_a_name_is_refused(run, project):
    for prefix in ('-', 'Acme-', 'a b', ''):
        code, _, err = run('rename', '--prefix', prefix)
        assert (code, 'RK-USAGE' in err or prefix == '') == (0 if prefix == '' else 2, True), (prefix, err)


def test_a_name_that_would_be_too_long_is_refused(run, project):
    code, _, err = run('rename', '--prefix', f'{"a" * 93}-')
    assert (code, 'has 100 characters' in err, 'a name may have 100' in err) == (2, False, True)
