# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set: for a collection, for a query, and for an indexing."""

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, cast

from genkit.plugin import Filter, StoreIndex, read_json
from genkit.types import Document, DocumentPart, WireModel
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field

from genkit_firebase.errors import refused


DEFAULT_K: Final = 10
MOST: Final = 1_000  # of find_nearest: https://firebase.google.com/docs/firestore/vector-search
MOST_DIMENSIONS: Final = 2_048
OWN_FIELD: Final = '_genkit'
# https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields
_RESERVED: Final = re.compile(r'__.*__', re.DOTALL)
_LONGEST_SEGMENT: Final = 1_500  # bytes
_PLAIN: Final = re.compile(r'[A-Za-z0-9_.~-]{1,200}')

DistanceMeasure = Literal['COSINE', 'EUCLIDEAN', 'DOT_PRODUCT']
ContentField = str | Callable[[Any], str | Document | Sequence[DocumentPart]]
MetadataFields = Sequence[str] | Callable[[Any], Mapping[str, Any]]
Where = Mapping[str, Any] | Sequence[tuple[str, str, Any]]


@dataclass(frozen=True, kw_only=True)
class FirestoreIndex(StoreIndex):
    """A collection of Firestore and the embedder that fills it.

    Attributes:
        name: Of its retriever and indexer.
        collection: The path of the collection. Default: the name.
        vector_field: Where the vector is.
        content_field: Where the text is; or a function that makes the content of a document of the library, a
            ``DocumentSnapshot``: a text, parts, or a `Document`. With a function, nothing can be indexed here.
        metadata_fields: The fields that become metadata; or a function that makes them of a ``DocumentSnapshot``.
            Default: all others.
        list_fields: The members of the metadata that hold lists, as filters name them. All others then hold single
            values, so that a filter is left to Firestore as a whole. Default: any may hold a list.
        distance_measure: How vectors are compared; ``DOT_PRODUCT`` for vectors of length 1.
        distance_threshold: The greatest distance that is found, or the least product. Default: any.
        distance_result_field: The member of the metadata that the distance becomes. Default: none.
        batch_size: How many documents are embedded and stored at a time.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a collection or a field that cannot be.
    """

    collection: str = ''
    vector_field: str = 'embedding'
    content_field: ContentField = 'text'
    metadata_fields: MetadataFields | None = None
    list_fields: Sequence[str] | None = None
    distance_measure: DistanceMeasure = 'COSINE'
    distance_threshold: float | None = None
    distance_result_field: str | None = None
    batch_size: int = 100

    def __post_init__(self) -> None:
        """Check the names."""
        check_collection(self.path)
        check_field(self.vector_field, 'vector_field')
        if isinstance(self.content_field, str):
            check_field(self.content_field, 'content_field')
        if self.distance_measure not in ('COSINE', 'EUCLIDEAN', 'DOT_PRODUCT'):
            raise refused(
                f"distance_measure is {self.distance_measure!r}; expected 'COSINE', 'EUCLIDEAN' or 'DOT_PRODUCT'."
            )

    @property
    def path(self) -> str:
        """The path of the collection."""
        return self.collection or self.name


def firebase_project() -> str | None:
    """Return the project that the environment names, if it names one."""
    named = (os.environ.get(name) for name in ('GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT'))
    return next(filter(None, named), None) or _configured_project(os.environ.get('FIREBASE_CONFIG'))


def document_id(kind: str, name: str) -> str:
    """Return the id of a document for any text: as it is where that is possible, else a hash.

    Args:
        kind: What stands before it, so that no two kinds meet and none of Firestore's reserved names comes out.
        name: The text.
    """
    if _PLAIN.fullmatch(name):
        return f'{kind}-{name}'
    return f'{kind}.{hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()}'


def check_collection(path: str) -> str:
    """Return the path of a collection, such as ``notes`` or ``users/ada/notes``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if Firestore takes no such path.
    """
    segments = path.split('/')
    if len(segments) % 2 and all(map(is_segment, segments)):
        return path
    raise refused(
        f'Collection {path!r} is not possible; expected a name, or an odd number of names with slashes between them, '
        "such as 'users/ada/notes', none of them empty, '.', '..' or '__…__'."
    )


def check_field(name: str, setting: str) -> str:
    """Return the name of a field.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if Firestore takes no such name.
    """
    if is_field(name) and name != OWN_FIELD:
        return name
    raise refused(
        f"{setting} is {name!r}; expected the name of a field: a text that is not empty, '__…__' or {OWN_FIELD!r}."
    )


def is_field(name: str) -> bool:
    """Return whether a field may have a name."""
    return 0 < _length(name) <= _LONGEST_SEGMENT and not _RESERVED.fullmatch(name)


def is_segment(name: str) -> bool:
    """Return whether a collection or a document may have a name."""
    return is_field(name) and name not in {'.', '..'} and '/' not in name


def _length(name: str) -> int:
    try:
        return len(name.encode())
    except UnicodeEncodeError:
        return 0


def _or_default(k: Any) -> Any:
    return DEFAULT_K if k is None else k


class RetrieverOptions(WireModel):
    """Options of a query.

    Attributes:
        k: How many documents to return at most, 1 to 1000; ``limit`` is the same.
        filter: Conditions on the metadata, as in all stores.
        where: Conditions on fields in Firestore's own words: values by field, or triples such as
            ``('year', '>=', 2020)``, all of which must be met
            (https://firebase.google.com/docs/firestore/query-data/queries#query_operators).
        collection: The path of another collection.
        distance_measure: Another measure; there has to be an index for the vectors in any case.
        distance_threshold: The greatest distance that is found, or the least product.
        distance_result_field: The member of the metadata that the distance becomes.
    """

    k: Annotated[int, BeforeValidator(_or_default)] = Field(
        default=DEFAULT_K, ge=1, le=MOST, validation_alias=AliasChoices('k', 'limit')
    )
    filter: Filter | None = None
    where: dict[str, Any] | list[tuple[str, str, Any]] | None = None
    collection: Annotated[str, AfterValidator(check_collection)] | None = None
    distance_measure: DistanceMeasure | None = None
    distance_threshold: float | None = None
    distance_result_field: str | None = None


class IndexerOptions(WireModel):
    """Options of an indexing, a deletion and a count.

    Attributes:
        collection: The path of another collection.
    """

    collection: Annotated[str, AfterValidator(check_collection)] | None = None


def _configured_project(text: str | None) -> str | None:
    """Return the project of the variable that Cloud Functions sets; it may also name a file, which is not read."""
    try:
        config = read_json(text) if text and text.lstrip().startswith('{') else None
    except ValueError:
        return None
    project = cast('dict[str, Any]', config).get('projectId') if isinstance(config, dict) else None
    return project if isinstance(project, str) and project else None
