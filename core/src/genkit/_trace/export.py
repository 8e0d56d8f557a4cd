# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Exports spans from a thread of its own: whoever ends a span never waits, and nothing is printed."""

import logging
import threading
from collections import deque
from typing import Any, Final

from opentelemetry.context import Context, attach, detach, set_value
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler, SamplingResult


_LOGGER: Final = logging.getLogger('genkit.trace')
_INTERVAL_SECONDS: Final = 0.5
_BATCH: Final = 512
_LIMIT: Final = 20_000
_SHUTDOWN_SECONDS: Final = 5.0


class WhileExported(Sampler):
    """Records spans once somebody exports them; before that they only get their ids.

    Attributes:
        exported: Whether somebody does.
    """

    def __init__(self) -> None:
        self.exported = False

    def should_sample(self, *args: Any, **kwargs: Any) -> SamplingResult:
        """Decide as an always-on or an always-off sampler does."""
        return (ALWAYS_ON if self.exported else ALWAYS_OFF).should_sample(*args, **kwargs)

    def get_description(self) -> str:
        """Return the sampler's name."""
        return 'WhileExported'


class BackgroundExport(SpanProcessor):
    """Hands ended spans to an exporter, in batches, until it is shut down.

    A collector that is down or slow costs a log line and, past 20,000 waiting spans, the oldest of them.

    Args:
        exporter: Where they go.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._waiting: deque[ReadableSpan] = deque(maxlen=_LIMIT)
        self._wake = threading.Condition()
        self._closing = False
        self._idle = True
        self._reported = False
        self._thread: threading.Thread | None = None

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Nothing is exported before a span ends."""

    def on_end(self, span: ReadableSpan) -> None:
        """Put a span in line."""
        context = span.get_span_context()
        if self._closing or context is None or not context.trace_flags.sampled:
            return
        self._waiting.append(span)
        if self._thread is None:
            self._begin()
        elif len(self._waiting) >= _BATCH:
            with self._wake:
                self._wake.notify_all()

    def force_flush(self, timeout_millis: int = 10_000) -> bool:
        """Wait until every span that has ended was handed over; False if that took too long."""
        with self._wake:
            self._wake.notify_all()
            return self._wake.wait_for(lambda: self._idle and not self._waiting, timeout_millis / 1000)

    def shutdown(self) -> None:
        """Hand over what waits, for a few seconds at most, and close the exporter."""
        if self._closing:
            return
        if self._waiting or not self._idle:
            self.force_flush(int(_SHUTDOWN_SECONDS * 1000))
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        try:
            self._exporter.shutdown()
        except Exception as error:  # noqa: BLE001  (telemetry must not disturb the program; it is logged)
            self._report(error)

    def _begin(self) -> None:
        with self._wake:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name='genkit-trace-export', daemon=True)
                self._thread.start()

    def _run(self) -> None:
        # An exporter's own requests must not be traced.
        token = attach(set_value('suppress_instrumentation', True))
        try:
            while not self._closing:
                self._export()
                with self._wake:
                    self._idle = True
                    self._wake.notify_all()
                    self._wake.wait(_INTERVAL_SECONDS)
        finally:
            detach(token)

    def _export(self) -> None:
        while self._waiting:
            self._idle = False
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            try:
                self._exporter.export(batch)
            except Exception as error:  # noqa: BLE001  (as above)
                self._report(error)

    def _report(self, error: Exception) -> None:
        if not self._reported:
            self._reported = True
            _LOGGER.info('Span exporter %s failed: %r', type(self._exporter).__name__, error)
