# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import io
import wave

import pytest
from genkit import GenerateResponseChunk, GenkitError, Media, MediaPart, TextPart
from genkit.plugin import Sound, is_sound, sound_of, sound_part
from genkit.plugin.realtime.chunks import control_of
from genkit.types import CustomPart


def packed(channels: int = 1, width: int = 2) -> bytes:
    file = io.BytesIO()
    with wave.open(file, 'wb') as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(width)
        writer.setframerate(16_000)
        writer.writeframes(bytes(4 * channels * width))
    return file.getvalue()


@pytest.mark.parametrize(
    ('part', 'sound'),
    [
        (sound_part(b'1234', 'audio/pcm;rate=16000'), Sound(b'1234', 16_000)),
        (sound_part(b'1234', 'audio/L16;codec=pcm;rate=24000'), Sound(b'1234', 24_000)),
        (MediaPart(media=Media(url='data:audio/pcm;rate=8000;base64,MTIzNA==')), Sound(b'1234', 8000)),
        (sound_part(b'1234', 'audio/pcm'), Sound(b'1234', 12_000)),
        (sound_part(b'1234', 'audio/pcma'), Sound(b'1234', 8000, 'audio/pcma')),
        (sound_part(packed(), 'audio/wav'), Sound(bytes(8), 16_000)),
    ],
)
def test_sound_is_read_with_its_rate(part: MediaPart, sound: Sound) -> None:
    assert is_sound(part)
    assert sound_of(part, 12_000) == sound


@pytest.mark.parametrize(
    'part',
    [
        sound_part(b'ID3', 'audio/mpeg'),
        sound_part(b'no file', 'audio/wav'),
        sound_part(packed(channels=2), 'audio/wav'),
        sound_part(packed(width=1), 'audio/wav'),
        MediaPart(media=Media(url='https://example.com/a.pcm', content_type='audio/pcm')),
    ],
)
def test_other_sound_is_refused(part: MediaPart) -> None:
    with pytest.raises(GenkitError) as raised:
        sound_of(part, 24_000)
    assert raised.value.status == 'INVALID_ARGUMENT'


def test_sound_lasts_as_long_as_its_samples() -> None:
    assert Sound(bytes(48_000), 24_000).milliseconds == 1000
    assert Sound(bytes(8000), 8000, 'audio/pcmu').milliseconds == 1000


def test_a_chunk_gives_its_sound_as_bytes() -> None:
    picture = MediaPart(media=Media(url='data:image/png;base64,AAAA'))
    chunk = GenerateResponseChunk(content=[sound_part(b'12', 'audio/pcm'), picture, sound_part(b'34', 'audio/pcm')])
    assert chunk.audio == b'1234'
    assert GenerateResponseChunk(content=[TextPart(text='x')]).audio == b''


def test_a_control_that_does_not_exist_is_refused() -> None:
    assert control_of(CustomPart(custom={'other': 1})) is None
    assert control_of(CustomPart(custom={'realtime': 'interrupt', 'heardMs': -5})) == ('interrupt', 0.0)
    for wrong in ({'realtime': 'dance'}, {'realtime': 'interrupt', 'heardMs': 'all'}, {'realtime': ['interrupt']}):
        with pytest.raises(GenkitError, match='interrupt'):
            control_of(CustomPart(custom=wrong))
