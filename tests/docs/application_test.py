# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The application and the tests of docs/guide/testing.md are files that pytest runs, with the settings shown there."""

import re
import subprocess
import sys
from pathlib import Path

from .blocks_test import ROOT, write_files


PAGE = ROOT / 'docs/guide/testing.md'
TOML = re.compile(r'^```toml\n(.*?)^```', re.DOTALL | re.MULTILINE)


def test_the_tests_of_the_page_pass_in_a_project_of_their_own(tmp_path: Path):
    text = PAGE.read_text(encoding='utf-8')
    assert write_files(text, tmp_path) == ['app', 'app_test']
    settings = TOML.search(text)
    assert settings is not None
    (tmp_path / 'pyproject.toml').write_text(settings[1], encoding='utf-8')
    command = [sys.executable, '-m', 'pytest', 'app_test.py', '-q', '-p', 'no:schemathesis', '-p', 'no:cacheprovider']
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=50, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert '4 passed' in ran.stdout
