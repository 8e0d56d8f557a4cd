# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the gates say of built files, and how it is shown."""

import json
import os
import subprocess


QUICK = ('--no-proof', '--sample', '0', '--only', 'kit')
POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n'


def test_every_objection_has_a_line_of_its_own(run, project):
    for name in ('.env', 'weights.bin'):
        project.write(f'tools/kit/src/kit/{name}', POINTER)
    project.git('add', '--force', 'tools/kit/src/kit/.env')
    project.commit('feat: files too many')
    code, _, err = run('build', *QUICK)
    assert code == 4
    lines = err.splitlines()
    start = lines.index('error[RK-GATE]: kit 1.0.0 is not fit to be published:')
    assert len(lines[start + 1 :]) == 6
    assert "  kit-1.0.0-py3-none-any.whl: stray: 'kit/.env' does not belong into it" in lines
    pointer = "pointers: 'kit/weights.bin' is a pointer of git-lfs, not the file: `git lfs install && git lfs pull`"
    assert any(line.startswith(f'  kit-1.0.0-py3-none-any.whl: {pointer}') for line in lines)
    _, out, _ = run('build', *QUICK, '--json')
    assert json.loads(out)['message'].startswith('kit 1.0.0 is not fit to be published: kit-1.0.0-py3-none-any.whl: ')


def test_requirements_that_only_the_backend_knows_are_let_through(run, project, uv):
    project.replace('tools/kit/pyproject.toml', 'dependencies = [\n]', 'dynamic = ["dependencies"]')
    project.replace('tools/kit/pyproject.toml', '"hatchling"', '"setuptools>=77"')
    project.replace('tools/kit/pyproject.toml', '"hatchling.build"', '"setuptools.build_meta"')
    project.append(
        'tools/kit/pyproject.toml',
        '\n[tool.setuptools.dynamic]\ndependencies = { file = ["requirements.txt"] }\n'
        '[tool.setuptools.package-data]\nkit = ["py.typed"]\n',
    )
    project.write('tools/kit/requirements.txt', 'iniconfig>=1\n')
    online = {**os.environ, 'UV_OFFLINE': '0'}  # the build backend may be in no cache yet
    subprocess.run([uv, 'lock', '--quiet'], cwd=project.root, env=online, check=True)
    project.commit('feat: need somebody')
    code, _, err = run('build', *QUICK)
    assert code == 0, err


def test_a_wheel_that_installs_nothing_is_stopped_where_there_is_something_to_install(run, project):
    project.replace('tools/kit/pyproject.toml', 'packages = ["src/kit"]', 'only-include = ["nothing"]')
    project.commit('build: take nothing')
    code, _, err = run('build', *QUICK)
    assert code == 4
    assert 'empty: it installs nothing, and tools/kit/src/kit/__init__.py is there: tell the build backend' in err
