# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Failures of Google's APIs and of the credentials for them."""

from collections.abc import Mapping
from typing import Any

from genkit import GenkitError
from genkit.plugin import error_in_body


class GoogleError(Exception):
    """An answer with a status of failure.

    Attributes:
        status_code: Of HTTP.
        headers: Of the answer.
        body: As JSON, if it was, else its text.
    """

    def __init__(self, source: str, code: int, headers: Mapping[str, str], body: Any) -> None:
        said = error_in_body(source, body)
        super().__init__(f'HTTP {code} without a word' if said is None else said.message)
        self.status_code = code
        self.headers = headers
        self.body = body if said is not None else {'error': str(self)}


def no_credentials(source: str, error: Exception) -> GenkitError:
    """Return the error for an environment that has no Google credentials."""
    return GenkitError(
        f'Plugin {source!r} has no Google credentials ({_first_line(error)}). Run '
        '`gcloud auth application-default login`, set GOOGLE_APPLICATION_CREDENTIALS, or pass credentials= or api_key= '
        'to the plugin.',
        status='FAILED_PRECONDITION',
        source=source,
        cause=error,
    )


def no_token(source: str, error: Exception, *, is_refused: bool) -> GenkitError:
    """Return the error for credentials that give no token.

    Args:
        source: The plugin's name.
        error: What the library said.
        is_refused: Whether Google refused them; else it could not be reached.
    """
    what = 'Google refuses to renew' if is_refused else 'Google could not be reached to renew'
    advice = ' Sign in again with `gcloud auth application-default login`, or pass other credentials=.'
    return GenkitError(
        f'{what} the token of plugin {source!r}: {_first_line(error)}.{advice if is_refused else ""}',
        status='UNAUTHENTICATED' if is_refused else 'UNAVAILABLE',
        source=source,
        cause=error,
    )


def _first_line(error: Exception) -> str:
    text = str(error.args[0] if error.args else error).strip()
    return (text.splitlines() or [type(error).__name__])[0].rstrip('.')
