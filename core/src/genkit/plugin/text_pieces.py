# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Text and JSON of providers that cut by UTF-16: a character may come in two halves, each an escape of its own."""

import json
from typing import Any, Final

from pydantic_core import from_json


_FIRST_HALF: Final = ('\ud800', '\udbff')
_REPLACEMENT: Final = '\ufffd'


class TextPieces:
    """Joins the halves of characters that end one piece of a text and begin the next.

    What `add` and `close` return can be encoded; a half without its other half becomes U+FFFD.
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
        """Return what is left at the end: a replacement for half a character, else nothing."""
        left, self._half = self._half and _REPLACEMENT, ''
        return left


def whole_characters(text: str) -> str:
    """Return a text in which halves of characters are joined, and those without their other half are replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode('utf-16-le', 'surrogatepass').decode('utf-16-le', 'replace')
    return text


def read_json(text: str | bytes) -> Any:
    """Return a provider's JSON; texts in it may begin or end with half a character.

    Raises:
        ValueError: It is no JSON.
    """
    try:
        return from_json(text)
    except ValueError:
        if (b'\\u' if isinstance(text, bytes) else '\\u') not in text:  # pyright: ignore[reportOperatorIssue]
            raise
    try:
        return json.loads(text)  # takes halves of characters
    except RecursionError as error:
        raise ValueError('JSON is nested too deeply') from error
