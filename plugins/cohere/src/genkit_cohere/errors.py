# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with the provider: https://docs.cohere.com/reference/errors."""

from collections.abc import Mapping
from typing import Any, Final

from genkit.plugin import error_in_body


_DENIED: Final = 498


class CohereError(Exception):
    """An answer with a status of failure.

    Attributes:
        status_code: Of HTTP.
        headers: Of the answer.
        body: As JSON, if it was, else its text.
    """

    def __init__(self, source: str, code: int, headers: Mapping[str, str], body: bytes) -> None:
        said = error_in_body(source, body)
        message = f'HTTP {code} without a word' if said is None else said.message
        super().__init__(message)
        # Elsewhere this code is of an exhausted capacity; here a word of the request is on a list of denied ones.
        self.status_code = 400 if code == _DENIED else code
        self.headers = headers
        self.body: Any = {'error': {'message': message}}


def is_error(body: Mapping[str, Any]) -> bool:
    """Return whether JSON in place of an answer or an event is an error.

    The provider's own are ``{"id": …, "message": "…"}``.
    """
    return bool(body.get('error')) or isinstance(body.get('message'), str)
