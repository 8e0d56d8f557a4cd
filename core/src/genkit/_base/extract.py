# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds JSON in what a model wrote."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.json_stream import JsonStream, without_lone_surrogates


_SHOWN: Final = 200
_MAX_STARTS: Final = 16
_OPENING: Final = re.compile(r'[{\[]')


def extract_json(text: str, *, throw_on_bad_json: bool = True) -> Any:
    """Return the first JSON value in a text: strictly read if possible, else tolerantly, else as far as it goes.

    Args:
        text: A model's answer, perhaps with prose or a code fence around the JSON, trailing commas, or cut off.
        throw_on_bad_json: Whether to raise when there is none; otherwise the result is None.

    Raises:
        GenkitError: ``INTERNAL`` with reason ``INVALID_OUTPUT`` when the text holds no JSON.
    """
    trimmed = text.strip()
    if not trimmed:
        return None
    try:
        value = json.loads(trimmed)
    except (ValueError, RecursionError):
        pass
    else:
        return without_lone_surrogates(value) if '\\u' in trimmed else value
    for start in _openings(trimmed):
        stream = JsonStream()
        stream.feed(trimmed[start:])
        if stream.started and not stream.malformed:
            return stream.snapshot()
    if not throw_on_bad_json:
        return None
    shown = text if len(text) <= _SHOWN else f'{text[:_SHOWN]}…'
    raise GenkitError(
        f'Invalid JSON extracted from model output: {shown!r}. '
        'Ask for a format with constrained output, or read `response.text`.',
        status='INTERNAL',
        reason=ErrorReason.INVALID_OUTPUT,
    )


def _openings(text: str) -> Iterator[int]:
    """Yield where JSON may begin: a bracket in the prose before it must not hide it."""
    for number, found in enumerate(_OPENING.finditer(text)):
        if number == _MAX_STARTS:
            return
        yield found.start()


def parse_partial_json(text: str) -> Any:
    """Return the JSON value that an unfinished text has begun, or None."""
    return extract_json(text, throw_on_bad_json=False)
