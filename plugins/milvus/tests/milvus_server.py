# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A server of Milvus' own protocol on this machine, which answers what a test says, for what Milvus Lite never does.

It is made of the messages and the service that Milvus publishes and pymilvus carries. By default there is one
collection ``notes`` of 4 dimensions, which holds nothing.
"""

import contextlib
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from pymilvus.grpc_gen import common_pb2, milvus_pb2, milvus_pb2_grpc, schema_pb2


Answer = Callable[[Any, Any], Any]
FINE = common_pb2.Status(code=0)


def failed(code: int, reason: str, *, is_input_error: bool = False) -> Any:
    """Return the status of a failure; a server gives the old kind of code as well."""
    extra = {'is_input_error': 'true'} if is_input_error else {}
    return common_pb2.Status(code=code, error_code=1, reason=reason, extra_info=extra)  # pyright: ignore[reportArgumentType]


def _collection() -> Any:
    texts = schema_pb2.DataType.VarChar
    fields = [
        schema_pb2.FieldSchema(name='id', data_type=texts, is_primary_key=True),
        schema_pb2.FieldSchema(
            name='vector',
            data_type=schema_pb2.DataType.FloatVector,
            type_params=[common_pb2.KeyValuePair(key='dim', value='4')],
        ),
        schema_pb2.FieldSchema(name='document', data_type=texts),
        schema_pb2.FieldSchema(name='metadata', data_type=schema_pb2.DataType.JSON),
        schema_pb2.FieldSchema(name='rest', data_type=schema_pb2.DataType.JSON),
        schema_pb2.FieldSchema(name='filter_terms', data_type=texts),
    ]
    return milvus_pb2.DescribeCollectionResponse(
        status=FINE,
        schema=schema_pb2.CollectionSchema(name='notes', fields=fields, enable_dynamic_field=True),
        collection_name='notes',
    )


def _index() -> Any:
    params = [common_pb2.KeyValuePair(key='metric_type', value='COSINE')]
    described = milvus_pb2.IndexDescription(index_name='vector', field_name='vector', params=params)
    return milvus_pb2.DescribeIndexResponse(status=FINE, index_descriptions=[described])


def _nothing() -> Any:
    texts = schema_pb2.ScalarField(string_data=schema_pb2.StringArray())
    field = schema_pb2.FieldData(field_name='id', type=schema_pb2.DataType.VarChar, scalars=texts)
    return milvus_pb2.QueryResults(status=FINE, fields_data=[field], output_fields=['id'])


class Server(milvus_pb2_grpc.MilvusServiceServicer):
    """Answers, and remembers what it was asked.

    Args:
        answers: What a method answers: a message, or a function of the request and its context.
    """

    def __init__(self, answers: dict[str, Any]) -> None:
        self.asked: list[tuple[str, Any, dict[str, str]]] = []
        self.closing = threading.Event()
        self._answers = {
            'Connect': milvus_pb2.ConnectResponse(status=FINE, identifier=1),
            'DescribeCollection': _collection(),
            'DescribeIndex': _index(),
            'GetLoadState': milvus_pb2.GetLoadStateResponse(status=FINE, state=common_pb2.LoadStateLoaded),
            'Search': milvus_pb2.SearchResults(status=FINE, results=schema_pb2.SearchResultData(topks=[0])),
            'Query': _nothing(),
            'Upsert': milvus_pb2.MutationResult(status=FINE),
            **answers,
        }
        for method, answer in self._answers.items():
            setattr(self, method, self._answering(method, answer))

    def _answering(self, method: str, answer: Any) -> Answer:
        def called(request: Any, context: Any) -> Any:
            self.asked.append((method, request, dict(context.invocation_metadata())))
            return answer(request, context) if callable(answer) else answer

        return called


@contextlib.contextmanager
def serving(**answers: Any) -> Generator[tuple[str, Server]]:
    """Give the address of a server, and the server."""
    # https://milvus.io/docs/configure_proxy.md: proxy.grpc.serverMaxRecvSize
    server = grpc.server(ThreadPoolExecutor(4), options=[('grpc.max_receive_message_length', 67_108_864)])
    servicer = Server(answers)
    milvus_pb2_grpc.add_MilvusServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port('127.0.0.1:0')
    server.start()
    try:
        yield f'http://127.0.0.1:{port}', servicer
    finally:
        servicer.closing.set()
        server.stop(None).wait()
