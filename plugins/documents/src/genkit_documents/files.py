# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads one file as documents: regular files of known kinds, no larger than stated."""

import codecs
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final

from genkit import Document, GenkitError, get_logger

from genkit_documents.charsets import encoding_of
from genkit_documents.structure import first_heading, shortened


MAX_BYTES: Final = 50 * 2**20

KINDS: Final[Mapping[str, str]] = {
    '.htm': 'text/html',
    '.html': 'text/html',
    '.markdown': 'text/markdown',
    '.md': 'text/markdown',
    '.pdf': 'application/pdf',
    '.text': 'text/plain',
    '.txt': 'text/plain',
    '.xhtml': 'text/html',
}

# Opening a pipe must not wait for a writer, and a link that has come in between is not followed.
_FLAGS: Final = ('O_CLOEXEC', 'O_BINARY', 'O_NONBLOCK', 'O_NOCTTY', 'O_NOFOLLOW')
_OPEN: Final = os.O_RDONLY | sum(getattr(os, name, 0) for name in _FLAGS)
_MARKS: Final = ((codecs.BOM_UTF8, 'utf-8'), (codecs.BOM_UTF16_LE, 'utf-16-le'), (codecs.BOM_UTF16_BE, 'utf-16-be'))
_CHARSET: Final = re.compile(rb'<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["\']?([\w.:-]{1,40})', re.IGNORECASE)
_CHARSET_WITHIN: Final = 1024
_FRONT_TITLE: Final = re.compile(r'^title[ \t]*:[ \t]*(\S[^\n]*)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read; `read_file` says what the members mean."""

    kinds: Mapping[str, str]
    encoding: str
    max_bytes: int

    @classmethod
    def of(cls, kinds: Mapping[str, str] | None, encoding: str, max_bytes: Any) -> 'Reading':
        """Return it, or raise ``INVALID_ARGUMENT`` for options that cannot be."""
        known = {**KINDS, **{suffix.lower(): kind for suffix, kind in (kinds or {}).items()}}
        for suffix, kind in known.items():
            if not suffix.startswith('.') or kind not in KINDS.values():
                raise GenkitError(
                    f'kinds has {suffix!r}: {kind!r}; expected a suffix with its dot and one of '
                    f'{", ".join(sorted(set(KINDS.values())))}, such as {{".rst": "text/plain"}}.',
                    status='INVALID_ARGUMENT',
                )
        if not isinstance(max_bytes, int) or max_bytes < 0:
            raise GenkitError(f'max_bytes is {max_bytes!r}; it must be a whole number.', status='INVALID_ARGUMENT')
        try:
            ''.encode(encoding)
        except LookupError as error:
            raise GenkitError(
                f'encoding is {encoding!r}, which Python does not know; take one such as utf-8 or latin-1.',
                status='INVALID_ARGUMENT',
            ) from error
        return cls(known, encoding, max_bytes)

    def kind_of(self, path: PurePath) -> str | None:
        """Return the media type of a file by its suffix, or None."""
        return self.kinds.get(path.suffix.lower())


def read_file(
    path: str | os.PathLike[str],
    *,
    kinds: Mapping[str, str] | None = None,
    encoding: str = 'utf-8',
    max_bytes: int = MAX_BYTES,
) -> list[Document]:
    r"""Return the documents in a file: one, or of a PDF one for each page; none if it holds no text.

    The suffix decides how a file is read. HTML becomes Markdown, without scripts, styles and navigation. Metadata says
    where a document is from: ``source``, the path as given; ``media_type``; ``title`` where the file has one, of at
    most 200 characters; and the ``page`` of a PDF, from 1. Line ends become ``\n``.

    Args:
        path: The file.
        kinds: Media types of further suffixes, such as ``{'.rst': 'text/plain'}``.
        encoding: Of text that does not say, by a byte-order mark or in HTML, what it is in.
        max_bytes: The largest file. Default: 50 MiB.

    Raises:
        GenkitError: It names the file. ``NOT_FOUND``; ``PERMISSION_DENIED``; ``OUT_OF_RANGE`` if it is too large, also
            inside; ``FAILED_PRECONDITION`` if it is not a regular file, is encrypted, or needs a library that is not
            installed; ``INVALID_ARGUMENT`` if it is of an unknown kind, broken, no text of its encoding, or has a name
            that is no UTF-8.
    """
    given = Path(path)
    reading = Reading.of(kinds, encoding, max_bytes)
    return list(documents_of(_followed(given), given.as_posix(), reading))


def documents_of(path: Path, source: str, reading: Reading) -> Iterator[Document]:
    """Yield the documents in a file."""
    shown = repr(source)
    kind = reading.kind_of(PurePath(source))
    if kind is None:
        raise GenkitError(
            f'{shown} is of no kind that can be read ({", ".join(sorted(reading.kinds))}). Name its kind: '
            f'kinds={{{PurePath(source).suffix or ".suffix"!r}: "text/plain"}}.',
            status='INVALID_ARGUMENT',
        )
    _check_name(source)
    content = _read(path, shown, reading.max_bytes)
    pages, title = _pages(content, kind, shown, reading)
    title = shortened(storable(title or ''))
    metadata: dict[str, Any] = {'source': source, 'media_type': kind, **({'title': title} if title else {})}
    found = 0
    for number, text in enumerate(pages, start=1):
        if text.strip():
            found += 1
            yield Document.from_text(
                storable(text), {**metadata, **({'page': number} if kind == 'application/pdf' else {})}
            )
    if pages and not found:
        get_logger(__name__).warning('%s holds no text%s', shown, '; it may be scanned' if len(content) > 1 else '')


def storable(text: str) -> str:
    """Return a text without halves of characters, as a PDF may hold them: it could be sent and stored nowhere."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode('utf-16-le', 'surrogatepass').decode('utf-16-le', 'replace')
    return text


def _check_name(source: str) -> None:
    if storable(source) != source:
        raise GenkitError(
            f'{source!a} has a name that is no UTF-8, so that its documents could not be sent or stored. Rename it.',
            status='INVALID_ARGUMENT',
        )


def _pages(content: bytes, kind: str, shown: str, reading: Reading) -> tuple[list[str], str | None]:
    if kind == 'application/pdf':
        from genkit_documents.pdf_text import pdf_pages  # noqa: PLC0415  (an extra)

        return pdf_pages(content, shown)
    declared = _CHARSET.search(content, 0, _CHARSET_WITHIN) if kind == 'text/html' else None
    text = _decoded(content, _encoding(declared[1].decode(), shown) if declared else reading.encoding, shown)
    if kind == 'text/html':
        from genkit_documents.html_text import to_markdown  # noqa: PLC0415  (only where there is HTML)

        text, title = to_markdown(text)
        return [text], title
    return [text], _title(text) if kind == 'text/markdown' else None


def _encoding(label: str, shown: str) -> str:
    encoding = encoding_of(label)
    if encoding is None:
        raise GenkitError(
            f'{shown} says that it is {label!r}, which is no encoding of web pages. Save it as UTF-8.',
            status='INVALID_ARGUMENT',
        )
    return encoding


def _decoded(content: bytes, encoding: str, shown: str) -> str:
    for mark, marked in _MARKS:
        if content.startswith(mark):
            content, encoding = content.removeprefix(mark), marked
    try:
        text = content.decode(encoding)
    except (LookupError, UnicodeError) as error:
        raise GenkitError(
            f'{shown} is not {encoding}: {error}. Save it as UTF-8, or name its encoding: encoding="latin-1".',
            status='INVALID_ARGUMENT',
        ) from error
    if '\0' in text:
        raise GenkitError(
            f'{shown} holds zero bytes, as no text does. Leave it out, or name its encoding: encoding="utf-16".',
            status='INVALID_ARGUMENT',
        )
    return text.replace('\r\n', '\n').replace('\r', '\n')


def _title(markdown: str) -> str | None:
    """Return the title in the front matter of a Markdown text, or its first heading."""
    end = markdown.find('\n---', 3) if markdown.startswith('---\n') else -1
    named = _FRONT_TITLE.search(markdown, 0, end) if end >= 0 else None
    return named[1].strip().strip('"\'') if named else first_heading(markdown)


def _followed(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, or no path at all
        raise GenkitError(
            f'{path.as_posix()!r} cannot be read: {error}. Put a file there.', status='FAILED_PRECONDITION'
        ) from error


def _read(path: Path, shown: str, max_bytes: int) -> bytes:
    try:
        descriptor = os.open(path, _OPEN)
        with os.fdopen(descriptor, 'rb') as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise GenkitError(f'{shown} is no regular file. Put a file there.', status='FAILED_PRECONDITION')
            content = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        status = 'NOT_FOUND' if missing else 'FAILED_PRECONDITION'
        status = 'PERMISSION_DENIED' if isinstance(error, PermissionError) else status
        raise GenkitError(
            f'{shown} cannot be read: {getattr(error, "strerror", None) or error}. Check the path and its permissions.',
            status=status,
        ) from error
    if len(content) > max_bytes:
        raise GenkitError(
            f'{shown} is larger than {max_bytes} bytes. Split it, or raise max_bytes.', status='OUT_OF_RANGE'
        )
    return content
