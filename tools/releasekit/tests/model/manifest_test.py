# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Typed look-ups in a manifest."""

import tomllib
from pathlib import Path

import pytest
from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest


def manifest(text):
    return Manifest(Path('/w/a/pyproject.toml'), 'a/pyproject.toml', text, tomllib.loads(text))


def test_absent_values_are_empty():
    empty = manifest('')
    assert empty.table('project', 'urls') == {}
    assert empty.strings('project', 'keywords') == ()
    assert empty.string('project', 'name') is None
    assert empty.flag('tool', 'uv', 'package', default=True) is True


def test_the_place_of_an_absent_key_is_that_of_the_table_around_it():
    found = manifest('\n[build-system]\n[project]\nname = "a"\n')
    assert found.place('project', 'name') == 'a/pyproject.toml:4'
    assert found.place('project', 'license', 'file') == 'a/pyproject.toml:3'
    assert found.place('tool', 'uv') == 'a/pyproject.toml:1'


@pytest.mark.parametrize(
    ('look_up', 'expected'),
    [
        (lambda it: it.table('project', 'name'), 'a table'),
        (lambda it: it.string('project', 'keywords'), 'a string'),
        (lambda it: it.strings('project', 'name'), 'a list of strings'),
        (lambda it: it.strings('project', 'keywords'), 'a list of strings'),
        (lambda it: it.flag('project', 'name', default=False), 'true or false'),
    ],
)
def test_a_wrong_shape_is_named_with_its_line_and_value(look_up, expected):
    with pytest.raises(WorkspaceError) as raised:
        look_up(manifest('[project]\nname = "a"\nkeywords = [1]\n'))
    assert str(raised.value).startswith(
        ('a/pyproject.toml:2: `project.name`', 'a/pyproject.toml:3: `project.keywords`')
    )
    assert f'must be {expected}, not ' in str(raised.value)


def test_a_value_in_the_place_of_a_table_is_named():
    with pytest.raises(WorkspaceError, match=r'^a/pyproject\.toml:1: `tool` must be a table, not 1$'):
        manifest('tool = 1').value('tool', 'uv', 'workspace')
