# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The verdicts hold for the validators alone, in both modes of the whole program, and in the real developer tools."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from conform.cli import main
from conform.model.answer import Answer
from conform.model.capabilities import parse_question
from conform.model.suite import Case

from .verdicts import STRICTER, VERDICTS


APP = Path(__file__).parent / 'replay_app.py'

# What a model returns as data is read as a response, which puts these right before a validator sees them.
READ = {'shape, a text as content', 'shape, null for absent', 'shape, a text as number'}
EXPECTED = {verdict.name: verdict.passes or verdict.name in READ for verdict in VERDICTS}


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / 'spec.json'
    path.write_text(json.dumps({'model': 'replay/model', 'tests': [verdict.spec() for verdict in VERDICTS]}))
    return path


def outcomes(path):
    return {case['test']: case['outcome'] == 'passed' for case in json.loads(path.read_text())['cases']}


@pytest.mark.parametrize(
    'verdict', [item for item in VERDICTS + STRICTER if not item.error], ids=lambda item: item.name
)
def test_the_validators_say_so(verdict):
    questions = tuple(parse_question(text) for text in verdict.validators)
    case = Case('m', verdict.name, questions=questions, stream=verdict.chunks is not None)
    problem = case.problem(Answer(verdict.response, [{'content': content} for content in verdict.chunks or ()]))
    assert (problem is None) is verdict.passes, problem


def test_every_validator_has_verdicts_of_both_kinds():
    from conform.model.validators import VALIDATORS

    for name in VALIDATORS:
        found = {item.passes for item in VERDICTS if [text.partition(':')[0] for text in item.validators] == [name]}
        assert found == {True, False}, name


@pytest.mark.parametrize('mode', ['native', 'reflection'])
def test_the_whole_program_says_so(spec, tmp_path, mode):
    report = tmp_path / 'report.json'
    code = main(['run', str(spec), '--entry', str(APP), '--mode', mode, '--json', str(report)])
    assert code == 1
    assert outcomes(report) == EXPECTED


def find_cli():
    """Returns the developer tools, wherever the tests between languages have installed them."""
    interop = [Path(__file__).parents[3] / 'tests', Path(tempfile.gettempdir())]
    installed = [str(folder / 'interop/node_modules/.bin/genkit') for folder in interop]
    return next(filter(None, map(shutil.which, [os.environ.get('GENKIT_CLI', 'genkit'), *installed])), None)


@pytest.mark.skipif(find_cli() is None, reason='genkit-cli is not installed: npm install in tests/interop')
@pytest.mark.timeout(90)
def test_the_developer_tools_say_so(spec, tmp_path):
    (tmp_path / 'pyproject.toml').touch()  # what the tools take for the project
    command = [find_cli(), '--non-interactive', 'dev:test-model', '--from-file', spec, '--', sys.executable, str(APP)]
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, encoding='utf-8', timeout=80, check=False
    )
    told = re.findall(r'^(?:Error: )?\S+ (Passed|Failed): (.*?)(?: - .*)?$', run.stdout + run.stderr, re.MULTILINE)
    assert run.returncode == 1, run.stdout + run.stderr
    assert {name: word == 'Passed' for word, name in told} == EXPECTED
