# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of media to and from a provider's form."""

import base64
import binascii
import mimetypes
import re
from typing import Final, NamedTuple

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.http.download import DownloadLimits, download
from genkit.types import DocumentData, Media, MediaPart, TextPart


_DATA_URL: Final = re.compile(r'data:([^;,]*)((?:;[^;,]+)*),', re.IGNORECASE)
_UNKNOWN: Final = 'application/octet-stream'


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


def _unreadable(media: Media) -> GenkitError:
    return GenkitError(
        f'The medium {media.url[:40]!r} cannot be read; give data:<type>;base64,<bytes>.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_PART,
    )
