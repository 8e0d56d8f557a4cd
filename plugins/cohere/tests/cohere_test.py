# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contracts, with requests held against the parameters and models of the vendor's own library."""

from typing import Any, ClassVar, get_type_hints

from cohere.core.request_options import RequestOptions
from cohere.v2.client import AsyncV2Client
from genkit import Genkit
from genkit.plugin import ModelPlugin
from genkit.testing import (
    EmbedderContract,
    LoopbackServer,
    ModelContract,
    RerankerContract,
    TranscriptionContract,
)
from genkit_cohere import Cohere
from genkit_cohere.testing import CohereEmbedWire, CohereRerankWire, CohereTranscriptWire, CohereWire
from pydantic import create_model


def parameters(method: Any, **more: Any) -> Any:
    """Return what a method of the library takes, as the type of a body."""
    hints = {name: hint for name, hint in get_type_hints(method).items() if name != 'return'}
    hints = {name: hint for name, hint in hints.items() if RequestOptions not in getattr(hint, '__args__', ())}
    fields: Any = {name: (hint, None) for name, hint in {**hints, **more}.items()}
    return create_model(method.__name__, **fields)


CHAT = parameters(AsyncV2Client.chat, stream=bool)
EMBED = parameters(AsyncV2Client.embed)
RERANK = parameters(AsyncV2Client.rerank)


class OfCohere:
    request_type: ClassVar[Any] = CHAT

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return Cohere(api_key=api_key, base_url=url)


class TestCommandAPlus(OfCohere, ModelContract):
    wire = CohereWire()
    counts_thoughts = False
    says_blocked = False


class TestCommandA(OfCohere, ModelContract):
    model = 'command-a-03-2025'
    wire = CohereWire()
    says_blocked = False


class TestCommandAVision(OfCohere, ModelContract):
    model = 'command-a-vision-07-2025'
    wire = CohereWire()
    says_blocked = False


class TestEmbed(OfCohere, EmbedderContract):
    model = 'embed-v4.0'
    wire = CohereEmbedWire()
    request_type = EMBED
    shortens = ('output_dimension', 'output_dimension')


class TestEarlierEmbed(OfCohere, EmbedderContract):
    model = 'embed-multilingual-v3.0'
    wire = CohereEmbedWire()
    request_type = EMBED


class TestTranscribe(OfCohere, TranscriptionContract):
    wire = CohereTranscriptWire()
    request_type = None


class TestRerank(RerankerContract):
    async def application(self) -> tuple[Genkit, str]:
        wire = CohereRerankWire()
        server = LoopbackServer(wire.ranked).__enter__()
        ai = Genkit(plugins=[Cohere(api_key='key', base_url=server.url)])
        close = ai.aclose

        async def closing() -> None:
            await close()
            server.__exit__(None, None, None)

        ai.aclose = closing
        return ai, 'cohere/rerank-v5.0-pro'
