# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One destination in use: the exporters of its signals, and how they are flushed and ended."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from genkit.plugin import LogEntry, add_log_exporter, add_span_exporter, flush_exporters
from opentelemetry import trace

from genkit_observability.destination import Destination
from genkit_observability.options import ExportOptions


if TYPE_CHECKING:
    from genkit.plugin import Outbox, SpanPipeline, SpanRules
    from opentelemetry.sdk.resources import Resource

    from genkit_observability.metrics import SpanMetrics
    from genkit_observability.sender import Sender

DEFAULT_TIMEOUT: Final = 10.0
DEFAULT_INTERVAL: Final = 60.0


class Telemetry:
    """Telemetry that goes to a backend; what `configure_telemetry` returns.

    Attributes:
        destination: Where it goes.
        exporting: Whether anything is sent.
    """

    def __init__(self, destination: Destination, forget: 'Callable[[Telemetry], None]') -> None:
        self.destination = destination
        self._forget = forget
        self.exporting = False
        self._sender: Sender | None = None
        self._pipeline: SpanPipeline | None = None
        self._beside: list[Any] = []

    def __repr__(self) -> str:
        """Return the backend's name."""
        return f'Telemetry({self.destination.label!r}, exporting={self.exporting})'

    def start(self, options: ExportOptions, rules: 'SpanRules') -> None:
        """Send from now on."""
        from genkit.plugin import SpanPipeline  # noqa: PLC0415  (needs OpenTelemetry's SDK)

        from genkit_observability.sender import Sender  # noqa: PLC0415  (loaded when something is sent)

        destination = self.destination
        self._sender = sender = Sender(destination, options.get('timeout', DEFAULT_TIMEOUT))
        export = _export(destination, sender)
        metrics = self._metrics(export, options, rules) if options.get('metrics') else None
        if options.get('logs'):
            self._beside.append(_Logs(export, rules))
        self._pipeline = SpanPipeline(
            export.send_spans, rules, observe=metrics.observe if metrics is not None else None, beside=self._beside
        )
        add_span_exporter(self._pipeline)
        self.exporting = True

    def flush(self, timeout: float = 10) -> bool:
        """Wait until everything has been sent, to this backend and all others; False if that took too long.

        Blocks; ``await ai.flush_tracing()`` is the same for asynchronous code.
        """
        return flush_exporters(timeout)

    def close(self, timeout: float = 5) -> None:
        """Send what waits, and send nothing more to this backend."""
        self._forget(self)
        if self._pipeline is not None:
            flush_exporters(timeout)
            self._pipeline.shutdown()
        if self._sender is not None:
            self._sender.close()
        self.exporting = False

    def _metrics(self, export: Any, options: ExportOptions, rules: 'SpanRules') -> 'SpanMetrics':
        from genkit_observability.metrics import SpanMetrics  # noqa: PLC0415  (needs OpenTelemetry's SDK)

        interval = options.get('metric_interval', DEFAULT_INTERVAL)
        delta = self.destination.delta_metrics
        made = SpanMetrics(export.send_metrics, _resource(rules), interval, delta=delta)
        self._beside.append(made)
        return made


class _Logs:
    """The log records of the process, on their way to a backend."""

    def __init__(self, export: Any, rules: 'SpanRules') -> None:
        self._export = export
        self._rules = rules
        self._resource = _resource(rules)  # now, as what detects it cannot run any more when the program ends
        self._outbox: Outbox[Any] = add_log_exporter(self._send)

    def flush(self, seconds: float) -> bool:
        return self._outbox.flush(seconds)

    def close(self, seconds: float) -> None:
        self._outbox.close(seconds)

    def _send(self, entries: Sequence[LogEntry]) -> None:
        self._export.send_logs(entries, _of_application(self._rules) or self._resource)


def _export(destination: Destination, sender: 'Sender') -> Any:
    if destination.format == 'application-insights':
        from genkit_observability.insights import InsightsExport  # noqa: PLC0415  (for one backend)

        return InsightsExport(destination, sender)
    from genkit_observability.otlp import OtlpExport  # noqa: PLC0415  (needs protobuf)

    return OtlpExport(destination, sender)


def _resource(rules: 'SpanRules') -> 'Resource':
    """Return the resource of the tracer provider, or that of the environment, under the name of the service."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  (needs OpenTelemetry's SDK)

    return _of_application(rules) or Resource.create().merge(Resource(dict(rules.resource)))


def _of_application(rules: 'SpanRules') -> 'Resource | None':
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  (needs OpenTelemetry's SDK)

    found = getattr(trace.get_tracer_provider(), 'resource', None)
    return found.merge(Resource(dict(rules.resource))) if isinstance(found, Resource) else None
