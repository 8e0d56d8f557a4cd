# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What callers of a real-time model send and receive beside text: sound, transcripts, events and controls."""

import io
import re
import wave
from typing import Any, Final, Literal, NamedTuple

from genkit._base.errors import ErrorReason, GenkitError
from genkit.plugin.media import content_type_of, decode_data_url, to_data_url
from genkit.plugin.sent_parts import unsupported_media
from genkit.types import CustomPart, GenerateResponseChunk, Media, MediaPart, Part, Role, TextPart


Whose = Literal['input', 'output']

_RATE: Final = re.compile(r'[;,]\s*rate=(\d{4,6})', re.IGNORECASE)
_PCM: Final = frozenset({'audio/pcm', 'audio/l16', 'audio/raw'})
_WAV: Final = frozenset({'audio/wav', 'audio/x-wav', 'audio/wave'})
_TELEPHONE: Final = frozenset({'audio/pcmu', 'audio/pcma'})
_TELEPHONE_RATE: Final = 8000
_SAMPLE_BYTES: Final = 2


class Sound(NamedTuple):
    """Sound as it is sent: one channel, and 16 bits a sample if it is PCM.

    Attributes:
        data: The bytes.
        rate: Samples a second.
        kind: ``audio/pcm``, ``audio/pcmu`` or ``audio/pcma``.
    """

    data: bytes
    rate: int
    kind: str = 'audio/pcm'

    @property
    def milliseconds(self) -> float:
        """How long it lasts."""
        return milliseconds_of(len(self.data), self.rate, self.kind)


class Control(NamedTuple):
    """What the caller wants of the conversation, apart from what is said.

    Attributes:
        action: What to do.
        heard_ms: How much of the answer's sound was played, in milliseconds, if the caller knows.
    """

    action: Literal['interrupt', 'endTurn']
    heard_ms: float | None = None


def milliseconds_of(count: int, rate: int, kind: str = 'audio/pcm') -> float:
    """Return how long so many bytes of sound last."""
    return count * 1000 / (rate * (1 if kind in _TELEPHONE else _SAMPLE_BYTES))


def is_sound(part: Part) -> bool:
    """Return whether a part holds sound."""
    return isinstance(part, MediaPart) and content_type_of(part.media).lower().startswith('audio/')


def sound_of(part: MediaPart, default_rate: int) -> Sound:
    """Return the sound of a part: PCM of one channel, raw or in a WAV file, or that of telephones.

    Args:
        part: The part, a data URL.
        default_rate: Samples a second if the type names no rate.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for any other sound.
    """
    kind = content_type_of(part.media).lower().partition(';')[0].strip()
    if kind not in _PCM | _WAV | _TELEPHONE:
        raise unsupported_media(kind, 'PCM (audio/pcm;rate=24000), WAV and G.711 (audio/pcmu, audio/pcma)')
    data = decode_data_url(part.media).data
    if kind in _WAV:
        return _unpacked(data)
    if kind in _TELEPHONE:
        return Sound(data, _TELEPHONE_RATE, kind)
    found = _RATE.search(part.media.content_type or '') or _RATE.search(part.media.url.partition(',')[0])
    return _lasting(Sound(data, int(found[1]) if found else default_rate))


def sound_part(data: bytes | str, content_type: str) -> MediaPart:
    """Return sound, as bytes or their base64 text, as a part."""
    return MediaPart(media=Media(url=to_data_url(data, content_type), content_type=content_type))


def transcript_part(text: str, whose: Whose) -> TextPart:
    """Return what was said as text that is marked as a transcript."""
    return TextPart(text=text, metadata={'transcript': whose})


def transcript_chunk(text: str, whose: Whose) -> GenerateResponseChunk[Any]:
    """Return a transcript as a chunk of the side that spoke."""
    role = Role.USER if whose == 'input' else Role.MODEL
    return GenerateResponseChunk(role=role, content=[transcript_part(text, whose)])


def event_chunk(event: str, **facts: Any) -> GenerateResponseChunk[Any]:
    """Return a chunk that says what happened; facts that are None are left out."""
    told = {name: value for name, value in facts.items() if value is not None}
    return GenerateResponseChunk(role=Role.MODEL, content=[], custom={'event': event, **told})


def control_of(part: Part) -> Control | None:
    """Return the control that a part is; None for a part that is something to be said.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a control that does not exist.
    """
    if not isinstance(part, CustomPart) or 'realtime' not in part.custom:
        return None
    action, heard = part.custom['realtime'], part.custom.get('heardMs')
    if action not in ('interrupt', 'endTurn') or not (heard is None or isinstance(heard, int | float)):
        raise GenkitError(
            f'The control {part.custom!r} is not known; write conversation.interrupt() or conversation.end_turn().',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_PART,
        )
    return Control(action, None if heard is None else max(0.0, float(heard)))


def _unpacked(data: bytes) -> Sound:
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise _unfit(f'is no WAV file of PCM ({error})') from error
    if channels != 1 or width != _SAMPLE_BYTES:
        raise _unfit(f'has {channels} channels of {8 * width} bits')
    return _lasting(Sound(frames, rate))


def _lasting(sound: Sound) -> Sound:
    if sound.rate <= 0:
        raise _unfit(f'has a rate of {sound.rate} samples a second')
    return sound


def _unfit(problem: str) -> GenkitError:
    return GenkitError(
        f'The sound {problem}; real-time models take one channel of 16 bits a sample.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_PART,
    )
