# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Exports spans in the background: ending a span never waits, and nothing is printed."""

import time
from collections import Counter
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler, SamplingResult

from genkit._trace.outbox import Outbox


class WhileExported(Sampler):
    """Sampler that records spans once an exporter is active; before that they only get their ids.

    Attributes:
        exported: Whether an exporter is active.
    """

    def __init__(self) -> None:
        self.exported = False

    def should_sample(self, *args: Any, **kwargs: Any) -> SamplingResult:
        """Decide as an always-on or an always-off sampler does."""
        return (ALWAYS_ON if self.exported else ALWAYS_OFF).should_sample(*args, **kwargs)

    def get_description(self) -> str:
        """Return the sampler's name."""
        return 'WhileExported'


class LiveSpanExporter(SpanExporter):
    """An exporter that is also given the spans that have just begun.

    Attributes:
        interval_seconds: How long a span may wait.
    """

    interval_seconds: float = 0.1


class BackgroundExport(SpanProcessor):
    """Hands ended spans to an exporter, in batches, until it is shut down.

    If the collector is down or slow, one line is logged and, beyond 20,000 pending spans, the oldest are dropped.

    Args:
        exporter: Where they go; a `LiveSpanExporter` also gets them when they begin.
    """

    _open: Final[Counter[int]] = Counter()

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._open[id(exporter)] += 1
        self._live = isinstance(exporter, LiveSpanExporter)
        name = f'Span exporter {type(exporter).__name__}'
        interval = exporter.interval_seconds if isinstance(exporter, LiveSpanExporter) else 0.5
        self._outbox: Outbox[ReadableSpan] = Outbox(name, exporter.export, interval)
        self._closed = False

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002  (the interface's)
        """Put a span in line, for an exporter that wants to see it live."""
        if self._live and span.get_span_context().trace_flags.sampled:
            self._outbox.put(span)

    def on_end(self, span: ReadableSpan) -> None:
        """Put a span in line."""
        context = span.get_span_context()
        if context is not None and context.trace_flags.sampled:
            self._outbox.put(span)

    def force_flush(self, timeout_millis: int = 10_000) -> bool:
        """Wait until every span that has ended was handed over, and sent; False if that took too long."""
        began = time.monotonic()
        if not self._outbox.flush(timeout_millis / 1000):
            return False
        left = timeout_millis - int((time.monotonic() - began) * 1000)
        try:
            is_flushed: object = self._exporter.force_flush(max(left, 0))  # of many it is None
        except Exception as error:  # noqa: BLE001  (telemetry must not disturb the program; it is logged)
            self._outbox.report(error)
            return False
        return is_flushed is not False

    def shutdown(self) -> None:
        """Hand over what waits, for a few seconds at most, and close the exporter."""
        if self._closed:
            return
        self._closed = True
        self._outbox.close()
        self._open[id(self._exporter)] -= 1
        if self._open[id(self._exporter)]:
            return  # another tracer provider still exports to it
        try:
            self._exporter.shutdown()
        except Exception as error:  # noqa: BLE001  (telemetry must not disturb the program; it is logged)
            self._outbox.report(error)
