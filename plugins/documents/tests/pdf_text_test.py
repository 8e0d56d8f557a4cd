# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import sys

import pytest
from genkit import GenkitError
from genkit_documents import pdf_text, read_file, split

from .pdfs import assembled, encrypted, from_streams, make_pdf


def test_each_page_is_a_document_that_knows_its_number(tmp_path):
    path = tmp_path / 'menu.pdf'
    path.write_bytes(make_pdf(['Tea is hot.', '', 'Caf\u00e9.'], title='The menu'))
    documents = read_file(path)
    assert [str(document.text) for document in documents] == ['Tea is hot.', 'Café.']
    known = {'source': path.as_posix(), 'media_type': 'application/pdf', 'title': 'The menu'}
    assert [document.metadata for document in documents] == [{**known, 'page': 1}, {**known, 'page': 3}]
    [passage, _] = split(documents)
    assert passage.metadata == {**known, 'page': 1, 'headings': [], 'start': 0, 'end': 11, 'passage': 1}


def test_a_file_without_text_is_told(tmp_path, caplog):
    path = tmp_path / 'scan.pdf'
    path.write_bytes(make_pdf(['', '']))
    assert read_file(path) == []
    assert f"'{path.as_posix()}' holds no text; it may be scanned" in caplog.text


def test_a_file_that_is_encrypted_without_a_password_is_read(tmp_path):
    path = tmp_path / 'open.pdf'
    path.write_bytes(encrypted(make_pdf(['Tea.']), ''))
    assert [str(document.text) for document in read_file(path)] == ['Tea.']


def bomb() -> bytes:
    """Thirty kilobytes that unpack to thirty megabytes."""
    return from_streams([b' ' * (30 * 2**20)])


def tree_in_a_circle() -> bytes:
    objects = [b'<< /Type /Catalog /Pages 2 0 R >>', b'<< /Type /Pages /Kids [2 0 R] /Count 1 >>', b'<< >>', b'<< >>']
    return assembled(objects)


@pytest.mark.parametrize(
    ('content', 'status', 'message'),
    [
        (encrypted(make_pdf(['Tea.']), 'secret'), 'FAILED_PRECONDITION', 'is encrypted; save it without a password'),
        (bomb(), 'OUT_OF_RANGE', 'is too large inside: .* Split it'),
        (b'%PDF-1.7\nnothing', 'INVALID_ARGUMENT', 'is no PDF that can be read: .* Open it in a viewer'),
        (b'\x89PNG', 'INVALID_ARGUMENT', 'is no PDF that can be read'),
        (b'', 'INVALID_ARGUMENT', 'is no PDF that can be read'),
        (make_pdf(['Tea.'])[:-400], 'INVALID_ARGUMENT', 'is no PDF that can be read'),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path, content, status, message):
    path = tmp_path / 'menu.pdf'
    path.write_bytes(content)
    with pytest.raises(GenkitError, match=f'menu.pdf.* {message}') as caught:
        read_file(path)
    assert caught.value.status == status


def test_pages_in_a_circle_end(tmp_path, caplog):
    path = tmp_path / 'circle.pdf'
    path.write_bytes(tree_in_a_circle())
    try:
        assert read_file(path) == []
    except GenkitError as error:
        assert 'circle.pdf' in error.message  # noqa: PT017  (either is a clear answer; the library decides)


def test_pages_and_what_they_unpack_to_are_limited(tmp_path, monkeypatch):
    path = tmp_path / 'menu.pdf'
    path.write_bytes(make_pdf(['Tea.'] * 3))
    monkeypatch.setattr(pdf_text, 'MAX_BYTES', 100)
    with pytest.raises(GenkitError, match=r'unpack to more than 100 bytes. Split it') as caught:
        read_file(path)
    assert caught.value.status == 'OUT_OF_RANGE'
    monkeypatch.setattr(pdf_text, 'MAX_PAGES', 2)
    with pytest.raises(GenkitError, match=r'has 3 pages; at most 2 are read') as caught:
        read_file(path)
    assert caught.value.status == 'OUT_OF_RANGE'


def test_a_missing_library_is_named_with_the_command_that_installs_it(tmp_path, monkeypatch):
    path = tmp_path / 'menu.pdf'
    path.write_bytes(make_pdf(['Tea.']))
    monkeypatch.setitem(sys.modules, 'pypdf', None)
    with pytest.raises(GenkitError, match='uv add pypdf') as caught:
        read_file(path)
    assert caught.value.status == 'FAILED_PRECONDITION'
