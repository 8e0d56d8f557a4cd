# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The program, and the application that it is run against."""

import sys
from pathlib import Path

import pytest
from conform.cli import main


@pytest.fixture(autouse=True)
def clean_imports(monkeypatch):
    """Applications that are loaded into this process leave nothing behind."""
    monkeypatch.setattr(sys, 'path', list(sys.path))
    known = set(sys.modules)
    yield
    for name in set(sys.modules) - known:
        if name.startswith(('conform_entry', 'tested_')):
            del sys.modules[name]


@pytest.fixture
def app():
    """An application whose models do what requests tell them."""
    return Path(__file__).parent / 'replay_app.py'


@pytest.fixture
def write(tmp_path):
    """Writes a file below the test's folder."""

    def call(place, text):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')
        return path

    return call


@pytest.fixture
def run(capsys):
    """The program: arguments in; exit code, output and errors out."""

    def call(*arguments):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


ZOO = """
from genkit import Message, GenerateResponse, Plugin
from genkit.plugin import make_model, model_action_metadata

class Zoo(Plugin):
    name = 'zoo'

    def __init__(self, word='Genkit', api_key=''):
        if api_key == 'wrong':
            raise RuntimeError('the key is refused')
        self.word = word

    async def resolve(self, kind, name):
        async def answer(request):
            return GenerateResponse(message=Message(role='model', content=self.word))
        return make_model(name, answer) if (kind, name) == ('model', 'zoo/parrot') else None

    async def list_actions(self):
        return [model_action_metadata('zoo/parrot')]

class NoPlugin:
    pass
"""


@pytest.fixture
def zoo(write, tmp_path, monkeypatch):
    """A plugin that is installed, in this process and in those that it starts; the folder it is in."""
    write('site/tested_zoo.py', ZOO)
    write('site/zoo-1.dist-info/METADATA', 'Metadata-Version: 2.1\nName: zoo\nVersion: 1\n')
    write(
        'site/zoo-1.dist-info/entry_points.txt', '[genkit.plugins]\nzoo = tested_zoo:Zoo\nbad = tested_zoo:NoPlugin\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path / 'site'))
    monkeypatch.setenv('PYTHONPATH', str(tmp_path / 'site'))
    return tmp_path / 'site'
