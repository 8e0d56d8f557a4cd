# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents."""

from typing import Any, Final, cast

from genkit import Document
from genkit.types import DocumentData, DocumentPart, Media, MediaPart, TextPart
from langchain_core.documents import Document as LangChainDocument


_MEDIA: Final = 'media'
_ID: Final = '_id'
_SCORE: Final = '_score'


def to_langchain_document(document: DocumentData) -> LangChainDocument:
    """Return a document of LangChain: media become its metadata ``media``, the ``_id`` of a store becomes its id."""
    known = Document.from_document_data(document)
    metadata = dict(known.metadata or {})
    identity = metadata.pop(_ID, None)
    media = [medium.to_wire() for medium in known.media()]
    if media:
        metadata[_MEDIA] = media
    return LangChainDocument(
        page_content=str(known.text), metadata=metadata, id=None if identity is None else str(identity)
    )


def to_document(document: LangChainDocument, score: float | None = None) -> Document:
    """Return a document of Genkit, with id and score in its metadata as the stores of Genkit give them."""
    metadata: dict[str, Any] = dict(document.metadata)
    parts: list[DocumentPart] = [TextPart(text=document.page_content)] if document.page_content else []
    held = metadata.get(_MEDIA)
    if isinstance(held, list) and (media := _media_in(cast('list[Any]', held))):
        del metadata[_MEDIA]
        parts += media
    if document.id is not None:
        metadata[_ID] = document.id
    if score is not None:
        metadata[_SCORE] = float(score)
    return Document(content=parts or [TextPart(text='')], metadata=metadata or None)


def _media_in(held: list[Any]) -> list[DocumentPart] | None:
    """Return the media that `to_langchain_document` has put there; None for a member of another meaning."""
    try:
        return [MediaPart(media=Media.model_validate(each)) for each in held]
    except ValueError:
        return None
