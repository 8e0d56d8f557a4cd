# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How providers of the protocol differ, and what OpenAI offers, as data.

Source: https://platform.openai.com/docs/models (November 2026).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from genkit.plugin import ModelEntry, ModelTable, Task
from genkit.types import Constrained, FinishReason, Supports

from genkit_compat_oai.config import ChatConfig, OpenAIConfig
from genkit_compat_oai.embed import EmbedConfig
from genkit_compat_oai.image import ImageConfig
from genkit_compat_oai.speech import SpeechConfig, TranscribeConfig


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a provider speaks the protocol.

    Attributes:
        max_tokens: The name of the limit on the answer.
        system_role: The role of instructions.
        structured: How a schema is sent: held to it, as an object with the schema told in words, or only in words.
        structured_streams: Whether an answer that is held to a schema can be streamed; else it comes in one piece.
        stream_usage: Whether to ask for the usage of a stream.
        reasoning: The members in which reasoning comes, the first that is there counts.
        replay_reasoning: Whether reasoning must be sent back with the tool calls that it led to.
        finish_reasons: Words of its own, in lower case.
        extra_body: Members of every request.
    """

    max_tokens: Literal['max_completion_tokens', 'max_tokens'] = 'max_tokens'
    system_role: Literal['system', 'developer'] = 'system'
    structured: Literal['schema', 'object', 'none'] = 'schema'
    structured_streams: bool = True
    stream_usage: bool = True
    reasoning: tuple[str, ...] = ('reasoning_content', 'reasoning')
    replay_reasoning: bool = False
    finish_reasons: Mapping[str, FinishReason] = field(default_factory=dict[str, FinishReason])
    extra_body: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, kw_only=True)
class OpenAIEntry(ModelEntry):
    """One of OpenAI's own models, or a family of them.

    Attributes:
        api: The protocol that it is asked in; later models take tools together with reasoning only in the second one.
    """

    config: type[Any] = OpenAIConfig
    api: Literal['chat', 'responses'] = 'responses'


CHAT: Final = Supports(
    multiturn=True,
    media=True,
    tools=True,
    tool_choice=True,
    system_role=True,
    output=['text', 'json'],
    constrained=Constrained.ALL,
)
ABILITIES: Final = frozenset({'json-with-tools', 'prompt-caching', 'reasoning'})
UNKNOWN: Final = ModelEntry(name='*', supports=CHAT, config=ChatConfig, extras=ABILITIES)

_MAKES: Final = Supports(multiturn=False, tools=False, system_role=False, output=['media'])


def _chat(name: str, api: Literal['chat', 'responses'] = 'responses') -> OpenAIEntry:
    return OpenAIEntry(name=name, supports=CHAT, extras=ABILITIES, api=api)


def _embedder(name: str, dimensions: int | None = None) -> ModelEntry:
    return ModelEntry(name=name, task=Task.EMBED, config=EmbedConfig, dimensions=dimensions)


def _image(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.IMAGE, supports=_MAKES, config=ImageConfig)


def _speech(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.SPEECH, supports=_MAKES, config=SpeechConfig)


def _transcribe(name: str) -> ModelEntry:
    supports = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['text'])
    return ModelEntry(name=name, task=Task.TRANSCRIBE, supports=supports, config=TranscribeConfig)


FAMILIES: Final = (
    _image('gpt-image-*'),
    _image('dall-e-*'),
    _speech('*-tts*'),
    _speech('tts-*'),
    _transcribe('*transcribe*'),
    _transcribe('whisper-*'),
    _embedder('*embedding*'),
)

MODELS: Final = ModelTable(
    [
        *map(_chat, ('gpt-6-sol', 'gpt-6-luna', 'gpt-5.6-sol', 'gpt-5.6-luna', 'gpt-5.4', 'gpt-5.4-mini')),
        _chat('gpt-4.1', 'chat'),
        _image('gpt-image-2'),
        _image('gpt-image-1-mini'),
        _speech('gpt-4o-mini-tts'),
        _transcribe('gpt-4o-transcribe'),
        _transcribe('whisper-1'),
        _embedder('text-embedding-3-small', 1536),
        _embedder('text-embedding-3-large', 3072),
    ],
    (*FAMILIES, *(_chat(pattern, 'chat') for pattern in ('gpt-4*', 'gpt-3*', 'gpt-oss-*', 'gpt-audio*'))),
    _chat('*'),
)
