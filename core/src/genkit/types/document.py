# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents, and the requests and responses of embedders, retrievers and rerankers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Self, cast

from pydantic import ConfigDict, ValidationError, field_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from genkit.types.display import members, note, numbered, text_block
from genkit.types.message import text_of
from genkit.types.part import DocumentPart, Media, MediaPart, TextPart
from genkit.types.wire import OpenWireModel, WireModel


# What the constructor of a document of text takes in other libraries.
_TEXT_ELSEWHERE: Final = ('text', 'page_content', 'content')


class DocumentData(WireModel):
    """Content to be embedded, indexed, retrieved or given to a model as context."""

    content: list[DocumentPart]
    metadata: dict[str, Any] | None = None

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the text, the media, and the metadata."""
        return _shown(self.content, members(self.metadata))


class Embedding(WireModel):
    """The vector of a document or of a part of it.

    Attributes:
        embedding: The vector, in the embedder's dimensions.
        metadata: Which piece it stands for, where an embedder splits documents.
    """

    embedding: list[float]
    metadata: dict[str, Any] | None = None


class CallableText(str):
    """A text that may also be called, which returns it: what used to be a method has become a property."""

    __slots__ = ()

    def __call__(self) -> str:
        """Return the text."""
        return str(self)


class Document(DocumentData):
    """A `DocumentData` with helper methods. Use `from_text` to make one from a string."""

    if not TYPE_CHECKING:

        def __init__(self, **members: Any) -> None:
            try:
                super().__init__(**members)
            except ValidationError as error:
                raise _pointing_out(error, members) from None

        # Validating data does not go through the constructor.
        __init__.__pydantic_base_init__ = True

    @classmethod
    def from_text(cls, text: str, metadata: dict[str, Any] | None = None) -> Self:
        """Return a document with one text part."""
        if type(text) is str and (metadata is None or type(metadata) is dict):
            return cls.trusted(content=[TextPart.trusted(text=text)], metadata=metadata)
        return cls(content=[TextPart(text=text)], metadata=metadata)

    @classmethod
    def from_media(cls, url: str, content_type: str | None = None, metadata: dict[str, Any] | None = None) -> Self:
        """Return a document with one media part, given as a URL or a data URL."""
        return cls(content=[MediaPart(media=Media(url=url, content_type=content_type))], metadata=metadata)

    @classmethod
    def from_data(cls, data: str, data_type: str | None = None, metadata: dict[str, Any] | None = None) -> Self:
        """Return a text document, or a media document when a type other than text is given."""
        if data_type is None or data_type == 'text':
            return cls.from_text(data, metadata)
        return cls.from_media(data, data_type, metadata)

    @classmethod
    def from_document_data(cls, data: DocumentData) -> Self:
        """Return the data as a document; a document is returned as it is."""
        return data if isinstance(data, cls) else cls(content=data.content, metadata=data.metadata)

    @property
    def text(self) -> 'CallableText':
        """The text parts, joined. Programs for older releases call it: ``document.text()`` is the same."""
        return CallableText(text_of(list(self.content)))

    def media(self) -> list[Media]:
        """Return the media."""
        return [part.media for part in self.content if isinstance(part, MediaPart)]

    def data(self) -> str:
        """Return the text or, where there is none, the URL of the first medium."""
        media = self.media()
        return str(self.text) or (media[0].url if media else '')

    def data_type(self) -> str | None:
        """Return ``'text'``, the type of the first medium, or None for an empty document."""
        if self.text:
            return 'text'
        media = self.media()
        return media[0].content_type if media else None

    def get_embedding_documents(self, embeddings: Sequence[Embedding]) -> list['Document']:
        """Return one document for each embedding; its metadata is kept as ``embedMetadata``."""
        documents: list[Document] = []
        for embedding in embeddings:
            metadata = dict(self.metadata or {})
            if embedding.metadata:
                metadata['embedMetadata'] = embedding.metadata
            documents.append(Document(content=list(self.content), metadata=metadata or None))
        return documents


class EmbedRequest(WireModel):
    """Documents to embed; ``options`` depend on the embedder."""

    input: list[DocumentData]
    options: Any = None


class EmbedResponse(WireModel):
    """One or more embeddings for each document, in order."""

    embeddings: list[Embedding]


class CommonRetrieverOptions(OpenWireModel):
    """Options that most retrievers accept.

    Attributes:
        k: How many documents to return.
    """

    k: int | None = None


class CommonRerankerOptions(OpenWireModel):
    """Options that most rerankers accept.

    Attributes:
        k: How many documents to return.
    """

    k: int | None = None


class RetrieverRequest(WireModel):
    """A query for a retriever; ``options`` depend on the retriever."""

    query: DocumentData
    options: Any = None


class RetrieverResponse(WireModel):
    """The documents a retriever found, best first; document data is accepted as well."""

    documents: list[Document]

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the documents, one after the other."""
        return numbered(self.documents)

    if TYPE_CHECKING:

        def __init__(self, *, documents: Sequence[DocumentData]) -> None: ...

    @field_validator('documents', mode='before')
    @classmethod
    def _as_documents(cls, given: Any) -> Any:
        if not isinstance(given, Sequence) or isinstance(given, str):
            return given
        entries = cast('Sequence[Any]', given)
        return [Document.from_document_data(each) if isinstance(each, DocumentData) else each for each in entries]


class IndexerRequest(WireModel):
    """Documents to store; ``options`` depend on the indexer."""

    documents: list[DocumentData]
    options: Any = None


class RerankerRequest(WireModel):
    """Documents to rank by relevance to a query."""

    query: DocumentData
    documents: list[DocumentData]
    options: Any = None


class RankedDocumentMetadata(OpenWireModel):
    """The score of a reranked document, in addition to its other metadata."""

    score: float


class RankedDocumentData(WireModel):
    """A document with its score."""

    content: list[DocumentPart]
    metadata: RankedDocumentMetadata

    @property
    def score(self) -> float:
        """The relevance of the document. Higher is better; the scale depends on the reranker."""
        return self.metadata.score

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the text, the media, the score and the metadata."""
        return _shown(self.content, [f'score: {self.score:.3f}', *members(self.metadata.extra)])


class RankedDocument(RankedDocumentData):
    """A reranked document with helper methods."""

    model_config = ConfigDict(extra='forbid')

    @property
    def text(self) -> 'CallableText':
        """The text parts, joined; ``document.text()`` is the same."""
        return CallableText(text_of(list(self.content)))


class RerankerResponse(WireModel):
    """The documents in order of relevance, best first."""

    documents: list[RankedDocumentData]

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the documents, one after the other."""
        return numbered(self.documents)


def _pointing_out(error: ValidationError, members: dict[str, Any]) -> ValidationError:
    """Return an error of the constructor; where its arguments are those of other libraries, it says what to write."""
    text = next((members[name] for name in _TEXT_ELSEWHERE if isinstance(members.get(name), str)), None)
    metadata = members.get('metadata')
    if text is not None:
        way_out = "a document of one text is made with Document.from_text('…')"
    elif metadata is not None and not isinstance(metadata, dict):
        way_out = "metadata is a dictionary, such as Document.from_text('…', {'source': 'note'})"
    else:
        return error
    details: list[InitErrorDetails] = [
        {
            'type': PydanticCustomError('document', '{said}; {way_out}', {'said': item['msg'], 'way_out': way_out}),
            'loc': item['loc'],
            'input': item['input'],
        }
        for item in error.errors(include_url=False)
    ]
    return ValidationError.from_exception_data(error.title, details)


def _shown(content: Sequence[DocumentPart], facts: list[str]) -> str:
    text = text_of(list(content))
    media = [
        f'media: {part.media.content_type or "of unknown type"}' for part in content if isinstance(part, MediaPart)
    ]
    return (text_block(text) if text else '') + note([*media, *facts])
