# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What OpenAI offers, and what is known of models by their names, as data.

Source: https://platform.openai.com/docs/models (November 2026).
"""

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from genkit.plugin import ModelEntry, ModelTable, Task, chat_supports
from genkit.types import Constrained, Stage, Supports

from genkit_compat_oai.config import ChatConfig, OpenAIConfig, RealtimeConfig
from genkit_compat_oai.embed import EmbedConfig
from genkit_compat_oai.image import ImageConfig
from genkit_compat_oai.speech import SpeechConfig, TranscribeConfig


@dataclass(frozen=True, kw_only=True)
class OpenAIEntry(ModelEntry):
    """One of OpenAI's own models, or a family of them.

    Attributes:
        api: The protocol that it is asked in; later models take tools together with reasoning only in the second one.
    """

    config: type[Any] = OpenAIConfig
    api: Literal['chat', 'responses'] = 'responses'


CHAT: Final = chat_supports()
ABILITIES: Final = frozenset({'json-with-tools', 'prompt-caching', 'reasoning'})
UNKNOWN: Final = ModelEntry(name='*', supports=CHAT, config=ChatConfig, extras=ABILITIES)

_TALKS: Final = chat_supports(Constrained.NONE, output=['text', 'media'])
_MAKES: Final = Supports(multiturn=False, tools=False, system_role=False, output=['media'])


def _chat(name: str) -> OpenAIEntry:
    return OpenAIEntry(name=name, supports=CHAT, extras=ABILITIES)


def _older_chat(name: str) -> OpenAIEntry:
    return OpenAIEntry(name=name, supports=CHAT, extras=ABILITIES - {'reasoning'}, api='chat')


def _text_chat(name: str) -> OpenAIEntry:
    return OpenAIEntry(name=name, supports=CHAT.replaced(media=False), extras=ABILITIES, api='chat')


def _ending(entry: ModelEntry) -> ModelEntry:
    return replace(entry, stage=Stage.DEPRECATED)


def _embedder(name: str, dimensions: int | None = None) -> ModelEntry:
    return ModelEntry(name=name, task=Task.EMBED, config=EmbedConfig, dimensions=dimensions)


def _image(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.IMAGE, supports=_MAKES, config=ImageConfig)


def _speech(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.SPEECH, supports=_MAKES, config=SpeechConfig)


def _transcribe(name: str) -> ModelEntry:
    supports = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['text'])
    return ModelEntry(name=name, task=Task.TRANSCRIBE, supports=supports, config=TranscribeConfig)


def _realtime(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.REALTIME, supports=_TALKS, config=RealtimeConfig)


FAMILIES: Final = (
    _image('gpt-image-*'),
    _image('dall-e-*'),
    _speech('*-tts*'),
    _speech('tts-*'),
    _transcribe('*transcribe*'),
    _transcribe('whisper-*'),
    _embedder('*embedding*'),
)

_CHATS: Final = (
    *('gpt-6.2-sol', 'gpt-6.2-astra', 'gpt-6.1-sol', 'gpt-6.1-terra', 'gpt-6-astra', 'gpt-6-sol', 'gpt-6-luna'),
    *('gpt-5.6-sol', 'gpt-5.6-terra', 'gpt-5.6-luna', 'gpt-5.5', 'gpt-5.5-pro', 'gpt-5.4', 'gpt-5.4-mini'),
    *('gpt-5.4-nano', 'gpt-5.2', 'gpt-5.2-pro', 'gpt-5.1'),
)
# These end between December 2026 and February 2027: https://platform.openai.com/docs/deprecations
_ENDING_CHATS: Final = ('gpt-5', 'gpt-5-mini', 'gpt-5-nano', 'gpt-5-pro')
_ENDING_OLDER_CHATS: Final = ('gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano', 'gpt-4o', 'gpt-4o-mini')
_ENDING_VOICES: Final = ('tts-1', 'tts-1-hd')

_VOICES: Final = ('gpt-realtime-2.1', 'gpt-realtime-2.1-mini', 'gpt-realtime-2', 'gpt-realtime-1.5')
_ENDING_REALTIME: Final = ('gpt-realtime', 'gpt-realtime-mini')

_IMAGES: Final = (
    *('gpt-image-2', 'gpt-image-2.6-sunburst', 'gpt-image-2.6-flare', 'gpt-image-2.5-sunburst'),
    *('gpt-image-2.5-flare', 'gpt-image-1.5', 'gpt-image-1-mini'),
)
_EARS: Final = ('gpt-transcribe', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe', 'gpt-4o-transcribe-diarize')

MODELS: Final = ModelTable(
    [
        *map(_chat, _CHATS),
        *(_ending(_chat(name)) for name in _ENDING_CHATS),
        *(_ending(_older_chat(name)) for name in _ENDING_OLDER_CHATS),
        _older_chat('gpt-audio-mini'),
        *(_text_chat(name) for name in ('gpt-oss-120b', 'gpt-oss-20b')),
        *map(_realtime, _VOICES),
        *(_ending(_realtime(name)) for name in _ENDING_REALTIME),
        *map(_image, _IMAGES),
        _speech('gpt-4o-mini-tts'),
        *(_ending(_speech(name)) for name in _ENDING_VOICES),
        *map(_transcribe, _EARS),
        _ending(_transcribe('whisper-1')),
        _embedder('text-embedding-3-small', 1536),
        _embedder('text-embedding-3-large', 3072),
        _embedder('text-embedding-ada-002', 1536),
    ],
    (
        *FAMILIES,
        *map(_realtime, ('gpt-realtime*', 'gpt-*-realtime*')),
        _text_chat('gpt-oss-*'),
        *map(_older_chat, ('gpt-4*', 'gpt-3*', 'gpt-audio*')),
    ),
    _chat('*'),
)
