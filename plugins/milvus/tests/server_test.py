# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a server says that Milvus Lite never does: that it is loading, busy, slow, gone, or lets nobody in."""

import base64
import logging
import socket
import traceback
from typing import Any

import grpc
import pytest
from genkit import Document, Genkit, GenkitError
from genkit.testing import CannedAnswer, LoopbackServer
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_milvus import Milvus, MilvusIndex
from pymilvus.grpc_gen import milvus_pb2, schema_pb2

from .milvus_server import FINE, failed, serving


SECRET = 'very-secret-0123456789'


async def embed(request: EmbedRequest) -> EmbedResponse:
    return EmbedResponse(embeddings=[Embedding(embedding=[1.0, 2.0, 3.0, 4.0]) for _ in request.input])


def application(uri: str, token: str | None = None, timeout: float = 10.0, **settings: Any) -> tuple[Genkit, Milvus]:
    plugin = Milvus(MilvusIndex(name='notes', embedder='fake', **settings), uri=uri, token=token, timeout=timeout)
    ai = Genkit(plugins=[plugin])
    ai.define_embedder('fake', embed)
    return ai, plugin


def number(name: str, value: int) -> Any:
    """Return the answer to a query: one row with one number."""
    data = schema_pb2.ScalarField(long_data=schema_pb2.LongArray(data=[value]))
    field = schema_pb2.FieldData(field_name=name, type=schema_pb2.DataType.Int64, scalars=data)
    return milvus_pb2.QueryResults(status=FINE, fields_data=[field], output_fields=[name])


async def retrieved(uri: str, **settings: Any) -> list[Document]:
    ai, _ = application(uri, **settings)
    try:
        return (await ai.retrieve('milvus/notes', 'x')).documents
    finally:
        await ai.aclose()


async def refused(uri: str, **settings: Any) -> GenkitError:
    with pytest.raises(GenkitError) as raised:
        await retrieved(uri, **settings)
    assert raised.value.source == 'milvus'
    return raised.value


@pytest.mark.parametrize(
    ('code', 'reason', 'status'),
    [
        (1, 'service not ready[querycoord=1]: Initializing', 'UNAVAILABLE'),
        (2, 'service unavailable', 'UNAVAILABLE'),
        (101, 'collection not loaded[collection=notes]', 'UNAVAILABLE'),
        (103, 'collection not fully loaded[collection=notes]', 'UNAVAILABLE'),
        (106, 'collection on recovering', 'UNAVAILABLE'),
        (4, 'too many concurrent requests, queue is full', 'RESOURCE_EXHAUSTED'),
        (9, 'quota exceeded[reason=disk]', 'RESOURCE_EXHAUSTED'),
        (800, 'database not found[database=x]', 'NOT_FOUND'),
        (1100, 'invalid parameter[expected=a][actual=b]', 'INVALID_ARGUMENT'),
        (1400, 'not authenticated', 'UNAUTHENTICATED'),
        (1401, 'privilege not permitted', 'PERMISSION_DENIED'),
        (65535, 'unexpected error', 'INTERNAL'),
    ],
)
async def test_what_a_server_refuses_has_the_status_that_fits(code, reason, status):
    with serving(Search=milvus_pb2.SearchResults(status=failed(code, reason))) as (uri, _):
        error = await refused(uri)
    assert error.status == status
    assert f'Milvus at {uri}: {reason}' in error.message
    assert error.details['milvus_code'] == code
    assert ('It may be loading' in error.message) == (code in (1, 101, 103, 106))


async def test_what_a_server_calls_the_callers_fault_is_an_invalid_argument():
    answer = milvus_pb2.SearchResults(status=failed(2039, 'out of range', is_input_error=True))
    with serving(Search=answer) as (uri, _):
        assert (await refused(uri)).status == 'INVALID_ARGUMENT'


async def test_a_server_that_starts_is_unavailable():
    with serving(Connect=milvus_pb2.ConnectResponse(status=failed(1, 'service not ready'))) as (uri, _):
        error = await refused(uri, timeout=2.0)
    assert error.status == 'UNAVAILABLE'


async def test_a_server_that_cannot_be_reached_is_unavailable_within_the_timeout():
    with socket.socket() as listening:
        listening.bind(('127.0.0.1', 0))
        port = listening.getsockname()[1]
    error = await refused(f'http://127.0.0.1:{port}', timeout=1.0)
    assert error.status == 'UNAVAILABLE'
    assert f'http://127.0.0.1:{port}' in error.message
    assert 'Check that it runs and can be reached from here' in error.message


@pytest.mark.parametrize('method', ['Connect', 'DescribeCollection', 'Search'])
async def test_a_server_that_does_not_answer_is_unavailable_within_the_timeout(method):
    def wait(request: Any, context: Any) -> Any:
        server.closing.wait(20)
        context.abort(grpc.StatusCode.CANCELLED, 'the test is over')

    with serving(**{method: wait}) as (uri, server):
        error = await refused(uri, timeout=0.5)
    assert error.status == 'UNAVAILABLE'


async def test_a_server_that_is_none_of_milvus_is_unavailable():
    page = CannedAnswer(b'<html>hello</html>', headers={'content-type': 'text/html'})
    with LoopbackServer(lambda _: page) as loopback:
        error = await refused(loopback.url, timeout=1.0)
    assert error.status == 'UNAVAILABLE'


@pytest.mark.parametrize('form', ['token', 'environment', 'address'])
async def test_a_token_that_is_refused_is_not_repeated(form, monkeypatch, caplog):
    """It goes along as Milvus' own clients send it, and into no error and no log, not even of the vendor."""
    caplog.set_level(1)
    for name in ('pymilvus', 'grpc'):
        logging.getLogger(name).setLevel(1)
    token = f'user:{SECRET}'

    def refuse(request: Any, context: Any) -> Any:
        context.abort(grpc.StatusCode.UNAUTHENTICATED, f'auth check failure, {token} is wrong')

    with serving(Search=refuse) as (uri, server):
        if form == 'environment':
            monkeypatch.setenv('MILVUS_TOKEN', token)
        given = uri.replace('http://', f'http://{token}@') if form == 'address' else uri
        error = await refused(given, token=token if form == 'token' else None)
        sent = {metadata.get('authorization') for _, _, metadata in server.asked}
    encoded = base64.b64encode(token.encode()).decode()
    assert sent == {encoded}
    assert error.status == 'UNAUTHENTICATED'
    assert 'token= or MILVUS_TOKEN' in error.message
    said = ''.join(traceback.format_exception(error))
    assert SECRET not in said
    assert encoded not in said
    ours = [record.getMessage() for record in caplog.records if record.name.startswith('genkit')]
    assert SECRET not in ''.join(ours)
    assert encoded not in caplog.text
    plugin = Milvus(uri=given, token=token)
    assert SECRET not in repr(plugin._connection)


@pytest.mark.parametrize('path', ['/books', '/books/', '/books/more', '/books?x=1'])
async def test_an_address_may_name_the_database(path):
    with serving() as (uri, server):
        await retrieved(uri + path)
        assert {metadata.get('dbname') for method, _, metadata in server.asked if method != 'Connect'} == {'books'}
        assert Milvus(uri=f'{uri}/books.db', db_name='other')._connection.is_lite is False


async def test_options_of_a_deletion_and_of_counting_that_do_not_fit_are_refused():
    with serving() as (uri, _):
        ai, plugin = application(uri)
        for call in (plugin.delete('notes', ['x'], {'partion': 'x'}), plugin.count('notes', None, {'partition': 3})):
            with pytest.raises(GenkitError, match="options for index 'notes' do not fit") as raised:
                await call
            assert raised.value.status == 'INVALID_ARGUMENT'
        await ai.aclose()


async def test_several_plugins_use_their_own_tokens_and_databases_on_one_server():
    with serving() as (uri, server):
        for name in ('a', 'b'):
            plugin = Milvus(
                MilvusIndex(name='notes', embedder='fake'), uri=uri, token=f'{name}:pw', db_name=f'db_{name}'
            )
            ai = Genkit(plugins=[plugin])
            ai.define_embedder('fake', embed)
            assert (await ai.retrieve('milvus/notes', 'x')).documents == []
            method, request, metadata = server.asked[-1]
            assert method == 'Search'
            assert metadata['authorization'] == base64.b64encode(f'{name}:pw'.encode()).decode()
            assert request.db_name == f'db_{name}' or metadata.get('dbname') == f'db_{name}'
            await ai.aclose()


async def test_a_query_waits_for_what_was_stored_before():
    with serving() as (uri, server):
        await retrieved(uri)
        await retrieved(uri, consistency_level='Eventually')
    searches = [request for method, request, _ in server.asked if method == 'Search']
    assert [search.consistency_level for search in searches] == [0, 3]  # Strong, Eventually: common.proto


async def test_a_collection_that_is_not_loaded_is_loaded_first():
    loaded: list[Any] = []

    def state(request: Any, context: Any) -> Any:
        return milvus_pb2.GetLoadStateResponse(status=FINE, state='LoadStateLoaded' if loaded else 'LoadStateNotLoad')

    def load(request: Any, context: Any) -> Any:
        loaded.append(request)
        return FINE

    progress = milvus_pb2.GetLoadingProgressResponse(status=FINE, progress=100)
    with serving(GetLoadState=state, LoadCollection=load, GetLoadingProgress=progress) as (uri, _):
        assert await retrieved(uri) == []
    assert [request.collection_name for request in loaded] == ['notes']


async def test_a_large_batch_goes_in_several_calls():
    with serving() as (uri, server):
        ai, plugin = application(uri)
        texts = [f'{number} ' + 'x' * 60_000 for number in range(400)]
        plugin.collections()['notes'][1].batch_size = 1000
        await ai.index('milvus/notes', [Document.from_text(text) for text in texts])
        await ai.aclose()
    sizes = [request.num_rows for method, request, _ in server.asked if method == 'Upsert']
    assert sum(sizes) == 400
    assert len(sizes) == 2


async def test_a_collection_that_is_described_by_nothing_is_an_error_of_ours():
    with serving(DescribeCollection=milvus_pb2.DescribeCollectionResponse(status=FINE)) as (uri, _):
        error = await refused(uri)
    assert error.status == 'FAILED_PRECONDITION'
    assert "Collection 'notes' has no field 'id'" in error.message


@pytest.mark.parametrize('answer', [milvus_pb2.QueryResults(status=FINE), number('other', 3), number('count(*)', -1)])
async def test_a_count_that_is_none_is_an_error_of_ours(answer):
    with serving(Query=answer) as (uri, _):
        ai, plugin = application(uri)
        with pytest.raises(GenkitError) as raised:
            await plugin.count('notes')
        assert raised.value.source == 'milvus'
        await ai.aclose()
