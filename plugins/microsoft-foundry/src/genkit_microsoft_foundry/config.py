# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Options of a request besides its messages."""

from typing import Any, Literal

from genkit.types import GenerationCommonConfig, OpenWireModel
from genkit_compat_oai import EmbedConfig, ImageConfig, OpenAIConfig


class FoundryConfig(OpenAIConfig):
    """Options of a chat model; members that are not listed are sent as they are.

    Source: https://learn.microsoft.com/azure/foundry/openai/latest (November 2026).

    Attributes:
        user_security_context: Names the end user and the application to Microsoft Defender.
    """

    user_security_context: dict[str, Any] | None = None


class FoundryImageConfig(ImageConfig):
    """Options of an image model; members that are not listed are sent as they are.

    Attributes:
        width: In pixels; for models that are not OpenAI's, as an alternative to ``size``.
        height: In pixels; as ``width``.
        input_fidelity: How closely images in the prompt are followed, for OpenAI's models.
        auto_aspect_ratio: Whether a MAI model chooses the form of the image.
        web_grounding: Whether a MAI model may look things up.
        guidance: How closely the image of a FLUX model follows the prompt, from 1.5 to 10.
        steps: The number of steps of a FLUX model, up to 50.
        seed: For images that can be repeated, of FLUX models.
        safety_tolerance: How much a FLUX model lets pass.
    """

    width: int | None = None
    height: int | None = None
    input_fidelity: Literal['low', 'high'] | None = None
    auto_aspect_ratio: bool | None = None
    web_grounding: bool | None = None
    guidance: float | None = None
    steps: int | None = None
    seed: int | None = None
    safety_tolerance: int | None = None


class FoundryEmbedConfig(EmbedConfig):
    """Options of an embedder; members that are not listed are sent as they are.

    Attributes:
        input_type: Whether a text is a ``document`` or a ``query``, for Cohere's models. Default: what an indexer or a
            retriever embeds.
    """

    input_type: str | None = None


class FoundryRerankConfig(OpenWireModel):
    """Options of a reranker; members that are not listed are sent as they are.

    Source: https://docs.cohere.com/reference/rerank (November 2026).

    Attributes:
        k: The maximum number of documents to return. Default: all.
        max_tokens_per_doc: How much of each document counts.
        version: The name of the deployment, if it is to be another one.
        api_key: Overrides the plugin's key for this one request.
    """

    k: int | None = None
    max_tokens_per_doc: int | None = None
    version: str | None = None
    api_key: str | None = None


class FoundryVideoConfig(GenerationCommonConfig):
    """Options of a video model; members that are not listed are sent as they are.

    Source: https://learn.microsoft.com/azure/foundry/openai/concepts/video-generation (November 2026).

    Attributes:
        seconds: The length: ``'4'``, ``'8'`` or ``'12'``.
        size: ``720x1280`` or ``1280x720``.
    """

    seconds: str | None = None
    size: str | None = None
