# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the vendor's library raises, as errors of ours."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Final

from genkit import GenkitError
from genkit.plugin import provider_errors


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


def _unknown_option(source: str, error: Exception) -> GenkitError | None:
    if not isinstance(error, ValueError) or type(error).__name__ not in _REFUSED or 'JSON' in str(error):
        return None
    return GenkitError(str(error), status='INVALID_ARGUMENT', source=source, cause=error)
