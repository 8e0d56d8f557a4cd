# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One program, whose trace is checked field by field at each backend."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
from genkit.testing import RecordedRequest, SeenSpan, TelemetryContract
from genkit_observability import configure_telemetry

from .receivers import AwsReceiver, AzureReceiver, Receiver


_KEY = '11111111-2222-3333-4444-555555555555'
_SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'


class BackendContract(TelemetryContract):
    """What all backends have in common; they differ in what is set, and in how they know who asks."""

    backend: str
    settings: ClassVar[Mapping[str, str]] = {}
    path = '/v1/traces'
    headers: ClassVar[Mapping[str, str | None]] = {}
    resource: ClassVar[Mapping[str, str | None]] = {}

    @pytest.fixture(autouse=True)
    def receiver(self) -> Iterator[None]:
        with self.make_receiver() as self.at:
            yield
        assert self.at.requests

    def make_receiver(self) -> Receiver:
        return Receiver(self.check)

    def check(self, request: RecordedRequest) -> None:
        assert request.path == self.path
        assert {name: request.headers.get(name) for name in self.headers} == self.headers

    @contextmanager
    def exporting(self, **options: Any) -> Iterator[None]:
        places = {'url': self.at.url, 'host': self.at.url.removeprefix('http://')}
        settings: Any = {name: value.format(**places) for name, value in self.settings.items()}
        telemetry = configure_telemetry(self.backend, **settings, **options)
        try:
            yield
        finally:
            telemetry.close()
            self.at.raise_wrong()

    def received(self) -> Sequence[SeenSpan]:
        return self.at.spans

    def service_of(self, span: SeenSpan) -> str:
        assert all(self.resource.items() <= resource.items() for resource in self.at.resources)
        return self.at.services[span.span_id]


class TestSentry(BackendContract):
    backend = 'sentry'
    path = '/api/42/integration/otlp/v1/traces'
    settings: ClassVar = {'dsn': 'http://a1b2c3:secret@{host}/42'}
    headers: ClassVar = {'x-sentry-auth': 'sentry sentry_key=a1b2c3'}


class TestHoneycomb(BackendContract):
    backend = 'honeycomb'
    settings: ClassVar = {'api_key': 'hcaik_abc', 'endpoint': '{url}'}
    headers: ClassVar = {'x-honeycomb-team': 'hcaik_abc', 'x-honeycomb-dataset': None}


class TestHoneycombClassic(BackendContract):
    backend = 'honeycomb'
    settings: ClassVar = {'api_key': '0123456789abcdef' * 2, 'dataset': 'wardrobe', 'endpoint': '{url}'}
    headers: ClassVar = {'x-honeycomb-team': '0123456789abcdef' * 2, 'x-honeycomb-dataset': 'wardrobe'}


class TestDatadog(BackendContract):
    backend = 'datadog'
    settings: ClassVar = {'api_key': 'dd-key', 'endpoint': '{url}'}
    headers: ClassVar = {'dd-api-key': 'dd-key'}


class TestGrafana(BackendContract):
    backend = 'grafana'
    settings: ClassVar = {'endpoint': '{url}/otlp', 'user_id': '123', 'api_key': 'glc_abc'}
    path = '/otlp/v1/traces'
    headers: ClassVar = {'authorization': 'Basic MTIzOmdsY19hYmM='}


class TestAxiom(BackendContract):
    backend = 'axiom'
    settings: ClassVar = {'endpoint': '{url}', 'token': 'xaat-1', 'dataset': 'wardrobe'}
    headers: ClassVar = {'authorization': 'Bearer xaat-1', 'x-axiom-dataset': 'wardrobe'}


class TestPhoenix(BackendContract):
    backend = 'phoenix'
    settings: ClassVar = {'endpoint': '{url}', 'api_key': 'px-1', 'project': 'wardrobe'}
    headers: ClassVar = {'authorization': 'Bearer px-1'}
    resource: ClassVar = {'openinference.project.name': 'wardrobe'}


class TestLangfuse(BackendContract):
    backend = 'langfuse'
    settings: ClassVar = {'endpoint': '{url}', 'public_key': 'pk-lf-1', 'secret_key': 'sk-lf-2'}
    path = '/api/public/otel/v1/traces'
    headers: ClassVar = {'authorization': 'Basic cGstbGYtMTpzay1sZi0y', 'x-langfuse-ingestion-version': '4'}


class TestCloudflare(BackendContract):
    backend = 'cloudflare'
    settings: ClassVar = {'endpoint': '{url}/collect', 'api_token': 'cf-1'}
    path = '/collect/v1/traces'
    headers: ClassVar = {'authorization': 'Bearer cf-1'}


class TestCustom(BackendContract):
    backend = 'custom'
    settings: ClassVar = {'endpoint': '{url}'}


class TestAws(BackendContract):
    backend = 'aws'
    settings: ClassVar = {'region': 'eu-north-1', 'endpoint': '{url}'}

    @pytest.fixture(autouse=True)
    def credentials(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
        monkeypatch.setenv('AWS_SECRET_ACCESS_KEY', _SECRET)
        monkeypatch.setenv('AWS_SESSION_TOKEN', 'session-token')

    def make_receiver(self) -> Receiver:
        return AwsReceiver(_SECRET, 'session-token')


class TestAzure(BackendContract):
    backend = 'azure'
    settings: ClassVar = {
        'connection_string': f'InstrumentationKey={_KEY};IngestionEndpoint={{url}}/;LiveEndpoint={{url}}'
    }

    def make_receiver(self) -> Receiver:
        return AzureReceiver(_KEY)
