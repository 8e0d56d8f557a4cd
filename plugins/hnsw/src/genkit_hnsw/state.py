# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What an index holds at one moment, and how its folder is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final, Generic, TypeVar

import numpy as np
from genkit.plugin import Condition

from genkit_hnsw.convert import Flags, Frame, Mismatch, Rows, read_frames, read_removed
from genkit_hnsw.errors import Damage, reading
from genkit_hnsw.folder import Folder, Manifest, StoredFile, StoredSegment
from genkit_hnsw.segments import Segment
from genkit_hnsw.tail import Tail


LOG: Final = ''

HoldsT = TypeVar('HoldsT', bound=Segment | Tail)


@dataclass(frozen=True)
class Part(Generic[HoldsT]):
    """A segment or the log, and which of its rows have not been removed.

    Attributes:
        holds: The rows.
        alive: Which of them are there.
    """

    holds: HoldsT
    alive: Flags

    @property
    def rows(self) -> Rows:
        """The rows that are there."""
        return np.flatnonzero(self.alive)

    def meeting(self, condition: Condition) -> Flags:
        """Return which of the rows that are there meet a condition."""
        return self.alive & self.holds.meeting(condition, len(self.alive))


@dataclass(frozen=True, slots=True)
class State:
    """What an index holds at one moment.

    Attributes:
        manifest: What it is made of; None before anything was written.
        segments: The segments by name, oldest first.
        tail: The log.
    """

    manifest: Manifest | None
    segments: Mapping[str, Part[Segment]]
    tail: Part[Tail]

    @property
    def parts(self) -> Mapping[str, Part[Any]]:
        """The segments and the log."""
        return {**self.segments, LOG: self.tail}

    @property
    def count(self) -> int:
        """The number of rows."""
        return sum(int(np.count_nonzero(part.alive)) for part in self.parts.values())

    def meeting(self, condition: Condition) -> dict[str, Rows]:
        """Return the rows that meet a condition, by segment."""
        found = {name: np.flatnonzero(part.meeting(condition)) for name, part in self.parts.items()}
        return {name: rows for name, rows in found.items() if len(rows)}

    def find(self, ids: Sequence[str]) -> dict[str, list[int]]:
        """Return the rows of ids, by segment."""
        found: dict[str, list[int]] = {}
        for name, part in self.parts.items():
            if rows := [row for row in part.holds.find(ids).values() if part.alive[row]]:
                found[name] = rows
        return found


NOTHING: Final = State(None, {}, Part(Tail(0), np.empty(0, np.bool_)))


class Opener:
    """Opens what a folder holds, again and again; of what is known only what is new is read.

    Args:
        folder: The folder of an index.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._guard = Lock()
        self._seen: bytes | None = None
        self._state = NOTHING
        self._gone: tuple[StoredFile | None, Mapping[str, Sequence[int]]] = None, {}

    def now(self) -> State:
        """Return what there is now, whichever process has written it.

        Files that disappear while they are being read were replaced, and there is a newer manifest that says by what.
        """
        with self._guard, reading(self._folder.path):
            data = self._folder.read_manifest()
            while data != self._seen:
                try:
                    self._state = NOTHING if data is None else self._load(self._folder.parse(data))
                    self._seen = data
                except FileNotFoundError as error:
                    newer = self._folder.read_manifest()
                    if newer == data:
                        raise Damage(Path(error.filename), 'is missing') from error
                    data = newer
            return self._state

    def _load(self, manifest: Manifest) -> State:
        """Open what a manifest names; the log is taken in last, when nothing can fail any more."""
        before = self._state.manifest
        gone = self._read_removed(manifest)
        segments = [self._open(stored, manifest) for stored in manifest.segments]
        if before is not None and before.log == manifest.log:
            tail, start = self._state.tail.holds, before.end
        else:
            tail, start = Tail(manifest.dimensions), 0
        frames = self._read_log(manifest, start)
        for frame in frames:
            tail.apply(frame)
        is_same = bool(start) and before is not None and before.removed == manifest.removed
        changed = {name for frame in frames for name in frame.removed}
        parts: dict[str, Part[Segment]] = {}
        for segment in segments:
            name = segment.stored.name
            known = self._state.segments.get(name) if is_same and name not in changed else None
            parts[name] = known or Part(segment, _alive(segment, gone.get(name, ()), tail.removed.get(name, ())))
        self._gone = manifest.removed, gone
        return State(manifest, parts, Part(tail, tail.alive()))

    def _open(self, stored: StoredSegment, manifest: Manifest) -> Segment:
        known = self._state.segments.get(stored.name)
        return known.holds if known and known.holds.stored == stored else Segment(self._folder, stored, manifest)

    def _read_log(self, manifest: Manifest, start: int) -> list[Frame]:
        if manifest.end == start:
            return []
        try:
            return read_frames(self._folder.read_log(manifest.log, start, manifest.end))
        except (Mismatch, ValueError) as error:
            problem = f'does not match its checksum between the bytes {start} and {manifest.end}'
            raise Damage(self._folder.path / manifest.log, problem) from error

    def _read_removed(self, manifest: Manifest) -> Mapping[str, Sequence[int]]:
        if manifest.removed is None:
            return {}
        if manifest.removed == self._gone[0]:
            return self._gone[1]
        try:
            return read_removed(self._folder.read(manifest.removed).tobytes())
        except Mismatch as error:
            raise Damage(self._folder.path / manifest.removed.name, 'does not hold what was written') from error


def _alive(segment: Segment, *gone: Sequence[int]) -> Flags:
    alive = np.ones(len(segment), np.bool_)
    for rows in gone:
        alive[list(rows)] = False
    return alive
