# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The models of Cohere: https://docs.cohere.com/docs/models (November 2026)."""

from dataclasses import replace
from typing import Final

from genkit.plugin import ModelEntry, ModelTable, SchemaDialect, Task, chat_supports
from genkit.types import Constrained, Stage, Supports

from genkit_cohere.config import CohereConfig, CohereEmbedConfig, CohereRerankConfig, CohereTranscribeConfig


# Of embedders: that text and images go together, and that dimensions may be chosen.
INTERLEAVED: Final = 'interleaved'
REASONING: Final = 'reasoning'

SCHEMAS: Final = SchemaDialect(
    name='Cohere',
    source='https://docs.cohere.com/docs/structured-outputs#parameter-types-support (November 2026)',
    object_root=True,
    words=frozenset(
        {'type', 'title', 'description', 'properties', 'required', 'additionalProperties', 'items', 'anyOf', 'enum'}
        | {'$ref', '$defs', 'format'}  # a pattern may not say where a text begins or ends, and then means little
    ),
    values={'format': frozenset({'date-time', 'uuid', 'date', 'time'})},
    tuples=False,
    complete=True,  # every object must require a member at least
)


def _chat(
    name: str,
    *extras: str,
    constrained: Constrained = Constrained.NO_TOOLS,
    media: bool | None = False,
    tools: bool = True,
    stage: Stage = Stage.STABLE,
) -> ModelEntry:
    supports = chat_supports(constrained, media=media, tools=tools, tool_choice=tools).replaced(context=True)
    extra = frozenset({'citations', *extras})
    return ModelEntry(name=name, supports=supports, config=CohereConfig, extras=extra, stage=stage)


def _embed(name: str, dimensions: int | None, *extras: str) -> ModelEntry:
    return ModelEntry(
        name=name,
        task=Task.EMBED,
        supports=Supports(media=True),
        config=CohereEmbedConfig,
        dimensions=dimensions,
        extras=frozenset(extras),
    )


_RERANK: Final = ModelEntry(name='rerank-*', task=Task.RERANK, config=CohereRerankConfig)
_LISTENS: Final = ModelEntry(
    name='*transcribe*',
    task=Task.TRANSCRIBE,
    supports=Supports(multiturn=False, media=True, tools=False, system_role=False, output=['text']),
    config=CohereTranscribeConfig,
)
_RERANKERS: Final = ('rerank-v5.0-pro', 'rerank-v5.0-fast', 'rerank-v4.0-pro', 'rerank-v4.0-fast', 'rerank-v3.5')

MODELS: Final = ModelTable(
    [
        _chat('command-a-plus-05-2026', REASONING, 'prompt-caching', media=True),
        _chat('command-a-03-2025'),
        _chat('command-a-reasoning-08-2025', REASONING),
        _chat('command-a-vision-07-2025', media=True, tools=False, constrained=Constrained.NONE),
        _chat('command-a-translate-08-2025', constrained=Constrained.NONE),
        _chat('command-r7b-12-2024'),
        _chat('command-r-plus-08-2024'),
        _chat('command-r-08-2024'),
        _embed('embed-v5.0-pro', 2048, INTERLEAVED),
        _embed('embed-v5.0-fast', 2048, INTERLEAVED),
        _embed('embed-v4.0', 1536, INTERLEAVED),
        _embed('embed-english-v3.0', 1024),
        _embed('embed-multilingual-v3.0', 1024),
        *(replace(_RERANK, name=name) for name in _RERANKERS),
        replace(_LISTENS, name='cohere-transcribe-03-2026'),
    ],
    families=(
        _embed('embed-*-light-v3.0', 384),
        _embed('embed-*-v[23].0', None),
        _embed('embed-*', None, INTERLEAVED),
        _RERANK,
        _LISTENS,
        _chat('*reasoning*', REASONING),
        _chat('*vision*', media=True, tools=False, constrained=Constrained.NONE),
    ),
    unknown=_chat('*', media=None),
)
