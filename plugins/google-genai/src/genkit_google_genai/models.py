# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What Google's models are capable of, as data.

Sources: https://ai.google.dev/gemini-api/docs/models and
https://cloud.google.com/vertex-ai/generative-ai/docs/models (November 2026).
"""

from typing import Any, Final

from genkit.plugin import ModelEntry, ModelTable, Task
from genkit.types import Constrained, Stage, Supports

from genkit_google_genai.config import EmbedConfig, GeminiConfig, ImagenConfig, SpeechConfig, VeoConfig


def _supports(constrained: Constrained = Constrained.ALL, **more: Any) -> Supports:
    return Supports(
        multiturn=True,
        media=True,
        tools=True,
        tool_choice=True,
        system_role=True,
        output=['text', 'json'],
        constrained=constrained,
    ).replaced(**more)


CHAT: Final = _supports()
EARLIER: Final = _supports(Constrained.NO_TOOLS)
_DRAWS: Final = _supports(Constrained.NONE, tools=False, tool_choice=False, output=['text', 'media'])
_SPEAKS: Final = Supports(multiturn=False, media=False, tools=False, system_role=False, output=['media'])
_MADE: Final = Supports(multiturn=False, media=True, tools=False, system_role=False, output=['media'])
_ABILITIES: Final = frozenset({'json-with-tools', 'pdf', 'prompt-caching', 'reasoning'})
_OF_TWO: Final = frozenset({'pdf', 'prompt-caching', 'reasoning'})


def _gemini(name: str, stage: Stage = Stage.STABLE) -> ModelEntry:
    return ModelEntry(name=name, supports=CHAT, config=GeminiConfig, extras=_ABILITIES, stage=stage)


def _image(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.IMAGE, supports=_DRAWS, config=GeminiConfig)


def _speech(name: str) -> ModelEntry:
    return ModelEntry(name=name, task=Task.SPEECH, supports=_SPEAKS, config=SpeechConfig)


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
    _embedder('*embedding*', None),
    ModelEntry(name='gemini-2*', supports=EARLIER, config=GeminiConfig, extras=_OF_TWO, stage=Stage.LEGACY),
    ModelEntry(
        name='gemma-*',
        supports=_supports(Constrained.NONE, tools=False, tool_choice=False),
        config=GeminiConfig,
    ),
)
UNKNOWN: Final = _gemini('*')
_SHARED: Final = (
    _gemini('gemini-4-argon'),
    _gemini('gemini-3.8-flash'),
    _gemini('gemini-3.6-flash'),
    _gemini('gemini-3.5-flash-lite'),
    _gemini('gemini-3.1-flash-lite'),
    _gemini('gemini-3.1-pro-preview', Stage.UNSTABLE),
    _image('gemini-3.1-flash-image'),
    _image('gemini-3-pro-image'),
)

GOOGLE_AI: Final = ModelTable(
    [
        *_SHARED,
        _image('gemini-3.1-flash-lite-image'),
        _speech('gemini-3.8-flash-tts'),
        _speech('gemini-3.8-flash-lite-tts'),
        _veo('veo-3.1-generate-preview'),
        _veo('veo-3.1-fast-generate-preview'),
        _veo('veo-3.1-lite-generate-preview'),
        _embedder('gemini-embedding-001', 3072),
        _embedder('gemini-embedding-2', 3072, sees=True),
    ],
    FAMILIES,
    UNKNOWN,
)
VERTEX_AI: Final = ModelTable(
    [
        *_SHARED,
        ModelEntry(name='imagen-4.0-generate-001', task=Task.IMAGE, supports=_MADE, config=ImagenConfig),
        ModelEntry(name='imagen-4.0-fast-generate-001', task=Task.IMAGE, supports=_MADE, config=ImagenConfig),
        _veo('veo-3.1-generate-001'),
        _veo('veo-3.1-fast-generate-001'),
        _embedder('gemini-embedding-001', 3072),
        _embedder('text-embedding-005', 768),
        _embedder('text-multilingual-embedding-002', 768),
    ],
    FAMILIES,
    UNKNOWN,
)
