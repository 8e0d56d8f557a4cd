# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Contract of vector store plugins."""

import asyncio
import contextlib
import math
import random
import sys
from collections.abc import Generator
from typing import Any, ClassVar, Final

import pytest

from genkit import Genkit, GenkitError, Media, MediaPart, StatusName, TextPart
from genkit.plugin import StorePlugin, document_id
from genkit.testing.contracts.filters import FilterContract
from genkit.types import Document, Embedding, EmbedRequest, EmbedResponse


COLLECTION: Final = 'contract-notes'
EMBEDDER: Final = 'fake'
_TEXTS: Final = (
    'the lighthouse of Skarholm stands on a rock',
    'bread is baked from flour and water',
    'a violin has four strings',
    'Grüße, 世界: 🍜 "quoted" \\ and\nnew lines',
)


class StoreContract(FilterContract):
    """Contract tests of a vector store plugin, against a real store or a server that checks its requests.

    Subclass it in a test module, name the subclass ``Test…``, and define `plugin`, which sets up a collection. Each
    test gets an empty collection.

    Attributes:
        dimensions: The number of dimensions of the vectors.
        many: The number of documents in the bulk indexing test.
        settles_within: The maximum time until stored documents can be found, in seconds.
        takes_filters: Whether it takes the filters that stores have in common; if not, it must refuse them all.
        refused_comparisons: What of the common filters the store refuses: operators as in an error, such as ``$exists``
            or ``$not $gt``, and ``order of texts``.
        compares_numbers_in_lists: Whether it compares the elements of lists that hold something else than texts.
        counts_by_filter: Whether it can count the documents that meet a filter, and not only all of them.
    """

    dimensions: ClassVar[int] = 64
    many: ClassVar[int] = 450
    settles_within: ClassVar[float] = 0.0

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        """Return the plugin with one collection, which is new and empty.

        The only method a subclass must define.

        Args:
            collection: Its name.
            embedder: The name of the embedder that fills it.
        """
        raise NotImplementedError(f'{type(self).__name__} must say how its plugin is made: define `plugin`.')

    async def application(self, collection: str = COLLECTION) -> tuple[Genkit, StorePlugin, str]:
        """Return an application with an empty collection, the plugin, and the name of retriever and indexer."""
        plugin = await self.plugin(collection, EMBEDDER)
        ai = Genkit(plugins=[plugin])
        define_exact_embedder(ai, self.dimensions)
        return ai, plugin, plugin.namespaced(collection)

    async def found(self, ai: Genkit, name: str, query: str, options: Any = None) -> list[Document]:
        """Return what is found, once the store has settled."""
        if self.settles_within:
            await asyncio.sleep(self.settles_within)
        return (await ai.retrieve(name, query, options)).documents

    def scattered(self, text: str) -> list[float]:
        """Return a vector that is like that of no other text, which an approximate index could take for the same."""
        source = random.Random(text)  # noqa: S311  (the same for the same text)
        return [source.gauss(0, 1) for _ in range(self.dimensions)]

    async def test_what_was_stored_is_found_with_its_text_metadata_and_score(self) -> None:
        ai, _, name = await self.application()
        metadata = {'source': 'a.md', 'page': 3, 'tags': ['x', 'ü'], 'deep': {'a': [1, {'b': None}]}, 'draft': False}
        await ai.index(name, [Document.from_text(_TEXTS[0], metadata), Document.from_text(_TEXTS[1])])
        first, *_ = await self.found(ai, name, _TEXTS[0], {'k': 2})
        assert Document.from_document_data(first).text() == _TEXTS[0]
        assert first.metadata is not None
        assert {key: first.metadata[key] for key in metadata} == metadata
        assert first.metadata['_id'] == document_id(Document.from_text(_TEXTS[0], metadata))
        assert isinstance(first.metadata['_score'], float)
        await ai.aclose()

    async def test_the_nearest_comes_first_and_no_more_than_asked_for(self) -> None:
        ai, _, name = await self.application()
        await ai.index(name, [Document.from_text(text) for text in _TEXTS])
        for text in _TEXTS:
            documents = await self.found(ai, name, text, {'k': 2})
            assert len(documents) == 2
            assert Document.from_document_data(documents[0]).text() == text
            scores = [(document.metadata or {})['_score'] for document in documents]
            assert scores == sorted(scores, reverse=True)
        await ai.aclose()

    async def test_storing_a_document_again_changes_nothing(self) -> None:
        ai, _, name = await self.application()
        documents = [Document.from_text(text, {'n': n}) for n, text in enumerate(_TEXTS)]
        await ai.index(name, documents)
        await ai.index(name, [*documents, documents[0]])
        found = await self.found(ai, name, _TEXTS[0], {'k': 50})
        assert len(found) == len(_TEXTS)
        await ai.aclose()

    async def test_equal_texts_with_other_metadata_are_two_documents(self) -> None:
        ai, _, name = await self.application()
        await ai.index(name, [Document.from_text('same', {'n': 1}), Document.from_text('same', {'n': 2})])
        found = await self.found(ai, name, 'same', {'k': 50})
        assert sorted((document.metadata or {})['n'] for document in found) == [1, 2]
        await ai.aclose()

    async def test_nothing_is_found_in_an_empty_collection(self) -> None:
        ai, _, name = await self.application()
        assert await self.found(ai, name, 'anything') == []
        await ai.index(name, [])
        assert await self.found(ai, name, 'anything', {'k': 3}) == []
        await ai.aclose()

    async def test_deleted_documents_are_not_found_again(self) -> None:
        ai, plugin, name = await self.application()
        documents = [Document.from_text(text) for text in _TEXTS]
        await ai.index(name, documents)
        await plugin.delete(COLLECTION, [documents[0], document_id(documents[1]), 'there-is-no-such-id'])
        found = await self.found(ai, name, _TEXTS[0], {'k': 50})
        texts = {Document.from_document_data(document).text() for document in found}
        assert texts == set(_TEXTS[2:])
        await ai.aclose()

    async def test_media_come_back_as_media(self) -> None:
        ai, _, name = await self.application()
        image = MediaPart(media=Media(url='data:image/png;base64,AAAA', content_type='image/png'))
        await ai.index(name, [Document(content=[TextPart(text='a picture of a boat'), image])])
        (document,) = await self.found(ai, name, 'a picture of a boat', {'k': 1})
        back = Document.from_document_data(document)
        assert back.text() == 'a picture of a boat'
        assert [(medium.url, medium.content_type) for medium in back.media()] == [
            ('data:image/png;base64,AAAA', 'image/png')
        ]
        await ai.aclose()

    async def test_a_document_that_the_embedder_splits_is_stored_with_all_its_parts(self) -> None:
        ai, _, name = await self.application()

        async def splitting(request: EmbedRequest) -> EmbedResponse:
            halves = [[1.0, 0.5, *[0.0] * (self.dimensions - 2)], [0.5, 1.0, *[0.0] * (self.dimensions - 2)]]
            made = [
                Embedding(embedding=half, metadata={'half': n}) for _ in request.input for n, half in enumerate(halves)
            ]
            return EmbedResponse(embeddings=made if len(request.input) == 1 else made[: len(request.input) + 1])

        ai.define_embedder(EMBEDDER, splitting)
        await ai.index(name, [Document.from_text('one'), Document.from_text('two')])
        found = await self.found(ai, name, 'one', {'k': 50})
        assert len(found) == 4
        assert {(document.metadata or {})['embedMetadata']['half'] for document in found} == {0, 1}
        await ai.aclose()

    async def test_many_documents_are_stored_in_batches_with_progress(self) -> None:
        ai, _, name = await self.application()
        documents = [Document.from_text(f'document number {n}', {'n': n}) for n in range(self.many)]
        action = await ai.registry.resolve_action_by_key(f'/indexer/{name}')
        assert action is not None
        stream = action.stream({'documents': [document.to_wire() for document in documents]})
        progress = [chunk async for chunk in stream]
        assert progress[-1] == {'stored': self.many, 'of': self.many}
        assert len(progress) > 1
        document, *_ = await self.found(ai, name, 'document number 321', {'k': 3})
        assert (document.metadata or {})['n'] == 321
        await ai.aclose()

    async def test_an_indexing_that_failed_in_the_middle_can_be_repeated(self) -> None:
        ai, _, name = await self.application()
        calls: list[int] = []

        async def failing(request: EmbedRequest) -> EmbedResponse:
            calls.append(len(request.input))
            if len(calls) == 2:
                raise GenkitError('busy', status='UNAVAILABLE')
            texts = [Document.from_document_data(document).text() for document in request.input]
            return EmbedResponse(embeddings=[Embedding(embedding=self.scattered(text)) for text in texts])

        ai.define_embedder(EMBEDDER, failing)
        documents = [Document.from_text(f'text {n}') for n in range(self.many)]
        with pytest.raises(GenkitError):
            await ai.index(name, documents)
        await ai.index(name, documents)
        stored: set[str] = set()
        for query in ('one', 'two', 'three'):  # an index that is approximate may leave one out here or there
            found = await self.found(ai, name, query, {'k': min(self.many, 1000)})
            texts = [Document.from_document_data(document).text() for document in found]
            assert len(set(texts)) == len(texts)
            stored.update(texts)
        assert stored == {document.text() for document in documents}
        await ai.aclose()

    async def test_several_can_store_and_ask_at_the_same_time(self) -> None:
        ai, _, name = await self.application()
        await ai.retrieve(name, 'warm')
        await asyncio.gather(*(ai.index(name, [Document.from_text(f'parallel {n}')]) for n in range(20)))
        found = await self.found(ai, name, 'parallel 7', {'k': 50})
        assert len(found) == 20
        answers = await asyncio.gather(*(ai.retrieve(name, f'parallel {n}', {'k': 1}) for n in range(20)))
        texts = [Document.from_document_data(answer.documents[0]).text() for answer in answers]
        assert texts == [f'parallel {n}' for n in range(20)]
        await ai.aclose()

    @pytest.mark.parametrize('k', [0, -1, 'many'])
    async def test_a_number_of_documents_that_makes_no_sense_is_refused_by_name(self, k: Any) -> None:
        ai, _, name = await self.application()
        with pytest.raises(GenkitError) as raised:
            await ai.retrieve(name, 'x', {'k': k})
        assert raised.value.status == StatusName.INVALID_ARGUMENT
        assert repr(k) in str(raised.value)
        await ai.aclose()

    async def test_vectors_of_other_dimensions_are_refused_and_nothing_is_stored(self) -> None:
        ai, _, name = await self.application()
        await ai.index(name, [Document.from_text('first')])
        define_exact_embedder(ai, self.dimensions + 1)
        with pytest.raises(GenkitError) as raised:
            await ai.index(name, [Document.from_text('second')])
        define_exact_embedder(ai, self.dimensions)
        assert raised.value.status in (StatusName.INVALID_ARGUMENT, StatusName.FAILED_PRECONDITION)
        assert str(self.dimensions + 1) in str(raised.value)
        assert len(await self.found(ai, name, 'first', {'k': 50})) == 1
        await ai.aclose()

    async def test_it_lists_its_retriever_and_indexer_without_connecting(self) -> None:
        ai, _, name = await self.application()
        with _connections() as connections:
            listed = {(entry.action_type, entry.name) for entry in await ai.list_actions()}
        assert not connections
        assert {('retriever', name), ('indexer', name)} <= listed
        await ai.aclose()


def define_exact_embedder(ai: Genkit, dimensions: int) -> None:
    """Define an embedder by which every text is nearest to itself, and no nearer to one text than to another."""

    async def embed(request: EmbedRequest) -> EmbedResponse:
        texts = [Document.from_document_data(document).text() for document in request.input]
        return EmbedResponse(embeddings=[Embedding(embedding=_vector(text, dimensions)) for text in texts])

    ai.define_embedder(EMBEDDER, embed)


def _vector(text: str, dimensions: int) -> list[float]:
    drawn = random.Random(text)  # noqa: S311  (the same for the same text)
    numbers = [drawn.gauss(0, 1) for _ in range(dimensions)]
    length = math.hypot(*numbers)
    return [number / length for number in numbers]


_listening: list[list[str]] = []  # an audit hook stays for good


@contextlib.contextmanager
def _connections() -> Generator[list[str]]:
    """Give the connections that this process makes inside the block, as far as Python knows of them."""
    if not _listening:
        sys.addaudithook(_note)
    found: list[str] = []
    _listening.append(found)
    try:
        yield found
    finally:
        _listening[-1] = []  # which nobody reads


def _note(event: str, given: Any) -> None:
    if event in {'socket.connect', 'sqlite3.connect'} and _listening:
        _listening[-1].append(f'{event} {given[-1]!r}')
