# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Telemetry to Google Cloud in use: its exporters, and how they are flushed and ended."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from genkit import GenkitError
from genkit.plugin import LogEntry, Outbox, add_log_exporter, add_span_exporter, flush_exporters
from opentelemetry import trace

from genkit_google_cloud.options import GoogleCloudTelemetryOptions
from genkit_google_cloud.services import LOGGING, MONITORING, SOURCE, TRACE, Services, load_early


if TYPE_CHECKING:
    from genkit.plugin import SpanPipeline, SpanRules
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan

    from genkit_google_cloud.entries import Entry
    from genkit_google_cloud.metrics import GenkitMetrics

DEFAULT_TIMEOUT: Final = 10.0

_VALUES: Final = {'feedback': ('positive', 'negative'), 'acceptance': ('accepted', 'rejected')}


class GoogleCloudTelemetry:
    """Telemetry that goes to Google Cloud; what `enable_google_cloud_telemetry` returns.

    Attributes:
        exporting: Whether anything is sent.
    """

    def __init__(self, services: Services, options: GoogleCloudTelemetryOptions, rules: 'SpanRules') -> None:
        self.exporting = False
        self._services = services
        self._options = options
        self._rules = rules
        self._pipeline: SpanPipeline | None = None
        self._metrics: GenkitMetrics | None = None
        self._forget: Callable[[GoogleCloudTelemetry], None] = lambda _: None
        self._resource: Resource | None = None
        self._entries: Outbox[Entry] = Outbox('Google Cloud log', self._write)

    def __repr__(self) -> str:
        """Return the project."""
        return f'GoogleCloudTelemetry({self._services.known_project!r}, exporting={self.exporting})'

    def start(self, interval: float, forget: 'Callable[[GoogleCloudTelemetry], None]') -> None:
        """Send from now on.

        Args:
            interval: Seconds between two writes of metrics.
            forget: Called when it is closed.
        """
        from genkit.plugin import SpanPipeline  # noqa: PLC0415  (needs OpenTelemetry's SDK)
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  (loaded when something is sent)

        from genkit_google_cloud.metrics import GenkitMetrics  # noqa: PLC0415  (needs OpenTelemetry's SDK)
        from genkit_google_cloud.monitoring import MonitoringExporter  # noqa: PLC0415  (needs OpenTelemetry's SDK)

        self._forget = forget
        # Now, as what detects it cannot run any more when the program ends.
        self._resource = Resource.create().merge(Resource(dict(self._rules.resource)))
        options, beside = self._options, list[Any]([self._entries])
        if not options.get('disable_metrics'):
            timeout = options.get('timeout', DEFAULT_TIMEOUT)
            exporter = MonitoringExporter(self._services)
            self._metrics = GenkitMetrics(exporter, self._found_resource(), interval, timeout)
            beside.append(self._metrics)
        if not options.get('disable_logs') and options.get('log_records', True):
            beside.append(_Records(self._write))
        observe = self._metrics.observe if self._metrics is not None else None
        self._pipeline = SpanPipeline(self._send, self._rules, observe, beside)
        add_span_exporter(self._pipeline)
        switched_off = {LOGGING: 'disable_logs', MONITORING: 'disable_metrics', TRACE: 'disable_traces'}
        load_early([service for service, switch in switched_off.items() if not options.get(switch)])
        self.exporting = True

    def flush(self, timeout: float = 10) -> bool:
        """Wait until everything has been sent, here and to all other exporters; False if that took too long.

        Metrics that were written less than five seconds ago are not written again, but with the next ones. Blocks;
        ``await ai.flush_tracing()`` is the same for asynchronous code.
        """
        return flush_exporters(timeout)

    def close(self, timeout: float = 5) -> None:
        """Send what waits, and send nothing more."""
        self._forget(self)
        if self._pipeline is not None:
            flush_exporters(timeout)
            self._pipeline.shutdown()
        self._services.close()
        self.exporting = False

    def record_feedback(
        self,
        feature: str,
        value: Literal['positive', 'negative'],
        text: str = '',
        trace_id: str = '',
        span_id: str = '',
    ) -> None:
        """Record what a user thinks of an answer, as a metric and in the log, at the trace of the answer.

        Args:
            feature: The name of the flow.
            value: What the user thinks.
            text: What the user says.
            trace_id: Of the answer, as its response says it.
            span_id: Of the answer.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for another value.
        """
        told = {'value': value, **({'text': text} if text and self._rules.capture_content else {})}
        self._record('feedback', feature, told, trace_id, span_id)

    def record_acceptance(
        self, feature: str, value: Literal['accepted', 'rejected'], trace_id: str = '', span_id: str = ''
    ) -> None:
        """Record whether a user made use of an answer, as a metric and in the log.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for another value.
        """
        self._record('acceptance', feature, {'value': value}, trace_id, span_id)

    def _record(self, kind: str, feature: str, told: Mapping[str, str], trace_id: str, span_id: str) -> None:
        if told['value'] not in _VALUES[kind]:
            raise GenkitError(
                f'The {kind} is {told["value"]!r}; it must be one of {", ".join(_VALUES[kind])}.',
                status='INVALID_ARGUMENT',
                source=SOURCE,
            )
        if self._metrics is not None:
            self._metrics.count_engagement(kind, feature, told['value'], has_text='text' in told)
        if self.exporting and not self._options.get('disable_logs'):
            from genkit_google_cloud.entries import Entry  # noqa: PLC0415  (needs OpenTelemetry's SDK)

            payload = {'message': f'User{kind.title()}[{feature}]', 'featureName': feature, **told}
            self._entries.put(Entry(time.time_ns(), payload, trace_id=trace_id, span_id=span_id))

    def _send(self, spans: 'Sequence[ReadableSpan]') -> bool:
        from genkit_google_cloud.entries import entries_of  # noqa: PLC0415  (needs OpenTelemetry's SDK)
        from genkit_google_cloud.traces import send_spans  # noqa: PLC0415  (needs OpenTelemetry's SDK)

        is_sent = bool(self._options.get('disable_traces')) or send_spans(self._services, spans)
        if self._options.get('disable_logs'):
            return is_sent
        return self._write([entry for span in spans for entry in entries_of(span)]) and is_sent

    def _write(self, entries: 'Sequence[Entry]') -> bool:
        from genkit_google_cloud.entries import write_entries  # noqa: PLC0415  (needs OpenTelemetry's SDK)

        return not entries or write_entries(self._services, entries, self._found_resource().attributes)

    def _found_resource(self) -> 'Resource':
        """Return the resource of the application's tracer provider, or that of the environment."""
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  (loaded when something is sent)

        assert self._resource is not None, 'nothing is sent before the start'
        found = getattr(trace.get_tracer_provider(), 'resource', None)
        return found.merge(Resource(dict(self._rules.resource))) if isinstance(found, Resource) else self._resource


class _Records:
    """The log records of the process, on their way to Cloud Logging."""

    def __init__(self, write: 'Callable[[Sequence[Entry]], bool]') -> None:
        from genkit_google_cloud.entries import LONGEST_CONTENT  # noqa: PLC0415  (needs OpenTelemetry's SDK)

        self._write = write
        self._outbox: Outbox[Any] = add_log_exporter(self._send, longest=LONGEST_CONTENT)

    def flush(self, seconds: float) -> bool:
        return self._outbox.flush(seconds)

    def close(self, seconds: float) -> None:
        self._outbox.close(seconds)

    def _send(self, entries: Sequence[LogEntry]) -> None:
        from genkit_google_cloud.entries import to_entry  # noqa: PLC0415  (needs OpenTelemetry's SDK)

        self._write([to_entry(entry) for entry in entries])
