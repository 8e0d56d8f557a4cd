# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Contracts of image, speech, transcription and video models."""

import base64
from collections.abc import Mapping
from types import UnionType
from typing import Any, ClassVar, Final, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from genkit import Genkit, GenkitError, Media, MediaPart, StatusName, TextPart
from genkit.plugin import Task
from genkit.testing.contracts.failures import FailureTests
from genkit.testing.server import CannedAnswer
from genkit.testing.wires import ImageWire, SpeechWire, TranscriptWire, VideoWire
from genkit.types import GenerationCommonConfig


_COMMON_OPTIONS: Final = frozenset(GenerationCommonConfig.model_fields)
_SOUND: Final = b'\x00\x01\x02\x03'


class OptionTests(FailureTests):
    """Of options that are declared: their names on the wire and in Python mean the same.

    Attributes:
        option_values: Of options, by their Python names, that do not take just any value of their type.
    """

    option_values: ClassVar[Mapping[str, Any]] = {}

    async def test_options_arrive_whether_named_as_on_the_wire_or_as_in_python(self) -> None:
        options = _options_of_several_words(self.entry.config)
        options |= {name: value for name, value in self.option_values.items() if name in options}
        if not options:
            pytest.skip('no option that it declares has a name of several words')
        by_alias = {str(self.entry.config.model_fields[name].alias): value for name, value in options.items()}
        bodies: list[Any] = []
        for given in (None, options, by_alias):
            async with self.serving(self.good()) as (ai, exchange, name):
                await self.call(ai, name, given)
            bodies.append(exchange.asked[0].body)
        plain, by_name, by_wire_name = bodies
        assert by_wire_name == by_name
        assert by_name != plain


def _options_of_several_words(config: type[BaseModel]) -> dict[str, Any]:
    """Return options that a type declares beside the common ones, each with some value."""
    own = {name: field for name, field in config.model_fields.items() if name not in _COMMON_OPTIONS}
    values = {name: _some_value(field.annotation) for name, field in own.items() if field.alias not in (None, name)}
    return {name: value for name, value in values.items() if value is not None}


def _some_value(annotation: Any) -> Any:
    """Return a value that an option takes; None for a type that is not simple."""
    choices = get_args(annotation)
    if get_origin(annotation) is Literal:
        return choices[-1]  # the first one is the default as a rule
    if get_origin(annotation) in (Union, UnionType):
        return next((value for value in map(_some_value, choices) if value is not None), None)
    return {bool: True, int: 1, float: 1.0, str: 'some', list[str]: ['some']}.get(annotation)


class _MediaTests(OptionTests):
    async def call(self, ai: Genkit, name: str, config: Any = None) -> Any:
        """Ask for something small."""
        return await ai.generate(model=name, prompt='a lighthouse', config=config)

    async def made(self, answer: CannedAnswer, **asked: Any) -> tuple[Any, Any]:
        """Return what a model made, and what the provider was asked."""
        asked.setdefault('prompt', 'a lighthouse')
        async with self.serving(answer) as (ai, exchange, name):
            response = await ai.generate(model=name, **asked)
        return response, exchange.asked[0]


class _RawTests(_MediaTests):
    async def test_what_the_provider_said_is_kept_as_the_raw_answer(self) -> None:
        async with self.serving(self.good()) as (ai, _, name):
            response = await self.call(ai, name)
        assert response.raw


class ImageContract(_RawTests):
    """Contract tests of an image model; `plugin` and `wire` are those of `ModelContract`.

    Attributes:
        content_type: The provider's default MIME type of images.
        several: Whether one answer may hold several images.
    """

    task = Task.IMAGE
    wire: ClassVar[ImageWire]
    content_type: ClassVar[str] = 'image/png'
    several: ClassVar[bool] = True

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
        if not self.several:
            pytest.skip('the provider answers with one image')
        response, _ = await self.made(self.wire.images([b'one', b'two'], self.content_type))
        assert [base64.b64decode(part.media.url.partition(',')[2]) for part in response.media] == [b'one', b'two']

    async def test_a_version_replaces_the_name_of_the_model(self) -> None:
        _, asked = await self.made(self.good(), config={'version': 'a-version-of-it'})
        assert asked.model == 'a-version-of-it'


class SpeechContract(_RawTests):
    """Contract tests of a speech model; `plugin` and `wire` are those of `ModelContract`.

    Attributes:
        content_type: The provider's default MIME type of audio.
        voice: A voice for ``config={'voice': …}``.
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


class TranscriptionContract(_RawTests):
    """Contract tests of a transcription model; `plugin` and `wire` are those of `ModelContract`."""

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
    """Contract tests of a video model (long-running operations); `plugin` and `wire` are those of `ModelContract`."""

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
