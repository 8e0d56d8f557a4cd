# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of media to and from a provider's form."""

import base64
import binascii
import mimetypes
import re
from typing import Any, Final, NamedTuple

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.http.download import DownloadLimits, download
from genkit.plugin.wire_values import bytes_of, misfit, read_json, text_of
from genkit.types import DocumentData, Media, MediaPart, TextPart


_DATA_URL: Final = re.compile(r'data:([^;,]*)((?:;[^;,]+)*),', re.IGNORECASE)
_UNKNOWN: Final = 'application/octet-stream'
_TYPE: Final = re.compile(r'[\w.+-]+/[\w.+-]+(;\s*[\w.+-]+=[\w.+-]+)*')
_ADDRESS: Final = re.compile(r'(?:https?|s3|gs)://\S', re.IGNORECASE)
_OTHER_FAMILIES: Final = frozenset({'text', 'image', 'multipart', 'font', 'message'})
_TEXTS: Final = ('json', 'xml', 'html', 'javascript', 'pdf')
_PAGES: Final = (b'<!doctype', b'<html', b'<?xml', b'<head', b'<body')
_HEAD: Final = 200


class Content(NamedTuple):
    """The content of a media part.

    Attributes:
        content_type: The MIME type, such as ``image/png``.
        data: The bytes.
    """

    content_type: str
    data: bytes

    @property
    def base64(self) -> str:
        """The bytes in base64."""
        return base64.b64encode(self.data).decode()


def content_type_of(media: Media) -> str:
    """Return the MIME type of a media part: as stated, from its data URL, or guessed from its file name."""
    if media.content_type:
        return media.content_type
    found = _DATA_URL.match(media.url)
    if found:
        return found[1].lower() or _UNKNOWN
    return mimetypes.guess_type(media.url.partition('?')[0])[0] or _UNKNOWN


def is_data_url(url: str) -> bool:
    """Return whether a URL is a data URL."""
    return url[:5].lower() == 'data:'


def decode_data_url(media: Media) -> Content:
    """Decode a base64 data URL.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_PART``.
    """
    found = _DATA_URL.match(media.url)
    if found is None or ';base64' not in found[2].lower():
        raise _unreadable(media)
    try:
        data = base64.b64decode(media.url[found.end() :], validate=True)
    except binascii.Error as error:
        raise _unreadable(media) from error
    return Content(content_type_of(media), data)


async def fetch(media: Media) -> Content:
    """Return the content of a media part; an HTTP URL is downloaded, private addresses are rejected.

    Raises:
        GenkitError: As `decode_data_url`, or what fetching raised.
    """
    if is_data_url(media.url):
        return decode_data_url(media)
    fetched = await download(media.url, DownloadLimits())
    return Content(media.content_type or fetched.content_type or content_type_of(media), fetched.body)


def to_data_url(data: bytes | str, content_type: str) -> str:
    """Return bytes, or their base64 text, as a data URL."""
    text = data if isinstance(data, str) else base64.b64encode(data).decode()
    return f'data:{content_type};base64,{text}'


def made_media(value: Any, content_type: str, member: str) -> Media:
    """Return a medium that a provider has made: base64, or a data URL, whose type then counts.

    Args:
        value: The member's.
        content_type: The type if the value says none, such as ``image/png``.
        member: Its name, for the error.

    Raises:
        GenkitError: ``INTERNAL`` for what is no base64, and for a data URL of another family than that of the type.
    """
    text = text_of(value, member)
    found = _DATA_URL.match(text)
    if found is not None:
        family, told = content_type.partition('/')[0], found[1].lower()
        if ';base64' not in found[2].lower() or (told and told.partition('/')[0] != family):
            raise _no_medium(text, member, f'base64 of type {family}/*')
        content_type, text = told or content_type, text[found.end() :]
    if _TYPE.fullmatch(content_type) is None:
        raise _no_medium(content_type, member, 'of a media type such as image/png')
    return Media(url=to_data_url(bytes_of(text, member), content_type), content_type=content_type)


def made_address(value: Any, content_type: str, member: str) -> Media:
    """Return a medium that a provider has made and gives the address of, on the web or in a store of the provider.

    Args:
        value: The member's.
        content_type: The type.
        member: Its name, for the error.

    Raises:
        GenkitError: ``INTERNAL`` for what is no address, or one of this machine or of a script.
    """
    if isinstance(value, str) and is_data_url(value):
        return made_media(value, content_type, member)
    address = text_of(value, member)
    if _ADDRESS.match(address) is None:
        raise _no_medium(address, member, 'an address of a medium, such as https://…')
    return Media(url=address, content_type=content_type)


def is_of_other_kind(content_type: str, family: str, content: bytes) -> bool:
    """Return whether an answer is no medium of a family, by its type, or by its beginning if the type says nothing.

    Args:
        content_type: The header, empty if there is none.
        family: Such as ``audio``.
        content: The body.
    """
    kind = content_type.partition(';')[0].strip().lower()
    named = kind.partition('/')[0]
    if not content or named in _OTHER_FAMILIES - {family} or (named != family and kind.endswith(_TEXTS)):
        return True
    if named and not kind.endswith('octet-stream'):
        return False
    head = content[:_HEAD].lstrip().lower()
    if head.startswith(_PAGES):
        return True
    try:
        return head.startswith(b'{') and isinstance(read_json(content), dict)
    except ValueError:
        return False


def text_to_embed(document: DocumentData, number: int) -> str:
    """Return the text of a document, for embedders that only take text.

    Args:
        document: The document.
        number: Its place among those that are embedded, for the error.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_PART``, if it holds a medium.
    """
    if any(isinstance(part, MediaPart) for part in document.content):
        raise GenkitError(
            f'Document {number} holds a medium; this embedder takes text alone.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_PART,
        )
    return ''.join(part.text for part in document.content if isinstance(part, TextPart))


def _no_medium(value: str, member: str, wanted: str) -> GenkitError:
    return misfit(repr(value[:80]), member, wanted)


def _unreadable(media: Media) -> GenkitError:
    return GenkitError(
        f'The medium {media.url[:40]!r} cannot be read; give data:<type>;base64,<bytes>.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_PART,
    )
