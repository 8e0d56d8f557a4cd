# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The requirements of a manifest."""

import tomllib
from pathlib import Path

import pytest
from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.requirement import declared_requirements


def declared(text):
    manifest = Manifest(Path('/w/pyproject.toml'), 'pyproject.toml', text, tomllib.loads(text))
    return declared_requirements(manifest)


EVERY_KIND = """\
[build-system]
requires = ["hatchling"]
[project]
dependencies = [
  "Run_Time[x]>=1 ; python_version < '3.12'",
]
[project.optional-dependencies]
web = ["extra"]
[dependency-groups]
test = ["grouped", { include-group = "lint" }]
lint = []
[tool.uv]
dev-dependencies = ["older"]
"""


def test_each_requirement_has_its_kind_its_section_and_its_line():
    assert [(it.name, it.label, it.line) for it in declared(EVERY_KIND)] == [
        ('run-time', 'runtime', 5),
        ('hatchling', 'build', 2),
        ('extra', 'extra web', 8),
        ('grouped', 'group test', 10),
        ('older', 'group dev', 13),
    ]


def test_only_runtime_and_build_order_a_release():
    assert [it.kind.orders_release for it in declared(EVERY_KIND)] == [True, True, False, False, False]


def test_the_marker_is_kept():
    assert declared(EVERY_KIND)[0].marker == 'python_version < "3.12"'
    assert declared(EVERY_KIND)[1].marker is None


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('[project]\ndependencies = [\n"a >>= 1"]', "pyproject.toml:3: 'a >>= 1' is not a PEP 508 requirement"),
        ('[dependency-groups]\ntest = "a"', "pyproject.toml:2: dependency group 'test' must be a list"),
        ('[dependency-groups]\ntest = [\n1]', "pyproject.toml:3: 1 in dependency group 'test' is neither"),
        ('[project]\ndependencies = "a"', 'pyproject.toml:2: `project.dependencies` must be a list of strings'),
    ],
)
def test_what_is_no_requirement_is_named_with_its_line(text, message):
    with pytest.raises(WorkspaceError) as raised:
        declared(text)
    assert str(raised.value).startswith(message)
    assert '\n' not in str(raised.value)
