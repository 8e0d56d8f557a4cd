# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads Markdown files and divides them by their headings."""

import re
from pathlib import Path

from genkit import Document


_HEADING = re.compile(r'^#{1,6} +(.+?) *#*$')
_FENCE = re.compile(r'^ *(```|~~~)')


class NoDocumentsError(Exception):
    """There is nothing to answer from."""


def read_documents(folder: Path) -> list[Document]:
    """Return the sections of every Markdown file below a folder; metadata says where each is from."""
    if not folder.is_dir():
        raise NoDocumentsError(f'there is no folder {str(folder)!r}; name one with Markdown files: --docs DIR')
    documents = [document for file in sorted(folder.rglob('*.md')) for document in _sections(file, folder)]
    if not documents:
        raise NoDocumentsError(f'the folder {str(folder)!r} holds no Markdown file with text in it')
    return documents


def _sections(file: Path, folder: Path) -> list[Document]:
    name = file.relative_to(folder).as_posix()
    try:
        text = file.read_text('utf-8')
    except (OSError, UnicodeDecodeError) as error:
        raise NoDocumentsError(f'cannot read {str(file)!r}: {error}') from error
    return [
        Document.from_text(body, {'ref': name, 'heading': heading}) for heading, body in split_by_heading(text) if body
    ]


def split_by_heading(text: str) -> list[tuple[str, str]]:
    """Return each heading with the text below it; a line in a code fence is no heading."""
    sections: list[tuple[str, list[str]]] = [('', [])]
    in_fence = False
    for line in text.splitlines():
        in_fence ^= bool(_FENCE.match(line))
        heading = None if in_fence else _HEADING.match(line)
        if heading:
            sections.append((heading[1], []))
        else:
            sections[-1][1].append(line)
    return [(heading, '\n'.join(lines).strip()) for heading, lines in sections]
