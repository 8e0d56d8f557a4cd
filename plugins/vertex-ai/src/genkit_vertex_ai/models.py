# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The models of other vendors on Vertex AI, as data.

Source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/use-partner-models and
https://docs.cloud.google.com/vertex-ai/generative-ai/docs/open-models/use-maas (November 2026).
"""

import re
from dataclasses import replace
from typing import Final, Literal

from genkit.plugin import ActionKind, ModelEntry, ModelTable, chat_supports
from genkit.types import Supports
from genkit_anthropic.models import MODELS as CLAUDE
from genkit_compat_oai import ChatConfig
from genkit_mistral.models import MODELS as MISTRAL


Publisher = Literal['anthropic', 'mistralai', 'open']

_OF_ANTHROPIC: Final = re.compile(r'(anthropic/|claude-)')
_OF_MISTRAL: Final = re.compile(r'(mistralai/|(mistral|codestral|ministral|magistral)-)')
_TEXT: Final = chat_supports(media=False)
_CLAUDE: Final = (
    *('claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5', 'claude-sonnet-5'),
    *('claude-opus-4-8', 'claude-opus-4-6', 'claude-sonnet-4-6', 'claude-haiku-4-5@20251001'),
)
_MISTRAL: Final = ('mistral-medium-3', 'mistral-small-2503', 'codestral-2', 'mistral-ocr-2505')


def publisher_of(name: str) -> Publisher:
    """Return in whose protocol a model is asked; ``open`` is that of OpenAI, which all others have."""
    if _OF_ANTHROPIC.match(name):
        return 'anthropic'
    return 'mistralai' if _OF_MISTRAL.match(name) else 'open'


def model_id(name: str) -> str:
    """Return a model's name without a publisher that has a protocol of its own."""
    return name.removeprefix('anthropic/').removeprefix('mistralai/')


def default_location(name: str) -> str:
    """Return a place where a model is served, for applications that name none."""
    if publisher_of(name) == 'mistralai':
        return 'us-central1'
    return 'us-east5' if name.startswith('meta/') else 'global'


class GardenTable(ModelTable):
    """The models of several vendors; what each can do is in the tables of the plugins for their own APIs."""

    def find(self, name: str, kind: ActionKind | None = None) -> ModelEntry | None:
        """Return the entry for a name, known or not; None if such a name is of another kind."""
        if any(name == entry.name for entry in self):
            return super().find(name, kind)
        publisher = publisher_of(name)
        if publisher == 'open':
            return super().find(name, kind)
        found = (CLAUDE if publisher == 'anthropic' else MISTRAL).find(model_id(name), kind)
        return None if found is None else replace(found, name=name)


def _entry(table: ModelTable, name: str) -> ModelEntry:
    found = table.find(name)
    assert found is not None
    return replace(found, name=name)


def _mistral(name: str) -> ModelEntry:
    found = _entry(MISTRAL, name)
    return replace(found, extras=found.extras - {'reasoning', 'prompt-caching'})  # of later ones, and elsewhere


def _open(name: str, supports: Supports = _TEXT, *extras: str) -> ModelEntry:
    return ModelEntry(name=name, supports=supports, config=ChatConfig, extras=frozenset(extras))


_LISTED: Final = (
    *(_entry(CLAUDE, name) for name in _CLAUDE),
    *map(_mistral, _MISTRAL),
    _open('meta/llama-4-maverick-17b-128e-instruct-maas', chat_supports()),
    _open('meta/llama-4-scout-17b-16e-instruct-maas', chat_supports()),
    _open('meta/llama-3.3-70b-instruct-maas'),
    _open('openai/gpt-oss-120b-maas', _TEXT, 'reasoning'),
    _open('openai/gpt-oss-20b-maas', _TEXT, 'reasoning'),
)
_UNKNOWN: Final = _open('*', chat_supports(media=None), 'reasoning')
MODELS: Final = GardenTable(_LISTED, unknown=_UNKNOWN)


def listing(names: tuple[str, ...]) -> GardenTable:
    """Return the table with further names."""
    added = [entry for name in names if (entry := MODELS.find(name)) is not None]
    return GardenTable([*_LISTED, *added], unknown=_UNKNOWN)
