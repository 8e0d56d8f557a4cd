# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from genkit.types import (
    DataPart,
    GenerationUsage,
    Media,
    MediaPart,
    Message,
    ModelInfo,
    Role,
    Stage,
    Supports,
    TextPart,
    get_basic_usage_stats,
)


def media(url: str, content_type: str | None = None) -> MediaPart:
    return MediaPart(media=Media(url=url, content_type=content_type))


def test_usage_counts_characters_and_media_of_both_sides():
    asked = [
        Message(role=Role.SYSTEM, content=[TextPart(text='abc')]),
        Message(
            role=Role.USER,
            content=[
                TextPart(text='de'),
                media('https://x/a', 'image/png'),
                media('data:image/jpeg;base64,AA=='),
                media('data:video/mp4;base64,AA=='),
                media('data:audio/wav;base64,AA=='),
                media('https://x/unknown.png'),
                media('data:text/plain,hello'),
                media('https://x/doc', 'application/pdf'),
                DataPart(data='not text'),
            ],
        ),
    ]
    answer = Message(role=Role.MODEL, content=[TextPart(text='€'), media('https://x/b', 'video/webm')])
    assert get_basic_usage_stats(asked, answer) == GenerationUsage(
        input_characters=5,
        input_images=2,
        input_videos=1,
        input_audio_files=1,
        output_characters=1,
        output_images=0,
        output_videos=1,
        output_audio_files=0,
    )


def test_the_declared_type_of_a_medium_beats_its_address():
    asked = [Message(role=Role.USER, content=[media('data:image/png;base64,AA==', 'audio/mp3')])]
    usage = get_basic_usage_stats(asked, Message(role=Role.MODEL, content=[]))
    assert (usage.input_images, usage.input_audio_files) == (0, 1)


def test_a_model_describes_itself_in_wire_names():
    info = ModelInfo(label='M', stage=Stage.STABLE, supports=Supports(system_role=True, content_type=['text/plain']))
    assert info.to_wire() == {
        'label': 'M',
        'stage': 'stable',
        'supports': {'systemRole': True, 'contentType': ['text/plain']},
    }
