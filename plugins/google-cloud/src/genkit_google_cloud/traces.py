# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Spans as Cloud Trace takes them.

Source: https://cloud.google.com/trace/docs/reference/v2/rpc/google.devtools.cloudtrace.v2, with its limits.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, cast

from opentelemetry.sdk.trace import ReadableSpan

from genkit_google_cloud.attributes import LONGEST_VALUE, adjusted, chosen, shortened
from genkit_google_cloud.services import TRACE, Services, raw_type, wrapped


_TYPES: Final = 'google.cloud.trace_v2.types'
_REQUEST: Final = 'BatchWriteSpansRequest'
_SPANS: Final = 200  # in a request, which stays below 4 MB
_LONGEST_NAME: Final = 128
_MOST_EVENTS: Final = 32
_MOST_EVENT_ATTRIBUTES: Final = 4
_MOST_LINKS: Final = 128
_FAILED: Final = 2  # google.rpc.Code.UNKNOWN


def send_spans(services: Services, spans: Sequence[ReadableSpan]) -> bool:
    """Send a batch to Cloud Trace; False if something of it was lost."""
    is_sent = True
    for first in range(0, len(spans), _SPANS):
        made = partial(to_request, spans=spans[first : first + _SPANS])
        is_sent = services.call(TRACE, 'batch_write_spans', made) and is_sent
    return is_sent


def to_request(project: str, spans: Sequence[ReadableSpan]) -> Any:
    """Return spans as a request."""
    request = raw_type(_TYPES, _REQUEST)(name=f'projects/{project}')
    for span in spans:
        _fill(request.spans.add(), project, span)
    return wrapped(_TYPES, _REQUEST, request)


def _fill(message: Any, project: str, span: ReadableSpan) -> None:
    context = span.get_span_context()
    assert context is not None, 'only sampled spans are exported'
    message.span_id = f'{context.span_id:016x}'
    message.name = f'projects/{project}/traces/{context.trace_id:032x}/spans/{message.span_id}'
    if span.parent is not None:
        message.parent_span_id = f'{span.parent.span_id:016x}'
        message.same_process_as_parent_span.value = not span.parent.is_remote
    _fill_text(message.display_name, span.name, _LONGEST_NAME)
    message.start_time.FromNanoseconds(span.start_time or 0)
    message.end_time.FromNanoseconds(max(span.end_time or 0, span.start_time or 0))
    message.span_kind = span.kind.value + 1
    kept, dropped = chosen(adjusted(span))
    _fill_attributes(message.attributes, kept, dropped)
    _fill_events(message.time_events, span)
    for link in span.links[:_MOST_LINKS]:
        added = message.links.link.add(trace_id=f'{link.context.trace_id:032x}', span_id=f'{link.context.span_id:016x}')
        _fill_attributes(added.attributes, *chosen(link.attributes or {}))
    message.links.dropped_links_count = max(len(span.links) - _MOST_LINKS, 0)
    if not span.status.is_ok:
        message.status.code = _FAILED
        message.status.message = shortened(span.status.description or '', LONGEST_VALUE)[0]


def _fill_events(message: Any, span: ReadableSpan) -> None:
    for event in span.events[:_MOST_EVENTS]:
        added = message.time_event.add()
        added.time.FromNanoseconds(event.timestamp)
        _fill_text(added.annotation.description, event.name, LONGEST_VALUE)
        attributes = dict(list((event.attributes or {}).items())[:_MOST_EVENT_ATTRIBUTES])
        dropped = len(event.attributes or {}) - len(attributes)
        _fill_attributes(added.annotation.attributes, attributes, dropped)
    message.dropped_annotations_count = max(len(span.events) - _MOST_EVENTS, 0)


def _fill_attributes(message: Any, attributes: Mapping[str, Any], dropped: int) -> None:
    for name, value in attributes.items():
        target = message.attribute_map[name]
        if isinstance(value, bool):
            target.bool_value = value
        elif isinstance(value, int) and -(2**63) <= value < 2**63:
            target.int_value = value
        else:
            _fill_text(target.string_value, _text(value), LONGEST_VALUE)
    message.dropped_attributes_count = dropped


def _fill_text(message: Any, text: str, size: int) -> None:
    message.value, message.truncated_byte_count = shortened(text, size)


def _text(value: Any) -> str:
    """Return a value that is no whole number as text; a fraction is written out, as Cloud Trace has none."""
    if isinstance(value, float):
        return f'{value:.12f}'.rstrip('0').rstrip('.') if abs(value) < 1 else repr(value)
    return ', '.join(map(str, cast('Sequence[Any]', value))) if isinstance(value, tuple | list) else str(value)
