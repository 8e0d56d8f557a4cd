# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import sys

import pypdf
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


def drawn(text: bytes, *times: int) -> bytes:
    """Return a file whose page draws a form some times, which draws another one some times, and so on to the text."""
    within = b'/Resources << /Font << /F1 3 0 R >> /XObject << /X %d 0 R >> >>'
    box = b'/MediaBox [0 0 9 9] /BBox [0 0 9 9]'
    objects = [
        b'<< /Type /Catalog /Pages 2 0 R >>',
        b'<< /Type /Pages /Kids [5 0 R] /Count 1 >>',
        b'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
        b'<< >>',
        b'<< /Type /Page /Parent 2 0 R /Contents 6 0 R %s %s >>' % (box, within % 7),
    ]
    for number, content in enumerate([*(b'/X Do ' * count for count in times), b'BT /F1 9 Tf %s ET' % text]):
        head = b'<< /Type /XObject /Subtype /Form %s %s /Length %d >>' % (box, within % (7 + number), len(content))
        objects.append(head + b'\nstream\n' + content + b'\nendstream')
    return assembled(objects)


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


def test_a_form_is_read_once_however_often_it_is_drawn(tmp_path, monkeypatch):
    path = tmp_path / 'menu.pdf'
    path.write_bytes(drawn(b'(Tea) Tj ' * 100, 20, 10))
    read, count = pypdf.PageObject.extract_xform_text, 0

    def counting(*arguments, **options):
        nonlocal count
        count += 1
        return read(*arguments, **options)

    monkeypatch.setattr(pypdf.PageObject, 'extract_xform_text', counting)
    assert str(read_file(path)[0].text).count('Tea') == 20_000
    assert count == 2


@pytest.mark.parametrize('times', [(2,) * 40, (4000, 1), (1, 4000), (70, 70)])
def test_what_forms_say_is_limited(tmp_path, monkeypatch, times):
    monkeypatch.setattr(pdf_text, 'MAX_CHARACTERS', 10_000)
    path = tmp_path / 'menu.pdf'
    path.write_bytes(drawn(b'(Tea) Tj', *times))
    with pytest.raises(GenkitError, match=r'hold more than 10000 characters. Split it') as caught:
        read_file(path)
    assert caught.value.status == 'OUT_OF_RANGE'
    assert 'Tea' in str(pdf_text.pdf_pages(drawn(b'(Tea) Tj', 3, 3), 'menu')[0][0])


def test_forms_count_as_what_is_unpacked_and_time_is_limited(tmp_path, monkeypatch):
    path = tmp_path / 'menu.pdf'
    path.write_bytes(drawn(b'(Tea) Tj ' * 20, 1, 1))
    monkeypatch.setattr(pdf_text, 'MAX_BYTES', 100)
    with pytest.raises(GenkitError, match=r'unpack to more than 100 bytes'):
        read_file(path)
    monkeypatch.setattr(pdf_text, 'MAX_BYTES', 1000)
    monkeypatch.setattr(pdf_text, 'MAX_SECONDS', -1.0)
    with pytest.raises(GenkitError, match=r'takes more than -1 s to read. Split it') as caught:
        read_file(path)
    assert caught.value.status == 'OUT_OF_RANGE'


def test_a_missing_library_is_named_with_the_command_that_installs_it(tmp_path, monkeypatch):
    path = tmp_path / 'menu.pdf'
    path.write_bytes(make_pdf(['Tea.']))
    monkeypatch.setitem(sys.modules, 'pypdf', None)
    with pytest.raises(GenkitError, match='uv add pypdf') as caught:
        read_file(path)
    assert caught.value.status == 'FAILED_PRECONDITION'
