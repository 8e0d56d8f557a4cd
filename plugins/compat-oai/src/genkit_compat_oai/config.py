# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Configuration of a request besides its messages."""

from typing import Any, Literal

from genkit.types import GenerationCommonConfig


class ChatConfig(GenerationCommonConfig):
    """Options of a chat model; members that are not listed are sent as they are.

    With ``n``, which is one of these, the answer is the first candidate; what the provider gave is in its ``raw`` form.

    Source: https://platform.openai.com/docs/api-reference/chat/create. ``top_k`` is not known to the protocol and
    is not sent.

    Attributes:
        frequency_penalty: From -2 to 2.
        presence_penalty: From -2 to 2.
        log_probs: Whether to return the probabilities of the tokens.
        top_log_probs: How many alternatives to each token, up to 20.
        seed: For answers that can be repeated, as far as the provider can.
        user: Names the end user to the provider.
        reasoning_effort: How much a reasoning model thinks.
        verbosity: How long its answers are.
        visual_detail_level: How closely images are looked at.
        parallel_tool_calls: Whether there may be several tool calls in one answer.
        service_tier: Which of the provider's queues to use.
        store: Whether the provider keeps the exchange.
        metadata: Kept with it.
        modalities: What the answer may consist of, such as ``['text', 'audio']``.
        audio: How it sounds.
        prediction: What the answer will mostly look like.
        prompt_cache_key: Brings requests with one beginning to one cache.
        web_search_options: For models that search.
    """

    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    log_probs: bool | None = None
    top_log_probs: int | None = None
    logit_bias: dict[str, float] | None = None
    seed: int | None = None
    user: str | None = None
    reasoning_effort: str | None = None
    verbosity: Literal['low', 'medium', 'high'] | None = None
    visual_detail_level: Literal['auto', 'low', 'high'] | None = None
    parallel_tool_calls: bool | None = None
    service_tier: str | None = None
    store: bool | None = None
    metadata: dict[str, str] | None = None
    modalities: list[str] | None = None
    audio: dict[str, Any] | None = None
    prediction: dict[str, Any] | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    safety_identifier: str | None = None
    web_search_options: dict[str, Any] | None = None


class OpenAIConfig(ChatConfig):
    """Options of OpenAI's own models, which speak a second protocol.

    Attributes:
        api: The API to use. Default: depends on the model.
        server_tools: Tools that the provider runs, such as ``{'type': 'web_search'}``; only with ``responses``.
        reasoning_summary: The summary of the reasoning: ``auto``, ``concise`` or ``detailed``; only with ``responses``.
        previous_response_id: A response stored by the provider, to continue from; only with ``responses``.
        truncation: Whether the provider may shorten a conversation that is too long; only with ``responses``.
        include: Additional data to return; only with ``responses``.
    """

    api: Literal['chat', 'responses'] | None = None
    server_tools: list[dict[str, Any]] | None = None
    reasoning_summary: Literal['auto', 'concise', 'detailed'] | None = None
    previous_response_id: str | None = None
    truncation: Literal['auto', 'disabled'] | None = None
    include: list[str] | None = None


class RealtimeConfig(GenerationCommonConfig):
    """Options of a model that is talked with in real time; members that are not listed are sent in the session.

    Source: https://platform.openai.com/docs/api-reference/realtime-client-events/session/update. ``temperature``,
    ``top_p``, ``top_k`` and ``stop_sequences`` are not known to the protocol and are not sent.

    Attributes:
        voice: Such as ``marin`` or ``cedar``; for the whole conversation.
        modalities: ``['audio']`` or ``['text']``. Default: audio with its transcript.
        turn_detection: ``server_vad``, ``semantic_vad``, a mapping with the options of one of these, or False if the
            caller says ``end_turn()``. Default: the provider's.
        input_transcription: The model that writes down what the user says, a mapping with its options, or False.
            Default: ``gpt-transcribe``, which is billed apart.
        noise_reduction: ``near_field``, ``far_field`` or a mapping.
        input_audio_format: ``audio/pcm`` of 24 kHz, or ``audio/pcmu`` or ``audio/pcma`` of telephones.
        output_audio_format: The same for what the model says.
        speed: Of the voice, from 0.25 to 1.5.
        reasoning_effort: For models that reason.
        parallel_tool_calls: Whether there may be several tool calls in one answer.
        truncation: What becomes of a conversation that is too long.
        safety_identifier: Names the end user to the provider.
    """

    voice: str | dict[str, Any] | None = None
    modalities: list[Literal['text', 'audio']] | None = None
    turn_detection: Literal['server_vad', 'semantic_vad', False] | dict[str, Any] | None = None
    input_transcription: bool | str | dict[str, Any] | None = None
    noise_reduction: str | dict[str, Any] | None = None
    input_audio_format: Literal['audio/pcm', 'audio/pcmu', 'audio/pcma'] = 'audio/pcm'
    output_audio_format: Literal['audio/pcm', 'audio/pcmu', 'audio/pcma'] = 'audio/pcm'
    speed: float | None = None
    reasoning_effort: str | None = None
    parallel_tool_calls: bool | None = None
    truncation: str | dict[str, Any] | None = None
    safety_identifier: str | None = None
