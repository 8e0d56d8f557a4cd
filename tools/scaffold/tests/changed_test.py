# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import subprocess
from pathlib import Path

import pytest
from scaffold.changed import changed_files, folders_to_test
from scaffold.cli import main


ROOT = Path(__file__).parents[3]
MANIFEST = '[project]\nname = "{name}"\ndependencies = [{needed}]\n'


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a repository of four packages: core, a and b on it, and c on b."""
    (tmp_path / 'pyproject.toml').write_text('[tool.uv.workspace]\nmembers = ["core", "plugins/*"]\n')
    for folder, needed in {
        'core': '',
        'plugins/a': '"core>=1"',
        'plugins/b': '"core[x]"',
        'plugins/c': '"b ~= 1.0"',
    }.items():
        (tmp_path / folder).mkdir(parents=True)
        name = folder.rpartition('/')[2]
        (tmp_path / folder / 'pyproject.toml').write_text(MANIFEST.format(name=name, needed=needed))
    git(tmp_path, 'init', '-q', '-b', 'main')
    git(tmp_path, 'add', '.')
    git(tmp_path, 'commit', '-qm', 'first')
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    who = ('-c', 'user.name=t', '-c', 'user.email=t@t')
    subprocess.run(['git', *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize(
    ('file', 'expected'),
    [
        ('plugins/c/src/c.py', ['plugins/c', 'tests/house']),
        ('plugins/b/src/b.py', ['plugins/b', 'plugins/c', 'tests/house']),
        ('core/src/genkit/x.py', ['.']),
        ('plugins/b/README.md', ['plugins/b', 'tests/docs', 'tests/house']),
        ('docs/guide/flows.md', ['tests/docs', 'tests/house']),
        ('tests/docs/blocks.py', ['tests/docs']),
        ('tests/__init__.py', ['tests']),
        ('benchmarks/run.py', ['benchmarks']),
        ('uv.lock', ['.']),
        ('bin/test', ['.']),
    ],
)
def test_a_file_concerns_its_package_and_those_that_need_it(workspace: Path, file: str, expected: list[str]) -> None:
    assert folders_to_test(workspace, [file]) == expected


def test_what_was_changed_is_found_wherever_it_stands(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(workspace, 'checkout', '-qb', 'work')
    (workspace / 'plugins/a/committed é.py').touch()
    git(workspace, 'add', '.')
    git(workspace, 'commit', '-qm', 'second')
    (workspace / 'plugins/c/new.py').touch()
    with (workspace / 'plugins/b/pyproject.toml').open('a') as manifest:
        manifest.write('\n')
    expected = ['plugins/a/committed é.py', 'plugins/b/pyproject.toml', 'plugins/c/new.py']
    assert changed_files(workspace, 'main') == expected
    assert main(['--root', str(workspace), 'changed']) == 0
    assert capsys.readouterr().out.split() == ['plugins/a', 'plugins/b', 'plugins/c', 'tests/house']


def test_a_commit_that_does_not_exist_is_named(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(['--root', str(workspace), 'changed', '--since', 'nowhere']) == 2
    assert "'nowhere' cannot be compared" in capsys.readouterr().err


def test_this_workspace_is_understood() -> None:
    assert {'plugins/deepseek', 'plugins/groq'} < set(
        folders_to_test(ROOT, ['plugins/compat-oai/src/genkit_compat_oai/x.py'])
    )
