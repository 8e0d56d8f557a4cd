# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Copies of ended spans that differ in what they say, for one exporter of several."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict, Unpack

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Status

from genkit._trace.attributes import ERROR
from genkit._trace.conventions.translation import without_content


_TEXTS: Final = ('exception.message', 'exception.stacktrace')


class SpanChanges(TypedDict, total=False):
    """What differs in a copy of a span."""

    attributes: Mapping[str, Any]
    resource: Resource
    events: Sequence[Event]
    status: Status
    start_time: int | None
    end_time: int | None


def copy_span(span: ReadableSpan, **changes: Unpack[SpanChanges]) -> ReadableSpan:
    """Return a span that has ended with other attributes, resource, events, status or times; its ids stay."""
    return ReadableSpan(
        name=span.name,
        context=span.get_span_context(),
        parent=span.parent,
        resource=changes.get('resource', span.resource),
        attributes=changes.get('attributes', span.attributes),
        events=changes.get('events', span.events),
        links=span.links,
        kind=span.kind,
        status=changes.get('status', span.status),
        start_time=changes.get('start_time', span.start_time),
        end_time=changes.get('end_time', span.end_time),
        instrumentation_scope=span.instrumentation_scope,
    )


def without_content_of(span: ReadableSpan) -> SpanChanges:
    """Return what differs in a span without inputs and outputs, and the texts of errors, which may repeat them."""
    kept = without_content(span.attributes or {})
    return {
        'attributes': {name: value for name, value in kept.items() if name != ERROR},
        'events': [_without_text(event) for event in span.events],
        'status': Status(span.status.status_code),
    }


def _without_text(event: Event) -> Event:
    kept = {name: value for name, value in (event.attributes or {}).items() if name not in _TEXTS}
    return Event(event.name, kept, event.timestamp)
