# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a model says as a list of pieces, which some providers have: text, thinking, references and others, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from genkit.plugin import TextPieces, text_of
from genkit.types import CustomPart, Part, ReasoningPart, TextPart


Piece = dict[str, Any]

_OWN: Final = 'piece'  # the member of a custom part that holds a piece which is none of ours
_CITED: Final = 'citations'
_SIGNED: Final = 'signature'


def piece_of(part: Part) -> Piece | None:
    """Return the provider's own piece that a part holds; None for any other part."""
    piece = part.custom.get(_OWN) if isinstance(part, CustomPart) else None
    return cast('Piece', piece) if isinstance(piece, dict) else None


def to_pieces(parts: Sequence[Part]) -> str | list[Piece]:
    """Return what a model said as it is sent back: pieces in their order, or text if there is nothing else."""
    pieces = [piece for part in parts for piece in _to_pieces(part)]
    if all(piece.keys() == {'type', 'text'} for piece in pieces):
        return ''.join(piece['text'] for piece in pieces)
    return pieces


@dataclass(slots=True)
class _Run:
    """Text, or thinking, that came without a break."""

    kind: type[TextPart | ReasoningPart]
    texts: list[str] = field(default_factory=list[str])
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    halves: TextPieces = field(default_factory=TextPieces)

    def add(self, text: str) -> Part | None:
        shown = self.halves.add(text)
        if not shown:
            return None
        self.texts.append(shown)
        return TextPart.trusted(text=shown) if self.kind is TextPart else ReasoningPart.trusted(reasoning=shown)

    def close(self) -> Part | None:
        left = self.halves.close()
        return self.add(left) if left else None

    def part(self) -> Part:
        text, metadata = ''.join(self.texts), self.metadata or None
        if self.kind is TextPart:
            return TextPart(text=text, metadata=metadata)
        return ReasoningPart(reasoning=text, metadata=metadata)


class PieceParts:
    """Collects what comes in pieces, in its order: parts to show as they come, and the whole at the end.

    The references that follow a text are the ``citations`` of its metadata, the signature of reasoning is in its own. A
    piece of a kind that is not known becomes a `CustomPart` that is sent back as it came.
    """

    def __init__(self) -> None:
        self._runs: list[_Run | Part] = []

    @property
    def text(self) -> str:
        """The whole text so far."""
        return ''.join(part.text for part in self.parts() if isinstance(part, TextPart))

    @property
    def thoughts(self) -> str:
        """The whole reasoning so far."""
        return ''.join(part.reasoning for part in self.parts() if isinstance(part, ReasoningPart))

    def add(self, content: Any) -> list[Part]:
        """Take a content, whole or a piece of one, and return what there is to show of it.

        Raises:
            GenkitError: ``INTERNAL`` for what is neither text nor a list of pieces.
        """
        if not isinstance(content, list):
            return _shown(self.add_text(text_of(content, 'content')))
        return [part for piece in cast('list[Any]', content) for part in self._add_piece(piece)]

    def add_text(self, piece: str) -> Part | None:
        """Take a piece of text, and return what there is to show of it."""
        return self._run(TextPart).add(piece) if piece else None

    def add_thought(self, piece: str) -> Part | None:
        """Take a piece of the reasoning, and return what there is to show of it."""
        return self._run(ReasoningPart).add(piece) if piece else None

    def close(self) -> list[Part]:
        """Return what is left to show at the end, which is half a character at most."""
        return [part for run in self._runs[-1:] if isinstance(run, _Run) for part in _shown(run.close())]

    def parts(self) -> list[Part]:
        """Return the parts of the whole so far, in their order."""
        return [run.part() if isinstance(run, _Run) else run for run in self._runs]

    def _run(self, kind: type[TextPart | ReasoningPart]) -> _Run:
        """Return the run that a piece belongs to; text after a reference begins another."""
        last = self._runs[-1] if self._runs else None
        if isinstance(last, _Run):
            if last.kind is kind and _CITED not in last.metadata:
                return last
            last.close()
        run = _Run(kind)
        self._runs.append(run)
        return run

    def _add_piece(self, piece: Any) -> list[Part]:
        members = cast('Piece', piece) if isinstance(piece, dict) else {}
        kind = members.get('type')
        if kind == 'thinking':
            return self._think(members)
        if kind == 'reference':
            return [self._cite(members)]
        if not members or 'text' in members:
            return _shown(self.add_text(text_of(piece, 'content')))
        part: Part = CustomPart(custom={_OWN: members})
        self._runs.append(part)
        return [part]

    def _think(self, piece: Piece) -> list[Part]:
        said = piece.get('thinking')
        if isinstance(said, list):
            said = [item for item in cast('list[Any]', said) if not _is_other(item)]
        shown = _shown(self.add_thought(text_of(said, 'content.thinking')))
        if piece.get(_SIGNED):
            self._run(ReasoningPart).metadata[_SIGNED] = text_of(piece[_SIGNED], 'content.signature')
        return shown

    def _cite(self, piece: Piece) -> Part:
        last = self._runs[-1] if self._runs else None
        run = last if isinstance(last, _Run) and last.kind is TextPart else self._run(TextPart)
        run.metadata.setdefault(_CITED, []).append(piece)
        return TextPart(text='', metadata={_CITED: [piece]})


def _to_pieces(part: Part) -> Iterator[Piece]:
    metadata = part.metadata or {}
    if isinstance(part, ReasoningPart):
        signature = {_SIGNED: metadata[_SIGNED]} if isinstance(metadata.get(_SIGNED), str) else {}
        yield {'type': 'thinking', 'thinking': [{'type': 'text', 'text': part.reasoning}], **signature}
    elif isinstance(part, TextPart):
        if part.text:
            yield {'type': 'text', 'text': part.text}
        cited = metadata.get(_CITED)
        if isinstance(cited, list):
            yield from (piece for piece in cast('list[Any]', cited) if _is_reference(piece))
    elif (piece := piece_of(part)) is not None:
        yield piece


def _is_other(value: Any) -> bool:
    """Return whether a piece of the reasoning is of a kind that has no text, such as a reference to a tool."""
    return isinstance(value, dict) and cast('Piece', value).get('type', 'text') != 'text'


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and cast('Piece', value).get('type') == 'reference'


def _shown(part: Part | None) -> list[Part]:
    return [] if part is None else [part]
