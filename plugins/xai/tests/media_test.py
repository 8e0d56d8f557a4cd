# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Images, videos, speech and transcripts."""

from decimal import Decimal
from typing import Any

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart, TextPart
from genkit.testing import CannedAnswer, LoopbackServer
from genkit.types import GenerateResponse
from genkit_xai import XAI
from genkit_xai.testing import XAIVideoWire


IMAGE = MediaPart(media=Media(url='data:image/png;base64,AAAA'))
VIDEO = MediaPart(media=Media(url='https://files.example/a.mp4', content_type='video/mp4'))
SOUND = MediaPart(media=Media(url='data:audio/mpeg;base64,AAAA'))
TEXT = TextPart(text='a lighthouse')


def _application(server: LoopbackServer) -> Genkit:
    return Genkit(plugins=[XAI(api_key='k', base_url=server.url)])


DRAWN = {
    'data': [{'b64_json': 'AAAA', 'mime_type': 'image/webp', 'revised_prompt': ''}, {'url': 'https://x.example/i'}]
}


@pytest.mark.parametrize(
    ('images', 'path', 'given'),
    [
        ([], '/images/generations', {}),
        ([IMAGE], '/images/edits', {'image': {'type': 'image_url', 'url': IMAGE.media.url}}),
        ([IMAGE, IMAGE], '/images/edits', {'images': [{'type': 'image_url', 'url': IMAGE.media.url}] * 2}),
    ],
)
async def test_images_are_made_or_changed(images: list[MediaPart], path: str, given: dict[str, Any]) -> None:
    answer = {**DRAWN, 'usage': {'cost_in_usd_ticks': 200_000_000}}
    with LoopbackServer(lambda _: CannedAnswer.of_json(answer)) as server:
        ai = _application(server)
        config = {'aspectRatio': '16:9', 'resolution': '2k', 'temperature': 1}
        response = await ai.generate(model='xai/grok-imagine-image', prompt=[TEXT, *images], config=config)
        await ai.aclose()
    assert [part.media.url for part in response.media] == ['data:image/webp;base64,AAAA', 'https://x.example/i']
    assert [part.media.content_type for part in response.media] == ['image/webp', 'image/jpeg']
    assert response.cost == Decimal('0.02')
    [request] = server.requests
    assert request.path == path
    assert request.json == {
        'model': 'grok-imagine-image',
        'prompt': 'a lighthouse',
        'response_format': 'b64_json',
        'aspect_ratio': '16:9',
        'resolution': '2k',
        **given,
    }


async def test_an_image_may_come_as_a_data_url() -> None:
    answer = CannedAnswer.of_json({'data': [{'b64_json': 'data:image/png;base64,AAAA'}]})
    with LoopbackServer(lambda _: answer) as server:
        ai = _application(server)
        response = await ai.generate(model='xai/grok-2-image', prompt='a lighthouse')
        await ai.aclose()
    assert response.media[0].media.url == 'data:image/png;base64,AAAA'


@pytest.mark.parametrize(
    ('media', 'config', 'path', 'given'),
    [
        ([], {'generateAudio': False}, '/videos/generations', {'generate_audio': False}),
        ([IMAGE], {}, '/videos/generations', {'image': {'url': IMAGE.media.url}}),
        (
            [IMAGE, IMAGE, SOUND],
            {},
            '/videos/generations',
            {'reference_images': [{'url': IMAGE.media.url}] * 2, 'reference_audios': [{'url': SOUND.media.url}]},
        ),
        ([VIDEO], {}, '/videos/edits', {'video': {'url': VIDEO.media.url}}),
        ([VIDEO], {'extend': True, 'duration': 6}, '/videos/extensions', {'video': {'url': VIDEO.media.url}}),
    ],
)
async def test_a_video_is_made_changed_or_continued(
    media: list[MediaPart], config: dict[str, Any], path: str, given: dict[str, Any]
) -> None:
    with LoopbackServer(lambda _: XAIVideoWire().running()) as server:
        ai = _application(server)
        operation = await ai.generate_operation(
            model='xai/grok-imagine-video', prompt=[TEXT, *media], config={'version': 'v2', 'topK': 1, **config}
        )
        await ai.check_operation(operation)
        await ai.aclose()
    begun, checked = server.requests
    duration = {'duration': 6} if 'duration' in config else {}
    assert begun.path == path
    assert begun.json == {'model': 'v2', 'prompt': 'a lighthouse', **given, **duration}
    assert (checked.path, checked.method) == ('/videos/a%2Fvideo', 'GET')


async def _checked(answer: CannedAnswer) -> Any:
    """Return a video that was begun and asked for once."""
    answers = [CannedAnswer.of_json({'request_id': 'v'}), answer]
    with LoopbackServer(lambda _: answers.pop(0)) as server:
        ai = _application(server)
        operation = await ai.generate_operation(model='xai/grok-imagine-video', prompt='waves')
        try:
            return await ai.check_operation(operation)
        finally:
            await ai.aclose()


async def test_a_finished_video_says_what_it_cost() -> None:
    operation = await _checked(XAIVideoWire().done('https://files.example/v.mp4'))
    made = GenerateResponse.model_validate(operation.output)
    assert made.media[0].media.content_type == 'video/mp4'
    assert made.cost == Decimal('0.56')
    assert made.usage is not None
    assert (made.usage.custom or {})['videoSeconds'] == 8


async def test_a_video_without_an_address_was_blocked() -> None:
    video = {'url': '', 'respect_moderation': False}
    operation = await _checked(CannedAnswer.of_json({'status': 'done', 'video': video}))
    made = GenerateResponse.model_validate(operation.output)
    assert (operation.done, made.finish_reason, made.media) == (True, 'blocked', [])


@pytest.mark.parametrize('answer', [CannedAnswer(b'', 202), CannedAnswer.of_json({'status': 'pending', 'progress': 7})])
async def test_a_video_that_is_not_ready_is_asked_for_again(answer: CannedAnswer) -> None:
    operation = await _checked(answer)
    assert (operation.done, operation.metadata['status']) == (False, 'pending')


@pytest.mark.parametrize(
    ('body', 'says'),
    [
        ({'status': 'expired'}, 'expired'),
        ({'status': 'failed', 'error': 'too wild'}, 'too wild'),
        ({'status': 'failed', 'error': {'code': 'x'}}, 'failed'),
    ],
)
async def test_a_video_that_will_not_be_says_why(body: dict[str, Any], says: str) -> None:
    operation = await _checked(CannedAnswer.of_json(body))
    assert operation.done
    assert says in operation.error.message


@pytest.mark.parametrize(
    ('answer', 'status', 'says'),
    [
        (CannedAnswer(b'<html>', 200, {'content-type': 'text/html'}), 'UNAVAILABLE', 'html'),
        (CannedAnswer.of_json({}), 'UNAVAILABLE', '{}'),
        (CannedAnswer.of_json({'status': 'done', 'video': 7}), 'INTERNAL', 'video'),
        (CannedAnswer.of_json({'error': 'unknown id'}, 404), 'NOT_FOUND', 'unknown id'),
    ],
)
async def test_what_is_no_video_is_an_error(answer: CannedAnswer, status: str, says: str) -> None:
    with pytest.raises(GenkitError) as raised:
        await _checked(answer)
    assert raised.value.status == status
    assert says in raised.value.message


async def test_speech_has_the_format_that_was_asked_for() -> None:
    with LoopbackServer(lambda _: CannedAnswer(b'sound', 200, {'content-type': 'audio/wav'})) as server:
        ai = _application(server)
        config = {'codec': 'wav', 'sampleRate': 24000, 'language': 'pt-BR', 'temperature': 1, 'speed': 1.2}
        response = await ai.generate(model='xai/grok-tts', prompt='Olá', config=config)
        await ai.aclose()
    assert response.media[0].media.content_type == 'audio/wav'
    [request] = server.requests
    assert request.path == '/tts'
    assert request.json == {
        'text': 'Olá',
        'voice_id': 'eve',
        'language': 'pt-BR',
        'output_format': {'codec': 'wav', 'sample_rate': 24000},
        'speed': 1.2,
    }


async def test_the_sound_is_the_last_field_of_a_form_or_is_fetched_by_the_provider() -> None:
    told = {'text': 'Ahoy', 'duration': 1.5, 'words': [{'text': 'Ahoy', 'start': 0, 'end': 1, 'speaker': 0}]}
    elsewhere = MediaPart(media=Media(url='https://files.example/a.mp3'))
    with LoopbackServer(lambda _: CannedAnswer.of_json(told)) as server:
        ai = _application(server)
        config = {'language': 'en', 'format': True, 'keyterm': ['Oslo', 'Rome']}
        response = await ai.generate(model='xai/grok-stt', prompt=[SOUND], config=config)
        await ai.generate(model='xai/grok-stt', prompt=[elsewhere])
        await ai.aclose()
    assert response.text == 'Ahoy'
    assert response.raw == told
    first, second = (request.body.decode() for request in server.requests)
    assert first.count('name="keyterm"') == 2
    assert 'true' in first
    assert first.rindex('name="file"; filename="sound.mp3"') > first.rindex('name="keyterm"')
    assert 'name="url"' in second
    assert [request.path for request in server.requests] == ['/stt', '/stt']
