# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Options of a request besides its messages."""

from typing import Any, Literal

from genkit.types import GenerationCommonConfig, OpenWireModel
from genkit_compat_oai import ChatConfig


class HuggingFaceConfig(ChatConfig):
    """Options of the protocol, and those that servers for open models add.

    Source: https://huggingface.co/docs/inference-providers/tasks/chat-completion (November 2026).

    Attributes:
        tool_prompt: The text that Text Generation Inference puts before the tools.
        chat_template_kwargs: Arguments of the model's chat template, such as ``{'enable_thinking': False}``.
    """

    tool_prompt: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None


class PipelineEmbedConfig(OpenWireModel):
    """Options of an embedder; members that are not listed are sent as they are.

    Source: https://huggingface.co/docs/inference-providers/tasks/feature-extraction (November 2026).

    Attributes:
        normalize: Whether the vectors have the length 1.
        prompt_name: Which of the model's own prompts precedes the text, such as ``query``.
        truncate: Whether a text that is too long is cut.
        truncation_direction: The side on which it is cut.
        pooling: How the vectors of tokens become one, if the server gives one for each token.
        api_key: Overrides the plugin's key for this one request.
    """

    normalize: bool | None = None
    prompt_name: str | None = None
    truncate: bool | None = None
    truncation_direction: Literal['Left', 'Right', 'left', 'right'] | None = None
    pooling: Literal['mean', 'first', 'last'] = 'mean'
    api_key: str | None = None


class TextToImageConfig(GenerationCommonConfig):
    """Options of an image model; members that are not listed are sent as they are.

    Source: https://huggingface.co/docs/inference-providers/tasks/text-to-image (November 2026).

    Attributes:
        negative_prompt: What must not be seen.
        guidance_scale: How closely the image follows the prompt.
        num_inference_steps: The number of denoising steps.
        width: In pixels.
        height: In pixels.
        seed: For images that can be repeated.
    """

    negative_prompt: str | None = None
    guidance_scale: float | None = None
    num_inference_steps: int | None = None
    width: int | None = None
    height: int | None = None
    seed: int | None = None


class SpeechRecognitionConfig(GenerationCommonConfig):
    """Options of a model that listens; members that are not listed are sent as they are.

    Source: https://huggingface.co/docs/inference-providers/tasks/automatic-speech-recognition (November 2026).

    Attributes:
        return_timestamps: Whether the raw answer holds the times of what was said.
        generation_parameters: Options of the search for words, such as ``{'num_beams': 4}``.
    """

    return_timestamps: bool | None = None
    generation_parameters: dict[str, Any] | None = None
