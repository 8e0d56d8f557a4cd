# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What every model has to do that makes images, sound or videos, or listens."""

import base64
from typing import Any, ClassVar, Final

import pytest

from genkit import Genkit, GenkitError, Media, MediaPart, StatusName, TextPart
from genkit.plugin import Task
from genkit.testing.contracts.failures import FailureTests
from genkit.testing.server import CannedAnswer
from genkit.testing.wires import ImageWire, SpeechWire, TranscriptWire, VideoWire


_SOUND: Final = b'\x00\x01\x02\x03'


class _MediaTests(FailureTests):
    async def call(self, ai: Genkit, name: str, config: Any = None) -> Any:
        """Ask for something small."""
        return await ai.generate(model=name, prompt='a lighthouse', config=config)

    async def made(self, answer: CannedAnswer, **asked: Any) -> tuple[Any, Any]:
        """Return what a model made, and what the provider was asked."""
        asked.setdefault('prompt', 'a lighthouse')
        async with self.serving(answer) as (ai, exchange, name):
            response = await ai.generate(model=name, **asked)
        return response, exchange.asked[0]


class ImageContract(_MediaTests):
    """Tests of a model that draws; `plugin` and `wire` are those of `ModelContract`.

    Attributes:
        content_type: Of the images that the provider gives unless it is asked for others.
    """

    task = Task.IMAGE
    wire: ClassVar[ImageWire]
    content_type: ClassVar[str] = 'image/png'

    def good(self) -> CannedAnswer:
        """Return an image."""
        return self.wire.images([b'pixels'], self.content_type)

    async def test_the_prompt_is_sent_and_an_image_comes_back_with_its_type(self) -> None:
        response, asked = await self.made(self.good(), prompt='Ein Leuchtturm, 灯台')
        assert list(asked.texts) == ['Ein Leuchtturm, 灯台']
        assert asked.model == self.entry.name
        (part,) = response.media
        assert part.media.content_type == self.content_type
        head, _, data = part.media.url.partition(',')
        assert head == f'data:{self.content_type};base64'
        assert base64.b64decode(data) == b'pixels'

    async def test_several_images_come_in_their_order(self) -> None:
        response, _ = await self.made(self.wire.images([b'one', b'two'], self.content_type))
        assert [base64.b64decode(part.media.url.partition(',')[2]) for part in response.media] == [b'one', b'two']

    async def test_a_version_replaces_the_name_of_the_model(self) -> None:
        _, asked = await self.made(self.good(), config={'version': 'a-version-of-it'})
        assert asked.model == 'a-version-of-it'


class SpeechContract(_MediaTests):
    """Tests of a model that speaks; `plugin` and `wire` are those of `ModelContract`.

    Attributes:
        content_type: Of the sound that the provider gives unless it is asked for another.
        voice: A voice that can be asked for as ``config={'voice': …}``.
    """

    task = Task.SPEECH
    wire: ClassVar[SpeechWire]
    content_type: ClassVar[str] = 'audio/mpeg'
    voice: ClassVar[str] = 'verse'

    def good(self) -> CannedAnswer:
        """Return sound."""
        return self.wire.sound(_SOUND, self.content_type)

    async def test_the_text_is_sent_and_sound_comes_back_with_its_type(self) -> None:
        response, asked = await self.made(self.good(), prompt='Guten Tag, 世界')
        assert list(asked.texts) == ['Guten Tag, 世界']
        (part,) = response.media
        assert part.media.content_type == self.content_type
        assert base64.b64decode(part.media.url.partition(',')[2]) == _SOUND

    async def test_a_voice_is_sent(self) -> None:
        _, asked = await self.made(self.good(), config={'voice': self.voice})
        assert self.voice in str(asked.body)


class TranscriptionContract(_MediaTests):
    """Tests of a model that listens; `plugin` and `wire` are those of `ModelContract`."""

    task = Task.TRANSCRIBE
    wire: ClassVar[TranscriptWire]

    def good(self) -> CannedAnswer:
        """Return a transcript."""
        return self.wire.transcript('Guten Tag')

    async def call(self, ai: Genkit, name: str, config: Any = None) -> Any:
        """Give something to listen to."""
        url = f'data:audio/wav;base64,{base64.b64encode(_SOUND).decode()}'
        return await ai.generate(model=name, prompt=[MediaPart(media=Media(url=url))], config=config)

    async def test_the_sound_is_sent_and_its_text_comes_back(self) -> None:
        async with self.serving(self.good()) as (ai, exchange, name):
            response = await self.call(ai, name)
        assert response.text == 'Guten Tag'
        assert list(exchange.asked[0].media) == [_SOUND]

    async def test_a_message_without_sound_is_refused_before_anything_is_sent(self) -> None:
        async with self.serving(self.good()) as (ai, exchange, name):
            with pytest.raises(GenkitError) as raised:
                await ai.generate(model=name, prompt='hm')
        assert raised.value.status == StatusName.INVALID_ARGUMENT
        assert exchange.asked == []


class VideoContract(_MediaTests):
    """Tests of a model whose videos take minutes; `plugin` and `wire` are those of `ModelContract`."""

    task = Task.VIDEO
    wire: ClassVar[VideoWire]

    def good(self) -> CannedAnswer:
        """Return a video that is being made."""
        return self.wire.running()

    async def call(self, ai: Genkit, name: str, config: Any = None) -> Any:
        """Begin a video."""
        return await ai.generate_operation(model=name, prompt=[TextPart(text='waves')], config=config)

    async def test_a_video_is_begun_asked_for_and_there_in_the_end(self) -> None:
        url = 'https://files.example/video'
        async with self.serving(self.wire.running(), self.wire.running(), self.wire.done(url)) as (ai, exchange, name):
            operation = await self.call(ai, name)
            assert not operation.done
            assert operation.id
            operation = await ai.check_operation(operation)
            assert not operation.done
            operation = await ai.check_operation(operation)
        assert operation.done
        assert list(exchange.asked[0].texts) == ['waves']
        (part,) = operation.output['message']['content']
        assert part['media']['url'] == url

    async def test_a_video_that_failed_says_why(self) -> None:
        async with self.serving(self.wire.running(), self.wire.failed('no such waves')) as (ai, _, name):
            operation = await ai.check_operation(await self.call(ai, name))
        assert operation.done
        assert 'no such waves' in str(operation.error)

    async def test_a_failure_while_it_is_asked_for_is_an_error(self) -> None:
        async with self.serving(self.wire.running(), self.wire.error(503, 'busy', {})) as (ai, _, name):
            operation = await self.call(ai, name)
            with pytest.raises(GenkitError, match='busy') as raised:
                await ai.check_operation(operation)
        assert raised.value.status == StatusName.UNAVAILABLE
