# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a lock says of requirements that no manifest holds."""

import subprocess

import pytest
from releasekit.model.errors import WorkspaceError
from releasekit.model.graph import Graph
from releasekit.workspace.load import load_workspace
from releasekit.workspace.uv.locked import locked_members


LOCK = """\
version = 1

[[package]]
name = "third"
version = "1.0"
source = { registry = "https://example.org/simple" }
broken = [[[

[[package]]
name = "Some.Member"
version = "1.0"
source = { editable = "packages/m" }

[package.metadata]
requires-dist = [
    { name = "a", editable = "packages/a" },
    { name = "b", extras = ["x", "y"], specifier = ">=1,<2", marker = "python_full_version < '3.12'" },
    { name = "c", marker = "extra == 'web'" },
    { name = "d", marker = "sys_platform == 'linux' and extra == 'web'", specifier = "==1" },
    { name = "e", marker = "os_name == 'nt' and extra == 'web' and sys_platform == 'linux'" },
]
provides-extras = ["web"]
"""


def test_requirements_are_told_with_their_extras_and_only_members_are_parsed():
    found = locked_members(LOCK, {'some-member', 'nobody'})['some-member']
    assert found.extras == ('web',)
    assert found.requirements == (
        ('a', None),
        ("b[x,y]>=1,<2 ; python_full_version < '3.12'", None),
        ('c', 'web'),
        ("d==1 ; sys_platform == 'linux'", 'web'),
        ("e ; os_name == 'nt' and extra == 'web' and sys_platform == 'linux'", 'web'),
    )


@pytest.fixture
def dynamic(good, uv):
    """Return a workspace whose plugin leaves its requirements to setuptools."""
    good.replace('plugins/open-ai/pyproject.toml', 'dependencies = ["genkit"]', 'dynamic = ["dependencies"]')
    good.replace('plugins/open-ai/pyproject.toml', '"hatchling"', '"setuptools"')
    good.replace('plugins/open-ai/pyproject.toml', 'hatchling.build', 'setuptools.build_meta')
    table = '[tool.setuptools.dynamic]\ndependencies = { file = ["requirements.txt"] }\n'
    good.append('plugins/open-ai/pyproject.toml', table)
    good.write('plugins/open-ai/requirements.txt', 'genkit>=1,<2\n')
    return good


def test_dynamic_requirements_are_edges_as_the_lock_has_them(dynamic, monkeypatch, uv):
    monkeypatch.delenv('UV_OFFLINE')
    subprocess.run([uv, 'lock', '--quiet'], cwd=dynamic.root, check=True)
    workspace = load_workspace(dynamic.root)
    graph = Graph(tuple(workspace.by_name), workspace.edges)
    (edge,) = graph.between['genkit-plugin-open-ai', 'genkit']
    assert (edge.requirement.text, edge.requirement.is_dynamic) == ('genkit', True)
    assert edge.requirement.is_open
    assert edge.requirement.place == 'plugins/open-ai/pyproject.toml:22'
    assert graph.levels['genkit-plugin-open-ai'] == 1
    assert workspace.unread == frozenset()


def test_without_a_lock_it_is_known_whose_requirements_are_not(dynamic):
    assert load_workspace(dynamic.root).unread == {'genkit-plugin-open-ai'}


@pytest.mark.parametrize('text', ['[[package]]\nname = "genkit-plugin-open-ai"\nx = [', b'\xff'])
def test_a_lock_that_cannot_be_read_is_named(dynamic, text):
    dynamic.write('uv.lock', text)
    with pytest.raises(WorkspaceError, match=r'uv\.lock: cannot be read'):
        load_workspace(dynamic.root)
