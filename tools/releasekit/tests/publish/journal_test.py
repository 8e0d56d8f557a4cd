# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import os
import resource
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from releasekit.model.errors import RefusedError
from releasekit.publish.journal import Journal


def _open(path, run='plan 1'):
    return Journal.open(path, run, lambda: 1.0)


def _filled(path, count=5):
    journal = _open(path)
    for number in range(count):
        journal.append('intent', file=f'f{number}', text='täst')
    journal.close()
    return [record['file'] for record in journal.records[1:]]


def test_what_was_written_is_read_again(tmp_path):
    files = _filled(tmp_path / 'j')
    again = _open(tmp_path / 'j')
    assert [record['file'] for record in again.records[1:]] == files
    assert again.set_aside is None
    again.append('sent', file='f9')
    again.close()
    assert [record['kind'] for record in _open(tmp_path / 'j').records] == ['begin', *['intent'] * 5, 'sent']


def test_a_torn_end_is_set_aside_and_the_rest_counts(tmp_path):
    path = tmp_path / 'j'
    _filled(path)
    content = path.read_bytes()
    path.write_bytes(content[:-10])
    journal = _open(path)
    assert [record.get('file') for record in journal.records] == [None, 'f0', 'f1', 'f2', 'f3']
    assert journal.set_aside is not None
    assert journal.set_aside.read_bytes() == content[:-10]
    journal.append('intent', file='f4')
    journal.close()
    assert len(_open(path).records) == 6


def test_an_altered_line_and_all_behind_it_count_for_nothing(tmp_path):
    path = tmp_path / 'j'
    _filled(path)
    path.write_bytes(path.read_bytes().replace(b'"f2"', b'"f8"'))
    assert [record.get('file') for record in _open(path).records] == [None, 'f0', 'f1']


def test_a_line_that_was_taken_out_is_noticed(tmp_path):
    path = tmp_path / 'j'
    _filled(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b''.join(lines[:2] + lines[3:]))
    assert len(_open(path).records) == 2


def test_the_journal_of_another_run_is_set_aside_and_never_lost(tmp_path):
    path = tmp_path / 'j'
    _filled(path)
    content = path.read_bytes()
    first = _open(path, 'plan 2')
    assert first.set_aside is not None
    assert first.set_aside.read_bytes() == content
    assert [record['kind'] for record in first.records] == ['begin']
    first.close()
    second = _open(path, 'plan 3')
    assert second.set_aside not in {None, first.set_aside}


@given(st.binary(max_size=200))
def test_any_bytes_are_taken_over_without_loss(tmp_path_factory, content):
    path = tmp_path_factory.mktemp('j') / 'j'
    path.write_bytes(content)
    journal = _open(path)
    assert len(journal.records) == 1
    if content:
        assert journal.set_aside is not None
        assert journal.set_aside.read_bytes() == content
    journal.close()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(RefusedError, match='file') as raised:
        _open(tmp_path / 'file' / 'j')
    assert raised.value.code.id == 'RK-JOURNAL-WRITE'


PROGRAM = """
import resource, sys
from pathlib import Path
from releasekit.model.errors import RefusedError
from releasekit.publish.journal import Journal
journal = Journal.open(Path(sys.argv[1]), 'plan 1', lambda: 1.0)
size = Path(sys.argv[1]).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40, size + 40))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    journal.append('intent', file='x' * 100)
except RefusedError as error:
    print(error.code.id, len(journal.records))
"""


@pytest.mark.skipif(sys.platform == 'win32', reason='the limit is of POSIX')
def test_a_full_disk_leaves_the_last_good_record(tmp_path):
    assert resource.RLIMIT_FSIZE >= 0
    path = tmp_path / 'j'
    _filled(path)
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, '-c', PROGRAM, str(path)], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.split() == ['RK-JOURNAL-WRITE', '6']
    assert path.read_bytes() == before
