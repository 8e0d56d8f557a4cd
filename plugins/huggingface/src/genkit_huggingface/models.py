# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The models that are listed, and the families that other names belong to.

Source: https://huggingface.co/docs/inference-providers (November 2026). What a model can do depends on the provider
that serves it as well; a request for more is refused by that provider, in its words.
"""

from dataclasses import replace
from typing import Final

from genkit.plugin import ModelEntry, ModelTable, Task, chat_supports
from genkit.types import Constrained, Supports

from genkit_huggingface.config import HuggingFaceConfig, PipelineEmbedConfig, SpeechRecognitionConfig, TextToImageConfig


_CHAT: Final = chat_supports(Constrained.NO_TOOLS, media=False)
_SEEING: Final = chat_supports(Constrained.NO_TOOLS)
_UNKNOWN: Final = chat_supports(Constrained.NO_TOOLS, media=None)
_DRAWS: Final = Supports(multiturn=False, tools=False, system_role=False, output=['media'])
_LISTENS: Final = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['text'])


def _chat(name: str, supports: Supports = _CHAT, *extras: str) -> ModelEntry:
    return ModelEntry(name=name, supports=supports, config=HuggingFaceConfig, extras=frozenset(extras))


def _embedder(name: str, dimensions: int | None = None) -> ModelEntry:
    return ModelEntry(name=name, task=Task.EMBED, config=PipelineEmbedConfig, dimensions=dimensions)


def _image(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.IMAGE, supports=_DRAWS, config=TextToImageConfig)


def _transcribe(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.TRANSCRIBE, supports=_LISTENS, config=SpeechRecognitionConfig)


_CHATS: Final = (
    _chat('openai/gpt-oss-120b', _CHAT, 'reasoning'),
    _chat('deepseek-ai/DeepSeek-V3.2', _CHAT, 'reasoning'),
    _chat('Qwen/Qwen3-235B-A22B-Instruct-2507'),
    _chat('moonshotai/Kimi-K2-Instruct-0905'),
    _chat('zai-org/GLM-4.6', _CHAT, 'reasoning'),
    _chat('meta-llama/Llama-3.3-70B-Instruct'),
    _chat('google/gemma-3-27b-it', _SEEING),
    _chat('Qwen/Qwen3-VL-30B-A3B-Instruct', _SEEING),
)

MODELS: Final = ModelTable(
    [
        *_CHATS,
        _embedder('intfloat/multilingual-e5-large', 1024),
        _embedder('BAAI/bge-m3', 1024),
        _embedder('sentence-transformers/all-MiniLM-L6-v2', 384),
        _embedder('Qwen/Qwen3-Embedding-8B', 4096),
        _image('black-forest-labs/FLUX.1-schnell'),
        _image('stabilityai/stable-diffusion-xl-base-1.0'),
        _transcribe('openai/whisper-large-v3'),
    ],
    (
        *(replace(entry, name=f'{entry.name}:*') for entry in _CHATS),  # a model, and who serves it
        _embedder('sentence-transformers/*'),
        _embedder('BAAI/bge-*'),
        _embedder('intfloat/*e5-*'),
        _embedder('thenlper/gte-*'),
        _embedder('*[Ee]mbed*'),
        _image('black-forest-labs/*'),
        _image('stabilityai/stable-diffusion-*'),
        _transcribe('openai/whisper-*'),
        _chat('openai/gpt-oss-*', _CHAT, 'reasoning'),
        _chat('*-VL-*', _SEEING),
        _chat('google/gemma-3-*', _SEEING),
    ),
    unknown=_chat('*', _UNKNOWN, 'reasoning'),
)
