# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Conversations in Google's Live protocol."""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart
from genkit.plugin import ModelPlugin
from genkit.testing import (
    CallMove,
    CutMove,
    GeminiLivePeer,
    GoAwayMove,
    HeardConversation,
    PauseMove,
    RawMove,
    RealtimeContract,
    RealtimeMove,
    RealtimeServer,
    RealtimeTurn,
    SpeakMove,
    realtime_echo,
)
from genkit_google_genai import GoogleAI, LiveConfig, VertexAI
from genkit_google_genai.access import vertex_url
from google.genai.types import LiveClientMessage, LiveClientSetup, RealtimeInputConfig


class Setup(LiveClientSetup):
    """The library's type lacks a member that the library sends."""

    realtime_input_config: RealtimeInputConfig | None = None


class ClientMessage(LiveClientMessage):
    """A message of a client."""

    setup: Setup | None = None


class TestLive(RealtimeContract):
    peer = GeminiLivePeer
    event_type = ClientMessage
    text_config: ClassVar = {'response_modalities': ['TEXT']}
    voice = 'Kore'
    cancels_calls = True

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return GoogleAI(api_key=api_key, base_url=url)

    def key_of(self, headers: dict[str, str]) -> str | None:
        return headers.get('x-goog-api-key')

    def misshapen(self) -> list[Any]:
        values = (7, 'text', ['x'], [7], {'parts': 7}, {'text': 7}, {'parts': [{'inlineData': 7}]}, {'ids': 7})
        inner = ('modelTurn', 'inputTranscription', 'outputTranscription', 'interrupted')
        outer = (
            *('serverContent', 'toolCall', 'toolCallCancellation', 'usageMetadata', 'goAway', 'setupComplete'),
            *('sessionResumptionUpdate', 'voiceActivity', 'error'),
        )
        strange: list[Any] = [{name: value} for name in outer for value in values]
        strange += [{'serverContent': {name: value}} for name in inner for value in values]
        blob = {'mimeType': 'audio/pcm', 'data': '***'}
        strange += [{'serverContent': {'modelTurn': {'parts': [{'inlineData': blob}]}}}]
        blob = {'mimeType': 'audio/pcm;rate=0000', 'data': 'AAAA'}
        strange += [{'serverContent': {'modelTurn': {'parts': [{'inlineData': blob}]}}}]
        return [*strange, {}, {'toolCall': {'functionCalls': [{'name': 7, 'args': 7}]}}]


class Bearer:
    """Google credentials that are valid."""

    valid = True
    token = 'ya29.the-token'
    quota_project_id = 'quota-project'


def of_vertex(url: str, **options: Any) -> Genkit:
    plugin = VertexAI('a-project', 'europe-west1', credentials=cast('Any', Bearer()), base_url=url, **options)
    return Genkit(plugins=[plugin])


def of_google(url: str, api_key: str = 'the-key') -> Genkit:
    return Genkit(plugins=[GoogleAI(api_key=api_key, base_url=url)], model='googleai/gemini-3.8-live')


async def test_vertex_ai_is_reached_with_a_token_and_the_whole_name_of_the_model() -> None:
    async with RealtimeServer(GeminiLivePeer, realtime_echo) as server:
        ai = of_vertex(server.url)
        response = await ai.generate(model='vertexai/gemini-live-2.5-flash-native-audio', prompt='Hi')
    assert response.text == 'You said: Hi'
    assert server.paths == ['/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent']
    assert server.headers[0]['authorization'] == 'Bearer ya29.the-token'
    assert server.headers[0]['x-goog-user-project'] == 'quota-project'
    place = 'projects/a-project/locations/europe-west1/publishers/google/models'
    assert server.events[0]['setup']['model'] == f'{place}/gemini-live-2.5-flash-native-audio'


@pytest.mark.parametrize(
    ('location', 'url'),
    [
        ('global', 'https://aiplatform.googleapis.com'),
        ('us', 'https://aiplatform.us.rep.googleapis.com'),
        ('us-central1', 'https://us-central1-aiplatform.googleapis.com'),
        (None, 'https://aiplatform.googleapis.com'),
    ],
)
def test_vertex_ai_has_an_address_in_each_location(location: str | None, url: str) -> None:
    assert vertex_url(location) == url


async def test_a_token_for_a_short_time_is_sent_as_one() -> None:
    async with RealtimeServer(GeminiLivePeer, realtime_echo) as server:
        await of_google(server.url, 'auth_tokens/abc').generate(prompt='Hi')
    assert server.headers[0]['authorization'] == 'Token auth_tokens/abc'
    assert 'x-goog-api-key' not in server.headers[0]
    assert server.paths[0].endswith('.GenerativeService.BidiGenerateContentConstrained')


async def test_a_connection_that_is_to_end_is_left_as_soon_as_nobody_speaks() -> None:
    def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
        if turn.number == 2:
            yield GoAwayMove(50)
        yield from realtime_echo(turn)

    async with (
        RealtimeServer(GeminiLivePeer, brain) as server,
        of_google(server.url).generate_bidi() as conversation,
    ):
        heard = HeardConversation(conversation)
        for text in ('One', 'Two'):
            await conversation.send(text)
            if text == 'One':
                await heard.until('turnComplete')
        assert await heard.until('goingAway') == {'event': 'goingAway', 'seconds': 50}
        assert await heard.until('resumed') == {'event': 'resumed', 'reason': 'goingAway'}
        await conversation.send('Three')
        await conversation.close()
        await heard.all()
        response = await conversation.output()
    assert heard.events[:2] == ['turnComplete', 'goingAway']
    assert response.text == 'You said: Three'
    setups = [event['setup'] for event in server.events if 'setup' in event]
    assert [setup['sessionResumption'] for setup in setups] == [{}, {'handle': 'handle_1_4'}]
    assert list(server.heard[-1].conversation)[:2] == ['user: One', 'model: You said: One']


async def test_a_connection_is_left_before_its_time_is_up_even_in_the_middle_of_an_answer() -> None:
    def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
        if turn.number == 1:
            yield SpeakMove('You')
            yield GoAwayMove(1.05)
            yield PauseMove()
        yield from realtime_echo(turn)

    async with (
        RealtimeServer(GeminiLivePeer, brain) as server,
        of_google(server.url).generate_bidi() as conversation,
    ):
        heard = HeardConversation(conversation)
        await conversation.send('One')
        assert (await heard.until('resumed'))['restarted'] is True
        await conversation.close()
        await heard.all()
        response = await conversation.output()
    assert [message.text for message in response.messages] == ['One', 'You said: One']
    assert [turn.connection for turn in server.heard] == [1, 2]


@pytest.mark.parametrize(
    ('code', 'reason', 'status'),
    [
        (1008, 'models/x is not found for API version v1beta', 'NOT_FOUND'),
        (1008, 'API key not valid. Please pass a valid API key.', 'UNAUTHENTICATED'),
        (1007, 'Request contains an invalid argument.', 'INVALID_ARGUMENT'),
        (1011, 'You exceeded your current quota', 'RESOURCE_EXHAUSTED'),
        (1008, 'Something else', 'FAILED_PRECONDITION'),
    ],
)
async def test_a_closing_frame_says_what_was_wrong(code: int, reason: str, status: str) -> None:
    def brain(_: RealtimeTurn) -> Iterator[RealtimeMove]:
        yield CutMove(code, reason)

    async with RealtimeServer(GeminiLivePeer, brain) as server:
        with pytest.raises(GenkitError, match=reason.partition(' ')[0]) as raised:
            await of_google(server.url).generate(prompt='Hi')
    assert raised.value.status == status
    assert raised.value.details['websocket_code'] == code
    assert len(server.paths) == 1


async def test_tools_that_do_not_block_are_declared_and_scheduled() -> None:
    def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
        if turn.number == 1:
            yield CallMove('play', {'song': 'x'}, 'call_1')
        else:
            yield from realtime_echo(turn)

    config = LiveConfig(function_behavior='NON_BLOCKING', function_scheduling='WHEN_IDLE', google_search=True)
    async with RealtimeServer(GeminiLivePeer, brain) as server:
        ai = of_google(server.url)

        @ai.tool()
        async def play(song: str) -> dict[str, str]:
            """Play a song."""
            return {'song': song}

        async with ai.generate_bidi(tools=[play], config=config) as conversation:
            await conversation.send('Play x.')
            await conversation.close()
            assert (await conversation.output()).text
    tools = server.events[0]['setup']['tools']
    assert tools[0]['functionDeclarations'][0]['behavior'] == 'NON_BLOCKING'
    assert tools[1] == {'googleSearch': {}}
    [sent] = [event['toolResponse'] for event in server.events if 'toolResponse' in event]
    assert sent['functionResponses'][0]['scheduling'] == 'WHEN_IDLE'
    assert sent['functionResponses'][0]['response']['content'] == {'song': 'x'}


async def test_a_picture_is_shown_and_asks_for_nothing() -> None:
    picture = MediaPart(media=Media(url='data:image/png;base64,AAAA'))
    async with (
        RealtimeServer(GeminiLivePeer, realtime_echo) as server,
        of_google(server.url).generate_bidi() as conversation,
    ):
        await conversation.send(picture)
        await conversation.send('What is it?')
        await conversation.close()
        assert (await conversation.output()).text == 'You said: What is it?'
    assert server.events[1] == {'realtimeInput': {'video': {'mimeType': 'image/png', 'data': 'AAAA'}}}


async def test_thoughts_and_sources_are_passed_on() -> None:
    def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
        yield RawMove({'serverContent': {'modelTurn': {'parts': [{'text': 'Hm.', 'thought': True}]}}})
        yield RawMove({'serverContent': {'groundingMetadata': {'webSearchQueries': ['x']}}})
        yield from realtime_echo(turn)

    async with RealtimeServer(GeminiLivePeer, brain) as server:
        stream = of_google(server.url).generate_stream(prompt='Hi')
        assert ''.join([chunk.reasoning async for chunk in stream]) == 'Hm.'
        response = await stream.response
    assert response.custom['groundingMetadata'] == {'webSearchQueries': ['x']}


async def test_characters_in_halves_are_joined() -> None:
    def brain(_: RealtimeTurn) -> Iterator[RealtimeMove]:
        for half in ('\ud83d', '\ude00'):
            part = {'text': half, 'thought': True}
            yield RawMove({'serverContent': {'modelTurn': {'parts': [part]}, 'outputTranscription': {'text': half}}})
        yield RawMove({'serverContent': {'turnComplete': True}})

    async with RealtimeServer(GeminiLivePeer, brain) as server:
        stream = of_google(server.url).generate_stream(prompt='Hi')
        chunks = [chunk async for chunk in stream]
        assert (await stream.response).text == '😀'
    assert [''.join(chunk.text for chunk in chunks), ''.join(chunk.reasoning for chunk in chunks)] == ['😀', '😀']


async def test_a_call_that_comes_twice_is_made_once_and_ids_that_are_missing_differ() -> None:
    ran: list[str] = []

    def brain(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
        calls = [{'name': 'look', 'args': {'place': place}} for place in ('Oslo', 'Rome')]
        if turn.number == 1:
            yield CallMove('look', {'place': 'Bergen'}, 'one')
            yield RawMove({'toolCall': {'functionCalls': [{**calls[0], 'id': 'one'}, *calls]}})
        yield from realtime_echo(turn)

    async with RealtimeServer(GeminiLivePeer, brain) as server:
        ai = of_google(server.url)

        @ai.tool()
        async def look(place: str) -> str:
            """Look."""
            ran.append(place)
            return place

        async with ai.generate_bidi(tools=[look]) as conversation:
            await conversation.send('Hi')
            heard = HeardConversation(conversation)
            with pytest.raises(GenkitError):  # of the peer, which has not given these ids
                await heard.all()
    calls = [part.tool_request for chunk in heard.chunks for part in chunk.tool_requests]
    assert [(call.ref, call.input) for call in calls] == [
        ('one', 'Bergen'),
        ('call_1', 'Oslo'),
        ('call_2', 'Rome'),
    ]


async def test_options_are_sent_in_the_names_of_the_protocol() -> None:
    config = {
        'temperature': 0.5,
        'turnDetection': {'silence_duration_ms': 300},
        'contextWindowCompression': {'trigger_tokens': 100},
        'outputTranscription': False,
        'enable_affective_dialog': True,
    }
    async with (
        RealtimeServer(GeminiLivePeer, realtime_echo) as server,
        of_google(server.url).generate_bidi(config=config) as conversation,
    ):
        await conversation.close()
        await conversation.output()
    setup = server.events[0]['setup']
    assert setup['generationConfig'] == {
        'temperature': 0.5,
        'responseModalities': ['AUDIO'],
        'enableAffectiveDialog': True,
    }
    assert setup['realtimeInputConfig'] == {'automaticActivityDetection': {'silenceDurationMs': 300}}
    assert setup['contextWindowCompression'] == {'triggerTokens': 100}
    assert setup['inputAudioTranscription'] == {}
    assert 'outputAudioTranscription' not in setup
