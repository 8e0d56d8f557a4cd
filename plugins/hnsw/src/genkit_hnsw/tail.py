# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The rows of the log, in memory, where they are compared one by one."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from genkit.plugin import Condition

from genkit_hnsw.convert import Flags, Frame, Record, Rows, Vectors, to_metadata
from genkit_hnsw.rows import Documents, Masks, Search, nearest_of


class Tail:
    """What a log says; it only grows, so that a search that has begun may go on.

    Args:
        dimensions: Of the vectors.

    Attributes:
        removed: The rows of segments that were removed, by segment.
    """

    def __init__(self, dimensions: int) -> None:
        self.removed: defaultdict[str, list[int]] = defaultdict(list)
        self._records: list[Record] = []
        self._vectors: Vectors = np.empty((0, dimensions), np.float32)
        self._gone: set[int] = set()
        self._ids: dict[str, int] = {}
        self._masks = Masks()

    def __len__(self) -> int:
        return len(self._records)

    @property
    def vectors(self) -> Vectors:
        """The vectors."""
        return self._vectors[: len(self)]

    @property
    def documents(self) -> Documents:
        """The documents."""
        return self

    def apply(self, frame: Frame) -> None:
        """Take in what a frame of the log says."""
        for name, rows in frame.removed.items():
            if name:
                self.removed[name] += rows
                continue
            for row in rows:
                self._gone.add(row)
                self._ids.pop(self._records[row].id, None)
        self._add(frame)

    def alive(self) -> Flags:
        """Return which of the rows there are have not been removed."""
        flags = np.ones(len(self), np.bool_)
        flags[sorted(self._gone)] = False
        return flags

    def find(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the rows of ids, of those that it holds."""
        return {name: self._ids[name] for name in ids if name in self._ids}

    def metadata(self, row: int) -> dict[str, Any]:
        """Return the metadata of a row."""
        return to_metadata(self._records[row])

    def record(self, row: int) -> Record:
        """Return what a row holds."""
        return self._records[row]

    def meeting(self, condition: Condition, count: int) -> Flags:
        """Return which of the first rows meet a condition."""
        return self._masks.meeting(condition, self, count)

    def nearest(self, search: Search, allowed: Flags) -> tuple[Rows, Vectors]:
        """Return the nearest of the allowed rows and their scores, best first."""
        return nearest_of(self._vectors, np.flatnonzero(allowed), search)

    def _add(self, frame: Frame) -> None:
        first, count = len(self), len(frame.vectors)
        if first + count > len(self._vectors):  # at least doubled, so that adding rows one by one stays linear
            grown = np.empty((max(first + count, 2 * first), frame.vectors.shape[1]), np.float32)
            grown[:first] = self.vectors
            self._vectors = grown
        self._vectors[first : first + count] = frame.vectors
        for row in range(count):
            record = frame.records.record(row)
            self._ids[record.id] = first + row
            self._records.append(record)
