# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What may go wrong with Pinecone, in our words."""

from contextlib import AbstractContextManager
from functools import partial
from typing import Final

from genkit import GenkitError, StatusName
from genkit.plugin import provider_error, provider_errors, reworded


SOURCE: Final = 'pinecone'
_REMEDIES: Final = {
    StatusName.UNAVAILABLE: 'Check that it can be reached from here, and repeat the call.',
    StatusName.UNAUTHENTICATED: 'Check the key: api_key= or PINECONE_API_KEY.',
}


def pinecone_errors(where: str, key: str) -> AbstractContextManager[None]:
    """Turn what the HTTP library raises inside the block into an error of ours.

    Args:
        where: The address that was asked.
        key: Not repeated.
    """
    return provider_errors(SOURCE, (key,), partial(_pinecone_error, where, key))


def _pinecone_error(where: str, key: str, error: Exception) -> GenkitError:
    known = provider_error(SOURCE, error, (key,))
    remedy = _REMEDIES.get(known.status, '')
    if 'dimension' in known.message.lower():
        remedy = 'Use the embedder that the index was made for, or another index.'
    details = {name: value for name, value in known.details.items() if name in ('http_status', 'retry_after_ms')}
    text = f'Pinecone at {where}: {known.message.rstrip(".")}. {remedy}'.strip()
    return reworded(known, SOURCE, text, details=details)


def no_index(name: str, cause: GenkitError) -> GenkitError:
    """Return the error for an index that does not exist."""
    return GenkitError(
        f'There is no index {name!r} in this project of Pinecone. Make it with `await plugin.create_index({name!r}, '
        "dimension)`, dimension being the embedder's, or name one that exists.",
        status=StatusName.NOT_FOUND,
        source=SOURCE,
        cause=cause,
    )


def not_visible(index: str, count: int, seconds: float) -> GenkitError:
    """Return the error for records that are stored and cannot be found yet."""
    return GenkitError(
        f'{count} records were stored in index {index!r} of Pinecone, and cannot be found after {seconds} seconds. '
        'They will be; raise visible_within, or repeat the call later.',
        status=StatusName.DEADLINE_EXCEEDED,
        source=SOURCE,
    )
