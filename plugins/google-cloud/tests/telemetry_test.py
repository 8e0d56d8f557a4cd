# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics, logs, options and failures."""

import asyncio
import logging
import time
from typing import Any

import grpc
import pytest
from genkit import Genkit, GenkitError
from genkit.testing import traced_application
from genkit_google_cloud import FlushTelemetry, enable_google_cloud_telemetry
from genkit_google_cloud.entries import Entry, to_request
from genkit_google_cloud.monitoring import MonitoringExporter
from genkit_google_cloud.services import Services

from .receiver import GoogleCloud


QUESTION = 'What do I wear in Bergen?'
MODEL = 'openai/gpt-4o-mini'


async def advise_once() -> None:
    ai, advise = traced_application()
    await advise(QUESTION)
    await ai.flush_tracing()


def enable(cloud: GoogleCloud, **options: Any) -> Any:
    return enable_google_cloud_telemetry('wardrobe', channel=cloud.channel, **options)


class TestMetrics:
    async def test_count_models_features_paths_and_actions(self, cloud):
        enable(cloud, service_name='shop')
        await advise_once()
        shared = {'featureName': 'advise', 'source': 'py'}
        ((labels, requests),) = cloud.metrics('ai/generate/requests')
        version = labels.pop('sourceVersion')
        assert labels == {
            **shared,
            'modelName': MODEL,
            'path': f'advise > generate > {MODEL}',
            'status': 'success',
        }
        assert requests.points[0].value.int64_value == 2
        ((_, latency),) = cloud.metrics('ai/generate/latency')
        assert (latency.points[0].value.distribution_value.count, latency.unit) == (2, 'ms')
        used = {
            name: series[0][1].points[0].value.int64_value
            for name in ('input/tokens', 'output/tokens', 'input/characters', 'output/characters', 'thinking/tokens')
            if (series := cloud.metrics(f'ai/generate/{name}'))
        }
        assert (used['input/tokens'], used['output/tokens']) == (300, 30)
        assert used['input/characters'] > 0
        assert used['output/characters'] == len('A raincoat.')
        ((labels, _),) = cloud.metrics('feature/requests')
        assert labels == {'name': 'advise', 'status': 'success', 'source': 'py', 'sourceVersion': version}
        paths = {labels['path']: labels for labels, _ in cloud.metrics('feature/path/requests')}
        assert paths['advise']['status'] == 'success'
        assert (paths['advise > audit']['status'], paths['advise > audit']['error']) == ('failure', 'LookupError')
        assert {labels['name'] for labels, _ in cloud.metrics('action/requests')} == {
            'acme/notes',
            'acme/words',
            'forecast',
        }
        (job,) = {series.resource.labels['job'] for series in cloud.series}
        assert job == 'shop'

    async def test_count_failures(self, cloud):
        enable(cloud)
        ai = Genkit()

        @ai.flow()
        async def fail(_: str) -> str:
            raise TimeoutError('too late')

        with pytest.raises(GenkitError):
            await fail('x')
        await ai.flush_tracing()
        ((labels, _),) = cloud.metrics('feature/requests')
        assert (labels['status'], labels['error']) == ('failure', 'TimeoutError')

    async def test_count_what_is_not_sampled(self, cloud):
        enable(cloud, sampler=0, log_records=False)
        await advise_once()
        assert cloud.spans == cloud.entries == []
        ((_, series),) = cloud.metrics('feature/requests')
        assert series.points[0].value.int64_value == 1

    async def test_are_written_at_most_every_five_seconds_and_lose_nothing(self, cloud):
        telemetry = enable(cloud, disable_logs=True)
        for _ in range(3):
            await advise_once()
        assert cloud.calls.count('CreateTimeSeries') == 1
        began = time.monotonic()
        await asyncio.to_thread(telemetry.close)
        assert time.monotonic() - began < 7
        ((_, series),) = cloud.metrics('feature/requests')
        assert series.points[0].value.int64_value == 3

    def test_an_interval_without_a_length_gets_one(self, cloud):
        exporter = MonitoringExporter(Services('wardrobe', channel=cloud.channel))
        assert exporter.force_flush()
        exporter.shutdown()
        assert cloud.calls == []

    async def test_say_what_users_think(self, cloud):
        telemetry = enable(cloud)
        telemetry.record_feedback('advise', 'positive', 'Warm and dry.', 'a' * 32, 'b' * 16)
        telemetry.record_acceptance('advise', 'rejected')
        await asyncio.to_thread(telemetry.flush)
        ((labels, _),) = cloud.metrics('engagement/feedback')
        assert (labels['name'], labels['value'], labels['hasText']) == ('advise', 'positive', 'true')
        ((labels, _),) = cloud.metrics('engagement/acceptance')
        assert (labels['name'], labels['value']) == ('advise', 'rejected')
        said = {
            entry['payload']['message']: entry for entry in cloud.entries if entry['labels'] == {'module': 'genkit'}
        }
        assert said['UserFeedback[advise]']['payload']['text'] == 'Warm and dry.'
        assert (said['UserFeedback[advise]']['trace'], said['UserFeedback[advise]']['span']) == ('a' * 32, 'b' * 16)
        with pytest.raises(GenkitError, match="feedback is 'so so'; it must be one of positive, negative"):
            telemetry.record_feedback('advise', 'so so')


class TestLogs:
    async def test_hold_inputs_outputs_and_failures_at_their_spans(self, cloud):
        enable(cloud, log_records=False, disable_metrics=True)
        await advise_once()
        spans = {span.name: span for span in cloud.spans}
        entries = {entry['payload']['message']: entry for entry in cloud.entries}
        where = f'advise > generate > {MODEL}, {MODEL}'
        assert set(entries) == {
            'Input[advise]',
            'Output[advise]',
            f'Config[{where}]',
            f'Input[{where}]',
            f'Output[{where}]',
            'Error[advise > audit, LookupError]',
        }
        output = entries['Output[advise]']
        assert output['payload']['content'] == '"A raincoat."'
        assert (output['trace'], output['span']) == (spans['advise'].trace_id, spans['advise'].span_id)
        assert entries[f'Config[{where}]']['payload']['content'] == '{"temperature": 0.5}'
        asked = entries[f'Input[{where}]']['payload']
        assert (asked['model'], asked['featureName'], asked['source']) == (MODEL, 'advise', 'py')
        failed = entries['Error[advise > audit, LookupError]']
        assert (failed['severity'], failed['payload']['error']) == (500, 'no auditor')
        assert 'LookupError: no auditor' in failed['payload']['stack']

    async def test_hold_no_inputs_and_outputs_if_these_stay_here(self, cloud):
        enable(cloud, log_records=False, disable_metrics=True, capture_content=False)
        await advise_once()
        (entry,) = cloud.entries
        assert entry['payload']['message'] == 'Error[advise > audit, LookupError]'
        assert 'no auditor' not in repr(entry)

    async def test_hold_the_records_of_the_process_with_their_span(self, cloud):
        enable(cloud, disable_metrics=True)
        ai = Genkit()

        @ai.flow()
        async def greet(who: str) -> str:
            logging.getLogger('shop').error('greeting %s', who)
            return who

        await greet('Ada')
        await ai.flush_tracing()
        (entry,) = [entry for entry in cloud.entries if entry['labels'] == {'logger': 'shop'}]
        (span,) = cloud.spans
        assert (entry['trace'], entry['span'], entry['severity']) == (span.trace_id, span.span_id, 500)
        assert entry['payload'] == {'message': 'greeting Ada'}

    async def test_are_cut_to_what_an_entry_may_have(self, cloud):
        enable(cloud, log_records=False, disable_metrics=True)
        ai = Genkit()

        @ai.flow()
        async def repeat(text: str) -> str:
            return text * 2

        await repeat('世' * 200_000)
        await ai.flush_tracing()
        contents = [entry['payload']['content'] for entry in cloud.entries]
        assert len(contents) == 2
        assert all(70_000 < len(content) < 128_000 for content in contents)

    def test_of_many_entries_are_several_requests(self, cloud):
        from genkit_google_cloud.entries import write_entries

        entries = [Entry(1, {'message': 'x' * 100_000}) for _ in range(100)]
        assert write_entries(Services('wardrobe', channel=cloud.channel), entries, {})
        assert len(cloud.entries) == 100
        assert len(cloud.calls) == 3

    def test_have_ids_that_differ(self):
        request = to_request('p', [Entry(1, {'message': 'x'})] * 10, {})
        assert len({entry.insert_id for entry in request.entries}) == 10


class TestOptions:
    async def test_switch_signals_off(self, cloud, lines):
        enable(cloud, disable_traces=True, disable_metrics=True, disable_logs=True)
        await advise_once()
        assert cloud.calls == []
        assert 'nothing. Not sent: traces, metrics, logs.' in lines.text

    def test_are_announced_once(self, cloud, lines):
        first = enable(cloud, sampler=0.5, capture_content=False)
        assert enable(cloud, sampler=0.5, capture_content=False) is first
        expected = (
            'Sending to Google Cloud, project wardrobe: traces to Cloud Trace, metrics to Cloud Monitoring, logs to '
        )
        sampled = 'Cloud Logging, sampled by TraceIdRatioBased{0.5}. Not sent: inputs and outputs.'
        assert lines.messages == [f'{expected}{sampled}']

    def test_that_differ_are_refused(self, cloud):
        enable(cloud, service_name='a')
        with pytest.raises(GenkitError, match='with another service_name') as caught:
            enable(cloud, service_name='b')
        assert caught.value.status == 'ALREADY_EXISTS'

    async def test_in_the_development_environment_nothing_is_sent_unless_forced(self, cloud, lines, monkeypatch):
        monkeypatch.setenv('GENKIT_ENV', 'dev')
        assert not enable(cloud).exporting
        assert 'Nothing is sent to Google Cloud, project wardrobe: this is the development environment' in lines.text
        assert enable(cloud, force_dev_export=True).exporting

    @pytest.mark.parametrize(
        ('option', 'value'),
        [
            *(('metric_export_interval', 4.9), ('metric_export_interval', '5'), ('timeout', 0), ('timeout', True)),
            *(('capture_content', 'false'), ('disable_logs', 1)),
        ],
    )
    def test_that_cannot_be_are_refused(self, option, value):
        wrong: Any = {option: value}
        with pytest.raises(GenkitError, match=f'{option} is ') as caught:
            enable_google_cloud_telemetry('p', **wrong)
        assert caught.value.status == 'INVALID_ARGUMENT'

    def test_that_are_misspelt_have_a_suggestion(self):
        with pytest.raises(GenkitError, match=r"'disable_trace'.*'disable_traces'"):
            enable_google_cloud_telemetry('p', disable_trace=True)  # pyright: ignore[reportCallIssue]

    @pytest.mark.parametrize('variable', ['GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT'])
    async def test_the_project_may_be_in_the_environment(self, cloud, variable, monkeypatch):
        monkeypatch.setenv(variable, 'wardrobe')
        monkeypatch.setenv('K_SERVICE', 'on-cloud-run')
        enable_google_cloud_telemetry(channel=cloud.channel, disable_metrics=True)
        await advise_once()
        assert {span.attributes['service.name'] for span in cloud.spans} == {'on-cloud-run'}

    async def test_credentials_may_know_the_project(self, cloud):
        credentials = type('Credentials', (), {'project_id': 'wardrobe'})()
        enable_google_cloud_telemetry(channel=cloud.channel, disable_metrics=True, credentials=credentials)
        await advise_once()
        assert len(cloud.spans) == 8


class TestFailures:
    @pytest.mark.parametrize('code', [grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED])
    async def test_a_refusal_is_one_line_for_each_service_with_what_to_check(self, code, cloud, lines):
        cloud.always = code
        enable(cloud, log_records=False)
        lines.clear()
        for _ in range(2):
            await advise_once()
        cloud.always = None
        warned = sorted(lines.messages)
        assert [line.partition(':')[0] for line in warned] == ['Cloud Logging', 'Cloud Monitoring', 'Cloud Trace']
        assert f'refused with {code.name}: said the server. Check GOOGLE_APPLICATION_CREDENTIALS' in warned[2]
        assert 'roles/cloudtrace.agent' in warned[2]

    async def test_what_may_pass_is_tried_again(self, cloud, lines):
        cloud.fail = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED]
        enable(cloud, disable_metrics=True, disable_logs=True)
        lines.clear()
        await advise_once()
        assert len(cloud.spans) == 8
        assert not lines.messages

    async def test_a_server_that_is_down_is_one_line_and_holds_up_nobody(self, lines):
        def nowhere(_: str) -> Any:
            return grpc.insecure_channel('127.0.0.1:9')

        telemetry = enable_google_cloud_telemetry(
            'wardrobe', channel=nowhere, timeout=0.5, disable_metrics=True, disable_logs=True
        )
        lines.clear()
        for _ in range(2):
            await advise_once()
        (line,) = lines.messages
        assert line.startswith('Cloud Trace: did not take what was sent: ')
        telemetry.close()

    async def test_a_server_that_hangs_holds_up_nobody(self, cloud):
        cloud.hang.clear()
        telemetry = enable(cloud, timeout=0.5, disable_metrics=True, disable_logs=True)
        began = time.monotonic()
        ai, advise = traced_application()
        for _ in range(5):
            await advise(QUESTION)
        assert time.monotonic() - began < 5
        await asyncio.to_thread(telemetry.close)
        assert time.monotonic() - began < 15
        await ai.aclose()

    async def test_no_credentials_are_one_line(self, lines, monkeypatch):
        monkeypatch.setenv('GOOGLE_APPLICATION_CREDENTIALS', '/does/not/exist.json')
        telemetry = enable_google_cloud_telemetry('wardrobe', disable_metrics=True, log_records=False)
        lines.clear()
        await advise_once()
        assert sorted(line.partition(':')[0] for line in lines.messages) == ['Cloud Logging', 'Cloud Trace']
        assert all('Check GOOGLE_APPLICATION_CREDENTIALS' in line for line in lines.messages)
        telemetry.close()

    async def test_an_unknown_project_is_one_line(self, cloud, lines):
        enable_google_cloud_telemetry(
            channel=cloud.channel, credentials=object(), disable_metrics=True, disable_logs=True
        )
        lines.clear()
        await advise_once()
        (line,) = lines.messages
        assert 'no project is known: pass project_id=, or set GOOGLE_CLOUD_PROJECT' in line


class TestFlushing:
    async def play(self, app: Any, *, scope: str = 'http') -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            sent.append({**message, 'spans': len(self.cloud.spans)})

        async def receive() -> Any:
            return {'type': 'http.request'}

        await FlushTelemetry(app)({'type': scope}, receive, send)
        return sent

    @pytest.fixture(autouse=True)
    def enabled(self, cloud):
        self.cloud = cloud
        enable(cloud, disable_metrics=True, disable_logs=True)
        self.ai = Genkit()

        @self.ai.flow()
        async def greet(who: str) -> str:
            return f'Hello, {who}!'

        self.greet = greet

    async def test_spans_are_sent_before_the_last_byte(self):
        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            text = await self.greet('Ada')
            await send({'type': 'http.response.start', 'status': 200, 'headers': []})
            await send({'type': 'http.response.body', 'body': text.encode()})

        start, body, end = await self.play(app)
        assert (start['type'], body['body'], body['more_body']) == ('http.response.start', b'Hello, Ada!', True)
        assert (end['body'], end.get('more_body', False), end['spans']) == (b'', False, 1)

    async def test_a_stream_is_held_up_at_its_end_alone(self):
        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            await send({'type': 'http.response.start', 'status': 200, 'headers': []})
            await send({'type': 'http.response.body', 'body': b'one', 'more_body': True})
            await self.greet('Ada')
            await send({'type': 'http.response.body', 'body': b'', 'more_body': False})

        sent = await self.play(app)
        assert [message.get('body') for message in sent] == [None, b'one', b'']
        assert sent[-1]['spans'] == 1

    async def test_an_application_that_fails_is_flushed_and_fails(self):
        async def app(_scope: Any, _receive: Any, _send: Any) -> None:
            await self.greet('Ada')
            raise LookupError('no page')

        with pytest.raises(LookupError):
            await self.play(app)
        assert len(self.cloud.spans) == 1

    async def test_what_is_no_request_passes(self):
        async def app(scope: Any, _receive: Any, send: Any) -> None:
            await send({'type': f'{scope["type"]}.startup.complete'})

        assert [message['type'] for message in await self.play(app, scope='lifespan')] == ['lifespan.startup.complete']
