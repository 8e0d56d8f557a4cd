# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract on the functions of the template, and what is peculiar to Convex."""

import asyncio
import random
import shutil
import socket
import subprocess
import sys
import traceback
from typing import Any

import pytest
from genkit import Document, Genkit, GenkitError
from genkit.plugin import StoreEntry, StorePlugin
from genkit.testing import CannedAnswer, LoopbackServer, StoreContract
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_convex import Convex, ConvexIndex, convex_indexer_ref, convex_retriever_ref, write_functions

from .conftest import DIMENSIONS, KEY


pytestmark = pytest.mark.timeout(180)


class TestConvex(StoreContract):
    dimensions = DIMENSIONS

    @pytest.fixture(autouse=True)
    def _deployment(self, deployment):
        self.url = deployment.url

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        return Convex(ConvexIndex(name=collection, embedder=embedder), url=self.url, deploy_key=KEY)


def vector_of(text: str) -> list[float]:
    drawn = random.Random(text)
    return [drawn.gauss(0, 1) for _ in range(DIMENSIONS)]


async def embed(request: EmbedRequest) -> EmbedResponse:
    texts = [Document.from_document_data(item).text() for item in request.input]
    return EmbedResponse(embeddings=[Embedding(embedding=vector_of(text)) for text in texts])


class App:
    """An application with one index."""

    def __init__(self, url: str, deploy_key: Any = KEY, **settings: Any) -> None:
        self.plugin = Convex(ConvexIndex(name='notes', embedder='fake', **settings), url=url, deploy_key=deploy_key)
        self.ai = Genkit(plugins=[self.plugin])
        self.ai.define_embedder('fake', embed)

    async def index(self, *documents: Document, **options: Any) -> None:
        await self.ai.index('convex/notes', list(documents), options or None)

    async def texts(self, query: str = 'x', **options: Any) -> list[str]:
        found = (await self.ai.retrieve('convex/notes', query, {'k': 100, **options})).documents
        return [Document.from_document_data(document).text() for document in found]


@pytest.fixture
async def app(deployment):
    made = App(deployment.url)
    yield made
    await made.ai.aclose()


ANIMALS = [
    Document.from_text('cat', {'legs': 4, 'tags': ['pet', 'fur'], 'gone': None, '_mine': 1, '$odd': {'ä': 1}}),
    Document.from_text('wolf', {'legs': 4, 'numbers': [1, 2], 'a.b': 2, 'at': {}}),
    Document.from_text('crow', {'legs': 2, 'constructor': 'own'}),
]


@pytest.mark.parametrize(
    ('conditions', 'expected'),
    [
        ({'legs': 4}, {'cat', 'wolf'}),
        ({'numbers': {'$not': {'$gt': 1}}}, {'cat', 'crow'}),
        ({'a.b': 2}, set()),
        ({'at': {'$exists': True}}, {'wolf'}),
        ({'constructor': {'$exists': True}}, {'crow'}),
        ({'legs.toString': {'$exists': True}}, set()),
        ({'tags.length': 2}, set()),
        ({'_mine': 1}, {'cat'}),
    ],
)
async def test_a_filter_is_met(app, conditions, expected):
    await app.index(*ANIMALS)
    assert set(await app.texts(filter=conditions)) == expected
    assert await app.plugin.count('notes', conditions) == len(expected)


async def test_texts_have_the_order_of_code_points(app):
    odd = [
        '',
        ' ',
        '\x00',
        'a',
        'a ',
        'a\x00',
        'A',
        'ä',
        '\ue000',
        '\uffff',
        '😀',
        '😁',
        'a😀',
        'a\uffff',
        '"',
        '\u2028',
    ]
    await app.index(*(Document.from_text(str(n), {'said': text}) for n, text in enumerate(odd)))
    for n, text in enumerate(odd):
        assert await app.texts(filter={'said': text}) == [str(n)]
        less = {m for m, other in enumerate(odd) if other < text}
        assert {int(each) for each in await app.texts(filter={'said': {'$lt': text}})} == less


@pytest.mark.parametrize('value', [1 << 53, 1e300, -(1 << 60)])
async def test_a_number_that_javascript_would_round_is_refused(app, value):
    with pytest.raises(GenkitError, match='which may round') as raised:
        await app.texts(filter={'n': {'$nin': [1, value]}})
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_the_scan_and_the_index_find_the_same_with_the_same_scores(app):
    await app.index(*(Document.from_text(f'text {n}', {'n': n}) for n in range(300)))
    by_index = (await app.ai.retrieve('convex/notes', 'text 7', {'k': 200})).documents
    by_scan = (await app.ai.retrieve('convex/notes', 'text 7', {'k': 200, 'filter': {'n': {'$gte': 0}}})).documents
    texts = [[Document.from_document_data(each).text() for each in found] for found in (by_index, by_scan)]
    assert texts[0] == texts[1]
    assert texts[0][0] == 'text 7'
    scores = [[(each.metadata or {})['_score'] for each in found] for found in (by_index, by_scan)]
    assert scores[0] == pytest.approx(scores[1])
    await app.plugin.delete_meeting('notes', {'n': {'$lt': 150}})
    assert await app.plugin.count('notes') == 150


async def test_namespaces_and_indexes_are_apart(deployment, app):
    await app.index(ANIMALS[0])
    await app.index(ANIMALS[1], namespace='away')
    assert await app.texts() == await app.texts(namespace='') == ['cat']
    assert await app.texts(namespace='away') == await app.texts(namespace='away', filter={'legs': 4}) == ['wolf']
    assert await app.texts(namespace='nowhere') == []
    await app.plugin.delete('notes', [ANIMALS[1]])
    await app.plugin.delete_meeting('notes', {'legs': 4})
    assert await app.plugin.count('notes', options={'namespace': 'away'}) == 1
    other = Convex(ConvexIndex(name='notes","away', embedder='e'), url=deployment.url, deploy_key=KEY)
    assert await other.count('notes","away') == 0
    await other.aclose()


async def test_a_document_that_is_stored_again_is_replaced(app):
    store = app.plugin.collections()['notes'][1]
    for text in ('old', 'new'):
        await store.upsert([StoreEntry('a', Document.from_text(text, {'of': text}), vector_of(text))], None)
    assert await app.texts('new') == ['new']
    assert await app.texts(filter={'of': 'old'}) == []
    assert await store.existing(['a', 'b'], None) == {'a'}


async def test_calls_keep_to_four_megabytes_and_a_document_to_one(app):
    await app.index(*(Document.from_text(f'{n} ' + 'x' * 900_000) for n in range(10)))
    assert await app.plugin.count('notes') == 10
    with pytest.raises(
        GenkitError, match=r"Document '\w{32}' cannot be stored: it takes \d+ bytes, .* Divide"
    ) as raised:
        await app.index(Document.from_text('x' * 1_000_001))
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_half_a_character_is_refused_by_name(app):
    with pytest.raises(GenkitError, match=r"Document 'a' cannot be stored: .* surrogate") as raised:
        await app.plugin.collections()['notes'][1].upsert([StoreEntry('a', Document.from_text('\ud83d'), [1.0])], None)
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_a_query_of_other_dimensions_says_what_to_do(app):
    async def other(request: EmbedRequest) -> EmbedResponse:
        return EmbedResponse(embeddings=[Embedding(embedding=[1.0] * 9) for _ in request.input])

    app.ai.define_embedder('fake', other)
    with pytest.raises(GenkitError, match=r'has 9 dimensions, and genkitSchema\.ts says 64') as raised:
        await app.texts()
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_a_wrong_key_says_where_it_goes_and_is_not_repeated(deployment, monkeypatch):
    monkeypatch.delenv('CONVEX_DEPLOY_KEY', raising=False)
    monkeypatch.delenv('CONVEX_URL', raising=False)
    plugin = Convex(ConvexIndex(name='notes', embedder='e'))
    with pytest.raises(GenkitError, match='Set CONVEX_URL, or pass url='):
        await plugin.count('notes')
    monkeypatch.setenv('CONVEX_URL', deployment.url + '/')
    with pytest.raises(GenkitError, match='Set CONVEX_DEPLOY_KEY, or pass deploy_key= to') as raised:
        await plugin.count('notes')
    assert raised.value.status == 'FAILED_PRECONDITION'
    secret = 'prod:happy-animal-123|very-secret-0123456789'
    monkeypatch.setenv('CONVEX_DEPLOY_KEY', secret)
    with pytest.raises(GenkitError, match='Check the key: deploy_key= or CONVEX_DEPLOY_KEY') as raised:
        await plugin.count('notes')
    assert raised.value.status == 'UNAUTHENTICATED'
    assert secret not in ''.join(traceback.format_exception(raised.value))
    await plugin.aclose()


@pytest.mark.parametrize(
    ('answer', 'status', 'said'),
    [
        (CannedAnswer.of_json({'code': 'x', 'message': f'no, {KEY}'}, 400), 'INVALID_ARGUMENT', 'no, '),
        (CannedAnswer.of_json({'message': 'slowly'}, 429, {'retry-after': '3'}), 'RESOURCE_EXHAUSTED', 'slowly'),
        (CannedAnswer(b'<html>', 503), 'UNAVAILABLE', 'Check that it can be reached'),
        (CannedAnswer(b'<html>', headers={'content-type': 'text/html'}), 'INTERNAL', 'not JSON'),
        (CannedAnswer(b'oh', 560), 'INTERNAL', 'not JSON'),
        (CannedAnswer.of_json([1]), 'INTERNAL', 'must be an object'),
        (CannedAnswer.of_json({}), 'INTERNAL', 'no reason was given'),
        (CannedAnswer.of_json({'status': 'error', 'errorMessage': 'Server Error'}, 560), 'INTERNAL', 'Server Error'),
        (
            CannedAnswer.of_json({'status': 'error', 'errorMessage': "Could not find public function for 'a'"}),
            'FAILED_PRECONDITION',
            'python -m genkit_convex PROJECT',
        ),
        (
            CannedAnswer.of_json({'status': 'error', 'errorMessage': 'ArgumentValidationError: x'}),
            'FAILED_PRECONDITION',
            'write the functions again',
        ),
        (CannedAnswer.of_json({'status': 'success', 'value': 3}), 'INTERNAL', 'returned no list'),
        (CannedAnswer.of_json({'status': 'success'}), 'INTERNAL', 'returned no list'),
        (CannedAnswer(b'{"status": "success", "value": [{"key": "a", "score": NaN}]}'), 'INTERNAL', 'the score nan'),
        (CannedAnswer.of_json({'status': 'success', 'value': [{'key': 'a', 'score': 'x'}]}), 'INTERNAL', "'x'"),
        (
            CannedAnswer.of_json({'status': 'success', 'value': [{'key': 'a', 'score': 1, 'metadata': '{'}]}),
            'DATA_LOSS',
            "Document 'a' of Convex cannot be read",
        ),
    ],
)
async def test_an_answer_that_is_wrong_is_an_error_of_ours(answer, status, said):
    with LoopbackServer(lambda _: answer) as loopback:
        app = App(loopback.url)
        with pytest.raises(GenkitError, match=said) as raised:
            await app.texts()
        assert raised.value.status == status
        assert KEY not in ''.join(traceback.format_exception(raised.value))
        await app.ai.aclose()


async def test_a_server_that_cannot_be_reached_is_named():
    with socket.socket() as listening:
        listening.bind(('127.0.0.1', 0))
        url = f'http://127.0.0.1:{listening.getsockname()[1]}'
    plugin = Convex(ConvexIndex(name='notes', embedder='e'), url=url, deploy_key=KEY)
    with pytest.raises(GenkitError, match=f'Convex at {url}/api/action: .* Check that it can') as raised:
        await plugin.count('notes')
    assert raised.value.status == 'UNAVAILABLE'
    await plugin.aclose()


def test_one_plugin_serves_several_event_loops(deployment):
    app = App(deployment.url)

    async def run() -> list[str]:
        await app.index(*ANIMALS)
        found = await app.texts()
        await app.ai.aclose()
        return found

    assert asyncio.run(run()) == asyncio.run(run())


def test_the_functions_have_the_types_that_convex_wants(project):
    settings = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler']
    sources = sorted(str(path) for path in (project / 'convex').glob('*.ts'))
    command = ['node_modules/.bin/tsc', *settings, '--target', 'es2022', '--lib', 'es2022,dom', *sources]
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout


def test_the_command_writes_the_functions_and_keeps_what_others_changed(tmp_path):
    command = [sys.executable, '-m', 'genkit_convex', str(tmp_path), '--dimensions']
    first = subprocess.run([*command, '384'], capture_output=True, text=True, check=True)
    assert 'npx convex deploy' in first.stdout
    assert 'DIMENSIONS = 384' in (tmp_path / 'convex' / 'genkitSchema.ts').read_text()
    subprocess.run([*command, '384'], capture_output=True, check=True)
    other = subprocess.run([*command, '768'], capture_output=True, text=True, check=False)
    assert other.returncode == 1
    assert '--force' in other.stderr
    assert 'DIMENSIONS = 384' in (tmp_path / 'convex' / 'genkitSchema.ts').read_text()
    subprocess.run([*command, '768', '--force'], capture_output=True, check=True)
    assert 'DIMENSIONS = 768' in (tmp_path / 'convex' / 'genkitSchema.ts').read_text()


def test_a_schema_of_ones_own_is_left_as_it_is(tmp_path):
    schema = tmp_path / 'convex' / 'schema.ts'
    schema.parent.mkdir()
    schema.write_text('export default defineSchema({});\n')
    with pytest.raises(GenkitError, match=r'schema\.ts lacks the tables\. Add: import') as raised:
        write_functions(tmp_path, 384)
    assert raised.value.status == 'FAILED_PRECONDITION'
    assert [path.name for path in schema.parent.iterdir()] == ['schema.ts']
    own = 'import { genkitTables } from "./genkitSchema";\nexport default defineSchema({ ...genkitTables });\n'
    schema.write_text(own)
    assert len(write_functions(tmp_path, 384)) == 3
    assert schema.read_text() == own
    shutil.rmtree(schema.parent)
    with pytest.raises(GenkitError, match='There is no folder'):
        write_functions(tmp_path / 'missing', 384)
    with pytest.raises(GenkitError, match='2 to 4096 dimensions, not 5000'):
        write_functions(tmp_path, 5000)


def test_two_indexes_of_one_name_are_refused():
    index = ConvexIndex(name='a', embedder='e')
    with pytest.raises(GenkitError, match='Two indexes have one name'):
        Convex(index, index)


def test_references_name_retriever_and_indexer():
    assert convex_retriever_ref('notes').name == convex_indexer_ref('notes').name == 'convex/notes'


def test_importing_the_plugin_imports_no_http_library():
    program = (
        'import sys; from genkit_convex import Convex, ConvexIndex; '
        "Convex(ConvexIndex(name='a', embedder='b')); print('httpx' in sys.modules)"
    )
    result = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    assert result.stdout == 'False\n'
