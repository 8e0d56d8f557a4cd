# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers that no provider should give: the tables of the wires, played whole, in streams and byte by byte."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, cast

import pytest

from genkit import GenkitError
from genkit.testing.contracts.model.exchanges import ModelExchanges
from genkit.testing.contracts.provider_exchanges import SURPRISES
from genkit.testing.server import CannedAnswer
from genkit.testing.wires import Awkward, AwkwardKind, Said, SaidCall
from genkit.types import GenerateResponse


_ODD_LENGTH: Final = 7
_STRANGE: Final = (None, 7, 'strange', ['strange'], {'strange': 1})


class AwkwardTests(ModelExchanges):
    """Of what comes back when something is wrong with it."""

    async def test_what_is_no_answer_is_an_error(self) -> None:
        await self._expect(AwkwardKind.ABSENT)

    async def test_a_stream_without_its_end_is_an_error(self) -> None:
        await self._expect(AwkwardKind.STOPPED)

    async def test_a_failure_has_its_words_and_its_status_wherever_it_comes(self) -> None:
        await self._expect(AwkwardKind.FAILED)

    async def test_arguments_that_are_cut_off_stay_text(self) -> None:
        await self._expect(AwkwardKind.CUT_OFF)

    async def test_an_answer_that_is_cut_off_runs_no_tool(self) -> None:
        ran: list[str] = []
        async with self.serving(self._next) as (ai, _, name):

            async def weather(where: Any) -> str:
                ran.append(row.name)
                return f'rain in {where}'

            tool = ai.tool(name='weather', description='Tell the weather.')(weather)
            for row in self._rows(AwkwardKind.CUT_OFF):
                self._answer = _canned(row)
                with pytest.raises(GenkitError):
                    await ai.generate(model=name, prompt='hi', tools=[tool], on_chunk=_listener(row))
        assert not ran

    async def test_calls_are_told_apart_as_the_protocol_says(self) -> None:
        await self._expect(AwkwardKind.IDENTITY)

    async def test_members_that_are_missing_or_of_another_form_change_nothing(self) -> None:
        await self._expect(AwkwardKind.DEVIATING)

    async def test_what_cannot_be_meant_is_an_error_that_says_so(self) -> None:
        await self._expect(AwkwardKind.SENSELESS)

    async def test_other_candidates_are_not_mixed_in(self) -> None:
        await self._expect(AwkwardKind.CANDIDATES)

    async def test_characters_that_come_in_halves_are_joined(self) -> None:
        await self._expect(AwkwardKind.HALVES)

    async def test_events_are_read_in_every_layout(self) -> None:
        await self._expect(AwkwardKind.FRAMED)

    async def test_however_the_bytes_are_cut_the_answer_is_the_same(self) -> None:
        rows = [row for row in self._rows(AwkwardKind.FRAMED) if row.name == 'as usual']
        assert rows
        for length in (1, 2, 3, _ODD_LENGTH):
            await self._compare(rows, length)

    async def test_whatever_a_member_holds_the_reader_is_not_taken_by_surprise(self) -> None:
        calls = [SaidCall('weather', '{"city":"Oslo"}')] if self.entry.supports.tools else []
        said = Said(texts=['Hel', 'lo'], calls=calls, cached_tokens=1)
        good = {True: self.wire.stream(said), False: self.wire.answer(said)}
        surprises: list[str] = []
        async with self.serving(self._next) as (ai, _, name):
            tools = [self.weather(ai, [])] if self.entry.supports.tools else None
            asking: Any = {'model': name, 'prompt': 'hi', 'tools': tools, 'return_tool_requests': True}
            for streamed, answer in good.items():
                for what, body in _mutations(self.json_values(_joined(answer.body))):
                    self._answer = CannedAnswer(body, answer.status, answer.headers)
                    try:
                        await ai.generate(**asking, on_chunk=list[Any]().append if streamed else None)
                    except GenkitError as error:
                        if isinstance(error.__cause__, SURPRISES):
                            surprises.append(f'{what}: {error.__cause__!r}')
        assert not surprises, '\n'.join(surprises)

    def json_values(self, body: bytes) -> Iterator[tuple[Any, Callable[[Any], bytes]]]:
        """Yield each JSON object of an answer, and a function that returns the answer with another in its place.

        Override it for a protocol whose objects do not stand in lines of text.
        """
        lines = body.split(b'\n')
        for place, line in enumerate(lines):
            start = line.find(b'{')
            if start >= 0:
                yield json.loads(line[start:]), partial(_with_line, lines, place, line[:start])

    def _rows(self, kind: AwkwardKind) -> list[Awkward]:
        can_call = self.entry.supports.tools
        rows = [row for row in self.wire.awkward() if row.kind is kind and (can_call or not row.calls)]
        if not rows:
            pytest.skip('the protocol has no such answers')
        return rows

    async def _expect(self, kind: AwkwardKind) -> None:
        await self._compare(self._rows(kind))

    async def _compare(self, rows: Iterable[Awkward], length: int | None = None) -> None:
        """Assert that each answer becomes what it should, and name all that do not."""
        problems: list[str] = []
        async with self.serving(self._next) as (ai, _, name):
            tools = [self.weather(ai, [])] if self.entry.supports.tools else None
            asking: Any = {'model': name, 'prompt': 'hi', 'tools': tools, 'return_tool_requests': True}
            for row in rows:
                chunks: list[Any] = []
                self._answer = _canned(row, length)
                listener = chunks.append if row.streamed else None
                try:
                    response = await ai.generate(**asking, on_chunk=listener)
                except GenkitError as error:
                    found = _misfit(row, error)
                else:
                    found = _difference(row, response, ''.join(chunk.text for chunk in chunks))
                problems += [f'{row.name}: {found}'] if found else []
        assert not problems, '\n'.join(problems)

    def _next(self, _request: Any) -> CannedAnswer:
        return self._answer

    _answer: CannedAnswer


def _joined(body: bytes | Iterable[bytes]) -> bytes:
    return body if isinstance(body, bytes) else b''.join(body)


def _mutations(values: Iterable[tuple[Any, Callable[[Any], bytes]]]) -> Iterator[tuple[str, bytes]]:
    """Yield an answer with one member of its JSON replaced, each by two of the values that it should not have."""
    turn = 0
    for place, (value, change) in enumerate(values):
        for path in list(_paths(value)):
            for strange in (_STRANGE[turn % len(_STRANGE)], _STRANGE[(turn + 2) % len(_STRANGE)]):
                name = f'{strange!r} at {".".join(map(str, path))} of value {place}'
                yield name, change(_replaced(value, path, strange))
            turn += 1


def _with_line(lines: Sequence[bytes], place: int, start: bytes, value: Any) -> bytes:
    return b'\n'.join([*lines[:place], start + json.dumps(value).encode(), *lines[place + 1 :]])


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    members: Any = ()
    if isinstance(value, dict):
        members = cast('dict[str, Any]', value).items()
    elif isinstance(value, list):
        members = enumerate(cast('list[Any]', value))
    for name, member in members:
        yield from _paths(member, (*path, name))


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copied = value.copy()
    copied[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copied


def _listener(row: Awkward) -> Any:
    return list[Any]().append if row.streamed else None


def _canned(row: Awkward, length: int | None = None) -> CannedAnswer:
    headers = {'content-type': row.content_type}
    body = list(_pieces(row.body, length)) if row.streamed and row.http == 200 else row.body
    return CannedAnswer(body, row.http, headers)


def _pieces(body: bytes, length: int | None) -> Iterator[bytes]:
    step = length or len(body) or 1
    for start in range(0, len(body), step):
        yield body[start : start + step]


def _misfit(row: Awkward, error: GenkitError) -> str | None:
    """Return how an error differs from what is expected; None if it does not."""
    if row.status is None:
        return f'an answer was expected, not {error}'
    if error.status != row.status or row.says not in error.message:
        return f'{row.status} with {row.says!r} was expected, not {error.status}: {error.message}'
    if isinstance(error.__cause__, SURPRISES):
        return f'the reader was taken by surprise: {error.__cause__!r}'
    return None


def _difference(row: Awkward, response: GenerateResponse[Any], streamed: str) -> str | None:
    """Return how an answer differs from what is expected; None if it does not."""
    if row.status is not None:
        return f'an error was expected, not {response.text!r} and {response.tool_requests}'
    calls = [part.tool_request for part in response.tool_requests]
    found = [(call.name, call.input, call.ref if wanted.ref else '') for call, wanted in _paired(calls, row.calls)]
    expected = [(call.name, _value(call.arguments), call.ref) for call in row.calls]
    if len(calls) != len(expected) or found != expected:
        return f'the calls {expected} were expected, not {[(call.name, call.input, call.ref) for call in calls]}'
    if row.kind is AwkwardKind.HALVES:
        response.model_dump_json()  # nothing of it holds half a character
    if response.text != row.text:
        return f'{row.text!r} was expected, not {response.text!r}'
    if row.streamed and streamed != row.text:
        return f'{row.text!r} was to be streamed, not {streamed!r}'
    if row.finish is not None and response.finish_reason != row.finish:
        return f'{row.finish!r} was expected to be the end, not {response.finish_reason!r}'
    return None


def _paired(calls: Sequence[Any], wanted: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    return zip(calls, wanted, strict=False)


def _value(arguments: str) -> Any:
    try:
        return json.loads(arguments)
    except ValueError:
        return arguments
