# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What models on an Ollama server are capable of, as data.

A server has the models that were pulled to it, so that none is listed here: there are the families of embedders, by
their names, and what is assumed of every other model.

Source: https://ollama.com/search?c=embedding (November 2026) and https://docs.ollama.com/capabilities.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from genkit.plugin import ModelEntry, ModelTable, Task, chat_supports
from genkit.types import Constrained, Supports

from genkit_ollama.config import OllamaConfig
from genkit_ollama.embed import OllamaEmbedConfig


GENERATE: Final = 'generate-api'


@dataclass(frozen=True, kw_only=True)
class OllamaModel:
    """A model that is listed whether or not the server is running, or that is to be asked in its own way.

    Attributes:
        name: As ``ollama list`` shows it, such as ``gemma3:4b``.
        type: The API that is used; ``generate`` knows one prompt alone, and neither history nor tools.
        supports: The model's capabilities. Default: those assumed of every model of the API.
    """

    name: str
    type: Literal['chat', 'generate'] = 'chat'
    supports: Supports | None = None


@dataclass(frozen=True, kw_only=True)
class OllamaEmbedder:
    """An embedder that is listed whether or not the server is running.

    Attributes:
        name: As ``ollama list`` shows it, such as ``nomic-embed-text``.
        dimensions: Of its vectors.
    """

    name: str
    dimensions: int | None = None


# A schema beside tools would keep the model from calling them: it goes into the prompt then.
CHAT: Final = chat_supports(Constrained.NO_TOOLS, tool_choice=False)
PROMPT: Final = CHAT.replaced(multiturn=False, tools=False, constrained=Constrained.ALL)
UNKNOWN: Final = ModelEntry(name='*', supports=CHAT, config=OllamaConfig, extras=frozenset({'reasoning'}))
EMBEDDER: Final = ModelEntry(name='*', task=Task.EMBED, config=OllamaEmbedConfig)

_EMBEDDERS: Final = ('*embed*', 'all-minilm*', 'bge-*', '*/bge-*', 'paraphrase-multilingual*', '*/all-minilm*')
FAMILIES: Final = tuple(replace(EMBEDDER, name=pattern) for pattern in _EMBEDDERS)


def to_table(models: Iterable[OllamaModel | str] = (), embedders: Iterable[OllamaEmbedder | str] = ()) -> ModelTable:
    """Return the table of a plugin that declares some models."""
    chat = [_model(OllamaModel(name=model) if isinstance(model, str) else model) for model in models]
    declared = [OllamaEmbedder(name=one) if isinstance(one, str) else one for one in embedders]
    vectors = [replace(EMBEDDER, name=one.name, dimensions=one.dimensions) for one in declared]
    return ModelTable([*chat, *vectors], FAMILIES, UNKNOWN)


def to_entry(entry: ModelEntry, abilities: Collection[str] | None) -> ModelEntry:
    """Return an entry with what the server says of the model.

    Args:
        entry: What its name suggests.
        abilities: ``capabilities`` of ``/api/show``; None if the server does not say.
    """
    if not abilities:
        return entry
    if 'embedding' in abilities and 'completion' not in abilities:
        return replace(EMBEDDER, name=entry.name)
    supports = CHAT.replaced(media='vision' in abilities, tools='tools' in abilities)
    extras = frozenset({'reasoning'} if 'thinking' in abilities else ())
    return replace(UNKNOWN, name=entry.name, supports=supports, extras=extras)


def _model(model: OllamaModel) -> ModelEntry:
    if model.type == 'generate':
        supports = model.supports or PROMPT
        return replace(UNKNOWN, name=model.name, supports=supports, extras=UNKNOWN.extras | {GENERATE})
    return replace(UNKNOWN, name=model.name, supports=model.supports or CHAT)
