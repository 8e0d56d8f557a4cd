# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Whose tracer provider records our spans: the application's, or a private one while it has none.

The application's provider is used and never replaced. Ours is never made global: an application that sets one up later
gets our exporters too, and the spans from then on.
"""

import asyncio
import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from opentelemetry import trace

from genkit._trace.attributes import TRACER_NAME, TRACER_VERSION


if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult


_LOGGER: Final = logging.getLogger('genkit.trace')
_LOCK: Final = threading.RLock()
_EXPORT_INTERVAL_MS: Final = 1000


class _Tracing:
    """The tracer in use, and what was resolved to get it."""

    seen: object | None = None
    records_all: bool = False
    tracer: trace.Tracer | None = None
    own: 'TracerProvider | None' = None
    exporters: 'list[SpanExporter]' = []  # noqa: RUF012  (one per process on purpose)


def current_tracer() -> trace.Tracer | None:
    """Return the tracer that records, or None when nobody does."""
    provider = trace.get_tracer_provider()
    return _Tracing.tracer if provider is _Tracing.seen else _resolve(provider)


def records_every_span() -> bool:
    """Return whether the current tracer is known to record every span that it starts."""
    return _Tracing.records_all


def required_tracer() -> trace.Tracer:
    """Return a tracer that hands out span ids, recorded by somebody or not."""
    found = current_tracer()
    if found is not None:
        return found
    with _LOCK:
        _own_provider()
        _Tracing.seen = None
    return cast('trace.Tracer', current_tracer())


def add_span_exporter(exporter: 'SpanExporter') -> None:
    """Export every span, ours and the application's, from a background thread.

    A failing exporter is logged once and costs the traced code nothing.
    """
    with _LOCK:
        provider = trace.get_tracer_provider()
        _Tracing.exporters.append(exporter)
        target = provider if hasattr(provider, 'add_span_processor') else _own_provider()
        _attach(target, exporter)
        _Tracing.seen = None


async def flush_tracing(timeout_seconds: float = 10) -> bool:
    """Wait until every ended span has been handed to the exporters; False if that took too long."""
    providers = [_Tracing.own, trace.get_tracer_provider()]
    flushes = [provider.force_flush for provider in cast('list[Any]', providers) if hasattr(provider, 'force_flush')]
    results = [await asyncio.to_thread(flush, int(timeout_seconds * 1000)) for flush in flushes]
    return all(results)


def _resolve(provider: trace.TracerProvider) -> trace.Tracer | None:
    with _LOCK:
        if isinstance(provider, trace.ProxyTracerProvider):
            chosen = _Tracing.own
        else:
            chosen = provider
            if _Tracing.own is not None and _Tracing.seen is not None and hasattr(provider, 'add_span_processor'):
                for exporter in _Tracing.exporters:
                    _attach(provider, exporter)
        _Tracing.seen = provider
        _Tracing.tracer = chosen.get_tracer(TRACER_NAME, TRACER_VERSION) if chosen is not None else None
        _Tracing.records_all = _records_all(_Tracing.tracer)
        return _Tracing.tracer


def _records_all(tracer: trace.Tracer | None) -> bool:
    sampler = getattr(tracer, 'sampler', None)
    if sampler is None:
        return False
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON, DEFAULT_ON  # noqa: PLC0415  (its tracer is in use)

    return sampler is ALWAYS_ON or sampler is DEFAULT_ON


def _own_provider() -> 'TracerProvider':
    if _Tracing.own is None:
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  (loaded when something records)

        _Tracing.own = TracerProvider()
    return _Tracing.own


def _attach(provider: Any, exporter: 'SpanExporter') -> None:
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  (loaded when something records)

    guarded = cast('SpanExporter', _GuardedExporter(exporter))
    provider.add_span_processor(BatchSpanProcessor(guarded, schedule_delay_millis=_EXPORT_INTERVAL_MS))


class _GuardedExporter:
    """Turns whatever an exporter raises into one log line."""

    def __init__(self, exporter: 'SpanExporter') -> None:
        self._exporter = exporter
        self._reported = False

    def export(self, spans: 'Sequence[ReadableSpan]') -> 'SpanExportResult':
        """Export, or report once that it failed."""
        from opentelemetry.sdk.trace.export import SpanExportResult  # noqa: PLC0415  (as above)

        try:
            return self._exporter.export(spans)
        except Exception as error:  # noqa: BLE001  (telemetry must not disturb the program; it is logged)
            if not self._reported:
                self._reported = True
                _LOGGER.info('Span exporter %s failed: %r', type(self._exporter).__name__, error)
            return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        """Close the exporter."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Flush the exporter."""
        return self._exporter.force_flush(timeout_millis)
