# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Awkward answers in Cohere's protocol, as the provider and gateways give them."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from genkit.testing import Awkward, AwkwardKind, SaidCall
from genkit.testing.wires import CITY, CUT_OFF, GREETING, common_rows, to_json_bytes, whole


Event = dict[str, Any]

_USAGE: Final = {'tokens': {'input_tokens': 11, 'output_tokens': 7}}
_EMPTY: Final[Event] = {'role': 'assistant', 'content': [], 'tool_plan': '', 'tool_calls': [], 'citations': []}
_START: Final[Event] = {'type': 'message-start', 'id': 'c1', 'delta': {'message': _EMPTY}}
_OSLO: Final = SaidCall('weather', CITY, 'a')
_ROME: Final = SaidCall('weather', '{"city":"Rome"}', 'b')


def cohere_rows() -> list[Awkward]:
    """Return the table."""
    events = [_START, *_text(GREETING[:4], GREETING[4:]), _end()]
    rows = [*common_rows([_frame(event) for event in events], 1, _answer(_said(GREETING))), *_failures()]
    return [*rows, *_cut_off(), *_identity(), *_deviating(), *_deviating_wholes(), *_senseless(), *_halves()]


def _failures() -> Iterator[Awkward]:
    begun = b''.join(_frame(event) for event in (_START, *_text('hi')[:2]))
    outcome: Any = {'kind': AwkwardKind.FAILED, 'status': 'DATA_LOSS', 'says': 'the reason'}
    failed = {'finish_reason': 'ERROR', 'error': 'the reason'}
    forms: Sequence[bytes] = (
        _frame({'type': 'message-end', 'delta': failed}),
        b'data: {"id": "e", "message": "the reason"}\n\n',
        b'event: error\ndata: the reason\n\n',
        b'data: {"error": "the reason"}\n\n',
        b'data: [{"error": {"message": "the reason"}}]\n\n',
    )
    for form in forms:
        yield Awkward(name=f'in mid-stream: {form.decode().strip()}', body=begun + form, **outcome)
    busy = {'type': 'message-end', 'delta': {'error': {'message': 'the reason', 'code': 503}}}
    yield _stream('busy', AwkwardKind.FAILED, _START, busy, status='UNAVAILABLE', says='the reason')
    own = {'id': 'e', 'message': 'the reason'}
    yield whole('an error of the protocol', AwkwardKind.FAILED, own, status='UNAVAILABLE', says='the reason')


def _cut_off() -> Iterator[Awkward]:
    kind, cut = AwkwardKind.CUT_OFF, [SaidCall('weather', CUT_OFF, 'a')]
    begun = [_START, *_call(CUT_OFF, 'a')]
    yield _stream('arguments, by a limit', kind, *begun, _end('MAX_TOKENS'), calls=cut, finish='length')
    yield _stream('arguments, by a stop', kind, *begun, _end('TOOL_CALL'), calls=cut, finish='stop')
    yield _stream('after a call', kind, _START, *_call(CITY, 'a'), _end('MAX_TOKENS'), calls=[_OSLO], finish='length')
    yield _stream('without an end', kind, *begun[:-1], status='DATA_LOSS')
    yield _stream('without an end after the call', kind, _START, *_call(CITY, 'a'), status='DATA_LOSS')
    for given, calls in (({'city': 'Oslo'}, [_OSLO]), (CUT_OFF, cut)):
        answer = _answer(_called(given), 'MAX_TOKENS')
        yield whole(f'by a limit: {given}', kind, answer, calls=calls, finish='length')


def _identity() -> Iterator[Awkward]:
    kind, both = AwkwardKind.IDENTITY, [_OSLO, _ROME]
    for name, place in (('0 as', 0), ('null as', None)):
        calls = [event for call in both for event in _call(call.arguments, call.ref, place)]
        yield _stream(f'{name} index of calls', kind, _START, *calls, _end('TOOL_CALL'), calls=both)
        events = [_START, *_text('hi', index=place), *_call(CITY, 'a', place), _end('TOOL_CALL')]
        yield _stream(f'{name} index of a text and a call', kind, *events, text='hi', calls=[_OSLO])
        thought = _text('hm', index=place, kind='thinking')
        yield _stream(f'{name} index of thoughts', kind, _START, *thought, *_text('hi', index=place), _end(), text='hi')
    listed = {'type': 'tool-call-start', 'index': 0, 'delta': {'message': {'tool_calls': [_function(CITY, 'a')]}}}
    yield _stream('a list of one call', kind, _START, listed, _end('TOOL_CALL'), calls=[_OSLO])


def _deviating() -> Iterator[Awkward]:
    kind, hello, end = AwkwardKind.DEVIATING, [_START, *_text('Hello')], _end()
    delta = end['delta']
    ends: tuple[tuple[str, Sequence[Event]], ...] = (
        ('no usage at the end', [{'type': 'message-end', 'delta': {'finish_reason': 'COMPLETE'}}]),
        ('null as usage', [{**end, 'delta': {**delta, 'usage': None}}]),
        ('usage without counts', [{**end, 'delta': {**delta, 'usage': {'tokens': {'output_tokens': None}}}}]),
        ('null as the error', [{**end, 'delta': {**delta, 'error': None}}]),
        ('an event of tomorrow', [{'type': 'event-of-tomorrow', 'value': [1]}, end]),
        ('a debug event', [{'type': 'debug', 'prompt': 'x'}, end]),
    )
    for name, events in ends:
        yield _stream(name, kind, *hello, *events, text='Hello', finish='stop')
    yield _stream('an end without a reason', kind, *hello, {'type': 'message-end'}, text='Hello', finish='unknown')
    bare = {'type': 'message-start', 'delta': None}
    yield _stream('a start that says nothing', kind, bare, *hello[1:], end, text='Hello')
    yield _stream('no start', kind, *hello[1:], end, text='Hello')
    yield _stream('a text without a beginning', kind, _START, hello[2], hello[3], end, text='Hello')
    yield _stream('a block without an end', kind, *hello[:-1], end, text='Hello')
    null = {'type': 'content-delta', 'index': 0, 'delta': {'message': {'content': {'text': None}}}}
    yield _stream('null as a text', kind, hello[0], hello[1], null, *hello[2:], end, text='Hello')
    start, _, stop = _call(CITY, 'a')
    at_once = {**start, 'delta': {'message': {'tool_calls': _function(CITY, 'a')}}}
    called = _end('TOOL_CALL')
    yield _stream('arguments at the beginning', kind, _START, at_once, stop, called, calls=[_OSLO])
    object_ = {**start, 'delta': {'message': {'tool_calls': _function({'city': 'Oslo'}, 'a')}}}
    yield _stream('an object as arguments', kind, _START, object_, stop, called, calls=[_OSLO])
    nameless = b''.join(b'data: ' + to_json_bytes(event) + b'\n\n' for event in (*hello, end))
    yield Awkward(name='no event lines', kind=kind, body=nameless, text='Hello', finish='stop')
    typeless = b''.join(
        b'event: ' + event['type'].encode() + b'\ndata: ' + to_json_bytes({**event, 'type': None}) + b'\n\n'
        for event in (*hello, end)
    )
    yield Awkward(name='the type in the event line alone', kind=kind, body=typeless, text='Hello', finish='stop')


def _deviating_wholes() -> Iterator[Awkward]:
    kind, answer = AwkwardKind.DEVIATING, _answer(_said('Hello'))
    yield whole('no usage', kind, {name: value for name, value in answer.items() if name != 'usage'}, text='Hello')
    yield whole('null as usage', kind, {**answer, 'usage': None}, text='Hello')
    yield whole('null as the error', kind, {**answer, 'error': None}, text='Hello')
    yield whole('no reason', kind, {**answer, 'finish_reason': None}, text='Hello', finish='unknown')
    yield whole('a reason of tomorrow', kind, {**answer, 'finish_reason': 'LATER'}, text='Hello', finish='other')
    yield whole('a text as content', kind, _answer({'content': 'Hello'}), text='Hello')
    yield whole('null as content', kind, _answer({'content': None, 'tool_calls': None, 'citations': None}), text='')
    yield whole('null as the message', kind, {**answer, 'message': None}, text='')
    yield whole('null as arguments', kind, _answer(_called(None), 'TOOL_CALL'), calls=[SaidCall('weather', '{}', 'a')])
    yield whole('a text as arguments', kind, _answer(_called(CITY), 'TOOL_CALL'), calls=[_OSLO])


def _senseless() -> Iterator[Awkward]:
    kind, end = AwkwardKind.SENSELESS, _end('TOOL_CALL')
    nameless = {'id': 'a', 'type': 'function', 'function': {'arguments': CITY}}
    start = {'type': 'tool-call-start', 'index': 0, 'delta': {'message': {'tool_calls': nameless}}}
    yield _stream('a call without a name', kind, _START, start, end, status='INTERNAL')
    yield whole('a call without a name', kind, _answer({'tool_calls': [nameless]}, 'TOOL_CALL'), status='INTERNAL')
    piece = {'type': 'content-delta', 'index': 0, 'delta': {'message': {'content': {'text': 7}}}}
    yield _stream('a number as a text', kind, _START, piece, _end(), status='INTERNAL')
    yield whole('a number as content', kind, _answer({'content': 7}), status='INTERNAL')
    yield whole('a number as the message', kind, {**_answer({}), 'message': 7}, status='INTERNAL')
    yield _stream('arguments without a call', kind, _START, _call(CITY, 'a')[1], end, status='DATA_LOSS')


def _halves() -> Iterator[Awkward]:
    kind = AwkwardKind.HALVES
    yield _stream('of a text', kind, _START, *_text('hi \ud83d', '\ude00!'), _end(), text='hi 😀!')
    yield _stream('without the other', kind, _START, *_text('hi \ud83d'), _end(), text='hi \ufffd')
    smile = SaidCall('weather', '{"city":"😀"}', 'a')
    pieces = _call('{"city":"\ud83d', 'a'), _call('\ude00"}', 'a')
    events = [_START, *pieces[0][:2], *pieces[1][1:], _end('TOOL_CALL')]
    yield _stream('of arguments', kind, *events, calls=[smile])
    yield whole('without the other', kind, _answer(_said('hi \ud83d')), text='hi \ufffd')


def _stream(name: str, kind: AwkwardKind, *events: Event, **outcome: Any) -> Awkward:
    return Awkward(name=name, kind=kind, body=b''.join(map(_frame, events)), **outcome)


def _frame(event: Event) -> bytes:
    return b'event: ' + event['type'].encode() + b'\ndata: ' + to_json_bytes(event) + b'\n\n'


def _text(*pieces: str, index: int | None = 0, kind: str = 'text') -> list[Event]:
    def event(name: str, content: Event) -> Event:
        return {'type': name, 'index': index, 'delta': {'message': {'content': content}}}

    deltas = [event('content-delta', {kind: piece}) for piece in pieces]
    return [event('content-start', {'type': kind, kind: ''}), *deltas, {'type': 'content-end', 'index': index}]


def _call(arguments: str, ref: str, index: int | None = 0) -> list[Event]:
    def event(name: str, call: Event) -> Event:
        return {'type': name, 'index': index, 'delta': {'message': {'tool_calls': call}}}

    delta = event('tool-call-delta', {'function': {'arguments': arguments}})
    return [event('tool-call-start', _function('', ref)), delta, {'type': 'tool-call-end', 'index': index}]


def _function(arguments: Any, ref: str) -> Event:
    return {'id': ref, 'type': 'function', 'function': {'name': 'weather', 'arguments': arguments}}


def _end(reason: str = 'COMPLETE') -> Event:
    return {'type': 'message-end', 'id': 'c1', 'delta': {'finish_reason': reason, 'usage': _USAGE}}


def _said(text: str) -> Event:
    return {'content': [{'type': 'text', 'text': text}]}


def _called(given: Any) -> Event:
    return {'tool_calls': [_function(given, 'a')]}


def _answer(message: Event, reason: str = 'COMPLETE') -> Event:
    return {'id': 'c1', 'message': {'role': 'assistant', **message}, 'finish_reason': reason, 'usage': _USAGE}
