# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Traces as the telemetry server stores them. Times are milliseconds since 1970."""

from collections.abc import Iterator
from typing import Any, Final, Literal

from genkit.types.display import table
from genkit.types.wire import WireModel


_FAILED: Final = 2


class SpanContext(WireModel):
    """The trace and span ids of a span."""

    trace_id: str
    span_id: str
    is_remote: bool | None = None
    trace_flags: int


class Link(WireModel):
    """A link to another span."""

    context: SpanContext | None = None
    attributes: dict[str, Any] | None = None
    dropped_attributes_count: int | None = None


class InstrumentationLibrary(WireModel):
    """The library that recorded a span."""

    name: str
    version: str | None = None
    schema_url: str | None = None


class SpanStatus(WireModel):
    """The status of a span: 0 unset, 1 ok, 2 error."""

    code: int
    message: str | None = None


class SpanAnnotation(WireModel):
    """A description of an event, with attributes."""

    attributes: dict[str, Any]
    description: str


class TimeEvent(WireModel):
    """An event during a span, with its time."""

    time: float
    annotation: SpanAnnotation


class TimeEvents(WireModel):
    """The events of a span."""

    time_event: list[TimeEvent] | None = None


class SameProcess(WireModel):
    """Whether a span's parent ran in the same process."""

    value: bool


class SpanData(WireModel):
    """A span; ``end_time`` is 0 while it runs."""

    span_id: str
    trace_id: str
    parent_span_id: str | None = None
    start_time: float
    end_time: float
    attributes: dict[str, Any]
    display_name: str
    links: list[Link] | None = None
    instrumentation_library: InstrumentationLibrary
    span_kind: str
    same_process_as_parent_span: SameProcess | None = None
    status: SpanStatus | None = None
    time_events: TimeEvents | None = None
    truncated: bool | None = None


class TraceData(WireModel):
    """A trace; the optional fields are set once the root span has been recorded."""

    trace_id: str
    display_name: str | None = None
    start_time: float | None = None
    end_time: float | None = None
    spans: dict[str, SpanData]

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the spans as a tree, with how long each took."""
        return table(('span', 'ms', 'status'), [_row(span, depth) for span, depth in self._tree()])

    def _tree(self) -> Iterator[tuple[SpanData, int]]:
        """Yield the spans with their depth, each after its parent, in the order in which they began."""
        below: dict[str | None, list[SpanData]] = {}
        for span in sorted(self.spans.values(), key=lambda span: span.start_time, reverse=True):
            below.setdefault(span.parent_span_id if span.parent_span_id in self.spans else None, []).append(span)
        waiting = [(span, 0) for span in below.pop(None, [])]
        while waiting:
            span, depth = waiting.pop()
            yield span, depth
            waiting += [(child, depth + 1) for child in below.pop(span.span_id, [])]


def _row(span: SpanData, depth: int) -> tuple[str, str, str | None]:
    elapsed = f'{span.end_time - span.start_time:,.0f}' if span.end_time else 'runs'
    failed = (span.status.message or 'failed') if span.status is not None and span.status.code == _FAILED else None
    return f'{"  " * depth}{span.display_name}', elapsed, failed


class SpanStartEvent(WireModel):
    """A span began."""

    trace_id: str
    span: SpanData
    type: Literal['span_start'] = 'span_start'


class SpanEndEvent(WireModel):
    """A span ended."""

    trace_id: str
    span: SpanData
    type: Literal['span_end'] = 'span_end'


TraceEvent = SpanStartEvent | SpanEndEvent


class SpanMetadata(WireModel):
    """The engine's metadata of a span."""

    name: str
    state: Literal['success', 'error'] | None = None
    input: Any = None
    output: Any = None
    init: Any = None
    is_root: bool | None = None
    metadata: dict[str, str] | None = None
    path: str | None = None


class PathMetadata(WireModel):
    """The outcome of one path through a trace."""

    path: str
    status: str
    error: str | None = None
    latency: float


class TraceMetadata(WireModel):
    """The paths of a trace."""

    feature_name: str | None = None
    paths: list[PathMetadata] | None = None
    timestamp: float
