# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Videos of Luma, which are made in the background and put into a bucket of S3.

Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-luma.html and
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_StartAsyncInvoke.html.
"""

from collections.abc import Mapping
from typing import Any, Final

from genkit import GenkitError
from genkit.plugin import Content, as_members, made_address, members_of, parse_config, text_of, without_key
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    MediaPart,
    Message,
    Operation,
    OperationError,
    Role,
)

from genkit_amazon_bedrock.config import LumaConfig
from genkit_amazon_bedrock.models import BedrockEntry


Body = dict[str, Any]

_OPTIONS: Final = ('aspect_ratio', 'duration', 'loop', 'resolution')
_FRAMES: Final = ('frame0', 'frame1')
_FILE: Final = 'output.mp4'


def to_video_request(
    entry: BedrockEntry, request: GenerateRequest, seen: Mapping[str, Content], output_s3_uri: str | None
) -> Body:
    """Return the parameters that begin a video: the last message's text, and its first and its last frame.

    Args:
        entry: Of the model.
        request: The request.
        seen: The content of media, by address.
        output_s3_uri: Where the plugin's videos are put.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if nothing says where it is to be put.
    """
    config = parse_config(
        LumaConfig, without_key(as_members(request.config)), f'The config does not fit {entry.name!r}'
    )
    place = config.output_s3_uri or output_s3_uri
    if place is None:
        raise GenkitError(
            f"Model {entry.name!r} puts its videos into a bucket: pass output_s3_uri='s3://bucket/folder' to the "
            'plugin, or in the config of a request.',
            status='FAILED_PRECONDITION',
        )
    message = request.messages[-1]
    options = {name: value for name in _OPTIONS if (value := getattr(config, name)) is not None}
    media = [seen[part.media.url] for part in message.content if isinstance(part, MediaPart)]
    frames = {name: _frame(content) for name, content in zip(_FRAMES, media, strict=False)}
    body: Body = {'prompt': message.text, **({'keyframes': frames} if frames else {}), **options, **config.extra}
    return {
        'modelId': config.version or entry.name,
        'modelInput': body,
        'outputDataConfig': {'s3OutputDataConfig': {'s3Uri': place}},
    }


def to_operation(answer: Body) -> Operation:
    """Return how far a video is; one that has failed says why, one that is done says where it is."""
    status = answer.get('status')
    arn = text_of(answer.get('invocationArn'), 'invocationArn')
    operation = Operation(id=arn, done=status in ('Completed', 'Failed'), metadata={'status': status})
    if status == 'Failed':
        said = text_of(answer.get('failureMessage'), 'failureMessage')
        return operation.replaced(error=OperationError(message=said or 'The video could not be made.'))
    if not operation.done:
        return operation
    output = members_of(answer.get('outputDataConfig'), 'outputDataConfig')
    bucket = members_of(output.get('s3OutputDataConfig'), 'outputDataConfig.s3OutputDataConfig')
    media = made_address(_file(text_of(bucket.get('s3Uri'), 's3Uri')), 'video/mp4', 's3Uri')
    response = GenerateResponse(
        message=Message(role=Role.MODEL, content=[MediaPart(media=media)]), finish_reason=FinishReason.STOP
    )
    return operation.replaced(output=response.to_wire())


def _frame(content: Content) -> Body:
    source = {'type': 'base64', 'media_type': content.content_type, 'data': content.base64}
    return {'type': 'image', 'source': source}


def _file(uri: str) -> str:
    """Return the address of the video: a folder of S3 holds it under a fixed name."""
    is_folder = uri.startswith('s3:') and not uri.endswith('.mp4')
    return f'{uri.rstrip("/")}/{_FILE}' if is_folder else uri
