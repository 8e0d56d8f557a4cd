# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Options of a request besides its messages. Source: https://docs.mistral.ai/api (November 2026)."""

from typing import Any, Literal

from genkit.types import GenerationCommonConfig, OpenWireModel


class MistralConfig(GenerationCommonConfig):
    """Options of a chat model; members that are not listed are sent as they are.

    Attributes:
        random_seed: For answers that can be repeated; ``seed`` is the same.
        min_tokens: The least that the answer has.
        frequency_penalty: From -2 to 2.
        presence_penalty: From -2 to 2.
        repetition_penalty: Above 1 for fewer repetitions.
        log_probs: Whether to return the probabilities of the tokens.
        top_log_probs: How many alternatives to each token.
        n: How many candidates; the answer is the first one, the others are in its ``raw`` form.
        parallel_tool_calls: Whether there may be several tool calls in one answer.
        prediction: What the answer will mostly look like.
        reasoning_effort: How much a model thinks: ``none``, ``low``, ``medium``, ``high`` and others, as it knows them.
        prompt_mode: ``reasoning`` for the system prompt of models that always think; an explicit None for no such one.
        safe_prompt: Whether the provider puts a safety prompt before the conversation.
        guardrails: What the provider moderates.
        prompt_cache_key: Brings requests with one beginning to one cache.
        service_tier: Which of the provider's queues to use.
        metadata: Kept with the request.
    """

    random_seed: int | None = None
    min_tokens: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    repetition_penalty: float | None = None
    log_probs: bool | None = None
    top_log_probs: int | None = None
    n: int | None = None
    parallel_tool_calls: bool | None = None
    prediction: dict[str, Any] | None = None
    reasoning_effort: str | None = None
    prompt_mode: Literal['reasoning'] | None = None
    safe_prompt: bool | None = None
    guardrails: list[dict[str, Any]] | None = None
    prompt_cache_key: str | None = None
    service_tier: Literal['auto', 'standard_only'] | None = None
    metadata: dict[str, Any] | None = None


class CodestralConfig(MistralConfig):
    """Options of a model of code.

    Attributes:
        suffix: What follows the gap: with it, empty or not, the model fills in what stands between the prompt and it,
            and returns that alone.
    """

    suffix: str | None = None


class MistralEmbedConfig(OpenWireModel):
    """Options of an embedder; members that are not listed are sent as they are.

    Attributes:
        output_dimension: Of the vectors, for models that can shorten them.
        output_dtype: Of their numbers; ``binary`` and ``ubinary`` put eight dimensions into one of them.
        metadata: Kept with the request.
        api_key: Overrides the plugin's key for this one request.
    """

    output_dimension: int | None = None
    output_dtype: Literal['float', 'int8', 'uint8', 'binary', 'ubinary'] | None = None
    metadata: dict[str, Any] | None = None
    api_key: str | None = None


class OcrConfig(GenerationCommonConfig):
    """Options of a model that reads documents; members that are not listed are sent as they are.

    Attributes:
        pages: Which pages, counted from 0, such as ``'0-5'`` or ``[0, 2]``. Default: all.
        include_image_base64: Whether the images of the document are returned.
        image_limit: How many of them at most.
        image_min_size: Their least height and width.
        table_format: The form of tables, which else are a part of the text.
        extract_header: Whether headers of pages are left out of the text.
        extract_footer: Whether footers of pages are left out of the text.
        include_blocks: Whether the raw answer says where each paragraph stands.
        confidence_scores_granularity: Whether it says how sure the model is, and of what.
        bbox_annotation_format: The schema that each image is described by.
    """

    pages: str | list[int] | None = None
    include_image_base64: bool = True
    image_limit: int | None = None
    image_min_size: int | None = None
    table_format: Literal['markdown', 'html'] | None = None
    extract_header: bool | None = None
    extract_footer: bool | None = None
    include_blocks: bool | None = None
    confidence_scores_granularity: Literal['word', 'page', 'block'] | None = None
    bbox_annotation_format: dict[str, Any] | None = None


class MistralSpeechConfig(GenerationCommonConfig):
    """Options of a model that speaks; members that are not listed are sent as they are.

    Attributes:
        voice: The id of a voice. Default: that of the audio in the prompt, else the provider's.
        response_format: Of the bytes; ``pcm`` are float samples of 32 bits.
        expressiveness: From 1 up.
        phoneme_hints: How words are pronounced, each as a list of phonemes.
        conversation_history: What was said before, for voices that listen.
        prompt_cache_key: Brings requests with one beginning to one cache.
        metadata: Kept with the request.
    """

    voice: str | None = None
    response_format: Literal['mp3', 'wav', 'pcm', 'flac', 'opus'] = 'mp3'
    expressiveness: float | None = None
    phoneme_hints: dict[str, list[str]] | None = None
    conversation_history: list[dict[str, Any]] | None = None
    prompt_cache_key: str | None = None
    metadata: dict[str, Any] | None = None


class MistralTranscribeConfig(GenerationCommonConfig):
    """Options of a model that listens; members that are not listed are sent as they are.

    Attributes:
        language: ISO 639-1, if it is known.
        diarize: Whether to tell the speakers apart.
        context_bias: Words that may occur.
        speaker_references: The voices of speakers by their names, as audio in base64.
        timestamp_granularities: The units that get timestamps: ``segment``, with some models ``word``.
    """

    language: str | None = None
    diarize: bool | None = None
    context_bias: list[str] | None = None
    speaker_references: dict[str, str] | None = None
    timestamp_granularities: list[str] | None = None
