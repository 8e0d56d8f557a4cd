# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Options of a request besides its messages.

Source: the page of each model at https://developers.cloudflare.com/workers-ai/models (November 2026).
"""

from typing import Any, Literal

from genkit.types import GenerationCommonConfig, OpenWireModel
from genkit_compat_oai import ChatConfig


DEFAULT_MAX_TOKENS = 4096
"""The limit of an answer that is sent where the application sets none: the provider's own of 256 cuts most answers."""


class WorkersAIConfig(ChatConfig):
    """Options of the protocol, and those that Workers AI adds.

    Attributes:
        repetition_penalty: From 0 to 2.
        lora: The name of an adapter for the model.
        chat_template_kwargs: Arguments of the model's chat template, such as ``{'enable_thinking': False}``.
    """

    repetition_penalty: float | None = None
    lora: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None


class WorkersAIImageConfig(GenerationCommonConfig):
    """Options of an image model; members that are not listed are sent as they are.

    Attributes:
        negative_prompt: What must not be seen.
        width: In pixels.
        height: In pixels.
        steps: The number of diffusion steps, for models of the FLUX family.
        num_steps: The same for all others.
        guidance: How closely the image follows the prompt.
        strength: How much an image that is given changes, from 0 to 1.
        seed: For images that can be repeated.
    """

    negative_prompt: str | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    num_steps: int | None = None
    guidance: float | None = None
    strength: float | None = None
    seed: int | None = None


class WorkersAISpeechConfig(GenerationCommonConfig):
    """Options of a model that speaks; members that are not listed are sent as they are.

    Attributes:
        voice: The speaker, for models with several, which call it ``speaker``.
        encoding: The encoding of the sound, for models that let one choose.
        container: The file format around it: ``none``, ``wav`` or ``ogg``.
        sample_rate: In hertz.
        bit_rate: In bits per second.
        lang: The language, for models that speak several.
    """

    voice: str | None = None
    encoding: Literal['linear16', 'flac', 'mulaw', 'alaw', 'mp3', 'opus', 'aac'] | None = None
    container: Literal['none', 'wav', 'ogg'] | None = None
    sample_rate: int | None = None
    bit_rate: int | None = None
    lang: str | None = None


class WorkersAITranscribeConfig(GenerationCommonConfig):
    """Options of a model that listens; members that are not listed are sent as they are.

    Attributes:
        language: Of the sound, as ISO 639-1.
        task: ``translate`` for English text, whatever is spoken.
        vad_filter: Whether silence is left out first.
        initial_prompt: What is spoken of, or words that may occur.
        prefix: How the text begins.
    """

    language: str | None = None
    task: Literal['transcribe', 'translate'] | None = None
    vad_filter: bool | None = None
    initial_prompt: str | None = None
    prefix: str | None = None


class WorkersAIRerankConfig(OpenWireModel):
    """Options of a reranker.

    Attributes:
        k: The maximum number of documents to return. Default: all.
        version: The model's name, if it is to be another one.
        api_key: Overrides the plugin's key for this one request.
    """

    k: int | None = None
    version: str | None = None
    api_key: str | None = None
