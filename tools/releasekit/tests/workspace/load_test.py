# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is discovered, compared with uv itself where it is installed."""

import os
import subprocess
from pathlib import Path

import pytest
from releasekit.model.errors import WorkspaceError
from releasekit.workspace.load import load_workspace


def folders(root):
    return [str(member.folder) for member in load_workspace(root).members]


def rewrite(workshop, members, exclude=(), project=''):
    lists = f'members = {list(members)!r}\nexclude = {list(exclude)!r}\n'
    workshop.write('pyproject.toml', f'{project}[tool.uv.workspace]\n{lists}')


LAYOUTS = [
    (['pk/*'], []),
    (['pk/a', 'nope', 'nope/*'], []),
    (['pk/*', 'pk/*/*'], []),
    (['pk/*', 'pk/*/*'], ['pk/a']),
    (['pk/*', 'pk/*/*'], ['./pk/a/']),
    (['pk/*', 'pk/*/*'], ['pk/*']),
    (['pk/*', 'pk/*/*'], ['pk/a*']),
    (['pk/*', 'pk/*/*'], ['pk/a/**']),
    (['pk/*'], ['pk']),
    (['pk/**'], []),
    (['./pk/*/', 'pk/a'], []),
    (['pk/[ab]'], []),
    (['pk/[!a]'], []),
    (['pk/?'], []),
    (['.', 'pk/a'], []),
]


@pytest.fixture
def layout(empty):
    empty.project('pk/a', 'a')
    empty.project('pk/a/inner', 'inner')
    empty.project('pk/b', 'B_.c')
    empty.project('pk/.hidden', 'hidden')
    empty.project('pk/free', 'free', more='[tool.uv]\nmanaged = false\n')
    empty.project('pk/virtual', 'virtual', more='[tool.uv]\npackage = false\n')
    (empty.root / 'pk/void/inside').mkdir(parents=True)
    empty.write('pk/file', '')
    return empty


@pytest.mark.parametrize('project', ['', '[project]\nname = "root"\nversion = "1"\nrequires-python = ">=3.11"\n'])
@pytest.mark.parametrize(('members', 'exclude'), LAYOUTS)
def test_members_are_those_of_uv(layout, uv, members, exclude, project):
    rewrite(layout, members, exclude, project)
    listing = subprocess.run(
        [uv, 'workspace', 'list', '--paths'], cwd=layout.root, capture_output=True, text=True, check=False
    )
    if listing.returncode:
        with pytest.raises(WorkspaceError):
            load_workspace(layout.root)
        return
    expected = {os.path.relpath(line, layout.root.resolve()) for line in listing.stdout.splitlines()}
    assert set(folders(layout.root)) == expected


def test_a_pattern_that_matches_nothing_is_remembered(layout):
    rewrite(layout, ['pk/a', 'nope/*'])
    assert load_workspace(layout.root).idle_patterns == ('nope/*',)


def test_the_root_is_found_from_any_folder_below(layout):
    rewrite(layout, ['pk/a', 'pk/a/inner'])
    deep = layout.root / 'pk/a/inner/src/deep'
    deep.mkdir(parents=True)
    assert load_workspace(deep).root == layout.root.resolve()


def test_a_project_without_a_workspace_is_a_workspace_of_one(tmp_path, empty):
    empty.write('pyproject.toml', '[project]\nname = "alone"\nversion = "1"\n')
    assert folders(empty.root) == ['.']


PACKAGED = {
    'bare': '',
    'built': '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    'declared': '[tool.uv]\npackage = true\n',
    'virtual': '[build-system]\nrequires = ["hatchling"]\n\n[tool.uv]\npackage = false\n',
}


def test_a_member_that_uv_does_not_package_is_private(empty):
    for name, more in PACKAGED.items():
        empty.project(f'pk/{name}', name, more=more)
    rewrite(empty, ['pk/*'])
    published = {member.name for member in load_workspace(empty.root).members if member.is_published}
    assert published == {'built', 'declared'}


def test_what_is_published_is_what_uv_builds(empty, uv, monkeypatch, tmp_path):
    monkeypatch.delenv('UV_OFFLINE')
    for name, more in PACKAGED.items():
        empty.project(f'pk/{name}', name, more=more)
        empty.write(f'pk/{name}/src/{name}/__init__.py', '')
    rewrite(empty, ['pk/*'])
    build = [uv, 'build', '--quiet', '--all-packages', '--wheel', '--out-dir', str(tmp_path / 'out')]
    subprocess.run(build, cwd=empty.root, check=True)
    built = {path.name.partition('-')[0] for path in (tmp_path / 'out').glob('*.whl')}
    assert built == {member.name for member in load_workspace(empty.root).members if member.is_published}


def test_a_folder_that_holds_only_ignored_files_is_passed_over(layout):
    subprocess.run(['git', 'init', '--quiet', '.'], cwd=layout.root, check=True)
    layout.write('.gitignore', '__pycache__/\n')
    layout.write('pk/old/src/__pycache__/x.pyc', b'\0')
    rewrite(layout, ['pk/*'])
    assert 'pk/old' not in folders(layout.root)


def test_manifests_with_windows_line_ends_are_read(empty):
    empty.write('core/pyproject.toml', '[project]\r\nname = "genkit"\r\nversion = "1"\r\n')
    assert [member.name for member in load_workspace(empty.root).members] == ['genkit']


BROKEN = [
    ('core/pyproject.toml', '[project\n', "core/pyproject.toml: not TOML: Expected ']' at the end"),
    ('core/pyproject.toml', b'[project]\nname = "\xff"\n', 'core/pyproject.toml: byte 18 is not UTF-8'),
    ('core/pyproject.toml', '[tool.x]\n', 'core/pyproject.toml: no [project] table'),
    ('core/pyproject.toml', 'project = 1\n', 'core/pyproject.toml:1: `project` must be a table'),
    ('core/pyproject.toml', '[project]\nversion = "1"\n', 'core/pyproject.toml:1: [project] has no name'),
    ('core/pyproject.toml', '[project]\nname = "a b"\n', "core/pyproject.toml:2: 'a b' cannot name a distribution"),
    ('core/pyproject.toml', '[project]\nname = 1\n', 'core/pyproject.toml:2: `project.name` must be a string'),
    ('core/x.py', '', "pyproject.toml:2: pattern 'core' matches 'core', which has no pyproject.toml"),
    (
        'core/pyproject.toml',
        '[project]\nname = "a"\n[tool.uv.workspace]\n',
        'core/pyproject.toml:3: a member cannot be a workspace itself',
    ),
    (
        'pyproject.toml',
        '[tool.uv]\nmanaged = false\n[tool.uv.workspace]\n',
        'pyproject.toml:2: the root is not managed',
    ),
    (
        'pyproject.toml',
        '[tool.uv.workspace]\nmembers = "core"\n',
        'pyproject.toml:2: `tool.uv.workspace.members` must be',
    ),
    ('pyproject.toml', '[tool.releasekit]\nx = 1\n[tool.uv.workspace]\n', "pyproject.toml:2: unknown key 'x'"),
]


@pytest.mark.parametrize(('path', 'text', 'message'), BROKEN)
def test_what_uv_refuses_is_named_in_one_line(empty, path, text, message):
    empty.write(path, text)
    with pytest.raises(WorkspaceError) as raised:
        load_workspace(empty.root)
    assert str(raised.value).startswith(message)
    assert '\n' not in str(raised.value)


@pytest.mark.parametrize('second', ['genkit', 'Genkit', 'gen.kit', 'gen__kit'])
def test_names_that_an_index_cannot_tell_apart_are_refused(empty, second):
    first = 'genkit' if '.' not in second and '_' not in second else 'gen-kit'
    empty.project('core', first)
    empty.project('plugins/x', second)
    with pytest.raises(WorkspaceError, match=r'core/pyproject\.toml:2, plugins/x/pyproject\.toml:2'):
        load_workspace(empty.root)


@pytest.mark.skipif(Path('/TMP').exists(), reason='the file system does not tell case')
def test_folders_that_differ_in_case_only_are_refused(empty):
    empty.project('plugins/x', 'one')
    empty.project('plugins/X', 'two')
    with pytest.raises(WorkspaceError, match="several members are called 'one' and 'two' or share a folder"):
        load_workspace(empty.root)


def test_no_workspace_is_named_with_the_way_out(tmp_path):
    with pytest.raises(WorkspaceError, match=r'no uv workspace in .* or above it.*--root'):
        load_workspace(tmp_path)


def test_a_start_that_is_no_folder_is_named(tmp_path):
    with pytest.raises(WorkspaceError, match='is not a folder'):
        load_workspace(tmp_path / 'nope')
