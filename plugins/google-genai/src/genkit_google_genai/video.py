# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What takes minutes: videos of Veo, and interactions, by which agents work and other models film.

Sources: https://ai.google.dev/gemini-api/docs/video, https://ai.google.dev/gemini-api/docs/interactions.
"""

from base64 import b64encode
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from genkit import ErrorReason, GenkitError
from genkit.plugin import (
    ModelEntry,
    Task,
    content_type_of,
    count_of,
    decode_data_url,
    is_data_url,
    to_data_url,
    token_usage,
    url_path,
)
from genkit.types import (
    CustomPart,
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerationUsage,
    Media,
    MediaPart,
    Message,
    Operation,
    OperationError,
    Part,
    ReasoningPart,
    Role,
    TextPart,
)
from pydantic.alias_generators import to_camel

from genkit_google_genai.convert.messages import to_own_options, to_system
from genkit_google_genai.convert.tools import Body


# An interaction is a list of steps since this revision: https://ai.google.dev/gemini-api/docs/interactions
INTERACTION_HEADERS: Final = {'api-revision': '2026-05-20'}

_UNDER_WAY: Final = frozenset({'queued', 'in_progress', 'requires_continuation'})
_FAILED: Final = frozenset({'failed', 'cancelled'})
_REASONS: Final = {
    'completed': FinishReason.STOP,
    'incomplete': FinishReason.LENGTH,
    'budget_exceeded': FinishReason.LENGTH,
}
_KINDS: Final = frozenset({'image', 'audio', 'video'})
# The members of `CustomPart.custom` that hold what has no kind of ours.
_STEP: Final = 'interactionStep'
_CONTENT: Final = 'interactionContent'


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
        return operation.replaced(
            done=True, error=OperationError(message=str(answer.error.get('message') or answer.error))
        )
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
        return operation.replaced(done=True, error=OperationError(message=str(answer['error'].get('message'))))
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


def interaction_path(interaction_id: str, verb: str = '') -> str:
    """Return where an interaction is."""
    return f'interactions/{url_path(interaction_id)}{verb}'


def to_interaction_request(entry: ModelEntry, request: GenerateRequest) -> Body:
    """Return the body that begins an interaction; what was said and done before is sent along, but for thoughts.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that the interface does not take.
    """
    version, options = to_own_options(entry, request.config)
    system = to_system(request.messages)
    steps = [step for message in request.messages for step in _steps(message)]
    return {
        'agent' if entry.task is Task.AGENT else 'model': version or entry.name,
        'background': True,
        'input': steps,
        **({'system_instruction': '\n'.join(part['text'] for part in system['parts'])} if system else {}),
        **options,
    }


def interaction_operation(answer: Body) -> Operation:
    """Return how far an interaction is; one that is done holds what was said, thought and made in it."""
    status: str = answer.get('status') or 'in_progress'
    operation = Operation(id=answer['id'], done=status not in _UNDER_WAY, metadata={'status': status})
    if not operation.done:
        return operation
    if status in _FAILED:
        said = '; '.join(error['message'] for error in answer.get('errors') or () if error.get('message'))
        return operation.replaced(error=OperationError(message=said or f'The interaction was {status}.'))
    reason = _REASONS.get(status, FinishReason.OTHER)
    output = GenerateResponse(
        message=Message(role=Role.MODEL, content=[part for step in answer.get('steps') or () for part in _parts(step)]),
        finish_reason=reason,
        finish_message=None if reason is FinishReason.STOP else f'The interaction ended as {status!r}.',
        usage=_usage(answer.get('usage') or {}),
        custom={'interactionId': answer['id']},
    )
    return operation.replaced(output=output.to_wire())


def _steps(message: Message) -> Iterator[Body]:
    """Yield the steps that a message is; what an agent did is sent back as it came."""
    if message.role == Role.SYSTEM:
        return
    kind = 'model_output' if message.role == Role.MODEL else 'user_input'
    for of_agent, parts in groupby(message.content, lambda part: isinstance(part, CustomPart) and _STEP in part.custom):
        said = [part for part in parts if not isinstance(part, ReasoningPart)]
        if of_agent:
            yield from (part.custom[_STEP] for part in said if isinstance(part, CustomPart))
        elif said:
            yield {'type': kind, 'content': [_content(part) for part in said]}


def _content(part: Part) -> Body:
    if isinstance(part, TextPart):
        return {'type': 'text', 'text': part.text}
    if isinstance(part, CustomPart) and _CONTENT in part.custom:
        return part.custom[_CONTENT]
    if not isinstance(part, MediaPart):
        raise GenkitError(
            f'A message holds a {type(part).__name__}; what works in the background takes text and media.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_PART,
        )
    kind = content_type_of(part.media)
    family = kind.partition('/')[0]
    body = {'type': family if family in _KINDS else 'document', 'mime_type': kind}
    if is_data_url(part.media.url):
        return {**body, 'data': b64encode(decode_data_url(part.media).data).decode()}
    return {**body, 'uri': part.media.url}


def _parts(step: Body) -> list[Part]:
    kind = step.get('type')
    if kind == 'user_input':
        return []
    if kind == 'model_output':
        return [_part(content) for content in step.get('content') or ()]
    if kind == 'thought':
        said = '\n'.join(summary['text'] for summary in step.get('summary') or () if summary.get('text'))
        return [ReasoningPart(reasoning=said)] if said else []
    return [CustomPart(custom={_STEP: step})]


def _part(content: Body) -> Part:
    if content.get('type') == 'text':
        cited = content.get('annotations')
        return TextPart(text=content.get('text') or '', metadata={'annotations': cited} if cited else None)
    kind = content.get('mime_type') or 'application/octet-stream'
    data = content.get('data')
    if data is None and content.get('uri') is None:
        return CustomPart(custom={_CONTENT: content})
    return MediaPart(media=Media(url=to_data_url(data, kind) if data else content['uri'], content_type=kind))


def _usage(counted: dict[str, Any]) -> GenerationUsage | None:
    if not counted:
        return None
    counts = {name: count_of(count) for name, count in counted.items()}
    said, thought = counts.get('total_output_tokens'), counts.get('total_thought_tokens')
    of_tools = counts.get('total_tool_use_tokens')
    return token_usage(
        counts.get('total_input_tokens'),
        None if said is None and thought is None else (said or 0) + (thought or 0),
        counts.get('total_tokens'),
        cached=counts.get('total_cached_tokens'),
        thoughts=thought,
        custom={'toolUseTokens': of_tools} if of_tools else None,
    )
