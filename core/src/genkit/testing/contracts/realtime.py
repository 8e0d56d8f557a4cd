# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract of real-time models: a conversation over WebSockets, with a server on this machine."""

import asyncio
import base64
import contextlib
import json
import os
import stat
import traceback
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest

from genkit import Genkit, GenkitError, MediaPart, Message, Role, StatusName, ToolRunContext
from genkit.plugin import ModelEntry, ModelPlugin, Task
from genkit.plugin.realtime.chunks import sound_part
from genkit.testing.contracts.contract import Contract
from genkit.testing.contracts.log import listening
from genkit.testing.contracts.provider_exchanges import KEY, OTHER_KEY, SURPRISES, with_context
from genkit.testing.contracts.request_type import find_misfits
from genkit.testing.realtime.moves import (
    Brain,
    Call,
    Cut,
    Fail,
    Move,
    Pause,
    Raw,
    Speak,
    Turn,
    UserSpeaks,
    spoken,
    understood,
)
from genkit.testing.realtime.server import RealtimeServer, Refusal
from genkit.types import GenerateResponseChunk, TextPart, ToolRequestPart


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
_PATIENCE: Final = 10


def echo(turn: Turn) -> Iterator[Move]:
    """Say what was said, or what tools returned."""
    yield Speak(f'You said: {turn.said}' if not turn.answers else f'It is {", ".join(turn.answers.values())}.')


class Heard:
    """What a caller hears of a conversation.

    Args:
        conversation: Of `generate_bidi`.

    Attributes:
        chunks: All that came so far.
    """

    def __init__(self, conversation: Any) -> None:
        self.chunks: list[GenerateResponseChunk[Any]] = []
        self._coming = conversation.receive()

    async def until(self, event: str) -> dict[str, Any]:
        """Return the facts of the next event of a kind; fail if the conversation ends before."""
        async with asyncio.timeout(_PATIENCE):
            async for chunk in self._coming:
                self.chunks.append(chunk)
                if chunk.custom and chunk.custom['event'] == event:
                    return chunk.custom
        raise AssertionError(f'no {event!r} came: {self.events}')

    async def all(self) -> None:
        """Hear the rest."""
        async with asyncio.timeout(_PATIENCE):
            async for chunk in self._coming:
                self.chunks.append(chunk)

    @property
    def events(self) -> list[str]:
        """The kinds of events that came."""
        return [chunk.custom['event'] for chunk in self.chunks if chunk.custom]

    def said(self, whose: str) -> str:
        """Return the transcript of a side."""
        parts = [part for chunk in self.chunks for part in chunk.content if isinstance(part, TextPart)]
        return ''.join(part.text for part in parts if (part.metadata or {}).get('transcript') == whose)

    @property
    def sound(self) -> bytes:
        """The sound that came."""
        media = [part for chunk in self.chunks for part in chunk.content if isinstance(part, MediaPart)]
        return b''.join(base64.b64decode(part.media.url.partition(',')[2]) for part in media)


class RealtimeContract(Contract):
    """Contract tests of a model that is talked with in real time.

    Attributes:
        model: The model to talk with. Default: the first that the table has.
        peer: The provider's protocol, of `genkit.testing`.
        event_type: The type that the provider's library has for what a client sends.
        text_config: Options that ask for text in place of sound.
        voice: A voice for ``config={'voice': …}``.
        cancels_calls: Whether the protocol takes back what was asked of tools.
    """

    model: ClassVar[str] = ''
    peer: ClassVar[Any]
    event_type: ClassVar[Any] = None
    text_config: ClassVar[dict[str, Any]] = {}
    voice: ClassVar[str] = 'verse'
    cancels_calls: ClassVar[bool] = False

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        """Return the plugin, pointed at a server.

        Args:
            url: The server's address, without a slash at the end.
            api_key: What an application would pass.
        """
        raise NotImplementedError(f'{type(self).__name__} must say how its plugin is made: define `plugin`.')

    def key_of(self, headers: dict[str, str]) -> str | None:
        """Return the key that a connection brought."""
        raise NotImplementedError

    @property
    def entry(self) -> ModelEntry:
        """The model's entry in the table."""
        models = self.plugin('http://127.0.0.1:9', KEY).models
        found = models.find(self.model) if self.model else None
        return found or next(entry for entry in models if entry.task is Task.REALTIME)

    @contextlib.asynccontextmanager
    async def talking(
        self, brain: Brain = echo, refuse: Callable[[int], Refusal | None] = lambda _: None, api_key: Any = KEY
    ) -> AsyncGenerator[tuple[Genkit, RealtimeServer, str]]:
        """Give an application, the provider and the model's full name; nothing may be left of it afterwards."""
        tasks, sockets = asyncio.all_tasks(), open_sockets()
        async with RealtimeServer(self.peer, brain, refuse) as server:
            plugin = self.plugin(server.url, api_key)
            ai = Genkit(plugins=[plugin])
            try:
                yield ai, server, plugin.namespaced(self.entry.name)
            finally:
                async with asyncio.timeout(_PATIENCE):
                    await ai.aclose()
                    if not server.reads:
                        server.cut()  # it would not notice that the client has left
                    await server.until_closed()
            if self.event_type is not None:
                misfits = [misfit for event in server.events for misfit in find_misfits(self.event_type, event)]
                assert misfits == []
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - tasks
        assert not left, left
        assert open_sockets() <= sockets

    async def fail(self, brain: Brain, refuse: Callable[[int], Refusal | None] = lambda _: None) -> GenkitError:
        """Return the error of a conversation in which the user writes something."""
        async with self.talking(brain, refuse) as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            await conversation.send('Hello')
            heard = Heard(conversation)
            with pytest.raises(GenkitError) as raised:
                await heard.all()
        return raised.value

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
            heard = Heard(conversation)
            await conversation.send('Grüß Gott, 世界')
            await heard.until('turnComplete')
            await conversation.close()
            await heard.all()
            response = await conversation.output()
        assert heard.said('output') == 'You said: Grüß Gott, 世界'
        assert understood(heard.sound) == 'You said: Grüß Gott, 世界'
        assert response.text == 'You said: Grüß Gott, 世界'
        assert response.media == []
        assert [message.role for message in response.messages] == [Role.SYSTEM, Role.USER, Role.MODEL]
        assert 'Be kind.' in json.dumps(server.events[0])
        assert server.turns == 1

    async def test_sound_is_answered_when_the_user_has_spoken(self) -> None:
        async with self.talking() as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            heard = Heard(conversation)
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
            heard = Heard(conversation)
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
            heard = Heard(conversation)
            await conversation.send('Hi')
            await heard.until('turnComplete')
            await conversation.close()
            await heard.all()
            assert (await conversation.output()).text == 'You said: Hi'
        assert heard.said('output') == ''
        assert heard.sound == b''
        assert self.voice in json.dumps(server.events[0])

    async def test_a_conversation_goes_on_from_earlier_messages(self) -> None:
        async with self.talking() as (ai, _, name):
            earlier = (await ai.generate(model=name, system='Be brief.', prompt='One')).messages
            async with ai.generate_bidi(model=name, messages=earlier) as conversation:
                await conversation.send('Two')
                await Heard(conversation).until('turnComplete')
                await conversation.close()
                response = await conversation.output()
        texts = ['Be brief.', 'One', 'You said: One', 'Two', 'You said: Two']
        assert [message.text for message in response.messages] == texts

    async def test_tools_run_while_the_conversation_goes_on(self) -> None:
        def brain(turn: Turn) -> Iterator[Move]:
            if turn.answers or 'weather' not in turn.said:
                yield from echo(turn)
            else:
                yield Speak('One moment.')
                yield Call('weather', {'city': 'Oslo'}, 'call_1')

        async with self.talking(brain) as (ai, server, name):

            @ai.tool()
            async def weather(city: str) -> str:
                """Look outside."""
                await asyncio.sleep(0)
                return f'fine in {city}'

            async with ai.generate_bidi(model=name, tools=[weather]) as conversation:
                heard = Heard(conversation)
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

        def brain(turn: Turn) -> Iterator[Move]:
            if turn.number == 1:
                yield Call('dig', {'place': 'garden'}, 'call_1')
            else:
                yield from echo(turn)

        async with self.talking(brain) as (ai, _, name):

            @ai.tool()
            async def dig(place: str) -> str:
                """Dig for long."""
                try:
                    await asyncio.sleep(_PATIENCE)
                except asyncio.CancelledError:
                    stopped.append(place)
                    raise
                return 'a treasure'

            async with ai.generate_bidi(model=name, tools=[dig]) as conversation:
                heard = Heard(conversation)
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
        def brain(turn: Turn) -> Iterator[Move]:
            if turn.answers:
                yield from echo(turn)
            else:
                yield Call('allow', {'what': 'it'}, 'call_1')

        async with self.talking(brain) as (ai, _, name):

            @ai.tool()
            async def allow(what: str, context: ToolRunContext) -> None:
                """Ask."""
                context.interrupt({'about': what})

            async with ai.generate_bidi(model=name, tools=[allow]) as conversation:
                heard = Heard(conversation)
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

    async def test_the_usage_of_all_turns_is_added_up(self) -> None:
        async with self.talking() as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            heard = Heard(conversation)
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

    async def test_a_user_who_speaks_interrupts_and_has_heard_what_was_played(self) -> None:
        def brain(turn: Turn) -> Iterator[Move]:
            if turn.number == 1:
                yield Speak('Once upon a time there was a king', seconds=20)
                yield UserSpeaks()
            else:
                yield from echo(turn)

        async with self.talking(brain) as (ai, server, name), ai.generate_bidi(model=name) as conversation:
            heard = Heard(conversation)
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
        def brain(turn: Turn) -> Iterator[Move]:
            if turn.number == 1:
                yield Speak('one two three four five six seven eight', seconds=8)
                yield Pause()
            else:
                yield from echo(turn)

        async with self.talking(brain) as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            heard = Heard(conversation)
            await conversation.send('Count.')
            while heard.said('output') != 'one two three four five six seven eight':
                heard.chunks.append(await anext(conversation.receive()))
            await conversation.interrupt(heard_ms=4000)
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
        def brain(turn: Turn) -> Iterator[Move]:
            if turn.number == 1:
                yield Speak('well well well well', seconds=4)
                yield Pause()
            else:
                yield from echo(turn)

        async with self.talking(brain) as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            heard = Heard(conversation)
            await conversation.send('Hm?')
            while heard.said('output') != 'well well well well':
                heard.chunks.append(await anext(conversation.receive()))
            await conversation.send('Wait.')
            await conversation.close()
            await heard.all()
            response = await conversation.output()
        assert heard.events.count('interrupted') == 1
        assert response.text == 'You said: Wait.'

    async def test_any_other_call_is_a_conversation_of_one_request(self) -> None:
        def brain(turn: Turn) -> Iterator[Move]:
            if 'weather' in turn.said and not turn.answers:
                yield Call('weather', {'city': 'Rome'}, 'call_1')
            else:
                yield from echo(turn)

        async with self.talking(brain) as (ai, server, name):

            @ai.tool()
            async def weather(city: str) -> str:
                """Look outside."""
                return f'fine in {city}'

            response = await ai.generate(model=name, system='Be kind.', prompt='Hi')
            assert response.text == 'You said: Hi'
            assert understood(base64.b64decode(response.media[0].media.url.partition(',')[2])) == 'You said: Hi'
            assert response.finish_reason == 'stop'
            assert (await ai.generate(model=name, prompt='weather', tools=[weather])).text == 'It is fine in Rome.'
            assert (await ai.generate(model=name, prompt=[sound('Hello?')])).text == 'You said: Hello?'
            stream = ai.generate_stream(model=name, prompt='Hi')
            assert ''.join([chunk.text async for chunk in stream]) == 'You said: Hi'
            await server.until_closed()

    async def test_a_lost_connection_is_replaced_and_the_conversation_goes_on(self) -> None:
        async with self.talking() as (ai, server, name), ai.generate_bidi(model=name) as conversation:
            heard = Heard(conversation)
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
        def brain(turn: Turn) -> Iterator[Move]:
            if turn.number == 2:
                yield Speak('You s')
                yield Cut()
            yield from echo(turn)

        async with self.talking(brain) as (ai, server, name), ai.generate_bidi(model=name) as conversation:
            heard = Heard(conversation)
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

    async def test_a_connection_that_is_lost_for_good_is_an_error(self) -> None:
        def brain(_: Turn) -> Iterator[Move]:
            yield Speak('Well')
            yield Cut()

        error = await self.fail(brain)
        assert error.status == StatusName.DATA_LOSS
        assert 'connection' in error.message

        def refuse(number: int) -> Refusal | None:
            return None if number == 1 else (503, {}, b'gone')

        error = await self.fail(brain, refuse)
        assert error.status in (StatusName.DATA_LOSS, StatusName.UNAVAILABLE)

    @pytest.mark.parametrize('code', sorted(_STATUSES))
    async def test_a_refused_upgrade_has_its_status_and_message(self, code: int) -> None:
        body = json.dumps({'error': {'message': f'the reason, with {KEY}'}}).encode()
        headers = {'Content-Type': 'application/json', 'Retry-After': '3'}
        error = await self.fail(echo, lambda _: (code, headers, body))
        assert error.status == _STATUSES[code]
        assert 'the reason' in error.message
        assert error.details['http_status'] == code
        assert error.details['retry_after_ms'] == 3000
        assert KEY not in ''.join(traceback.format_exception(error))

    async def test_a_redirect_is_not_followed(self) -> None:
        async with RealtimeServer(self.peer, echo) as elsewhere:
            error = await self.fail(echo, lambda _: (307, {'Location': f'{elsewhere.url}/x?key={KEY}'}, b''))
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
        def brain(_: Turn) -> Iterator[Move]:
            yield Fail('rate_limit_exceeded', f'too much, {KEY}')

        error = await self.fail(brain)
        assert 'too much' in error.message
        assert KEY not in error.message

    async def test_what_is_not_known_is_passed_over(self) -> None:
        def brain(turn: Turn) -> Iterator[Move]:
            yield Raw({'type': 'future.event', 'futureContent': {'a': [1]}})
            yield from echo(turn)
            yield Raw({'type': 'another', 'serverNote': None})

        async with self.talking(brain) as (ai, _, name):
            assert (await ai.generate(model=name, prompt='Hi')).text == 'You said: Hi'

    @pytest.mark.parametrize('strange', _STRANGE.values(), ids=_STRANGE.keys())
    async def test_what_is_no_object_is_an_error(self, strange: Any) -> None:
        def brain(_: Turn) -> Iterator[Move]:
            yield Raw(strange)

        error = await self.fail(brain)
        assert error.status in (StatusName.DATA_LOSS, StatusName.UNAVAILABLE)

    async def test_events_of_wrong_shapes_surprise_nobody(self) -> None:
        strange = self.misshapen()

        def brain(turn: Turn) -> Iterator[Move]:
            yield Raw(strange[turn.number - 1])
            yield from echo(turn)

        async with self.talking(brain) as (ai, _, name):
            for event in strange:
                try:
                    await ai.generate(model=name, prompt='Hi')
                except SURPRISES as surprise:
                    raise AssertionError(f'{event!r} led to {surprise!r}') from surprise
                except GenkitError:
                    continue  # which says what is wrong

    def misshapen(self) -> list[Any]:
        """Return events of the protocol with members that are not what they should be."""
        raise NotImplementedError

    async def test_a_message_that_is_too_large_is_an_error(self) -> None:
        def brain(_: Turn) -> Iterator[Move]:
            yield Raw({'type': 'large', 'filling': 'x' * (17 * 2**20)})

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

    async def test_a_part_that_it_does_not_take_is_refused(self) -> None:
        async with self.talking() as (ai, _, name), ai.generate_bidi(model=name) as conversation:
            await conversation.send(sound_part(b'ID3', 'audio/mpeg'))
            with pytest.raises(GenkitError) as raised:
                await conversation.output()
        assert raised.value.status == StatusName.INVALID_ARGUMENT

    @pytest.mark.parametrize('reads', [True, False])
    async def test_a_caller_who_leaves_leaves_nothing_behind(self, *, reads: bool) -> None:
        def brain(_: Turn) -> Iterator[Move]:
            yield Speak('Well')
            yield Pause()

        async with self.talking(brain) as (ai, server, name):
            server.reads = reads
            async with ai.generate_bidi(model=name) as conversation:
                await conversation.send('Hi')
                await anext(conversation.receive())
            server.turns = 0
            running = asyncio.create_task(ai.generate(model=name, prompt='Hi'))
            async with asyncio.timeout(_PATIENCE):
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

        async with self.talking(echo) as (ai, server, name), ai.generate_bidi(model=name) as conversation:
            heard = Heard(conversation)
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
            await Heard(conversation).until('turnComplete')
            async with asyncio.timeout(_PATIENCE):
                await ai.aclose()
            with pytest.raises(GenkitError) as raised:
                await conversation.output()
            assert raised.value.status == StatusName.CANCELLED

    async def test_a_long_conversation_with_all_that_can_happen_leaves_nothing_behind(self) -> None:
        turns = 50

        def brain(turn: Turn) -> Iterator[Move]:
            number = turn.said.rpartition(' ')[2]
            kind = int(number) % 5 if number.isdigit() else -1
            if turn.answers or kind in (0, 1, -1):
                yield from echo(turn)
            elif kind == 2:
                yield Call('weather', {'city': 'Oslo'}, f'call_{turn.number}')
            elif kind == 3:
                yield Speak('la la la la', seconds=30)
                yield Pause()
            elif kind == 4 and turn.number % 3 == 0:
                yield Cut()
            else:
                yield from echo(turn)

        async with self.talking(brain) as (ai, server, name):

            @ai.tool()
            async def weather(city: str) -> str:
                """Look outside."""
                return f'fine in {city}'

            async with ai.generate_bidi(model=name, tools=[weather]) as conversation:
                heard = Heard(conversation)
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

    async def _one_of_many(self, conversation: Any, heard: Heard, number: int) -> None:
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
            await conversation.interrupt(heard_ms=1000)
        if kind == 2:
            while not any(chunk.role == Role.TOOL for chunk in heard.chunks[-3:]):
                heard.chunks.append(await anext(conversation.receive()))
            while 'It is fine' not in ''.join(chunk.text for chunk in heard.chunks[-6:]):
                heard.chunks.append(await anext(conversation.receive()))
        await heard.until('turnComplete')


def sound(text: str, seconds: float = 0.0) -> MediaPart:
    """Return a text, or silence, as what a microphone gives."""
    return sound_part(spoken(text, seconds), 'audio/pcm;rate=24000')


def tool_message(part: Any) -> Any:
    """Return a tool's response as a message."""
    return Message(role=Role.TOOL, content=[part])


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    while not is_so():  # noqa: ASYNC110  (nothing says when)
        await asyncio.sleep(0)


async def heard_from(server: RealtimeServer) -> None:
    """Wait until what the provider has sent has come."""
    for _ in range(20):
        await asyncio.sleep(0)
    assert server.open_connections == 1


def open_sockets() -> int:
    """Return how many sockets this process has open."""
    count = 0
    for place in Path('/dev/fd').iterdir():
        with contextlib.suppress(OSError, ValueError):
            count += stat.S_ISSOCK(os.fstat(int(place.name)).st_mode)
    return count
