# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Failures of the provider, wherever they come: one table says what its words mean.

Source: https://platform.claude.com/docs/en/api/errors.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

from genkit import GenkitError, StatusName
from genkit.plugin import answer_error, provider_errors


KINDS: Final = {
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


def anthropic_errors(source: str, secrets: Sequence[str | None] = ()) -> AbstractContextManager[None]:
    """Turn what the vendor's library raises inside the block into an error of ours.

    Args:
        source: The plugin's name.
        secrets: Keys that must not be repeated in the message.
    """
    return provider_errors(source, secrets)


def to_error(source: str, seen: Any, secrets: Sequence[str | None] = (), *, begun: bool = False) -> GenkitError:
    """Return the error that something is which came with a status of success in place of an answer.

    Args:
        source: The plugin's name.
        seen: As JSON, text or bytes.
        secrets: Keys that must not be repeated in the message.
        begun: Whether the answer had begun.
    """
    return answer_error(source, seen, secrets, begun=begun, kinds=KINDS)
