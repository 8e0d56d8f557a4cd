# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where requirements come from."""

import tomllib
from pathlib import Path

import pytest
from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.sources import sources_of


def manifest(text):
    return Manifest(Path('/w/pyproject.toml'), 'pyproject.toml', text, tomllib.loads(text))


EMPTY = manifest('')


def labels(entry):
    return [source.label for source in sources_of('a-b', manifest(f'[tool.uv.sources]\n{entry}'), EMPTY)]


@pytest.mark.parametrize(
    ('entry', 'expected'),
    [
        ('A_b = { workspace = true }', ['workspace']),
        ('a-b = { workspace = false }', ['registry']),
        ('a-b = { path = "../x", editable = true }', ['path ../x']),
        ('a-b = { git = "https://h/x", tag = "v1" }', ['git https://h/x']),
        ('a-b = { url = "https://h/x.whl" }', ['url https://h/x.whl']),
        ('c = { workspace = true }', ['registry']),
        (
            'a-b = [{ index = "cpu", marker = "sys_platform == \'linux\'" }, { workspace = true }]',
            ["index cpu ; sys_platform == 'linux'", 'workspace'],
        ),
    ],
)
def test_every_source_of_uv_is_understood(entry, expected):
    assert labels(entry) == expected


def test_the_member_s_own_source_hides_that_of_the_root():
    root = manifest('[tool.uv.sources]\na-b = { workspace = true }\nc = { workspace = true }')
    member = manifest('[tool.uv.sources]\na-b = { path = "x" }')
    assert [source.label for source in sources_of('a-b', member, root)] == ['path x']
    assert [source.label for source in sources_of('c', member, root)] == ['workspace']


@pytest.mark.parametrize('entry', ['a-b = { editable = true }', 'a-b = "x"', 'a-b = [1]'])
def test_an_entry_without_a_source_is_named_with_its_line(entry):
    with pytest.raises(WorkspaceError, match=r"^pyproject\.toml:2: source .* of 'a-b' names none of workspace, path"):
        labels(entry)
