# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is configured, said and refused before anything is sent."""

import logging
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.testing import CannedAnswer, LoopbackServer
from genkit_observability import (
    Aws,
    Axiom,
    Azure,
    Custom,
    Datadog,
    Grafana,
    Honeycomb,
    Langfuse,
    Phoenix,
    Sentry,
    configure_telemetry,
)
from opentelemetry import trace

from .receivers import Receiver


NOWHERE = 'http://127.0.0.1:9'
KEY = '11111111-2222-3333-4444-555555555555'


async def run_flow(name: str = 'greet') -> Genkit:
    ai = Genkit()

    @ai.flow(name)
    async def greet(who: str) -> str:
        return f'Hello, {who}!'

    await greet('Ada')
    await ai.flush_tracing()
    return ai


class TestEnvironment:
    @pytest.mark.parametrize(
        ('backend', 'variables', 'endpoint', 'headers'),
        [
            (
                Sentry(),
                {'SENTRY_DSN': 'https://abc@o1.ingest.sentry.io/7'},
                'https://o1.ingest.sentry.io/api/7/integration/otlp/v1/traces',
                {'x-sentry-auth': 'sentry sentry_key=abc'},
            ),
            (
                Sentry(),
                {'SENTRY_DSN': 'https://abc:def@sentry.example:9000/deep/er/7'},
                'https://sentry.example:9000/deep/er/api/7/integration/otlp/v1/traces',
                {'x-sentry-auth': 'sentry sentry_key=abc'},
            ),
            (
                Honeycomb(),
                {'HONEYCOMB_API_KEY': 'k', 'HONEYCOMB_API_ENDPOINT': 'https://api.eu1.honeycomb.io/'},
                'https://api.eu1.honeycomb.io/v1/traces',
                {'x-honeycomb-team': 'k'},
            ),
            (
                Honeycomb(),
                {'HONEYCOMB_API_KEY': 'a' * 32, 'HONEYCOMB_DATASET': 'd'},
                'https://api.honeycomb.io/v1/traces',
                {'x-honeycomb-team': 'a' * 32, 'x-honeycomb-dataset': 'd'},
            ),
            (Datadog(), {'DD_API_KEY': 'k'}, 'https://otlp.datadoghq.com/v1/traces', {'dd-api-key': 'k'}),
            (
                Datadog(),
                {'DD_API_KEY': 'k', 'DD_SITE': 'us5.datadoghq.com'},
                'https://otlp.us5.datadoghq.com/v1/traces',
                {'dd-api-key': 'k'},
            ),
            (
                Grafana(),
                {
                    'GRAFANA_OTLP_ENDPOINT': 'https://otlp-gateway-x.grafana.net/otlp',
                    'GRAFANA_USER_ID': '1',
                    'GRAFANA_API_KEY': 'k',
                },
                'https://otlp-gateway-x.grafana.net/otlp/v1/traces',
                {'authorization': 'Basic MTpr'},
            ),
            (
                Axiom(),
                {'AXIOM_TOKEN': 't', 'AXIOM_DATASET': 'd'},
                'https://api.axiom.co/v1/traces',
                {'authorization': 'Bearer t', 'x-axiom-dataset': 'd'},
            ),
            (
                Langfuse(),
                {
                    'LANGFUSE_PUBLIC_KEY': 'p',
                    'LANGFUSE_SECRET_KEY': 's',
                    'LANGFUSE_HOST': 'https://us.cloud.langfuse.com',
                },
                'https://us.cloud.langfuse.com/api/public/otel/v1/traces',
                {'authorization': 'Basic cDpz', 'x-langfuse-ingestion-version': '4'},
            ),
            (Phoenix(), {}, 'http://localhost:6006/v1/traces', {}),
            (
                Phoenix(),
                {'PHOENIX_COLLECTOR_ENDPOINT': 'https://px.example/s/me', 'PHOENIX_API_KEY': 'k'},
                'https://px.example/s/me/v1/traces',
                {'authorization': 'Bearer k'},
            ),
            (Custom(), {'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://c:4318/'}, 'http://c:4318/v1/traces', {}),
            (Custom(), {'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT': 'http://c:4318/own'}, 'http://c:4318/own', {}),
            (
                Custom('http://c:4318/v1/traces'),
                {'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://x'},
                'http://c:4318/v1/traces',
                {},
            ),
            (Aws(), {'AWS_REGION': 'eu-north-1'}, 'https://xray.eu-north-1.amazonaws.com/v1/traces', {}),
            (Aws(), {'AWS_DEFAULT_REGION': 'cn-north-1'}, 'https://xray.cn-north-1.amazonaws.com.cn/v1/traces', {}),
            (
                Azure(),
                {'APPLICATIONINSIGHTS_CONNECTION_STRING': f'InstrumentationKey={KEY}'},
                'https://dc.services.visualstudio.com/v2.1/track',
                {},
            ),
            (
                Azure(),
                {
                    'APPLICATIONINSIGHTS_CONNECTION_STRING': f'instrumentationkey={KEY};'
                    'EndpointSuffix=applicationinsights.us;Location=usgov'
                },
                'https://usgov.dc.applicationinsights.us/v2.1/track',
                {},
            ),
        ],
    )
    def test_names_the_backend(self, backend, variables, endpoint, headers, monkeypatch):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        destination = backend.destination()
        assert destination.endpoints['traces'] == endpoint
        assert destination.headers == headers

    def test_loses_against_arguments(self, monkeypatch):
        monkeypatch.setenv('HONEYCOMB_API_KEY', 'of the environment')
        assert Honeycomb(api_key='own').destination().headers == {'x-honeycomb-team': 'own'}

    @pytest.mark.parametrize(
        ('backend', 'said'),
        [
            ('sentry', 'Sentry needs dsn: pass dsn=, or set SENTRY_DSN.'),
            ('honeycomb', 'pass api_key=, or set HONEYCOMB_API_KEY.'),
            ('datadog', 'pass api_key=, or set DD_API_KEY.'),
            ('grafana', 'pass endpoint=, or set GRAFANA_OTLP_ENDPOINT.'),
            ('axiom', 'pass token=, or set AXIOM_TOKEN.'),
            ('langfuse', 'pass public_key=, or set LANGFUSE_PUBLIC_KEY.'),
            ('cloudflare', 'pass endpoint=, or set CF_OTLP_ENDPOINT.'),
            ('aws', 'pass region=, or set AWS_REGION.'),
            ('azure', 'pass connection_string=, or set APPLICATIONINSIGHTS_CONNECTION_STRING.'),
            ('custom', 'pass endpoint=, or set OTEL_EXPORTER_OTLP_ENDPOINT.'),
        ],
    )
    def test_that_lacks_something_is_told_with_both_places(self, backend, said):
        with pytest.raises(GenkitError) as caught:
            configure_telemetry(backend)
        assert said in caught.value.message
        assert caught.value.status == 'FAILED_PRECONDITION'

    def test_of_datadog_names_the_service_unless_an_option_does(self, monkeypatch):
        monkeypatch.setenv('DD_SERVICE', 'shop')
        monkeypatch.setenv('DD_ENV', 'staging')
        assert Datadog('k').destination().resource == {
            'service.name': 'shop',
            'deployment.environment.name': 'staging',
        }

    def test_a_classic_key_of_honeycomb_needs_a_dataset(self):
        with pytest.raises(GenkitError, match='Classic needs dataset: pass dataset=, or set HONEYCOMB_DATASET'):
            Honeycomb('0' * 32).destination()

    def test_a_collector_that_is_asked_for_by_grpc_is_refused(self, monkeypatch):
        monkeypatch.setenv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://c:4317')
        monkeypatch.setenv('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc')
        with pytest.raises(GenkitError, match='OTEL_EXPORTER_OTLP_PROTOCOL is grpc'):
            configure_telemetry('custom')

    def test_headers_of_the_environment_go_to_their_signal(self, monkeypatch):
        monkeypatch.setenv('OTEL_EXPORTER_OTLP_HEADERS', 'X-Key=a%20b')
        monkeypatch.setenv('OTEL_EXPORTER_OTLP_LOGS_HEADERS', 'x-log=1')
        headers = Custom(NOWHERE).destination().signal_headers
        assert headers['traces'] == {'x-key': 'a b'}
        assert headers['logs'] == {'x-key': 'a b', 'x-log': '1'}


class TestBadInput:
    @pytest.mark.parametrize(
        ('name', 'hint'),
        [
            ('honeycob', "Did you mean 'honeycomb'?"),
            ('Sentri', "Did you mean 'sentry'?"),
            ('acme', 'Known are aws, axiom'),
        ],
    )
    def test_an_unknown_backend_has_a_suggestion(self, name, hint):
        with pytest.raises(GenkitError) as caught:
            configure_telemetry(name)
        assert hint in caught.value.message
        assert "'custom' and endpoint=" in caught.value.message
        assert caught.value.status == 'NOT_FOUND'

    def test_other_names_are_known(self, monkeypatch):
        monkeypatch.setenv('GENKIT_ENV', 'dev')  # so that nothing is sent
        assert configure_telemetry('X-Ray', region='eu-north-1').destination.label == 'AWS'
        assert configure_telemetry('otlp', endpoint=NOWHERE).destination.label == 'OTLP'

    def test_no_backend_at_all_is_refused(self):
        with pytest.raises(GenkitError, match='backend is None'):
            configure_telemetry(None)  # pyright: ignore[reportArgumentType]

    def test_an_unknown_option_has_a_suggestion(self):
        with pytest.raises(GenkitError, match=r"no option 'servicename'.*'service_name'"):
            configure_telemetry('phoenix', servicename='x')  # pyright: ignore[reportCallIssue]

    def test_a_setting_of_another_backend_is_refused(self):
        with pytest.raises(GenkitError, match="The backend 'sentry' has no option 'api_key'"):
            configure_telemetry('sentry', api_key='k')

    @pytest.mark.parametrize(
        'dsn',
        [
            *('sentry', 'https://o1.ingest.sentry.io/7', 'https://key:s3cr3t@host', 'ftp://s3cr3t@host/7'),
            *('https://s3cr3t@host/', 'https://s3cr3t@[host/7', 'https://s3/cr3t@host/7'),
            'https://s3cr3t@host/7/../x?y',
        ],
    )
    def test_a_malformed_dsn_is_refused_and_not_shown(self, dsn, lines):
        with pytest.raises(GenkitError, match='The DSN of Sentry') as caught:
            configure_telemetry('sentry', dsn=dsn)
        assert caught.value.status == 'INVALID_ARGUMENT'
        assert 's3cr3t' not in f'{caught.value!r} {caught.value.__cause__} {lines.text}'

    @pytest.mark.parametrize('text', ['', 'InstrumentationKey=s3cr3t', 'IngestionEndpoint=https://x', f'Key={KEY}'])
    def test_a_malformed_connection_string_is_refused_and_not_shown(self, text):
        with pytest.raises(GenkitError) as caught:
            configure_telemetry('azure', connection_string=text)
        assert 's3cr3t' not in str(caught.value)

    @pytest.mark.parametrize(
        'address',
        [
            'collector:4318',
            'ftp://c',
            'http://',
            'https://[c',
            'http://c:99999',
            'x y',
            'http://c/a\nb',
            'http://c d',
            4318,
        ],
    )
    def test_what_is_no_address_is_refused(self, address):
        with pytest.raises(GenkitError, match='must be an address') as caught:
            configure_telemetry('custom', endpoint=address)
        assert caught.value.status == 'INVALID_ARGUMENT'

    @pytest.mark.parametrize('address', ['https://me:s3cr3t@c:4318', 'https://c/?key=s3cr3t', 'https://c/#s3cr3t'])
    def test_an_address_with_a_secret_is_refused_and_not_shown(self, address):
        with pytest.raises(GenkitError) as caught:
            configure_telemetry('custom', endpoint=address)
        assert caught.value.status == 'INVALID_ARGUMENT'
        assert 's3cr3t' not in str(caught.value)

    @pytest.mark.parametrize('site', ['evil.example/', 'a@evil.example', 'evil.example#', '../x'])
    def test_a_site_leads_nowhere_else(self, site):
        for backend in (Datadog('k', site), Aws(site)):
            with pytest.raises(GenkitError, match='part of a host name'):
                backend.destination()

    @pytest.mark.parametrize('api_key', ['a\nb', 'schlüssel', 'a\r\nx-other: 1'])
    def test_a_key_that_no_header_takes_is_refused_and_not_shown(self, api_key):
        with pytest.raises(GenkitError, match='a character that no key has') as caught:
            Honeycomb(api_key).destination()
        assert api_key not in str(caught.value)

    @pytest.mark.parametrize('headers', [{'x y': '1'}, {'x': 'ä'}, {'x': 'a\r\nb: c'}, {'x': 1}, {1: 'x'}])
    def test_a_header_that_cannot_be_sent_is_refused(self, headers):
        with pytest.raises(GenkitError, match='cannot be sent'):
            configure_telemetry('custom', endpoint=NOWHERE, headers=headers)

    @pytest.mark.parametrize('option', ['capture_content', 'metrics', 'logs', 'force_dev_export'])
    @pytest.mark.parametrize('value', ['false', 0, None])
    def test_switches_are_true_or_false(self, option, value):
        wrong: Any = {option: value}
        with pytest.raises(GenkitError, match=f'{option} is .*; it must be True or False'):
            configure_telemetry('custom', endpoint=NOWHERE, **wrong)

    @pytest.mark.parametrize('option', ['timeout', 'metric_interval'])
    @pytest.mark.parametrize('value', [0, -1, 'soon', float('inf'), float('nan'), True])
    def test_times_are_numbers_above_nothing(self, option, value):
        wrong: Any = {option: value}
        with pytest.raises(GenkitError, match=f'{option} is '):
            configure_telemetry('custom', endpoint=NOWHERE, **wrong)

    @pytest.mark.parametrize(
        ('backend', 'settings', 'signal'),
        [
            ('phoenix', {}, 'metrics'),
            ('langfuse', {'public_key': 'p', 'secret_key': 's'}, 'logs'),
            ('sentry', {'dsn': 'https://a@h/1'}, 'metrics'),
            ('aws', {'region': 'eu-north-1'}, 'logs'),
            ('azure', {'connection_string': f'InstrumentationKey={KEY}'}, 'metrics'),
        ],
    )
    def test_a_signal_that_a_backend_does_not_take_is_refused(self, backend, settings: Any, signal):
        options: Any = {**settings, signal: True}
        with pytest.raises(GenkitError, match=f'and no {signal}'):
            configure_telemetry(backend, **options)

    def test_no_setting_shows_its_secret(self):
        settings = [
            Sentry('https://s3cr3t@h/1'),
            Honeycomb('s3cr3t'),
            Datadog('s3cr3t'),
            Grafana('https://g', '1', 's3cr3t'),
            Axiom('s3cr3t', 'd'),
            Phoenix(api_key='s3cr3t'),
            Langfuse('p', 's3cr3t'),
        ]
        for backend in settings:
            assert 's3cr3t' not in repr(backend) + repr(backend.destination())


class TestTwice:
    async def test_the_same_settings_send_nothing_twice(self, lines):
        with Receiver() as receiver:
            first = configure_telemetry('custom', endpoint=receiver.url, service_name='a')
            assert configure_telemetry(Custom(receiver.url), service_name='a') is first
            await run_flow()
            assert [span.name for span in receiver.spans] == ['greet']
        assert len(lines.messages) == 1

    def test_other_settings_are_refused_with_what_differs(self):
        with Receiver() as receiver:
            configure_telemetry('honeycomb', endpoint=receiver.url, api_key='a', service_name='a')
            with pytest.raises(GenkitError, match='another key or header, another service_name') as caught:
                configure_telemetry('honeycomb', endpoint=receiver.url, api_key='b', service_name='b')
        assert caught.value.status == 'ALREADY_EXISTS'
        assert 'close()' in caught.value.message

    async def test_after_the_first_was_closed_other_settings_count(self):
        with Receiver() as receiver:
            configure_telemetry('custom', endpoint=receiver.url, service_name='a').close()
            configure_telemetry('custom', endpoint=receiver.url, service_name='b')
            await run_flow()
            assert set(receiver.services.values()) == {'b'}

    async def test_another_address_gets_everything_too(self):
        with Receiver() as one, Receiver() as other:
            configure_telemetry('custom', endpoint=one.url)
            configure_telemetry('custom', endpoint=other.url, capture_content=False)
            await run_flow()
            assert 'genkit:input' in one.spans[0].attributes
            assert [span.name for span in other.spans] == ['greet']
            assert 'genkit:input' not in other.spans[0].attributes


class TestAnnouncement:
    def test_says_where_what_goes_and_what_does_not(self, lines):
        telemetry = configure_telemetry('honeycomb', endpoint=NOWHERE, api_key='s3cr3t')
        assert telemetry.exporting
        (line,) = lines.messages
        assert line == 'Sending traces to Honeycomb at http://127.0.0.1:9. Not sent: metrics, logs.'
        assert 's3cr3t' not in repr(telemetry)

    def test_says_what_was_chosen(self, lines, monkeypatch):
        monkeypatch.setenv('OTEL_TRACES_SAMPLER', 'traceidratio')
        monkeypatch.setenv('OTEL_TRACES_SAMPLER_ARG', '0.25')
        configure_telemetry('custom', endpoint=NOWHERE, metrics=True, logs=True, capture_content=False)
        expected = 'Sending traces, metrics, logs to OTLP at http://127.0.0.1:9, sampled by TraceIdRatioBased{0.25}. '
        assert lines.messages == [f'{expected}Not sent: inputs and outputs.']

    def test_does_not_show_a_dsn(self, lines):
        configure_telemetry('sentry', dsn='http://s3cr3t:m0re@127.0.0.1:9/7')
        assert lines.messages == ['Sending traces to Sentry at http://127.0.0.1:9. Not sent: metrics, logs.']
        assert 's3cr3t' not in lines.text

    async def test_in_the_development_environment_nothing_is_sent(self, lines, monkeypatch):
        monkeypatch.setenv('GENKIT_ENV', 'dev')
        with Receiver() as receiver:
            telemetry = configure_telemetry('custom', endpoint=receiver.url)
            assert not telemetry.exporting
            assert 'Nothing is sent to OTLP: this is the development environment (GENKIT_ENV=dev)' in lines.text
            configure_telemetry('custom', endpoint=receiver.url, force_dev_export=True)
            monkeypatch.delenv('GENKIT_ENV')  # the tools of development are not what is tested
            await run_flow()
            assert [span.name for span in receiver.spans] == ['greet']

    async def test_nothing_is_sent_where_opentelemetry_is_disabled(self, lines, monkeypatch):
        monkeypatch.setenv('OTEL_SDK_DISABLED', 'true')
        assert not configure_telemetry('custom', endpoint=NOWHERE).exporting
        assert lines.messages == ['Nothing is sent to OTLP: OTEL_SDK_DISABLED is true.']


class TestOptions:
    async def test_name_the_service(self):
        with Receiver() as receiver:
            configure_telemetry(
                'custom', endpoint=receiver.url, service_name='a', service_version='1.2', environment='staging'
            )
            await run_flow()
            (resource,) = receiver.resources
        assert {name: value for name, value in resource.items() if not name.startswith('telemetry.')} == {
            'service.name': 'a',
            'service.version': '1.2',
            'deployment.environment': 'staging',
            'deployment.environment.name': 'staging',
            'service.instance.id': resource['service.instance.id'],
        }

    async def test_sample_traces(self):
        with Receiver() as receiver:
            configure_telemetry('custom', endpoint=receiver.url, sampler=0.0)
            await run_flow()
            assert not receiver.requests

    async def test_add_headers(self):
        with Receiver() as receiver:
            configure_telemetry('custom', endpoint=receiver.url, headers={'X-Tenant': 'shop'})
            await run_flow()
            assert receiver.requests[0].headers['x-tenant'] == 'shop'


async def test_no_tracer_provider_is_made_global():
    before = trace.get_tracer_provider()
    with LoopbackServer(lambda _: CannedAnswer(b'')) as server:
        configure_telemetry('custom', endpoint=server.url)
        await run_flow()
    assert trace.get_tracer_provider() is before
    assert logging.getLogger('genkit.observability').handlers == []
