# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from .rules import headers
from .rules.finding import expect_none


HEADER = '# Copyright 2026 The Genkit for Python authors\n# SPDX-License-Identifier: Apache-2.0\n'


def test_every_python_file_of_the_project_has_the_header(project):
    expect_none(headers.check(project))


@pytest.mark.parametrize(
    'before', ['', '#!/usr/bin/env python3\n', '# /// script\n# dependencies = ["genkit"]\n# ///\n']
)
def test_the_header_may_follow_what_a_script_needs_first(tree, before):
    assert headers.check(tree({'main.py': f'{before}{HEADER}"""Says hello."""\n'})) == []


@pytest.mark.parametrize(
    'text', ['', 'x = 1\n', f'"""Says hello."""\n{HEADER}', f'\n\nx = 1\n{HEADER}', HEADER.replace('Apache', 'MIT')]
)
def test_a_file_without_the_header_at_its_beginning_is_found(tree, text):
    [finding] = headers.check(tree({'core/src/genkit/ids.py': text, 'README.md': ''}))
    assert finding.place == 'core/src/genkit/ids.py'


@pytest.mark.parametrize('folder', ['.venv', 'core/dist', 'core/__pycache__'])
def test_what_version_control_ignores_needs_none(tree, folder):
    assert headers.check(tree({'.gitignore': '.venv/\ndist/\n', f'{folder}/ids.py': ''})) == []
