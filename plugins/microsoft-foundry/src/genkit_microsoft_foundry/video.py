# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Videos, which take minutes.

Source: https://learn.microsoft.com/azure/foundry/openai/concepts/video-generation (November 2026).
"""

import contextlib
from typing import Any, Final, cast

from genkit.plugin import (
    as_members,
    count_of,
    decode_data_url,
    is_of_other_kind,
    members_of,
    read_json,
    text_of,
    to_data_url,
    url_path,
    without_key,
)
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    Media,
    MediaPart,
    Message,
    Operation,
    OperationError,
    Role,
)
from genkit_compat_oai import Failures
from genkit_compat_oai.endpoints import Answer, Body, form_fields
from genkit_compat_oai.image import OF_TEXT


_FAILED: Final = ('failed', 'cancelled', 'expired')


def to_video_body(model: str, request: GenerateRequest) -> Body:
    """Return what begins a video: the last message's text, and its first image, which is the first frame.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an image that is no data URL.
    """
    config = without_key(as_members(request.config))
    deployment = config.pop('version', None) or model
    options = {name: value for name, value in config.items() if value is not None and name not in OF_TEXT}
    message = request.messages[-1]
    asked = {'model': deployment, 'prompt': message.text, **options}
    for part in message.content:
        if isinstance(part, MediaPart):
            image = decode_data_url(part.media)
            file = (f'image.{image.content_type.rpartition("/")[2]}', image.data, image.content_type)
            return [*form_fields(asked), ('input_reference', file)]
    return asked


def video_path(video: str, rest: str = '') -> str:
    """Return where a video is asked for."""
    return f'/videos/{url_path(video)}{rest}'


def video_members(content: bytes, failures: Failures) -> dict[str, Any]:
    """Return what is said of a video; that it has failed is no failure of the call.

    Raises:
        GenkitError: The error that the answer tells of, or that it is no answer.
    """
    with contextlib.suppress(ValueError):
        body = read_json(content)
        if isinstance(body, dict) and cast('dict[str, Any]', body).get('status') in _FAILED:
            return cast('dict[str, Any]', body)
    return failures.members(content, 'status', 'id')


def to_started(answer: dict[str, Any], failures: Failures) -> Operation:
    """Return the operation that was begun.

    Raises:
        GenkitError: The answer has no id.
    """
    operation = to_operation(answer)
    if not operation.id:
        raise failures.no_answer(answer)
    return operation


def to_operation(answer: dict[str, Any]) -> Operation:
    """Return how far a video is; one that has failed says why."""
    status = text_of(answer.get('status'), 'status') or 'queued'
    progress = count_of(answer.get('progress'))
    metadata = {'status': status, **({} if progress is None else {'progress': progress})}
    operation = Operation(id=text_of(answer.get('id'), 'id'), done=False, metadata=metadata)
    if status not in _FAILED:
        return operation
    told = members_of(answer.get('error'), 'error')
    why = text_of(told.get('message'), 'error.message') or f'The video has {status}.'
    return operation.replaced(done=True, error=OperationError(message=why))


def is_made(operation: Operation) -> bool:
    """Return whether there is a video to be fetched."""
    return (operation.metadata or {}).get('status') == 'completed'


def with_video(operation: Operation, answer: dict[str, Any], video: Answer, failures: Failures) -> Operation:
    """Return an operation that is done, with its video, whose address only a key opens.

    Raises:
        GenkitError: What came is no video.
    """
    kind = video.headers.get('content-type', '').partition(';')[0].strip().lower()
    if is_of_other_kind(kind, 'video', video.content):
        raise failures.no_answer(video.content)
    kind = kind if kind.startswith('video/') else 'video/mp4'
    media = MediaPart(media=Media(url=to_data_url(video.content, kind), content_type=kind))
    output = GenerateResponse(
        message=Message(role=Role.MODEL, content=[media]), finish_reason=FinishReason.STOP, raw=answer
    )
    return operation.replaced(done=True, output=output.to_wire())
