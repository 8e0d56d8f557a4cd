# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rows of vectors and documents, and how they are compared, one by one."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, Protocol

import numpy as np
from genkit.plugin import Condition, meets

from genkit_hnsw.config import Distance
from genkit_hnsw.convert import Flags, Record, Rows, Vectors


_AT_ONCE: Final = 4096
_MASKS: Final = 32


class Documents(Protocol):
    """The documents of rows."""

    def __len__(self) -> int:
        """Return their number."""
        ...

    def metadata(self, row: int) -> dict[str, Any]:
        """Return the metadata of a row."""
        ...

    def record(self, row: int) -> Record:
        """Return what a row holds."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for.

    Attributes:
        vector: The vector of the query.
        k: The number of rows at most.
        distance: How vectors are compared.
        expansion: The number of candidates in a graph.
        few: The number of rows that are compared one by one rather than found in a graph.
    """

    vector: Vectors
    k: int
    distance: Distance
    expansion: int
    few: int


def nearest_of(vectors: Vectors, rows: Rows, search: Search) -> tuple[Rows, Vectors]:
    """Return the nearest of some rows and their scores, best first; of equal ones the first."""
    scores = np.concatenate([_scores(vectors[part], search) for part in _parts(rows)] or [np.empty(0, np.float32)])
    best = _best(scores, search.k)
    return rows[best], scores[best]


def _parts(rows: Rows) -> Iterator[Rows | slice]:
    """Yield rows in parts; those that follow each other as a slice, which copies nothing."""
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        first, last = int(part[0]), int(part[-1])
        yield slice(first, last + 1) if last - first + 1 == len(part) else part


def _scores(vectors: Vectors, search: Search) -> Vectors:
    """Return how near vectors are to that of the query, more being nearer.

    That is the cosine, or the inner product, or the squared distance below zero. A product of matrices would take all
    processors for what one does in a millisecond, and wait for those that are busy.
    """
    if search.distance == 'l2':
        away = vectors - search.vector
        return -np.vecdot(away, away)
    return np.vecdot(vectors, search.vector)


def _best(scores: Vectors, k: int) -> Rows:
    if k < len(scores):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        candidates = np.flatnonzero(scores >= least)
    else:
        candidates = np.arange(len(scores))
    return candidates[np.argsort(-scores[candidates], kind='stable')][:k]


class Masks:
    """Which rows meet the conditions that were asked for last; a row does not change."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Flags] = OrderedDict()
        self._guard = Lock()

    def meeting(self, condition: Condition, documents: Documents, count: int) -> Flags:
        """Return which of the first rows meet a condition.

        Args:
            condition: The condition.
            documents: The documents of the rows.
            count: The number of rows.
        """
        key = hashlib.sha256(repr(condition).encode('utf-8', 'surrogatepass')).digest()  # 1 and True are equal
        with self._guard:
            known = self._kept.get(key, np.empty(0, np.bool_))
            more = (meets(condition, documents.metadata(row)) for row in range(len(known), count))
            self._kept[key] = mask = np.concatenate([known, np.fromiter(more, np.bool_)])
            self._kept.move_to_end(key)
            while len(self._kept) > _MASKS:
                self._kept.popitem(last=False)
        return mask[:count]
