# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics as Cloud Monitoring takes them.

Source: https://cloud.google.com/monitoring/api/ref_v3/rpc/google.monitoring.v3#createtimeseriesrequest. A series is
written at most every five seconds, by one process, and a request holds 200 of them.
"""

import re
import time
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any, Final

from opentelemetry.sdk.metrics.export import (
    Histogram,
    HistogramDataPoint,
    MetricExporter,
    MetricExportResult,
    MetricsData,
    NumberDataPoint,
)

from genkit_google_cloud.process import task_labels
from genkit_google_cloud.services import MONITORING, Services, labels_of, raw_type, wrapped


SHORTEST_INTERVAL: Final = 5.0  # seconds

_TYPES: Final = 'google.cloud.monitoring_v3.types'
_REQUEST: Final = 'CreateTimeSeriesRequest'
_PREFIX: Final = 'workload.googleapis.com'
_SERIES: Final = 200
_LONGEST_LABEL: Final = 1024
_MILLISECOND: Final = 1_000_000  # nanoseconds
_CUMULATIVE: Final = 3
_INT64, _DOUBLE, _DISTRIBUTION = 2, 3, 5
_NO_LABEL: Final = re.compile(r'[^a-zA-Z0-9_]')


class MonitoringExporter(MetricExporter):
    """Writes totals, so that a write that comes too early is left out without losing anything.

    Args:
        services: Where they are written.
        interval: Seconds that have to pass between two writes of a series.
    """

    def __init__(self, services: Services, interval: float = SHORTEST_INTERVAL) -> None:
        super().__init__()
        self._services = services
        self._interval = interval
        self._lock = Lock()
        self._written: float | None = None
        self._left_out: MetricsData | None = None
        self._totals: list[Any] = []

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: Any) -> MetricExportResult:  # noqa: ARG002
        """Write what was measured, unless the last write is too recent."""
        with self._lock:
            if self._pause() > 0:
                self._left_out = metrics_data if _totals(metrics_data) != self._totals else None
                return MetricExportResult.SUCCESS
            return self._write(metrics_data)

    def force_flush(self, timeout_millis: float = 10_000) -> bool:  # noqa: ARG002  (the interface's)
        """Nothing waits that a later write does not hold."""
        return True

    def shutdown(self, timeout_millis: float = 30_000, **others: Any) -> None:
        """Write what was left out, once that may be written: after five seconds at most, if there is that much time."""
        seconds = others.get('timeout', timeout_millis) / 1000  # as the reader of metrics calls it
        if seconds <= 0 or not self._lock.acquire(timeout=seconds):
            return  # a write that hangs has the lock
        try:
            if self._left_out is not None:
                time.sleep(self._pause())
                self._write(self._left_out)
        finally:
            self._lock.release()

    def _pause(self) -> float:
        """Return how many seconds have to pass before the next write."""
        return 0 if self._written is None else max(self._written + self._interval - time.monotonic(), 0)

    def _write(self, metrics: MetricsData) -> MetricExportResult:
        self._left_out = None
        self._written = time.monotonic()
        self._totals = _totals(metrics)
        points = list(_points(metrics))
        is_written = True
        for first in range(0, len(points), _SERIES):
            batch = points[first : first + _SERIES]
            called = self._services.call(
                MONITORING, 'create_time_series', lambda project, batch=batch: to_request(project, batch)
            )
            is_written = called and is_written
        return MetricExportResult.SUCCESS if is_written else MetricExportResult.FAILURE


_Point = tuple[Any, Any, Mapping[str, Any]]


def _points(metrics: MetricsData) -> Iterator[_Point]:
    for group in metrics.resource_metrics:
        for scoped in group.scope_metrics:
            for metric in scoped.metrics:
                for point in metric.data.data_points:
                    yield metric, point, group.resource.attributes


def _totals(metrics: MetricsData) -> list[Any]:
    """Return what tells whether something was measured since another time."""
    return [getattr(point, 'count', getattr(point, 'value', None)) for _, point, _ in _points(metrics)]


def to_request(project: str, points: list[_Point]) -> Any:
    """Return points as a request."""
    request = raw_type(_TYPES, _REQUEST)(name=f'projects/{project}')
    for metric, point, resource in points:
        series = request.time_series.add()
        series.metric.type = f'{_PREFIX}/{metric.name}'
        for name, value in dict(point.attributes or {}).items():
            series.metric.labels[_NO_LABEL.sub('_', name)] = str(value)[:_LONGEST_LABEL]
        series.resource.type = 'generic_task'
        series.resource.labels.update(labels_of(task_labels(resource), project))
        series.metric_kind = _CUMULATIVE
        series.unit = metric.unit
        _fill(series, metric, point)
    return wrapped(_TYPES, _REQUEST, request)


def _fill(series: Any, metric: Any, point: NumberDataPoint | HistogramDataPoint) -> None:
    added = series.points.add()
    start, end = point.start_time_unix_nano or 0, point.time_unix_nano
    added.interval.start_time.FromNanoseconds(start)
    # Whatever began within the last millisecond is refused as an interval without a length.
    added.interval.end_time.FromNanoseconds(max(end, start + _MILLISECOND))
    if isinstance(metric.data, Histogram):
        series.value_type = _DISTRIBUTION
        found: Any = point
        value = added.value.distribution_value
        value.count = found.count
        value.mean = found.sum / found.count if found.count else 0
        value.bucket_options.explicit_buckets.bounds.extend(found.explicit_bounds)
        value.bucket_counts.extend(found.bucket_counts)
    elif isinstance(number := getattr(point, 'value', 0), int):
        series.value_type, added.value.int64_value = _INT64, number
    else:
        series.value_type, added.value.double_value = _DOUBLE, number
