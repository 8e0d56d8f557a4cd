# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What may go wrong with a server, in our words."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Final

from genkit import GenkitError, StatusName
from genkit.plugin import from_http_code, provider_error, provider_errors, reworded


SOURCE: Final = 'chroma'


def chroma_error(where: str, error: Exception, secrets: Sequence[str | None] = ()) -> GenkitError:
    """Return the error that a failed call becomes.

    Args:
        where: The server, without credentials.
        error: Of httpx, or of the client that the application passed.
        secrets: Keys that must not be repeated.
    """
    if isinstance(error, GenkitError):
        return error
    known = provider_error(SOURCE, error, secrets)
    status, message = known.status, known.message.rstrip('.')
    code = getattr(error, 'code', None)
    if callable(code) and isinstance(answered := code(), int):  # chromadb.errors.ChromaError
        status = from_http_code(answered)
    elif isinstance(error, ValueError) and 'http_status' not in known.details:  # what chromadb's own checks raise
        status = StatusName.INVALID_ARGUMENT
    remedies = {
        StatusName.UNAVAILABLE: 'Check that the server runs (`chroma run`) and can be reached from here.',
        StatusName.UNAUTHENTICATED: 'Check the key: api_key= or CHROMA_API_KEY.',
        StatusName.PERMISSION_DENIED: 'Check the key, the tenant and the database.',
    }
    remedy = remedies.get(status, '')
    if 'dimension' in message:
        remedy = 'Use the embedder that the collection was filled with, or another collection.'
    given = {name: value for name, value in known.details.items() if name in ('http_status', 'retry_after_ms')}
    text = f'Chroma at {where}: {message}. {remedy}'.strip()
    return reworded(known, SOURCE, text, status=status, details=given)


def chroma_errors(where: str, secrets: Sequence[str | None] = ()) -> AbstractContextManager[None]:
    """Turn what a client raises inside the block into an error of ours."""
    return provider_errors(SOURCE, secrets, partial(chroma_error, where, secrets=secrets))
