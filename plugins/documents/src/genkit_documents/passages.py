# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Splits documents into passages: by their structure, then by size."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Literal, cast, get_args

from genkit import Document, GenkitError, MediaPart
from genkit.types import DocumentData

from genkit_documents.cuts import Ruler, passages_of
from genkit_documents.structure import markdown_sections, plain_section


Structure = Literal['markdown', 'text']

_PLAIN: Final = frozenset({'text/plain', 'application/pdf'})


def split(
    documents: Iterable[DocumentData | str],
    *,
    size: int = 800,
    overlap: int | None = None,
    by: Structure | None = None,
    length: Callable[[str], int] = len,
) -> list[Document]:
    r"""Return the passages of documents, in order.

    A section under a Markdown heading that fits is one passage. A longer one is cut between its blocks, then between
    lines of code, list items and rows, then between sentences, words and at last characters as people see them; the
    next passage begins with the end of the one before. Each passage has its document's metadata, and besides
    ``headings``, the path of headings above it, each of at most 200 characters; ``start`` and ``end``, its place in
    ``document.text``; and ``passage``, its number from 1. A medium is its own passage, without a place.

    ```python
    from genkit import Document
    from genkit_documents import split

    [first, second] = split([Document.from_text('# Tea\n\nHot.\n\n## Cake\n\nSweet.', {'source': 'menu.md'})])
    assert second.text == '## Cake\n\nSweet.'
    assert second.metadata == {
        'source': 'menu.md',
        'headings': ['Tea', 'Cake'],
        'start': 13,
        'end': 28,
        'passage': 2,
    }
    ```

    Args:
        documents: What to split; a text is its own document.
        size: The most that a passage measures, unless one character alone measures more.
        overlap: How much of the passage before a passage may repeat, within a section. Default: an eighth of the size.
        by: ``'markdown'``, or ``'text'`` for documents whose ``#`` begins no heading. Default: ``'text'`` for documents
            whose ``media_type`` is ``text/plain`` or ``application/pdf``, else ``'markdown'``.
        length: Measures a text. Default: its characters. A tokenizer's count makes sizes those of an embedder.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for sizes that no passage can have, and for anything that is no document.
    """
    if by is not None and by not in get_args(Structure):
        raise GenkitError(f"by is {by!r}; it must be 'markdown', 'text' or None.", status='INVALID_ARGUMENT')
    ruler = Ruler.of(size, overlap, length)
    return [passage for document in _checked(documents) for passage in _passages(document, by, ruler)]


def _checked(documents: Any) -> Iterator[Document]:
    if isinstance(documents, str | DocumentData) or not isinstance(documents, Iterable):
        raise GenkitError(
            f'split got {type(documents).__name__} {str(documents)[:40]!r}; give it a list of documents, such as '
            'split([document]).',
            status='INVALID_ARGUMENT',
        )
    for document in cast('Iterable[Any]', documents):
        if isinstance(document, str):
            yield Document.from_text(document)
        elif isinstance(document, DocumentData):
            yield Document.from_document_data(document)
        else:
            raise GenkitError(
                f'split got {type(document).__name__} {str(document)[:40]!r} among its documents; each must be a '
                'Document or a text.',
                status='INVALID_ARGUMENT',
            )


def _passages(document: Document, by: Structure | None, ruler: Ruler) -> Iterator[Document]:
    text = str(document.text)
    metadata = document.metadata or {}
    is_plain = by == 'text' or (by is None and metadata.get('media_type') in _PLAIN)
    number = 0
    for section in [plain_section(text)] if is_plain else markdown_sections(text):
        for start, end in passages_of(text, section, ruler):
            number += 1
            place = {'headings': list(section.headings), 'start': start, 'end': end, 'passage': number}
            yield Document.from_text(text[start:end], {**metadata, **place})
    for part in document.content:
        if isinstance(part, MediaPart):
            number += 1
            yield Document(content=[part], metadata={**metadata, 'passage': number})
