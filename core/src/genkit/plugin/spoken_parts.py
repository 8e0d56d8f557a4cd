# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The text and the reasoning of a response that comes in pieces."""

from genkit.plugin.wire_values import TextPieces
from genkit.types import Part, ReasoningPart, TextPart


class SpokenParts:
    """Collects the text and the reasoning of a streamed response: parts to show as they come, and the whole at the end.

    Pieces may end in half a character, see `TextPieces`.
    """

    __slots__ = ('_text', '_text_pieces', '_thought_pieces', '_thoughts')

    def __init__(self) -> None:
        self._text: list[str] = []
        self._thoughts: list[str] = []
        self._text_pieces = TextPieces()
        self._thought_pieces = TextPieces()

    @property
    def text(self) -> str:
        """The whole text so far."""
        return ''.join(self._text)

    @property
    def thoughts(self) -> str:
        """The whole reasoning so far."""
        return ''.join(self._thoughts)

    def add_text(self, piece: str, *, is_last: bool = False) -> TextPart | None:
        """Take a piece of text, and return what there is to show of it.

        Args:
            piece: The piece.
            is_last: Whether nothing follows that half a character at its end could belong to.
        """
        shown = _joined(self._text_pieces, piece, is_last=is_last)
        if not shown:
            return None
        self._text.append(shown)
        return TextPart.trusted(text=shown)

    def add_thought(self, piece: str, *, is_last: bool = False) -> ReasoningPart | None:
        """Take a piece of the reasoning, and return what there is to show of it.

        Args:
            piece: The piece.
            is_last: As for `add_text`.
        """
        shown = _joined(self._thought_pieces, piece, is_last=is_last)
        if not shown:
            return None
        self._thoughts.append(shown)
        return ReasoningPart.trusted(reasoning=shown)

    def close(self) -> list[Part]:
        """Return what is left to show at the end, which is half a character at most of each."""
        left = (self.add_thought('', is_last=True), self.add_text('', is_last=True))
        return [part for part in left if part is not None]

    def parts(self) -> list[Part]:
        """Return the parts of the whole response: reasoning and text, as far as there are any."""
        thoughts, text = self.thoughts, self.text
        parts: list[Part] = [ReasoningPart(reasoning=thoughts)] if thoughts else []
        return [*parts, TextPart(text=text)] if text else parts


def _joined(pieces: TextPieces, piece: str, *, is_last: bool) -> str:
    shown = pieces.add(piece)
    return shown + pieces.close() if is_last else shown
