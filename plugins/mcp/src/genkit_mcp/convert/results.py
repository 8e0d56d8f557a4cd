# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the results of a server become: values and parts for models."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from genkit import GenkitError, Media, MediaPart, MultipartToolResponse, Part, TextPart
from genkit.plugin import read_json

from genkit_mcp.settings import ClientSettings


if TYPE_CHECKING:
    from mcp.types import BlobResourceContents, CallToolResult, ContentBlock, TextResourceContents

_ANY_BYTES = 'application/octet-stream'


def to_output(result: 'CallToolResult', settings: ClientSettings) -> Any:
    """Return what a tool answers.

    An error is ``{'error': text}``, so that the model can correct itself. Structured content is taken as it is; text is
    read as JSON if it is an object or a list; images and sounds become parts beside it.
    """
    if settings.raw_tool_responses:
        return to_wire(result)
    if result.is_error:
        said = error_text(result)
        return {'error': said or result.structured_content or 'The tool failed and said nothing.'}
    if not settings.multipart:
        return _whole(result)
    media: list[Part] = [part for block in result.content if (part := _media(block)) is not None]
    others = [block for block in result.content if _media(block) is None]
    output = _value(result, others)
    return MultipartToolResponse(output=output, content=media) if media else output


def error_text(result: 'CallToolResult') -> str:
    """Return the texts of a result."""
    return '\n'.join(block.text for block in result.content if block.type == 'text')


def to_wire(value: Any) -> dict[str, Any]:
    """Return an object of the library as it travels."""
    return value.model_dump(mode='json', by_alias=True, exclude_none=True)


def to_part(block: 'ContentBlock') -> Part:
    """Return the part for a block of a prompt: text, media, or what it says as JSON."""
    if block.type == 'text':
        return TextPart(text=block.text)
    media = _media(block)
    if media is not None:
        return media
    value = _plain(block)
    return TextPart(text=value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def contents_to_parts(contents: 'Sequence[TextResourceContents | BlobResourceContents]') -> list[Part]:
    """Return the parts of a resource that was read."""
    return [
        TextPart(text=text) if isinstance(text := getattr(each, 'text', None), str) else _blob(cast('Any', each))
        for each in contents
    ]


def media_part(data: str, mime_type: str | None) -> MediaPart:
    """Return a part for data in base64."""
    kind = mime_type or _ANY_BYTES
    return MediaPart(media=Media(url=f'data:{kind};base64,{data}', content_type=kind))


def _whole(result: 'CallToolResult') -> Any:
    if result.structured_content is not None or all(block.type == 'text' for block in result.content):
        return _value(result, result.content)
    return to_wire(result.content[0]) if len(result.content) == 1 else to_wire(result)


def _value(result: 'CallToolResult', blocks: 'Sequence[ContentBlock]') -> Any:
    if result.structured_content is not None:
        return result.structured_content
    if all(block.type == 'text' for block in blocks):
        return _read(''.join(block.text for block in blocks if block.type == 'text')) if blocks else None
    values = [_plain(block) for block in blocks]
    return values[0] if len(values) == 1 else values


def _read(text: str) -> Any:
    """Return a text as JSON if it is an object or a list, else the text."""
    if not text.lstrip().startswith(('{', '[')):
        return text
    try:
        return read_json(text)
    except (ValueError, GenkitError):
        return text


def _plain(block: 'ContentBlock') -> Any:
    if block.type == 'text':
        return block.text
    if block.type == 'resource':
        text = getattr(block.resource, 'text', None)
        return text if isinstance(text, str) else to_wire(block.resource)
    return to_wire(block)


def _media(block: 'ContentBlock') -> MediaPart | None:
    if block.type == 'image' or block.type == 'audio':  # noqa: PLR1714  (the type checker follows this form)
        return media_part(block.data, block.mime_type)
    if block.type == 'resource' and isinstance(getattr(block.resource, 'blob', None), str):
        return _blob(cast('Any', block.resource))
    return None


def _blob(contents: 'BlobResourceContents') -> MediaPart:
    return media_part(contents.blob, contents.mime_type)
