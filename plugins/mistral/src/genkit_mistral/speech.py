# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Speech from text and text from speech. Source: https://docs.mistral.ai/studio/audio/overview (November 2026)."""

from collections.abc import Mapping
from typing import Any, Final

from genkit import ErrorReason, GenkitError
from genkit.plugin import (
    SpokenParts,
    as_members,
    bytes_of,
    decode_data_url,
    is_data_url,
    text_of,
    to_data_url,
    without_key,
)
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    Media,
    MediaPart,
    Message,
    Role,
    TextPart,
)
from genkit_compat_oai.convert.usage import to_usage
from genkit_compat_oai.endpoints import Field, form_fields
from genkit_compat_oai.errors import Failures

from genkit_mistral.config import MistralSpeechConfig
from genkit_mistral.convert import DIALECT, Body


_OF_TEXT: Final = ('top_k', 'top_p', 'max_output_tokens', 'stop_sequences')
_TYPES: Final = {'mp3': 'audio/mpeg', 'pcm': 'audio/pcm'}


def to_speech_request(model: str, request: GenerateRequest) -> Body:
    """Return the body that asks for speech: the text of the last message, in the voice of a sound beside it."""
    message = request.messages[-1]
    config = {**MistralSpeechConfig().model_dump(exclude_none=True, by_alias=False), **_options(request)}
    config.pop('temperature', None)
    sounds = [part.media for part in message.content if isinstance(part, MediaPart)]
    if sounds:
        config['ref_audio'] = decode_data_url(sounds[0]).base64
    if 'voice' in config:
        config['voice_id'] = config.pop('voice')
    return {'model': config.pop('version', None) or model, 'input': message.text, **config}


def sound_type(body: Mapping[str, Any]) -> str:
    """Return the media type of what a request asks for."""
    wanted = str(body['response_format'])
    return _TYPES.get(wanted, f'audio/{wanted}')


def to_speech_response(answer: Body, kind: str) -> GenerateResponse[Any]:
    """Return speech as a medium; what else the answer says is its raw form.

    Raises:
        GenkitError: ``INTERNAL`` for what is no sound.
    """
    sound = bytes_of(answer.get('audio_data'), 'audio_data')
    raw = {name: value for name, value in answer.items() if name != 'audio_data'}
    return _spoken(sound, kind, {**raw, 'contentType': kind, 'bytes': len(sound)})


class SpeechReader:
    """Reads a stream of speech.

    Args:
        kind: The media type of what is heard.
        failures: Makes the errors.

    Attributes:
        begun: Whether an event of the protocol came.
        ended: Whether the one came that ends it.
    """

    def __init__(self, kind: str, failures: Failures) -> None:
        self.begun = False
        self.ended = False
        self._kind = kind
        self._failures = failures
        self._sound = bytearray()
        self._end: Body = {}

    def read(self, event: Body) -> GenerateResponseChunk[Any] | None:
        """Return the sound of an event; None for one without any.

        Raises:
            GenkitError: The provider says that it failed.
        """
        told = event.get('type')
        if told not in {'speech.audio.delta', 'speech.audio.done'} or event.get('error'):
            _require_no_failure(event, self._failures, begun=self.begun)
            return None
        self.begun = True
        if told == 'speech.audio.done':
            self.ended, self._end = True, event
            return None
        sound = bytes_of(event.get('audio_data'), 'audio_data')
        self._sound += sound
        return GenerateResponseChunk(content=[_medium(sound, self._kind)])

    def last(self) -> None:
        """Return nothing, as nothing is left to show."""

    def response(self) -> GenerateResponse[Any]:
        """Return the whole of what was heard."""
        sound = bytes(self._sound)
        raw = {'usage': self._end.get('usage'), 'contentType': self._kind, 'bytes': len(sound)}
        return _spoken(sound, self._kind, raw)


def to_transcribe_form(model: str, request: GenerateRequest) -> list[Field]:
    """Return the fields of the form that asks for text; the sound is the first medium of the last message.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if there is none.
    """
    sounds = [part.media for part in request.messages[-1].content if isinstance(part, MediaPart)]
    if not sounds:
        raise GenkitError(
            'The message holds no sound to be transcribed; add a MediaPart with a data URL or the address of audio.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_PART,
        )
    options = _options(request)
    fields = form_fields({'model': options.pop('version', None) or model})
    if not is_data_url(sounds[0].url):
        return [*fields, *form_fields({'file_url': sounds[0].url, **options})]
    content = decode_data_url(sounds[0])
    suffix = content.content_type.rpartition('/')[2].replace('mpeg', 'mp3').replace('x-wav', 'wav')
    return [*fields, ('file', (f'sound.{suffix}', content.data, content.content_type)), *form_fields(options)]


def to_transcribe_response(answer: Body) -> GenerateResponse[Any]:
    """Return what was said; the whole answer, with times and speakers if they were asked for, is its raw form."""
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=[TextPart(text=text_of(answer.get('text'), 'text'))]),
        finish_reason=FinishReason.STOP,
        usage=to_usage(answer.get('usage'), DIALECT),
        raw=answer,
    )


class TranscriptReader:
    """Reads a stream of what was said.

    Args:
        failures: Makes the errors.

    Attributes:
        begun: Whether an event of the protocol came.
        ended: Whether the one came that ends it.
    """

    def __init__(self, failures: Failures) -> None:
        self.begun = False
        self.ended = False
        self._failures = failures
        self._spoken = SpokenParts()
        self._whole: Body = {}

    def read(self, event: Body) -> GenerateResponseChunk[Any] | None:
        """Return the text of an event; None for one without any.

        Raises:
            GenkitError: The provider says that it failed.
        """
        told = event.get('type')
        if not str(told).startswith('transcription.') or event.get('error'):
            _require_no_failure(event, self._failures, begun=self.begun)
            return None
        self.begun = True
        if told == 'transcription.text.delta':
            part = self._spoken.add_text(text_of(event.get('text'), 'text'))
            return None if part is None else GenerateResponseChunk(content=[part])
        if told == 'transcription.done':
            self.ended = True
            self._whole = {name: value for name, value in event.items() if name != 'type'}
        return None

    def last(self) -> GenerateResponseChunk[Any] | None:
        """Return what is left to show at the end, which is half a character at most; None if nothing is."""
        parts = self._spoken.close()
        return GenerateResponseChunk(content=parts) if parts else None

    def response(self) -> GenerateResponse[Any]:
        """Return the whole of what was said."""
        return to_transcribe_response({**self._whole, 'text': self._whole.get('text') or self._spoken.text})


def _options(request: GenerateRequest) -> Body:
    config = without_key(as_members(request.config))
    return {name: value for name, value in config.items() if value is not None and name not in _OF_TEXT}


def _require_no_failure(event: Body, failures: Failures, *, begun: bool) -> None:
    told = failures.told_in(event, begun=begun)
    if told is not None:
        raise told


def _medium(sound: bytes, kind: str) -> MediaPart:
    return MediaPart(media=Media(url=to_data_url(sound, kind), content_type=kind))


def _spoken(sound: bytes, kind: str, raw: Body) -> GenerateResponse[Any]:
    if not sound:
        raise GenkitError(
            "The provider sent nothing as 'audio_data', which must be sound; see whether the model speaks.",
            status='INTERNAL',
        )
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=[_medium(sound, kind)]),
        finish_reason=FinishReason.STOP,
        usage=to_usage(raw.get('usage'), DIALECT),
        raw={name: value for name, value in raw.items() if value is not None},
    )
