# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Parts of Genkit and content blocks of LangChain."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias, cast

from genkit import ErrorReason, GenkitError
from genkit.plugin import content_type_of, data_text, unsupported_part
from genkit.types import CustomPart, DataPart, Media, MediaPart, Part, ReasoningPart, TextPart


Block: TypeAlias = dict[str, Any]

_MEDIA: Final = ('image', 'audio', 'video', 'file', 'text-plain')
# The type of a block whose own member ``mime_type`` is missing; a family alone is what models look at.
_FAMILIES: Final = {'image': 'image/png', 'audio': 'audio/wav', 'video': 'video/mp4', 'file': 'application/pdf'}
# Found in the message's own members instead.
_CALLS: Final = ('tool_call', 'tool_call_chunk', 'invalid_tool_call')
FOREIGN: Final = 'langchain'
"""The member of a `CustomPart` that holds a block for which Genkit has no part."""


def to_parts(blocks: Iterable[Mapping[str, Any]], *, of_model: bool) -> list[Part]:
    """Return standard content blocks as parts.

    Args:
        blocks: As ``message.content_blocks`` gives them; blocks of tool calls are left out.
        of_model: Whether a model wrote them: a block without a counterpart is then kept in a `CustomPart`.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a block of a user that Genkit cannot send, such as the id of a file.
    """
    return [_to_part(block, of_model=of_model) for block in blocks if block.get('type') not in _CALLS]


def to_block(part: Part) -> Block:
    """Return a part as a standard content block.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that is none of text, reasoning, media, data and custom.
    """
    if isinstance(part, TextPart):
        return {'type': 'text', 'text': part.text}
    if isinstance(part, ReasoningPart):
        return {'type': 'reasoning', 'reasoning': part.reasoning}
    if isinstance(part, MediaPart):
        return _media_block(part.media)
    if isinstance(part, CustomPart):
        own = part.custom.get(FOREIGN)
        return cast('Block', own) if isinstance(own, dict) else {'type': 'non_standard', 'value': part.custom}
    if isinstance(part, DataPart):
        return {'type': 'text', 'text': data_text(part) or ''}
    raise unsupported_part(part, 'text, reasoning, media and data', 'A message')


def to_content(parts: Iterable[Part]) -> str | list[str | Block]:
    """Return parts as the content of a message: a text if they are texts, else blocks."""
    known = list(parts)
    if all(isinstance(part, TextPart) for part in known):
        return ''.join(cast('TextPart', part).text for part in known)
    return [to_block(part) for part in known]


def _to_part(block: Mapping[str, Any], *, of_model: bool) -> Part:
    kind = block.get('type')
    if kind == 'text':
        return TextPart(text=str(block.get('text') or ''))
    if kind == 'reasoning':
        return ReasoningPart(reasoning=str(block.get('reasoning') or ''))
    if kind == 'text-plain' and isinstance(block.get('text'), str):
        return TextPart(text=block['text'])
    if kind in _MEDIA and (media := _media(str(kind), block)) is not None:
        return MediaPart(media=media)
    if of_model:
        return CustomPart(custom={FOREIGN: dict(block)})
    own = block.get('value') if kind == 'non_standard' else block
    shown = sorted(cast('Mapping[str, Any]', own)) if isinstance(own, Mapping) else own
    raise GenkitError(
        f'A message holds a block of type {_type_of(block)!r} with {shown!r}, for which Genkit has no part. Give text, '
        'or an image, audio, a video or a file with its base64 data or its url.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_PART,
    )


def _type_of(block: Mapping[str, Any]) -> Any:
    value = block.get('value')
    return cast('Block', value).get('type') if isinstance(value, dict) else block.get('type')


def _media(kind: str, block: Mapping[str, Any]) -> Media | None:
    named = block.get('mime_type')
    mime = named if isinstance(named, str) and named else None
    data = block.get('base64')
    if isinstance(data, str) and data:
        mime = mime or _FAMILIES.get(kind, 'text/plain')
        return Media(url=f'data:{mime};base64,{data}', content_type=mime)
    url = block.get('url')
    return Media(url=url, content_type=mime) if isinstance(url, str) and url else None


def _media_block(media: Media) -> Block:
    mime = content_type_of(media)
    family = mime.partition('/')[0]
    kind = family if family in _FAMILIES else 'file'
    head, comma, data = media.url.partition(';base64,')
    if comma and head.startswith('data:'):
        return {'type': kind, 'base64': data, 'mime_type': mime}
    return {'type': kind, 'url': media.url, **({'mime_type': mime} if mime else {})}
