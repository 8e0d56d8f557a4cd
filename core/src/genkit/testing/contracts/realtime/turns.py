# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What both sides say, and how it comes."""

import base64
import json
from collections.abc import Iterator

from genkit import Role
from genkit.testing.contracts.provider_exchanges import KEY
from genkit.testing.contracts.realtime.talks import RealtimeTalks, sound
from genkit.testing.realtime.hearing import HeardConversation, realtime_echo
from genkit.testing.realtime.moves import (
    CallMove,
    RealtimeMove,
    RealtimeTurn,
    sound_as_text,
)


class TurnTests(RealtimeTalks):
    """Of turns: text and sound in both directions."""

    async def test_it_is_listed_and_found_under_its_name(self) -> None:
        plugin = self.plugin('http://127.0.0.1:9', KEY)
        listed = {action.name: action for action in await plugin.list_actions()}
        name = plugin.namespaced(self.entry.name)
        assert listed[name].action_type == 'model'
        action = await plugin.resolve(self.entry.task.kind, name)
        assert action is not None
        assert action.metadata['bidi'] is True

    async def test_text_is_answered_with_sound_and_its_transcript(self) -> None:
        async with (
            self.talking() as (ai, server, name),
            ai.generate_bidi(model=name, system='Be kind.') as conversation,
        ):
            heard = HeardConversation(conversation)
            await conversation.send('Grüß Gott, 世界')
            await heard.until('turnComplete')
            await conversation.close()
            await heard.all()
            response = await conversation.output()
        assert heard.said('output') == 'You said: Grüß Gott, 世界'
        assert sound_as_text(heard.sound) == 'You said: Grüß Gott, 世界'
        assert response.text == 'You said: Grüß Gott, 世界'
        assert response.media == []
        assert [message.role for message in response.messages] == [Role.SYSTEM, Role.USER, Role.MODEL]
        assert 'Be kind.' in json.dumps(server.events[0])
        assert server.turns == 1

    async def test_sound_is_answered_when_the_user_has_spoken(self) -> None:
        async with self.talking() as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            heard = HeardConversation(conversation)
            await conversation.send(sound('What time is it?'))
            await conversation.send(sound('', 0.6))
            await heard.until('turnComplete')
            await conversation.send(sound('And now?'))
            await conversation.close()
            await heard.all()
            response = await conversation.output()
        assert heard.said('input') == 'What time is it?And now?'
        assert heard.said('output') == 'You said: What time is it?You said: And now?'
        texts = [(message.role, message.text) for message in response.messages]
        assert texts == [
            (Role.USER, 'What time is it?'),
            (Role.MODEL, 'You said: What time is it?'),
            (Role.USER, 'And now?'),
            (Role.MODEL, 'You said: And now?'),
        ]

    async def test_a_caller_may_say_itself_when_the_user_has_spoken(self) -> None:
        config = {'turn_detection': False}
        async with self.talking() as (ai, _, name), ai.generate_bidi(model=name, config=config) as conversation:
            heard = HeardConversation(conversation)
            for text in ('One', 'Two'):
                await conversation.send(sound(text))
                await conversation.send(sound('', 0.6))
                await conversation.end_turn()
                await heard.until('turnComplete')
            await conversation.close()
            await heard.all()
        assert heard.said('output') == 'You said: OneYou said: Two'

    async def test_it_can_write_and_has_a_voice(self) -> None:
        config = {**self.text_config, 'voice': self.voice}
        async with self.talking() as (ai, server, name), ai.generate_bidi(model=name, config=config) as conversation:
            heard = HeardConversation(conversation)
            await conversation.send('Hi')
            await heard.until('turnComplete')
            await conversation.close()
            await heard.all()
            assert (await conversation.output()).text == 'You said: Hi'
        assert heard.said('output') == ''
        assert heard.sound == b''
        assert self.voice in json.dumps(server.events[0])

    async def test_a_conversation_goes_on_from_earlier_messages(self) -> None:
        async with self.talking() as (ai, server, name):
            earlier = (await ai.generate(model=name, system='Be brief.', prompt='One')).messages
            async with ai.generate_bidi(model=name, messages=earlier) as conversation:
                await conversation.send('Two')
                await HeardConversation(conversation).until('turnComplete')
                await conversation.close()
                response = await conversation.output()
        texts = ['Be brief.', 'One', 'You said: One', 'Two', 'You said: Two']
        assert [message.text for message in response.messages] == texts
        known = [text.partition(': ')[2] for text in server.heard[-1].conversation]
        assert known == ['One', 'You said: One', 'Two']

    async def test_the_usage_of_all_turns_is_added_up(self) -> None:
        async with self.talking() as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            heard = HeardConversation(conversation)
            for text in ('One', 'Two', 'Three'):
                await conversation.send(text)
                facts = await heard.until('turnComplete')
            await conversation.close()
            response = await conversation.output()
        assert facts['usage']['totalTokens'] == 15
        assert response.usage is not None
        counts = response.usage.input_tokens, response.usage.output_tokens, response.usage.cached_content_tokens
        assert counts == (30, 15, 6)
        assert response.custom['turns'] == 3

    async def test_any_other_call_is_a_conversation_of_one_request(self) -> None:
        def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
            if 'weather' in turn.said and not turn.answers:
                yield CallMove('weather', {'city': 'Rome'}, 'call_1')
            else:
                yield from realtime_echo(turn)

        async with self.talking(brain) as (ai, server, name):

            @ai.tool()
            async def weather(city: str) -> str:
                """Look outside."""
                return f'fine in {city}'

            response = await ai.generate(model=name, system='Be kind.', prompt='Hi')
            assert response.text == 'You said: Hi'
            assert sound_as_text(base64.b64decode(response.media[0].media.url.partition(',')[2])) == 'You said: Hi'
            assert response.finish_reason == 'stop'
            assert (await ai.generate(model=name, prompt='weather', tools=[weather])).text == 'It is fine in Rome.'
            assert (await ai.generate(model=name, prompt=[sound('Hello?')])).text == 'You said: Hello?'
            stream = ai.generate_stream(model=name, prompt='Hi')
            assert ''.join([chunk.text async for chunk in stream]) == 'You said: Hi'
            await server.until_closed()
