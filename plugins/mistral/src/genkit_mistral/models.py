# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What Mistral offers, as data. Source: https://docs.mistral.ai/models (November 2026)."""

from typing import Final

from genkit.plugin import ModelEntry, ModelTable, Task, chat_supports
from genkit.types import Constrained, Supports

from genkit_mistral.config import (
    CodestralConfig,
    MistralConfig,
    MistralEmbedConfig,
    MistralSpeechConfig,
    MistralTranscribeConfig,
    OcrConfig,
)


_CHAT: Final = chat_supports(Constrained.NO_TOOLS)
_TEXT: Final = chat_supports(Constrained.NO_TOOLS, media=False)
_READS: Final = Supports(
    multiturn=False,
    media=True,
    tools=False,
    system_role=False,
    output=['text', 'json', 'media'],
    constrained=Constrained.ALL,
)
_SPEAKS: Final = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['media'])
_LISTENS: Final = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['text'])


def _chat(name: str, supports: Supports = _CHAT, *extras: str) -> ModelEntry:
    return ModelEntry(
        name=name, supports=supports, config=MistralConfig, extras=frozenset({'prompt-caching', 'pdf', *extras})
    )


def _thinking(name: str, supports: Supports = _CHAT) -> ModelEntry:
    return _chat(name, supports, 'reasoning')


def _code(name: str) -> ModelEntry:
    extras = frozenset({'prompt-caching', 'fill-in-the-middle'})
    return ModelEntry(name=name, supports=_TEXT, config=CodestralConfig, extras=extras)


def _embedder(name: str, dimensions: int | None = None) -> ModelEntry:
    return ModelEntry(name=name, task=Task.EMBED, config=MistralEmbedConfig, dimensions=dimensions)


def _ocr(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.OCR, supports=_READS, config=OcrConfig)


def _speech(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.SPEECH, supports=_SPEAKS, config=MistralSpeechConfig)


def _transcribe(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.TRANSCRIBE, supports=_LISTENS, config=MistralTranscribeConfig)


MODELS: Final = ModelTable(
    [
        *map(_thinking, ('mistral-medium-3-5', 'mistral-medium-latest', 'mistral-large-4-0')),
        _chat('mistral-large-latest'),
        _chat('mistral-large-2512'),
        *map(_thinking, ('mistral-small-2603', 'mistral-small-latest')),
        *map(_chat, ('ministral-14b-latest', 'ministral-8b-latest', 'ministral-3b-latest', 'voxtral-small-latest')),
        _thinking('zai-glm-5-3', _TEXT),
        *map(_thinking, ('zai-glm-5-3-flash', 'deepseek-v4-1-flash-1017')),
        *map(_code, ('codestral-latest', 'codestral-2508')),
        *map(_ocr, ('mistral-ocr-latest', 'mistral-ocr-4-1', 'mistral-ocr-2512')),
        _transcribe('voxtral-mini-transcribe-latest'),
        _transcribe('voxtral-small-transcribe-latest'),
        _transcribe('voxtral-mini-latest'),
        *map(_speech, ('voxtral-mini-tts-latest', 'voxtral-mini-tts-3-0')),
        _embedder('mistral-embed', 1024),
        _embedder('codestral-embed', 1536),
    ],
    (
        _embedder('*embed*'),
        _ocr('*ocr*'),
        _speech('*-tts*'),
        _transcribe('*-transcribe*'),
        _transcribe('voxtral-mini-*'),
        _code('codestral-*'),
        *map(_thinking, ('mistral-large-4*', 'mistral-medium-*', 'mistral-small-*', 'magistral-*')),
    ),
    _chat('*'),
)
