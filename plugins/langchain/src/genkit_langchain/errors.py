# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Errors of LangChain's classes as `GenkitError`."""

from contextlib import AbstractContextManager
from typing import Final

from genkit import GenkitError
from genkit.plugin import provider_errors


SOURCE: Final = 'langchain'


def langchain_errors() -> AbstractContextManager[None]:
    """Convert what is raised inside the block to a `GenkitError` with that as its cause.

    Errors of HTTP get the status of their code, timeouts ``DEADLINE_EXCEEDED``, lost connections ``UNAVAILABLE``, a
    method that a class lacks ``UNIMPLEMENTED``. A `GenkitError` passes as it is.
    """
    return provider_errors(SOURCE, own=_own)


def _own(error: Exception) -> GenkitError | None:
    if isinstance(error, NotImplementedError):
        message = str(error) or f'A method is missing ({type(error).__name__})'
        return GenkitError(message, status='UNIMPLEMENTED', source=SOURCE, cause=error)
    if isinstance(error, ValueError) and 'No generation' in str(error):
        return GenkitError(
            'The model streamed nothing at all, not even an empty answer; ask it without streaming '
            '(disable_streaming=True), or see what its provider says.',
            status='UNAVAILABLE',
            source=SOURCE,
            cause=error,
        )
    return None
