# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Configuration of a request besides its messages."""

from typing import Any, Literal

from genkit.types import GenerationCommonConfig, OpenWireModel, WireModel


class ThinkingConfig(OpenWireModel):
    """How a model thinks: https://ai.google.dev/gemini-api/docs/thinking.

    Attributes:
        include_thoughts: Whether a summary of the thoughts is shown.
        thinking_budget: Tokens for thoughts, for models before Gemini 3; 0 for none, -1 for as many as it wants.
        thinking_level: How much a later model thinks.
    """

    include_thoughts: bool | None = None
    thinking_budget: int | None = None
    thinking_level: str | None = None


class GeminiConfig(GenerationCommonConfig):
    """Options of a Gemini model; members that are not listed are sent as they are.

    Source: https://ai.google.dev/api/generate-content#v1beta.GenerationConfig.

    Attributes:
        safety_settings: Such as ``[{'category': 'HARM_CATEGORY_HARASSMENT', 'threshold': 'BLOCK_NONE'}]``.
        thinking_config: How the model thinks.
        code_execution: Whether it may run code that it wrote.
        google_search: Whether it may search the web; a mapping gives the tool's options.
        google_maps: Whether it may search places; a mapping gives the tool's options.
        url_context: Whether it may read the addresses in the prompt.
        file_search: Which stores of files it may search, such as ``{'fileSearchStoreNames': […]}``.
        retrieval_config: Where the user is and which language is spoken, for searches.
        function_calling_config: In the protocol's words; overrides the request's tool choice.
        response_modalities: Such as ``['TEXT', 'IMAGE']``.
        speech_config: Voices, for models that speak.
        image_config: ``aspectRatio`` and ``imageSize``, for models that draw.
        media_resolution: How closely media are looked at.
        cached_content: Name of content that was cached before.
        service_tier: Which of the provider's queues to use.
        labels: For billing, on Vertex AI.
        seed: For answers that repeat.
        presence_penalty: On words that occurred.
        frequency_penalty: On words that occurred often.
        candidate_count: Only 1 is read.
        response_logprobs: Whether probabilities are given, in the raw answer.
        logprobs: How many of them.
    """

    safety_settings: list[dict[str, Any]] | None = None
    thinking_config: ThinkingConfig | None = None
    code_execution: bool | dict[str, Any] | None = None
    google_search: bool | dict[str, Any] | None = None
    google_maps: bool | dict[str, Any] | None = None
    url_context: bool | dict[str, Any] | None = None
    file_search: dict[str, Any] | None = None
    retrieval_config: dict[str, Any] | None = None
    function_calling_config: dict[str, Any] | None = None
    response_modalities: list[str] | None = None
    speech_config: dict[str, Any] | None = None
    image_config: dict[str, Any] | None = None
    media_resolution: str | None = None
    cached_content: str | None = None
    service_tier: str | None = None
    labels: dict[str, str] | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    candidate_count: int | None = None
    response_logprobs: bool | None = None
    logprobs: int | None = None


class SpeechConfig(GeminiConfig):
    """Options of a model that speaks.

    Attributes:
        voice: Name of a voice, such as ``Kore``; ``speech_config`` says more, such as several speakers.
    """

    voice: str | None = None


class LiveConfig(GenerationCommonConfig):
    """Options of a model that is talked with in real time; members that are not listed go into the generation config.

    Source: https://ai.google.dev/api/live. ``stop_sequences`` are not known to the protocol and are not sent.

    Attributes:
        voice: Name of a voice, such as ``Kore``; ``speech_config`` says more.
        speech_config: Voices and language.
        response_modalities: ``['AUDIO']`` or ``['TEXT']``. Default: sound.
        turn_detection: How speech is noticed, such as ``{'silence_duration_ms': 400}``, or False if the caller says
            ``end_turn()``.
        realtime_input_config: More of it, such as ``{'activityHandling': 'NO_INTERRUPTION'}``.
        input_transcription: Whether what the user says is written down; a mapping gives options. Default: True.
        output_transcription: Whether what the model says is written down; a mapping gives options. Default: True.
        function_behavior: ``NON_BLOCKING`` or ``BLOCKING``, for all tools or by their names. Default: the model's.
        function_scheduling: When the model speaks of what a tool that does not block returned: ``INTERRUPT``,
            ``WHEN_IDLE`` or ``SILENT``. The metadata ``{'scheduling': …}`` of one response overrides it.
        context_window_compression: How a conversation that is too long is cut, or False. Default: its beginning goes.
        google_search: Whether it may search the web; a mapping gives the tool's options.
        thinking_config: How the model thinks, for those that do.
        proactivity: Whether it may choose not to answer, for example.
        media_resolution: How closely images are looked at.
        seed: For answers that repeat.
    """

    voice: str | None = None
    speech_config: dict[str, Any] | None = None
    response_modalities: list[str] | None = None
    turn_detection: Literal[False] | dict[str, Any] | None = None
    realtime_input_config: dict[str, Any] | None = None
    input_transcription: bool | dict[str, Any] = True
    output_transcription: bool | dict[str, Any] = True
    function_behavior: str | dict[str, str] | None = None
    function_scheduling: str | None = None
    context_window_compression: Literal[False] | dict[str, Any] | None = None
    google_search: bool | dict[str, Any] | None = None
    thinking_config: ThinkingConfig | None = None
    proactivity: dict[str, Any] | None = None
    media_resolution: str | None = None
    seed: int | None = None


class ImagenConfig(GenerationCommonConfig):
    """Options of Imagen: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api.

    Attributes:
        number_of_images: From 1 to 4.
        aspect_ratio: Such as ``16:9``.
        image_size: ``1K`` or ``2K``.
        negative_prompt: What is not to be seen.
        person_generation: Whether people may be seen.
        safety_filter_level: How much is filtered.
        output_mime_type: Of the bytes.
        seed: For images that repeat.
    """

    number_of_images: int | None = None
    aspect_ratio: str | None = None
    image_size: str | None = None
    negative_prompt: str | None = None
    person_generation: str | None = None
    safety_filter_level: str | None = None
    output_mime_type: str | None = None
    seed: int | None = None


class InteractionConfig(GenerationCommonConfig):
    """Options of an agent, or of a model that only works in the background; others are sent as they are.

    Source: https://ai.google.dev/gemini-api/docs/interactions.

    Attributes:
        agent_config: Such as ``{'type': 'deep-research', 'thinking_summaries': 'auto'}``.
        tools: The provider's own, such as ``{'type': 'google_search'}``, or servers of MCP.
        previous_interaction_id: What this goes on from; only what is new is said then.
        response_modalities: Such as ``['video']``.
        environment: Where an agent works, by id or as an object.
        store: Whether the provider keeps it.
    """

    agent_config: dict[str, Any] | None = None
    tools: list[dict[str, Any]] | None = None
    previous_interaction_id: str | None = None
    response_modalities: list[str] | None = None
    environment: str | dict[str, Any] | None = None
    store: bool | None = None


class VeoConfig(GenerationCommonConfig):
    """Options of Veo: https://ai.google.dev/gemini-api/docs/video.

    Attributes:
        number_of_videos: How many.
        duration_seconds: From 4 to 8.
        aspect_ratio: ``16:9`` or ``9:16``.
        resolution: ``720p``, ``1080p`` or ``4k``.
        negative_prompt: What is not to be seen.
        person_generation: Whether people may be seen.
        enhance_prompt: Whether the prompt is rewritten.
        generate_audio: Whether there is sound.
        seed: For videos that repeat.
    """

    number_of_videos: int | None = None
    duration_seconds: int | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None
    negative_prompt: str | None = None
    person_generation: str | None = None
    enhance_prompt: bool | None = None
    generate_audio: bool | None = None
    seed: int | None = None


TaskType = Literal[
    'RETRIEVAL_QUERY',
    'RETRIEVAL_DOCUMENT',
    'SEMANTIC_SIMILARITY',
    'CLASSIFICATION',
    'CLUSTERING',
    'QUESTION_ANSWERING',
    'FACT_VERIFICATION',
    'CODE_RETRIEVAL_QUERY',
]


class EmbedConfig(WireModel):
    """Options of an embedder.

    Attributes:
        task_type: What the vectors are for. Default: ``RETRIEVAL_DOCUMENT`` inside an indexer and ``RETRIEVAL_QUERY``
            inside a retriever, for models that take one.
        title: Of the document, where it is to be found again.
        output_dimensionality: Of the vectors, for models that can shorten them.
        version: The model's name, if it is to be another one.
        api_key: Overrides the plugin's key for this one request.
    """

    task_type: TaskType | None = None
    title: str | None = None
    output_dimensionality: int | None = None
    version: str | None = None
    api_key: str | None = None
