# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Spans of OpenTelemetry's SDK, made without the checks that the engine's own values do not need.

The SDK's tracer asks a sampler that has decided already, checks and copies every attribute one by one, and copies the
span once more when it ends: more than half of what a recorded call costs. A span that is made here is one of the SDK's
in every other respect. It is a copy of a prototype, so it has whatever members the installed SDK gives to a span; where
that SDK looks unfamiliar, or limits or counts what is recorded, its own tracer makes the spans.
"""

import os
from collections.abc import Mapping
from threading import Lock
from time import time_ns
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.attributes import BoundedAttributes
from opentelemetry.context import Context
from opentelemetry.sdk.trace import Tracer
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, DEFAULT_ON

from genkit._trace.conventions.translated_span import TranslatedSpan
from genkit._trace.recorded import Recorded


_INTERNAL_METRICS: Final = 'OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED'
_FEWEST_ATTRIBUTES: Final = 64
_VALUES: Final = '_dict'  # what the SDK's attributes are kept in
_OVERWRITTEN: Final = frozenset(
    {'_name', '_context', '_parent', '_resource', '_attributes', '_events', '_links', '_lock', '_start_time'}
)


class EngineAttributes(BoundedAttributes):
    """Attributes whose credentials are replaced when they are read."""

    def __getitem__(self, key: str) -> Any:
        """Return one as OpenTelemetry has them."""
        value = getattr(self, _VALUES)[key]
        return str(value) if value.__class__ is Recorded else value

    def __repr__(self) -> str:
        """Return all as text."""
        return f'{dict(self)}'

    def __deepcopy__(self, memo: dict[int, Any]) -> BoundedAttributes:
        """Return all as OpenTelemetry has them, in its own class."""
        memo[id(self)] = copied = BoundedAttributes(self.maxlen, dict(self), immutable=False)
        return copied

    def copy(self) -> dict[str, Any]:
        """Return all as OpenTelemetry has them."""
        return dict(self)


class EngineSpan(TranslatedSpan):
    """A span whose attributes can be recorded unchecked; its own methods check as the SDK's do."""

    _events: Any
    _links: Any

    def record(self, attributes: Mapping[str, Any]) -> None:
        """Add attributes that are known to be valid: text, numbers, truth values, tuples of these, and `Recorded`."""
        with self._lock:
            if self._end_time is None:
                getattr(self._attributes, _VALUES).update(attributes)

    def _add_event(self, event: Any) -> None:
        with self._lock:
            if not self._events:
                self._events = self._new_events()  # until now it was the prototype's
        super()._add_event(event)

    def _add_link(self, link: trace.Link) -> None:
        with self._lock:
            if not self._links:
                self._links = self._new_links(())
        super()._add_link(link)


class EngineTracer:
    """Starts spans that are recorded for certain.

    Args:
        tracer: Whose sampler records every span, unless a parent was not recorded.
        prototype: A span of it that was never started.
    """

    def __init__(self, tracer: Tracer, prototype: EngineSpan) -> None:
        self._tracer = tracer
        self._members = dict(vars(prototype))
        self._limit = _limits_of(tracer).max_span_attributes
        self._heeds_parent = tracer.sampler is DEFAULT_ON
        random = getattr(trace.TraceFlags, 'RANDOM_TRACE_ID', 0)
        is_random = getattr(tracer.id_generator, 'is_trace_id_random', bool)()
        self._root_flags = trace.TraceFlags(trace.TraceFlags.SAMPLED | (random if is_random else 0))
        self._flags = [trace.TraceFlags(trace.TraceFlags.SAMPLED | (flags & random)) for flags in range(256)]

    def start_span(self, name: str, around: Context | None, attributes: dict[str, Any]) -> trace.Span:
        """Start a span below that of a context; its attributes are known to be valid, and become the span's own."""
        tracer = self._tracer
        parent = trace.get_current_span(around).get_span_context()
        trace_id, _, _, flags, state, has_parent = parent
        ids = tracer.id_generator
        if not has_parent:
            context = trace.SpanContext(ids.generate_trace_id(), ids.generate_span_id(), False, self._root_flags)
        elif self._heeds_parent and not flags.sampled:
            return tracer.start_span(name, around, attributes=attributes)
        else:
            context = trace.SpanContext(trace_id, ids.generate_span_id(), False, self._flags[flags], state)
        values = EngineAttributes(self._limit, None, immutable=False)
        setattr(values, _VALUES, attributes)
        span = object.__new__(EngineSpan)
        members = self._members.copy()
        members['_name'] = name
        members['_context'] = context
        members['_parent'] = parent if has_parent else None
        members['_resource'] = tracer.resource
        members['_attributes'] = values
        members['_lock'] = Lock()
        members['_start_time'] = time_ns()
        span.__dict__ = members  # pyright: ignore[reportAttributeAccessIssue]  (wrongly held to be final)
        tracer.span_processor.on_start(span, parent_context=None)
        return span


def engine_tracer(tracer: Any) -> EngineTracer | None:
    """Return a tracer that makes the same spans for less; None where only the SDK's own can."""
    if type(tracer) is not Tracer or os.environ.get(_INTERNAL_METRICS, '').lower() == 'true':
        return None
    sampler = tracer.sampler
    if not (sampler is ALWAYS_ON or sampler is DEFAULT_ON or getattr(sampler, 'exported', False)):
        return None
    limits = _limits_of(tracer)
    if limits is None or limits.max_span_attribute_length is not None:
        return None
    if limits.max_span_attributes is not None and limits.max_span_attributes < _FEWEST_ATTRIBUTES:
        return None
    prototype = EngineSpan(
        name='',
        context=trace.INVALID_SPAN_CONTEXT,
        sampler=tracer.sampler,
        resource=tracer.resource,
        span_processor=tracer.span_processor,
        instrumentation_info=tracer.instrumentation_info,
        limits=limits,
        instrumentation_scope=getattr(tracer, '_instrumentation_scope', None),
    )
    known = vars(prototype).keys() >= _OVERWRITTEN and hasattr(vars(prototype)['_attributes'], _VALUES)
    return EngineTracer(tracer, prototype) if known else None


def _limits_of(tracer: Tracer) -> Any:
    return getattr(tracer, '_span_limits', None)
