# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Conversations in OpenAI's Realtime protocol."""

import io
import json
import traceback
import wave
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart
from genkit.plugin import ModelPlugin, sound_part
from genkit.testing import (
    CallMove,
    CannedAnswer,
    GoAwayMove,
    HeardConversation,
    LoopbackServer,
    OpenAIRealtimePeer,
    RawMove,
    RealtimeContract,
    RealtimeMove,
    RealtimeServer,
    RealtimeTurn,
    RecordedRequest,
    SpeakMove,
    realtime_echo,
    sound_as_text,
    text_as_sound,
)
from genkit_compat_oai import OpenAI
from openai.types.realtime import RealtimeClientEventParam


class TestRealtime(RealtimeContract):
    peer = OpenAIRealtimePeer
    event_type = RealtimeClientEventParam
    text_config: ClassVar = {'modalities': ['text']}

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return OpenAI(api_key=api_key, base_url=url)

    def key_of(self, headers: dict[str, str]) -> str | None:
        return headers.get('authorization', '').removeprefix('Bearer ') or None

    def misshapen(self) -> list[Any]:
        kinds = (
            *('session.created', 'session.updated', 'error', 'input_audio_buffer.committed', 'response.created'),
            *('response.output_text.delta', 'response.output_audio.delta', 'response.output_audio_transcript.delta'),
            *('response.output_item.done', 'response.done', 'conversation.item.added'),
            *('conversation.item.input_audio_transcription.delta', 'input_audio_buffer.speech_started'),
            *('conversation.item.input_audio_transcription.completed',),
        )
        values = (None, 7, 'text', ['x'], {'id': 7}, {'item': {'type': 'function_call', 'arguments': 7}})
        names = ('item', 'response', 'delta', 'item_id', 'transcript', 'error', 'session')
        strange = [{'type': kind, **dict.fromkeys(names, value)} for kind in kinds for value in values]
        return [*strange, {'type': 7}, {}, {'type': None, 'delta': 'x'}]


def sound(text: str, seconds: float = 0.0) -> MediaPart:
    return sound_part(text_as_sound(text, seconds), 'audio/pcm;rate=24000')


def of_openai(url: str) -> Genkit:
    return Genkit(plugins=[OpenAI(api_key='the-key', base_url=url)], model='openai/gpt-realtime-2.1')


def sent(server: RealtimeServer, kind: str) -> list[dict[str, Any]]:
    return [event for event in server.events if event['type'] == kind]


async def test_the_model_is_part_of_the_address_and_unlisted_ones_are_found_by_their_family() -> None:
    async with RealtimeServer(OpenAIRealtimePeer, realtime_echo) as server:
        await of_openai(server.url).generate(model='openai/gpt-realtime-9-mini', prompt='Hi')
    assert server.paths == ['/realtime?model=gpt-realtime-9-mini']
    assert 'genkit' in server.headers[0]['x-genkit-client']


async def test_a_session_that_has_expired_is_followed_by_another_that_knows_the_conversation() -> None:
    def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
        if turn.number == 2:
            yield GoAwayMove(0)
        yield from realtime_echo(turn)

    async with (
        RealtimeServer(OpenAIRealtimePeer, brain) as server,
        of_openai(server.url).generate_bidi(system='Be kind.') as conversation,
    ):
        heard = HeardConversation(conversation)
        await conversation.send('One')
        await heard.until('turnComplete')
        await conversation.send('Two')
        await heard.until('goingAway')
        assert (await heard.until('resumed'))['restarted'] is True
        await conversation.close()
        await heard.all()
        assert (await conversation.output()).text == 'You said: Two'
    assert list(server.heard[-1].conversation) == ['user: One', 'assistant: You said: One', 'user: Two']
    sessions = [event['session']['instructions'] for event in sent(server, 'session.update')]
    assert sessions == ['Be kind.', 'Be kind.']


async def test_calls_whose_arguments_were_cut_off_do_not_run() -> None:
    def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
        call = {'type': 'function_call', 'name': 'remove', 'call_id': 'call_1', 'arguments': '{"path": "/da'}
        for status in ('incomplete', 'in_progress'):
            yield RawMove({'type': 'response.output_item.done', 'item': {**call, 'id': 'item_x', 'status': status}})
        yield RawMove({'type': 'response.function_call_arguments.done', 'arguments': '{}', 'call_id': 'call_1'})
        yield from realtime_echo(turn)

    async with RealtimeServer(OpenAIRealtimePeer, brain) as server:
        ai = of_openai(server.url)

        @ai.tool()
        async def remove(path: str) -> str:
            """Remove."""
            raise AssertionError(path)

        assert (await ai.generate(prompt='Hi', tools=[remove])).text == 'You said: Hi'


async def test_characters_in_halves_are_joined() -> None:
    def brain(_: RealtimeTurn) -> Iterator[RealtimeMove]:
        for half in ('\ud83d', '\ude00'):
            yield RawMove({'type': 'response.output_audio_transcript.delta', 'item_id': 'x', 'delta': half})

    async with RealtimeServer(OpenAIRealtimePeer, brain) as server:
        stream = of_openai(server.url).generate_stream(prompt='Hi')
        assert ''.join([chunk.text async for chunk in stream]) == '😀'
        assert (await stream.response).text == '😀'


async def test_no_error_repeats_the_key() -> None:
    def brain(_: RealtimeTurn) -> Iterator[RealtimeMove]:
        yield RawMove({'type': 'response.output_audio.delta', 'item_id': 'x', 'delta': '*the-key-itself*'})

    async with RealtimeServer(OpenAIRealtimePeer, brain) as server:
        ai = Genkit(plugins=[OpenAI(api_key='the-key-itself', base_url=server.url)], model='openai/gpt-realtime-2.1')
        with pytest.raises(GenkitError, match='base64') as raised:
            await ai.generate(prompt='Hi')
    assert 'the-key-itself' not in ''.join(traceback.format_exception(raised.value))


async def test_a_call_that_comes_twice_is_made_once_and_one_without_an_id_is_an_error() -> None:
    def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
        call = {'type': 'function_call', 'name': 'look', 'call_id': 'call_1', 'arguments': '{"place": "Oslo"}'}
        if turn.number == 1:
            yield CallMove('look', {'place': 'Oslo'}, 'call_1')
            yield RawMove({'type': 'response.output_item.done', 'item': {**call, 'id': 'x', 'status': 'completed'}})
        elif turn.number == 2:
            yield RawMove({'type': 'response.output_item.done', 'item': {**call, 'id': 'x', 'call_id': None}})
        else:
            yield from realtime_echo(turn)

    async with RealtimeServer(OpenAIRealtimePeer, brain) as server:
        ai = of_openai(server.url)
        ran: list[str] = []

        @ai.tool()
        async def look(place: str) -> str:
            """Look."""
            ran.append(place)
            return place

        async with ai.generate_bidi(tools=[look]) as conversation:
            await conversation.send('Hi')
            with pytest.raises(GenkitError, match='call_id'):
                await HeardConversation(conversation).all()
    assert ran == ['Oslo']


async def test_an_answer_is_asked_for_once_all_tools_have_answered() -> None:
    def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
        if turn.number == 1:
            yield CallMove('look', {'place': 'Oslo'}, 'call_1')
            yield CallMove('look', {'place': 'Rome'}, 'call_2')
        else:
            yield from realtime_echo(turn)

    async with RealtimeServer(OpenAIRealtimePeer, brain) as server:
        ai = of_openai(server.url)

        @ai.tool()
        async def look(place: str) -> str:
            """Look."""
            return f'fine in {place}'

        async with ai.generate_bidi(tools=[look]) as conversation:
            await conversation.send('How is it?')
            await conversation.close()
            assert (await conversation.output()).text == 'It is fine in Oslo, fine in Rome.'
    assert len(sent(server, 'response.create')) == 2
    assert server.turns == 2


async def test_what_was_not_played_is_cut_from_the_providers_conversation() -> None:
    def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
        if turn.number == 1:
            yield SpeakMove('la la la la', seconds=10)
        else:
            yield from realtime_echo(turn)

    async with (
        RealtimeServer(OpenAIRealtimePeer, brain) as server,
        of_openai(server.url).generate_bidi() as conversation,
    ):
        heard = HeardConversation(conversation)
        await conversation.send('Sing.')
        await heard.until('turnComplete')
        await conversation.send(sound('Stop.'))
        assert (await heard.until('interrupted'))['heardMs'] < 10_000
        await conversation.send(sound('', 0.6))
        await conversation.close()
        await heard.all()
    [cut] = sent(server, 'conversation.item.truncate')
    assert cut['audio_end_ms'] < 10_000
    assert server.heard[-1].conversation[1].startswith('assistant: (heard ')


async def test_a_response_that_failed_is_an_error() -> None:
    def brain(_: RealtimeTurn) -> Iterator[RealtimeMove]:
        error = {'type': 'server_error', 'code': 'rate_limit_exceeded', 'message': 'slower, please'}
        details = {'type': 'failed', 'error': error}
        yield RawMove({'type': 'response.done', 'response': {'status': 'failed', 'status_details': details}})

    async with RealtimeServer(OpenAIRealtimePeer, brain) as server:
        with pytest.raises(GenkitError, match='slower, please') as raised:
            await of_openai(server.url).generate(prompt='Hi')
    assert raised.value.status == 'RESOURCE_EXHAUSTED'


async def test_sound_of_another_rate_is_refused_and_a_wav_file_is_taken() -> None:
    packed = io.BytesIO()
    with wave.open(packed, 'wb') as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(text_as_sound('Hello?'))
    async with RealtimeServer(OpenAIRealtimePeer, realtime_echo) as server:
        ai = of_openai(server.url)
        with pytest.raises(GenkitError, match=r'audio/pcm of 16000 Hz.*24000 Hz') as raised:
            await ai.generate(prompt=[sound_part(b'1234', 'audio/pcm;rate=16000')])
        assert raised.value.status == 'INVALID_ARGUMENT'
        response = await ai.generate(prompt=[sound_part(packed.getvalue(), 'audio/wav')])
    assert response.text == 'You said: Hello?'


async def test_sound_of_telephones_is_sent_as_it_is() -> None:
    config = {'input_audio_format': 'audio/pcmu', 'output_audio_format': 'audio/pcmu', 'turn_detection': False}
    async with (
        RealtimeServer(OpenAIRealtimePeer, realtime_echo) as server,
        of_openai(server.url).generate_bidi(config=config) as conversation,
    ):
        await conversation.send(sound_part(text_as_sound('Hello?'), 'audio/pcmu'))
        await conversation.close()
        assert (await conversation.output()).text == 'You said: Hello?'
    audio = server.events[0]['session']['audio']
    assert audio['input']['format'] == audio['output']['format'] == {'type': 'audio/pcmu'}


async def test_a_picture_waits_for_a_question() -> None:
    picture = MediaPart(media=Media(url='data:image/png;base64,AAAA'))
    async with (
        RealtimeServer(OpenAIRealtimePeer, realtime_echo) as server,
        of_openai(server.url).generate_bidi() as conversation,
    ):
        await conversation.send(picture)
        await conversation.send('What is it?')
        await conversation.close()
        await conversation.output()
    item = sent(server, 'conversation.item.create')[0]['item']
    assert item['content'] == [{'type': 'input_image', 'image_url': 'data:image/png;base64,AAAA'}]
    assert server.turns == 1


async def test_an_answer_may_have_to_be_asked_for() -> None:
    config = {'turn_detection': {'type': 'semantic_vad', 'create_response': False}, 'inputTranscription': 'whisper-1'}
    async with (
        RealtimeServer(OpenAIRealtimePeer, realtime_echo) as server,
        of_openai(server.url).generate_bidi(config=config) as conversation,
    ):
        await conversation.send('Hi')
        await HeardConversation(conversation).until('turnComplete')
        await conversation.end_turn()
        await HeardConversation(conversation).until('turnComplete')
        await conversation.close()
        await conversation.output()
    hears = server.events[0]['session']['audio']['input']
    assert hears['turn_detection'] == config['turn_detection']
    assert hears['transcription'] == {'model': 'whisper-1'}
    assert len(sent(server, 'response.create')) == 2


async def test_a_transcript_that_failed_is_told() -> None:
    def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
        kind = 'conversation.item.input_audio_transcription.failed'
        yield RawMove({'type': kind, 'item_id': 'x', 'error': {'message': 'too quiet'}})
        yield from realtime_echo(turn)

    async with RealtimeServer(OpenAIRealtimePeer, brain) as server:
        stream = of_openai(server.url).generate_stream(prompt='Hi')
        facts = [chunk.custom async for chunk in stream if chunk.custom]
    assert facts[0] == {'event': 'transcriptionFailed', 'reason': 'too quiet'}


async def test_another_program_gets_a_key_for_one_conversation() -> None:
    def answer(_: RecordedRequest) -> CannedAnswer:
        session = {'type': 'realtime', 'object': 'realtime.session', 'id': 'sess_1'}
        return CannedAnswer.of_json({'value': 'ek_short', 'expires_at': 1, 'session': session})

    with LoopbackServer(answer) as server:
        plugin = OpenAI(api_key='the-key', base_url=server.url)
        key = await plugin.client_secret('openai/gpt-realtime-2.1', {'voice': 'marin'}, seconds=60)
        await plugin.aclose()
    assert key == 'ek_short'
    [request] = server.requests
    assert request.path == '/realtime/client_secrets'
    assert request.headers['authorization'] == 'Bearer the-key'
    body = json.loads(request.body)
    assert body['session']['model'] == 'gpt-realtime-2.1'
    assert body['session']['audio']['output']['voice'] == 'marin'
    assert body['expires_after'] == {'anchor': 'created_at', 'seconds': 60}


def test_sound_of_the_stand_in_can_be_read() -> None:
    assert sound_as_text(text_as_sound('Grüß Gott', 1)) == 'Grüß Gott'
