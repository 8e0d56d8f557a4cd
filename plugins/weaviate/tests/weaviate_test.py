# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract on a server that checks what it is sent, and what is peculiar to Weaviate."""

import asyncio
import random
import socket
import subprocess
import sys
import traceback
from typing import Any

import pytest
from genkit import Document, Genkit, GenkitError
from genkit.plugin import StoreEntry, StorePlugin, document_id
from genkit.testing import CannedAnswer, LoopbackServer, StoreContract
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_weaviate import Weaviate, WeaviateCollection, weaviate_indexer_ref, weaviate_retriever_ref

from .weaviate_server import KEY, Class, WeaviateServer


SECRET = 'wv-very-secret-0123456789'


@pytest.fixture(scope='module')
def server():
    with WeaviateServer() as running:
        yield running


@pytest.fixture(autouse=True)
def _as_new(server):
    server.as_new()


class TestWeaviate(StoreContract):
    @pytest.fixture(autouse=True)
    def _server(self, server):
        self.server = server

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        known = WeaviateCollection(name=collection, embedder=embedder, class_name='ContractNotes')
        return Weaviate(known, api_key=KEY, url=self.server.url)


def vector_of(text: str) -> list[float]:
    drawn = random.Random(text)
    return [drawn.gauss(0, 1) for _ in range(8)]


async def embed(request: EmbedRequest) -> EmbedResponse:
    texts = [Document.from_document_data(item).text() for item in request.input]
    return EmbedResponse(embeddings=[Embedding(embedding=vector_of(text)) for text in texts])


class App:
    """An application with one collection."""

    def __init__(self, server: LoopbackServer, api_key: Any = KEY, **settings: Any) -> None:
        collection = WeaviateCollection(name='notes', embedder='fake', **settings)
        self.plugin = Weaviate(collection, api_key=api_key, url=server.url)
        self.ai = Genkit(plugins=[self.plugin])
        self.ai.define_embedder('fake', embed)

    async def index(self, *documents: Document, **options: Any) -> None:
        await self.ai.index('weaviate/notes', list(documents), options or None)

    async def texts(self, query: str = 'x', **options: Any) -> list[str]:
        found = (await self.ai.retrieve('weaviate/notes', query, {'k': 100, **options})).documents
        return [Document.from_document_data(document).text() for document in found]


@pytest.fixture
async def make_app(server):
    made: list[App] = []

    def make(**settings):
        made.append(App(server, **settings))
        return made[-1]

    yield make
    for app in made:
        await app.ai.aclose()


def sent(server: LoopbackServer, method: str, path: str) -> list[Any]:
    return [each for each in server.requests if (each.method, each.path.split('?')[0]) == (method, f'/v1/{path}')]


ANIMALS = [
    Document.from_text('cat', {'legs': 4, 'Wild': False, 'wild': 'no', 'tags': ['pet', 'fur'], 'gone': None}),
    Document.from_text('wolf', {'legs': 4, 'Wild': True, 'numbers': [1, 2], '$odd': 1, 'a.b': 2}),
    Document.from_text('crow', {'legs': 2, 'Wild': True, 'said': '  a b  '}),
]


@pytest.mark.parametrize(
    ('conditions', 'expected'),
    [
        ({'legs': 4}, {'cat', 'wolf'}),
        ({'Wild': True}, {'wolf', 'crow'}),
        ({'wild': True}, set()),
        ({'numbers': {'$not': {'$gt': 1}}}, {'cat', 'crow'}),
        ({'said': 'a b'}, set()),
        ({'said': '  a b  '}, {'crow'}),
        ({'said': {'$lt': ' a'}}, {'crow'}),
        ({'a.b': 2}, set()),
        ({'nowhere': {'$gt': 3}}, set()),
        ({'nowhere': {'$not': {'$gt': 3}}}, {'cat', 'wolf', 'crow'}),
    ],
)
async def test_a_filter_is_sent_and_met(make_app, conditions, expected):
    app = make_app()
    await app.index(*ANIMALS)
    assert set(await app.texts(filter=conditions)) == expected
    assert await app.plugin.count('notes', conditions) == len(expected)


async def test_objects_and_texts_of_every_kind_are_compared_as_they_are(make_app):
    app = make_app()
    odd = [
        '',
        ' ',
        '\t',
        '\x00',
        'a',
        'a ',
        'a\x00',
        'A',
        'ä',
        '\uffff',
        '😀',
        'a" }) { x } #',
        "b'",
        '\\',
        '{',
        '\u2028',
    ]
    await app.index(
        *(Document.from_text(str(n), {'said': text, 'at': {}} if n else {'said': text}) for n, text in enumerate(odd))
    )
    for n, text in enumerate(odd):
        assert await app.texts(filter={'said': text}) == [str(n)]
        assert {int(each) for each in await app.texts(filter={'said': {'$lt': text}})} == {
            m for m, other in enumerate(odd) if other < text
        }
    assert await app.texts(filter={'at': {'$exists': False}}) == ['0']


async def test_numbers_are_equal_however_large_and_ordered_where_that_is_exact(make_app):
    app = make_app()
    large = [(1 << 53), (1 << 53) + 1, -(1 << 63), 0.5, 1e300]
    await app.index(*(Document.from_text(str(n), {'n': value}) for n, value in enumerate(large)))
    for n, value in enumerate(large):
        assert await app.texts(filter={'n': value}) == [str(n)]
    assert set(await app.texts(filter={'n': {'$gt': (1 << 53) - 1}})) == {'0', '1', '4'}
    with pytest.raises(GenkitError, match=f'may round {(1 << 53) + 1}') as raised:
        await app.texts(filter={'n': {'$gt': (1 << 53) + 1}})
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_an_older_server_negates_nothing_and_says_so(make_app, server):
    server.version = '1.28.0'
    app = make_app()
    await app.index(*ANIMALS)
    assert set(await app.texts(filter={'legs': 4})) == {'cat', 'wolf'}
    with pytest.raises(GenkitError, match=r'uses \$ne, but Weaviate 1\.28 cannot negate exactly, which 1\.33 can'):
        await app.texts(filter={'legs': {'$ne': 4}})


async def test_members_that_are_not_filterable_are_refused_by_name(make_app, server):
    app = make_app(filterable=['legs'])
    await app.index(*ANIMALS)
    assert await app.texts(filter={'legs': 2}) == ['crow']
    with pytest.raises(GenkitError, match=r"filter\['tags'\] uses \$eq, but only \['legs'\] are filterable"):
        await app.texts(filter={'tags': 'pet'})
    assert {name for name in server.classes['Notes'].properties if name.startswith(('num_', 'str_'))} == {'num_legs'}


async def test_a_native_filter_is_met_beside_the_common_one(make_app):
    app = make_app(properties={'legs': 'int', 'said': 'text'})
    await app.index(*ANIMALS)
    few = {'path': ['legs'], 'operator': 'LessThan', 'valueInt': 3}
    assert await app.texts(where=few) == ['crow']
    assert set(
        await app.texts(where={'operator': 'Or', 'operands': [few, {**few, 'operator': 'Equal', 'valueInt': 4}]})
    )
    assert await app.texts(where=few, filter={'Wild': True}) == ['crow']
    assert await app.texts(where=few, filter={'Wild': False}) == []
    assert await app.texts(where={'path': ['said'], 'operator': 'Equal', 'valueText': 'a" }) { x'}) == []
    assert set(await app.texts(where={'path': ['said'], 'operator': 'IsNull', 'valueBoolean': True})) == {'cat', 'wolf'}


@pytest.mark.parametrize(
    ('where', 'said'),
    [
        ({'path': ['legs']}, 'with an operator'),
        ({'operator': 'Equal) { x', 'path': ['legs'], 'valueInt': 1}, 'with an operator'),
        ({'operator': 'Equal', 'path': ['legs'], 'valueInt: 1} x': 1}, 'path, operator, operands'),
        ({'operator': 'And', 'operands': {'a': 1}}, r'where\.operands'),
        ({'operator': 'And', 'operands': [3]}, r'where\.operands\[0\] is 3'),
        ({'operator': 'Equal', 'path': ['none'], 'valueInt': 1}, "no such prop with name 'none'"),
    ],
)
async def test_a_native_filter_without_meaning_is_refused(make_app, where, said):
    app = make_app()
    await app.index(*ANIMALS)
    with pytest.raises(GenkitError, match=said) as raised:
        await app.texts(where=where)
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_metadata_come_back_as_they_were(make_app):
    app = make_app()
    await app.index(*ANIMALS)
    for animal in ANIMALS:
        (document,) = (await app.ai.retrieve('weaviate/notes', animal.text(), {'k': 1})).documents
        kept = {key: value for key, value in (document.metadata or {}).items() if key not in ('_id', '_score')}
        assert kept == animal.metadata
        assert (document.metadata or {})['_id'] == document_id(animal)


@pytest.mark.parametrize('metric', ['cosine', 'dot', 'l2-squared'])
async def test_the_nearest_comes_first_by_every_metric(make_app, metric):
    app = make_app(metric=metric)
    await app.index(*ANIMALS)
    found = (await app.ai.retrieve('weaviate/notes', 'cat', {'k': 3})).documents
    scores = [(document.metadata or {})['_score'] for document in found]
    assert scores == sorted(scores, reverse=True)
    if metric != 'dot':
        assert Document.from_document_data(found[0]).text() == 'cat'
        assert scores[0] == pytest.approx(1.0 if metric == 'cosine' else 0.0, abs=1e-9)


async def test_hybrid_search_weighs_words_against_vectors(make_app):
    app = make_app()
    await app.index(Document.from_text('a black cat'), Document.from_text('a grey wolf'))
    assert (await app.texts('"the" wolf\n}) {', alpha=0.0)) == ['a grey wolf']
    assert (await app.texts('a black cat', alpha=1.0))[0] == 'a black cat'
    with pytest.raises(GenkitError, match='alpha'):
        await app.texts(alpha=2.0)


async def test_tenants_are_apart(make_app, server):
    app = make_app(tenant='home')
    await app.index(ANIMALS[0])
    await app.index(ANIMALS[0], ANIMALS[1], tenant='away')
    assert await app.texts() == await app.texts(tenant='home') == ['cat']
    assert await app.texts(tenant='away', filter={'Wild': True}) == ['wolf']
    assert await app.texts(tenant='nowhere') == []
    assert await app.plugin.count('notes', options={'tenant': 'nowhere'}) == 0
    await app.plugin.delete('notes', [ANIMALS[1]], {'tenant': 'nowhere'})
    await app.plugin.delete_meeting('notes', {'legs': 4}, {'tenant': 'away'})
    assert await app.plugin.count('notes', options={'tenant': 'away'}) == 0
    assert await app.texts() == ['cat']
    with pytest.raises(GenkitError, match='tenant'):
        await app.texts(tenant='a b"')
    bare = make_app()
    with pytest.raises(GenkitError, match=r"'Notes' of Weaviate keeps tenants apart\. Name one") as raised:
        await bare.texts()
    assert raised.value.status == 'FAILED_PRECONDITION'
    assert sent(server, 'POST', 'schema/Notes/tenants')


async def test_a_tenant_in_a_collection_without_any_is_refused(make_app):
    app = make_app()
    await app.index(ANIMALS[0])
    with pytest.raises(GenkitError, match="has no tenants, and 'home' was named"):
        await app.texts(tenant='home')


async def test_single_objects_that_were_not_stored_are_named(make_app, server):
    server.fails = {'wolf'}
    app = make_app()
    with pytest.raises(GenkitError, match=r'did not store 1 of 3 documents .* shard is read-only') as raised:
        await app.index(*ANIMALS)
    assert raised.value.details['failed'] == [document_id(ANIMALS[1])]
    server.fails = set()
    await app.index(*ANIMALS)
    assert len(await app.texts()) == 3
    assert len(sent(server, 'POST', 'batch/objects')[-1].json['objects']) == 1


async def test_a_deletion_that_exceeds_the_limit_of_the_server_is_continued(make_app, server):
    server.delete_limit = 2
    app = make_app()
    await app.index(*(Document.from_text(str(n), {'n': 1}) for n in range(7)))
    await app.plugin.delete_meeting('notes', {'n': 1})
    assert await app.texts() == []
    assert len(sent(server, 'DELETE', 'batch/objects')) == 4


async def test_a_collection_is_made_once_with_what_filters_need(make_app, server):
    app = make_app()
    assert await app.texts() == []
    assert await app.plugin.count('notes') == 0
    await app.plugin.delete('notes', ANIMALS)
    assert 'Notes' not in server.classes
    await asyncio.gather(*(app.index(animal) for animal in ANIMALS))
    (made,) = sent(server, 'POST', 'schema')
    assert made.json['vectorizer'] == 'none'
    assert made.json['invertedIndexConfig'] == {'indexNullState': True}
    await app.plugin.delete_collection('notes')
    assert await app.texts() == []
    with pytest.raises(GenkitError, match="There is no collection 'note'"):
        await app.plugin.delete_collection('note')


async def test_properties_that_another_process_added_are_known(make_app):
    first, second = make_app(), make_app()
    await first.index(ANIMALS[2])
    assert set(await second.texts(filter={'size': {'$gt': 1}})) == set()
    await first.index(Document.from_text('bear', {'size': 9}))
    assert await second.texts(filter={'size': {'$gt': 1}}) == ['bear']
    await second.index(Document.from_text('elk', {'size': 8, 'mood': 'calm'}))
    await first.index(Document.from_text('eel', {'mood': 'calm'}))
    assert set(await first.texts(filter={'mood': {'$gte': 'calm'}})) == {'elk', 'eel'}


async def test_objects_of_another_program_are_found_with_their_properties(make_app, server):
    text = {'name': 'body', 'dataType': ['text']}
    settings = {'vectorIndexConfig': {'distance': 'dot'}, 'invertedIndexConfig': {}}
    server.classes['Theirs'] = Class(
        {'class': 'Theirs', 'properties': [text, {'name': 'page', 'dataType': ['int']}], **settings}
    )
    own = {
        'id': '6f1d2a5e-5f0b-4f8e-9d3c-0f6a2b7c8d92',
        'vector': vector_of('x'),
        'properties': {'body': 'moose', 'page': 3},
    }
    server.classes['Theirs'].of(None)[own['id']] = own
    app = make_app(class_name='Theirs', content_property='body')
    (found,) = (await app.ai.retrieve('weaviate/notes', 'x')).documents
    assert Document.from_document_data(found).text() == 'moose'
    assert {**(found.metadata or {}), '_score': 0} == {'page': 3, '_id': own['id'], '_score': 0}
    assert await app.texts(filter={'page': 3}) == []
    assert await app.texts(filter={'page': {'$ne': 3}}) == ['moose']
    await app.index(ANIMALS[0])
    assert set(await app.texts(filter={'legs': {'$ne': 3}})) == {'moose', 'cat'}
    await app.plugin.delete('notes', [own['id']])
    assert await app.texts() == ['cat']


async def test_bodies_keep_to_four_megabytes(make_app, server):
    app = make_app(batch_size=1000)
    await app.index(*(Document.from_text(f'{number} ' + 'x' * 30_000) for number in range(200)))
    bodies = [request.body for request in sent(server, 'POST', 'batch/objects')]
    assert len(bodies) == 2
    assert max(map(len, bodies)) <= 4_000_100


async def test_half_a_character_is_refused_before_anything_is_sent(make_app, server):
    app = make_app()
    with pytest.raises(GenkitError, match='halves of surrogate pairs') as raised:
        await app.plugin.collections()['notes'][1].upsert([_entry('\ud83d')], None)
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert sent(server, 'POST', 'batch/objects') == []


def _entry(text: str) -> Any:
    return StoreEntry('a', Document.from_text(text), [1.0])


async def test_vectors_of_another_length_say_what_to_do(make_app):
    app = make_app()
    await app.index(*ANIMALS)

    async def other(request: EmbedRequest) -> EmbedResponse:
        return EmbedResponse(embeddings=[Embedding(embedding=[1.0] * 9) for _ in request.input])

    app.ai.define_embedder('fake', other)
    with pytest.raises(GenkitError, match=r"lengths don't match: 8 vs 9.* Use the embedder") as raised:
        await app.texts()
    assert raised.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize(
    ('settings', 'said'),
    [
        ({'name': 'my-notes'}, "no collection 'My-notes'; .* class_name='Notes'"),
        ({'name': 'a', 'class_name': 'notes'}, "'notes'; expected .* upper case"),
        ({'name': 'größe'}, 'upper case'),
        ({'name': ''}, 'upper case'),
        ({'name': 'a', 'metric': 'l2'}, "metric 'l2'; expected one of cosine, dot, l2-squared"),
        ({'name': 'a', 'content_property': 'a b'}, "property 'a b'"),
        ({'name': 'a', 'properties': {'id': 'text'}}, "property 'id'"),
        ({'name': 'a', 'properties': {'docFacts': 'text'}}, 'of the plugin itself'),
        ({'name': 'a', 'properties': {'num_x': 'int'}}, 'of the plugin itself'),
        ({'name': 'a', 'properties': {'text': 'text'}}, 'of the plugin itself'),
    ],
)
def test_a_name_that_weaviate_would_not_take_is_refused(settings, said):
    with pytest.raises(GenkitError, match=said) as raised:
        WeaviateCollection(embedder='e', **settings)
    assert raised.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize(
    ('answer', 'status', 'said'),
    [
        (CannedAnswer.of_json({'error': [{'message': f'no, {KEY}'}]}, 400), 'INVALID_ARGUMENT', 'no, '),
        (
            CannedAnswer.of_json({'error': [{'message': 'graphql api is disabled'}]}, 422),
            'FAILED_PRECONDITION',
            'new clusters of Weaviate Cloud have switched off',
        ),
        (CannedAnswer.of_json({'error': [{'message': 'not you'}]}, 403), 'PERMISSION_DENIED', 'not you'),
        (
            CannedAnswer.of_json({'error': [{'message': 'slowly'}]}, 429, {'retry-after': '3'}),
            'RESOURCE_EXHAUSTED',
            'slowly',
        ),
        (CannedAnswer.of_json({'error': [{'message': 'oh'}]}, 500), 'INTERNAL', 'oh'),
        (CannedAnswer(b'<html>', 503), 'UNAVAILABLE', 'Check that it can be reached'),
        (CannedAnswer(b'<html>', headers={'content-type': 'text/html'}), 'INTERNAL', 'text/html that is not JSON'),
        (CannedAnswer.of_json([1]), 'INTERNAL', 'must be an object'),
        (CannedAnswer.of_json({'properties': 'x'}), 'INTERNAL', 'properties'),
        (CannedAnswer.of_json({'properties': [], 'data': {'Get': 3}}), 'INTERNAL', 'Get'),
        (CannedAnswer.of_json({'errors': [{'message': 'context deadline exceeded'}]}), 'DEADLINE_EXCEEDED', 'context'),
        (CannedAnswer.of_json({'errors': ['x']}), 'INTERNAL', 'errors'),
        (CannedAnswer(b''), 'INTERNAL', 'is empty'),
        (CannedAnswer.of_json(None), 'INTERNAL', 'is empty'),
        (CannedAnswer.of_json({'properties': []}), 'INTERNAL', 'is empty'),
        (CannedAnswer.of_json({'properties': [], 'data': {'Get': {}}}), 'INTERNAL', 'is empty'),
        (
            CannedAnswer(b'{"properties": [], "data": {"Get": {"Notes": [{"_additional": {"distance": NaN}}]}}}'),
            'INTERNAL',
            'the score nan, which is no number',
        ),
        (
            CannedAnswer.of_json({'data': {'Get': {'Notes': [{'_additional': {'distance': 'far'}}]}}}),
            'INTERNAL',
            "'far'",
        ),
    ],
)
async def test_an_answer_that_is_wrong_is_an_error_of_ours(answer, status, said):
    with LoopbackServer(lambda _: answer) as loopback:
        app = App(loopback)
        with pytest.raises(GenkitError, match=said) as raised:
            await app.texts()
        assert raised.value.status == status
        assert KEY not in ''.join(traceback.format_exception(raised.value))
        await app.ai.aclose()


async def test_without_an_address_or_with_a_wrong_key_it_says_where_they_go(server, monkeypatch):
    monkeypatch.delenv('WEAVIATE_URL', raising=False)
    monkeypatch.setenv('WEAVIATE_API_KEY', SECRET)
    plugin = Weaviate(WeaviateCollection(name='notes', embedder='e'))
    with pytest.raises(GenkitError, match='Set WEAVIATE_URL, or pass url=') as raised:
        await plugin.count('notes')
    assert raised.value.status == 'FAILED_PRECONDITION'
    monkeypatch.setenv('WEAVIATE_URL', server.url + '/')
    with pytest.raises(GenkitError, match=r'anonymous access not enabled\. Check the key') as raised:
        await plugin.count('notes')
    assert raised.value.status == 'UNAUTHENTICATED'
    assert SECRET not in ''.join(traceback.format_exception(raised.value))
    await plugin.aclose()
    with pytest.raises(GenkitError) as raised:
        Weaviate(url='http://user:very-secret-word@localhost')
    assert 'very-secret-word' not in str(raised.value)


async def test_every_call_can_bring_its_own_key(server):
    app = App(server, api_key=False)
    with pytest.raises(GenkitError, match='every request must bring one'):
        await app.texts()
    retriever = await app.ai.registry.resolve_action_by_key('/retriever/weaviate/notes')
    assert retriever is not None
    await retriever.arun({'query': ANIMALS[0].to_wire()}, context={'secrets': {'api_key': KEY}})
    await app.ai.aclose()


async def test_a_server_that_cannot_be_reached_is_named():
    with socket.socket() as listening:
        listening.bind(('127.0.0.1', 0))
        url = f'http://127.0.0.1:{listening.getsockname()[1]}'
    plugin = Weaviate(WeaviateCollection(name='notes', embedder='e'), url=url)
    with pytest.raises(GenkitError, match=f'Weaviate at {url}/v1/schema/Notes: .* Check that it can') as raised:
        await plugin.count('notes')
    assert raised.value.status == 'UNAVAILABLE'
    await plugin.aclose()


def test_one_plugin_serves_several_event_loops(server):
    app = App(server)

    async def run() -> list[str]:
        await app.index(*ANIMALS)
        found = await app.texts()
        await app.ai.aclose()
        return found

    assert asyncio.run(run()) == asyncio.run(run())


def test_two_collections_that_are_one_are_refused():
    one, other = (WeaviateCollection(name=name, embedder='e') for name in ('notes', 'Notes'))
    with pytest.raises(GenkitError, match='Two collections have one name'):
        Weaviate(one, one)
    with pytest.raises(GenkitError, match='are one in Weaviate'):
        Weaviate(one, other)


def test_references_name_retriever_and_indexer():
    assert weaviate_retriever_ref('notes').name == weaviate_indexer_ref('notes').name == 'weaviate/notes'


def test_importing_the_plugin_imports_no_http_library():
    program = (
        'import sys; from genkit_weaviate import Weaviate, WeaviateCollection; '
        "Weaviate(WeaviateCollection(name='a', embedder='b')); print('httpx' in sys.modules)"
    )
    result = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    assert result.stdout == 'False\n'
