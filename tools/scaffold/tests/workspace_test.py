# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The guide "Write a plugin in ten minutes", step by step, every kind of plugin and a sample, in a copy of this
workspace.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from scaffold.plugin import Kind


ROOT = Path(__file__).parents[3]
GUIDE = ROOT / 'docs' / 'guide' / 'new-plugin.md'
STEPS = re.findall(r'^```bash\n(.*?)^```', GUIDE.read_text('utf-8'), re.DOTALL | re.MULTILINE)

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not shutil.which('git'), reason='a workspace is a repository'),
]


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        ['bash', '-eo', 'pipefail', '-c', command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f'{command}\n{done.stdout}\n{done.stderr}'
    return done.stdout


@pytest.fixture(scope='module')
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what version control knows, or would."""
    folder = tmp_path_factory.mktemp('a workspace') / 'genkit'
    listed = run('git ls-files -co --exclude-standard -z', ROOT).split('\0')
    for name in listed:
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    if (ROOT / '.tools' / 'uv').is_dir():  # where `bin/_uv` put it
        shutil.copytree(ROOT / '.tools' / 'uv', folder / '.tools' / 'uv', symlinks=True)
    run('git init -q . && git add -A && git -c user.name=a -c user.email=a@b.example commit -qm all', folder)
    return folder


def test_the_guide_leads_to_a_plugin_that_passes_everything(workspace: Path):
    assert len(STEPS) == 5
    said = [run(step, workspace) for step in STEPS]
    assert 'passed' in said[1]
    assert said[3] == 'Polly!\n'
    changed = run('git status --porcelain', workspace).split('\n')
    assert changed == [' M docs/guide/models.md', ' M uv.lock', '?? plugins/parrot/', '']


def test_the_other_kinds_pass_their_contracts_and_their_readmes_run(workspace: Path):
    kinds = [kind for kind in Kind if kind != Kind.MODEL]
    for kind in kinds:
        run(f'bin/new plugin fresh-{kind} --kind {kind}', workspace)
    folders = ' '.join(f'plugins/fresh-{kind}' for kind in kinds)
    said = run(f'bin/test {folders} tests/docs -v -k fresh', workspace)
    for kind in kinds:
        assert re.search(rf'plugins/fresh-{kind}/tests/fresh_{kind}_test.py::.* PASSED', said)
        assert re.search(rf'\[plugins/fresh-{kind}/README.md\] PASSED', said)


def test_a_sample_runs_and_passes_the_tests_of_samples(workspace: Path):
    said = run('bin/new sample fresh-sample', workspace)
    assert said.endswith('samples/fresh-sample is written. Try it: samples/fresh-sample/run.sh && bin/check\n')
    assert run("samples/fresh-sample/run.sh --question 'Is there soup?'", workspace) == 'You said: Is there soup?\n'
    said = run('bin/test tests/samples/samples_test.py -v -k fresh', workspace)
    assert 'test_the_sample_imports[fresh-sample] PASSED' in said


@pytest.mark.nightly  # each of the checks runs for this workspace anyway
def test_all_of_them_together_pass_the_checks(workspace: Path):
    run('bin/check', workspace)
