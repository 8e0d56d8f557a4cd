# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The specs of this repository's plugins: each can be read, and claims what the plugin's table says of its models."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest
from conform.specs.folders import find_folders
from conform.specs.read import read_cases
from genkit.plugin import Task


PLUGINS = Path(__file__).parents[3] / 'plugins'
FOLDERS = [folder for folder in find_folders(PLUGINS) if folder.spec is not None]
NEEDED = {
    'tool-request': 'tools',
    'streaming-tool-request': 'tools',
    'multiturn': 'multiturn',
    'streaming-multiturn': 'multiturn',
    'system-role': 'system_role',
    'input-image-base64': 'media',
    'input-image-url': 'media',
}
MADE = {'output-image': Task.IMAGE, 'output-audio': Task.SPEECH}


def test_there_are_specs():
    assert {'anthropic', 'compat-oai', 'deepseek', 'google-genai', 'groq', 'llamacpp', 'ollama'} <= {
        folder.name for folder in FOLDERS
    }


@pytest.mark.parametrize('folder', FOLDERS, ids=lambda folder: folder.name)
def test_a_spec_claims_what_the_plugin_says_of_its_models(folder):
    name = folder.settings.plugin or folder.name
    (found,) = entry_points(group='genkit.plugins', name=name)
    plugin = found.load()
    cases = read_cases(folder.spec)
    assert cases
    for case in cases:
        prefix, _, model = case.model.partition('/')
        assert prefix == plugin.name
        entry = plugin.models.find(model) if hasattr(plugin, 'models') else None
        if entry is None:
            continue  # a server says itself which models it has
        if case.name in NEEDED:
            assert getattr(entry.supports, NEEDED[case.name]), f'{case.model} has no {case.name}'
        if case.name in MADE:
            assert entry.task is MADE[case.name]
        if case.name == 'reasoning':
            assert 'reasoning' in entry.extras


@pytest.mark.parametrize('folder', FOLDERS, ids=lambda folder: folder.name)
def test_a_run_in_which_nothing_was_run_is_no_success(run, folder, monkeypatch):
    for wanted in folder.settings.env:
        for name in [wanted] if isinstance(wanted, str) else wanted:
            monkeypatch.delenv(name, raising=False)
    if not folder.settings.env:
        pytest.skip('it needs nothing from outside, and is run')
    code, out, _ = run('run', folder.path)
    assert code == 4
    assert 'nothing was run' in out.splitlines()[-1]
