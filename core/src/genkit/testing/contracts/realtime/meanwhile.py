# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What happens while the model speaks: tools, and interruptions."""

import asyncio
from collections.abc import Iterator

import pytest

from genkit import Role, ToolRunContext
from genkit.testing.contracts.realtime.talks import PATIENCE, RealtimeTalks, sound, tool_message
from genkit.testing.realtime.hearing import HeardConversation, realtime_echo
from genkit.testing.realtime.moves import (
    CallMove,
    PauseMove,
    RealtimeMove,
    RealtimeTurn,
    SpeakMove,
    UserSpeaksMove,
)
from genkit.types import ToolRequestPart


class MeanwhileTests(RealtimeTalks):
    """Of tools that run, and of users who interrupt."""

    async def test_tools_run_while_the_conversation_goes_on(self) -> None:
        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            if turn.answers or 'weather' not in turn.said:
                yield from realtime_echo(turn)
            else:
                yield SpeakMove('One moment.')
                yield CallMove('weather', {'city': 'Oslo'}, 'call_1')

        async with self.talking(brain) as (ai, server, name):

            @ai.tool()
            async def weather(city: str) -> str:
                """Look outside."""
                await asyncio.sleep(0)
                return f'fine in {city}'

            async with ai.generate_bidi(model=name, tools=[weather]) as conversation:
                heard = HeardConversation(conversation)
                await conversation.send('How is the weather?')
                await conversation.close()
                await heard.all()
                response = await conversation.output()
        assert response.text == 'It is fine in Oslo.'
        assert server.heard[-1].answers == {'call_1': 'fine in Oslo'}
        assert [chunk.role for chunk in heard.chunks if chunk.role == Role.TOOL]
        roles = [message.role for message in response.messages]
        assert roles == [Role.USER, Role.MODEL, Role.TOOL, Role.MODEL]
        assert response.messages[1].text == 'One moment.'
        assert [part.tool_request.input for part in response.messages[1].tool_requests] == ['Oslo']

    async def test_calls_that_are_taken_back_are_cancelled(self) -> None:
        if not self.cancels_calls:
            pytest.skip('the protocol takes back no calls')
        stopped: list[str] = []

        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            if turn.number == 1:
                yield CallMove('dig', {'place': 'garden'}, 'call_1')
            else:
                yield from realtime_echo(turn)

        async with self.talking(brain) as (ai, _, name):

            @ai.tool()
            async def dig(place: str) -> str:
                """Dig for long."""
                try:
                    await asyncio.sleep(PATIENCE)
                except asyncio.CancelledError:
                    stopped.append(place)
                    raise
                return 'a treasure'

            async with ai.generate_bidi(model=name, tools=[dig]) as conversation:
                heard = HeardConversation(conversation)
                await conversation.send('Dig!')
                while not any(chunk.tool_requests for chunk in heard.chunks):
                    heard.chunks.append(await anext(conversation.receive()))
                await conversation.send('Stop digging.')
                facts = await heard.until('toolCallsCancelled')
                await conversation.close()
                await heard.all()
                response = await conversation.output()
        assert stopped == ['garden']
        assert facts['refs'] == ['call_1']
        assert response.text in {'You said: Dig! Stop digging.', 'You said: Stop digging.'}

    async def test_a_tool_that_interrupts_is_answered_by_the_caller(self) -> None:
        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            if turn.answers:
                yield from realtime_echo(turn)
            else:
                yield CallMove('allow', {'what': 'it'}, 'call_1')

        async with self.talking(brain) as (ai, _, name):

            @ai.tool()
            async def allow(what: str, context: ToolRunContext) -> None:
                """Ask."""
                context.interrupt({'about': what})

            async with ai.generate_bidi(model=name, tools=[allow]) as conversation:
                heard = HeardConversation(conversation)
                await conversation.send('Go.')
                asked: ToolRequestPart | None = None
                async for chunk in conversation.receive():
                    asked = next((part for part in chunk.tool_requests if part.interrupt), None)
                    if asked is not None:
                        break
                assert asked is not None
                await conversation.send(tool_message(asked.respond('granted')))
                await heard.until('turnComplete')
                await conversation.close()
                await heard.all()
                assert (await conversation.output()).text == 'It is granted.'

    async def test_a_user_who_speaks_interrupts_and_has_heard_what_was_played(self) -> None:
        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            if turn.number == 1:
                yield SpeakMove('Once upon a time there was a king', seconds=20)
                yield UserSpeaksMove()
            else:
                yield from realtime_echo(turn)

        async with self.talking(brain) as (ai, server, name), ai.generate_bidi(model=name) as conversation:
            heard = HeardConversation(conversation)
            await conversation.send('Tell a story.')
            facts = await heard.until('interrupted')
            await conversation.send(sound('stop', 0.1))
            await conversation.send(sound('', 0.6))
            await heard.until('turnComplete')
            while not server.turns > 1:
                await heard.until('turnComplete')
            await conversation.close()
            await heard.all()
            response = await conversation.output()
        assert 0 <= facts['heardMs'] < 20_000
        told = [message for message in response.messages if message.metadata]
        assert not told or 'king' not in told[0].text
        assert response.messages[-1].text == 'You said: (something)stop'

    async def test_a_caller_who_interrupts_says_what_was_heard(self) -> None:
        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            if turn.number == 1:
                yield SpeakMove('one two three four five six seven eight', seconds=8)
                yield PauseMove()
            else:
                yield from realtime_echo(turn)

        async with self.talking(brain) as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            heard = HeardConversation(conversation)
            await conversation.send('Count.')
            while heard.said('output') != 'one two three four five six seven eight':
                heard.chunks.append(await anext(conversation.receive()))
            await conversation.interrupt(heard=4.0)
            assert (await heard.until('interrupted'))['heardMs'] == 4000
            assert (await heard.until('turnComplete'))['interrupted'] is True
            await conversation.send('Thanks.')
            await heard.until('turnComplete')
            await conversation.close()
            await heard.all()
            response = await conversation.output()
        assert [message.text for message in response.messages[1:]] == [
            'one two three four',
            'Thanks.',
            'You said: Thanks.',
        ]
        assert response.messages[1].metadata == {'interrupted': True}

    async def test_text_while_the_model_speaks_interrupts_it(self) -> None:
        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            if turn.number == 1:
                yield SpeakMove('well well well well', seconds=4)
                yield PauseMove()
            else:
                yield from realtime_echo(turn)

        async with self.talking(brain) as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            heard = HeardConversation(conversation)
            await conversation.send('Hm?')
            while heard.said('output') != 'well well well well':
                heard.chunks.append(await anext(conversation.receive()))
            await conversation.send('Wait.')
            await conversation.close()
            await heard.all()
            response = await conversation.output()
        assert heard.events.count('interrupted') == 1
        assert response.text == 'You said: Wait.'
