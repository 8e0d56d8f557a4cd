# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Folders of packages say how they want to be tested."""

import pytest
from conform.model.errors import UsageError
from conform.specs.folders import find_folders, read_folder


def test_a_folder_without_settings_has_the_defaults(write, tmp_path):
    folder = read_folder(tmp_path)
    assert (folder.name, folder.spec, folder.settings.missing_env()) == (tmp_path.name, None, [])
    path = write('conformance.yaml', 'model: m')
    assert read_folder(tmp_path).spec == path


def test_settings_stand_in_the_manifest_or_in_a_file_of_their_own(write, tmp_path):
    write('pyproject.toml', '[tool.conform]\nspec = "own.yaml"\nplugin = "p"\nconfig = {threads = 2}\n')
    path = write('own.yaml', 'model: m')
    folder = read_folder(tmp_path)
    assert (folder.spec, folder.settings.plugin, folder.settings.config) == (path, 'p', {'threads': 2})
    write('conform.toml', 'entry = "main.py"\n')
    settings = read_folder(tmp_path).settings
    assert (settings.plugin, settings.entry, settings.spec) == (None, 'main.py', None)


def test_missing_variables_are_named_with_their_alternatives(write, tmp_path, monkeypatch):
    write('conform.toml', 'env = ["ONE_KEY", ["TWO_KEY", "TWO_TOKEN"], ["SIX_KEY", "SIX_TOKEN"]]')
    monkeypatch.setenv('SIX_TOKEN', 'x')
    monkeypatch.setenv('ONE_KEY', '')
    assert read_folder(tmp_path).settings.missing_env() == ['ONE_KEY', 'TWO_KEY or TWO_TOKEN']


@pytest.mark.parametrize(
    ('text', 'problem'),
    [
        ('spec = 1', 'conform.toml: spec: Input should be a valid string (got 1)'),
        ('plugn = "x"', "conform.toml: plugn: 'plugn' is not known here. Did you mean 'plugin'? Remove it."),
        ('spec =', 'conform.toml: cannot be read: Invalid value (at end of document).'),
    ],
)
def test_broken_settings_are_refused(write, tmp_path, text, problem):
    path = write('conform.toml', text)
    with pytest.raises(UsageError) as caught:
        read_folder(tmp_path)
    assert caught.value.message.replace(str(path), 'conform.toml') == problem


def test_the_packages_of_a_folder_are_found_in_order(write, tmp_path):
    write('b/pyproject.toml', '')
    write('a/conformance.yaml', 'model: m')
    write('c/notes.md', '')
    assert [(folder.name, bool(folder.spec)) for folder in find_folders(tmp_path)] == [('a', True), ('b', False)]
    assert [folder.name for folder in find_folders(tmp_path / 'b')] == ['b']
    with pytest.raises(UsageError, match=r'holds neither conformance\.yaml nor packages'):
        find_folders(tmp_path / 'c')
