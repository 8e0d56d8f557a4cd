# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a model says: text, streams, structured output, media, reasoning, usage."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from typing import Any, Final, cast

import pytest
from pydantic_core import to_json

from genkit import (
    FinishReason,
    GenkitError,
    Media,
    MediaPart,
    Message,
    Role,
    StatusName,
    TextPart,
)
from genkit.testing.contracts.model.exchanges import Cat, Dog, ModelExchanges, Pet, Weather, reason_of
from genkit.testing.server import CannedAnswer, RecordedRequest
from genkit.testing.wires import Said, SaidCall
from genkit.types import ReasoningPart


_PIXEL: Final = (
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E'
    'rkJggg=='
)


class TextTests(ModelExchanges):
    """Of what comes back."""

    async def test_half_a_character_is_sent_whole_or_refused(self) -> None:
        async with self.serving(self.good()) as (ai, exchange, name):
            asking = ai.generate(model=name, prompt='half of it: \ud83d')
            (outcome,) = await asyncio.gather(asking, return_exceptions=True)
        if isinstance(outcome, BaseException):
            assert getattr(outcome, 'status', None) == StatusName.INVALID_ARGUMENT
            assert exchange.asked == []

    async def test_it_sends_the_prompt_and_returns_the_text(self) -> None:
        response, asked = await self.ask(Said(texts=['Hel', 'lo']), prompt='Grüße, 世界')
        assert response.text == 'Hello'
        assert response.finish_reason == FinishReason.STOP
        assert [(m.role, m.text) for m in asked.messages if m.role != 'system'] == [('user', 'Grüße, 世界')]
        assert asked.model == self.entry.name
        assert not asked.stream

    async def test_it_sends_instructions_and_history_in_their_roles_and_order(self) -> None:
        self.need('system_role')
        self.need('multiturn')
        history = [
            Message(role=Role.USER, content=[TextPart(text='one')]),
            Message(role=Role.MODEL, content=[TextPart(text='two')]),
        ]
        _, asked = await self.ask(Said(texts=['four']), system='be brief', messages=history, prompt='three')
        assert [(m.role, m.text) for m in asked.messages] == [
            ('system', 'be brief'),
            ('user', 'one'),
            ('model', 'two'),
            ('user', 'three'),
        ]

    async def test_several_texts_of_one_message_stay_one_message(self) -> None:
        _, asked = await self.ask(Said(texts=['ok']), prompt=[TextPart(text='a'), TextPart(text='b')])
        assert [m.text for m in asked.messages if m.role == 'user'] == ['ab']

    async def test_it_sends_the_common_options_and_keeps_falsy_ones(self) -> None:
        config = {'temperature': 0.0, 'max_output_tokens': 99, 'stop_sequences': ['END']}
        _, asked = await self.ask(Said(texts=['ok']), config=config)
        assert asked.options['temperature'] == 0.0
        assert asked.options['max_tokens'] == 99
        if self.takes_stop:
            assert asked.options['stop'] == ['END']

    async def test_a_version_replaces_the_name_of_the_model(self) -> None:
        _, asked = await self.ask(Said(texts=['ok']), config={'version': 'a-version-of-it'})
        assert asked.model == 'a-version-of-it'

    async def test_an_unknown_model_passes_through(self) -> None:
        async with self.serving(Said(texts=['ok'])) as (ai, exchange, name):
            plugin = name.partition('/')[0]
            response = await ai.generate(model=f'{plugin}/a-model/from:tomorrow', prompt='hi')
        assert response.text == 'ok'
        assert exchange.asked[0].model == 'a-model/from:tomorrow'

    async def test_an_empty_answer_is_an_answer_without_text(self) -> None:
        response, _ = await self.ask(Said(texts=['']))
        assert response.text == ''

    async def test_equal_requests_have_equal_bytes_and_a_longer_conversation_begins_with_the_shorter(self) -> None:
        async with self.serving(Said(texts=['two'])) as (ai, exchange, name):
            first = await ai.generate(model=name, prompt='one', system='be brief')
            await ai.generate(model=name, prompt='one', system='be brief')
            await ai.generate(model=name, messages=first.messages, prompt='three')
        assert exchange.bodies[0] == exchange.bodies[1]
        shorter, longer = exchange.asked[0].messages, exchange.asked[2].messages
        assert list(longer[: len(shorter)]) == list(shorter)

    async def test_a_stream_gives_every_piece_in_order_and_then_the_whole(self) -> None:
        pieces = ['Grü', 'ße', ', ', '世', '界']
        response, chunks, asked = await self.ask_streaming(Said(texts=pieces))
        assert asked.stream
        assert [chunk.text for chunk in chunks if chunk.text] == pieces
        assert response.text == ''.join(pieces)
        assert response.finish_reason == FinishReason.STOP
        assert response.usage is not None
        assert (response.usage.input_tokens, response.usage.output_tokens) == (11, 7)

    async def test_the_raw_answer_is_kept_and_a_stream_has_the_same(self) -> None:
        has_tools = self.entry.supports.tools
        said = Said(texts=['Hel', 'lo'], calls=[SaidCall('weather', '{"city":"Oslo"}')] if has_tools else [])
        async with self.serving(said) as (ai, _, name):
            tools = [self.weather(ai, [])] if has_tools else None
            asked: Any = {'model': name, 'prompt': 'hi', 'tools': tools, 'return_tool_requests': True}
            whole = await ai.generate(**asked)
            streamed = await ai.generate_stream(**asked).response
        assert whole.raw
        assert _significant(streamed.raw) == _significant(whole.raw)

    async def test_a_stream_that_breaks_off_is_an_error_after_its_chunks(self) -> None:
        chunks: list[Any] = []
        async with self.serving(Said(texts=['piece'] * 20, cut=True)) as (ai, _, name):
            with pytest.raises(GenkitError) as raised:
                await ai.generate(model=name, prompt='hi', on_chunk=chunks.append)
        assert raised.value.status == StatusName.UNAVAILABLE
        assert chunks

    async def test_cancelling_a_stream_closes_the_connection(self) -> None:
        closed = threading.Event()
        frames = list(self.wire.stream(Said(texts=['piece'])).body)[:2]

        def endless() -> Iterator[Any]:
            try:
                while True:
                    yield from frames
                    time.sleep(0.005)
            finally:
                closed.set()

        answer = CannedAnswer(endless(), 200, self.wire.stream(Said()).headers)
        async with self.serving(answer) as (ai, _, name):
            async with ai.generate_stream(model=name, prompt='hi') as stream:
                await anext(stream)
            assert await asyncio.to_thread(closed.wait, self.patience)

    async def test_it_holds_the_answer_to_a_schema(self) -> None:
        self.need('constrained')
        said = Said(texts=['{"city":"Oslo",', '"degrees":3}'])
        response, asked = await self.ask(said, output_schema=Weather)
        assert response.output == Weather(city='Oslo', degrees=3)
        assert set(asked.schema['properties']) == {'city', 'degrees'}
        streamed, chunks, _ = await self.ask_streaming(said, output_schema=Weather)
        assert streamed.output == Weather(city='Oslo', degrees=3)
        assert ''.join(chunk.text for chunk in chunks) == said.text

    async def test_it_holds_the_answer_to_a_list_of_alternatives(self) -> None:
        self.need('constrained')
        pets = [Cat(kind='cat', lives=9), Dog(kind='dog', name='Rex [{')]
        value = to_json(pets).decode()

        def conforming(request: RecordedRequest) -> Said:
            held: dict[str, Any] = self.wire.asked(request).schema or {}
            member = next(iter(held.get('properties', ())), None)
            text = value if member is None else f'{{"{member}": {value} }}'
            return Said(texts=[text[:3], text[3:20], text[20:-1], text[-1:]])

        async with self.serving(conforming) as (ai, _, name):
            response = await ai.generate(model=name, prompt='hi', output_schema=list[Pet])
            stream = ai.generate_stream(model=name, prompt='hi', output_schema=list[Pet])
            chunks = [chunk async for chunk in stream]
            streamed = await stream.response
        assert (response.text, response.output) == (value, pets)
        assert (streamed.text, streamed.output) == (value, pets)
        assert ''.join(chunk.text for chunk in chunks) == value

    async def test_it_holds_the_answer_to_a_schema_beside_tools(self) -> None:
        self.need('constrained')
        self.need('json-with-tools')
        async with self.serving(
            Said(calls=[SaidCall('weather', '{"city":"Oslo"}')]), Said(texts=['{"city":"Oslo","degrees":3}'])
        ) as (ai, exchange, name):
            tools = [self.weather(ai, [])]
            response = await ai.generate(model=name, prompt='hi', tools=tools, output_schema=Weather)
        assert response.output == Weather(city='Oslo', degrees=3)
        assert all(asked.schema is not None and asked.tools for asked in exchange.asked)

    async def test_it_sends_images(self) -> None:
        self.need('media')
        image = MediaPart(media=Media(url=_PIXEL, content_type='image/png'))
        _, asked = await self.ask(Said(texts=['a dot']), prompt=[TextPart(text='what is this?'), image])
        (message,) = [m for m in asked.messages if m.role == 'user']
        assert (message.text, list(message.media)) == ('what is this?', ['image/png'])

    async def test_media_of_a_type_that_nobody_takes_are_refused_by_name(self) -> None:
        medium = MediaPart(media=Media(url='data:application/x-unheard-of;base64,AAAA'))
        error = await self.fail(self.wire.answer(Said(texts=['ok'])), prompt=[medium])
        assert error.status == StatusName.INVALID_ARGUMENT
        assert 'application/x-unheard-of' in error.message

    async def test_reasoning_is_kept_apart_from_the_text(self) -> None:
        self.need('reasoning')
        said = Said(thoughts=['Let me ', 'think.'], texts=['42'], thoughts_tokens=5)
        response, _ = await self.ask(said)
        assert (response.reasoning, response.text) == ('Let me think.', '42')
        streamed, chunks, _ = await self.ask_streaming(said)
        assert (streamed.reasoning, streamed.text) == ('Let me think.', '42')
        assert ''.join(chunk.reasoning for chunk in chunks) == 'Let me think.'
        assert isinstance(streamed.message.content[0] if streamed.message else None, ReasoningPart)

    async def test_it_reports_what_was_consumed(self) -> None:
        said = Said(texts=['ok'], cached_tokens=4, thoughts_tokens=2)
        usage = (await self.ask(said))[0].usage
        assert usage is not None
        assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (11, 7, 18)
        if 'prompt-caching' in self.entry.extras:
            assert usage.cached_content_tokens == 4
        if 'reasoning' in self.entry.extras and self.counts_thoughts:
            assert usage.thoughts_tokens == 2

    @pytest.mark.parametrize('word', ['length', 'blocked'])
    async def test_it_says_why_an_answer_ended(self, word: str) -> None:
        if word == 'blocked' and not self.says_blocked:
            pytest.skip('the protocol has no word for it')
        said = Said(texts=['half'], finish=word)
        async with self.serving(said) as (ai, _, name):
            plain: Any = await reason_of(lambda: ai.generate(model=name, prompt='hi'))
        async with self.serving(said) as (ai, _, name):
            streamed: Any = await reason_of(lambda: ai.generate(model=name, prompt='hi', on_chunk=lambda _: None))
        assert (plain, streamed) == (word, word)

    async def test_a_failure_before_a_stream_is_the_same_failure(self) -> None:
        async with self.serving(self.wire.error(429, 'slow down', {'retry-after': '7'})) as (ai, _, name):
            with pytest.raises(GenkitError) as raised:
                await ai.generate_stream(model=name, prompt='hi').response
        assert raised.value.status == StatusName.RESOURCE_EXHAUSTED
        assert raised.value.details['retry_after_ms'] == 7000


def _significant(value: Any) -> Any:
    """Return an answer without what says nothing, and with JSON in its texts as data."""
    if isinstance(value, dict):
        members = {name: _significant(member) for name, member in cast('dict[str, Any]', value).items()}
        return {name: member for name, member in members.items() if member not in (None, [], {}, '')}
    if isinstance(value, list):
        return [_significant(each) for each in cast('list[Any]', value)]
    return json.loads(value) if isinstance(value, str) and value.startswith('{') else value
