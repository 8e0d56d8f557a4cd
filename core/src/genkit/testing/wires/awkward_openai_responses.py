# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Awkward answers in OpenAI's Responses protocol."""

from collections.abc import Iterator
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


_USAGE: Final = {'input_tokens': 11, 'output_tokens': 7, 'total_tokens': 18}
_OSLO: Final = SaidCall('weather', CITY, 'a')
_ROME: Final = SaidCall('weather', '{"city":"Rome"}', 'b')

Event = dict[str, Any]


def responses_rows() -> list[Awkward]:
    """Return the table."""
    begun = [_created(), *_text(GREETING[:4], GREETING[4:])]
    frames = [_frame(event) for event in (*begun, _completed(_message(GREETING)))]
    rows = [*common_rows(frames, 1, _response([_message(GREETING)])), *_failures(), *_cut_off(), *_identity()]
    return [*rows, *_deviating(), *_senseless(), *_halves()]


def _failures() -> Iterator[Awkward]:
    begun = b''.join(_frame(event) for event in (_created(), *_text('hi')[:2]))
    error = {'code': 'server_error', 'message': 'the reason'}
    events: tuple[tuple[Event, str], ...] = (
        ({'type': 'error', 'code': 'rate_limit_exceeded', 'message': 'the reason'}, 'RESOURCE_EXHAUSTED'),
        ({'type': 'error', 'code': '503', 'message': 'the reason', 'param': None}, 'UNAVAILABLE'),
        ({'type': 'error', 'error': {'message': 'the reason', 'code': 429}}, 'RESOURCE_EXHAUSTED'),
        ({'type': 'error', 'error': {'message': 'the reason', 'type': 'server_error'}}, 'INTERNAL'),
        ({'type': 'error', 'message': 'the reason'}, 'DATA_LOSS'),
        ({'type': 'response.failed', 'response': {**_response([]), 'status': 'failed', 'error': error}}, 'INTERNAL'),
        ({'error': {'message': 'the reason', 'code': 429}}, 'RESOURCE_EXHAUSTED'),
    )
    for event, status in events:
        shown = to_json_bytes(event)[:70].decode()
        outcome: Any = {'kind': AwkwardKind.FAILED, 'status': status, 'says': 'the reason'}
        yield Awkward(name=f'in mid-stream: {shown}', body=begun + _frame(event), **outcome)
    failed = {**_response([]), 'status': 'failed', 'error': error}
    yield whole('a failed response', AwkwardKind.FAILED, failed, status='INTERNAL', says='the reason')


def _cut_off() -> Iterator[Awkward]:
    kind, cut = AwkwardKind.CUT_OFF, [SaidCall('weather', CUT_OFF, 'a')]
    item = {**_call(CUT_OFF, 'a'), 'status': 'incomplete'}
    end = {'type': 'response.incomplete', 'response': _response([item], 'max_output_tokens')}
    begun = [_created(), *_called(CUT_OFF, 'a')[:2]]
    yield _stream('arguments, by a limit', kind, *begun, end, calls=cut, finish='length')
    yield _stream('without an end', kind, *begun, status='DATA_LOSS')
    yield _stream('without an end after the call', kind, _created(), *_called(CITY, 'a'), status='DATA_LOSS')
    after = {'type': 'response.incomplete', 'response': _response([_call(CITY, 'a')], 'max_output_tokens')}
    yield _stream('after a call', kind, _created(), *_called(CITY, 'a'), after, calls=[_OSLO], finish='length')
    for given, calls in ((CUT_OFF, cut), (CITY, [_OSLO])):
        answer = _response([_call(given, 'a')], 'max_output_tokens')
        yield whole(f'by a limit: {given}', kind, answer, calls=calls, finish='length')


def _identity() -> Iterator[Awkward]:
    kind, both = AwkwardKind.IDENTITY, [_OSLO, _ROME]
    items = [_call(call.arguments, call.ref) for call in both]
    for name, place in (('one', {'output_index': 0}), ('no', {})):
        events = [event for call in both for event in _called(call.arguments, call.ref, place)]
        end = _completed(*items)
        yield _stream(f'{name} index of two calls', kind, _created(), *events, end, calls=both)
        bare = {'type': 'response.completed', 'response': _response([])}
        yield _stream(f'{name} index, and an end without items', kind, _created(), *events, bare, calls=both)


def _deviating() -> Iterator[Awkward]:
    kind, hello = AwkwardKind.DEVIATING, [_created(), *_text('Hello')]
    end = _response([_message('Hello')])
    ends: tuple[tuple[str, Event], ...] = (
        ('no items at the end', _response([])),
        ('null as items at the end', {**end, 'output': None}),
        ('no usage', {name: value for name, value in end.items() if name != 'usage'}),
        ('null as usage', {**end, 'usage': None}),
        ('usage without details', {**end, 'usage': {'input_tokens': 11, 'output_tokens': None}}),
    )
    for name, response in ends:
        last = {'type': 'response.completed', 'response': response}
        yield _stream(name, kind, *hello, last, text='Hello', finish='stop')
    tomorrow = {'type': 'response.event_of_tomorrow', 'value': [1]}
    yield _stream('an event of tomorrow', kind, *hello, tomorrow, _completed(_message('Hello')), text='Hello')
    bare = {'type': 'response.completed', 'response': _response([])}
    called = [_created(), *_called(CITY, 'a'), bare]
    yield _stream('no items at the end of a call', kind, *called, calls=[_OSLO])
    yield whole('null as usage', kind, {**end, 'usage': None}, text='Hello')
    yield whole('null as the error', kind, {**end, 'error': None}, text='Hello')
    yield whole('an object as arguments', kind, _response([_call({'city': 'Oslo'}, 'a')]), calls=[_OSLO])


def _senseless() -> Iterator[Awkward]:
    kind, nameless = AwkwardKind.SENSELESS, _call(CITY, 'a')
    del nameless['name']
    yield whole('a call without a name', kind, _response([nameless]), status='INTERNAL')
    yield whole('a number as items', kind, {**_response([]), 'output': 7}, status='INTERNAL')


def _halves() -> Iterator[Awkward]:
    kind, said = AwkwardKind.HALVES, _message('hi 😀!')
    events = [_created(), *_text('hi \ud83d', '\ude00!'), _completed(said)]
    yield _stream('of a text', kind, *events, text='hi 😀!')
    events[-1] = {'type': 'response.completed', 'response': _response([])}
    yield _stream('of a text that comes no second time', kind, *events, text='hi 😀!')
    yield whole('without the other', kind, _response([_message('hi \ud83d')]), text='hi \ufffd')


def _stream(name: str, kind: AwkwardKind, *events: Event, **outcome: Any) -> Awkward:
    return Awkward(name=name, kind=kind, body=b''.join(map(_frame, events)), **outcome)


def _frame(event: Event) -> bytes:
    name = b'event: ' + event['type'].encode() + b'\n' if 'type' in event else b''
    return name + b'data: ' + to_json_bytes(event) + b'\n\n'


def _created() -> Event:
    return {'type': 'response.created', 'response': {**_response([]), 'status': 'in_progress', 'usage': None}}


def _completed(*items: Event) -> Event:
    return {'type': 'response.completed', 'response': _response(list(items))}


def _text(*pieces: str) -> list[Event]:
    place = {'output_index': 0, 'item_id': 'msg_1'}
    whole_text = ''.join(pieces)
    return [
        {'type': 'response.output_item.added', 'output_index': 0, 'item': {**_message(''), 'content': []}},
        *({'type': 'response.output_text.delta', **place, 'content_index': 0, 'delta': piece} for piece in pieces),
        {'type': 'response.output_item.done', 'output_index': 0, 'item': _message(whole_text)},
    ]


def _called(arguments: str, ref: str, place: Event | None = None) -> list[Event]:
    where = {'output_index': 0} if place is None else place
    item = _call(arguments, ref)
    return [
        {'type': 'response.output_item.added', **where, 'item': {**item, 'arguments': ''}},
        {'type': 'response.function_call_arguments.delta', **where, 'item_id': item['id'], 'delta': arguments},
        {'type': 'response.output_item.done', **where, 'item': item},
    ]


def _message(text: str) -> Event:
    content: list[Event] = [{'type': 'output_text', 'text': text, 'annotations': []}]
    return {'type': 'message', 'id': 'msg_1', 'role': 'assistant', 'status': 'completed', 'content': content}


def _call(arguments: Any, ref: str) -> Event:
    call = {'type': 'function_call', 'id': f'fc_{ref}', 'call_id': ref, 'name': 'weather', 'arguments': arguments}
    return {**call, 'status': 'completed'}


def _response(items: list[Event], cut: str | None = None) -> Event:
    return {
        'id': 'resp_1',
        'object': 'response',
        'created_at': 1_700_000_000,
        'model': 'served',
        'error': None,
        'metadata': {},
        'parallel_tool_calls': True,
        'tool_choice': 'auto',
        'tools': [],
        'usage': _USAGE,
        'status': 'incomplete' if cut else 'completed',
        'incomplete_details': {'reason': cut} if cut else None,
        'output': items,
    }
