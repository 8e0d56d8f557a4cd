# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The program of the contract in Cloud Trace, field by field."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from genkit.testing import SeenSpan, TelemetryContract
from genkit_google_cloud import enable_google_cloud_telemetry
from genkit_google_cloud.attributes import adjusted, chosen
from genkit_google_cloud.traces import to_request
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, SpanContext, Status, StatusCode, TraceFlags

from .receiver import GoogleCloud, values


class TestCloudTrace(TelemetryContract):
    @pytest.fixture(autouse=True)
    def receiver(self, cloud: GoogleCloud) -> None:
        self.cloud = cloud

    @contextmanager
    def exporting(self, **options: Any) -> Iterator[None]:
        telemetry = enable_google_cloud_telemetry(
            'wardrobe', channel=self.cloud.channel, disable_metrics=True, **options
        )
        try:
            yield
        finally:
            telemetry.close()
            self.cloud.raise_wrong()

    def received(self) -> Sequence[SeenSpan]:
        return self.cloud.spans

    def service_of(self, span: SeenSpan) -> str:
        return str(span.attributes['service.name'])

    async def test_failures_features_and_models_are_marked(self) -> None:
        spans = {span.name: span.attributes for span in await self.run()}
        assert spans['audit']['/http/status_code'] == '599'
        assert spans['audit']['genkit:failedSpan'] == 'audit'
        assert spans['audit']['genkit:failedPath'] == '/{advise,t:action,s:flow}/{audit,t:flowStep}'
        assert '/http/status_code' not in spans['advise']
        assert (spans['advise']['genkit:feature'], spans['advise']['genkit:rootState']) == ('advise', 'success')
        assert spans['openai/gpt-4o-mini']['genkit:model'] == 'openai/gpt-4o-mini'
        assert spans['openai/gpt-4o-mini']['gen_ai.usage.cost'] == pytest.approx(0.00003825)


def span(**members: Any) -> ReadableSpan:
    context = SpanContext(1, 2, False, TraceFlags(1))
    defaults = {'name': 'x', 'context': context, 'resource': Resource({}), 'start_time': 10, 'end_time': 20}
    return ReadableSpan(**{**defaults, **members})


def written(**members: Any) -> Any:
    (message,) = to_request('p', [span(**members)]).spans
    return type(message).pb(message)


def test_a_slash_in_a_key_becomes_a_colon():
    found = adjusted(span(attributes={'team/name': 'blue', 'genkit:path': '/{a/b,t:flow}'}))
    assert found == {'team:name': 'blue', 'genkit:path': '/{a/b,t:flow}'}


def test_the_most_telling_attributes_are_kept():
    attributes = {f'label {number}': 'x' for number in range(50)}
    attributes |= {
        'gen_ai.usage.cost': 0.1,
        'genkit:name': 'x',
        'genkit:state': 'success',
        'gen_ai.input.messages': '[]',
    }
    kept, dropped = chosen(attributes)
    assert len(kept) == 32
    assert dropped == 22
    assert {'gen_ai.usage.cost', 'genkit:name', 'genkit:state'} <= kept.keys()
    assert 'gen_ai.input.messages' not in kept


def test_what_is_too_long_is_cut_at_a_character_and_counted():
    message = written(name='é' * 200, attributes={'genkit:input': '世' * 100, 'k' * 129: 1})
    assert message.display_name.value == 'é' * 64
    assert message.display_name.truncated_byte_count == 272
    text = message.attributes.attribute_map['genkit:input'].string_value
    assert (text.value, text.truncated_byte_count) == ('世' * 85, 45)
    assert message.attributes.dropped_attributes_count == 1


def test_attributes_keep_their_types():
    message = written(attributes={'a': 1, 'b': True, 'c': 0.000021, 'd': ('x', 'y'), 'e': 2**70, 'f': 12.5})
    assert values(message.attributes.attribute_map) == {
        'a': 1,
        'b': True,
        'c': '0.000021',
        'd': 'x, y',
        'e': str(2**70),
        'f': '12.5',
    }


def test_events_links_and_status_are_kept_within_limits():
    events = [Event(f'event {number}', {f'k{n}': n for n in range(9)}, timestamp=15) for number in range(40)]
    links = [Link(SpanContext(3, number + 1, False)) for number in range(130)]
    message = written(events=events, links=links, status=Status(StatusCode.ERROR, 'é' * 300), end_time=5)
    assert len(message.time_events.time_event) == 32
    assert message.time_events.dropped_annotations_count == 8
    first = message.time_events.time_event[0].annotation
    assert (len(first.attributes.attribute_map), first.attributes.dropped_attributes_count) == (4, 5)
    assert (len(message.links.link), message.links.dropped_links_count) == (128, 2)
    assert (message.status.code, len(message.status.message.encode())) == (2, 256)
    assert message.end_time.ToNanoseconds() == message.start_time.ToNanoseconds()  # no clock runs backwards


@pytest.mark.parametrize('text', ['\ud800', 'a\x00b', ''])
def test_awkward_texts_are_sent(text):
    assert written(name=text, attributes={'genkit:input': text})


async def test_many_spans_are_several_requests(cloud):
    telemetry = enable_google_cloud_telemetry(
        'wardrobe', channel=cloud.channel, disable_metrics=True, disable_logs=True
    )
    assert telemetry._send([span(name=f's{number}') for number in range(450)])
    assert cloud.calls == ['BatchWriteSpans'] * 3
    assert [seen.name for seen in cloud.spans] == [f's{number}' for number in range(450)]
