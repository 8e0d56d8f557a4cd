# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Selects the tracer provider: the application's, or a private one while it has none.

The application's provider is used and never replaced. Ours is never made global: an application that sets one up later
gets our exporters too, and the spans from then on.
"""

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Final, cast

from opentelemetry import trace

from genkit._trace.attributes import TRACER_NAME, TRACER_VERSION
from genkit._trace.content import Content, captures_content, choose_content
from genkit._trace.otlp import otlp_exporter, otlp_is_asked_for


if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

    from genkit._trace.engine_span import EngineTracer
    from genkit._trace.export import BackgroundExport


_LOCK: Final = threading.RLock()
_NOT_SET_UP: Final = object()


class _Tracing:
    """The tracer in use, and what was resolved to get it.

    Attributes:
        content: What becomes of inputs and outputs.
        make_translated: Makes spans of the SDK translated ones; None until the SDK is in use.
        exporting: How many of the exporters each provider has, by provider.
        otlp: The export that the environment asks for.
        otlp_replaced: Whether a plugin does that.
    """

    seen: object | None = None
    records_all: bool = False
    content: Content = 'recorded'
    make_translated: 'Callable[[Any], bool] | None' = None
    tracer: 'trace.Tracer | EngineTracer | None' = None
    own: 'TracerProvider | None' = None
    exporters: 'list[SpanExporter]' = []  # noqa: RUF012  (one per process on purpose)
    exporting: dict[object, int] = {}  # noqa: RUF012  (one per process on purpose)
    processors: 'list[BackgroundExport]' = []  # noqa: RUF012  (one per process on purpose)
    otlp: 'BackgroundExport | None' = None
    otlp_replaced: bool = False


def current_tracer() -> 'trace.Tracer | EngineTracer | None':
    """Return the tracer that records, or None when nobody does."""
    if (getattr(trace, '_TRACER_PROVIDER', _Tracing) or _NOT_SET_UP) is _Tracing.seen:
        return _Tracing.tracer  # what asking would find out, without its look at the environment
    provider = trace.get_tracer_provider()
    return _Tracing.tracer if provider is _Tracing.seen else _resolve(provider)


def records_everything() -> bool:
    """Return whether the current tracer is known to record every span that it starts, content included."""
    return _Tracing.records_all


def current_content() -> Content:
    """Return what becomes of inputs and outputs: recorded, kept aside for the developer tools alone, or dropped."""
    return _Tracing.content


def set_content_capture(*, captured: bool) -> None:
    """Decide for the whole process, in place of the environment, whether spans record inputs and outputs."""
    with _LOCK:
        choose_content(captured=captured)
        _Tracing.seen = None


def make_translated(span: trace.Span) -> bool:
    """Make a span one that is translated for collectors when it is read, if it is the SDK's; return whether it is."""
    make = _Tracing.make_translated
    return make is not None and make(span)


def required_tracer() -> 'trace.Tracer | EngineTracer':
    """Return a tracer that assigns span ids, whether or not spans are recorded."""
    found = current_tracer()
    if found is not None:
        return found
    with _LOCK:
        _own_provider()
        _Tracing.seen = None
    return cast('trace.Tracer | EngineTracer', current_tracer())


def tracer_provider() -> trace.TracerProvider:
    """Return the application's provider, or ours while it has none."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, trace.ProxyTracerProvider):
        return provider
    with _LOCK:
        return _own_provider()


def add_span_exporter(exporter: 'SpanExporter') -> None:
    """Export every span, ours and the application's, from a background thread.

    A failing exporter is logged once and costs the traced code nothing.
    """
    with _LOCK:
        _Tracing.exporters.append(exporter)
        provider = trace.get_tracer_provider()
        _attach_exporters(provider if hasattr(provider, 'add_span_processor') else _own_provider())
        _Tracing.seen = None


def replace_otlp() -> None:
    """Leave the export that OpenTelemetry's variables ask for to an exporter that was added, so that none is twice."""
    with _LOCK:
        _Tracing.otlp_replaced = True
        if _Tracing.otlp is not None:
            _Tracing.otlp.shutdown()


def flush_exporters(timeout_seconds: float) -> bool:
    """Wait until the exporters that were added here have every ended span; False if that took too long."""
    return all(processor.force_flush(int(timeout_seconds * 1000)) for processor in _Tracing.processors)


async def flush_tracing(timeout_seconds: float = 10) -> bool:
    """Wait until every ended span has been handed to the exporters; False if that took too long."""
    providers = [_Tracing.own, trace.get_tracer_provider()]
    flushes = [provider.force_flush for provider in cast('list[Any]', providers) if hasattr(provider, 'force_flush')]
    results = [await asyncio.to_thread(flush, int(timeout_seconds * 1000)) for flush in flushes]
    return all(results)


def _resolve(provider: trace.TracerProvider) -> 'trace.Tracer | EngineTracer | None':
    with _LOCK:
        if isinstance(provider, trace.ProxyTracerProvider):
            chosen = _own_provider() if _Tracing.own is None and otlp_is_asked_for() else _Tracing.own
        else:
            chosen = provider
            _attach_exporters(provider)
        _Tracing.seen = provider if not isinstance(provider, trace.ProxyTracerProvider) else _NOT_SET_UP
        tracer = chosen.get_tracer(TRACER_NAME, TRACER_VERSION) if chosen is not None else None
        _Tracing.content = _content()
        certain = _certain(tracer)
        _Tracing.records_all = certain is not None and _Tracing.content == 'recorded'
        _Tracing.tracer = certain or tracer
        return _Tracing.tracer


def _content() -> Content:
    if captures_content():
        return 'recorded'
    return 'for tools' if any(getattr(exporter, 'for_tools', False) for exporter in _Tracing.exporters) else 'dropped'


def _certain(tracer: trace.Tracer | None) -> 'EngineTracer | None':
    """Return a tracer for what is recorded for certain, if the SDK records, and records all."""
    if not hasattr(tracer, 'sampler'):
        return None
    from genkit._trace.conventions.translated_span import make_translated  # noqa: PLC0415  (its SDK is in use)
    from genkit._trace.engine_span import engine_tracer  # noqa: PLC0415  (its SDK is in use)

    _Tracing.make_translated = make_translated
    return engine_tracer(tracer)


def _own_provider() -> 'TracerProvider':
    """Return our provider; it always gives out ids, and records once there is an exporter."""
    if _Tracing.own is None:
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  (loaded when something records)

        from genkit._trace.export import BackgroundExport, WhileExported  # noqa: PLC0415  (needs the SDK)

        exporter = otlp_exporter() if otlp_is_asked_for() and not _Tracing.otlp_replaced else None
        if exporter is None:
            _Tracing.own = TracerProvider(sampler=WhileExported())
        else:
            _Tracing.own = TracerProvider()  # with the sampler and the resource that the environment names
            _Tracing.otlp = BackgroundExport(exporter)
            _Tracing.own.add_span_processor(_Tracing.otlp)
    return _Tracing.own


def _attach_exporters(provider: Any) -> None:
    """Give a provider the exporters that it does not have yet."""
    if not hasattr(provider, 'add_span_processor') or not _Tracing.exporters:
        return
    from genkit._trace.export import BackgroundExport  # noqa: PLC0415  (needs the SDK)

    attached = _Tracing.exporting.get(provider, 0)
    for exporter in _Tracing.exporters[attached:]:
        processor = BackgroundExport(exporter)
        provider.add_span_processor(processor)
        _Tracing.processors.append(processor)
    _Tracing.exporting[provider] = len(_Tracing.exporters)
    if hasattr(provider.sampler, 'exported'):
        provider.sampler.exported = True
