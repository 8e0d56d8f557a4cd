# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Awkward answers in Anthropic's protocol, mostly of gateways that speak it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from genkit.testing.wires.awkward import (
    CITY,
    CUT_OFF,
    GREETING,
    common_rows,
    to_json_bytes,
    whole,
)
from genkit.testing.wires.said import Awkward, AwkwardKind, SaidCall


Event = dict[str, Any]

_USAGE: Final = {'input_tokens': 11, 'output_tokens': 7}
_MESSAGE: Final[Event] = {
    'id': 'msg_1',
    'type': 'message',
    'role': 'assistant',
    'model': 'served',
    'content': [],
    'stop_reason': None,
    'stop_sequence': None,
    'usage': {'input_tokens': 11, 'output_tokens': 1},
}
_START: Final[Event] = {'type': 'message_start', 'message': _MESSAGE}
_STOP: Final[Event] = {'type': 'message_stop'}
_OSLO: Final = SaidCall('weather', CITY, 'a')
_ROME: Final = SaidCall('weather', '{"city":"Rome"}', 'b')


def anthropic_rows() -> list[Awkward]:
    """Return the table."""
    events = [_START, *_text(GREETING[:4], GREETING[4:]), *_end()]
    rows = [*common_rows([_frame(event) for event in events], 2, _answer([_said(GREETING)])), *_failures()]
    return [*rows, *_cut_off(), *_identity(), *_deviating(), *_deviating_wholes(), *_senseless(), *_halves()]


def _failures() -> Iterator[Awkward]:
    begun = b''.join(_frame(event) for event in (_START, *_text('hi')[:2]))
    kinds: tuple[tuple[str, str], ...] = (
        ('invalid_request_error', 'INVALID_ARGUMENT'),
        ('authentication_error', 'UNAUTHENTICATED'),
        ('permission_error', 'PERMISSION_DENIED'),
        ('not_found_error', 'NOT_FOUND'),
        ('rate_limit_error', 'RESOURCE_EXHAUSTED'),
        ('api_error', 'INTERNAL'),
        ('overloaded_error', 'UNAVAILABLE'),
        ('timeout_error', 'DEADLINE_EXCEEDED'),
        ('error_of_tomorrow', 'DATA_LOSS'),
    )
    for word, status in kinds:
        event = {'type': 'error', 'error': {'type': word, 'message': 'the reason'}}
        outcome: Any = {'kind': AwkwardKind.FAILED, 'status': status, 'says': 'the reason'}
        yield Awkward(name=f'in mid-stream: {word}', body=begun + _frame(event), **outcome)
        yield Awkward(name=f'{word} without an event line', body=begun + _frame(event, named=False), **outcome)
    forms: tuple[tuple[bytes, str], ...] = (
        (b'event: error\ndata: {"message": "it broke"}\n\n', 'it broke'),
        (b'event: error\ndata: it broke\n\n', 'it broke'),
        (b'data: {"error": "it broke"}\n\n', 'it broke'),
        (b'data: [{"error": {"message": "it broke"}}]\n\n', 'it broke'),
    )
    for body, says in forms:
        name = f'in mid-stream: {body.decode().strip()}'
        yield Awkward(name=name, kind=AwkwardKind.FAILED, body=begun + body, status='DATA_LOSS', says=says)
    error = {'type': 'error', 'error': {'type': 'overloaded_error', 'message': 'the reason'}}
    yield whole('an error of the protocol', AwkwardKind.FAILED, error, status='UNAVAILABLE', says='the reason')


def _cut_off() -> Iterator[Awkward]:
    kind, cut = AwkwardKind.CUT_OFF, [SaidCall('weather', CUT_OFF, 'a')]
    begun = [_START, *_call(CUT_OFF, 'a')]
    yield _stream('arguments, by a limit', kind, *begun, *_end('max_tokens'), calls=cut, finish='length')
    yield _stream('arguments, by a stop', kind, *begun, *_end('tool_use'), calls=cut, finish='stop')
    yield _stream('after a call', kind, _START, *_call(CITY, 'a'), *_end('max_tokens'), calls=[_OSLO], finish='length')
    yield _stream('without an end', kind, *begun[:-1], status='DATA_LOSS')
    yield _stream('without an end after the call', kind, _START, *_call(CITY, 'a'), status='DATA_LOSS')
    for given, calls in (({'city': 'Oslo'}, [_OSLO]), (CUT_OFF, cut)):
        answer = _answer([_called(given)], 'max_tokens')
        yield whole(f'by a limit: {given}', kind, answer, calls=calls, finish='length')


def _identity() -> Iterator[Awkward]:
    kind, both = AwkwardKind.IDENTITY, [_OSLO, _ROME]
    for name, place in (('0 as', 0), ('null as', None)):
        calls = [event for call in both for event in _call(call.arguments, call.ref, place)]
        yield _stream(f'{name} index of calls', kind, _START, *calls, *_end('tool_use'), calls=both)
        text, call = _text('hi', index=place), _call(CITY, 'a', place)
        events = [_START, *text, *call, *_end('tool_use')]
        yield _stream(f'{name} index of a text and a call', kind, *events, text='hi', calls=[_OSLO])
        events = [_START, text[0], call[0], text[1], *call[1:], *_end('tool_use')]
        yield _stream(f'{name} index of both at a time', kind, *events, text='hi', calls=[_OSLO])
    twice = [event for call in both for event in _call(call.arguments, 'a', both.index(call))]
    same = [SaidCall('weather', call.arguments, '') for call in both]
    yield _stream('one id for two calls', kind, _START, *twice, *_end('tool_use'), calls=same)


def _deviating() -> Iterator[Awkward]:
    kind, hello = AwkwardKind.DEVIATING, [_START, *_text('Hello')]
    delta, stop = _end()
    ends: tuple[tuple[str, Sequence[Event]], ...] = (
        ('no usage at the end', [{'type': 'message_delta', 'delta': {'stop_reason': 'end_turn'}}, stop]),
        ('null as usage', [{**delta, 'usage': None}, stop]),
        ('usage without counts', [{**delta, 'usage': {'output_tokens': None}}, stop]),
        ('no stop after a reason', [delta]),
        ('null as the error', [{**delta, 'error': None}, stop]),
        ('an event of tomorrow', [{'type': 'event_of_tomorrow', 'value': [1]}, delta, stop]),
    )
    for name, end in ends:
        yield _stream(name, kind, *hello, *end, text='Hello', finish='stop')
    reasonless = [{**delta, 'delta': {'stop_reason': None}}, stop]
    yield _stream('a stop without a reason', kind, *hello, *reasonless, text='Hello', finish='unknown')
    bare = {'type': 'message_start', 'message': {'content': None, 'usage': None}}
    yield _stream('a start that says nothing', kind, bare, *hello[1:], delta, stop, text='Hello')
    yield _stream('a text without a beginning', kind, _START, hello[2], *hello[3:], delta, stop, text='Hello')
    yield _stream('a block without an end', kind, *hello[:-1], delta, stop, text='Hello')
    empty = [{**hello[1], 'content_block': {'type': 'text'}}, {**hello[2], 'delta': {'type': 'text_delta'}}]
    yield _stream('null as a text', kind, _START, *empty, *hello[2:], delta, stop, text='Hello')
    start, piece, end = _call(CITY, 'a')
    called = _end('tool_use')
    at_once = {**start, 'content_block': _called({'city': 'Oslo'})}
    yield _stream('arguments at the beginning', kind, _START, at_once, end, *called, calls=[_OSLO])
    yield _stream('arguments twice', kind, _START, at_once, piece, end, *called, calls=[_OSLO])
    object_ = {**piece, 'delta': {'type': 'input_json_delta', 'partial_json': {'city': 'Oslo'}}}
    yield _stream('an object as arguments', kind, _START, start, object_, end, *called, calls=[_OSLO])
    nameless = b''.join(
        b'event: ' + event['type'].encode() + b'\ndata: ' + to_json_bytes({**event, 'type': None}) + b'\n\n'
        for event in (*hello, delta, stop)
    )
    yield Awkward(name='the type in the event line alone', kind=kind, body=nameless, text='Hello', finish='stop')


def _deviating_wholes() -> Iterator[Awkward]:
    kind, answer = AwkwardKind.DEVIATING, _answer([_said('Hello')])
    yield whole('no usage', kind, {name: value for name, value in answer.items() if name != 'usage'}, text='Hello')
    yield whole('null as usage', kind, {**answer, 'usage': None}, text='Hello')
    yield whole('null as the error', kind, {**answer, 'error': None}, text='Hello')
    yield whole('a text as content', kind, {**answer, 'content': 'Hello'}, text='Hello')
    yield whole('null as content', kind, {**answer, 'content': None}, text='')
    yield whole('null as arguments', kind, _answer([_called(None)], 'tool_use'), calls=[SaidCall('weather', '{}', 'a')])
    yield whole('a text as arguments', kind, _answer([_called(CITY)], 'tool_use'), calls=[_OSLO])


def _senseless() -> Iterator[Awkward]:
    kind, end = AwkwardKind.SENSELESS, _end('tool_use')
    nameless = {name: value for name, value in _called({'city': 'Oslo'}).items() if name != 'name'}
    start = {'type': 'content_block_start', 'index': 0, 'content_block': nameless}
    yield _stream('a call without a name', kind, _START, start, *_call(CITY, 'a')[1:], *end, status='INTERNAL')
    yield whole('a call without a name', kind, _answer([nameless], 'tool_use'), status='INTERNAL')
    piece = {'type': 'content_block_delta', 'index': 0, 'delta': {'type': 'text_delta', 'text': 7}}
    yield _stream('a number as a text', kind, _START, piece, *_end(), status='INTERNAL')
    yield whole('a number as content', kind, _answer(7), status='INTERNAL')
    yield _stream('arguments without a call', kind, _START, _call(CITY, 'a')[1], *end, status='DATA_LOSS')


def _halves() -> Iterator[Awkward]:
    kind = AwkwardKind.HALVES
    yield _stream('of a text', kind, _START, *_text('hi \ud83d', '\ude00!'), *_end(), text='hi 😀!')
    yield _stream('without the other', kind, _START, *_text('hi \ud83d'), *_end(), text='hi \ufffd')
    smile = SaidCall('weather', '{"city":"😀"}', 'a')
    pieces = _call('{"city":"\ud83d', 'a'), _call('\ude00"}', 'a')
    events = [_START, *pieces[0][:2], *pieces[1][1:], *_end('tool_use')]
    yield _stream('of arguments', kind, *events, calls=[smile])
    yield whole('without the other', kind, _answer([_said('hi \ud83d')]), text='hi \ufffd')


def _stream(name: str, kind: AwkwardKind, *events: Event, **outcome: Any) -> Awkward:
    return Awkward(name=name, kind=kind, body=b''.join(map(_frame, events)), **outcome)


def _frame(event: Event, *, named: bool = True) -> bytes:
    name = b'event: ' + event['type'].encode() + b'\n' if named else b''
    return name + b'data: ' + to_json_bytes(event) + b'\n\n'


def _text(*pieces: str, index: int | None = 0) -> list[Event]:
    deltas = [{'type': 'text_delta', 'text': piece} for piece in pieces]
    return _block({'type': 'text', 'text': ''}, deltas, index)


def _call(arguments: str, ref: str, index: int | None = 0) -> list[Event]:
    start: Event = {'type': 'tool_use', 'id': ref, 'name': 'weather', 'input': {}}
    return _block(start, [{'type': 'input_json_delta', 'partial_json': arguments}], index)


def _block(start: Event, deltas: Sequence[Event], index: int | None) -> list[Event]:
    place = {'index': index}
    return [
        {'type': 'content_block_start', **place, 'content_block': start},
        *({'type': 'content_block_delta', **place, 'delta': delta} for delta in deltas),
        {'type': 'content_block_stop', **place},
    ]


def _end(reason: str = 'end_turn') -> list[Event]:
    return [{'type': 'message_delta', 'delta': {'stop_reason': reason, 'stop_sequence': None}, 'usage': _USAGE}, _STOP]


def _said(text: str) -> Event:
    return {'type': 'text', 'text': text}


def _called(given: Any) -> Event:
    return {'type': 'tool_use', 'id': 'a', 'name': 'weather', 'input': given}


def _answer(content: Any, reason: str = 'end_turn') -> Event:
    return {**_MESSAGE, 'content': content, 'stop_reason': reason, 'usage': _USAGE}
