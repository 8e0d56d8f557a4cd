# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Model metadata, common configuration, and usage."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import Field

from genkit.types.message import Message
from genkit.types.part import MediaPart, TextPart
from genkit.types.wire import OpenWireModel, WireEnum, WireModel


class Constrained(WireEnum):
    """Whether a model supports constrained decoding by a JSON schema."""

    NONE = 'none'
    ALL = 'all'
    NO_TOOLS = 'no-tools'


class Stage(WireEnum):
    """Release stage of a model."""

    FEATURED = 'featured'
    STABLE = 'stable'
    UNSTABLE = 'unstable'
    LEGACY = 'legacy'
    DEPRECATED = 'deprecated'


class Supports(WireModel):
    """The capabilities of a model; an absent field means unknown."""

    multiturn: bool | None = None
    media: bool | None = None
    tools: bool | None = None
    system_role: bool | None = None
    output: list[str] | None = None
    content_type: list[str] | None = None
    context: bool | None = None
    constrained: Constrained | None = None
    tool_choice: bool | None = None
    long_running: bool | None = None


class ModelInfo(WireModel):
    """A model's description of itself: label, versions, capabilities.

    Attributes:
        versions: The values accepted for ``config.version``.
        config_schema: JSON schema of the configuration.
    """

    versions: list[str] | None = None
    label: str | None = None
    config_schema: dict[str, Any] | None = None
    supports: Supports | None = None
    stage: Stage | None = None


class ModelReference(WireModel):
    """A model's name in a request, with its configuration."""

    name: str
    config: Any = None


class GenerationCommonConfig(OpenWireModel):
    """Configuration that most models accept; further fields are provider-specific.

    Attributes:
        version: A specific version of the model, one of ``ModelInfo.versions``.
        api_key: Overrides the plugin's key for this one request. Never recorded.
    """

    version: str | None = None
    temperature: float | None = None
    max_output_tokens: int | None = None
    top_k: int | None = None
    top_p: float | None = None
    stop_sequences: list[str] | None = None
    api_key: str | None = Field(default=None, repr=False)


def get_request_api_key(config: Any) -> str | None:
    """Return the API key in a request's configuration (an object or a mapping), or None."""
    if isinstance(config, Mapping):
        members = cast('Mapping[str, Any]', config)
        return members.get('api_key') or members.get('apiKey') or None
    return getattr(config, 'api_key', None) or None


def get_effective_api_key(config: Any, plugin_api_key: str | None) -> str | None:
    """Return the API key for one request: the request's own, else the plugin's."""
    return get_request_api_key(config) or plugin_api_key


class GenerationUsage(WireModel):
    """The usage of a request. Token counts come from the provider; the other counts are computed here."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    input_characters: int | None = None
    output_characters: int | None = None
    input_images: int | None = None
    output_images: int | None = None
    input_videos: int | None = None
    output_videos: int | None = None
    input_audio_files: int | None = None
    output_audio_files: int | None = None
    custom: dict[str, float] | None = None
    thoughts_tokens: int | None = None
    cached_content_tokens: int | None = None

    def __add__(self, other: 'GenerationUsage') -> 'GenerationUsage':
        """Return what both consumed together; what neither knows stays unknown."""
        members: dict[str, Any] = {name: _sum(value, getattr(other, name)) for name, value in self if name != 'custom'}
        mine, others = self.custom or {}, other.custom or {}
        members['custom'] = {key: mine.get(key, 0) + others.get(key, 0) for key in {**mine, **others}} or None
        return GenerationUsage.trusted(**{name: value for name, value in members.items() if value is not None})


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other


def get_basic_usage_stats(input_messages: Sequence[Message], response: Message) -> GenerationUsage:
    """Return the number of characters, images, videos and audio files of the input and the output."""
    given = _count(input_messages)
    answered = _count([response])
    return GenerationUsage(
        input_characters=given['text'],
        input_images=given['image'],
        input_videos=given['video'],
        input_audio_files=given['audio'],
        output_characters=answered['text'],
        output_images=answered['image'],
        output_videos=answered['video'],
        output_audio_files=answered['audio'],
    )


def _count(messages: Sequence[Message]) -> dict[str, int]:
    counts = {'text': 0, 'image': 0, 'video': 0, 'audio': 0}
    for message in messages:
        for part in message.content:
            if isinstance(part, TextPart):
                counts['text'] += len(part.text)
            elif isinstance(part, MediaPart):
                kind = part.media.content_type or part.media.url.removeprefix('data:')
                family = kind.partition('/')[0]
                if family in counts and family != 'text':
                    counts[family] += 1
    return counts
