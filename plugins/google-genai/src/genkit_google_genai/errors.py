# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the vendor's library raises, as errors of ours."""

import contextlib
from collections.abc import Generator, Sequence

from genkit import GenkitError
from genkit.plugin import provider_errors


@contextlib.contextmanager
def google_errors(source: str, secrets: Sequence[str | None] = ()) -> Generator[None]:
    """Turn what the vendor's library raises inside the block into an error of ours.

    Failures of the provider name a status of ``google.rpc``, which is one of ours. A plain ``ValueError`` is the
    library's word for an option that the provider does not have.

    Args:
        source: The plugin's name.
        secrets: Keys that must not be repeated in the message.
    """
    with provider_errors(source, secrets):
        try:
            yield
        except ValueError as error:
            if type(error).__name__ not in {'ValueError', 'ValidationError'} or 'JSON' in str(error):
                raise
            raise GenkitError(str(error), status='INVALID_ARGUMENT', source=source) from error
