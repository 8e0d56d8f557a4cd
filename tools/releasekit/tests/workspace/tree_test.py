# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The files of a member."""

from releasekit.workspace.tree import Tree


def test_caches_hidden_folders_and_nested_members_are_left_out(empty):
    for path in ('a.py', 'src/p/b.py', '.venv/c.py', 'src/__pycache__/d.py', 'node_modules/e.py', 'inner/f.py'):
        empty.write(path, '')
    tree = Tree(empty.root, frozenset({empty.root / 'inner'}))
    assert [str(file) for file in tree.files] == ['a.py', 'pyproject.toml', 'src/p/b.py']
    assert tree.folders == {'src', 'src/p'}


def test_text_that_cannot_be_read_is_none(empty):
    empty.write('bad.py', b'\xff')
    tree = Tree(empty.root)
    assert tree.text('bad.py') is None
    assert tree.text('absent.py') is None
    assert tree.text('pyproject.toml') == empty.read('pyproject.toml')
