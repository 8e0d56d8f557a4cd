# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Options of a request besides its messages.

Source: https://docs.x.ai/developers/rest-api-reference (November 2026).
"""

from typing import Any, Literal

from genkit.types import GenerationCommonConfig


class XAIConfig(GenerationCommonConfig):
    """Options of a chat model; members that are not listed are sent as they are, except by ``responses``.

    Models that think take no ``stop_sequences`` and no penalties, which are not sent to them; none takes ``top_k``.

    Attributes:
        api: The API to use. Default: ``responses`` with what only it has, else depends on the model.
        reasoning_effort: How much a model thinks, such as ``none``, ``low``, ``medium``, ``high`` or ``xhigh``.
        deferred: Whether the answer is fetched when it is ready, so that no connection is open all the time; only with
            ``chat``, and not streamed.
        deferred_interval: How long to wait between two tries to fetch it, in seconds.
        server_tools: Tools that the provider runs, by name (``web_search``, ``x_search``, ``code_execution``) or with
            their options, such as ``{'type': 'x_search', 'from_date': '2026-01-01'}``; only with ``responses``.
        max_turns: How often the provider's tools may be called in turn; only with ``responses``.
        include: Additional data to return; only with ``responses``.
        previous_response_id: A response stored by the provider, to continue from; only with ``responses``.
        store: Whether the provider keeps the exchange; only with ``responses``.
        reasoning_summary: The summary of the reasoning; only with ``responses``.
        seed: For answers that can be repeated, as far as the provider can.
        log_probs: Whether to return the probabilities of the tokens.
        top_log_probs: How many alternatives to each token, up to 8.
        frequency_penalty: From -2 to 2.
        presence_penalty: From -2 to 2.
        n: How many candidates; the answer is the first one, the others are in its ``raw`` form.
        user: Names the end user to the provider.
        parallel_tool_calls: Whether there may be several tool calls in one answer.
        visual_detail_level: How closely images are looked at.
        service_tier: Which of the provider's queues to use.
        prompt_cache_key: Brings requests with one beginning to one cache.
    """

    api: Literal['chat', 'responses'] | None = None
    reasoning_effort: str | None = None
    deferred: bool | None = None
    deferred_interval: float = 2.0
    server_tools: list[str | dict[str, Any]] | None = None
    max_turns: int | None = None
    include: list[str] | None = None
    previous_response_id: str | None = None
    store: bool | None = None
    reasoning_summary: Literal['auto', 'concise', 'detailed'] | None = None
    seed: int | None = None
    log_probs: bool | None = None
    top_log_probs: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    n: int | None = None
    user: str | None = None
    parallel_tool_calls: bool | None = None
    visual_detail_level: Literal['auto', 'low', 'high'] | None = None
    service_tier: str | None = None
    prompt_cache_key: str | None = None


class XAIImageConfig(GenerationCommonConfig):
    """Options of an image model; members that are not listed are sent as they are.

    Attributes:
        n: How many images, up to 10.
        aspect_ratio: Such as ``16:9``, or ``auto``.
        resolution: Of the longer side.
        quality: For models that know several.
        response_format: Whether the images come as data or as addresses, which are good for a short time.
        user: Names the end user to the provider.
    """

    n: int | None = None
    aspect_ratio: str | None = None
    resolution: Literal['1k', '2k'] | None = None
    quality: str | None = None
    response_format: Literal['b64_json', 'url'] = 'b64_json'
    user: str | None = None


class XAIVideoConfig(GenerationCommonConfig):
    """Options of a video model; members that are not listed are sent as they are.

    Attributes:
        duration: In seconds, from 1 to 15.
        aspect_ratio: Such as ``16:9``.
        resolution: Of the shorter side.
        generate_audio: Whether it sounds.
        extend: Whether a video in the prompt is continued; else it is changed.
    """

    duration: int | None = None
    aspect_ratio: str | None = None
    resolution: Literal['480p', '720p', '1080p'] | None = None
    generate_audio: bool | None = None
    extend: bool = False


class XAISpeechConfig(GenerationCommonConfig):
    """Options of speech; members that are not listed are sent as they are.

    Attributes:
        voice: Whose voice, such as ``eve``, ``ara``, ``leo``, ``rex`` or ``sal``.
        language: Such as ``en`` or ``pt-BR``, or ``auto``.
        codec: Of the bytes.
        sample_rate: In Hz.
        bit_rate: Of ``mp3``, in bits per second.
    """

    voice: str = 'eve'
    language: str = 'auto'
    codec: Literal['mp3', 'wav', 'pcm', 'mulaw', 'alaw'] = 'mp3'
    sample_rate: int | None = None
    bit_rate: int | None = None


class XAITranscribeConfig(GenerationCommonConfig):
    """Options of transcripts; members that are not listed are sent as they are.

    Attributes:
        language: ISO 639-1, if it is known.
        format: Whether numbers and units are written as such; needs ``language``.
        diarize: Whether to tell the speakers apart.
        multichannel: Whether each channel has a transcript of its own.
        keyterm: Words that may occur.
        filler_words: Whether words such as "um" are kept.
        audio_format: Of sound without a header, such as ``pcm``.
        sample_rate: Of sound without a header, in Hz.
    """

    language: str | None = None
    format: bool | None = None
    diarize: bool | None = None
    multichannel: bool | None = None
    keyterm: list[str] | None = None
    filler_words: bool | None = None
    audio_format: str | None = None
    sample_rate: int | None = None
