# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""README and guide are true: their sessions print what they show, and their tables are complete."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from conform.model.capabilities import capabilities
from conform.model.validators import VALIDATORS
from conform.specs.folders import Settings
from conform.specs.read import read_cases


README = Path(__file__).parent.parent / 'README.md'
GUIDE = Path(__file__).parents[3] / 'docs/guide/conformance.md'
BLOCK = re.compile(r'^```(\w+)\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def blocks(path, language):
    return [text for name, text in BLOCK.findall(path.read_text(encoding='utf-8')) if name == language]


def table(name):
    text = README.read_text(encoding='utf-8')
    return text.split(f'<!-- {name}: begin -->\n')[1].split(f'<!-- {name}: end -->')[0].splitlines()[2:]


def without_numbers(text):
    return re.sub(r'[0-9a-f]{32}', 'TRACE', re.sub(r'\d+\.\d+ s', 'N s', text))


@pytest.mark.parametrize('session', blocks(GUIDE, 'console'))
def test_a_session_prints_what_the_guide_shows(run, write, monkeypatch, tmp_path, session):
    write('zoo/main.py', blocks(GUIDE, 'python')[0])
    write('zoo/conformance.yaml', blocks(GUIDE, 'yaml')[0])
    monkeypatch.chdir(tmp_path / 'zoo')
    printed = ''
    for line in session.splitlines():
        if line.startswith('$ conform '):
            _, out, err = run(*shlex.split(line)[2:])
            printed += f'{line}\n{err}{out}'
    assert without_numbers(printed) == without_numbers(session)


@pytest.mark.parametrize('line', [line for block in blocks(README, 'bash') for line in block.splitlines()])
def test_a_command_of_the_readme_runs(run, write, zoo, monkeypatch, tmp_path, line):
    monkeypatch.chdir(tmp_path)
    write('plugins/zoo/conformance.yaml', '{model: zoo/parrot, supports: [multiturn]}')
    code, out, err = run(*shlex.split(line)[1:])
    assert (code, err) in {(0, ''), (1, '')}
    assert ' zoo/parrot multiturn ' in out


def test_the_specs_and_settings_that_are_shown_are_valid(write):
    for place in (README, GUIDE):
        for number, text in enumerate(blocks(place, 'yaml')):
            assert read_cases(write(f'{place.stem}-{number}.yaml', text))
        for text in blocks(place, 'toml'):
            Settings.model_validate(tomllib.loads(text)['tool']['conform'])


def test_the_table_of_capabilities_is_complete():
    expected = [
        f'| `{name}` | {"yes" if found.is_default else ""} | {found.summary} | '
        f'{" ".join(f"`{question.text}`" for question in found.test.questions)} |'
        for name, found in capabilities().items()
    ]
    assert table('capabilities') == expected


def test_the_table_of_validators_is_complete():
    assert table('validators') == [f'| `{item.usage}` | {item.summary} |' for item in VALIDATORS.values()]
