# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The applications of the guide are files: their tests pass in a project of their own, installed as the page says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from .blocks_test import ROOT, write_files


GUIDE = ROOT / 'docs' / 'guide'
TOML = re.compile(r'^```toml\n(.*?)^```', re.DOTALL | re.MULTILINE)
SHELL = re.compile(r'^```bash\n(.*?)^```', re.DOTALL | re.MULTILINE)


def write_project(page: str, folder: Path) -> str:
    """Write the files of a page's application, and return its settings for pytest."""
    text = (GUIDE / page).read_text(encoding='utf-8')
    assert write_files(text, folder) == ['app', 'app_test']
    settings = TOML.search(text)
    assert settings is not None
    return settings[1]


@pytest.mark.parametrize(('page', 'tests'), [('testing.md', 4), ('first-application.md', 2)])
def test_the_tests_of_the_page_pass_in_a_project_of_their_own(page: str, tests: int, tmp_path: Path):
    (tmp_path / 'pyproject.toml').write_text(write_project(page, tmp_path), encoding='utf-8')
    command = [sys.executable, '-m', 'pytest', 'app_test.py', '-q', '-p', 'no:schemathesis', '-p', 'no:cacheprovider']
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=50, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f'{tests} passed' in ran.stdout


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.name != 'posix', reason='the commands are written for a shell')
def test_the_first_application_is_installed_run_and_tested_by_the_commands_of_its_page(tmp_path: Path):
    """Asks the package index, as the page's reader does."""
    install, run, *_ = SHELL.findall((GUIDE / 'first-application.md').read_text(encoding='utf-8'))
    environment = {name: value for name, value in os.environ.items() if name != 'VIRTUAL_ENV'}
    environment['PATH'] = f'{Path(sys.executable).parent}{os.pathsep}{environment["PATH"]}'

    def shell(commands: str, folder: Path) -> str:
        ran = subprocess.run(
            ['bash', '-euc', commands], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    shell(install.replace('CHECKOUT', shlex.quote(str(ROOT))), tmp_path)
    project = tmp_path / 'hotel'
    settings = write_project('first-application.md', project)
    with (project / 'pyproject.toml').open('a', encoding='utf-8') as file:
        file.write(f'\n{settings}')
    assert shell(run, project).strip()
    assert '2 passed' in shell('uv run pytest', project)
