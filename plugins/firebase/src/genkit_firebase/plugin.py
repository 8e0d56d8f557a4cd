# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Collections of Firestore as a plugin, and single retrievers."""

from collections.abc import Mapping
from typing import Any, Final, Required, TypedDict, Unpack

from genkit import Genkit
from genkit.plugin import Action, StoreIndex, StorePlugin, VectorStore, collections_by_name, embed
from genkit.types import Document, EmbedderRef, IndexerRef, RetrieverRef, RetrieverResponse
from pydantic import BaseModel

from genkit_firebase.config import (
    ContentField,
    DistanceMeasure,
    FirestoreIndex,
    IndexerOptions,
    MetadataFields,
    RetrieverOptions,
)
from genkit_firebase.database import Database
from genkit_firebase.store import FirestoreStore


PLUGIN_NAME: Final = 'firestore'
_SECONDS: Final = 60.0


class Firestore(StorePlugin):
    """Collections: ``firestore/<name>`` is a retriever and an indexer.

    Args:
        indexes: The collections.
        project: The Google Cloud project. Default: ``GOOGLE_CLOUD_PROJECT``, ``GCLOUD_PROJECT`` or that of
            ``FIREBASE_CONFIG``, else that of the credentials.
        database: The name of the database.
        credentials: Google credentials. Default: those of the environment; none where ``FIRESTORE_EMULATOR_HOST`` is
            set.
        client: An `AsyncClient` of ``google.cloud.firestore`` to use instead; it is not closed here, and belongs to one
            event loop.
        timeout: Seconds for a call with its repetitions.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two collections of one name.
    """

    name = PLUGIN_NAME
    retriever_options = RetrieverOptions
    indexer_options = IndexerOptions

    def __init__(
        self,
        *indexes: FirestoreIndex,
        project: str | None = None,
        database: str | None = None,
        credentials: Any = None,
        client: Any = None,
        timeout: float = _SECONDS,
    ) -> None:
        self._database = Database(project, database, credentials=credentials, client=client, timeout=timeout)
        stores = ((index, FirestoreStore(index, self._database)) for index in indexes)
        self._stores = collections_by_name(PLUGIN_NAME, 'collections', stores)

    def collections(self) -> Mapping[str, tuple[StoreIndex, VectorStore[Any, Any]]]:
        """Return the collections by name."""
        return self._stores

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._database.aclose()


def firestore_retriever_ref(name: str) -> RetrieverRef[Any]:
    """Return a reference to the retriever of a collection."""
    return RetrieverRef(name=f'{PLUGIN_NAME}/{name}')


def firestore_indexer_ref(name: str) -> IndexerRef[Any]:
    """Return a reference to the indexer of a collection."""
    return IndexerRef(name=f'{PLUGIN_NAME}/{name}')


class FirestoreRetriever(TypedDict, total=False):
    """What a single retriever is made of.

    Attributes:
        name: Its name, without a prefix.
        label: What the developer tools call it. Default: the name.
        collection: The path of the collection.
        embedder: What makes the vector of a query.
        embedder_options: Options of the embedder.
        firestore: An `AsyncClient` of ``google.cloud.firestore``. Default: one of the environment's project.
        vector_field: See `FirestoreIndex`, as for all that follow.
        content_field: A field, or a function.
        metadata_fields: Fields, or a function.
        distance_measure: How vectors are compared.
        distance_threshold: The greatest distance that is found.
        distance_result_field: The member of the metadata that the distance becomes.
    """

    name: Required[str]
    label: str
    collection: Required[str]
    embedder: Required[str | EmbedderRef[Any]]
    embedder_options: Mapping[str, Any] | BaseModel | None
    firestore: Any
    vector_field: str
    content_field: ContentField
    metadata_fields: MetadataFields | None
    distance_measure: DistanceMeasure
    distance_threshold: float | None
    distance_result_field: str | None


def define_firestore_retriever(ai: Genkit, **given: Unpack[FirestoreRetriever]) -> Action[Any, Any, Any]:
    """Define a retriever of a collection that another program fills.

    Args:
        ai: The application.
        given: See `FirestoreRetriever`.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a collection or a field that cannot be.
    """
    settings: dict[str, Any] = dict(given)
    label, client = settings.pop('label', None), settings.pop('firestore', None)
    index = FirestoreIndex(**settings)
    store = FirestoreStore(index, Database(client=client, timeout=_SECONDS))

    async def retrieve(query: Document, options: RetrieverOptions | None) -> RetrieverResponse:
        wanted = options or RetrieverOptions()
        if wanted.filter is not None and wanted.filter.finds_nothing:
            return RetrieverResponse(documents=[])
        if wanted.filter is not None and wanted.filter.finds_everything:
            wanted = wanted.model_copy(update={'filter': None})
        vectors = await embed(ai.registry, index.embedder, [query], options=index.embedder_options)
        found = await store.query(vectors[0].embedding, query, wanted)
        return RetrieverResponse(documents=[match.document for match in found])

    action = ai.define_retriever(index.name, retrieve, RetrieverOptions)
    if label is not None:
        action.metadata['retriever']['label'] = label
    return action
