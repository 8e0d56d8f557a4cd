# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Parts of a request on their way to a provider, and the errors for those that it does not take."""

from pydantic_core import to_json

from genkit._base.errors import ErrorReason, GenkitError
from genkit.types import Part


def data_text(part: Part) -> str | None:
    """Return the data of a part as JSON, for providers that take them as text; None for a part without data."""
    return None if part.data is None else to_json(part.data, by_alias=True).decode()


def unsupported_part(part: Part, takes: str, place: str = 'A message of the user') -> GenkitError:
    """Return the error for a part that a provider does not take: ``INVALID_ARGUMENT``, reason ``INVALID_PART``.

    Args:
        part: The part.
        takes: What the provider takes instead, such as ``text and media``.
        place: What holds the part.
    """
    return GenkitError(
        f'{place} holds a {type(part).__name__}, which this provider does not take; it takes {takes}.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_PART,
    )


def unsupported_media(content_type: str, takes: str) -> GenkitError:
    """Return the error for media that a provider does not take: ``INVALID_ARGUMENT``, reason ``INVALID_PART``.

    Args:
        content_type: The MIME type of the media.
        takes: What the provider takes instead, such as ``images and PDF``.
    """
    return GenkitError(
        f'Media of type {content_type!r} cannot be sent to this provider; it takes {takes}.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_PART,
    )
