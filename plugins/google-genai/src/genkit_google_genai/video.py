# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Videos of Veo, which take minutes: https://ai.google.dev/gemini-api/docs/video."""

from base64 import b64encode
from typing import Any

from genkit.plugin import ModelEntry, content_type_of, decode_data_url, is_data_url, to_data_url
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    Media,
    MediaPart,
    Message,
    Operation,
    Role,
)
from pydantic.alias_generators import to_camel

from genkit_google_genai.convert.messages import to_own_options
from genkit_google_genai.convert.tools import Body


def to_video_request(entry: ModelEntry, request: GenerateRequest) -> Body:
    """Return the arguments that begin a video: the last message's text, and its first image or video."""
    version, options = to_own_options(entry, request.config)
    message = request.messages[-1]
    source: Body = {'prompt': message.text}
    for medium in (part.media for part in message.content if isinstance(part, MediaPart)):
        kind = 'video' if content_type_of(medium).startswith('video/') else 'image'
        source.setdefault(kind, _medium(medium, kind))
    return {'model': version or entry.name, 'source': source, 'config': options}


def to_operation(answer: Any) -> Operation:
    """Return how far a video is; one that has failed says why, one that is done holds what was made."""
    operation = Operation(id=answer.name, done=bool(answer.done), metadata=answer.metadata)
    if answer.error:
        return operation.replaced(done=True, error={'message': str(answer.error.get('message') or answer.error)})
    if not answer.done:
        return operation
    made = answer.response or answer.result
    videos = [entry.video for entry in (made.generated_videos or ()) if entry.video is not None] if made else []
    reasons: list[str] = (made.rai_media_filtered_reasons or []) if made else []
    return _done(operation, [_result(video) for video in videos], reasons)


def _medium(medium: Media, kind: str) -> Body:
    if is_data_url(medium.url):
        content = decode_data_url(medium)
        return {f'{kind}_bytes': content.data, 'mime_type': content.content_type}
    return {'gcs_uri' if kind == 'image' else 'uri': medium.url, 'mime_type': content_type_of(medium)}


def _result(video: Any) -> Media:
    kind = video.mime_type or 'video/mp4'
    return Media(url=to_data_url(video.video_bytes, kind) if video.video_bytes else video.uri, content_type=kind)


def to_rest_body(body: Body) -> Body:
    """Return the same arguments as the body of a request to the Gemini API, where media are base64."""
    source: Body = body['source']
    instance: Body = {'prompt': source['prompt']}
    for kind in ('image', 'video'):
        medium: Body | None = source.get(kind)
        if medium is not None:
            data = medium.get(f'{kind}_bytes')
            place = {'uri': medium.get('uri') or medium.get('gcs_uri')}
            inline = (
                {'inlineData': {'mimeType': medium['mime_type'], 'data': b64encode(data).decode()}} if data else place
            )
            instance[kind] = inline
    options: Body = {to_camel(name): value for name, value in body['config'].items()}
    return {'instances': [instance], 'parameters': options}


def rest_operation(answer: Body) -> Operation:
    """Return how far a video of the Gemini API is."""
    operation = Operation(id=answer['name'], done=bool(answer.get('done')), metadata=answer.get('metadata'))
    if answer.get('error'):
        return operation.replaced(done=True, error={'message': str(answer['error'].get('message'))})
    if not operation.done:
        return operation
    response: Body = answer.get('response') or {}
    made: Body = response.get('generateVideoResponse') or {}
    videos: list[Body] = [sample['video'] for sample in made.get('generatedSamples') or ()]
    media = [Media(url=video['uri'], content_type=video.get('encoding') or 'video/mp4') for video in videos]
    return _done(operation, media, made.get('raiMediaFilteredReasons') or [])


def _done(operation: Operation, media: list[Media], reasons: list[str]) -> Operation:
    output = GenerateResponse(
        message=Message(role=Role.MODEL, content=[MediaPart(media=medium) for medium in media]),
        finish_reason=FinishReason.STOP if media else FinishReason.BLOCKED,
        finish_message='; '.join(reasons) or None,
    )
    return operation.replaced(output=output.to_wire())
