# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import os

import pytest
from genkit import GenkitError
from genkit._base.readers.text_file import read_text_file


def test_a_file_is_read_as_it_is(tmp_path):
    (tmp_path / 'a').write_bytes('ä\r\n'.encode())
    assert read_text_file(tmp_path / 'a', max_bytes=4) == 'ä\r\n'


def refused(path, **options):
    with pytest.raises(GenkitError) as caught:
        read_text_file(path, **options)
    assert repr(str(path)) in str(caught.value)
    return caught.value.status


def test_what_is_no_such_text_is_refused(tmp_path):
    (tmp_path / 'a').write_bytes(b'a\xff')
    assert refused(tmp_path / 'missing') == 'NOT_FOUND'
    assert refused(tmp_path) in ('FAILED_PRECONDITION', 'PERMISSION_DENIED')
    assert refused(tmp_path / 'a') == 'INVALID_ARGUMENT'
    assert refused(tmp_path / 'a', max_bytes=1) == 'OUT_OF_RANGE'


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='the system has no pipes with names')
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / 'pipe')
    assert refused(tmp_path / 'pipe') == 'FAILED_PRECONDITION'


@pytest.mark.skipif(os.name != 'posix', reason='devices have no paths')
def test_a_device_without_an_end_is_not_read():
    assert refused('/dev/zero') == 'FAILED_PRECONDITION'
