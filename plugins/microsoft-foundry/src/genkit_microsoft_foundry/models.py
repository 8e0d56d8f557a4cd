# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The models that can be deployed, under the names that the portal proposes, and the families of other names.

Sources: https://learn.microsoft.com/azure/foundry/foundry-models/concepts/models-sold-directly-by-azure, the schedule
of retirements beside it, and https://platform.claude.com/docs/en/build-with-claude/claude-in-microsoft-foundry
(November 2026).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from genkit.plugin import EmbedPurpose, ModelEntry, ModelTable, Task, chat_supports
from genkit.types import Constrained, Stage, Supports
from genkit_anthropic.models import FAMILIES as CLAUDE_FAMILIES
from genkit_anthropic.models import MODELS as CLAUDE_MODELS
from genkit_anthropic.models import UNKNOWN as CLAUDE_UNKNOWN
from genkit_compat_oai import Dialect, SpeechConfig, TranscribeConfig

from genkit_microsoft_foundry.config import (
    FoundryConfig,
    FoundryEmbedConfig,
    FoundryImageConfig,
    FoundryRerankConfig,
    FoundryVideoConfig,
)


OPENAI: Final = Dialect(max_tokens='max_completion_tokens', system_role='developer')
_JSON: Final = Dialect(structured='object')
_TEXT: Final = Dialect(structured='none')
# https://docs.cohere.com/reference/embed, with the names that the service has for what texts are
_COHERE: Final = Dialect(most_inputs=96, input_types={EmbedPurpose.DOCUMENT: 'document', EmbedPurpose.QUERY: 'query'})

Api = Literal['chat', 'responses']


@dataclass(frozen=True, kw_only=True)
class FoundryEntry(ModelEntry):
    """A model that can be deployed, or a family of them.

    Attributes:
        api: The protocol that a chat model is asked in.
        dialect: How it speaks that protocol.
        route: By what an image model is asked: OpenAI's protocol, Microsoft's (``mai``), or the path of one of Black
            Forest Labs' models.
    """

    config: type[Any] = FoundryConfig
    api: Api = 'chat'
    dialect: Dialect = OPENAI
    route: str = 'openai'


_CHAT: Final = chat_supports()
_ABILITIES: Final = frozenset({'json-with-tools', 'prompt-caching', 'reasoning'})
_MAKES: Final = Supports(multiturn=False, tools=False, system_role=False, output=['media'])
_EDITS: Final = _MAKES.replaced(media=True)
_LISTENS: Final = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['text'])


def _gpt(name: str, stage: Stage = Stage.STABLE, constrained: Constrained = Constrained.ALL) -> FoundryEntry:
    extras = _ABILITIES if constrained is Constrained.ALL else _ABILITIES - {'json-with-tools'}
    supports = chat_supports(constrained)
    return FoundryEntry(name=name, supports=supports, extras=extras, api='responses', stage=stage)


def _older_gpt(name: str, *, media: bool = True, thinks: bool = False, stage: Stage = Stage.STABLE) -> FoundryEntry:
    extras = _ABILITIES if thinks else _ABILITIES - {'reasoning'}
    return FoundryEntry(name=name, supports=chat_supports(media=media), extras=extras, stage=stage)


def _open(
    name: str, dialect: Dialect, *, media: bool = False, thinks: bool = False, tools: bool = True
) -> FoundryEntry:
    supports = chat_supports(Constrained.NONE, media=media, tools=tools, tool_choice=tools)
    extras = frozenset({'reasoning'} if thinks else ())
    return FoundryEntry(name=name, supports=supports, extras=extras, dialect=dialect)


def _image(name: str, route: str = 'openai', supports: Supports = _EDITS, stage: Stage = Stage.STABLE) -> FoundryEntry:
    extras = frozenset({'image-editing'} if supports.media else ())
    return FoundryEntry(
        name=name,
        task=Task.IMAGE,
        supports=supports,
        config=FoundryImageConfig,
        extras=extras,
        route=route,
        stage=stage,
    )


def _speech(name: str) -> FoundryEntry:
    return FoundryEntry(name=name, task=Task.SPEECH, supports=_MAKES, config=SpeechConfig)


def _transcribe(name: str) -> FoundryEntry:
    return FoundryEntry(name=name, task=Task.TRANSCRIBE, supports=_LISTENS, config=TranscribeConfig)


def _embedder(name: str, dimensions: int | None = None, dialect: Dialect = OPENAI) -> FoundryEntry:
    config = FoundryEmbedConfig
    return FoundryEntry(name=name, task=Task.EMBED, config=config, dimensions=dimensions, dialect=dialect)


def _reranker(name: str) -> FoundryEntry:
    return FoundryEntry(name=name, task=Task.RERANK, config=FoundryRerankConfig)


def _video(name: str) -> FoundryEntry:
    supports = _EDITS.replaced(long_running=True)
    return FoundryEntry(name=name, task=Task.VIDEO, supports=supports, config=FoundryVideoConfig)


def _ending(entry: FoundryEntry) -> FoundryEntry:
    return replace(entry, stage=Stage.DEPRECATED)


_GPTS: Final = (
    *('gpt-5.6-sol', 'gpt-5.6-terra', 'gpt-5.6-luna', 'gpt-5.5', 'gpt-5.4', 'gpt-5.4-mini', 'gpt-5.4-nano'),
    *('gpt-5.3-codex', 'gpt-5.1', 'gpt-5.1-codex', 'gpt-5', 'gpt-5-mini', 'gpt-5-nano'),
)
_CLAUDES: Final = (
    *('claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-fable-5-1', 'claude-opus-5'),
    *('claude-sonnet-5', 'claude-opus-4-8', 'claude-sonnet-4-6'),
)
_OPEN: Final = (
    _open('DeepSeek-V4-Pro', _JSON, thinks=True),
    _open('DeepSeek-V4-Flash', _JSON, thinks=True),
    _open('DeepSeek-V3.2', _JSON, thinks=True),
    _open('grok-4.7', _JSON, media=True, thinks=True),
    _open('grok-4.1-fast-reasoning', _TEXT, media=True, thinks=True),
    _open('Llama-4-Maverick-17B-128E-Instruct-FP8', _TEXT, media=True, tools=False),
    _open('Llama-3.3-70B-Instruct', _TEXT, tools=False),
    _open('Mistral-Large-3', _JSON, media=True),
    _open('mistral-medium-3-5', _JSON, media=True, tools=False),
    _open('Kimi-K2.7-Code', _TEXT, media=True, thinks=True),
    _open('Kimi-K2.6', _TEXT, media=True, thinks=True),
    _open('Cohere-command-a', _JSON),
    _open('MAI-Thinking-1', _TEXT, thinks=True),
)
_IMAGES: Final = (
    _image('gpt-image-2'),
    _image('gpt-image-1.5', stage=Stage.DEPRECATED),
    _image('gpt-image-1-mini'),
    _image('MAI-Image-2.6', 'mai'),
    _image('MAI-Image-2.6-Flash', 'mai'),
    _image('MAI-Image-2.5-Pro', 'mai'),
    _image('FLUX.2-pro', 'flux-2-pro'),
    _image('FLUX.2-flex', 'flux-2-flex'),
    _image('FLUX.1-Kontext-pro', 'flux-kontext-pro'),
    _image('FLUX-1.1-pro', 'flux-pro-1.1', _MAKES),
)

FAMILIES: Final = (
    _image('*MAI-Image*', 'mai'),
    _image('*FLUX.2-pro*', 'flux-2-pro'),
    _image('*FLUX.2-flex*', 'flux-2-flex'),
    _image('*Kontext*', 'flux-kontext-pro'),
    _image('*FLUX-1.1*', 'flux-pro-1.1', _MAKES),
    _image('*gpt-image*'),
    _image('dall-e*', supports=_MAKES),
    _speech('*-tts*'),
    _speech('tts*'),
    _transcribe('*transcribe*'),
    _transcribe('*whisper*'),
    _embedder('*embed-v*', dialect=_COHERE),
    _embedder('*embed*'),
    _reranker('*rerank*'),
    _video('*sora*'),
    *CLAUDE_FAMILIES,
    replace(CLAUDE_UNKNOWN, name='*claude*'),
    _older_gpt('*gpt-oss*', media=False, thinks=True),
    *(_older_gpt(name) for name in ('*gpt-4*', '*gpt-35*', '*gpt-3.5*', '*gpt-audio*', 'model-router*')),
    *(_gpt(name) for name in ('*gpt-[5-9]*', '*gpt-chat*', '*codex*', 'o[134]', 'o[134]-*', 'computer-use*')),
    _open('*[Dd]eep[Ss]eek*', _JSON, thinks=True),
    _open('*[Gg]rok*', _TEXT, media=True, thinks=True),
    _open('*[Ll]lama*', _TEXT, media=True, tools=False),
    _open('*[Mm]istral*', _JSON, media=True),
    _open('*[Kk]imi*', _TEXT, media=True, thinks=True),
    _open('*command-*', _JSON),
    _open('MAI-*', _TEXT, thinks=True),
    _open('*[Pp]hi-*', _TEXT, tools=False),
)
UNKNOWN: Final = FoundryEntry(name='*', supports=_CHAT, extras=_ABILITIES)

MODELS: Final = ModelTable(
    [
        *map(_gpt, _GPTS),
        _gpt('gpt-5.2', Stage.DEPRECATED),
        _gpt('gpt-5.4-pro', constrained=Constrained.NONE),
        _older_gpt('model-router', thinks=True),
        _older_gpt('gpt-oss-120b', media=False, thinks=True),
        _older_gpt('gpt-audio-1.5'),
        *(entry for entry in CLAUDE_MODELS if entry.name in _CLAUDES),
        *_OPEN,
        *_IMAGES,
        *map(_ending, map(_speech, ('gpt-4o-mini-tts', 'tts', 'tts-hd'))),
        *map(_ending, map(_transcribe, ('gpt-4o-mini-transcribe', 'whisper'))),
        _embedder('text-embedding-3-large', 3072),
        _embedder('text-embedding-3-small', 1536),
        _embedder('text-embedding-ada-002', 1536),
        _embedder('embed-v-4-0', 1536, _COHERE),
        _reranker('Cohere-rerank-v4.0-pro'),
        _reranker('Cohere-rerank-v4.0-fast'),
    ],
    FAMILIES,
    UNKNOWN,
)


def deployed(deployments: Mapping[str, str | None]) -> ModelTable:
    """Return a table that lists deployments alone, each with what the model behind it is capable of."""
    behind = [(name, MODELS.find(model or name)) for name, model in deployments.items()]
    return ModelTable([replace(entry, name=name) for name, entry in behind if entry is not None], FAMILIES, UNKNOWN)
