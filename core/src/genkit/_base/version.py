# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The version of this SDK and how it names itself to servers."""

from typing import Final


GENKIT_VERSION: Final = '0.1.0'
GENKIT_CLIENT_HEADER: Final = f'genkit-python/{GENKIT_VERSION}'


class _Client:
    addition = ''


def set_client_header(addition: str | None) -> None:
    """Add the application's own words to what `client_header` returns; None takes them away."""
    _Client.addition = addition or ''


def client_header() -> str:
    """Return what requests to providers carry as ``x-goog-api-client`` or the like."""
    return f'{GENKIT_CLIENT_HEADER} {_Client.addition}'.rstrip()
