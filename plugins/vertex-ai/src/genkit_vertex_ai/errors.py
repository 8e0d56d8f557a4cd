# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Failures of Google's APIs."""

from collections.abc import Mapping
from typing import Any

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
