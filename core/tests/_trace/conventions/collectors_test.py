# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit beside the SDKs of Sentry and Elastic APM, each in a process of its own, as in docs/guide/collectors.md."""

import json
from typing import Any

import pytest
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


SHOP = """
import asyncio, json, logging, os, sys
from genkit import Genkit, GenkitError, Message
from genkit.client import run_flow
from genkit.types import GenerateRequest, GenerateResponse
from genkit.web import FlowsApp, Server, ServerManager
from opentelemetry import trace

logging.getLogger('genkit').addHandler(logging.NullHandler())
ai = Genkit(model='acme/small')

async def answer(request: GenerateRequest) -> GenerateResponse:
    return GenerateResponse(message=Message(role='model', content='Soup.'))

ai.define_model('acme/small', answer)

@ai.flow()
async def order(dish: str) -> str:
    return (await ai.generate(prompt=dish)).text

@ai.flow()
async def relay(dish: str) -> str:
    return await run_flow(f'{place}/order', dish)

@ai.flow()
async def burn(dish: str) -> str:
    raise ValueError(f'{dish} is burnt')

async def serve(first='relay'):
    global place
    async with ServerManager([Server(app=FlowsApp(ai), port=0)]) as manager:
        place = manager.urls[0]
        answered = await run_flow(f'{place}/{first}', 'soup')
        try:
            await run_flow(f'{place}/burn', 'soup')
        except GenkitError as error:
            failed = error.trace_id
    await ai.aclose()
    return answered, failed
"""

SENTRY = """
import sentry_sdk
from sentry_sdk.transport import Transport

events = []

class Kept(Transport):
    def capture_envelope(self, envelope):
        events.extend((item.type, item.payload.json) for item in envelope.items)

def init(**options):
    sentry_sdk.init(
        dsn='http://key@127.0.0.1/1', traces_sample_rate=1.0, transport=Kept,
        auto_enabling_integrations=False,  # which would import the SDK of every provider that is installed
        **options,
    )

def report(answered, failed):
    sentry_sdk.flush()
    errors = [event for kind, event in events if kind == 'event']
    print(json.dumps({
        'answered': answered,
        'failed': failed,
        'provider': type(trace.get_tracer_provider()).__name__,
        'errors': [[value['value'] for value in event['exception']['values']] for event in errors],
        'traces': [event['contexts']['trace']['trace_id'] for event in errors],
    }))
"""


def told(ran: Any) -> Any:
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


class Collector:
    """Takes what OTLP exporters and the agent of Elastic APM post."""

    url: str

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.events: list[dict[str, Any]] = []

    def answer(self, request: RecordedRequest) -> CannedAnswer:
        body = unpacked(request)
        if request.path.endswith('/v1/traces'):
            resources = ExportTraceServiceRequest.FromString(body).resource_spans
            self.spans += [span for resource in resources for scope in resource.scope_spans for span in scope.spans]
            return CannedAnswer(b'', 200)
        if request.path.startswith('/intake/'):
            self.events += [json.loads(line) for line in body.splitlines()]
            return CannedAnswer(b'', 202)
        return CannedAnswer(b'{"version":"8.13.0"}', 200)

    def trace_of(self, name: str) -> str:
        (found,) = {span.trace_id.hex() for span in self.spans if span.name == name}
        return found

    def attributes_of(self, name: str) -> dict[str, str]:
        (span,) = (span for span in self.spans if span.name == name)
        return {attribute.key: attribute.value.string_value for attribute in span.attributes}


def unpacked(request: RecordedRequest) -> bytes:
    if request.headers.get('content-encoding') != 'gzip':
        return request.body
    import gzip

    return gzip.decompress(request.body)


@pytest.fixture
def collector():
    made = Collector()
    with LoopbackServer(made.answer) as server:
        made.url = server.url
        yield made


class TestSentry:
    @pytest.fixture(autouse=True)
    def installed(self):
        pytest.importorskip('sentry_sdk', reason='sentry-sdk is not installed')

    def test_captures_an_error_once_beside_our_own_tracing(self, run_python, collector):
        done = told(
            run_python(
                f"import os; os.environ['OTEL_EXPORTER_OTLP_ENDPOINT'] = {collector.url!r}\n"
                f'{SENTRY}{SHOP}\ninit()\nreport(*asyncio.run(serve()))'
            )
        )
        assert (done['answered'], done['provider']) == ('Soup.', 'ProxyTracerProvider')
        assert done['errors'] == [['soup is burnt', 'Error while running action burn']]
        assert collector.trace_of('burn') == done['failed']
        assert collector.attributes_of('acme/small')['output.value'] == 'Soup.'

    def test_gets_our_spans_by_otlp_from_its_own_provider_and_links_the_error_to_them(self, run_python, collector):
        done = told(
            run_python(
                f'{SENTRY}{SHOP}\nfrom sentry_sdk.integrations.otlp import OTLPIntegration\n'
                f"init(integrations=[OTLPIntegration(collector_url='{collector.url}/v1/traces')])\n"
                'provider = trace.get_tracer_provider()\n'
                'outcome = asyncio.run(serve())\nassert trace.get_tracer_provider() is provider\nreport(*outcome)'
            )
        )
        assert (done['answered'], done['provider']) == ('Soup.', 'TracerProvider')
        assert done['errors'] == [['soup is burnt', 'Error while running action burn']]
        assert done['traces'] == [done['failed']] == [collector.trace_of('burn')]
        assert sorted(span.name for span in collector.spans) == ['acme/small', 'burn', 'generate', 'order', 'relay']
        assert collector.trace_of('order') == collector.trace_of('relay')
        assert json.loads(collector.attributes_of('acme/small')['gen_ai.output.messages'])[0]['role'] == 'assistant'


ELASTIC = """
import elasticapm

client = elasticapm.Client(
    service_name='shop', server_url=os.environ['COLLECTOR'], metrics_interval='0ms', central_config=False,
    cloud_provider=False, transport_class='elasticapm.transport.http.Transport',
)
elasticapm.instrument()
os.environ['OTEL_EXPORTER_OTLP_ENDPOINT'] = os.environ['COLLECTOR']
"""


class TestElasticApm:
    @pytest.fixture(autouse=True)
    def installed(self):
        pytest.importorskip('elasticapm', reason='elastic-apm is not installed')

    def test_and_our_spans_are_one_trace_over_http(self, run_python, collector):
        done = told(
            run_python(
                f"import os; os.environ['COLLECTOR'] = {collector.url!r}\n{SHOP}{ELASTIC}"
                """
client.begin_transaction('request')
answered, failed = asyncio.run(serve('order'))
client.end_transaction('GET /', 'ok')
client.close()
print(json.dumps({'answered': answered, 'provider': type(trace.get_tracer_provider()).__name__}))
"""
            )
        )
        assert done == {'answered': 'Soup.', 'provider': 'ProxyTracerProvider'}
        (transaction,) = (event['transaction'] for event in collector.events if 'transaction' in event)
        called = [event['span'] for event in collector.events if event.get('span', {}).get('type') == 'external']
        assert {transaction['trace_id'], *(span['trace_id'] for span in called)} == {collector.trace_of('order')}
        (served,) = (span for span in collector.spans if span.name == 'order')
        assert served.parent_span_id.hex() in {transaction['id'], *(span['id'] for span in called)}

    def test_and_a_flow_of_the_same_program_are_one_trace_when_it_is_told_the_parent(self, run_python, collector):
        ran = run_python(
            f"import os; os.environ['COLLECTOR'] = {collector.url!r}\n{SHOP}{ELASTIC}"
            """
from opentelemetry import context, propagate

async def handle():
    parent = propagate.extract({'traceparent': elasticapm.get_trace_parent_header()})
    token = context.attach(parent)
    try:
        await order('soup')
    finally:
        context.detach(token)
    await ai.aclose()

client.begin_transaction('request')
asyncio.run(handle())
client.end_transaction('GET /', 'ok')
client.close()
print('null')
"""
        )
        assert told(ran) is None
        (transaction,) = (event['transaction'] for event in collector.events if 'transaction' in event)
        assert collector.trace_of('order') == transaction['trace_id']
