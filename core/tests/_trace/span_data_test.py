# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json
import threading

import pytest
from genkit._base.serialize import dump_json
from genkit._trace.span_data import to_span_data, to_traces
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.trace import Span, TracerProvider
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from .receiver import check_trace


TRACER = TracerProvider(shutdown_on_exit=False).get_tracer('kitchen', '2.0')
START = 1_700_000_000_123_456_789


def begun(name: str = 'cook', **options) -> Span:
    span = TRACER.start_span(name, start_time=START, **options)
    assert isinstance(span, Span)
    return span


def remote_parent():
    context = SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=TraceFlags(1))
    return trace.set_span_in_context(NonRecordingSpan(context))


class TestSpan:
    def test_that_runs_has_an_end_of_0(self):
        data = to_span_data(begun())
        assert data == {
            'spanId': data['spanId'],
            'traceId': data['traceId'],
            'startTime': START / 1_000_000,
            'endTime': 0,
            'attributes': {},
            'displayName': 'cook',
            'instrumentationLibrary': {'name': 'kitchen', 'version': '2.0'},
            'spanKind': 'INTERNAL',
            'status': {'code': 0},
            'timeEvents': {'timeEvent': []},
        }
        check_trace(to_traces([begun()])[0])

    def test_that_has_ended_has_an_end_in_milliseconds(self):
        span = begun()
        span.end(START + 2_500_000)
        assert to_span_data(span)['endTime'] == pytest.approx(START / 1_000_000 + 2.5)

    @pytest.mark.parametrize(
        ('status', 'expected'),
        [
            (Status(StatusCode.UNSET), {'code': 0}),
            (Status(StatusCode.OK), {'code': 1}),
            (Status(StatusCode.ERROR), {'code': 2}),
            (Status(StatusCode.ERROR, 'no salt'), {'code': 2, 'message': 'no salt'}),
        ],
    )
    def test_has_a_status_by_number(self, status, expected):
        span = begun()
        span.set_status(status)
        assert to_span_data(span)['status'] == expected

    @pytest.mark.parametrize('kind', SpanKind)
    def test_has_a_kind_by_name(self, kind):
        assert to_span_data(begun(kind=kind))['spanKind'] == kind.name

    def test_has_its_events_with_their_time(self):
        span = begun()
        span.add_event('salted', {'grams': 3}, timestamp=START + 1_000_000)
        (event,) = to_span_data(span)['timeEvents']['timeEvent']
        assert event == {
            'time': START / 1_000_000 + 1,
            'annotation': {'attributes': {'grams': 3}, 'description': 'salted'},
        }

    def test_of_another_process_is_no_root(self):
        span = begun(context=remote_parent())
        data = to_span_data(span)
        assert data['traceId'] == f'{0xABC:032x}'
        assert data['parentSpanId'] == f'{0xDEF:016x}'
        assert data['sameProcessAsParentSpan'] == {'value': False}
        (posted,) = to_traces([span])
        check_trace(posted)
        assert set(posted) == {'traceId', 'spans'}

    def test_is_read_while_it_gets_attributes(self):
        span, ends = begun(), threading.Event()

        def write() -> None:
            number = 0
            while not ends.is_set():
                span.set_attribute(f'attribute {number % 100}', number)
                number += 1

        writing = threading.Thread(target=write)
        writing.start()
        for _ in range(300):
            assert to_span_data(span)['displayName'] == 'cook'
        ends.set()
        writing.join()


class TestTraces:
    def test_hold_each_span_once_in_its_last_state(self):
        span = begun()
        span.end()
        (posted,) = to_traces([span, span])
        assert len(posted['spans']) == 1

    def test_are_told_apart(self):
        first, second = begun('first'), begun('second')
        assert [posted['displayName'] for posted in to_traces([first, second])] == ['first', 'second']

    def test_of_children_alone_say_nothing_of_the_whole(self):
        child = begun(context=trace.set_span_in_context(begun('root')))
        (posted,) = to_traces([child])
        assert set(posted) == {'traceId', 'spans'}

    @given(
        st.text(),
        st.dictionaries(
            st.text(min_size=1),
            st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.text(), max_size=3)),
            max_size=5,
        ),
    )
    def test_are_json_that_is_taken_whatever_they_hold(self, name, attributes):
        span = begun(name, attributes=attributes)
        span.end()
        check_trace(json.loads(dump_json(to_traces([span])[0])))
