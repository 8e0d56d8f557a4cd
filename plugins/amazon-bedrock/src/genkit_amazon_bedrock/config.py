# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Configuration of a request besides its messages, for each kind of model."""

from typing import Any, Literal

from genkit.types import GenerationCommonConfig, OpenWireModel
from pydantic import Field


class BedrockConfig(GenerationCommonConfig):
    """Options of a chat model; members that are not listed go into ``additionalModelRequestFields``.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. ``top_k`` is sent where
    the model's own protocol has it. Sampling options are not sent to models that refuse them.

    Attributes:
        thinking: How Claude thinks, such as ``{'type': 'enabled', 'budget_tokens': 2048}`` or ``{'type': 'adaptive'}``.
        effort: How much a model puts into its answer.
        guardrail_config: Such as ``{'guardrailIdentifier': 'abc', 'guardrailVersion': '1', 'trace': 'enabled'}``.
        strict_tools: Whether the arguments of tools are held to their schemas, for models that can.
        tool_choice: In the protocol's words, such as ``{'tool': {'name': 'weather'}}``; overrides the request's.
        system_tools: Names of tools that the provider runs, such as ``nova_grounding``.
        additional_model_request_fields: Options of the model's own protocol.
        additional_model_response_field_paths: Which fields of the model's own answer are returned, such as
            ``['/stop_sequence']``; they are in ``response.custom``.
        prompt_variables: For a prompt of Prompt management, whose ARN is the model.
        request_metadata: For the logs of invocations.
        performance_config: Such as ``{'latency': 'optimized'}``.
        service_tier: Which of the provider's queues to use.
    """

    thinking: dict[str, Any] | None = None
    effort: str | None = None
    guardrail_config: dict[str, Any] | None = None
    strict_tools: bool | None = None
    tool_choice: dict[str, Any] | None = None
    system_tools: list[str] | None = None
    additional_model_request_fields: dict[str, Any] | None = None
    additional_model_response_field_paths: list[str] | None = None
    prompt_variables: dict[str, Any] | None = None
    request_metadata: dict[str, str] | None = None
    performance_config: dict[str, Any] | None = None
    service_tier: Literal['priority', 'default', 'flex', 'reserved'] | None = None


class InvokeConfig(OpenWireModel):
    """What every model takes that is called in its own protocol; members that are not listed are sent as they are.

    Attributes:
        version: A name to use in place of the model's, such as an inference profile or an ARN.
        api_key: Overrides the plugin's key for this one request. Never recorded.
    """

    version: str | None = None
    api_key: str | None = Field(default=None, repr=False)


class TitanEmbedConfig(InvokeConfig):
    """Options of Titan's text embedder.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html.

    Attributes:
        dimensions: 1024, 512 or 256.
        normalize: Whether vectors have the length 1. Default: True.
        embedding_types: Only ``['float']`` is read.
    """

    dimensions: int | None = None
    normalize: bool | None = None
    embedding_types: list[str] | None = None


class TitanImageEmbedConfig(InvokeConfig):
    """Options of Titan's embedder of texts and images.

    Attributes:
        output_embedding_length: 1024, 384 or 256.
    """

    output_embedding_length: int | None = None


class CohereEmbedConfig(InvokeConfig):
    """Options of Cohere's embedders.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html.

    Attributes:
        input_type: What the vectors are for: ``search_document`` for texts that are stored, ``search_query`` for
            queries, ``classification`` or ``clustering``. Default: ``search_query`` inside a
            retriever, else ``search_document``.
        truncate: What becomes of texts that are too long.
        output_dimension: 256, 512, 1024 or 1536; of version 4 alone.
    """

    input_type: str | None = None
    truncate: str | None = None
    output_dimension: int | None = None


class NovaEmbedConfig(InvokeConfig):
    """Options of Nova's embedder.

    Source: https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html.

    Attributes:
        embedding_purpose: Such as ``GENERIC_INDEX`` for texts that are stored, and ``TEXT_RETRIEVAL`` for queries.
            Default: ``GENERIC_RETRIEVAL`` inside a retriever, else ``GENERIC_INDEX``.
        embedding_dimension: 3072, 1024, 384 or 256.
        truncation_mode: What becomes of texts that are too long: ``START``, ``END`` or ``NONE``. Default: ``END``.
        detail_level: How closely images are looked at.
    """

    embedding_purpose: str | None = None
    embedding_dimension: int | None = None
    truncation_mode: str | None = None
    detail_level: str | None = None


class StabilityConfig(GenerationCommonConfig):
    """Options of Stability's image models; members that are not listed are sent as they are.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-stability-diffusion.html.

    Attributes:
        aspect_ratio: Such as ``16:9``; not with an image in the prompt.
        negative_prompt: What should not be in the image.
        output_format: ``png``, ``jpeg`` or ``webp``.
        seed: For images that repeat.
        strength: How much of the prompt's image may change, from 0 to 1. Default: 0.7.
    """

    aspect_ratio: str | None = None
    negative_prompt: str | None = None
    output_format: str | None = None
    seed: int | None = None
    strength: float | None = None


class LumaConfig(GenerationCommonConfig):
    """Options of Luma's video model; members that are not listed are sent as they are.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-luma.html.

    Attributes:
        output_s3_uri: Where the video is put. Default: that of the plugin.
        aspect_ratio: Such as ``16:9``.
        duration: ``5s`` or ``9s``.
        loop: Whether the end fits the beginning.
        resolution: ``540p`` or ``720p``.
    """

    output_s3_uri: str | None = None
    aspect_ratio: str | None = None
    duration: str | None = None
    loop: bool | None = None
    resolution: str | None = None


class RerankConfig(InvokeConfig):
    """Options of rerankers.

    Attributes:
        k: How many documents to return. Default: all.
        max_tokens_per_doc: How much of a document is read; of Cohere's alone.
    """

    k: int | None = None
    max_tokens_per_doc: int | None = None
