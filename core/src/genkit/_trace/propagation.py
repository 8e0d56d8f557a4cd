# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Trace context in the headers of HTTP, so that a call from one program to another is one trace.

The propagator is the global one of OpenTelemetry, by default that of https://www.w3.org/TR/trace-context/. Of a
request, only the parent's ids, flags and state are believed; baggage that strangers send is left out.
"""

import contextlib
import functools
import os
import sys
from collections.abc import Mapping, Sequence
from contextvars import Token
from typing import Any, Final

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.propagators.textmap import DefaultGetter, DefaultSetter, TextMapPropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator


_W3C: Final = TraceContextTextMapPropagator()
_W3C_FIELDS: Final = frozenset({'traceparent'})
_GLOBAL: Final = 'opentelemetry.propagate'
_IS_NAMED: Final = bool(os.environ.get('OTEL_PROPAGATORS'))  # as the global one is made: once


def outgoing_headers() -> dict[str, str]:
    """Return the headers that name the current span to another program; none outside of a trace."""
    headers: dict[str, str] = {}
    if trace.get_current_span().get_span_context().is_valid:
        _propagator().inject(headers, setter=_SETTER)
    return headers


def continued_trace(headers: Mapping[str, str]) -> contextlib.AbstractContextManager[None] | None:
    """Return a context manager in which spans belong to the trace that a request names; None if it names none.

    A span that is current already, such as that of an instrumented framework, stays the parent, and headers that are
    malformed count as absent.

    Args:
        headers: Of the request, by name in lower case.
    """
    if headers.keys().isdisjoint(_W3C_FIELDS if _is_default() else _fields(_propagator())):
        return None
    if trace.get_current_span().get_span_context().is_valid:
        return None
    found = _propagator().extract(headers, otel_context.Context(), getter=_GETTER)
    parent = trace.get_current_span(found).get_span_context()
    return _Continued(parent) if parent.is_valid else None


def ended_span(ids: Sequence[str]) -> contextlib.AbstractContextManager[None]:
    """Return a context manager in which what is logged, or captured by an error tracker, belongs to a span again.

    Args:
        ids: Of its trace and of the span; none if nobody recorded it.
    """
    if not any(ids) or trace.get_current_span().get_span_context().is_valid:
        return _UNCHANGED
    trace_id, span_id = (int(digits, 16) for digits in ids)
    return _Continued(trace.SpanContext(trace_id, span_id, is_remote=False, trace_flags=_SAMPLED))


class _Continued(contextlib.AbstractContextManager[None]):
    """A class rather than a generator: every request of a trace pays for it."""

    __slots__ = ('_parent', '_token')

    def __init__(self, parent: trace.SpanContext) -> None:
        self._parent = parent

    def __enter__(self) -> None:
        around = trace.set_span_in_context(trace.NonRecordingSpan(self._parent))
        self._token: Token[otel_context.Context] = otel_context.attach(around)

    def __exit__(self, *_: object) -> None:
        otel_context.detach(self._token)


class _LowerCase(DefaultGetter):
    """Finds headers by names that a propagator spells with capitals."""

    def get(self, carrier: Mapping[str, Any], key: str) -> list[str] | None:
        """Return the values of a header."""
        return super().get(carrier, key.lower())


_SAMPLED: Final = trace.TraceFlags(trace.TraceFlags.SAMPLED)
_UNCHANGED: Final = contextlib.nullcontext()
_GETTER: Final = _LowerCase()
_SETTER: Final[Any] = DefaultSetter()


def _is_default() -> bool:
    return _GLOBAL not in sys.modules and not _IS_NAMED


@functools.lru_cache(maxsize=8)
def _fields(propagator: TextMapPropagator) -> frozenset[str]:
    """Return the headers that a propagator reads."""
    return frozenset(field.lower() for field in propagator.fields) - {'baggage'}


def _propagator() -> TextMapPropagator:
    """Return the global propagator; its module takes long to import, so not unless it may hold another one."""
    if _is_default():
        return _W3C
    from opentelemetry import propagate  # noqa: PLC0415  (searches the installed packages)

    return propagate.get_global_textmap()
