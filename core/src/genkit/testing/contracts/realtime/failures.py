# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the provider does wrong, and what it refuses."""

import asyncio
import json
import traceback
from collections.abc import Iterator
from typing import Any, Final

import pytest

from genkit import Genkit, GenkitError, StatusName
from genkit.plugin.realtime.chunks import sound_part
from genkit.testing.contracts.log import listening
from genkit.testing.contracts.provider_exchanges import KEY, OTHER_KEY, with_context
from genkit.testing.contracts.realtime.talks import PATIENCE, RealtimeTalks
from genkit.testing.realtime.hearing import realtime_echo
from genkit.testing.realtime.moves import (
    FailMove,
    RawMove,
    RealtimeMove,
    RealtimeTurn,
)
from genkit.testing.realtime.server import RealtimeServer


_STATUSES: Final = {
    400: 'INVALID_ARGUMENT',
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    429: 'RESOURCE_EXHAUSTED',
    500: 'INTERNAL',
    503: 'UNAVAILABLE',
}
_STRANGE: Final[dict[str, Any]] = {
    'broken JSON': '{"type": "respo',
    'no JSON': '<html>busy</html>',
    'bytes that are no text': b'\xff\xfe\x00',
    'a list': [1, 2],
    'a number': 7,
    'null': 'null',
    'nothing': '',
}


class FailureTests(RealtimeTalks):
    """Of failures, and of what keeps them from harm."""

    @pytest.mark.parametrize('code', sorted(_STATUSES))
    async def test_a_refused_upgrade_has_its_status_and_message(self, code: int) -> None:
        body = json.dumps({'error': {'message': f'the reason, with {KEY}'}}).encode()
        headers = {'Content-Type': 'application/json', 'Retry-After': '3'}
        error = await self.fail(realtime_echo, lambda _: (code, headers, body))
        assert error.status == _STATUSES[code]
        assert 'the reason' in error.message
        assert error.details['http_status'] == code
        assert error.details['retry_after_ms'] == 3000
        assert KEY not in ''.join(traceback.format_exception(error))

    async def test_a_redirect_is_not_followed(self) -> None:
        async with RealtimeServer(self.peer, realtime_echo) as elsewhere:
            error = await self.fail(realtime_echo, lambda _: (307, {'Location': f'{elsewhere.url}/x?key={KEY}'}, b''))
            assert elsewhere.paths == []
        assert error.status == StatusName.FAILED_PRECONDITION
        assert KEY not in ''.join(traceback.format_exception(error))

    async def test_nobody_there_is_an_error(self) -> None:
        ai = Genkit(plugins=[self.plugin('http://127.0.0.1:9', KEY)])
        async with ai.generate_bidi(model=f'{self.plugin("http://127.0.0.1:9", KEY).name}/{self.entry.name}') as talk:
            with pytest.raises(GenkitError) as raised:
                await talk.output()
        assert raised.value.status == StatusName.UNAVAILABLE

    async def test_an_error_as_an_event_ends_the_conversation(self) -> None:
        def brain(_: RealtimeTurn) -> Iterator[RealtimeMove]:
            yield FailMove('rate_limit_exceeded', f'too much, {KEY}')

        error = await self.fail(brain)
        assert 'too much' in error.message
        assert KEY not in error.message

    async def test_what_is_not_known_is_passed_over(self) -> None:
        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            yield RawMove({'type': 'future.event', 'futureContent': {'a': [1]}})
            yield from realtime_echo(turn)
            yield RawMove({'type': 'another', 'serverNote': None})

        async with self.talking(brain) as (ai, _, name):
            assert (await ai.generate(model=name, prompt='Hi')).text == 'You said: Hi'

    @pytest.mark.parametrize('strange', _STRANGE.values(), ids=_STRANGE.keys())
    async def test_what_is_no_object_is_an_error(self, strange: Any) -> None:
        def brain(_: RealtimeTurn) -> Iterator[RealtimeMove]:
            yield RawMove(strange)

        error = await self.fail(brain)
        assert error.status in (StatusName.DATA_LOSS, StatusName.UNAVAILABLE)

    async def test_events_of_wrong_shapes_surprise_nobody(self) -> None:
        strange = self.misshapen()

        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            yield RawMove(strange[turn.number - 1])
            yield from realtime_echo(turn)

        async with self.talking(brain) as (ai, _, name):
            for event in strange:
                try:
                    await ai.generate(model=name, prompt='Hi')
                except GenkitError as error:
                    if error.message.startswith('Error while running action'):  # which no plugin says itself
                        raise AssertionError(f'{event!r} led to {error.__cause__!r}') from error

    async def test_a_message_that_is_too_large_is_an_error(self) -> None:
        def brain(_: RealtimeTurn) -> Iterator[RealtimeMove]:
            yield RawMove({'type': 'large', 'filling': 'x' * (17 * 2**20)})

        error = await self.fail(brain)
        assert error.status == StatusName.DATA_LOSS
        assert 'too large' in error.message

    async def test_the_key_is_a_header_and_nowhere_else(self) -> None:
        async with self.talking() as (ai, server, name):
            await ai.generate(model=name, prompt='Hi')
            await ai.generate(model=name, prompt='Hi', config={'api_key': OTHER_KEY})
            with listening() as log:
                await ai.generate(model=name, prompt='Hi')
                context = {'secrets': {'api_key': OTHER_KEY}}
                await with_context(ai, context, lambda: ai.generate(model=name, prompt='Hi'))
        assert [self.key_of(headers) for headers in server.headers] == [KEY, OTHER_KEY, KEY, OTHER_KEY]
        told = json.dumps([server.paths, server.events, log])
        assert KEY not in told
        assert OTHER_KEY not in told

    async def test_a_missing_key_is_an_error_that_says_where_to_put_it(self) -> None:
        async with self.talking(api_key=False) as (ai, server, name):
            with pytest.raises(GenkitError, match='api_key') as raised:
                await ai.generate(model=name, prompt='Hi')
        assert raised.value.status == StatusName.FAILED_PRECONDITION
        assert server.paths == []

    async def test_half_a_character_is_refused(self) -> None:
        async with self.talking() as (ai, server, name), ai.generate_bidi(model=name) as conversation:
            await conversation.send('half a smile: \ud83d')
            with pytest.raises(GenkitError, match='half a character') as raised:
                async with asyncio.timeout(PATIENCE):
                    await conversation.output()
        assert raised.value.status == StatusName.INVALID_ARGUMENT
        assert len(server.paths) == 1

    async def test_a_part_that_it_does_not_take_is_refused(self) -> None:
        async with self.talking() as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            await conversation.send(sound_part(b'ID3', 'audio/mpeg'))
            with pytest.raises(GenkitError) as raised:
                async with asyncio.timeout(PATIENCE):
                    await conversation.output()
        assert raised.value.status == StatusName.INVALID_ARGUMENT
