# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics and log records, for the backends that take them."""

import logging
from typing import Any

import pytest
from genkit.testing import traced_application
from genkit_observability import configure_telemetry

from .receivers import AwsReceiver, AzureReceiver, Receiver, values


SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
KEY = '11111111-2222-3333-4444-555555555555'


async def advise_once() -> None:
    ai, advise = traced_application()
    await advise('What do I wear?')
    await ai.flush_tracing()


def points(receiver: Receiver, name: str) -> list[tuple[dict[str, Any], Any]]:
    """Return the last points of a metric with their attributes."""
    message = receiver.metrics[-1]
    metrics = [m for group in message.resource_metrics for scoped in group.scope_metrics for m in scoped.metrics]
    (metric,) = [metric for metric in metrics if metric.name == name]
    data = getattr(metric, metric.WhichOneof('data'))
    return [(values(point.attributes), point) for point in data.data_points]


class TestMetrics:
    async def test_say_how_long_what_took_and_what_it_used(self):
        with Receiver() as receiver:
            configure_telemetry(
                'custom', endpoint=receiver.url, metrics=True, metric_interval=3600, service_name='shop'
            )
            await advise_once()
        model = {
            'gen_ai.operation.name': 'chat',
            'gen_ai.provider.name': 'openai',
            'gen_ai.request.model': 'gpt-4o-mini',
        }
        tokens = points(receiver, 'gen_ai.client.token.usage')
        assert {attributes['gen_ai.token.type']: (point.count, point.sum) for attributes, point in tokens} == {
            'input': (2, 300),
            'output': (2, 30),
        }
        assert all(model.items() <= attributes.items() for attributes, _ in tokens)
        ((attributes, cost),) = points(receiver, 'genkit.client.cost')
        assert attributes == model
        assert cost.as_double == pytest.approx(0.00005925)
        durations = {
            attributes['gen_ai.operation.name']: point.count
            for attributes, point in points(receiver, 'gen_ai.client.operation.duration')
        }
        assert durations == {'chat': 2, 'embeddings': 1, 'retrieval': 1, 'execute_tool': 1, 'invoke_workflow': 1}
        resource = values(receiver.metrics[-1].resource_metrics[0].resource.attributes)
        assert resource['service.name'] == 'shop'

    async def test_are_totals_or_differences_as_the_backend_wants_them(self):
        with Receiver() as receiver:
            configure_telemetry('custom', endpoint=receiver.url, metrics=True, metric_interval=3600)
            for _ in range(2):
                await advise_once()
            assert {point.sum for _, point in points(receiver, 'gen_ai.client.token.usage')} == {600, 60}
        with Receiver() as receiver:
            configure_telemetry('datadog', endpoint=receiver.url, api_key='k', metrics=True, metric_interval=3600)
            for _ in range(2):
                await advise_once()
            assert {point.sum for _, point in points(receiver, 'gen_ai.client.token.usage')} == {300, 30}

    async def test_count_what_is_not_sampled(self):
        with Receiver() as receiver:
            configure_telemetry('custom', endpoint=receiver.url, metrics=True, sampler=0)
            await advise_once()
            assert receiver.spans == []
            assert {point.count for _, point in points(receiver, 'gen_ai.client.token.usage')} == {2}

    async def test_say_what_failed(self):
        with Receiver() as receiver:
            configure_telemetry('custom', endpoint=receiver.url, metrics=True)
            ai, _ = traced_application()

            @ai.flow()
            async def fail(_: str) -> str:
                raise TimeoutError('too late')

            with pytest.raises(Exception, match='too late'):
                await fail('x')
            await ai.flush_tracing()
        failed = [attributes for attributes, _ in points(receiver, 'gen_ai.client.operation.duration')]
        assert failed == [
            {'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.workflow.name': 'fail', 'error.type': 'TimeoutError'}
        ]

    async def test_of_honeycomb_go_to_their_dataset(self):
        with Receiver() as receiver:
            configure_telemetry(
                'honeycomb', endpoint=receiver.url, api_key='k', metrics=True, metrics_dataset='measured'
            )
            await advise_once()
            datasets = {request.path: request.headers.get('x-honeycomb-dataset') for request in receiver.requests}
        assert datasets == {'/v1/traces': None, '/v1/metrics': 'measured'}


class TestLogs:
    async def test_know_their_span(self):
        with Receiver() as receiver:
            configure_telemetry('custom', endpoint=receiver.url, logs=True, service_name='shop')
            ai, _ = traced_application()

            @ai.flow()
            async def greet(who: str) -> str:
                logging.getLogger('shop').warning('greeting')
                return who

            await greet('Ada')
            await ai.flush_tracing()
            (span,) = receiver.spans
            (log,) = [log for log in receiver.logs if log['record'].body.string_value == 'greeting']
        record = log['record']
        assert (record.trace_id.hex(), record.span_id.hex()) == (span.trace_id, span.span_id)
        assert (record.severity_number, record.severity_text) == (13, 'WARN')
        assert values(record.attributes) == {'logger': 'shop'}
        assert log['resource']['service.name'] == 'shop'

    async def test_go_to_cloudwatch_where_a_group_is_named(self, monkeypatch):
        monkeypatch.setenv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
        monkeypatch.setenv('AWS_SECRET_ACCESS_KEY', SECRET)
        with AwsReceiver(SECRET) as receiver:
            configure_telemetry(
                'aws',
                region='eu-north-1',
                endpoint=receiver.url,
                logs_endpoint=receiver.url,
                log_group='/genkit/shop',
                log_stream='main',
            )
            logging.getLogger('shop').warning('closing')
            await advise_once()
            headers = next(request.headers for request in receiver.requests if request.path == '/v1/logs')
            assert [headers['x-aws-log-group'], headers['x-aws-log-stream']] == ['/genkit/shop', 'main']
            assert 'closing' in [log['record'].body.string_value for log in receiver.logs]

    async def test_go_to_azure(self):
        with AzureReceiver(KEY) as receiver:
            connection = f'InstrumentationKey={KEY};IngestionEndpoint={receiver.url}'
            configure_telemetry('azure', connection_string=connection, logs=True, service_name='shop')
            logging.getLogger('shop').error('closing')
            await advise_once()
            (item,) = [item for item in receiver.logs if item['data']['baseData']['message'] == 'closing']
        data = item['data']['baseData']
        assert (data['severityLevel'], data['properties']) == ('Error', {'logger': 'shop'})
        assert item['tags']['ai.cloud.role'] == 'shop'


class TestAzure:
    async def test_lists_a_flow_as_a_request_and_the_rest_as_what_it_depends_on(self):
        with AzureReceiver(KEY) as receiver:
            connection = f'InstrumentationKey={KEY};IngestionEndpoint={receiver.url}'
            configure_telemetry('azure', connection_string=connection, service_version='3')
            await advise_once()
            items = {item['data']['baseData'].get('name'): item for item in receiver.items}
        assert items['advise']['data']['baseType'] == 'RequestData'
        model = items['openai/gpt-4o-mini']['data']
        assert (model['baseType'], model['baseData']['type']) == ('RemoteDependencyData', 'GenAI | openai')
        assert model['baseData']['target'] == 'gpt-4o-mini'
        assert model['baseData']['measurements']['gen_ai.usage.cost'] > 0
        assert {item['tags']['ai.operation.name'] for item in items.values() if 'name' in item['data']['baseData']} == {
            'advise'
        }
        assert items['advise']['tags']['ai.application.ver'] == '3'
        (raised,) = [item for item in receiver.items if item['data']['baseType'] == 'ExceptionData']
        described = raised['data']['baseData']['exceptions'][0]
        assert (described['typeName'], described['message'], described['hasFullStack']) == (
            'LookupError',
            'no auditor',
            True,
        )

    async def test_says_what_was_rejected(self, lines):
        with AzureReceiver(KEY) as receiver:
            rejected = {
                'itemsReceived': 9,
                'itemsAccepted': 8,
                'errors': [{'index': 0, 'statusCode': 400, 'message': 'old'}],
            }
            receiver.answer = receiver.answer.of_json(rejected, 206)
            connection = f'InstrumentationKey={KEY};IngestionEndpoint={receiver.url}'
            configure_telemetry('azure', connection_string=connection)
            lines.clear()
            await advise_once()
        assert lines.messages == [
            "Azure Monitor: traces were taken but for 1: 400 'old'. More of this kind is not logged."
        ]

    async def test_takes_tokens_of_entra(self):
        class Credential:
            asked: list[str] = []  # noqa: RUF012

            def get_token(self, *scopes):
                self.asked.extend(scopes)
                return type('Token', (), {'token': f'entra-{len(self.asked)}', 'expires_on': 4_000_000_000})

        with AzureReceiver(KEY) as receiver:
            connection = f'InstrumentationKey={KEY};IngestionEndpoint={receiver.url}'
            configure_telemetry('azure', connection_string=connection, credential=Credential())
            await advise_once()
            await advise_once()
            assert {request.headers['authorization'] for request in receiver.requests} == {'Bearer entra-1'}
        assert Credential.asked == ['https://monitor.azure.com//.default']
