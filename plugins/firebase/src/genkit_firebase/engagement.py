# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What users think of an answer, and whether they made use of it: counted, and recorded in the answer's trace."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, Literal, cast

from genkit.plugin import GENKIT_VERSION, captures_content, describe_problems, tracer_provider
from genkit.types import WireModel
from opentelemetry import metrics, trace
from pydantic import ValidationError

from genkit_firebase.errors import refused
from genkit_firebase.telemetry import enabled_telemetry


_TRACE_ID: Final = re.compile('[0-9a-f]{32}')
_SPAN_ID: Final = re.compile('[0-9a-f]{16}')
_SOURCE: Final = {'source': 'py', 'sourceVersion': GENKIT_VERSION}


class UserFeedback(WireModel):
    """What a user thinks of an answer.

    Attributes:
        value: Whether it was good.
        text: What the user says of it.
    """

    value: Literal['positive', 'negative']
    text: str | None = None


class UserAcceptance(WireModel):
    """What a user did with an answer.

    Attributes:
        value: Whether the user made use of it.
    """

    value: Literal['accepted', 'rejected']


class UserEngagement(WireModel):
    """What is known of a user and an answer.

    Attributes:
        name: The flow that answered.
        trace_id: Of the answer: its header ``x-genkit-trace-id``.
        span_id: Of the answer: its header ``x-genkit-span-id``.
        feedback: What the user thinks of it.
        acceptance: What the user did with it.
    """

    name: str
    trace_id: str | None = None
    span_id: str | None = None
    feedback: UserFeedback | None = None
    acceptance: UserAcceptance | None = None


def collect_user_engagement(engagement: UserEngagement | dict[str, Any]) -> None:
    """Record what a user thinks of an answer, or did with it.

    Each is counted, as ``genkit/engagement/feedback`` or ``genkit/engagement/acceptance`` of the application's provider
    of metrics and of `enable_firebase_telemetry`, and becomes a span in the trace of the answer, if that is named. What
    the user says is recorded where inputs and outputs are.

    Args:
        engagement: What is known; a mapping may come from a client as it is.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for something else, or nothing.

    Example:
        ```python
        from genkit_firebase import collect_user_engagement

        feedback = {'value': 'positive', 'text': 'Just right.'}
        collect_user_engagement({'name': 'greet', 'traceId': 32 * 'a', 'spanId': 16 * 'b', 'feedback': feedback})
        ```
    """
    given = _read(engagement)
    if given.feedback is not None:
        text = given.feedback.text if captures_content() else None
        _record(given, 'feedback', given.feedback.value, text, has_text=bool(given.feedback.text))
    if given.acceptance is not None:
        _record(given, 'acceptance', given.acceptance.value, None, has_text=None)


def _read(engagement: UserEngagement | dict[str, Any]) -> UserEngagement:
    try:
        given = UserEngagement.model_validate(engagement)
    except ValidationError as error:
        raise refused(f'The engagement of a user has no meaning: {describe_problems(error)}', cause=error) from error
    for value, form, name in ((given.trace_id, _TRACE_ID, 'trace_id'), (given.span_id, _SPAN_ID, 'span_id')):
        if value is not None and not form.fullmatch(value):
            raise refused(f'{name} is {value[:100]!r}; expected {form.pattern}, as the header of the answer says it.')
    if given.feedback is None and given.acceptance is None:
        raise refused('The engagement of a user has neither `feedback` nor `acceptance`.')
    return given


def _record(given: UserEngagement, kind: str, value: str, text: str | None, *, has_text: bool | None) -> None:
    labels: dict[str, str] = {'name': given.name, 'value': value, **_SOURCE}
    if has_text is not None:
        labels['hasText'] = str(has_text).lower()
    # Asked each time, as the application may set its provider up later.
    metrics.get_meter('genkit').create_counter(f'genkit/engagement/{kind}', '1').add(1, labels)
    telemetry = enabled_telemetry()
    if telemetry is not None and kind == 'feedback':
        rating = cast('Literal["positive", "negative"]', value)
        telemetry.record_feedback(given.name, rating, text or '', given.trace_id or '', given.span_id or '')
    elif telemetry is not None:
        verdict = cast('Literal["accepted", "rejected"]', value)
        telemetry.record_acceptance(given.name, verdict, given.trace_id or '', given.span_id or '')
    attributes: dict[str, str] = {
        'genkit:type': 'userEngagement',
        'genkit:name': given.name,
        'genkit:metadata:subtype': f'user{kind.title()}',
        f'genkit:metadata:{kind}Value': value,
    }
    if text:
        attributes['genkit:metadata:textFeedback'] = text
    with _in_trace(given):
        tracer_provider().get_tracer('genkit').start_span(f'user-{kind}', attributes=attributes).end()


@contextmanager
def _in_trace(given: UserEngagement) -> Generator[None]:
    """Make the answer's span the current one; without its ids, none is."""
    parent = trace.INVALID_SPAN
    if given.trace_id is not None and given.span_id is not None:
        ids = int(given.trace_id, 16), int(given.span_id, 16)
        parent = trace.NonRecordingSpan(trace.SpanContext(*ids, is_remote=True, trace_flags=trace.TraceFlags(1)))
    with trace.use_span(parent):
        yield
