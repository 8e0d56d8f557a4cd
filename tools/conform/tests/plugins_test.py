# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The specs of this repository's plugins: each can be read, and claims what the plugin's table says of its models."""

import sys
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


@pytest.mark.parametrize(
    'folder', [folder for folder in FOLDERS if folder.settings.loopback.wires], ids=lambda folder: folder.name
)
def test_the_models_pass_what_they_claim_where_the_provider_is_played(run, folder):
    code, out, _ = run('run', folder.path, '--loopback')
    assert code == 0, out


def test_every_plugin_with_chat_models_of_a_provider_has_a_spec_and_is_played():
    chats = {
        plugin.__name__
        for found in entry_points(group='genkit.plugins')
        if (plugin := sys.modules[found.load().__module__.partition('.')[0]])
        and any(entry.task is Task.CHAT for entry in getattr(found.load(), 'models', ()))
    }
    played = {f'genkit_{folder.name.replace("-", "_")}' for folder in FOLDERS if folder.settings.loopback.wires}
    assert chats <= played | {'genkit_llamacpp'}


def test_a_run_of_several_packages_ends_with_their_table(run):
    code, out, _ = run('run', PLUGINS / 'groq', PLUGINS / 'deepseek', '--loopback', '--test-filter', 'multiturn')
    assert code == 0
    lines = out.splitlines()
    (place,) = [place for place, line in enumerate(lines) if line.startswith('plugin  ')]
    assert lines[place + 1].split()[:5] == ['groq', '-', 'genkit-plugin-groq', '2/13', '3/3']
    assert 'tool-request' in lines[place + 2]
