# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An index: what its folder holds, opened, searched and changed. Everything here blocks.

New rows go to the end of a log. When that holds `Limits.tail` of them they become a segment, and `Limits.fan` small
segments become a large one, to which no others are added. So a write costs the same however large the index is, each
row is written three times at most, and memory is taken for one segment at a time.
"""

import contextlib
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from genkit.plugin import Condition, StoreEntry, StoreMatch

from genkit_hnsw.config import HnswIndex, RetrieverOptions
from genkit_hnsw.convert import to_document, to_frame, to_record, to_removed, to_vectors
from genkit_hnsw.errors import other_dimensions, other_distance, reading, writing
from genkit_hnsw.folder import Folder, Manifest, new_name
from genkit_hnsw.rows import Search
from genkit_hnsw.segments import Source, write_segment
from genkit_hnsw.state import LOG, Opener, Part, State


@dataclass(frozen=True, slots=True)
class Limits:
    """When rows move on.

    Attributes:
        tail: The number of rows of the log that become a segment.
        tail_bytes: The bytes of their vectors that do so as well.
        fan: The number of small segments that become a large one.
        few: The number of rows that are compared one by one rather than found in a graph.
    """

    tail: int = 8192
    tail_bytes: int = 16 << 20
    fan: int = 8
    few: int = 1024

    def rows(self, dimensions: int) -> int:
        """Return the number of rows that become a segment."""
        return max(1, min(self.tail, self.tail_bytes // (4 * dimensions)))


class Engine:
    """An index in a folder. Every method may be called from any thread.

    Args:
        index: The index.
        limits: When rows move on.
    """

    def __init__(self, index: HnswIndex, limits: Limits | None = None) -> None:
        self._index = index
        self._limits = limits or Limits()
        self._folder = Folder(index.path)
        self._opener = Opener(self._folder)
        self._swept = False

    # Reading

    def query(self, vector: Sequence[float], options: RetrieverOptions) -> list[StoreMatch]:
        """Return the nearest rows, what other processes have written included."""
        state = self._opener.now()
        if state.manifest is None or not state.count:
            return []
        self._check(state.manifest, len(vector))
        search = Search(
            vector=to_vectors([vector], ['query'], unit=self._index.distance == 'cosine')[0],
            k=min(options.k, state.count),
            distance=self._index.distance,
            expansion=options.expansion_search or self._index.expansion_search,
            few=state.count if options.exact else self._limits.few,
        )
        condition = None if options.filter is None or options.filter.finds_everything else options.filter.condition
        found: list[tuple[float, Part[Any], int]] = []
        for part in state.parts.values():
            with reading(self._folder.path):
                rows, scores = part.holds.nearest(search, part.alive if condition is None else part.meeting(condition))
            found += [(score, part, row) for score, row in zip(scores.tolist(), rows.tolist(), strict=True)]
        found.sort(key=lambda each: -each[0])
        least = options.min_score
        best = [each for each in found[: search.k] if least is None or each[0] >= least]
        records = [(part.holds.record(row), score) for score, part, row in best]
        return [StoreMatch(record.id, to_document(record), score) for record, score in records]

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Return which of some ids are there."""
        found: set[str] = set()
        for part in self._opener.now().parts.values():
            found.update(name for name, row in part.holds.find(ids).items() if part.alive[row])
        return found

    def count(self, condition: Condition | None) -> int:
        """Return the number of rows, of those that meet a condition if there is one."""
        state = self._opener.now()
        if condition is None:
            return state.count
        return sum(len(rows) for rows in state.meeting(condition).values())

    # Writing

    def upsert(self, entries: Sequence[StoreEntry]) -> None:
        """Store entries; they are on disk when this returns, all of them or, on an error, none.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` for vectors of other dimensions, ``INVALID_ARGUMENT`` for vectors that
                hold no numbers, ``RESOURCE_EXHAUSTED`` for a full disk, ``PERMISSION_DENIED``, ``UNAVAILABLE`` for a
                held lock, ``DATA_LOSS`` for a damaged file.
        """
        wanted = list({entry.id: entry for entry in entries}.values())
        if not wanted:
            return
        ids, dimensions = [entry.id for entry in wanted], len(wanted[0].vector)
        with self._writing() as found:
            state = found if found.count else self._begin(dimensions)
            manifest = state.manifest
            assert manifest is not None
            for entry in wanted:
                self._check(manifest, len(entry.vector))
            if len(state.tail.alive) + len(wanted) > self._limits.rows(dimensions):
                state = self._tidy(state)
            vectors = to_vectors([entry.vector for entry in wanted], ids, unit=manifest.distance == 'cosine')
            frame = to_frame(vectors, [to_record(entry) for entry in wanted], state.find(ids))
            self._append(state, frame)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete rows; unknown ids are ignored.

        Raises:
            GenkitError: As `upsert`.
        """
        if self.existing(ids):  # where nothing may be written, deleting nothing is no error
            with self._writing() as state:
                self._remove(state, state.find(ids))

    def delete_meeting(self, condition: Condition) -> None:
        """Delete the rows that meet a condition.

        Raises:
            GenkitError: As `upsert`.
        """
        if self.count(condition):
            with self._writing() as state:
                self._remove(state, {name: rows.tolist() for name, rows in state.meeting(condition).items()})

    def clear(self) -> None:
        """Delete everything, whatever state the files are in.

        Raises:
            GenkitError: As `upsert`, but for ``DATA_LOSS``.
        """
        if self._folder.path.exists():
            with self._folder.locked(self._index.lock_timeout):
                self._begin(0)

    def compact(self) -> None:
        """Make as few segments of all rows as there can be, without those that were removed.

        Raises:
            GenkitError: As `upsert`.
        """
        with self._writing() as state:
            if state.manifest is not None:
                self._tidy(state, everything=True)

    def _begin(self, dimensions: int) -> State:
        """Make an empty index, in place of what there may be, and return it."""
        manifest = Manifest(1, dimensions, self._index.distance, new_name('log'))
        with writing(self._folder.path):
            self._folder.commit(manifest)
            self._folder.sweep(manifest.names)
        return self._opener.now()

    def _remove(self, state: State, rows: Mapping[str, Sequence[int]]) -> None:
        if rows and state.manifest is not None:
            self._append(state, to_frame(np.empty((0, state.manifest.dimensions), np.float32), [], rows))

    def _append(self, state: State, frame: bytes) -> None:
        assert state.manifest is not None
        with writing(self._folder.path):
            self._folder.append(state.manifest, frame)
        self._opener.now()

    @contextlib.contextmanager
    def _writing(self) -> Generator[State]:
        """Give what there is when nobody else can write."""
        with self._folder.locked(self._index.lock_timeout):
            state = self._opener.now()
            if not self._swept and state.manifest is not None:  # of a program that was killed
                self._folder.sweep(state.manifest.names)
                self._swept = True
            yield state

    # Segments

    def _tidy(self, state: State, *, everything: bool = False) -> State:
        """Make a segment of the log, and of segments that are small or worn fewer ones; return what there is then."""
        if len(state.tail.alive) or (everything and state.manifest is not None and state.manifest.end):
            state = self._merge(state, [LOG])
        while names := self._due(state, everything=everything):
            state = self._merge(state, names)
        return state

    def _due(self, state: State, *, everything: bool) -> list[str]:
        """Return the names of segments that are to become one, or none if they hold nothing any more."""
        assert state.manifest is not None
        most = self._limits.rows(max(1, state.manifest.dimensions)) * self._limits.fan
        alive = {name: len(part.rows) for name, part in state.segments.items()}
        if empty := [name for name, count in alive.items() if not count]:
            return empty
        least = 1.0 if everything else 0.5
        if worn := [name for name, count in alive.items() if count < least * len(state.segments[name].alive)]:
            return worn[:1]
        small = [name for name, count in alive.items() if 2 * count <= most]
        if len(small) < (2 if everything else self._limits.fan):
            return []
        chosen: list[str] = []
        for name in small:
            if sum(alive[each] for each in [*chosen, name]) <= most:
                chosen.append(name)
        return chosen

    def _merge(self, state: State, names: Sequence[str]) -> State:
        """Make a segment of some parts, in their place; None is made of parts that hold nothing."""
        manifest = state.manifest
        assert manifest is not None
        parts = [state.parts[name] for name in names]
        sources = [Source(part.holds.vectors, part.holds.documents, part.rows) for part in parts if part.alive.any()]
        others = {name: part for name, part in state.segments.items() if name not in names}
        gone = {name: np.flatnonzero(~part.alive) for name, part in others.items() if not part.alive.all()}
        with writing(self._folder.path):
            made = [write_segment(self._folder, sources, self._index, self._limits.few)] if sources else []
            new = [name for segment in made for name in segment.names]
            with self._folder.removing(*new):
                removed = self._folder.write(new_name('removed'), [to_removed(gone)]) if gone else None
            changed = manifest.next(segments=(*(part.holds.stored for part in others.values()), *made), removed=removed)
            if LOG in names:
                changed = replace(changed, log=new_name('log'), end=0)
            self._folder.commit(changed, [*new, *([removed.name] if removed else [])])
            self._folder.sweep(changed.names)
        return self._opener.now()

    # What is on disk

    def _check(self, manifest: Manifest, dimensions: int) -> None:
        if manifest.distance != self._index.distance:
            raise other_distance(self._folder.path, manifest.distance, self._index.distance)
        if manifest.dimensions != dimensions:
            raise other_dimensions(self._folder.path, manifest.dimensions, dimensions)
