# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Connections that are lost, and conversations that end."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from genkit import GenkitError, Role, StatusName
from genkit.testing.contracts.realtime.talks import PATIENCE, RealtimeTalks, heard_from, sound, until
from genkit.testing.realtime.hearing import HeardConversation, realtime_echo
from genkit.testing.realtime.moves import (
    CallMove,
    CutMove,
    GoAwayMove,
    PauseMove,
    RealtimeMove,
    RealtimeTurn,
    SpeakMove,
)
from genkit.testing.realtime.server import Refusal


class EndingTests(RealtimeTalks):
    """Of what is left of a connection, and of a conversation: nothing."""

    async def test_a_lost_connection_is_replaced_and_the_conversation_goes_on(self) -> None:
        async with self.talking() as (ai, server, name), ai.generate_bidi(model=name) as conversation:
            heard = HeardConversation(conversation)
            await conversation.send('One')
            await heard.until('turnComplete')
            await heard_from(server)
            server.cut()
            facts = await heard.until('resumed')
            assert facts['reason'] == 'connectionLost'
            assert 'restarted' not in facts
            await conversation.send('Two')
            await heard.until('turnComplete')
            await conversation.close()
            await heard.all()
            response = await conversation.output()
        last = server.heard[-1]
        assert (last.connection, last.said, server.turns) == (2, 'Two', 2)
        assert [text.partition(': ')[2] for text in last.conversation] == ['One', 'You said: One', 'Two']
        assert response.custom['reconnections'] == 1
        assert [message.text for message in response.messages] == ['One', 'You said: One', 'Two', 'You said: Two']

    async def test_an_answer_that_was_cut_off_is_given_again(self) -> None:
        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            if turn.number == 2:
                yield SpeakMove('You s')
                yield CutMove()
            yield from realtime_echo(turn)

        async with self.talking(brain) as (ai, server, name), ai.generate_bidi(model=name) as conversation:
            heard = HeardConversation(conversation)
            await conversation.send('One')
            await heard.until('turnComplete')
            await conversation.send('Two')
            facts = await heard.until('resumed')
            await conversation.close()
            await heard.all()
            response = await conversation.output()
        assert facts['restarted'] is True
        assert response.text == 'You said: Two'
        assert [turn.said for turn in server.heard] == ['One', 'Two', 'Two']
        assert [message.text for message in response.messages] == ['One', 'You said: One', 'Two', 'You said: Two']

    async def test_an_answer_that_was_cut_off_comes_although_the_caller_has_nothing_more_to_say(self) -> None:
        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            if turn.number < 3:
                yield SpeakMove('You s')
                yield CutMove()
            yield from realtime_echo(turn)

        async with self.talking(brain) as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            await conversation.send('One')
            await conversation.close()
            await HeardConversation(conversation).all()
            assert (await conversation.output()).text == 'You said: One'

    async def test_connections_that_end_at_once_are_not_replaced_for_ever(self) -> None:
        def brain(_: RealtimeTurn) -> Iterator[RealtimeMove]:
            yield GoAwayMove(0)
            yield PauseMove()

        async with self.talking(brain) as (ai, server, name), ai.generate_bidi(model=name) as conversation:
            await conversation.send('Hello')
            with pytest.raises(GenkitError) as raised:
                await HeardConversation(conversation).all()
        assert raised.value.status in (StatusName.DATA_LOSS, StatusName.UNAVAILABLE)
        assert len(server.paths) == 4

    async def test_a_connection_that_is_lost_for_good_is_an_error(self) -> None:
        def brain(_: RealtimeTurn) -> Iterator[RealtimeMove]:
            yield SpeakMove('Well')
            yield CutMove()

        error = await self.fail(brain)
        assert error.status == StatusName.DATA_LOSS
        assert 'connection' in error.message

        def refuse(number: int) -> Refusal | None:
            return None if number == 1 else (503, {}, b'gone')

        error = await self.fail(brain, refuse)
        assert error.status in (StatusName.DATA_LOSS, StatusName.UNAVAILABLE)

    @pytest.mark.parametrize('reads', [True, False])
    async def test_a_caller_who_leaves_leaves_nothing_behind(self, *, reads: bool) -> None:
        def brain(_: RealtimeTurn) -> Iterator[RealtimeMove]:
            yield SpeakMove('Well')
            yield PauseMove()

        async with self.talking(brain) as (ai, server, name):
            server.reads = reads
            async with ai.generate_bidi(model=name) as conversation:
                await conversation.send('Hi')
                await anext(conversation.receive())
            server.turns = 0
            running = asyncio.create_task(ai.generate(model=name, prompt='Hi'))
            async with asyncio.timeout(PATIENCE):
                await until(lambda: server.turns > 0)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            server.turns = 0
            async with ai.generate_bidi(model=name, timeout=0.2) as conversation:
                await conversation.send('Hi')
                with pytest.raises(GenkitError) as raised:
                    await conversation.output()
            assert raised.value.status == StatusName.DEADLINE_EXCEEDED

    async def test_a_provider_that_answers_no_ping_is_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr('genkit.plugin.realtime.socket.PING_SECONDS', 0.1)

        async with self.talking(realtime_echo) as (ai, server, name), ai.generate_bidi(model=name) as conversation:
            heard = HeardConversation(conversation)
            server.reads = False
            await conversation.send('One')
            await heard.until('turnComplete')
            server.reads = True
            await heard.until('resumed')
            await conversation.send('Two')
            await heard.until('turnComplete')
            await conversation.close()
            await heard.all()
            assert (await conversation.output()).text == 'You said: Two'
            server.cut()

    async def test_a_plugin_that_is_closed_ends_its_conversations(self) -> None:
        async with self.talking() as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            await conversation.send('Hi')
            await HeardConversation(conversation).until('turnComplete')
            async with asyncio.timeout(PATIENCE):
                await ai.aclose()
                with pytest.raises(GenkitError) as raised:
                    await conversation.output()
            assert raised.value.status == StatusName.CANCELLED

    async def test_a_long_conversation_with_all_that_can_happen_leaves_nothing_behind(self) -> None:
        turns = 50

        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            number = turn.said.rpartition(' ')[2]
            kind = int(number) % 5 if number.isdigit() else -1
            if turn.answers or kind in (0, 1, -1):
                yield from realtime_echo(turn)
            elif kind == 2:
                yield CallMove('weather', {'city': 'Oslo'}, f'call_{turn.number}')
            elif kind == 3:
                yield SpeakMove('la la la la', seconds=30)
                yield PauseMove()
            elif kind == 4 and turn.number % 3 == 0:
                yield CutMove()
            else:
                yield from realtime_echo(turn)

        async with self.talking(brain) as (ai, server, name):

            @ai.tool()
            async def weather(city: str) -> str:
                """Look outside."""
                return f'fine in {city}'

            async with ai.generate_bidi(model=name, tools=[weather]) as conversation:
                heard = HeardConversation(conversation)
                for number in range(turns):
                    await self._one_of_many(conversation, heard, number)
                await conversation.close()
                await heard.all()
                response = await conversation.output()
        assert response.custom['turns'] >= turns
        assert response.custom['reconnections'] == len(server.paths) - 1 > 0
        assert heard.events.count('interrupted') == turns // 5
        said = [message for message in response.messages if message.role == Role.USER]
        assert len(said) == turns

    async def _one_of_many(self, conversation: Any, heard: HeardConversation, number: int) -> None:
        text, kind = f'number {number}', number % 5
        if kind == 1:
            await conversation.send(sound(text, 0.1))
            await conversation.send(sound('', 0.6))
        else:
            await conversation.send(text)
        if kind == 3:
            before = heard.said('output')
            while not heard.said('output').removeprefix(before):
                heard.chunks.append(await anext(conversation.receive()))
            await conversation.interrupt(heard=1.0)
        if kind == 2:
            while not any(chunk.role == Role.TOOL for chunk in heard.chunks[-3:]):
                heard.chunks.append(await anext(conversation.receive()))
            while 'It is fine' not in ''.join(chunk.text for chunk in heard.chunks[-6:]):
                heard.chunks.append(await anext(conversation.receive()))
        await heard.until('turnComplete')
