# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents, speech, transcripts and vectors."""

import base64
from typing import Any

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart, TextPart
from genkit.testing import CannedAnswer, LoopbackServer
from genkit_mistral import Mistral
from mistralai.client.models import OCRRequest, SpeechRequest
from pydantic import BaseModel


PDF = MediaPart(media=Media(url='data:application/pdf;base64,AAAA'))
SOUND = MediaPart(media=Media(url='data:audio/mpeg;base64,AAAA'))


def _application(server: LoopbackServer) -> Genkit:
    return Genkit(plugins=[Mistral(api_key='k', base_url=server.url)])


def _page(index: int, markdown: str, *images: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {'index': index, 'markdown': markdown, 'images': list(images), 'dimensions': None, **more}


PAGES = [
    _page(0, '# One\n![img-0.jpeg](img-0.jpeg)', {'id': 'img-0.jpeg', 'image_base64': 'data:image/jpeg;base64,AAAA'}),
    _page(1, 'Two', {'id': 'img-1.png', 'image_base64': 'BBBB'}, {'id': 'img-2.png'}, header='Head'),
]
READ = {
    'pages': PAGES,
    'model': 'mistral-ocr-4-1',
    'usage_info': {'pages_processed': 2, 'doc_size_bytes': 99},
    'document_annotation': None,
}


async def test_a_document_becomes_text_and_images_page_by_page() -> None:
    with LoopbackServer(lambda _: CannedAnswer.of_json(READ)) as server:
        ai = _application(server)
        config = {'pages': [0, 1], 'imageLimit': 3, 'temperature': 1}
        response = await ai.generate(model='mistral/mistral-ocr-latest', prompt=[PDF], config=config)
        await ai.aclose()
    assert response.text == '# One\n![img-0.jpeg](img-0.jpeg)\n\nTwo'
    assert response.message is not None
    assert [type(part) for part in response.message.content] == [TextPart, MediaPart, TextPart, MediaPart]
    assert [part.media.url for part in response.media] == ['data:image/jpeg;base64,AAAA', 'data:image/png;base64,BBBB']
    assert response.media[0].metadata == {'id': 'img-0.jpeg', 'page': 0}
    assert response.message.content[2].metadata == {'page': 1, 'header': 'Head'}
    assert response.usage is not None
    assert response.usage.custom == {'pages': 2, 'documentBytes': 99}
    assert response.raw == READ
    [request] = server.requests
    assert (request.path, request.headers['authorization']) == ('/ocr', 'Bearer k')
    OCRRequest.model_validate(request.json)
    assert request.json == {
        'model': 'mistral-ocr-latest',
        'document': {'type': 'document_url', 'document_url': PDF.media.url},
        'include_image_base64': True,
        'pages': [0, 1],
        'image_limit': 3,
    }


class Invoice(BaseModel):
    total: float


async def test_a_schema_says_what_to_find_in_a_document() -> None:
    answer = CannedAnswer.of_json({**READ, 'document_annotation': '{"total": 7.5}'})
    image = MediaPart(media=Media(url='https://files.example/a.png'))
    with LoopbackServer(lambda _: answer) as server:
        ai = _application(server)
        asked: Any = {'model': 'mistral/mistral-ocr-latest', 'output_schema': Invoice}
        response = await ai.generate(**asked, prompt=[TextPart(text='In euros.'), image])
        await ai.generate(**asked, prompt=[image])
        await ai.aclose()
    assert response.output == Invoice(total=7.5)
    assert response.raw['pages'] == PAGES
    first, second = (request.json for request in server.requests)
    OCRRequest.model_validate(first)
    assert first['document'] == {'type': 'image_url', 'image_url': image.media.url}
    assert 'total' in first['document_annotation_format']['json_schema']['schema']['properties']
    assert first['document_annotation_prompt'] == 'In euros.'
    assert 'document_annotation_prompt' not in second


@pytest.mark.parametrize('prompt', [[TextPart(text='read')], [PDF, PDF]])
async def test_one_document_is_read_at_a_time(prompt: list[Any]) -> None:
    with LoopbackServer(lambda _: CannedAnswer.of_json(READ)) as server:
        ai = _application(server)
        with pytest.raises(GenkitError) as raised:
            await ai.generate(model='mistral/mistral-ocr-latest', prompt=prompt)
        await ai.aclose()
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert not server.requests


@pytest.mark.parametrize(
    ('body', 'status', 'says'),
    [
        ({'pages': 7}, 'INTERNAL', 'pages'),
        ({'pages': [{'markdown': 7}]}, 'INTERNAL', 'pages.markdown'),
        ({'pages': [_page(0, 'x', {'image_base64': 7})]}, 'INTERNAL', 'image_base64'),
        ({'detail': 'asleep'}, 'UNAVAILABLE', 'asleep'),
        ({}, 'UNAVAILABLE', '{}'),
    ],
)
async def test_what_is_no_page_is_an_error_that_names_the_member(body: Any, status: str, says: str) -> None:
    with LoopbackServer(lambda _: CannedAnswer.of_json(body)) as server:
        ai = _application(server)
        with pytest.raises(GenkitError) as raised:
            await ai.generate(model='mistral/mistral-ocr-latest', prompt=[PDF])
        await ai.aclose()
    assert raised.value.status == status
    assert says in raised.value.message


async def test_counts_that_are_none_and_pages_without_a_number_change_nothing() -> None:
    body = {'pages': [{'markdown': 'x'}], 'usage_info': 'many'}
    with LoopbackServer(lambda _: CannedAnswer.of_json(body)) as server:
        ai = _application(server)
        response = await ai.generate(model='mistral/mistral-ocr-latest', prompt=[PDF])
        await ai.aclose()
    assert response.text == 'x'


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def test_speech_has_the_voice_of_a_sound_beside_the_text() -> None:
    with LoopbackServer(lambda _: CannedAnswer.of_json({'audio_data': _b64(b'sound'), 'usage': None})) as server:
        ai = _application(server)
        config = {'responseFormat': 'pcm', 'temperature': 1, 'voice': None}
        response = await ai.generate(
            model='mistral/voxtral-mini-tts-latest', prompt=[TextPart(text='Ahoy'), SOUND], config=config
        )
        await ai.aclose()
    assert response.media[0].media.url == f'data:audio/pcm;base64,{_b64(b"sound")}'
    assert response.raw == {'contentType': 'audio/pcm', 'bytes': 5}
    SpeechRequest.model_validate(server.requests[0].json)
    assert server.requests[0].json == {
        'model': 'voxtral-mini-tts-latest',
        'input': 'Ahoy',
        'ref_audio': 'AAAA',
        'response_format': 'pcm',
    }


def _named(*events: dict[str, Any]) -> CannedAnswer:
    return CannedAnswer.of_events(events, end=None)


async def test_speech_is_heard_piece_by_piece() -> None:
    deltas = [{'type': 'speech.audio.delta', 'audio_data': _b64(piece)} for piece in (b'so', b'und')]
    end = {'type': 'speech.audio.done', 'usage': {'prompt_tokens': 1, 'completion_tokens': 2, 'total_tokens': 3}}
    with LoopbackServer(lambda _: _named(*deltas, end)) as server:
        ai = _application(server)
        stream = ai.generate_stream(model='mistral/voxtral-mini-tts-latest', prompt='Ahoy', config={'voice': 'v1'})
        chunks = [chunk async for chunk in stream]
        response = await stream.response
        await ai.aclose()
    heard = [part.media.url for chunk in chunks for part in chunk.content if isinstance(part, MediaPart)]
    assert heard == [f'data:audio/mpeg;base64,{_b64(piece)}' for piece in (b'so', b'und')]
    assert response.media[0].media.url == f'data:audio/mpeg;base64,{_b64(b"sound")}'
    assert response.usage is not None
    assert response.usage.total_tokens == 3
    assert (server.requests[0].json['stream'], server.requests[0].json['voice_id']) == (True, 'v1')


async def test_a_transcript_may_be_of_a_file_elsewhere_and_tells_who_spoke() -> None:
    told = {'model': 'm', 'text': 'Ahoy', 'language': 'en', 'segments': [{'text': 'Ahoy', 'speaker_id': 's1'}]}
    usage = {'prompt_audio_seconds': 2, 'prompt_tokens': 4, 'completion_tokens': 1, 'total_tokens': 5}
    sound = MediaPart(media=Media(url='https://files.example/a.mp3'))
    config = {
        'diarize': True,
        'contextBias': ['Oslo', 'Rome'],
        'speakerReferences': {'ada': 'AAAA'},
        'timestampGranularities': ['segment'],
        'temperature': 0.0,
    }
    with LoopbackServer(lambda _: CannedAnswer.of_json({**told, 'usage': usage})) as server:
        ai = _application(server)
        model = 'mistral/voxtral-small-transcribe-latest'
        response = await ai.generate(model=model, prompt=[sound], config=config)
        await ai.aclose()
    assert response.text == 'Ahoy'
    assert response.raw == {**told, 'usage': usage}
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.custom) == (4, {'audioSeconds': 2})
    body = server.requests[0].body.decode()
    assert body.count('name="context_bias"') == 2
    for field in ('name="file_url"', 'https://files.example/a.mp3', 'true', '{"ada": "AAAA"}', 'application/json'):
        assert field in body
    assert '[]' not in body
    assert server.requests[0].path == '/audio/transcriptions'


async def test_a_transcript_is_read_as_it_is_spoken() -> None:
    deltas = [{'type': 'transcription.text.delta', 'text': text} for text in ('A', 'hoy')]
    language = {'type': 'transcription.language', 'audio_language': 'en'}
    end = {'type': 'transcription.done', 'model': 'm', 'text': 'Ahoy', 'usage': {'prompt_tokens': 1}}
    with LoopbackServer(lambda _: _named(language, *deltas, end)) as server:
        ai = _application(server)
        stream = ai.generate_stream(model='mistral/voxtral-mini-transcribe-latest', prompt=[SOUND])
        chunks = [chunk.text async for chunk in stream]
        response = await stream.response
        await ai.aclose()
    assert chunks == ['A', 'hoy']
    assert response.text == 'Ahoy'
    assert response.raw['model'] == 'm'
    body = server.requests[0].body.decode()
    assert 'name="stream"' in body
    assert 'filename="sound.mp3"' in body


STREAMED = {
    'mistral/voxtral-mini-tts-latest': {'type': 'speech.audio.delta', 'audio_data': 'AAAA'},
    'mistral/voxtral-mini-transcribe-latest': {'type': 'transcription.text.delta', 'text': 'A'},
}


@pytest.mark.parametrize('model', STREAMED)
@pytest.mark.parametrize(
    ('events', 'status', 'says'),
    [
        ([...], 'DATA_LOSS', 'ends'),
        ([..., {'error': {'message': 'it broke', 'code': 503}}], 'UNAVAILABLE', 'it broke'),
        ([..., {'object': 'error', 'message': 'it broke'}], 'DATA_LOSS', 'it broke'),
        ([{'detail': 'asleep'}], 'UNAVAILABLE', 'asleep'),
        ([{'type': 'strange'}], 'UNAVAILABLE', 'strange'),
        ([], 'UNAVAILABLE', ''),
    ],
)
async def test_a_stream_of_media_that_fails_or_stops_is_an_error(
    model: str, events: list[Any], status: str, says: str
) -> None:
    answer = _named(*(STREAMED[model] if event is ... else event for event in events))
    with LoopbackServer(lambda _: answer) as server:
        ai = _application(server)
        with pytest.raises(GenkitError) as raised:
            await ai.generate_stream(model=model, prompt=[TextPart(text='x'), SOUND]).response
        await ai.aclose()
    assert raised.value.status == status
    assert says in raised.value.message


@pytest.mark.parametrize('body', [{'audio_data': 'é'}, {'audio_data': 7}, {'audio_data': ''}])
async def test_what_is_no_sound_is_an_error_that_names_the_member(body: dict[str, Any]) -> None:
    with LoopbackServer(lambda _: CannedAnswer.of_json(body)) as server:
        ai = _application(server)
        with pytest.raises(GenkitError, match='audio_data') as raised:
            await ai.generate(model='mistral/voxtral-mini-tts-latest', prompt='x')
        await ai.aclose()
    assert raised.value.status == 'INTERNAL'


async def test_vectors_may_be_shorter_and_of_another_type() -> None:
    answer = CannedAnswer.of_json({'data': [{'index': 0, 'embedding': [1, -2]}]})
    with LoopbackServer(lambda _: answer) as server:
        ai = _application(server)
        options = {'outputDimension': 2, 'outputDtype': 'int8'}
        found = await ai.embed('mistral/codestral-embed', 'x', options=options)
        await ai.aclose()
    assert found[0].embedding == [1.0, -2.0]
    assert server.requests[0].json == {
        'model': 'codestral-embed',
        'input': ['x'],
        'encoding_format': 'float',
        'output_dimension': 2,
        'output_dtype': 'int8',
    }
