# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents on their way to an embedder that takes text alone."""

from genkit._base.errors import ErrorReason, GenkitError
from genkit.types import DocumentData, MediaPart, TextPart


def text_to_embed(document: DocumentData, number: int) -> str:
    """Return the text of a document.

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
