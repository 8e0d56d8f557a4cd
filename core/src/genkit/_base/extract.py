# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds JSON in what a model wrote.

There are two readers. `extract_json` completes what is unfinished and serves previews. `read_final_json` never does: it
serves whatever is acted on, such as the arguments of a tool.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, cast

from pydantic_core import from_json

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.json_stream import JsonStream, without_lone_surrogates
from genkit._base.readers.late_pattern import late_pattern


# Notes in the metadata of a part about how its JSON came.
REPAIRED: Final = 'repaired'
UNFINISHED: Final = 'unfinished'

_SHOWN: Final = 200
_MAX_STARTS: Final = 16
_OPENING: Final = late_pattern(r'[{\[]')
_OPEN_STRING: Final = late_pattern(r'"(?:[^"\\]|\\.)*\\?\Z', re.DOTALL)
# What begins JSON in a text that has held some already; a bracket of prose does not.
_FURTHER: Final = late_pattern(r'\{\s*["}]|\[\s*[{\["\]\d]')
_THOUGHTS: Final = late_pattern(r'\s*<think(?:ing)?>.*?</think(?:ing)?>(?=.*\S)', re.DOTALL)
_DEEPEST: Final = 200  # as for JSON that needs no repair


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
    raise no_json(text)


def _openings(text: str) -> Iterator[int]:
    """Yield where JSON may begin: a bracket in the prose before it must not hide it."""
    for number, found in enumerate(_OPENING.finditer(text)):
        if number == _MAX_STARTS:
            return
        yield found.start()


def parse_partial_json(text: str) -> Any:
    """Return the JSON value that an unfinished text has begun, or None."""
    return extract_json(text, throw_on_bad_json=False)


class FinalJson(NamedTuple):
    """What a text that is not going to grow holds.

    Attributes:
        value: None if the JSON is unfinished.
        repaired: Whether the text was no JSON as it stood: it had fences, prose, trailing commas, single quotes.
        unfinished: Whether JSON was begun and not closed.
        alone: Whether nothing beside the value could be JSON as well.
        rest: What follows the value.
    """

    value: Any = None
    repaired: bool = False
    unfinished: bool = False
    alone: bool = True
    rest: str = ''


def read_whole_json(text: str) -> FinalJson | None:
    """Return the JSON value that a text is, as nearly every answer of a model that is asked for one; None if not."""
    try:
        return FinalJson(from_json(text.strip()))
    except ValueError:
        return None


def is_cut_off_json(text: str) -> bool:
    """Return whether a text is an object or a list that is well formed as far as it goes, and not closed."""
    trimmed = text.strip()
    if trimmed[:1] not in {'{', '['}:
        return False
    try:
        from_json(trimmed)
    except ValueError as error:
        return str(error).startswith('EOF while parsing')
    return False


def read_final_json(text: str) -> FinalJson | None:
    """Return the first JSON value in a text that is complete; None if there is none.

    What is malformed is repaired, and what is unfinished is not: nobody knows how it would have gone on.
    """
    whole = read_whole_json(text)
    if whole is not None:
        return whole
    trimmed = text.strip()
    if trimmed.startswith('"') and _OPEN_STRING.match(trimmed):
        return FinalJson(unfinished=True)
    for number, start in enumerate(_openings(trimmed)):
        stream = JsonStream()
        stream.feed(trimmed[start:])
        if stream.malformed:
            continue
        if not stream.started:
            return None
        if not stream.complete:
            return FinalJson(unfinished=True)
        first = number == 0 and not stream.skipped
        if not first and stream.remainder.lstrip()[:1] in {',', ':', ']', '}'}:
            return None  # the inside of something that could not be read is not the answer
        value = stream.snapshot()
        if _is_deep(value):
            return None
        alone = first and not _OPENING.search(stream.remainder)
        return FinalJson(value, repaired=True, alone=alone, rest=stream.remainder)
    return None


def read_final_values(text: str) -> list[FinalJson]:
    """Return the JSON values that follow one another in a text, up to one that is not closed.

    What a model thinks aloud before its answer, between ``<think>`` and ``</think>``, is no answer.
    """
    thoughts = _THOUGHTS.match(text) if text.lstrip().startswith('<think') else None
    rest = text[thoughts.end() :] if thoughts else text
    values: list[FinalJson] = []
    while len(values) < _MAX_STARTS and (found := read_final_json(rest)) is not None:
        values.append(found if rest is text else found._replace(repaired=not found.unfinished))
        further = _FURTHER.search(found.rest)
        if further is None:
            break
        rest = found.rest[further.start() :]
    return values


def extract_final_json(text: str) -> Any:
    """Return the first JSON value in a text, which must be complete; None if the text is blank.

    Raises:
        GenkitError: ``INTERNAL`` with reason ``INVALID_OUTPUT`` if there is none, or if it is not closed; then
            ``details['unfinished']`` is set.
    """
    if not text.strip():
        return None
    found = read_final_json(text)
    if found is None:
        raise no_json(text)
    if found.unfinished:
        raise unfinished_json(text)
    return found.value


def is_repaired_json(text: str) -> bool:
    """Return whether a text is not JSON as it stands and holds some that is complete."""
    found = read_final_json(text)
    return found is not None and found.repaired


def unfinished_json(text: str) -> GenkitError:
    """Return the error that JSON without its end is."""
    return GenkitError(
        f'The JSON that ends with {text[-_SHOWN:]!r} is not closed; it is not completed, because nobody knows how it '
        'would have gone on. Ask again, or read `response.text`.',
        status='INTERNAL',
        details={'unfinished': True},
        reason=ErrorReason.INVALID_OUTPUT,
    )


def no_json(text: str) -> GenkitError:
    """Return the error that a text without JSON is."""
    shown = text if len(text) <= _SHOWN else f'{text[:_SHOWN]}…'
    return GenkitError(
        f'Invalid JSON extracted from model output: {shown!r}. '
        'Ask for a format with constrained output, or read `response.text`.',
        status='INTERNAL',
        reason=ErrorReason.INVALID_OUTPUT,
    )


def _is_deep(value: Any) -> bool:
    """Return whether containers are nested deeper than strict readers allow."""
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _members(outer)]
        if not level:
            return False
    return True


def _members(value: Any) -> Any:
    if isinstance(value, dict):
        return cast('dict[str, Any]', value).values()
    return cast('list[Any]', value) if isinstance(value, list) else ()
