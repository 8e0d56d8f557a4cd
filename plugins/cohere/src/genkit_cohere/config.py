# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Options of a request, by kind of model. Source: https://docs.cohere.com/reference/about (November 2026)."""

from typing import Any, Literal

from genkit.types import CommonRerankerOptions, GenerationCommonConfig, OpenWireModel, WireModel
from pydantic import Field


EmbeddingType = Literal['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64']
InputType = Literal['search_document', 'search_query', 'classification', 'clustering', 'image']


class Thinking(OpenWireModel):
    """Whether, and how much, a model thinks that can; it does by default.

    Attributes:
        type: Whether it thinks.
        token_budget: The most tokens of its thoughts.
    """

    type: Literal['enabled', 'disabled'] = 'enabled'
    token_budget: int | None = None


class CitationOptions(OpenWireModel):
    """How the sources of an answer are named.

    Attributes:
        mode: Such as ``ACCURATE``, ``FAST`` or ``OFF``.
    """

    mode: str | None = None


class CohereConfig(GenerationCommonConfig):
    """Options of a chat model; members that are not listed are sent as they are.

    ``top_k`` and ``top_p`` are sent as ``k`` and ``p``, ``max_output_tokens`` as ``max_tokens``.

    Attributes:
        thinking: Of models that think.
        safety_mode: Which safety instruction goes into the prompt. Default: ``CONTEXTUAL``.
        citation_options: How sources are named.
        documents: Documents of the protocol, in addition to those of the request.
        strict_tools: Whether calls follow the schemas of the tools strictly.
        seed: For answers that can be repeated, as far as possible.
        frequency_penalty: From 0 to 1.
        presence_penalty: From 0 to 1.
        logprobs: Whether the raw answer has the probabilities of the tokens.
        priority: Lower numbers are handled first. Default: 0.
    """

    thinking: Thinking | None = None
    safety_mode: Literal['CONTEXTUAL', 'STRICT', 'OFF'] | None = None
    citation_options: CitationOptions | None = None
    documents: list[str | dict[str, Any]] | None = None
    strict_tools: bool | None = None
    seed: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logprobs: bool | None = None
    priority: int | None = None


class CohereEmbedConfig(OpenWireModel):
    """Options of an embedder; members that are not listed are sent as they are.

    Attributes:
        input_type: What the vectors are for. Default: ``search_query`` inside a retriever, else ``search_document``;
            ``image`` for images with models before ``embed-v4.0``.
        embedding_types: Of the vectors: the first is the embedding, others are in its metadata by their names.
            ``base64`` is decoded. Default: ``float``.
        output_dimension: Of the vectors, for ``embed-v4.0`` and later.
        max_tokens: The most tokens of an input.
        truncate: Where an input that is too long is cut off; ``NONE`` refuses it. Default: ``END``.
        priority: Lower numbers are handled first. Default: 0.
        version: Replaces the name of the model.
        api_key: Overrides the plugin's key for this one request.
    """

    input_type: InputType | None = None
    embedding_types: list[EmbeddingType] | None = None
    output_dimension: int | None = None
    max_tokens: int | None = None
    truncate: Literal['NONE', 'START', 'END'] | None = None
    priority: int | None = None
    version: str | None = None
    api_key: str | None = Field(default=None, repr=False)


class RelevantSpans(OpenWireModel):
    """Which passages of a document made its rank, for ``rerank-v5.0`` and later.

    Attributes:
        mode: Whether they are returned.
        threshold: The least score of one. Default: 0.1.
        max_spans: The most passages of a document.
    """

    mode: Literal['enabled', 'disabled'] = 'enabled'
    threshold: float | None = None
    max_spans: int | None = None


class CohereRerankConfig(CommonRerankerOptions):
    """Options of a reranker; members that are not listed are sent as they are.

    Attributes:
        k: How many documents to return, which is sent as ``top_n``.
        max_tokens_per_doc: Longer documents are cut off. Default: 4096.
        relevant_spans: Whether the passages that count are in the metadata, as ``relevantSpans``.
        priority: Lower numbers are handled first. Default: 0.
        version: Replaces the name of the model.
        api_key: Overrides the plugin's key for this one request.
    """

    max_tokens_per_doc: int | None = None
    relevant_spans: RelevantSpans | None = None
    priority: int | None = None
    version: str | None = None
    api_key: str | None = Field(default=None, repr=False)


class CohereTranscribeConfig(WireModel):
    """Options of a model that listens.

    Attributes:
        language: Of what is said, in ISO 639-1, which the provider requires.
        temperature: From 0 to 1.
        version: Replaces the name of the model.
        api_key: Overrides the plugin's key for this one request.
    """

    language: str = 'en'
    temperature: float | None = None
    version: str | None = None
    api_key: str | None = Field(default=None, repr=False)
