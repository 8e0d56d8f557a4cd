# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tracing as it was set up by hand; `add_span_exporter` does all of it now."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

from genkit._base.errors import GenkitError
from genkit._base.serialize import dump_json
from genkit._trace.conventions.span_copy import copy_span, without_content_of
from genkit._trace.live_export import LiveSpans
from genkit._trace.provider import tracer_provider


_LOGGER: Final = logging.getLogger('genkit.trace')
_TIMEOUT_SECONDS: Final = 5.0


class _Tracer(trace.Tracer):
    """A tracer of the application's provider, or of ours while it has none."""

    def start_span(self, *arguments: Any, **options: Any) -> trace.Span:
        return tracer_provider().get_tracer('genkit').start_span(*arguments, **options)

    def start_as_current_span(self, *arguments: Any, **options: Any) -> Any:
        return tracer_provider().get_tracer('genkit').start_as_current_span(*arguments, **options)


tracer: Final = _Tracer()


class TelemetryServerSpanExporter(LiveSpans):
    """Sends spans to the developer tools' telemetry server.

    Args:
        telemetry_server_url: The server's URL. Default: the environment variable ``GENKIT_TELEMETRY_SERVER``.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if neither says where it is.
    """

    def __init__(self, telemetry_server_url: str | None = None) -> None:
        url = telemetry_server_url or os.environ.get('GENKIT_TELEMETRY_SERVER')
        if not url:
            raise GenkitError(
                'No telemetry server is known. Pass telemetry_server_url=, or set GENKIT_TELEMETRY_SERVER.',
                status='FAILED_PRECONDITION',
            )
        super().__init__(self._send)
        self._url = url.rstrip('/')

    def _send(self, path: str, body: Mapping[str, Any]) -> None:
        from httpx import HTTPError, post  # noqa: PLC0415  (loaded when the first trace is sent)

        headers = {'content-type': 'application/json'}
        content = dump_json(body).encode()
        try:
            post(
                self._url + path, content=content, headers=headers, timeout=_TIMEOUT_SECONDS, trust_env=False
            ).raise_for_status()
        except HTTPError as error:
            _LOGGER.info('The telemetry server %s did not take a trace: %r', self._url, error)


class RealtimeSpanProcessor(SpanProcessor):
    """Hands spans to an exporter when they begin, and again when they have ended.

    An exporter that fails is logged, and what is traced goes on.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Hand over a span that has just begun."""
        _ = parent_context
        self._hand_over(span)

    def on_end(self, span: ReadableSpan) -> None:
        """Hand over a span that has ended."""
        self._hand_over(span)

    def shutdown(self) -> None:
        """Close the exporter."""
        self._exporter.shutdown()

    def _hand_over(self, span: ReadableSpan) -> None:
        try:
            self._exporter.export([span])
        except Exception:  # telemetry must not disturb the program
            _LOGGER.exception('%s failed', type(self._exporter).__name__)


class AdjustingTraceExporter(SpanExporter):
    """Hands spans to another exporter, without what went into and came out of them.

    The texts of errors, which may repeat it, are left out as well; the types stay.

    Args:
        exporter: Where they go.
        log_input_and_output: Whether inputs and outputs stay.
        error_handler: Takes what the exporter raises, which is raised unless there is one.
    """

    def __init__(
        self,
        exporter: SpanExporter,
        log_input_and_output: bool = False,  # noqa: FBT001, FBT002  (as it was)
        error_handler: Callable[[Exception], Any] | None = None,
    ) -> None:
        self._exporter = exporter
        self._keeps = log_input_and_output
        self._on_error = error_handler

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Hand over a batch."""
        try:
            kept = spans if self._keeps else [copy_span(span, **without_content_of(span)) for span in spans]
            return self._exporter.export(kept)
        except Exception as error:
            if self._on_error is None:
                raise
            self._on_error(error)
            return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        """Close the exporter."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Wait for the exporter."""
        return self._exporter.force_flush(timeout_millis)


def is_realtime_telemetry_enabled() -> bool:
    """Return whether ``GENKIT_ENABLE_REALTIME_TELEMETRY`` is ``true``."""
    return os.environ.get('GENKIT_ENABLE_REALTIME_TELEMETRY', '').lower() == 'true'


def create_span_processor(exporter: SpanExporter) -> SpanProcessor:
    """Return what hands spans to an exporter, live if the environment says so."""
    return RealtimeSpanProcessor(exporter) if is_realtime_telemetry_enabled() else SimpleSpanProcessor(exporter)


def init_telemetry_server_exporter() -> SpanExporter | None:
    """Return an exporter to the telemetry server that the environment names, or None."""
    return TelemetryServerSpanExporter() if os.environ.get('GENKIT_TELEMETRY_SERVER') else None
