# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings, images, speech and transcripts, over the protocol."""

import base64
import struct
import subprocess
import sys
from typing import Any

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart, TextPart
from genkit.testing import CannedAnswer, LoopbackServer
from genkit.types import Document
from genkit_compat_oai import OpenAI, OpenAICompatible
from genkit_compat_oai.embed import to_embeddings


def _application(server: LoopbackServer) -> Genkit:
    return Genkit(plugins=[OpenAI(api_key='sk-x', base_url=server.url)])


def _embeddings(request: Any) -> CannedAnswer:
    given = request.json['input']
    data = [{'object': 'embedding', 'index': n, 'embedding': [float(len(text)), 1.0]} for n, text in enumerate(given)]
    return CannedAnswer.of_json(
        {'object': 'list', 'model': 'm', 'data': data[::-1], 'usage': {'prompt_tokens': 1, 'total_tokens': 1}}
    )


async def test_texts_become_vectors_in_their_order() -> None:
    with LoopbackServer(_embeddings) as server:
        ai = _application(server)
        found = await ai.embed_many('openai/text-embedding-3-small', ['a', 'bbb'], options={'dimensions': 2})
        await ai.aclose()
    assert [embedding.embedding for embedding in found] == [[1.0, 1.0], [3.0, 1.0]]
    assert server.requests[0].json == {
        'model': 'text-embedding-3-small',
        'input': ['a', 'bbb'],
        'encoding_format': 'float',
        'dimensions': 2,
    }


async def test_more_texts_than_one_request_takes_are_sent_in_several() -> None:
    with LoopbackServer(_embeddings) as server:
        ai = _application(server)
        found = await ai.embed_many('openai/text-embedding-3-small', ['x' * (n % 7) for n in range(3000)])
        await ai.aclose()
    assert [len(request.json['input']) for request in server.requests] == [2048, 952]
    assert [embedding.embedding[0] for embedding in found] == [float(n % 7) for n in range(3000)]


async def test_an_image_to_embed_is_refused_before_anything_is_sent() -> None:
    with LoopbackServer(_embeddings) as server:
        ai = _application(server)
        with pytest.raises(GenkitError) as raised:
            await ai.embed('openai/text-embedding-3-small', Document.from_media('data:image/png;base64,AAAA'))
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert not server.requests


async def test_a_prompt_becomes_images() -> None:
    image = base64.b64encode(b'pixels').decode()
    usage = {
        'input_tokens': 3,
        'output_tokens': 4,
        'total_tokens': 7,
        'input_tokens_details': {'image_tokens': 0, 'text_tokens': 3},
    }
    answer = CannedAnswer.of_json({'created': 1, 'data': [{'b64_json': image}], 'usage': usage})
    with LoopbackServer(lambda _: answer) as server:
        ai = _application(server)
        response = await ai.generate(
            model='openai/gpt-image-2', prompt='a lighthouse', config={'size': '1024x1024', 'output_format': 'webp'}
        )
        await ai.aclose()
    assert [part.media.url for part in response.media] == [f'data:image/webp;base64,{image}']
    assert response.usage is not None
    assert response.usage.total_tokens == 7
    sent = server.requests[0].json
    assert (sent['model'], sent['prompt'], sent['size']) == ('gpt-image-2', 'a lighthouse', '1024x1024')


def _chat_answer(audio: Any) -> CannedAnswer:
    message = {'role': 'assistant', 'content': None, 'audio': audio}
    choice = {'index': 0, 'message': message, 'finish_reason': 'stop'}
    return CannedAnswer.of_json(
        {'id': '1', 'object': 'chat.completion', 'created': 1, 'model': 'm', 'choices': [choice]}
    )


def _chat_events(*audios: Any) -> CannedAnswer:
    head = {'id': '1', 'object': 'chat.completion.chunk', 'created': 1, 'model': 'm'}
    deltas = [{'index': 0, 'delta': {'audio': audio}, 'finish_reason': None} for audio in audios]
    ends = [{'index': 0, 'delta': {}, 'finish_reason': 'stop'}]
    return CannedAnswer.of_events([{**head, 'choices': [choice]} for choice in [*deltas, *ends]])


@pytest.mark.parametrize(('wanted', 'kind'), [('mp3', 'audio/mpeg'), ('pcm16', 'audio/L16'), ('wav', 'audio/wav')])
async def test_a_chat_model_that_speaks_says_in_what_format(wanted: str, kind: str) -> None:
    audio = {'id': 'a', 'data': base64.b64encode(b'sound').decode(), 'transcript': 'Ahoy', 'expires_at': 1}
    with LoopbackServer(lambda _: _chat_answer(audio)) as server:
        ai = _application(server)
        config = {'api': 'chat', 'modalities': ['text', 'audio'], 'audio': {'voice': 'ash', 'format': wanted}}
        response = await ai.generate(model='openai/gpt-audio', prompt='Greet', config=config)
        await ai.aclose()
    assert response.text == 'Ahoy'
    assert response.media[0].media.content_type == kind
    assert response.media[0].media.url == f'data:{kind};base64,{audio["data"]}'


async def test_a_stream_is_heard_piece_by_piece_and_as_a_whole() -> None:
    pieces = [b'so', b'und', b'!']
    audios = [{'id': 'a', 'transcript': 'A'}, {'transcript': 'hoy'}]
    audios += [{'data': base64.b64encode(piece).decode()} for piece in pieces]
    with LoopbackServer(lambda _: _chat_events(*audios, {'expires_at': 1})) as server:
        ai = _application(server)
        config = {'api': 'chat', 'modalities': ['text', 'audio'], 'audio': {'voice': 'ash', 'format': 'pcm16'}}
        stream = ai.generate_stream(model='openai/gpt-audio', prompt='Greet', config=config)
        chunks = [chunk async for chunk in stream]
        response = await stream.response
        await ai.aclose()
    assert [chunk.text for chunk in chunks if chunk.text] == ['A', 'hoy']
    heard = [
        part.media.url.partition(',')[2] for chunk in chunks for part in chunk.content if isinstance(part, MediaPart)
    ]
    assert [base64.b64decode(piece) for piece in heard] == pieces
    assert response.text == 'Ahoy'
    assert response.media[0].media.content_type == 'audio/L16'
    assert base64.b64decode(response.media[0].media.url.partition(',')[2]) == b'sound!'


async def test_text_becomes_speech() -> None:
    answer = CannedAnswer(b'sound', 200, {'content-type': 'audio/mpeg'})
    with LoopbackServer(lambda _: answer) as server:
        ai = _application(server)
        response = await ai.generate(model='openai/gpt-4o-mini-tts', prompt='Ahoy', config={'voice': 'verse'})
        await ai.aclose()
    assert response.media[0].media.content_type == 'audio/mpeg'
    assert base64.b64decode(response.media[0].media.url.partition(',')[2]) == b'sound'
    assert server.requests[0].json == {
        'model': 'gpt-4o-mini-tts',
        'input': 'Ahoy',
        'voice': 'verse',
        'response_format': 'mp3',
    }


async def test_speech_becomes_text_or_english() -> None:
    sound = MediaPart(media=Media(url='data:audio/wav;base64,AAAA'))
    with LoopbackServer(lambda _: CannedAnswer.of_json({'text': 'Ahoy'})) as server:
        ai = _application(server)
        for config in ({'language': 'de'}, {'translate': True}):
            response = await ai.generate(model='openai/whisper-1', prompt=[sound], config=config)
            assert response.text == 'Ahoy'
        with pytest.raises(GenkitError, match='no sound'):
            await ai.generate(model='openai/whisper-1', prompt=[TextPart(text='hm')])
        await ai.aclose()
    assert [request.path for request in server.requests] == ['/audio/transcriptions', '/audio/translations']
    assert b'sound.wav' in server.requests[0].body


async def test_an_address_alone_is_enough_for_an_unknown_provider() -> None:
    with LoopbackServer(_embeddings) as server:
        ai = Genkit(plugins=[OpenAICompatible(api_key='k', base_url=server.url, name='acme')])
        assert (await ai.embed('acme/my-embedding', 'ab'))[0].embedding == [2.0, 1.0]
        await ai.aclose()


def test_importing_the_plugin_loads_no_vendor_s_library() -> None:
    program = 'import sys, genkit_compat_oai; assert not {"openai", "httpx2"} & set(sys.modules)'
    subprocess.run([sys.executable, '-c', program], check=True)


@pytest.mark.parametrize(
    'config', [{'outputFormat': 'webp'}, {'output_format': 'webp'}, {'outputFormat': 'webp', 'temperature': 1}]
)
async def test_an_image_has_the_type_that_was_asked_for(config: dict[str, Any]) -> None:
    answer = {'created': 7, 'data': [{'b64_json': 'AAAA', 'revised_prompt': 'a tall lighthouse'}], 'size': '1024x1024'}
    with LoopbackServer(lambda _: CannedAnswer.of_json(answer)) as server:
        ai = _application(server)
        response = await ai.generate(model='openai/gpt-image-1', prompt='a lighthouse', config=config)
        await ai.aclose()
    sent = server.requests[0].json
    assert sent.keys() == {'model', 'prompt', 'output_format'}
    assert response.media[0].media.content_type == 'image/webp'
    assert (response.raw['created'], response.raw['size']) == (7, '1024x1024')
    assert response.raw['data'] == [{'revised_prompt': 'a tall lighthouse'}]


async def test_speech_has_the_format_that_was_asked_for() -> None:
    answer = CannedAnswer(b'sound', 200, {'content-type': 'audio/wav', 'x-request-id': 'r1'})
    with LoopbackServer(lambda _: answer) as server:
        ai = _application(server)
        config = {'responseFormat': 'wav', 'somethingNew': 1}
        response = await ai.generate(model='openai/gpt-4o-mini-tts', prompt='x', config=config)
        await ai.aclose()
    sent = server.requests[0].json
    assert (sent['response_format'], sent['somethingNew']) == ('wav', 1)
    assert response.media[0].media.content_type == 'audio/wav'
    assert response.raw == {'contentType': 'audio/wav', 'bytes': 5, 'requestId': 'r1'}


async def test_what_a_transcript_tells_beside_its_text_is_kept() -> None:
    told = {'text': 'Ahoy', 'duration': 1.5, 'words': [{'word': 'Ahoy', 'start': 0.0, 'end': 0.5}]}
    sound = MediaPart(media=Media(url='data:audio/wav;base64,AAAA'))
    with LoopbackServer(lambda _: CannedAnswer.of_json(told)) as server:
        ai = _application(server)
        config = {'responseFormat': 'verbose_json', 'timestampGranularities': ['word'], 'temperature': 0.5}
        response = await ai.generate(model='openai/whisper-1', prompt=[sound], config=config)
        await ai.aclose()
    body = server.requests[0].body
    assert all(name in body for name in (b'verbose_json', b'timestamp_granularities', b'temperature'))
    assert response.text == 'Ahoy'
    assert response.raw == told


async def test_further_options_of_an_embedder_are_sent() -> None:
    with LoopbackServer(_embeddings) as server:
        ai = _application(server)
        await ai.embed('openai/text-embedding-3-small', 'a', options={'input_type': 'query', 'truncateTo': 3})
        await ai.aclose()
    assert (server.requests[0].json['input_type'], server.requests[0].json['truncateTo']) == ('query', 3)


async def test_vectors_may_come_as_bytes() -> None:
    packed = base64.b64encode(struct.pack('<2f', 0.5, -2.0)).decode()
    answer = CannedAnswer.of_json({'data': [{'index': 0, 'embedding': packed}]})
    with LoopbackServer(lambda _: answer) as server:
        ai = _application(server)
        assert (await ai.embed('openai/text-embedding-3-small', 'a'))[0].embedding == [0.5, -2.0]
        await ai.aclose()


async def _use(ai: Genkit, model: str) -> None:
    """Ask a model for what it is for."""
    if 'embedding' in model:
        await ai.embed(f'openai/{model}', 'x')
    elif model == 'whisper-1':
        sound = MediaPart(media=Media(url='data:audio/wav;base64,AAAA'))
        await ai.generate(model=f'openai/{model}', prompt=[sound])
    else:
        await ai.generate(model=f'openai/{model}', prompt='x')


NO_ANSWERS = [
    (b'{"error":{"message":"no credits","code":402}}', 'RESOURCE_EXHAUSTED', 'no credits'),
    (b'{"detail":"not loaded"}', 'UNAVAILABLE', 'not loaded'),
    (b'<html><title>Sign in</title></html>', 'UNAVAILABLE', 'Sign in'),
    (b'', 'UNAVAILABLE', 'is empty'),
    (b'null', 'UNAVAILABLE', 'null'),
    (b'[]', 'UNAVAILABLE', '[]'),
]


@pytest.mark.parametrize(('body', 'status', 'text'), NO_ANSWERS)
@pytest.mark.parametrize('model', ['gpt-image-1', 'gpt-4o-mini-tts', 'whisper-1', 'text-embedding-3-small'])
async def test_what_is_no_answer_is_an_error_although_its_status_says_all_is_well(
    model: str, body: bytes, status: str, text: str
) -> None:
    kind = 'text/html' if body.startswith(b'<') else 'application/json'
    with LoopbackServer(lambda _: CannedAnswer(body, 200, {'content-type': kind})) as server:
        ai = _application(server)
        with pytest.raises(GenkitError) as raised:
            await _use(ai, model)
        await ai.aclose()
    assert raised.value.status == status
    assert text in raised.value.message


@pytest.mark.parametrize(
    ('model', 'answer', 'member'),
    [
        ('gpt-image-1', {'data': [{}]}, 'data'),
        ('gpt-image-1', {'data': []}, 'data'),
        ('gpt-image-1', {'data': 5}, 'data'),
        ('text-embedding-3-small', {'data': [{'embedding': 'é'}]}, 'embedding'),
        ('text-embedding-3-small', {'data': [{'embedding': []}]}, 'embedding'),
        ('text-embedding-3-small', {'data': [{}]}, 'embedding'),
        ('whisper-1', {'text': 5}, 'text'),
    ],
)
async def test_a_member_that_is_wrong_is_named(model: str, answer: dict[str, Any], member: str) -> None:
    with LoopbackServer(lambda _: CannedAnswer.of_json(answer)) as server:
        ai = _application(server)
        with pytest.raises(GenkitError, match=member):
            await _use(ai, model)
        await ai.aclose()


@pytest.mark.parametrize('places', [[-5, 0], [0, 7], [True, False], [0, None]])
async def test_vectors_whose_texts_cannot_be_told_are_an_error(places: list[Any]) -> None:
    found = [{'index': place, 'embedding': [1.0]} for place in places]
    with pytest.raises(GenkitError, match='which belongs to which'):
        to_embeddings({'data': found}, 2)


async def test_vectors_with_one_index_for_all_keep_their_order() -> None:
    found = [{'index': 0, 'embedding': [number]} for number in (2.0, 1.0)]
    assert [each.embedding for each in to_embeddings({'data': found}, 2)] == [[2.0], [1.0]]
