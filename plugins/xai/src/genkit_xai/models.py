# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What xAI offers, as data. Source: https://docs.x.ai/developers/models (November 2026)."""

from typing import Final, Literal

from genkit.plugin import ModelEntry, ModelTable, Task, chat_supports
from genkit.types import Supports
from genkit_compat_oai.models import OpenAIEntry

from genkit_xai.config import XAIConfig, XAIImageConfig, XAISpeechConfig, XAITranscribeConfig, XAIVideoConfig


_CHAT: Final = chat_supports()
_MADE: Final = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['media'])
_SPOKEN: Final = Supports(multiturn=False, media=False, tools=False, system_role=False, output=['media'])
_HEARD: Final = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['text'])


def _chat(name: str, *extras: str, api: Literal['chat', 'responses'] = 'chat') -> ModelEntry:
    abilities = frozenset({'json-with-tools', 'prompt-caching', *extras})
    return OpenAIEntry(name=name, supports=_CHAT, config=XAIConfig, extras=abilities, api=api)


def _thinking(name: str) -> ModelEntry:
    return _chat(name, 'reasoning')


def _image(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.IMAGE, supports=_MADE, config=XAIImageConfig)


def _video(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.VIDEO, supports=_MADE, config=XAIVideoConfig)


def _speech(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.SPEECH, supports=_SPOKEN, config=XAISpeechConfig)


def _transcribe(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.TRANSCRIBE, supports=_HEARD, config=XAITranscribeConfig)


MODELS: Final = ModelTable(
    [
        *map(_thinking, ('grok-4.7', 'grok-4.6', 'grok-4.5', 'grok-4.3', 'grok-4.20-0309-reasoning')),
        _chat('grok-4.20-0309-non-reasoning'),
        _chat('grok-4.20-multi-agent-0309', 'reasoning', api='responses'),
        *map(_image, ('grok-imagine-image-2.0', 'grok-imagine-image', 'grok-imagine-image-quality')),
        *map(_video, ('grok-imagine-video-1.5', 'grok-imagine-video')),
        _speech('grok-tts'),
        _transcribe('grok-stt'),
    ],
    (
        *map(_image, ('grok-imagine-image*', 'grok-*-image*')),
        _video('grok-imagine-video*'),
        _speech('*-tts*'),
        _transcribe('*-stt*'),
        _chat('*-multi-agent*', 'reasoning', api='responses'),
        _chat('*-non-reasoning*'),
    ),
    _thinking('*'),
)
