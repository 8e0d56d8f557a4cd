# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Awkward answers in Ollama's protocol, as servers and gateways give them; chat and generate alike."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from genkit.testing.wires.awkward import (
    CITY,
    CUT_OFF,
    GREETING,
    HTML,
    absent_rows,
    failed_rows,
    to_json_bytes,
    whole,
)
from genkit.testing.wires.said import Awkward, AwkwardKind, SaidCall


_LINES: Final = 'application/x-ndjson'
_HEAD: Final = {'model': 'served', 'created_at': '2026-11-22T12:00:00.000000Z'}
_OSLO: Final = SaidCall('weather', CITY, 'a')

Line = dict[str, Any]


def ollama_rows(*, generate: bool) -> list[Awkward]:
    """Return the table.

    Args:
        generate: Whether the answers are those of ``/api/generate``, which has no messages and no tools.
    """
    lines = _Lines(generate=generate)
    rows = [*absent_rows(streamed=True), *absent_rows(streamed=False)]
    rows += [*failed_rows(streamed=True), *failed_rows(streamed=False)]
    rows += [*lines.stopped(), *lines.failed(), *lines.framed(), *lines.halves(), *lines.deviating()]
    if not generate:
        rows += [*lines.calls(), *lines.deviating_messages(), *lines.senseless()]
    return [replace(row, content_type=_LINES) if row.streamed and row.body != HTML else row for row in rows]


class _Lines:
    def __init__(self, *, generate: bool) -> None:
        self._generate = generate

    def stopped(self) -> Iterator[Awkward]:
        kind, pieces = AwkwardKind.STOPPED, [self.said(text) for text in ('Hel', 'lo')]
        yield _stream('no last line', kind, *pieces, status='DATA_LOSS')
        body = _body(pieces) + _body([self.end()])[:-20]
        yield Awkward(name='half a last line', kind=kind, body=body, status='DATA_LOSS')

    def failed(self) -> Iterator[Awkward]:
        errors: tuple[tuple[Any, str], ...] = (
            ({'error': 'the reason'}, 'DATA_LOSS'),
            ({'error': {'message': 'the reason'}}, 'DATA_LOSS'),
            ({'error': {'message': 'the reason', 'code': 503}}, 'UNAVAILABLE'),
            ({'error': 'the reason', 'status': 429}, 'RESOURCE_EXHAUSTED'),
            ({**self.said('x'), 'error': 'the reason'}, 'DATA_LOSS'),
        )
        kind = AwkwardKind.FAILED
        for error, status in errors:
            shown = to_json_bytes(error)[-60:].decode()
            name = f'in mid-stream: {shown}'
            yield _stream(name, kind, self.said('hi'), error, status=status, says='the reason')
        for http in (400, 404, 500):
            status = {400: 'INVALID_ARGUMENT', 404: 'NOT_FOUND', 500: 'INTERNAL'}[http]
            row = whole(f'{http}, nested', kind, {'error': {'message': 'the reason'}}, status=status, says='the reason')
            yield replace(row, http=http)

    def framed(self) -> Iterator[Awkward]:
        lines = [*(self.said(text) for text in (GREETING[:4], GREETING[4:])), self.end()]
        body = _body(lines)
        layouts = (
            ('as usual', body),
            ('with carriage returns', body.replace(b'\n', b'\r\n')),
            ('with blank lines', body.replace(b'\n', b'\n\n')),
            ('without the last line break', body.rstrip()),
            ('with a byte order mark', b'\xef\xbb\xbf' + body),
        )
        for name, laid_out in layouts:
            yield Awkward(name=name, kind=AwkwardKind.FRAMED, body=laid_out, text=GREETING, finish='stop')

    def halves(self) -> Iterator[Awkward]:
        kind = AwkwardKind.HALVES
        yield _stream('of a text', kind, self.said('hi \ud83d'), self.said('\ude00!'), self.end(), text='hi 😀!')
        yield _stream('without the other', kind, self.said('hi \ud83d'), self.end(), text='hi \ufffd')
        yield whole('without the other', kind, {**self.said('hi \ud83d'), **_END}, text='hi \ufffd')

    def deviating(self) -> Iterator[Awkward]:
        kind, hello = AwkwardKind.DEVIATING, self.said('Hello')
        for name, members in (
            ('null as the error', {'error': None}),
            ('an empty error', {'error': ''}),
            ('null as counts', {'eval_count': None, 'prompt_eval_count': None}),
            ('a member of tomorrow', {'tomorrow': [1]}),
        ):
            yield _stream(f'{name} at the end', kind, hello, {**self.end(), **members}, text='Hello', finish='stop')
            yield whole(name, kind, {**hello, **_END, **members}, text='Hello', finish='stop')
        yield _stream('null as the error of a piece', kind, {**hello, 'error': None}, self.end(), text='Hello')
        yield _stream('null as a line', kind, hello, None, self.end(), text='Hello')
        bare = {**_HEAD, **_END}
        yield _stream('no message at the end', kind, hello, bare, text='Hello', finish='stop')
        yield _stream('no reason at the end', kind, hello, {**_HEAD, 'done': True}, text='Hello', finish='unknown')
        yield _stream('all in one line', kind, {**hello, **_END}, text='Hello', finish='stop')
        absent = {'response': None} if self._generate else {'message': None}
        yield _stream('null as what is said at the end', kind, hello, {**bare, **absent}, text='Hello', finish='stop')
        yield whole('null as what is said', kind, {**bare, **absent}, text='', finish='stop')

    def deviating_messages(self) -> Iterator[Awkward]:
        kind, end = AwkwardKind.DEVIATING, self.end()
        parts = [{'type': 'text', 'text': 'Hel'}, {'type': 'text', 'text': 'lo'}]
        yield _stream('a list as content', kind, self.said(parts), end, text='Hello')
        nothing = {'content': None, 'thinking': None, 'tool_calls': None, 'images': None}
        yield _stream('null as members', kind, self.said('Hello'), _message(nothing), end, text='Hello')
        yield _stream('a text as arguments', kind, _message(_calls(CITY)), end, calls=[_OSLO])
        empty = [SaidCall('weather', '{}', 'a')]
        yield _stream('null as arguments', kind, _message(_calls(None)), end, calls=empty)

    def calls(self) -> Iterator[Awkward]:
        limit = {**_END, 'done_reason': 'length'}
        kind, called = AwkwardKind.CUT_OFF, _message(_calls({'city': 'Oslo'}))
        yield _stream('after a call', kind, called, {**self.end(), **limit}, calls=[_OSLO], finish='length')
        yield whole('after a call', kind, {**called, **limit}, calls=[_OSLO], finish='length')
        yield _stream('without an end', kind, called, status='DATA_LOSS')
        cut = [SaidCall('weather', CUT_OFF, 'a')]
        yield _stream('in a text of arguments', kind, _message(_calls(CUT_OFF)), self.end(), calls=cut, finish='stop')
        kind = AwkwardKind.IDENTITY
        both = [SaidCall('weather', CITY, ''), SaidCall('weather', '{"city":"Rome"}', '')]
        functions = [{'index': 0, 'name': 'weather', 'arguments': {'city': city}} for city in ('Oslo', 'Rome')]
        lines = [_message({'tool_calls': [{'function': function}]}) for function in functions]
        yield _stream('0 as index of calls', kind, *lines, self.end(), calls=both)
        together = _message({'tool_calls': [{'function': function} for function in functions]})
        yield _stream('0 as index of calls in one line', kind, together, self.end(), calls=both)
        yield whole('0 as index of calls', kind, {**together, **_END}, calls=both)

    def senseless(self) -> Iterator[Awkward]:
        kind = AwkwardKind.SENSELESS
        nameless = _message({'tool_calls': [{'id': 'a', 'function': {'arguments': {'city': 'Oslo'}}}]})
        yield _stream('a call without a name', kind, nameless, self.end(), status='INTERNAL')
        yield _stream('a call without a function', kind, _message({'tool_calls': [{'id': 'a'}]}), status='INTERNAL')
        yield _stream('a number as content', kind, self.said(7), self.end(), status='INTERNAL')
        yield whole('a number as the message', kind, {**_HEAD, **_END, 'message': 7}, status='INTERNAL')

    def said(self, content: Any) -> Line:
        return {**_HEAD, 'response': content, 'done': False} if self._generate else _message({'content': content})

    def end(self) -> Line:
        return {**self.said(''), **_END}


_END: Final = {'done': True, 'done_reason': 'stop', 'prompt_eval_count': 11, 'eval_count': 7}


def _message(members: Line) -> Line:
    return {**_HEAD, 'message': {'role': 'assistant', 'content': '', **members}, 'done': False}


def _calls(given: Any) -> Line:
    return {'tool_calls': [{'id': 'a', 'function': {'name': 'weather', 'arguments': given}}]}


def _stream(name: str, kind: AwkwardKind, *lines: Any, **outcome: Any) -> Awkward:
    return Awkward(name=name, kind=kind, body=_body(lines), **outcome)


def _body(lines: Sequence[Any]) -> bytes:
    return b''.join(to_json_bytes(line) + b'\n' for line in lines)
