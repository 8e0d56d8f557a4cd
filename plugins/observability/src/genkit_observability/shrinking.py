# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Cuts what is longer than a backend takes: the longest texts first, so that numbers and names stay."""

from collections.abc import Iterator
from typing import Any, Final

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span


CUT: Final = '…'

_COUNTER: Final = 6  # bytes that a message needs to say how much is missing
_SHORTEST: Final = 64


def fit_span(span: Span, limit: int) -> None:
    """Cut texts of a span until it has at most as many bytes as the limit says; drop attributes if that does not do."""
    _cut(span, limit, list(_texts_of(span)))
    span.dropped_events_count += _drop(span, limit, span.events)
    span.dropped_links_count += _drop(span, limit, span.links)
    span.dropped_attributes_count += _drop(span, limit, span.attributes)
    if span.ByteSize() > limit:
        span.name = _shortened(span.name, _SHORTEST)
        span.status.message = _shortened(span.status.message, _SHORTEST)


def fit_resource(resource: Resource, scope: InstrumentationScope, limit: int) -> None:
    """Cut texts of a resource and its scope until they fit together."""
    room = limit - scope.ByteSize()
    _cut(resource, room, [found for entry in resource.attributes for found in _texts_in(entry.value)])
    resource.dropped_attributes_count += _drop(resource, room, resource.attributes)


def _cut(message: Any, limit: int, texts: list[AnyValue]) -> None:
    excess = message.ByteSize() - limit
    for value in sorted(texts, key=lambda text: -len(text.string_value)) if excess > 0 else ():
        before = len(value.string_value.encode())
        if excess <= 0 or before <= _SHORTEST:
            return
        value.string_value = _shortened(value.string_value, max(before - excess - len(CUT.encode()), _SHORTEST))
        excess -= before - len(value.string_value.encode())


def _drop(message: Any, limit: int, members: Any) -> int:
    """Remove the last members of a list in a message until it fits, and return how many."""
    there = len(members)
    while members and (excess := message.ByteSize() - limit + _COUNTER) > _COUNTER:
        while members and excess > 0:
            excess -= members[-1].ByteSize()
            del members[-1]
    return there - len(members)


def _shortened(text: str, size: int) -> str:
    """Return the beginning of a text that has no more bytes than a size, and a mark."""
    content = text.encode()
    return text if len(content) <= size else content[: size - len(CUT.encode())].decode(errors='ignore') + CUT


def _texts_of(span: Span) -> Iterator[AnyValue]:
    for attributes in (span.attributes, *(event.attributes for event in span.events)):
        for entry in attributes:
            yield from _texts_in(entry.value)


def _texts_in(value: AnyValue) -> Iterator[AnyValue]:
    if value.HasField('string_value'):
        yield value
    for item in value.array_value.values:
        yield from _texts_in(item)
