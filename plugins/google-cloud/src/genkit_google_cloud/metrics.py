# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit's metrics, measured from spans: models, features, paths and actions, and what users say of them."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import GENKIT_VERSION, is_done_within, members_of, read_json
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan

from genkit_google_cloud.attributes import display_path, feature_of


PREFIX: Final = 'genkit'

_LATENCIES: Final = tuple(float(2**exponent) for exponent in range(18))  # milliseconds
# What is counted of a call, and where that is said: an attribute of the span, or a member of the answer's usage.
_USED: Final = {
    'input/tokens': ('gen_ai.usage.input_tokens', 'inputTokens'),
    'output/tokens': ('gen_ai.usage.output_tokens', 'outputTokens'),
    'thinking/tokens': ('gen_ai.usage.reasoning.output_tokens', 'thoughtsTokens'),
    'input/characters': (None, 'inputCharacters'),
    'input/images': (None, 'inputImages'),
    'input/videos': (None, 'inputVideos'),
    'input/audio': (None, 'inputAudioFiles'),
    'output/characters': (None, 'outputCharacters'),
    'output/images': (None, 'outputImages'),
    'output/videos': (None, 'outputVideos'),
    'output/audio': (None, 'outputAudioFiles'),
}
_MEDIA: Final = {'image': 'Images', 'video': 'Videos', 'audio': 'AudioFiles'}
_SOURCE: Final = {'source': 'py', 'sourceVersion': GENKIT_VERSION}


class GenkitMetrics:
    """Measures spans, and has what it measured exported at intervals, by a provider of metrics of its own.

    Args:
        exporter: Writes what was measured.
        resource: Whose metrics they are.
        interval: Seconds between two writes.
        timeout: Seconds for a write.
    """

    def __init__(self, exporter: MetricExporter, resource: Resource, interval: float, timeout: float) -> None:
        reader = PeriodicExportingMetricReader(exporter, interval * 1000, timeout * 1000)
        self._provider = MeterProvider([reader], resource, shutdown_on_exit=False)
        meter = self._provider.get_meter('genkit')

        def counter(name: str) -> Callable[..., None]:
            return meter.create_counter(f'{PREFIX}/{name}', '1').add

        def latency(name: str) -> Callable[..., None]:
            made = meter.create_histogram(f'{PREFIX}/{name}', 'ms', explicit_bucket_boundaries_advisory=_LATENCIES)
            return made.record

        self._requests = {kind: counter(f'{kind}/requests') for kind in _MEASURED}
        self._latencies = {kind: latency(f'{kind}/latency') for kind in _MEASURED}
        self._used = {name: counter(f'ai/generate/{name}') for name in _USED}
        self._engagement = {kind: counter(f'engagement/{kind}') for kind in ('feedback', 'acceptance')}

    def observe(self, span: ReadableSpan) -> None:
        """Measure a span."""
        attributes: Mapping[str, Any] = span.attributes or {}
        if 'genkit:path' not in attributes:
            return
        milliseconds = ((span.end_time or 0) - (span.start_time or 0)) / 1e6
        kind = attributes.get('genkit:metadata:subtype')
        if kind == 'model':
            dimensions = {'modelName': attributes['genkit:name'], **_place(span)}
            self._count('ai/generate', dimensions, milliseconds, span)
            self._count_usage(attributes, {**dimensions, **_SOURCE})
        if attributes.get('genkit:isRoot'):
            self._count('feature', {'name': attributes['genkit:name']}, milliseconds, span)
        if attributes.get('genkit:isRoot') or attributes.get('genkit:isFailureSource'):
            self._count('feature/path', _place(span), milliseconds, span)
        if attributes.get('genkit:type') == 'action' and kind not in (None, 'model', 'flow'):
            self._count('action', {'name': attributes['genkit:name'], **_place(span)}, milliseconds, span)

    def count_engagement(self, kind: str, feature: str, value: str, *, has_text: bool = False) -> None:
        """Count what a user said or did: ``feedback`` or ``acceptance`` of a feature."""
        text = {'hasText': str(has_text).lower()} if kind == 'feedback' else {}
        self._engagement[kind](1, {'name': feature, 'value': value, **text, **_SOURCE})

    def flush(self, seconds: float) -> bool:
        """Write what was measured; False if that took too long."""
        return is_done_within(seconds, self._provider.force_flush)

    def close(self, seconds: float) -> None:
        """Write what was measured, unless that takes too long, and end."""
        with contextlib.suppress(Exception):  # that there was no time
            self._provider.shutdown(max(int(seconds * 1000), 1))

    def _count(self, kind: str, dimensions: Mapping[str, Any], milliseconds: float, span: ReadableSpan) -> None:
        outcome = {'status': 'success'} if span.status.is_ok else {'status': 'failure', 'error': error_name(span)}
        complete = {**dimensions, **outcome, **_SOURCE}
        self._requests[kind](1, complete)
        self._latencies[kind](max(milliseconds, 0), complete)

    def _count_usage(self, attributes: Mapping[str, Any], dimensions: Mapping[str, Any]) -> None:
        usage = _usage(attributes.get('genkit:input'), attributes.get('genkit:output'))
        for name, (attribute, member) in _USED.items():
            number = attributes.get(attribute) if attribute else None
            number = usage.get(member) if number is None else number
            if isinstance(number, int | float) and not isinstance(number, bool) and number > 0:
                self._used[name](int(number), dimensions)


_MEASURED: Final = ('ai/generate', 'feature', 'feature/path', 'action')


def error_name(span: ReadableSpan) -> str:
    """Return the type of the exception that a span failed with."""
    kinds = [str((event.attributes or {}).get('exception.type', '')) for event in span.events]
    return next((kind for kind in kinds if kind), '<unknown>')


def _place(span: ReadableSpan) -> dict[str, str]:
    path = str((span.attributes or {}).get('genkit:path', ''))
    return {'featureName': feature_of(path), 'path': display_path(path)}


def _usage(given: Any, answered: Any) -> Mapping[str, Any]:
    """Return what an answer says of its usage, and what can be counted of what was recorded."""
    request, response = _read(given), _read(answered)
    said = response.get('usage')
    usage: Mapping[str, Any] = cast('Mapping[str, Any]', said) if isinstance(said, dict) else dict[str, Any]()
    return {**_counted('input', request.get('messages')), **_counted('output', [response.get('message')]), **usage}


def _read(text: Any) -> Mapping[str, Any]:
    try:
        return members_of(read_json(text), 'what was recorded')
    except (ValueError, TypeError, GenkitError):
        return {}


def _counted(side: str, messages: Any) -> dict[str, int]:
    """Return the characters and the media of messages, by the names that usage has for them."""
    counts = dict.fromkeys((f'{side}{kind}' for kind in ('Characters', *_MEDIA.values())), 0)
    for part in _parts(messages):
        counts[f'{side}Characters'] += len(part['text']) if isinstance(part.get('text'), str) else 0
        media = part.get('media')
        if isinstance(media, dict):
            found = cast('Mapping[str, Any]', media)
            url = str(found.get('url', ''))
            kind = str(found.get('contentType') or url.removeprefix('data:')).partition('/')[0]
            if kind in _MEDIA:
                counts[f'{side}{_MEDIA[kind]}'] += 1
    return counts


def _parts(messages: Any) -> Iterator[Mapping[str, Any]]:
    for message in cast('list[Any]', messages) if isinstance(messages, list) else ():
        content: Any = message.get('content') if isinstance(message, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  (of any shape)
        for part in cast('list[Any]', content) if isinstance(content, list) else ():
            if isinstance(part, dict):
                yield cast('Mapping[str, Any]', part)
