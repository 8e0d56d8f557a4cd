# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which index a name comes from: its own one, and no other, whoever else knows the name."""

import io
import subprocess
import zipfile

import pytest
from releasekit.index.bound import Bindings, Place, bindings_of, needed_lines, needed_members
from releasekit.model.toml_lines import parse_toml
from releasekit.workspace.load import load_workspace
from releasekit.workspace.uv.lock import find_uv

from .fault_index import FaultIndex


def wheel(name, version, *requires):
    content = io.BytesIO()
    about = f'{name}-{version}.dist-info'
    lines = ''.join(f'Requires-Dist: {line}\n' for line in requires)
    with zipfile.ZipFile(content, 'w') as archive:
        archive.writestr(f'{name}.py', f'ORIGIN = "{version}"\n')
        archive.writestr(f'{about}/METADATA', f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}')
        archive.writestr(f'{about}/WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
        archive.writestr(f'{about}/RECORD', '')
    return f'{name}-{version}-py3-none-any.whl', content.getvalue()


@pytest.fixture
def indexes():
    with FaultIndex() as usual, FaultIndex() as target:
        yield usual, target


def resolved(project, usual):
    uv = find_uv()
    assert uv
    flags = ('--no-header', '--no-annotate', '--quiet', '--default-index', f'{usual.url}/simple/')
    command = [uv, 'pip', 'compile', '--no-cache', '--project', project.parent, project, *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.split() or done.stderr


def test_a_name_that_is_not_bound_never_comes_from_the_index_that_takes_files(tmp_path, indexes):
    usual, target = indexes
    usual.held.update([wheel('third', '1.0')])
    target.held.update([wheel('own', '1.0', 'third'), wheel('third', '99.0')])
    bindings = Bindings((Place('mine', f'{target.url}/simple/', frozenset({'own'})),))
    assert resolved(bindings.write(tmp_path, ['own==1.0']), usual) == ['own==1.0', 'third==1.0']


def test_a_name_that_is_bound_never_comes_from_elsewhere(tmp_path, indexes):
    usual, target = indexes
    usual.held.update([wheel('own', '2.0'), wheel('core', '99.0')])
    target.held.update([wheel('own', '1.0', 'core'), wheel('core', '1.0')])
    bindings = Bindings((Place('mine', f'{target.url}/simple/', frozenset({'own', 'core'})),))
    assert resolved(bindings.write(tmp_path, ['own', 'core']), usual) == ['core==1.0', 'own==1.0']
    assert 'own==2.0' in resolved(bindings.write(tmp_path, ['own==2.0', 'core']), usual)


def test_the_first_of_two_places_has_a_name(tmp_path, indexes):
    usual, target = indexes
    links = tmp_path / 'links'
    links.mkdir()
    for file, content in (wheel('own', '2.0', 'core'),):
        (links / file).write_bytes(content)
    target.held.update([wheel('own', '3.0'), wheel('core', '1.0')])
    places = (
        Place('built', str(links), frozenset({'own'}), is_flat=True),
        Place('mine', f'{target.url}/simple/', frozenset({'own', 'core'})),
    )
    assert resolved(Bindings(places).write(tmp_path / 'p', ['own', 'core']), usual) == ['core==1.0', 'own==2.0']


INDEXES = """
[[tool.uv.index]]
name = "mine"
url = "https://mine.example/simple/"
publish-url = "https://mine.example/"

[[tool.uv.index]]
name = "wheels"
url = "https://wheels.example/simple/"
explicit = true

[[tool.uv.index]]
name = "here"
url = "vendor"

[tool.uv.sources]
torch = { index = "wheels" }
forked = { git = "https://git.example/forked" }
"""


def test_the_workspace_keeps_its_other_indexes_and_what_it_binds_to_them(empty):
    empty.project('core', 'genkit')
    empty.append('pyproject.toml', INDEXES)
    workspace = load_workspace(empty.root)
    bindings = bindings_of(workspace, [Place('mine', 'https://mine.example/simple/', frozenset({'genkit'}))])
    written = parse_toml(bindings.write(empty.root / 'p', ['genkit']).read_text())['tool']['uv']
    assert written['index'] == [
        {'name': 'mine', 'url': 'https://mine.example/simple/', 'explicit': True},
        {'name': 'wheels', 'url': 'https://wheels.example/simple/', 'explicit': True},
        {'name': 'here', 'url': str(empty.root / 'vendor')},
    ]
    assert written['sources'] == {'torch': [{'index': 'wheels'}], 'genkit': {'index': 'mine'}}


def test_an_index_that_is_the_default_of_the_workspace_stays_it(empty):
    empty.append('pyproject.toml', '[[tool.uv.index]]\nname = "mine"\nurl = "https://m.example/"\ndefault = true\n')
    bindings = bindings_of(load_workspace(empty.root), [Place('mine', 'https://m.example/', frozenset())])
    written = parse_toml(bindings.write(empty.root / 'p', []).read_text())['tool']['uv']['index']
    assert written == [{'name': 'mine', 'url': 'https://m.example/', 'default': True}]


def test_all_bound_names_that_are_needed_become_requirements(empty):
    empty.project('core', 'genkit', 'tools')
    empty.append('core/pyproject.toml', '\n[project.optional-dependencies]\nweb = ["web"]\nnever = ["never"]\n')
    empty.project('plugins/a', 'a')
    empty.replace(
        'plugins/a/pyproject.toml',
        'dependencies = []',
        """dependencies = ["genkit[web]>=9 ; sys_platform == 'win32'", "torch>=2"]""",
    )
    for name in ('tools', 'web', 'never'):
        empty.project(f'tools/{name}', name)
    workspace = load_workspace(empty.root)
    bound = {*workspace.by_name, 'torch'}
    assert set(needed_lines(workspace, ['a'], bound)) == {
        'genkit[web]; sys_platform == "win32"',
        'torch',
        'tools',
        'web',
    }
    assert needed_lines(workspace, ['a'], {'tools'}) == ('tools',)
    assert needed_members(workspace, ['a']) == {'genkit', 'tools', 'web'}
