# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Templates of URIs, matched in time that grows with the URI."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from genkit._base.readers.late_pattern import late_pattern


LONGEST_URI: Final = 8192

_VARIABLE: Final = late_pattern(r'\{(\+?)([A-Za-z_][A-Za-z0-9_]*)\}')

# A text of its own, or a variable with the characters that end it at the latest.
_Piece = tuple[str, frozenset[str] | None]
_SEGMENT: Final = frozenset('/')
_ANYTHING: Final = frozenset('\n')
_YES: Final = b'\1'


def variables_of(template: str) -> list[str]:
    """Return the names of the variables in a template."""
    return [found[2] for found in _VARIABLE.finditer(template)]


def match_uri(template: str, uri: str) -> dict[str, str] | None:
    """Return the variables of a URI that a template stands for, or None; also for one of more than `LONGEST_URI`.

    Each variable has one character at least, and the first ones have as many as they can.

    Args:
        template: With ``{name}`` for a path segment and ``{+name}`` for anything.
        uri: Whole.
    """
    return _matcher(template)(uri) if len(uri) <= LONGEST_URI else None


@lru_cache(maxsize=1024)
def _matcher(template: str) -> Callable[[str], dict[str, str] | None]:
    pieces = _pieces(template)
    if not _is_plain(pieces):
        return lambda uri: _match(pieces, uri)
    pattern = re.compile(''.join(_as_pattern(piece) for piece in pieces))

    def match(uri: str) -> dict[str, str] | None:
        found = pattern.fullmatch(uri)
        return found.groupdict() if found else None

    return match


def _pieces(template: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    position = 0
    for variable in _VARIABLE.finditer(template):
        if literal := template[position : variable.start()]:
            pieces.append((literal, None))
        pieces.append((variable[2], _ANYTHING if variable[1] else _SEGMENT))
        position = variable.end()
    return [*pieces, (template[position:], None)] if position < len(template) else pieces


def _as_pattern(piece: _Piece) -> str:
    text, ends = piece
    return re.escape(text) if ends is None else f'(?P<{text}>{"[^/]+" if ends is _SEGMENT else ".+"})'


def _is_plain(pieces: Sequence[_Piece]) -> bool:
    """Return whether there is one place at most where each variable but the last can end, so that a pattern does."""
    variables = [place for place, (_, ends) in enumerate(pieces) if ends is not None]
    return all(
        pieces[place][1] is _SEGMENT and following - place > 1 and pieces[place + 1][0].startswith('/')
        for place, following in pairwise(variables)
    )


def _match(pieces: Sequence[_Piece], uri: str) -> dict[str, str] | None:
    if pieces[0][1] is None and not uri.startswith(pieces[0][0]):
        return None
    # For each piece, and for the end, the places from which the rest of the template matches.
    fits = [bytearray(len(uri)) + _YES]
    for text, ends in reversed(pieces):
        fits.append(_before_text(uri, text, fits[-1]) if ends is None else _before_variable(uri, ends, fits[-1]))
    fits.reverse()
    if not fits[0][0]:
        return None
    found: dict[str, str] = {}
    place = 0
    for (text, ends), rest in zip(pieces, fits[1:], strict=True):
        if ends is None:
            place += len(text)
            continue
        limit = min((end for mark in ends if (end := uri.find(mark, place)) >= 0), default=len(uri))
        end = rest.rfind(_YES, place + 1, limit + 1)
        found[text] = uri[place:end]
        place = end
    return found


def _before_text(uri: str, text: str, rest: bytearray) -> bytearray:
    fits = bytearray(len(uri) + 1)
    place = uri.find(text)
    while place >= 0:
        fits[place] = rest[place + len(text)]
        place = uri.find(text, place + 1)
    return fits


def _before_variable(uri: str, ends: frozenset[str], rest: bytearray) -> bytearray:
    fits = bytearray(len(uri) + 1)
    may_end = 0
    for place in range(len(uri) - 1, -1, -1):
        may_end = 0 if uri[place] in ends else may_end or rest[place + 1]
        fits[place] = may_end
    return fits
