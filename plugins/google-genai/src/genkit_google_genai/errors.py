# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the vendor's library raises, as errors of ours."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final

from genkit import GenkitError, StatusName
from genkit.plugin import error_in_body, no_answer, provider_errors


_REFUSED: Final = frozenset({'ValueError', 'ValidationError'})


def google_errors(source: str, secrets: Sequence[str | None] = ()) -> AbstractContextManager[None]:
    """Turn what the vendor's library raises inside the block into an error of ours.

    Failures of the provider name a status of ``google.rpc``, which is one of ours. A plain ``ValueError`` is the
    library's word for an option that the provider does not have.

    Args:
        source: The plugin's name.
        secrets: Keys that must not be repeated in the message.
    """
    return provider_errors(source, secrets, partial(_unknown_option, source))


def to_error(source: str, seen: Any, secrets: Sequence[str | None] = (), *, begun: bool = False) -> GenkitError:
    """Return the error that something is which came with a status of success in place of an answer.

    Args:
        source: The plugin's name.
        seen: As JSON, text or bytes.
        secrets: Keys that must not be repeated in the message.
        begun: Whether the answer had begun.
    """
    status = StatusName.DATA_LOSS if begun else StatusName.UNAVAILABLE
    return error_in_body(source, seen, status=status, secrets=secrets) or no_answer(source, seen, secrets=secrets)


def _unknown_option(source: str, error: Exception) -> GenkitError | None:
    if not isinstance(error, ValueError) or type(error).__name__ not in _REFUSED or 'JSON' in str(error):
        return None
    return GenkitError(str(error), status='INVALID_ARGUMENT', source=source, cause=error)
