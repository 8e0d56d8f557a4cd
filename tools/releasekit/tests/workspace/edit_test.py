# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Changing files."""

import pytest
from releasekit.workspace.edit import edit_manifest, make_executable, write_text


def test_a_manifest_keeps_its_comments_and_layout(empty):
    text = '# top\n[project]  # here\nname="a"   # odd\n\nlist = [\n  1, # one\n]\n'
    path = empty.write('a.toml', text)
    edit_manifest(path, lambda document: document['project'].update({'version': '1'}))
    assert empty.read('a.toml').replace('version = "1"\n', '') == text


def test_an_edit_without_effect_does_not_touch_the_file(empty):
    path = empty.write('a.toml', 'a = 1\r\n')
    before = path.stat()
    edit_manifest(path, lambda _: None)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_writing_keeps_the_mode_and_leaves_nothing_behind(empty):
    path = empty.write('dir/run.sh', 'old')
    path.chmod(0o755)
    write_text(path, 'new')
    assert path.stat().st_mode & 0o777 == 0o755
    assert [file.name for file in path.parent.iterdir()] == ['run.sh']


def test_a_failed_write_leaves_the_old_file_and_nothing_else(empty):
    path = empty.write('dir/a', 'old')
    with pytest.raises(UnicodeEncodeError):
        write_text(path, '\ud800')
    assert empty.read('dir/a') == 'old'
    assert [file.name for file in path.parent.iterdir()] == ['a']


def test_who_may_read_may_run(empty):
    path = empty.write('run.sh', '')
    path.chmod(0o640)
    make_executable(path)
    assert path.stat().st_mode & 0o777 == 0o750
