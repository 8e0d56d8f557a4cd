# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Errors that Hugging Face words in its own way."""

import contextlib
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import read_json, reworded


_LOADING: Final = 503
_NO_CREDIT: Final = 402
_LONGEST: Final = 86_400.0  # a day; nobody means more


def own_error(error: GenkitError, source: str) -> GenkitError:
    """Return an error with what helps: how long a model still loads, or where credit is bought."""
    known = error.details or {}
    code = known.get('http_status')
    if code == _NO_CREDIT:
        hint = 'See https://huggingface.co/settings/billing, or name the organization that pays as bill_to.'
        return reworded(error, source, f'{error.message} {hint}', details=error.details)
    seconds = _estimated_seconds(error.__cause__)
    if code != _LOADING or seconds is None:
        return error
    details = {**known, 'retry_after_ms': round(seconds * 1000)}
    message = f'{error.message} The model is being loaded; ask again in {seconds:g} s, or use the middleware `retry`.'
    return reworded(error, source, message, details=details)


def _estimated_seconds(cause: Any) -> float | None:
    body: Any = None
    with contextlib.suppress(AttributeError, ValueError):
        body = read_json(cause.response.content)
    told: Any = cast('dict[str, Any]', body).get('estimated_time') if isinstance(body, dict) else None
    if type(told) not in (int, float) or not told >= 0:  # nor what is no number
        return None
    return float(min(told, _LONGEST))
