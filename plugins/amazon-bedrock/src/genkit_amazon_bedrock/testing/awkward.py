# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers of chat models that should not be given, and are, each with what must become of it."""

import json
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from genkit.testing import Awkward, AwkwardKind, SaidCall
from genkit.testing.wires import absent_rows, failed_rows
from pydantic_core import to_json

from genkit_amazon_bedrock.testing.frames import STREAM, pack, read_frames, to_error_frame, to_frame


Body = dict[str, Any]
Event = tuple[str, Any]

_GREETING: Final = 'Grüße, 世界 😀'
_CITY: Final = '{"city":"Oslo"}'
_CUT_OFF: Final = '{"city":"Os'
_OSLO: Final = SaidCall('weather', _CITY, 'a')
_ROME: Final = SaidCall('weather', '{"city":"Rome"}', 'b')
_START: Final = ('messageStart', {'role': 'assistant'})
_USAGE: Final = {'inputTokens': 11, 'outputTokens': 7, 'totalTokens': 18}
_WRONG: Final = b'\x00\x00\x00\x00'


def converse_rows() -> list[Awkward]:
    """Return the table."""
    rows = [*absent_rows(streamed=True), *absent_rows(streamed=False)]
    rows += [*failed_rows(streamed=True), *failed_rows(streamed=False), *_absent(), *_failed()]
    rows += [*_stopped(), *_cut_off(), *_identity(), *_deviating(), *_deviating_wholes()]
    return [*rows, *_senseless(), *_halves(), *_framed()]


def _absent() -> Iterator[Awkward]:
    kind, status = AwkwardKind.ABSENT, 'UNAVAILABLE'
    whole = to_json(_answer([{'text': 'hi'}]))
    yield Awkward(name='a whole answer in place of a stream', kind=kind, body=whole, status=status)
    yield Awkward(name='half a first event', kind=kind, body=_frames(_START)[:20], status=status)
    wrong = _frames(_START)
    yield Awkward(
        name='a prelude with a wrong checksum', kind=kind, body=wrong[:8] + _WRONG + wrong[12:], status=status
    )


def _failed() -> Iterator[Awkward]:
    kind, begun = AwkwardKind.FAILED, _frames(_START, *_text('hi')[:1])
    words: tuple[tuple[str, str], ...] = (
        ('internalServerException', 'INTERNAL'),
        ('modelStreamErrorException', 'INTERNAL'),
        ('validationException', 'INVALID_ARGUMENT'),
        ('throttlingException', 'RESOURCE_EXHAUSTED'),
        ('serviceUnavailableException', 'UNAVAILABLE'),
        ('modelTimeoutException', 'DEADLINE_EXCEEDED'),
    )
    for word, status in words:
        frame = to_frame(word, {'message': 'the reason'}, 'exception')
        outcome: Any = {'kind': kind, 'status': status, 'says': 'the reason', 'content_type': STREAM}
        yield Awkward(name=f'in mid-stream: {word}', body=begun + frame, **outcome)
        yield Awkward(name=f'at the beginning: {word}', body=frame, **outcome)
    forms: tuple[tuple[str, bytes, str], ...] = (
        ('of tomorrow', to_frame('exceptionOfTomorrow', {'message': 'it broke'}, 'exception'), 'it broke'),
        ('in plain text', to_frame('exceptionOfTomorrow', b'it broke', 'exception'), 'it broke'),
        ('without a word', to_frame('exceptionOfTomorrow', {}, 'exception'), 'exceptionOfTomorrow'),
        ('of the transport', to_error_frame('Broken', 'it broke'), 'it broke'),
        ('of a gateway', to_frame('chunk', {'error': {'message': 'it broke'}}), 'it broke'),
    )
    for name, frame, says in forms:
        outcome = {'kind': kind, 'says': says, 'content_type': STREAM}
        yield Awkward(name=f'in mid-stream: {name}', body=begun + frame, status='DATA_LOSS', **outcome)
    original = {'message': 'It failed.', 'originalMessage': 'out of memory', 'originalStatusCode': 500}
    frame = to_frame('modelStreamErrorException', original, 'exception')
    yield _row('with the original message', kind, begun + frame, status='INTERNAL', says='out of memory')


def _stopped() -> Iterator[Awkward]:
    kind = AwkwardKind.STOPPED
    events = [_START, *_text(_GREETING[:4], _GREETING[4:]), *_end()]
    for count in range(1, len(events) - 1):
        yield _stream(f'only {count} of {len(events)} events', kind, *events[:count], status='DATA_LOSS')
    begun = _frames(*events[:4])
    yield _row('half an event', kind, begun[:-20], status='DATA_LOSS')
    yield _row('half a prelude', kind, begun + _frames(events[4])[:7], status='DATA_LOSS')
    wrong = begun[:-4] + _WRONG
    yield _row('an event with a wrong checksum', kind, wrong + _frames(*events[4:]), status='DATA_LOSS', says='broken')
    yield _row('something else after an event', kind, begun + b'<html>broken</html>', status='DATA_LOSS')
    huge = struct.pack('!II', 2**31, 0)
    yield _row('an event without measure', kind, begun + huge + _WRONG, status='DATA_LOSS', says='broken')


def _cut_off() -> Iterator[Awkward]:
    kind, cut = AwkwardKind.CUT_OFF, [SaidCall('weather', _CUT_OFF, 'a')]
    begun = [_START, *_call(_CUT_OFF, 'a')]
    yield _stream('arguments, by a limit', kind, *begun, *_end('max_tokens'), calls=cut, finish='length')
    yield _stream('arguments, by a stop', kind, *begun, *_end('tool_use'), calls=cut, finish='stop')
    whole = [_START, *_call(_CITY, 'a')]
    yield _stream('after a call', kind, *whole, *_end('max_tokens'), calls=[_OSLO], finish='length')
    yield _stream('by a full window', kind, *begun, *_end('model_context_window_exceeded'), calls=cut, finish='length')
    yield _stream('without an end', kind, *begun[:-1], status='DATA_LOSS')
    yield _stream('without an end after the call', kind, *whole, status='DATA_LOSS')
    for given, calls in (({'city': 'Oslo'}, [_OSLO]), (_CUT_OFF, cut)):
        yield _whole(
            f'by a limit: {given}', kind, _answer([_called(given)], 'max_tokens'), calls=calls, finish='length'
        )


def _identity() -> Iterator[Awkward]:
    kind, both = AwkwardKind.IDENTITY, [_OSLO, _ROME]
    for name, place in (('0 as', 0), ('null as', None)):
        calls = [event for call in both for event in _call(call.arguments, call.ref, place)]
        yield _stream(f'{name} index of calls', kind, _START, *calls, *_end('tool_use'), calls=both)
        events = [_START, *_text('hi', index=place), *_call(_CITY, 'a', place), *_end('tool_use')]
        yield _stream(f'{name} index of a text and a call', kind, *events, text='hi', calls=[_OSLO])
        said, call = _text('hi', index=place), _call(_CITY, 'a', place)
        events = [_START, call[0], *said[:1], *call[1:], *_end('tool_use')]
        yield _stream(f'{name} index of both at a time', kind, *events, text='hi', calls=[_OSLO])
    twice = [event for place, call in enumerate(both) for event in _call(call.arguments, 'a', place)]
    same = [SaidCall('weather', call.arguments, '') for call in both]
    yield _stream('one id for two calls', kind, _START, *twice, *_end('tool_use'), calls=same)


def _deviating() -> Iterator[Awkward]:
    kind, hello = AwkwardKind.DEVIATING, [_START, *_text('Hello')]
    stop, metadata = _end()
    ends: tuple[tuple[str, tuple[Event, ...]], ...] = (
        ('no metadata', (stop,)),
        ('metadata without usage', (stop, ('metadata', {'metrics': {'latencyMs': 1}}))),
        ('null as usage', (stop, ('metadata', {'usage': None, 'metrics': None}))),
        ('usage without counts', (stop, ('metadata', {'usage': {'inputTokens': None}}))),
        ('metadata before the stop', (metadata, stop)),
        ('an event of tomorrow', (('eventOfTomorrow', {'value': [1]}), stop, metadata)),
        ('null as the error', (stop, ('metadata', {**metadata[1], 'error': None}))),
    )
    for name, end in ends:
        yield _stream(name, kind, *hello, *end, text='Hello', finish='stop')
    yield _stream(
        'a stop without a reason', kind, *hello, ('messageStop', {}), metadata, text='Hello', finish='unknown'
    )
    yield _stream('a reason of tomorrow', kind, *hello, *_end('tomorrow'), text='Hello', finish='other')
    yield _stream('no start', kind, *hello[1:], stop, metadata, text='Hello')
    yield _stream('a block without an end', kind, *hello[:-1], stop, metadata, text='Hello')
    start: Event = ('contentBlockStart', {'contentBlockIndex': 0, 'start': {}})
    yield _stream('a text with a beginning', kind, _START, start, *hello[1:], stop, metadata, text='Hello')
    empty: Event = ('contentBlockDelta', {'contentBlockIndex': 0, 'delta': {'text': None}})
    yield _stream('null as a text', kind, _START, empty, *hello[1:], stop, metadata, text='Hello')
    unknown: Event = ('contentBlockDelta', {'contentBlockIndex': 3, 'delta': {'ofTomorrow': {'x': 1}}})
    yield _stream('a piece of tomorrow', kind, *hello, unknown, stop, metadata, text='Hello')
    begun, piece, end = _call(_CITY, 'a')
    object_: Event = (piece[0], {**piece[1], 'delta': {'toolUse': {'input': {'city': 'Oslo'}}}})
    yield _stream('an object as arguments', kind, _START, begun, object_, end, *_end('tool_use'), calls=[_OSLO])
    none = [SaidCall('weather', '{}', 'a')]
    yield _stream('no arguments', kind, _START, begun, end, *_end('tool_use'), calls=none)


def _deviating_wholes() -> Iterator[Awkward]:
    kind, answer = AwkwardKind.DEVIATING, _answer([{'text': 'Hello'}])
    yield _whole('no usage', kind, {name: value for name, value in answer.items() if name != 'usage'}, text='Hello')
    yield _whole('null as usage', kind, {**answer, 'usage': None, 'metrics': None}, text='Hello')
    yield _whole('null as the error', kind, {**answer, 'error': None}, text='Hello')
    yield _whole('a text as content', kind, _answer('Hello'), text='Hello')
    yield _whole('null as content', kind, _answer(None), text='')
    yield _whole(
        'null as arguments', kind, _answer([_called(None)], 'tool_use'), calls=[SaidCall('weather', '{}', 'a')]
    )
    yield _whole('a text as arguments', kind, _answer([_called(_CITY)], 'tool_use'), calls=[_OSLO])
    yield _whole('a block of tomorrow', kind, _answer([{'ofTomorrow': {'x': 1}}, {'text': 'Hello'}]), text='Hello')


def _senseless() -> Iterator[Awkward]:
    kind, end = AwkwardKind.SENSELESS, _end('tool_use')
    begun, piece, stop = _call(_CITY, 'a')
    nameless: Event = (begun[0], {'contentBlockIndex': 0, 'start': {'toolUse': {'toolUseId': 'a'}}})
    yield _stream('a call without a name', kind, _START, nameless, piece, stop, *end, status='INTERNAL')
    call: Body = {'toolUse': {'toolUseId': 'a', 'input': {}}}
    yield _whole('a call without a name', kind, _answer([call], 'tool_use'), status='INTERNAL')
    number: Event = ('contentBlockDelta', {'contentBlockIndex': 0, 'delta': {'text': 7}})
    yield _stream('a number as a text', kind, _START, number, *_end(), status='INTERNAL', says='delta.text')
    yield _whole('a number as content', kind, _answer(7), status='INTERNAL', says='output.message.content')
    yield _stream('arguments without a call', kind, _START, piece, *end, status='DATA_LOSS')
    yield _stream('a list as an event', kind, _START, ('contentBlockDelta', [1]), *end, status='INTERNAL')
    broken = _frames(_START) + to_frame('contentBlockDelta', b'{"delta":') + _frames(*end)
    yield _row('an event that is no JSON', kind, broken, status='INTERNAL', says='contentBlockDelta')


def _halves() -> Iterator[Awkward]:
    kind = AwkwardKind.HALVES
    yield _stream('of a text', kind, _START, *_text('hi \ud83d', '\ude00!'), *_end(), text='hi 😀!')
    yield _stream('without the other', kind, _START, *_text('hi \ud83d'), *_end(), text='hi \ufffd')
    smile = SaidCall('weather', '{"city":"😀"}', 'a')
    begun, first, stop = _call('{"city":"\ud83d', 'a')
    second = _call('\ude00"}', 'a')[1]
    yield _stream('of arguments', kind, _START, begun, first, second, stop, *_end('tool_use'), calls=[smile])
    yield _whole('without the other', kind, _answer([{'text': 'hi \ud83d'}]), text='hi \ufffd')


def _framed() -> Iterator[Awkward]:
    kind = AwkwardKind.FRAMED
    body = _frames(_START, *_text(_GREETING[:4], _GREETING[4:]), *_end())
    outcome: Any = {'text': _GREETING, 'finish': 'stop'}
    yield _row('as usual', kind, body, **outcome)
    other = b''.join(pack(headers + _OTHER_HEADERS, payload) for headers, payload in read_frames(body))
    yield _row('with headers of every type', kind, other, **outcome)
    yield replace(_row('with another content type', kind, body, **outcome), content_type='application/octet-stream')
    empty = _frames(('initial-response', b''))
    yield _row('with an event without a payload', kind, empty + body, **outcome)


# True, false, a byte, three numbers, bytes, a moment and an id, as the format allows them beside texts.
_OTHER_HEADERS: Final = (
    b'\x01a\x00\x01b\x01\x01c\x02\x07\x01d\x03\x00\x07\x01e\x04\x00\x00\x00\x07\x01f\x05'
    + bytes(8)
    + b'\x01g\x06\x00\x01x\x01h\x08'
    + bytes(8)
    + b'\x01i\x09'
    + bytes(16)
)


def _row(name: str, kind: AwkwardKind, body: bytes, **outcome: Any) -> Awkward:
    return Awkward(name=name, kind=kind, body=body, content_type=STREAM, **outcome)


def _stream(name: str, kind: AwkwardKind, *events: Event, **outcome: Any) -> Awkward:
    return _row(name, kind, _frames(*events), **outcome)


def _whole(name: str, kind: AwkwardKind, answer: Body, **outcome: Any) -> Awkward:
    body = json.dumps(answer).encode()  # halves of characters become escapes
    return Awkward(
        name=f'whole: {name}', kind=kind, body=body, streamed=False, content_type='application/json', **outcome
    )


def _frames(*events: Event) -> bytes:
    return b''.join(to_frame(name, body) for name, body in events)


def _text(*pieces: str, index: int | None = 0) -> list[Event]:
    deltas: list[Event] = [
        ('contentBlockDelta', {'contentBlockIndex': index, 'delta': {'text': piece}}) for piece in pieces
    ]
    return [*deltas, ('contentBlockStop', {'contentBlockIndex': index})]


def _call(arguments: str, ref: str, index: int | None = 0) -> list[Event]:
    place = {'contentBlockIndex': index}
    return [
        ('contentBlockStart', {**place, 'start': {'toolUse': {'toolUseId': ref, 'name': 'weather'}}}),
        ('contentBlockDelta', {**place, 'delta': {'toolUse': {'input': arguments}}}),
        ('contentBlockStop', place),
    ]


def _end(reason: str = 'end_turn') -> list[Event]:
    return [('messageStop', {'stopReason': reason}), ('metadata', {'usage': _USAGE, 'metrics': {'latencyMs': 1}})]


def _called(given: Any) -> Body:
    return {'toolUse': {'toolUseId': 'a', 'name': 'weather', 'input': given}}


def _answer(content: Any, reason: str = 'end_turn') -> Body:
    message = {'role': 'assistant', 'content': content}
    return {'output': {'message': message}, 'stopReason': reason, 'usage': _USAGE, 'metrics': {'latencyMs': 1}}
