# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Awkward answers in OpenAI's chat protocol, which hundreds of servers speak, each in its own way."""

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


_DONE: Final = b'data: [DONE]\n\n'
_HEAD: Final = {'id': 'chatcmpl-1', 'object': 'chat.completion.chunk', 'created': 1_700_000_000, 'model': 'served'}
_USAGE: Final = {'prompt_tokens': 11, 'completion_tokens': 7, 'total_tokens': 18}
_OSLO: Final = SaidCall('weather', CITY, 'a')
_ROME: Final = SaidCall('weather', '{"city":"Rome"}', 'b')

Event = dict[str, Any]


def chat_rows() -> list[Awkward]:
    """Return the table."""
    frames = [_frame(_said({'role': 'assistant', 'content': piece})) for piece in (GREETING[:4], GREETING[4:])]
    frames.append(_frame(_said({}, 'stop')))
    answer = _answer({'role': 'assistant', 'content': GREETING})
    rows = [*common_rows([*frames, _DONE], 2, answer), *_failures(), *_cut_off(), *_identity(), *_candidates()]
    rows += _empty_candidates()
    return [*rows, *_deviating(), *_deviating_wholes(), *_senseless(), *_halves()]


def _failures() -> Iterator[Awkward]:
    begun = _frame(_said({'content': 'hi'}))
    events: tuple[tuple[bytes, str, str], ...] = (
        (_frame({'error': {'message': 'slow down', 'code': 429}}), 'RESOURCE_EXHAUSTED', 'slow down'),
        (_frame({'error': {'message': 'overloaded', 'code': 503}}), 'UNAVAILABLE', 'overloaded'),
        (_frame({'error': {'message': 'bad gateway', 'code': '502'}}), 'UNAVAILABLE', 'bad gateway'),
        (_frame({'error': {'message': 'it broke', 'type': 'server_error'}}), 'INTERNAL', 'it broke'),
        (_frame({'error': 'over capacity'}), 'DATA_LOSS', 'over capacity'),
        (b'event: error\n' + _frame({'error': {'message': 'slow down', 'code': 429}}), 'RESOURCE_EXHAUSTED', 'slow'),
        (b'event: error\n' + _frame({'message': 'it broke'}), 'DATA_LOSS', 'it broke'),
        (
            _frame({**_said({'content': ''}, 'error'), 'error': {'message': 'provider is down', 'code': 502}}),
            'UNAVAILABLE',
            'provider is down',
        ),
        (_frame({'choices': [], 'x_groq': {'error': 'over capacity'}}), 'DATA_LOSS', 'over capacity'),
    )
    for event, status, says in events:
        name = f'in mid-stream: {event.partition(b"created")[0][:90].decode().strip()}'
        yield Awkward(name=name, kind=AwkwardKind.FAILED, body=begun + event + _DONE, status=status, says=says)
    beside = {**_answer({'content': 'hi'}), 'error': {'message': 'provider is down', 'code': 502}}
    yield whole('beside a message', AwkwardKind.FAILED, beside, status='UNAVAILABLE', says='provider is down')


def _cut_off() -> Iterator[Awkward]:
    kind = AwkwardKind.CUT_OFF
    started = _said(_call(CUT_OFF, 'a', 0))
    cut, complete = [SaidCall('weather', CUT_OFF, 'a')], [_OSLO]
    yield _stream('arguments, by a limit', kind, started, _said({}, 'length'), calls=cut, finish='length')
    yield _stream('arguments, by a stop', kind, started, _said({}, 'stop'), calls=cut, finish='stop')
    after = _stream('after a call', kind, _said(_call(CITY, 'a', 0)), _said({}, 'length'), calls=complete)
    yield after
    yield Awkward(name='without an end', kind=kind, body=_frame(started), status='DATA_LOSS')
    for text, calls in ((CUT_OFF, cut), (CITY, complete)):
        answer = _answer({'content': None, **_call(text, 'a')}, 'length')
        yield whole(f'by a limit: {text}', kind, answer, calls=calls, finish='length')


def _identity() -> Iterator[Awkward]:
    kind, both = AwkwardKind.IDENTITY, [_OSLO, _ROME]
    end = _said({}, 'tool_calls')
    places: tuple[tuple[str, Event], ...] = (('no', {}), ('null as', {'index': None}), ('0 as', {'index': 0}))
    for name, place in places:
        first, second = (_said(_call(call.arguments, call.ref, **place)) for call in both)
        yield _stream(f'{name} index of calls one after the other', kind, first, second, end, calls=both)
        in_pieces = [
            _said(piece)
            for call in both
            for piece in (
                _call('', call.ref, **place),
                _call(call.arguments[:6], None, name=None, **place),
                _call(call.arguments[6:], None, name=None, **place),
            )
        ]
        yield _stream(f'{name} index of calls in pieces', kind, *in_pieces, end, calls=both)
    together = {'tool_calls': [{**_call(call.arguments, call.ref)['tool_calls'][0]} for call in both]}
    yield _stream('no index of calls in one event', kind, _said(together), end, calls=both)


def _empty_candidates() -> Iterator[Awkward]:
    shapes: tuple[Any, ...] = ({}, [{}], [{'index': 0}])
    for choices in shapes:
        event: Event = {**_HEAD, 'choices': choices}
        yield _stream(f'nothing but {choices} as choices', AwkwardKind.ABSENT, event, status='UNAVAILABLE')


def _candidates() -> Iterator[Awkward]:
    kind = AwkwardKind.CANDIDATES
    pieces = ((0, 'a'), (1, 'X'), (0, 'b'), (1, 'Y'))
    apart = [{**_HEAD, 'choices': [_choice({'content': text}, index=index)]} for index, text in pieces]
    ends = {**_HEAD, 'choices': [_choice({}, 'stop', index=index) for index in (1, 0)]}
    yield _stream('in events of their own', kind, *apart, ends, text='ab')
    together = {**_HEAD, 'choices': [_choice({'content': text}, index=index) for index, text in ((1, 'X'), (0, 'a'))]}
    yield _stream('in one event', kind, together, ends, text='a')
    choices = [
        {'index': index, 'message': {'role': 'assistant', 'content': text}, 'finish_reason': 'stop'}
        for index, text in ((1, 'X'), (0, 'a'))
    ]
    yield whole('in another order', kind, {**_answer({}), 'choices': choices}, text='a')


def _deviating() -> Iterator[Awkward]:
    kind = AwkwardKind.DEVIATING
    hello, end = _said({'content': 'Hello'}), _said({}, 'stop')
    ends: tuple[tuple[str, Event], ...] = (
        ('no delta at the end', {**_HEAD, 'choices': [{'index': 0, 'finish_reason': 'stop'}]}),
        ('null as the last delta', {**_HEAD, 'choices': [_choice(None, 'stop')]}),
        ('no index of the choice', {**_HEAD, 'choices': [{'delta': {}, 'finish_reason': 'stop'}]}),
        ('null as the role', _said({'role': None, 'content': None}, 'stop')),
        ('null as calls', _said({'content': '', 'tool_calls': None}, 'stop')),
    )
    for name, last in ends:
        yield _stream(name, kind, hello, last, text='Hello', finish='stop')
    extra: tuple[tuple[str, Event], ...] = (
        ('null as choices beside usage', {**_HEAD, 'choices': None, 'usage': _USAGE}),
        ('no choices beside usage', {**_HEAD, 'usage': _USAGE}),
        ('null as usage', {**_HEAD, 'choices': [], 'usage': None}),
        ('usage without counts', {**_HEAD, 'choices': [], 'usage': {'prompt_tokens_details': None}}),
        ('null as the error', {**_HEAD, 'choices': [], 'error': None}),
    )
    for name, event in extra:
        yield _stream(name, kind, hello, end, event, text='Hello', finish='stop')
    yield _stream('the mark of the end without a reason', kind, hello, text='Hello', finish='unknown')
    yield Awkward(
        name='no mark of the end after a reason',
        kind=kind,
        body=_frame(hello) + _frame(end),
        text='Hello',
        finish='stop',
    )
    pieces = _said({'content': [{'type': 'text', 'text': 'Hel'}, {'type': 'text', 'text': 'lo'}]})
    yield _stream('a list as content', kind, pieces, end, text='Hello')
    beside = {**hello, 'error': None}
    yield _stream('null as the error beside a message', kind, beside, end, text='Hello')
    called = _said(_call({'city': 'Oslo'}, 'a', 0))
    yield _stream('an object as arguments', kind, called, _said({}, 'tool_calls'), calls=[_OSLO])
    nothing = _said(_call(None, 'a', 0))
    called = _said(_call(CITY, None, 0, name=None))
    yield _stream('null as arguments at first', kind, nothing, called, _said({}, 'tool_calls'), calls=[_OSLO])


def _deviating_wholes() -> Iterator[Awkward]:
    kind = AwkwardKind.DEVIATING
    parts = [{'type': 'text', 'text': 'Hel'}, {'type': 'text', 'text': 'lo'}]
    yield whole('a list as content', kind, _answer({'content': parts}), text='Hello')
    no_usage = {name: value for name, value in _answer({'content': 'Hello'}).items() if name != 'usage'}
    yield whole('no usage', kind, no_usage, text='Hello')
    yield whole('null as usage', kind, {**no_usage, 'usage': None}, text='Hello')
    yield whole('null as the error', kind, {**no_usage, 'error': None}, text='Hello')
    yield whole('null as calls', kind, _answer({'content': 'Hello', 'tool_calls': None}), text='Hello')
    called = _answer({**_call({'city': 'Oslo'}, 'a')}, 'tool_calls')
    yield whole('an object as arguments', kind, called, calls=[_OSLO])
    nothing = _answer({'content': None, **_call(None, 'a')}, 'tool_calls')
    yield whole('null as arguments', kind, nothing, calls=[SaidCall('weather', '{}', 'a')])


def _senseless() -> Iterator[Awkward]:
    kind = AwkwardKind.SENSELESS
    nameless = _call(CITY, 'a', 0, name=None)
    yield _stream('a call without a name', kind, _said(nameless), _said({}, 'tool_calls'), status='INTERNAL')
    yield whole('a call without a name', kind, _answer(nameless, 'tool_calls'), status='INTERNAL')
    yield _stream('a number as content', kind, _said({'content': 7}), _said({}, 'stop'), status='INTERNAL')
    yield whole('a number as content', kind, _answer({'content': 7}), status='INTERNAL')


def _halves() -> Iterator[Awkward]:
    kind, end = AwkwardKind.HALVES, _said({}, 'stop')
    halves = [_said({'content': text}) for text in ('hi \ud83d', '\ude00!')]
    yield _stream('of a text', kind, *halves, end, text='hi 😀!')
    yield _stream('without the other', kind, halves[0], end, text='hi \ufffd')
    begun, rest = _said(_call('{"city":"\ud83d', 'a', 0)), _said(_call('\ude00"}', None, 0, name=None))
    smile = SaidCall('weather', '{"city":"😀"}', 'a')
    yield _stream('of arguments', kind, begun, rest, _said({}, 'tool_calls'), calls=[smile])
    yield whole('without the other', kind, _answer({'content': 'hi \ud83d'}), text='hi \ufffd')


def _stream(name: str, kind: AwkwardKind, *events: Event, **outcome: Any) -> Awkward:
    return Awkward(name=name, kind=kind, body=b''.join(map(_frame, events)) + _DONE, **outcome)


def _frame(event: Event) -> bytes:
    return b'data: ' + to_json_bytes(event) + b'\n\n'


def _said(delta: Any, finish: str | None = None) -> Event:
    return {**_HEAD, 'choices': [_choice(delta, finish)]}


def _choice(delta: Any, finish: str | None = None, index: int = 0) -> Event:
    return {'index': index, 'delta': delta, 'finish_reason': finish}


def _call(arguments: Any, ref: str | None, index: Any = ..., *, name: str | None = 'weather') -> Event:
    call: Event = {'type': 'function', 'function': {'arguments': arguments}}
    if index is not ...:
        call['index'] = index
    if ref is not None:
        call['id'] = ref
    if name is not None:
        call['function']['name'] = name
    return {'tool_calls': [call]}


def _answer(message: Event, finish: str = 'stop') -> Event:
    choice = {'index': 0, 'message': {'role': 'assistant', **message}, 'finish_reason': finish, 'logprobs': None}
    return {**_HEAD, 'object': 'chat.completion', 'choices': [choice], 'usage': _USAGE}
