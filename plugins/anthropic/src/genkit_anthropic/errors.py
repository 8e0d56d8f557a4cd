# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Failures that come in the middle of a stream: their kind is named, and there is no HTTP status any more.

Source: https://platform.claude.com/docs/en/api/errors.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final, cast

from genkit import GenkitError, StatusName
from genkit.plugin import provider_error, provider_errors


_STATUSES: Final = {
    'invalid_request_error': StatusName.INVALID_ARGUMENT,
    'authentication_error': StatusName.UNAUTHENTICATED,
    'billing_error': StatusName.RESOURCE_EXHAUSTED,
    'permission_error': StatusName.PERMISSION_DENIED,
    'not_found_error': StatusName.NOT_FOUND,
    'request_too_large': StatusName.INVALID_ARGUMENT,
    'rate_limit_error': StatusName.RESOURCE_EXHAUSTED,
    'timeout_error': StatusName.DEADLINE_EXCEEDED,
    'api_error': StatusName.INTERNAL,
    'overloaded_error': StatusName.UNAVAILABLE,
}
_FIRST_FAILURE: Final = 400


def anthropic_errors(source: str, secrets: Sequence[str | None] = ()) -> AbstractContextManager[None]:
    """Turn what the vendor's library raises inside the block into an error of ours.

    Args:
        source: The plugin's name.
        secrets: Keys that must not be repeated in the message.
    """
    return provider_errors(source, secrets, partial(_in_stream, source, secrets))


def _in_stream(source: str, secrets: Sequence[str | None], error: Exception) -> GenkitError | None:
    """Return the error that a failure in the middle of a stream is; None for any other."""
    status = status_in_stream(error)
    if status is None:
        return None
    told = provider_error(source, error, secrets)
    return GenkitError(told.message, status=status, source=source, cause=told.__cause__)


def status_in_stream(error: BaseException) -> StatusName | None:
    """Return the status of a failure that came after an HTTP status that said all was well; None for any other."""
    code, body = getattr(error, 'status_code', None), getattr(error, 'body', None)
    if not isinstance(code, int) or code >= _FIRST_FAILURE or not isinstance(body, dict):
        return None
    inner = cast('dict[str, Any]', body).get('error')
    kind = cast('dict[str, Any]', inner).get('type') if isinstance(inner, dict) else None
    return _STATUSES.get(str(kind), StatusName.INTERNAL)
