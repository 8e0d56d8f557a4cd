# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Values and parts as blocks and contents of the protocol."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from genkit import Media, MediaPart, Message, MultipartToolResponse, Part, Role, TextPart
from pydantic_core import to_json, to_jsonable_python


if TYPE_CHECKING:
    from mcp.types import BlobResourceContents, CallToolResult, ContentBlock, PromptMessage, TextResourceContents


def to_result(value: Any, *, is_structured: bool) -> 'CallToolResult':
    """Return what a tool answered as a result: text, an object also as structured content, media as media."""
    from mcp.types import CallToolResult  # noqa: PLC0415  (a slow import)

    parts: Sequence[Part] = ()
    if isinstance(value, MultipartToolResponse):
        value, parts = value.output, value.content or ()
    plain: Any = to_jsonable_python(value, by_alias=True, inf_nan_mode='null', bytes_mode='base64', fallback=str)
    blocks: list[ContentBlock] = [] if plain is None and parts else [_text(as_text(plain))]
    structured = cast('dict[str, Any]', plain) if is_structured and isinstance(plain, dict) else None
    return CallToolResult(content=[*blocks, *map(to_block, parts)], structured_content=structured)


def to_failure(text: str) -> 'CallToolResult':
    """Return the result that says what went wrong, for the client's model to read."""
    from mcp.types import CallToolResult  # noqa: PLC0415  (a slow import)

    return CallToolResult(content=[_text(text)], is_error=True)


def as_text(value: Any) -> str:
    """Return a text as it is, nothing as the empty text, and anything else as JSON."""
    if value is None or isinstance(value, str):
        return value or ''
    return to_json(value, fallback=str).decode()


def to_block(part: Part) -> 'ContentBlock':
    """Return a part as a block: text, an image, a sound, a link, or JSON."""
    from mcp.types import AudioContent, EmbeddedResource, ImageContent, ResourceLink  # noqa: PLC0415  (a slow import)

    if not isinstance(part, MediaPart):
        return _text(part.text if isinstance(part, TextPart) else as_text(part.model_dump(by_alias=True)))
    data = _data(part.media)
    if data is None:
        name = part.media.url.rpartition('/')[2] or part.media.url
        return ResourceLink(type='resource_link', uri=part.media.url, name=name, mime_type=part.media.content_type)
    kind, encoded = data
    if kind.startswith('image/'):
        return ImageContent(type='image', data=encoded, mime_type=kind)
    if kind.startswith('audio/'):
        return AudioContent(type='audio', data=encoded, mime_type=kind)
    return EmbeddedResource(type='resource', resource=_blob(f'data:{kind}', kind, encoded))


def to_contents(uri: str, parts: Iterable[Part]) -> 'list[TextResourceContents | BlobResourceContents]':
    """Return the content of a resource."""
    from mcp.types import TextResourceContents  # noqa: PLC0415  (a slow import)

    contents: list[TextResourceContents | BlobResourceContents] = []
    for part in parts:
        data = _data(part.media) if isinstance(part, MediaPart) else None
        if data is not None:
            contents.append(_blob(uri, *data))
            continue
        text = part.text if isinstance(part, TextPart) else as_text(part.model_dump(by_alias=True))
        contents.append(TextResourceContents(uri=uri, text=text or '', mime_type='text/plain'))
    return contents


def to_prompt_messages(messages: Iterable[Message]) -> 'list[PromptMessage]':
    """Return the messages of a prompt, one for each part; the protocol has no instructions, so they are the user's."""
    from mcp.types import PromptMessage  # noqa: PLC0415  (a slow import)

    return [
        PromptMessage(role='assistant' if message.role == Role.MODEL else 'user', content=to_block(part))
        for message in messages
        for part in message.content
    ]


def _text(text: str | None) -> 'ContentBlock':
    from mcp.types import TextContent  # noqa: PLC0415  (a slow import)

    return TextContent(type='text', text=text or '')


def _blob(uri: str, kind: str, encoded: str) -> 'BlobResourceContents':
    from mcp.types import BlobResourceContents  # noqa: PLC0415  (a slow import)

    return BlobResourceContents(uri=uri, blob=encoded, mime_type=kind)


def _data(media: Media) -> tuple[str, str] | None:
    """Return kind and data, in base64, of a data URL; None for other addresses."""
    head, comma, encoded = media.url.partition(',')
    if not (comma and head.startswith('data:') and head.endswith(';base64')):
        return None
    kind = head.removeprefix('data:').removesuffix(';base64').partition(';')[0]
    return media.content_type or kind or 'application/octet-stream', encoded
