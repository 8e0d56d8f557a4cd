# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What Google's models are capable of, as data.

Sources: https://ai.google.dev/gemini-api/docs/models and
https://cloud.google.com/vertex-ai/generative-ai/docs/models (November 2026).
"""

from typing import Final

from genkit.plugin import ModelEntry, ModelTable, Task, chat_supports
from genkit.types import Constrained, Stage, Supports

from genkit_google_genai.config import (
    EmbedConfig,
    GeminiConfig,
    ImagenConfig,
    InteractionConfig,
    LiveConfig,
    SpeechConfig,
    VeoConfig,
)


CHAT: Final = chat_supports()
EARLIER: Final = chat_supports(Constrained.NO_TOOLS)
_DRAWS: Final = chat_supports(Constrained.NONE, tools=False, tool_choice=False, output=['text', 'media'])
_SPEAKS: Final = Supports(multiturn=False, media=False, tools=False, system_role=False, output=['media'])
_MADE: Final = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['media'])
_GEMMA: Final = chat_supports(Constrained.NONE, tools=False, tool_choice=False)
_PLAYS: Final = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['text', 'media'])
_WORKS: Final = Supports(multiturn=True, media=True, tools=False, system_role=True, output=['text', 'media'])
_TALKS: Final = chat_supports(Constrained.NONE, tool_choice=False, output=['text', 'media'])
_BACKGROUND: Final = frozenset({'interactions'})
_ABILITIES: Final = frozenset({'json-with-tools', 'pdf', 'prompt-caching', 'reasoning'})
_OF_TWO: Final = frozenset({'pdf', 'prompt-caching', 'reasoning'})


def _gemini(name: str, stage: Stage = Stage.STABLE) -> ModelEntry:
    return ModelEntry(name=name, supports=CHAT, config=GeminiConfig, extras=_ABILITIES, stage=stage)


def _image(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.IMAGE, supports=_DRAWS, config=GeminiConfig)


def _speech(name: str, stage: Stage = Stage.STABLE) -> ModelEntry:
    return ModelEntry(name=name, task=Task.SPEECH, supports=_SPEAKS, config=SpeechConfig, stage=stage)


def _live(name: str, stage: Stage = Stage.STABLE) -> ModelEntry:
    return ModelEntry(name=name, task=Task.REALTIME, supports=_TALKS, config=LiveConfig, stage=stage)


def _gemma(name: str) -> ModelEntry:
    return ModelEntry(name=name, supports=_GEMMA, config=GeminiConfig)


def _music(name: str) -> ModelEntry:
    return ModelEntry(name=name, supports=_PLAYS, config=GeminiConfig, stage=Stage.UNSTABLE)


def _agent(name: str) -> ModelEntry:
    return ModelEntry(
        name=name, task=Task.AGENT, supports=_WORKS, config=InteractionConfig, extras=_BACKGROUND, stage=Stage.UNSTABLE
    )


def _omni(name: str) -> ModelEntry:
    return ModelEntry(
        name=name, task=Task.VIDEO, supports=_MADE, config=InteractionConfig, extras=_BACKGROUND, stage=Stage.UNSTABLE
    )


def _veo(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.VIDEO, supports=_MADE, config=VeoConfig)


def _embedder(name: str, dimensions: int | None, *, sees: bool = False) -> ModelEntry:
    return ModelEntry(
        name=name, task=Task.EMBED, supports=Supports(media=sees), config=EmbedConfig, dimensions=dimensions
    )


IMAGEN: Final = ModelEntry(name='imagen-*', task=Task.IMAGE, supports=_MADE, config=ImagenConfig)

# Names that are not listed; the first that matches.
FAMILIES: Final = (
    IMAGEN,
    _veo('veo-*'),
    _image('gemini-*-image*'),
    _speech('gemini-*-tts*'),
    _embedder('multimodalembedding*', 1408, sees=True),
    _embedder('*embedding*', None),
    *map(_live, ('gemini-*-live', 'gemini-*-live-*', 'gemini-live-*', 'gemini-*-native-audio*')),
    ModelEntry(name='gemini-2*', supports=EARLIER, config=GeminiConfig, extras=_OF_TWO, stage=Stage.LEGACY),
    _gemma('gemma-*'),
    _music('lyria-*'),
)
_WITH_INTERACTIONS: Final = (_agent('deep-research-*'), _agent('antigravity-*'), _omni('gemini-omni-*'), *FAMILIES)
UNKNOWN: Final = _gemini('*')
_SHARED: Final = (
    _gemini('gemini-4-argon'),
    _gemini('gemini-3.8-flash'),
    _gemini('gemini-3.6-flash'),
    _gemini('gemini-3.5-flash-lite'),
    _gemini('gemini-3.1-flash-lite'),
    _gemini('gemini-3.1-pro-preview', Stage.UNSTABLE),
    _gemini('gemini-3-flash-preview', Stage.UNSTABLE),
    _image('gemini-3.1-flash-image'),
    _image('gemini-3-pro-image'),
)

GOOGLE_AI: Final = ModelTable(
    [
        *_SHARED,
        _gemini('gemini-3.1-pro-preview-customtools', Stage.UNSTABLE),
        _gemma('gemma-4-31b-it'),
        _gemma('gemma-4-26b-a4b-it'),
        _image('gemini-3.1-flash-lite-image'),
        _speech('gemini-3.8-flash-tts'),
        _speech('gemini-3.8-flash-lite-tts'),
        _speech('gemini-3.1-flash-tts-preview', Stage.UNSTABLE),
        _live('gemini-3.8-live'),
        _live('gemini-3.8-live-extended-thinking'),
        _live('gemini-3.1-flash-live-preview', Stage.LEGACY),
        _music('lyria-3-clip-preview'),
        _music('lyria-3-pro-preview'),
        _veo('veo-3.1-generate-preview'),
        _veo('veo-3.1-fast-generate-preview'),
        _veo('veo-3.1-lite-generate-preview'),
        _omni('gemini-omni-flash-preview'),
        _agent('deep-research-preview-04-2026'),
        _agent('deep-research-max-preview-04-2026'),
        _agent('antigravity-preview-09-2026'),
        _agent('antigravity-preview-05-2026'),
        _embedder('gemini-embedding-001', 3072),
        _embedder('gemini-embedding-2', 3072, sees=True),
    ],
    _WITH_INTERACTIONS,
    UNKNOWN,
)
VERTEX_AI: Final = ModelTable(
    [
        *_SHARED,
        ModelEntry(name='imagen-4.0-generate-001', task=Task.IMAGE, supports=_MADE, config=ImagenConfig),
        ModelEntry(name='imagen-4.0-fast-generate-001', task=Task.IMAGE, supports=_MADE, config=ImagenConfig),
        _live('gemini-live-2.5-flash-native-audio'),
        _veo('veo-3.1-generate-001'),
        _veo('veo-3.1-fast-generate-001'),
        _embedder('gemini-embedding-001', 3072),
        _embedder('text-embedding-005', 768),
        _embedder('text-multilingual-embedding-002', 768),
        _embedder('multimodalembedding@001', 1408, sees=True),
    ],
    FAMILIES,
    UNKNOWN,
)
