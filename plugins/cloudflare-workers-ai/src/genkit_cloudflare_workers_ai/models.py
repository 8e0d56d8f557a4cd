# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What each model can do. Source: https://developers.cloudflare.com/workers-ai/models (November 2026)."""

from typing import Final

from genkit.plugin import ModelEntry, ModelTable, Task, chat_supports
from genkit.types import Constrained, Supports
from genkit_compat_oai import EmbedConfig

from genkit_cloudflare_workers_ai.config import (
    WorkersAIConfig,
    WorkersAIImageConfig,
    WorkersAIRerankConfig,
    WorkersAISpeechConfig,
    WorkersAITranscribeConfig,
)


EDITS: Final = 'image-editing'
"""The extra of image models that take images, and a form in place of JSON."""
RAW: Final = 'raw-audio'
"""The extra of models that take the bytes of a sound as they are."""

_TEXT: Final = chat_supports(Constrained.NO_TOOLS, media=False)
_SEEING: Final = chat_supports(Constrained.NO_TOOLS)
_UNKNOWN: Final = chat_supports(Constrained.NO_TOOLS, media=None)
_DRAWS: Final = Supports(multiturn=False, tools=False, system_role=False, output=['media'])
_LISTENS: Final = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['text'])


def _chat(name: str, supports: Supports = _TEXT, *extras: str) -> ModelEntry:
    return ModelEntry(name=name, supports=supports, config=WorkersAIConfig, extras=frozenset(extras))


def _embedder(name: str, dimensions: int | None = None) -> ModelEntry:
    return ModelEntry(name=name, task=Task.EMBED, config=EmbedConfig, dimensions=dimensions)


def _image(name: str, *extras: str) -> ModelEntry:
    supports = _DRAWS.replaced(media=EDITS in extras)
    return ModelEntry(
        name=name, task=Task.IMAGE, supports=supports, config=WorkersAIImageConfig, extras=frozenset(extras)
    )


def _speech(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.SPEECH, supports=_DRAWS, config=WorkersAISpeechConfig)


def _transcribe(name: str, *extras: str) -> ModelEntry:
    return ModelEntry(
        name=name,
        task=Task.TRANSCRIBE,
        supports=_LISTENS,
        config=WorkersAITranscribeConfig,
        extras=frozenset(extras),
    )


def _reranker(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.RERANK, config=WorkersAIRerankConfig)


MODELS: Final = ModelTable(
    [
        _chat('@cf/meta/llama-3.3-70b-instruct-fp8-fast'),
        _chat('@cf/meta/llama-4-scout-17b-16e-instruct', _SEEING),
        _chat('@cf/openai/gpt-oss-120b', _TEXT, 'reasoning'),
        _chat('@cf/openai/gpt-oss-20b', _TEXT, 'reasoning'),
        _chat('@cf/zai-org/glm-5.3', _TEXT, 'reasoning'),
        _chat('@cf/zai-org/glm-5.3-flash', _TEXT, 'reasoning'),
        _chat('@cf/zai-org/glm-4.7-flash', _TEXT, 'reasoning'),
        _chat('@cf/moonshotai/kimi-k2.6', _SEEING, 'reasoning'),
        _chat('@cf/moonshotai/kimi-k2.7-code', _TEXT, 'reasoning'),
        _chat('@cf/google/gemma-4-26b-a4b-it', _SEEING, 'reasoning'),
        _chat('@cf/mistralai/mistral-small-3.1-24b-instruct', _SEEING),
        _chat('@cf/qwen/qwen3-30b-a3b-fp8', _TEXT, 'reasoning'),
        _embedder('@cf/baai/bge-m3', 1024),
        _embedder('@cf/baai/bge-small-en-v1.5', 384),
        _embedder('@cf/baai/bge-base-en-v1.5', 768),
        _embedder('@cf/baai/bge-large-en-v1.5', 1024),
        _embedder('@cf/google/embeddinggemma-300m', 768),
        _embedder('@cf/qwen/qwen3-embedding-0.6b', 1024),
        _image('@cf/black-forest-labs/flux-1-schnell'),
        _image('@cf/black-forest-labs/flux-2-dev', EDITS),
        _image('@cf/black-forest-labs/flux-2-klein-4b', EDITS),
        _image('@cf/black-forest-labs/flux-2-klein-9b', EDITS),
        _image('@cf/leonardo/lucid-origin'),
        _image('@cf/leonardo/phoenix-1.0'),
        _image('@cf/stabilityai/stable-diffusion-xl-base-1.0'),
        _speech('@cf/deepgram/aura-1'),
        _speech('@cf/deepgram/aura-2-en'),
        _speech('@cf/deepgram/aura-2-es'),
        _speech('@cf/myshell-ai/melotts'),
        _transcribe('@cf/openai/whisper-large-v3-turbo'),
        _transcribe('@cf/openai/whisper', RAW),
        _transcribe('@cf/deepgram/nova-3', RAW),
        _reranker('@cf/baai/bge-reranker-base'),
    ],
    (
        _reranker('*-reranker-*'),
        _embedder('@cf/baai/bge-*'),
        _embedder('*embed*'),
        _image('@cf/black-forest-labs/flux-2-*', EDITS),
        _image('@cf/black-forest-labs/*'),
        _image('@cf/leonardo/*'),
        _image('*stable-diffusion*'),
        _image('*dreamshaper*'),
        _speech('@cf/deepgram/aura-*'),
        _speech('*tts*'),
        _transcribe('@cf/openai/whisper-large-*'),
        _transcribe('@cf/openai/whisper*', RAW),
        _transcribe('@cf/deepgram/nova-*', RAW),
        _chat('@cf/openai/gpt-oss-*', _TEXT, 'reasoning'),
        _chat('@cf/zai-org/*', _TEXT, 'reasoning'),
        _chat('*vision*', _SEEING),
        _chat('@cf/meta/llama-4-*', _SEEING),
        _chat('@cf/google/gemma-[34]-*', _SEEING),
    ),
    unknown=_chat('*', _UNKNOWN, 'reasoning'),
)
