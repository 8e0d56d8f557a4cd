# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import codecs
import logging
import os
import sys

import pytest
from genkit import GenkitError
from genkit_documents import charsets, iter_folder, pdf_text, read_file, read_folder

from .pdfs import make_pdf


needs_posix = pytest.mark.skipif(os.name != 'posix', reason='there are no such files elsewhere')


def sources(documents) -> list[str]:
    return [document.metadata['source'] for document in documents]


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / 'home'
    (home / 'b' / 'deep').mkdir(parents=True)
    (home / 'a.md').write_text('# A\n\nText.', 'utf-8')
    (home / 'b' / 'deep' / 'c.HTML').write_text('<title>C</title><p>Text', 'utf-8')
    (home / 'b' / 'z.txt').write_text('Text.', 'utf-8')
    (home / 'b.pdf').write_bytes(make_pdf(['One.', 'Two.']))
    (home / 'c.txt').write_text('Text.', 'utf-8')
    return home


def test_a_folder_is_read_in_the_order_of_its_paths(folder):
    documents = read_folder(folder)
    assert sources(documents) == ['a.md', 'b/deep/c.HTML', 'b/z.txt', 'b.pdf', 'b.pdf', 'c.txt']
    assert documents[0].metadata == {'source': 'a.md', 'media_type': 'text/markdown', 'title': 'A'}
    assert documents[1].metadata == {'source': 'b/deep/c.HTML', 'media_type': 'text/html', 'title': 'C'}
    assert documents[2].metadata == {'source': 'b/z.txt', 'media_type': 'text/plain'}
    assert documents[4].metadata == {'source': 'b.pdf', 'media_type': 'application/pdf', 'page': 2}
    assert list(iter_folder(str(folder))) == documents


@pytest.mark.parametrize(
    ('patterns', 'found'),
    [
        ('*.txt', ['b/z.txt', 'c.txt']),
        (['a.*', '*.HTML'], ['a.md', 'b/deep/c.HTML']),
        ('b/*', ['b/z.txt']),
        ('b/**', ['b/deep/c.HTML', 'b/z.txt']),
        ('**/*.txt', ['b/z.txt', 'c.txt']),
        ('b/**/c.*', ['b/deep/c.HTML']),
        ([], []),
    ],
)
def test_patterns_choose_files_by_name_or_path(folder, patterns, found):
    assert sources(read_folder(folder, patterns=patterns)) == found


def test_hidden_files_and_unknown_kinds_are_left_out_and_the_latter_counted(folder, caplog):
    for name in ('.hidden.md', 'x.png', 'y.PNG', 'README'):
        (folder / name).write_bytes(b'\xff')
    (folder / '.git').mkdir()
    (folder / '.git' / 'x.md').write_text('x')
    with caplog.at_level(logging.INFO):
        assert len(read_folder(folder)) == 6
    assert '3 files of unknown kinds left out' in caplog.text
    assert '2 .png, 1 no suffix' in caplog.text


@needs_posix
def test_links_that_leave_the_folder_or_lead_to_folders_are_left_out(folder, tmp_path):
    (tmp_path / 'secret.txt').write_text('secret')
    (folder / 'out.txt').symlink_to(tmp_path / 'secret.txt')
    (folder / 'passwd.txt').symlink_to('/etc/passwd')
    (folder / 'nowhere.txt').symlink_to('nothing')
    (folder / 'circle.txt').symlink_to('circle.txt')
    (folder / 'b' / 'up').symlink_to('..')
    (folder / 'x.txt').symlink_to('c.txt')
    assert sources(read_folder(folder, patterns='*.txt')) == ['b/z.txt', 'c.txt', 'x.txt']
    (tmp_path / 'link').symlink_to(folder)
    assert len(read_folder(tmp_path / 'link')) == 7


@needs_posix
def test_links_to_what_is_hidden_are_left_out(folder):
    (folder / '.git' / 'inner').mkdir(parents=True)
    for hidden in ('.env', '.git/config', '.git/inner/x.md'):
        (folder / hidden).write_text('secret')
    for number, target in enumerate(['.env', '.git/config', '.git/inner/x.md', 'link0.txt']):
        (folder / f'link{number}.txt').symlink_to(target)
    assert sources(read_folder(folder, patterns='*.txt')) == ['b/z.txt', 'c.txt']
    assert read_file(folder / 'link0.txt')[0].text == 'secret'
    (folder / '.here').mkdir()
    (folder / '.here' / 'a.txt').write_text('a')
    (folder / '.here' / 'b.txt').symlink_to('a.txt')
    assert sources(read_folder(folder / '.here')) == ['a.txt', 'b.txt']


@needs_posix
def test_a_pipe_is_an_error_and_is_not_waited_for(folder):
    os.mkfifo(folder / 'pipe.txt')
    with pytest.raises(GenkitError, match=r"'pipe.txt' is no regular file") as caught:
        read_folder(folder)
    assert caught.value.status == 'FAILED_PRECONDITION'


def test_what_cannot_be_read_is_skipped_with_a_warning_each(folder, caplog):
    (folder / 'a.txt').write_bytes(b'caf\xe9')
    (folder / 'b.html').write_bytes(b'<meta charset="nothing"><p>x')
    (folder / 'b.pdf').write_bytes(b'nothing')
    (folder / 'c.md').write_bytes(b'a\0b')
    with caplog.at_level(logging.WARNING, logger='genkit_documents'):
        assert sources(read_folder(folder, on_error='skip')) == ['a.md', 'b/deep/c.HTML', 'b/z.txt', 'c.txt']
    warned = [record.getMessage() for record in caplog.records if record.getMessage().startswith('Left out')]
    assert [message.split("'")[1] for message in warned] == ['a.txt', 'b.html', 'b.pdf', 'c.md']
    with pytest.raises(GenkitError, match=r"'a.txt' is not utf-8: .* Save it as UTF-8") as caught:
        read_folder(folder)
    assert caught.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize(
    ('content', 'encoding', 'text'),
    [
        (b'\xef\xbb\xbfcaf\xc3\xa9\r\nx\ry\n', 'utf-8', 'café\nx\ny\n'),
        ('é'.encode('utf-16'), 'utf-8', 'é'),
        (b'caf\xe9', 'latin-1', 'café'),
    ],
)
def test_encodings_and_line_ends_become_one(tmp_path, content, encoding, text):
    path = tmp_path / 'a.txt'
    path.write_bytes(content)
    assert read_file(path, encoding=encoding)[0].text == text


def test_a_web_page_says_its_encoding(tmp_path):
    path = tmp_path / 'a.html'
    path.write_bytes(b'<html><meta http-equiv=content-type content="text/html; charset=latin-1"><p>caf\xe9')
    assert read_file(path)[0].text == 'café'


@pytest.mark.parametrize(
    ('label', 'content', 'text'),
    [
        ('ISO-8859-1', b'caf\xe9', 'café'),
        ('utf_8', b'caf\xc3\xa9', 'café'),
        ('utf-16', b'caf\xc3\xa9', 'café'),  # what says so in bytes of one letter each is not
        ('Windows-1252', b'\x93tea\x94', '“tea”'),
        ('x-sjis', 'お茶'.encode('cp932'), 'お茶'),
        ('gb_2312-80', '茶'.encode('gbk'), '茶'),
        ('ks_c_5601-1987', '차'.encode('cp949'), '차'),
        ('iso_8859-5:1988', 'чай'.encode('iso8859-5'), 'чай'),
    ],
)
def test_a_web_page_is_in_an_encoding_of_the_web(tmp_path, label, content, text):
    path = tmp_path / 'a.html'
    path.write_bytes(b'<meta charset="%s"><p>%s' % (label.encode(), content))
    assert read_file(path)[0].text == text


@pytest.mark.parametrize(
    'label', ['punycode', 'idna', 'unicode_escape', 'raw-unicode-escape', 'utf-7', 'rot13', 'cp037']
)
def test_other_encodings_of_the_language_are_no_encodings_of_a_page(tmp_path, label):
    path = tmp_path / 'a.html'
    path.write_bytes(b'<meta charset=%s>' % label.encode() + b'a' * 100_000 + b'-' + b'b' * 1_000_000)
    with pytest.raises(GenkitError, match=f'a.html.* says that it is {label!r}, which is no encoding of web') as caught:
        read_file(path)
    assert caught.value.status == 'INVALID_ARGUMENT'


def test_every_encoding_that_a_page_may_name_is_one_of_text():
    for encoding in set(charsets._ENCODINGS.values()):
        assert codecs.encode('a' * 10, encoding) == b'a' * 10


@pytest.mark.parametrize('content', [b'', b' \n', b'\xef\xbb\xbf'])
def test_a_file_without_text_has_no_documents(tmp_path, content):
    path = tmp_path / 'a.md'
    path.write_bytes(content)
    assert read_file(path) == []
    assert read_folder(tmp_path) == []


@pytest.mark.parametrize(
    ('text', 'title'),
    [('---\ntitle: "Tea"\n---\n# Menu', 'Tea'), ('x\n\nMenu\n====\n', 'Menu'), ('```\n# no\n```', None)],
)
def test_the_title_of_markdown_is_in_its_front_matter_or_its_first_heading(tmp_path, text, title):
    path = tmp_path / 'a.md'
    path.write_text(text)
    assert (read_file(path)[0].metadata or {}).get('title') == title


@needs_posix
def test_a_file_whose_name_is_no_text_is_an_error_that_names_it(folder, caplog):
    name = os.fsdecode(b'\xff\xfe.txt')
    try:
        (folder / name).write_text('Text.')
    except OSError:
        pytest.skip('the file system takes no such name')
    (folder / os.fsdecode(b'x.\xff')).write_text('')
    with caplog.at_level(logging.INFO, logger='genkit_documents'):
        documents = read_folder(folder, on_error='skip')
    assert sources(documents) == ['a.md', 'b/deep/c.HTML', 'b/z.txt', 'b.pdf', 'b.pdf', 'c.txt']
    assert r"Left out: '\udcff\udcfe.txt' has a name that is no UTF-8" in caplog.text
    caplog.text.encode()
    for reading in (lambda: read_folder(folder), lambda: read_file(folder / name)):
        with pytest.raises(GenkitError, match=r'has a name that is no UTF-8.* Rename it') as caught:
            reading()
        assert caught.value.status == 'INVALID_ARGUMENT'


def test_halves_of_characters_in_a_pdf_are_shown_as_missing(tmp_path, monkeypatch):
    path = tmp_path / 'a.pdf'
    path.write_bytes(make_pdf(['Tea.'], 'Tea'))
    monkeypatch.setattr(pdf_text, 'pdf_pages', lambda *_: (['a\ud800b \ud83d\ude00'], '\udfff'))
    [document] = read_file(path)
    assert document.text == 'a\N{REPLACEMENT CHARACTER}b 😀'
    assert document.model_dump_json()


@pytest.mark.parametrize('text', ['# ' + 'T' * 9000, '---\ntitle: ' + 'T' * 9000 + '\n---\nx'])
def test_a_long_title_is_cut(tmp_path, text):
    for name in ('a.md', 'a.html'):
        (tmp_path / name).write_text(text if name == 'a.md' else f'<title>{"T" * 9000}</title>x')
        [document] = read_file(tmp_path / name)
        assert (document.metadata or {})['title'] == 'T' * 199 + '…'


def test_a_file_has_a_largest_size(tmp_path):
    path = tmp_path / 'a.txt'
    path.write_text('abcd')
    assert len(read_file(path, max_bytes=4)) == 1
    with pytest.raises(GenkitError, match=r'larger than 3 bytes\. Split it, or raise max_bytes') as caught:
        read_file(path, max_bytes=3)
    assert caught.value.status == 'OUT_OF_RANGE'


def test_a_suffix_of_an_unknown_kind_is_refused_until_it_is_named(tmp_path):
    path = tmp_path / 'a.rst'
    path.write_text('Tea')
    with pytest.raises(GenkitError, match=r"of no kind .* kinds=\{'.rst': \"text/plain\"\}") as caught:
        read_file(path)
    assert caught.value.status == 'INVALID_ARGUMENT'
    [document] = read_file(path, kinds={'.RST': 'text/plain'})
    assert document.metadata == {'source': path.as_posix(), 'media_type': 'text/plain'}


def test_a_file_that_is_gone_when_its_turn_comes_is_an_error(folder):
    documents = iter_folder(folder)
    assert sources([next(documents)]) == ['a.md']
    (folder / 'c.txt').unlink()
    with pytest.raises(GenkitError, match=r"'c\.txt' cannot be read") as caught:
        list(documents)
    assert caught.value.status == 'NOT_FOUND'


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'on_error': 'ignore'}, "on_error is 'ignore'"),
        ({'encoding': 'klingon'}, "encoding is 'klingon'"),
        ({'max_bytes': -1}, 'max_bytes is -1'),
        ({'kinds': {'rst': 'text/plain'}}, "kinds has 'rst'"),
        ({'kinds': {'.png': 'image/png'}}, "kinds has '.png': 'image/png'"),
    ],
)
def test_options_that_cannot_be_are_refused_at_once(folder, options, message):
    with pytest.raises(GenkitError, match=message) as caught:
        iter_folder(folder, **options)
    assert caught.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize('path', ['nowhere', 'a.md', '\0'])
def test_what_is_no_folder_is_one_clear_error(folder, path):
    with pytest.raises(GenkitError, match='There is no folder') as caught:
        read_folder(folder / path)
    assert caught.value.status == 'NOT_FOUND'


@pytest.mark.parametrize(('path', 'status'), [('nowhere.md', 'NOT_FOUND'), ('b', 'INVALID_ARGUMENT'), ('\0.md', None)])
def test_what_is_no_file_is_one_clear_error(folder, path, status):
    with pytest.raises(GenkitError) as caught:
        read_file(folder / path)
    assert status in {None, caught.value.status}


def test_importing_the_package_loads_nothing_heavy():
    import subprocess

    script = (
        'import sys, genkit; had = set(sys.modules); import genkit_documents; '
        'print(sorted({"pypdf", "regex"} & (set(sys.modules) - had)))'
    )
    done = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '[]'
