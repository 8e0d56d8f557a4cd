# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.ollama`` and its modules have, and this package too."""

from enum import StrEnum
from typing import Any, Final

from genkit import GenkitError
from genkit.types import Supports

from genkit_ollama.models import CHAT, PROMPT, OllamaEmbedder, OllamaModel


OLDER_MODULES: Final = ('constants', 'embedders', 'models')

EmbeddingDefinition = OllamaEmbedder
OllamaConnectionError = GenkitError  # of status UNAVAILABLE
OllamaSupports = Supports


class OllamaAPITypes(StrEnum):
    """The API that a model is asked through."""

    CHAT = 'chat'
    GENERATE = 'generate'


class ModelDefinition(OllamaModel):
    """An `OllamaModel` whose members are called as they once were.

    Args:
        name: As ``ollama list`` shows it.
        api_type: ``chat`` or ``generate``. Default: ``chat``.
        supports: What it is capable of; what is not said is as for every model of the API.
    """

    def __init__(self, name: str, api_type: str = 'chat', supports: Supports | dict[str, Any] | None = None) -> None:
        known = Supports.model_validate(supports) if isinstance(supports, dict) else supports
        assumed = PROMPT if api_type == OllamaAPITypes.GENERATE else CHAT
        said = {} if known is None else {member: getattr(known, member) for member in known.model_fields_set}
        super().__init__(name=name, type=OllamaAPITypes(api_type).value, supports=assumed.replaced(**said))

    @property
    def api_type(self) -> OllamaAPITypes:
        """The API that it is asked through."""
        return OllamaAPITypes(self.type)


def ollama_name(name: str) -> str:
    """Return a model's full name: ``ollama/<name>``."""
    return f'ollama/{name}'
