# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Values of a provider's JSON, which may lack any member and hold any value in it.

A provider, or a gateway before it, may cut texts by UTF-16: a character then comes in two halves, each an escape of its
own.
"""

import base64
import json
import math
from typing import Any, Final, TypeVar, cast

from pydantic_core import from_json

from genkit._base.errors import GenkitError, quoting
from genkit._base.readers.json_text import check_depth


_Value = TypeVar('_Value')

_FIRST_HALF: Final = ('\ud800', '\udbff')
_REPLACEMENT: Final = '\ufffd'
_LONGEST_SHOWN: Final = 80
_LONGEST_COUNT: Final = 18
HIGHEST_COUNT: Final = 10**12

_PARSER_DEPTH: Final = 201  # as deep as the parser that is tried first goes


class TextPieces:
    """Joins UTF-16 surrogates that are split between two chunks of a text.

    What `add` and `close` return can be encoded; a lone surrogate becomes U+FFFD.
    """

    __slots__ = ('_half',)

    def __init__(self) -> None:
        self._half = ''

    def add(self, piece: str) -> str:
        """Return a piece as it can be shown; half a character at its end waits for the next piece."""
        if piece.isascii() and (not self._half or not piece):
            return piece
        text = self._half + piece
        self._half = text[-1] if _FIRST_HALF[0] <= text[-1] <= _FIRST_HALF[1] else ''
        return whole_characters(text[:-1] if self._half else text)

    def close(self) -> str:
        """Return the rest at the end of the text: U+FFFD for a lone surrogate, else an empty string."""
        left, self._half = self._half and _REPLACEMENT, ''
        return left


def whole_characters(value: _Value) -> _Value:
    """Return a text, or JSON, with surrogate pairs joined and lone surrogates replaced."""
    return cast('_Value', _whole(value))


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        if value.isascii():
            return value
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode('utf-16-le', 'surrogatepass').decode('utf-16-le', 'replace')
        return value
    if isinstance(value, list):
        return [_whole(item) for item in cast('list[Any]', value)]
    if isinstance(value, dict):
        return {_whole(name): _whole(member) for name, member in cast('dict[str, Any]', value).items()}
    return value


def read_json(text: str | bytes) -> Any:
    """Parse a provider's JSON; texts in it may begin or end with a lone surrogate.

    Raises:
        ValueError: It is not JSON.
    """
    try:
        return from_json(text)
    except ValueError:
        if (b'\\u' if isinstance(text, bytes) else '\\u') not in text:  # pyright: ignore[reportOperatorIssue]
            raise
    try:
        value = json.loads(text)  # takes halves of characters
        check_depth(value, max_depth=_PARSER_DEPTH)
    except (GenkitError, RecursionError) as error:
        raise ValueError('JSON is nested too deeply') from error
    return value


def text_of(value: Any, member: str) -> str:
    """Return a text: what a member holds as text, as a list of pieces such as ``{"text": …}``, or not at all.

    Args:
        value: The member's.
        member: Its name, for the error.

    Raises:
        GenkitError: ``INTERNAL`` for a value that is not text.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ''
    if isinstance(value, list):
        return ''.join(text_of(item, member) for item in cast('list[Any]', value))
    if isinstance(value, dict) and isinstance(text := cast('dict[str, Any]', value).get('text'), str | list):
        return text_of(text, member)
    raise _misfit(value, member, 'a text')


def members_of(value: Any, member: str) -> dict[str, Any]:
    """Return an object, empty if there is none.

    Args:
        value: The member's.
        member: Its name, for the error.

    Raises:
        GenkitError: ``INTERNAL`` for a value that is not an object.
    """
    if isinstance(value, dict):
        return cast('dict[str, Any]', value)
    if value is None:
        return {}
    raise _misfit(value, member, 'an object')


def items_of(value: Any, member: str) -> list[dict[str, Any]]:
    """Return a list of objects, empty if there is none; a single object counts as a list of one.

    Args:
        value: The member's.
        member: Its name, for the error.

    Raises:
        GenkitError: ``INTERNAL`` for a value that is not a list of objects.
    """
    if value is None:
        return []
    items = cast('list[Any]', value) if isinstance(value, list) else [value]
    return [members_of(item, member) for item in items if item is not None]


def count_of(value: Any) -> int | None:
    """Return a count as an integer, also if given as text; None for anything else.

    Negative and absurdly large numbers give None, because counts are added up for budgets.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _LONGEST_COUNT:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= HIGHEST_COUNT:
        return None
    return int(value) if value == int(value) else None


def vector_of(value: Any, member: str) -> list[float]:
    """Return a vector: a list of finite numbers, which is not empty.

    Args:
        value: The member's.
        member: Its name, for the error.

    Raises:
        GenkitError: ``INTERNAL`` for anything else.
    """
    found = [finite(item) for item in cast('list[Any]', value)] if isinstance(value, list) else []
    numbers = [number for number in found if number is not None]
    if not numbers or len(numbers) != len(found):
        raise _misfit(value, member, 'a list of numbers, all finite')
    return numbers


def bytes_of(value: Any, member: str) -> bytes:
    """Return bytes that are given as base64, which may have line breaks in it; none if there is none.

    Args:
        value: The member's.
        member: Its name, for the error.

    Raises:
        GenkitError: ``INTERNAL`` for anything else.
    """
    text = text_of(value, member)
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        pass
    try:
        return base64.b64decode(''.join(text.split()), validate=True)
    except ValueError:
        raise _misfit(value, member, 'base64') from None


def finite(value: Any) -> float | None:
    """Return a number; None for what is none, or not finite."""
    if type(value) not in (int, float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _misfit(value: Any, member: str, expected: str) -> GenkitError:
    shown = repr(value)
    shown = shown if len(shown) <= _LONGEST_SHOWN else f'{shown[:_LONGEST_SHOWN]}…'
    return misfit(shown, member, expected)


def misfit(shown: str, member: str, expected: str) -> GenkitError:
    """Return the error of a member that holds what cannot be meant: ``INTERNAL``.

    Its text is left out of traces that must not hold what was said.

    Args:
        shown: The beginning of what it holds.
        member: Its name.
        expected: What it must be.
    """
    return quoting(
        GenkitError(
            f'The provider sent {shown} as {member!r}, which must be {expected}; see whether base_url leads to a '
            'server that speaks this protocol.',
            status='INTERNAL',
        )
    )
