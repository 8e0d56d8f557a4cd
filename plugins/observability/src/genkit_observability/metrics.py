# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics of generative AI, measured from spans: how long operations take, and which tokens they use and cost.

Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/; the cost has no name there.
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from genkit.plugin import is_done_within
from opentelemetry.metrics import Histogram
from opentelemetry.sdk.metrics import Counter, MeterProvider, ObservableCounter, UpDownCounter
from opentelemetry.sdk.metrics import Histogram as SdkHistogram
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    MetricExporter,
    MetricExportResult,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan


_OPERATION: Final = 'gen_ai.operation.name'
_DIMENSIONS: Final = (
    *(_OPERATION, 'gen_ai.provider.name', 'gen_ai.request.model', 'gen_ai.tool.name', 'gen_ai.agent.name'),
    *('gen_ai.workflow.name', 'gen_ai.data_source.id'),
)
_TOKENS: Final = {'input': 'gen_ai.usage.input_tokens', 'output': 'gen_ai.usage.output_tokens'}
_SECONDS: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_COUNTS: Final = tuple(4**exponent for exponent in range(14))
_DELTA: Final[dict[type, AggregationTemporality]] = dict.fromkeys(
    (Counter, SdkHistogram, ObservableCounter), AggregationTemporality.DELTA
)


class SpanMetrics:
    """Measures spans and sends what it measured at intervals, by a provider of metrics of its own.

    Args:
        send: Sends it; False if it was lost.
        resource: Whose metrics they are.
        interval: Seconds between two sendings.
        delta: Whether they are sent as differences.
    """

    def __init__(
        self, send: Callable[[MetricsData], bool], resource: Resource, interval: float, *, delta: bool
    ) -> None:
        exporter = _Exporter(send, delta=delta)
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=interval * 1000)
        self._provider = MeterProvider([reader], resource, shutdown_on_exit=False)
        meter = self._provider.get_meter('genkit')
        self._durations: Histogram = meter.create_histogram(
            'gen_ai.client.operation.duration', 's', explicit_bucket_boundaries_advisory=_SECONDS
        )
        self._tokens: Histogram = meter.create_histogram(
            'gen_ai.client.token.usage', '{token}', explicit_bucket_boundaries_advisory=_COUNTS
        )
        self._costs = meter.create_counter('genkit.client.cost', 'USD', 'What calls of models cost')

    def observe(self, span: ReadableSpan) -> None:
        """Measure a span."""
        attributes: Mapping[str, Any] = span.attributes or {}
        if _OPERATION not in attributes:
            return
        dimensions = {name: attributes[name] for name in _DIMENSIONS if name in attributes}
        failure = {} if span.status.is_ok else {'error.type': _error_type(span)}
        self._durations.record(((span.end_time or 0) - (span.start_time or 0)) / 1e9, {**dimensions, **failure})
        for kind, name in _TOKENS.items():
            if name in attributes:
                self._tokens.record(attributes[name], {**dimensions, 'gen_ai.token.type': kind})
        if 'gen_ai.usage.cost' in attributes:
            self._costs.add(attributes['gen_ai.usage.cost'], dimensions)

    def flush(self, seconds: float) -> bool:
        """Send what was measured; False if that took too long."""
        return is_done_within(seconds, self._provider.force_flush)

    def close(self, seconds: float) -> None:
        """Send what was measured, unless that takes too long, and end."""
        with contextlib.suppress(Exception):  # that there was no time
            self._provider.shutdown(max(int(seconds * 1000), 1))


class _Exporter(MetricExporter):
    def __init__(self, send: Callable[[MetricsData], bool], *, delta: bool) -> None:
        super().__init__(preferred_temporality=_DELTA if delta else {UpDownCounter: AggregationTemporality.CUMULATIVE})
        self._send = send

    def export(
        self,
        metrics_data: MetricsData,
        timeout_millis: float = 10_000,  # noqa: ARG002  (the interface's)
        **_: Any,
    ) -> MetricExportResult:
        is_sent = not metrics_data.resource_metrics or self._send(metrics_data)
        return MetricExportResult.SUCCESS if is_sent else MetricExportResult.FAILURE

    def force_flush(self, timeout_millis: float = 10_000) -> bool:  # noqa: ARG002  (the interface's)
        return True

    def shutdown(self, timeout_millis: float = 30_000, **_: Any) -> None:
        """Nothing is left to close."""


def _error_type(span: ReadableSpan) -> str:
    kinds = [str((event.attributes or {}).get('exception.type', '')) for event in span.events]
    return next((kind for kind in kinds if kind), '_OTHER')
