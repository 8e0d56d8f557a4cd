# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Segments: rows whose files do not change any more, with a graph that leads to the nearest of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from threading import Lock
from typing import Any, Final

import numpy as np
from genkit.plugin import Condition

from genkit_hnsw.config import HnswIndex
from genkit_hnsw.convert import (
    Flags,
    Mismatch,
    Record,
    Records,
    Rows,
    Vectors,
    texts_of,
    to_hash,
    to_records_start,
)
from genkit_hnsw.errors import Damage
from genkit_hnsw.folder import Folder, Manifest, StoredSegment, new_name
from genkit_hnsw.rows import Documents, Masks, Search, nearest_of


_METRICS: Final = {'cosine': 'cos', 'l2': 'l2sq', 'ip': 'ip'}
# The graph compares vectors of half the size; what it finds is put in order by the whole ones.
_NUMBERS: Final = 'bf16'
_MORE: Final = 16
_FACTOR: Final = 4
_AT_ONCE: Final = 1024


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of which a segment is made.

    Attributes:
        vectors: The vectors.
        documents: The documents.
        rows: Which of them.
    """

    vectors: Vectors
    documents: Documents
    rows: Rows


class Segment:
    """A segment that is open.

    Args:
        folder: The folder of the index.
        stored: Its files.
        manifest: What the index is made of.

    Raises:
        Damage: A file does not hold what was written.
        FileNotFoundError: A file is gone.

    Attributes:
        stored: Its files.
        vectors: The vectors, in a mapped file.
    """

    def __init__(self, folder: Folder, stored: StoredSegment, manifest: Manifest) -> None:
        self.stored = stored
        self._distance = manifest.distance
        shape = (stored.rows, manifest.dimensions)
        try:
            self.vectors: Vectors = folder.read(stored.vectors).view('<f4').reshape(shape)
            self.records = Records(folder.read(stored.records))
            self._graph_bytes = None if stored.graph is None else folder.read(stored.graph)
        except (Mismatch, ValueError) as error:
            raise Damage(folder.path / stored.records.name, 'does not hold what was written') from error
        self._graph_path = folder.path / f'{stored.name}.graph'
        self._graph_lock = Lock()
        self._masks = Masks()

    def __len__(self) -> int:
        return self.stored.rows

    @property
    def documents(self) -> Documents:
        """The documents."""
        return self.records

    def record(self, row: int) -> Record:
        """Return what a row holds."""
        return self.records.record(row)

    def find(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the rows of ids, of those that it holds."""
        hashes, order = self._sorted
        wanted = np.array([to_hash(name) for name in ids], np.uint64)
        starts, ends = np.searchsorted(hashes, wanted, 'left'), np.searchsorted(hashes, wanted, 'right')
        found: dict[str, int] = {}
        for name, start, end in zip(ids, starts.tolist(), ends.tolist(), strict=True):
            for row in order[start:end].tolist():
                if self.records.id(row) == name:
                    found[name] = row
        return found

    def meeting(self, condition: Condition, count: int) -> Flags:
        """Return which rows meet a condition."""
        return self._masks.meeting(condition, self.records, count)

    def nearest(self, search: Search, allowed: Flags) -> tuple[Rows, Vectors]:
        """Return the nearest of the allowed rows and their scores, best first.

        The graph is asked for so many that enough of them are allowed, and where it would have to be asked for too
        many, all that are allowed are compared.
        """
        count = int(np.count_nonzero(allowed))
        wanted = ceil(2 * search.k * len(self) / count) + _MORE if count else 0
        while count > search.few and wanted * _FACTOR <= len(self):
            rows = self._in_graph(search, wanted)
            if rows is None:
                break
            rows = rows[allowed[rows]]
            if len(rows) >= search.k:
                return nearest_of(self.vectors, rows, search)
            wanted *= _FACTOR
        return nearest_of(self.vectors, np.flatnonzero(allowed), search)

    def _in_graph(self, search: Search, wanted: int) -> Rows | None:
        """Return the rows to which the graph leads; None if there is no graph."""
        if self._graph_bytes is None:
            return None
        with self._graph_lock:  # usearch keeps the candidates of a search with the graph
            graph = self._graph
            graph.expansion_search = search.expansion
            return graph.search(search.vector, wanted, threads=1).keys.astype(np.int64)

    @cached_property
    def _graph(self) -> Any:
        graph = _empty_graph(self._distance, self.vectors.shape[1])
        graph.mapped = self._graph_bytes  # which must not be closed before the graph
        try:
            graph.view(self._graph_bytes)
        except (RuntimeError, ValueError) as error:
            raise Damage(self._graph_path, f'cannot be used by the installed usearch: {error}') from error
        return graph

    @cached_property
    def _sorted(self) -> tuple[Any, Rows]:
        order = np.argsort(self.records.hashes, kind='stable')
        return self.records.hashes[order], order


def write_segment(folder: Folder, sources: Sequence[Source], index: HnswIndex, few: int) -> StoredSegment:
    """Write the files of a segment that holds the given rows, and return what is in them.

    Memory is taken for the graph, and for little else.

    Args:
        folder: The folder of the index.
        sources: The rows; at least one.
        index: The settings of the graph.
        few: The number of rows that need no graph.

    Raises:
        OSError: It could not be written; no file is left behind.
    """
    name, rows = new_name('segment'), sum(len(source.rows) for source in sources)
    dimensions = sources[0].vectors.shape[1]
    files = [f'{name}.{kind}' for kind in ('vectors', 'records', 'graph')]
    with folder.removing(*files):
        vectors = folder.write(files[0], (part.astype('<f4').tobytes() for part in _parts(sources)))
        records = folder.write(files[1], _records(sources))
        graph = folder.write(files[2], [_graph_of(sources, dimensions, index)]) if rows > few else None
    return StoredSegment(name, rows, vectors, records, graph)


def _parts(sources: Sequence[Source]) -> Iterator[Vectors]:
    for source in sources:
        for start in range(0, len(source.rows), _AT_ONCE):
            yield np.asarray(source.vectors[source.rows[start : start + _AT_ONCE]])


def _records(sources: Sequence[Source]) -> Iterator[bytes]:
    ids: list[str] = []
    lengths: list[tuple[int, int, int]] = []
    for record in _each(sources):
        name, metadata, content = texts_of(record)
        ids.append(record.id)
        lengths.append((len(name), len(metadata), len(content)))
    yield to_records_start(ids, lengths)
    for record in _each(sources):
        yield from texts_of(record)


def _each(sources: Sequence[Source]) -> Iterable[Record]:
    return (source.documents.record(row) for source in sources for row in source.rows.tolist())


def _graph_of(sources: Sequence[Source], dimensions: int, index: HnswIndex) -> bytes:
    graph = _empty_graph(index.distance, dimensions, index.connectivity, index.expansion_add)
    for part in _parts(sources):
        graph.add(np.arange(len(graph), len(graph) + len(part)), part)
    return bytes(graph.save())


def _empty_graph(
    distance: str, dimensions: int, connectivity: int | None = None, expansion_add: int | None = None
) -> Any:
    from usearch.index import Index  # noqa: PLC0415  (loaded when there is a graph)

    return Index(
        ndim=dimensions,
        metric=_METRICS[distance],
        dtype=_NUMBERS,
        connectivity=connectivity,
        expansion_add=expansion_add,
    )
