# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Awkward answers in Google's protocol, of Google itself and of gateways that speak it."""

from collections.abc import Iterator
from typing import Any, Final

from genkit.testing.wires.awkward import CITY, GREETING, common_rows, to_json_bytes, whole
from genkit.testing.wires.said import Awkward, AwkwardKind, SaidCall


_USAGE: Final = {'promptTokenCount': 11, 'candidatesTokenCount': 7, 'totalTokenCount': 18}
_OSLO: Final = SaidCall('weather', CITY, 'a')

Event = dict[str, Any]


def gemini_rows() -> list[Awkward]:
    """Return the table."""
    frames = [_frame(_said(GREETING[:4])), _frame(_said(GREETING[4:], 'STOP'))]
    rows = [*common_rows(frames, 1, _said(GREETING, 'STOP')), *_failures(), *_cut_off(), *_identity()]
    return [*rows, *_candidates(), *_deviating(), *_deviating_wholes(), *_senseless(), *_halves(), *_in_pieces()]


def _failures() -> Iterator[Awkward]:
    begun = _frame(_said('hi'))
    errors: tuple[tuple[Any, str], ...] = (
        ({'error': {'code': 429, 'message': 'the reason', 'status': 'RESOURCE_EXHAUSTED'}}, 'RESOURCE_EXHAUSTED'),
        ({'error': {'code': 503, 'message': 'the reason'}}, 'UNAVAILABLE'),
        ({'error': {'message': 'the reason', 'status': 'DEADLINE_EXCEEDED'}}, 'DEADLINE_EXCEEDED'),
        ({'error': {'message': 'the reason'}}, 'DATA_LOSS'),
        ([{'error': {'code': 500, 'message': 'the reason', 'status': 'INTERNAL'}}], 'INTERNAL'),
        ({**_said('', 'OTHER'), 'error': {'code': 503, 'message': 'the reason'}}, 'UNAVAILABLE'),
    )
    kind = AwkwardKind.FAILED
    for error, status in errors:
        shown = to_json_bytes(error)[:60].decode()
        outcome: Any = {'kind': kind, 'status': status, 'says': 'the reason'}
        yield Awkward(name=f'in mid-stream: {shown}', body=begun + _frame(error), **outcome)
    bare = b'{\n  "error": {\n    "code": 503,\n    "message": "the reason"\n  }\n}\n'
    name, status = 'in mid-stream: without data lines', 'UNAVAILABLE'
    yield Awkward(name=name, kind=kind, body=begun + bare, status=status, says='the reason')


def _cut_off() -> Iterator[Awkward]:
    kind, called = AwkwardKind.CUT_OFF, _called({'city': 'Oslo'})
    limit: Any = {'calls': [_OSLO], 'finish': 'length'}
    yield _stream('after a call', kind, _parts([called]), _said('', 'MAX_TOKENS'), **limit)
    yield _stream('with a call', kind, _parts([called], 'MAX_TOKENS'), **limit)
    yield whole('with a call', kind, _parts([called], 'MAX_TOKENS'), **limit)
    yield Awkward(name='without an end', kind=kind, body=_frame(_parts([called])), status='DATA_LOSS')
    cut = SaidCall('weather', '{"city":"Os', 'a')
    text = _parts([_called('{"city":"Os')], 'MAX_TOKENS')
    yield whole('in a text of arguments', kind, text, calls=[cut], finish='length')


def _identity() -> Iterator[Awkward]:
    kind = AwkwardKind.IDENTITY
    both = [SaidCall('weather', CITY, ''), SaidCall('weather', '{"city":"Rome"}', '')]
    calls = [{'functionCall': {'name': 'weather', 'args': {'city': city}}} for city in ('Oslo', 'Rome')]
    yield _stream('no ids of calls in one event', kind, _parts(calls, 'STOP'), calls=both)
    apart = [_parts([call]) for call in calls]
    yield _stream('no ids of calls in events of their own', kind, *apart, _said('', 'STOP'), calls=both)
    twice = [_called({'city': city}) for city in ('Oslo', 'Rome')]
    yield _stream('one id for two calls', kind, _parts(twice, 'STOP'), calls=both)
    yield whole('no ids of calls', kind, _parts(calls, 'STOP'), calls=both)


def _candidates() -> Iterator[Awkward]:
    kind = AwkwardKind.CANDIDATES
    pieces = ((0, 'a'), (1, 'X'), (0, 'b'), (1, 'Y'))
    apart = [{'candidates': [_candidate([{'text': text}], index=index)]} for index, text in pieces]
    end = {'candidates': [_candidate([], 'STOP', index=index) for index in (1, 0)]}
    yield _stream('in events of their own', kind, *apart, end, text='ab')
    both = {'candidates': [_candidate([{'text': text}], 'STOP', index=index) for index, text in ((1, 'X'), (0, 'a'))]}
    yield _stream('in one event', kind, both, text='a', finish='stop')
    yield whole('in another order', kind, both, text='a', finish='stop')
    end = {'candidates': [_candidate([], 'STOP', index=1)]}
    yield _stream('of which one has no end', kind, *apart, end, status='DATA_LOSS')


def _deviating() -> Iterator[Awkward]:
    kind, hello, end = AwkwardKind.DEVIATING, _said('Hello'), _said('', 'STOP')
    ends: tuple[tuple[str, Event], ...] = (
        ('no content at the end', {'candidates': [{'finishReason': 'STOP'}]}),
        ('null as the last content', {'candidates': [{'content': None, 'finishReason': 'STOP', 'index': 0}]}),
        ('no parts at the end', {'candidates': [{'content': {'role': 'model'}, 'finishReason': 'STOP'}]}),
        ('null as parts', {'candidates': [{'content': {'parts': None}, 'finishReason': 'STOP'}]}),
        ('null as usage', {**end, 'usageMetadata': None}),
        ('usage without counts', {**end, 'usageMetadata': {'promptTokenCount': None}}),
        ('null as the error', {**end, 'error': None}),
        ('null in a part', _parts([{'text': None, 'thought': None, 'functionCall': None}], 'STOP')),
        ('members of tomorrow', {**end, 'memberOfTomorrow': {'a': 1}}),
    )
    for name, last in ends:
        yield _stream(name, kind, hello, last, text='Hello', finish='stop')
    counted = {'candidates': None, 'usageMetadata': _USAGE}
    yield _stream('usage alone', kind, hello, end, counted, text='Hello', finish='stop')
    yield _stream('usage alone at first', kind, counted, hello, end, text='Hello', finish='stop')
    called = [SaidCall('weather', '{}', 'a')]
    yield _stream('null as arguments', kind, _parts([_called(None)], 'STOP'), calls=called)
    yield _stream('a text as arguments', kind, _parts([_called(CITY)], 'STOP'), calls=[_OSLO])


def _deviating_wholes() -> Iterator[Awkward]:
    kind, answer = AwkwardKind.DEVIATING, _said('Hello', 'STOP')
    yield whole('no usage', kind, {'candidates': answer['candidates']}, text='Hello', finish='stop')
    yield whole('null as usage', kind, {**answer, 'usageMetadata': None}, text='Hello')
    yield whole('null as the error', kind, {**answer, 'error': None}, text='Hello')
    yield whole('no content', kind, {'candidates': [{'finishReason': 'STOP'}]}, text='', finish='stop')
    yield whole('null as arguments', kind, _parts([_called(None)], 'STOP'), calls=[SaidCall('weather', '{}', 'a')])


def _senseless() -> Iterator[Awkward]:
    kind, nameless = AwkwardKind.SENSELESS, {'functionCall': {'id': 'a', 'args': {'city': 'Oslo'}}}
    yield _stream('a call without a name', kind, _parts([nameless], 'STOP'), status='INTERNAL')
    yield whole('a call without a name', kind, _parts([nameless], 'STOP'), status='INTERNAL')
    yield _stream('a number as a text', kind, _parts([{'text': 7}], 'STOP'), status='INTERNAL')
    yield whole('a number as parts', kind, _parts(7, 'STOP'), status='INTERNAL')
    yield whole('a number as candidates', kind, {'candidates': 7}, status='INTERNAL')


def _halves() -> Iterator[Awkward]:
    kind = AwkwardKind.HALVES
    yield _stream('of a text', kind, _said('hi \ud83d'), _said('\ude00!', 'STOP'), text='hi 😀!')
    yield _stream('without the other', kind, _said('hi \ud83d', 'STOP'), text='hi \ufffd')
    yield whole('without the other', kind, _said('hi \ud83d', 'STOP'), text='hi \ufffd')


def _in_pieces() -> Iterator[Awkward]:
    """Yield calls whose arguments are streamed, as an option of Vertex AI has them."""
    kind = AwkwardKind.IDENTITY
    first = {'functionCall': {'name': 'weather', 'willContinue': True}}
    pieces = [
        {'functionCall': {'partialArgs': [{'jsonPath': '$.city', **value, 'willContinue': more}], 'willContinue': True}}
        for value, more in (({'stringValue': 'Os'}, True), ({'stringValue': 'lo'}, False))
    ]
    other = {'functionCall': {'partialArgs': [{'jsonPath': '$.days[0].n', 'numberValue': 3}], 'willContinue': True}}
    last: Event = {'functionCall': {}}
    given = '{"city":"Oslo","days":[{"n":3}]}'
    events = [_parts([part]) for part in (first, *pieces, other, last)]
    both = [SaidCall('weather', given, ''), SaidCall('weather', '{"city":"Rome"}', '')]
    rome = _parts([{'functionCall': {'name': 'weather', 'args': {'city': 'Rome'}}}], 'STOP')
    yield _stream('arguments in pieces', kind, *events, rome, calls=both)
    begun = [_parts([part]) for part in (first, pieces[0])]
    name, kind = 'without an end in arguments in pieces', AwkwardKind.CUT_OFF
    yield _stream(name, kind, *begun, _said('', 'STOP'), status='DATA_LOSS')


def _stream(name: str, kind: AwkwardKind, *events: Event, **outcome: Any) -> Awkward:
    return Awkward(name=name, kind=kind, body=b''.join(map(_frame, events)), **outcome)


def _frame(event: Any) -> bytes:
    return b'data: ' + to_json_bytes(event) + b'\n\n'


def _said(text: str, finish: str | None = None) -> Event:
    return _parts([{'text': text}], finish)


def _called(given: Any) -> Event:
    return {'functionCall': {'id': 'a', 'name': 'weather', 'args': given}}


def _parts(parts: Any, finish: str | None = None) -> Event:
    return {'candidates': [_candidate(parts, finish)], 'usageMetadata': _USAGE, 'modelVersion': 'served'}


def _candidate(parts: Any, finish: str | None = None, index: int = 0) -> Event:
    ended = {} if finish is None else {'finishReason': finish}
    return {'content': {'role': 'model', 'parts': parts}, 'index': index, **ended}
