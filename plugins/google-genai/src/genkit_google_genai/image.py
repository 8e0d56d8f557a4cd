# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Images of Imagen, which is asked otherwise than Gemini."""

from typing import Any

from genkit import GenkitError
from genkit.plugin import ModelEntry, to_data_url
from genkit.types import FinishReason, GenerateRequest, GenerateResponse, Media, MediaPart, Message, Role

from genkit_google_genai.convert.messages import to_own_options
from genkit_google_genai.convert.tools import Body


def require_vertex(model: str, *, is_vertex: bool) -> None:
    """Refuse an Imagen model of the Gemini API, which has none any more.

    Raises:
        GenkitError: ``NOT_FOUND``.
    """
    if not is_vertex:
        name = model.rpartition('/')[2]
        raise GenkitError(
            f"Model {model!r} not found: the Gemini API offers no Imagen. Use 'vertexai/{name}' with "
            'plugins=[VertexAI()], or an image model of the Gemini API, such as '
            "'googleai/gemini-3.1-flash-image'.",
            status='NOT_FOUND',
        )


def to_image_request(entry: ModelEntry, request: GenerateRequest) -> Body:
    """Return the arguments that ask for images; the prompt is the text of the last message."""
    version, options = to_own_options(entry, request.config)
    return {'model': version or entry.name, 'prompt': request.messages[-1].text, 'config': options}


def to_image_response(answer: Any) -> GenerateResponse[Any]:
    """Return the images of an answer; without any it was blocked, and says why."""
    made: list[Any] = answer.generated_images or []
    parts = [
        MediaPart(
            media=Media(
                url=to_data_url(image.image.image_bytes, image.image.mime_type or 'image/png'),
                content_type=image.image.mime_type or 'image/png',
            )
        )
        for image in made
        if image.image is not None and image.image.image_bytes
    ]
    filtered = next((image.rai_filtered_reason for image in made if image.rai_filtered_reason), None)
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=list(parts)),
        finish_reason=FinishReason.STOP if parts else FinishReason.BLOCKED,
        finish_message=filtered,
    )
