# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Videos, which take minutes. Source: https://docs.x.ai/developers/model-capabilities/video (November 2026)."""

from typing import Any, Final, cast

from genkit.plugin import (
    as_members,
    content_type_of,
    count_of,
    made_address,
    members_of,
    read_json,
    text_of,
    url_path,
    without_key,
)
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerationUsage,
    Media,
    MediaPart,
    Message,
    Operation,
    OperationError,
    Role,
)
from genkit_compat_oai import Dialect
from genkit_compat_oai.convert.usage import custom_counts, members_of_counts
from genkit_compat_oai.endpoints import Answer
from genkit_compat_oai.errors import Failures


Body = dict[str, Any]

_OF_TEXT: Final = ('temperature', 'top_k', 'top_p', 'max_output_tokens', 'stop_sequences', 'extend')
_FAILED: Final = ('failed', 'expired')
_ACCEPTED: Final = 202


def to_video_call(model: str, request: GenerateRequest) -> tuple[str, Body]:
    """Return the path and the body of a call that begins a video.

    An image in the last message is the first frame, several are references, and so is sound; a video is changed, or
    continued with the option ``extend``.
    """
    config = without_key(as_members(request.config))
    version, extend = config.pop('version', None), bool(config.get('extend'))
    message = request.messages[-1]
    body: Body = {'model': version or model, 'prompt': message.text}
    body |= {name: value for name, value in config.items() if value is not None and name not in _OF_TEXT}
    media = [part.media for part in message.content if isinstance(part, MediaPart)]
    videos, sounds = _of_kind(media, 'video'), _of_kind(media, 'audio')
    images = [{'url': medium.url} for medium in media if not _is_of(medium, 'video') and not _is_of(medium, 'audio')]
    if len(images) == 1:
        body['image'] = images[0]
    elif images:
        body['reference_images'] = images
    if sounds:
        body['reference_audios'] = sounds
    if not videos:
        return '/videos/generations', body
    return '/videos/extensions' if extend else '/videos/edits', {**body, 'video': videos[0]}


def video_path(video: str) -> str:
    """Return where a video is asked for."""
    return f'/videos/{url_path(video)}'


def to_started(answer: Body, failures: Failures) -> Operation:
    """Return the operation that was begun.

    Raises:
        GenkitError: The answer has no id.
    """
    video = text_of(answer.get('request_id'), 'request_id')
    if not video:
        raise failures.no_answer(answer)
    return Operation(id=video, done=False, metadata={'status': 'pending'})


def to_operation(operation: Operation, answer: Answer, dialect: Dialect, failures: Failures) -> Operation:
    """Return how far a video is; one that has failed says why, one that is done holds what was made.

    Raises:
        GenkitError: It is no answer.
    """
    if answer.status == _ACCEPTED:
        return operation.replaced(metadata={'status': 'pending'})
    told = _failed(answer.content)
    body = told or failures.members(answer.content, 'status', 'video')
    status = text_of(body.get('status'), 'status') or 'done'
    progress = count_of(body.get('progress'))
    metadata = {'status': status, **({} if progress is None else {'progress': progress})}
    operation = operation.replaced(metadata=metadata)
    if told is not None:
        error = body.get('error')
        why = cast('Body', error).get('message') if isinstance(error, dict) else error
        return operation.replaced(done=True, error=OperationError(message=str(why or f'The video has {status}.')))
    if status != 'done':
        return operation
    return operation.replaced(done=True, output=_made(body, dialect).to_wire())


def _failed(content: bytes) -> Body | None:
    """Return the body of an answer that says that the video failed, which is no failure of the call."""
    try:
        body = read_json(content)
    except ValueError:
        return None
    return cast('Body', body) if isinstance(body, dict) and cast('Body', body).get('status') in _FAILED else None


def _made(body: Body, dialect: Dialect) -> GenerateResponse[Any]:
    video = members_of(body.get('video'), 'video')
    url = video.get('url')
    media = [MediaPart(media=made_address(url, 'video/mp4', 'video.url'))] if url else []
    custom = custom_counts(members_of_counts(body.get('usage')), dialect)
    duration = count_of(video.get('duration'))
    if duration is not None:
        custom['videoSeconds'] = duration
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=media),
        finish_reason=FinishReason.STOP if media else FinishReason.BLOCKED,
        finish_message=None if media else 'The video does not respect the rules of moderation.',
        usage=GenerationUsage(custom=custom) if custom else None,
        raw=body,
    )


def _is_of(medium: Media, family: str) -> bool:
    return content_type_of(medium).startswith(f'{family}/')


def _of_kind(media: list[Media], family: str) -> list[Body]:
    return [{'url': medium.url} for medium in media if _is_of(medium, family)]
