# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A store: one file that only grows, shared by processes, and what is in it held in memory for searching."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

import filelock
import numpy as np
from genkit import GenkitError
from genkit.plugin import Condition, meets
from genkit.types import Document, DocumentData, Embedding
from numpy.typing import NDArray
from pydantic_core import to_jsonable_python

from genkit_dev_local_vectorstore.config import RetrieverOptions
from genkit_dev_local_vectorstore.convert import (
    FORMAT,
    ID_KEY,
    SCORE_KEY,
    UNIT,
    Damage,
    Frame,
    FrameKind,
    UnknownFormat,
    Vectors,
    id_of,
    new_file_header,
    read_frames,
    read_generation,
    to_frame,
    to_members,
)
from genkit_dev_local_vectorstore.embed import to_unit_vectors
from genkit_dev_local_vectorstore.errors import (
    DamagedStoreError,
    locked,
    other_embedder,
    other_version,
    unreadable,
    unwritable,
)


_LOCK_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.005
_QUICK_NUMBERS: Final = 1 << 23
_KINDS: Final = frozenset(FrameKind)
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Entry:
    """A document on its way into the store.

    Attributes:
        members: The document as JSON-compatible data.
        embeddings: Its embeddings; each becomes a row.
    """

    id: str
    members: dict[str, Any]
    embeddings: Sequence[Embedding]


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    members: dict[str, Any]
    embed_metadata: dict[str, Any] | None

    def to_document(self, score: float) -> Document:
        """Return the document with the store's own metadata."""
        embedding = Embedding(embedding=[], metadata=self.embed_metadata)
        [document] = Document.model_validate(deepcopy(self.members)).get_embedding_documents([embedding])
        document.metadata = {**(document.metadata or {}), SCORE_KEY: score, ID_KEY: self.id}
        return document


class Table:
    """The rows of a store in memory: one growing matrix, and the documents beside it.

    Attributes:
        embedder: What made the vectors; None while there are none.
        dimensions: The length of the vectors; 0 while there are none.
        ids: The documents.
    """

    def __init__(self) -> None:
        self.embedder: str | None = None
        self.dimensions = 0
        self.ids: set[str] = set()
        self._rows: list[_Row] = []
        self._metadata: list[dict[str, Any]] = []
        self._matrix: Vectors = np.empty((0, 0), np.float32)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def vectors(self) -> Vectors:
        """One row for each embedding."""
        return self._matrix[: len(self._rows)]

    def apply(self, frame: Frame) -> None:
        """Take in what a frame of the file says."""
        if frame.kind == FrameKind.DELETION:
            self._remove(set(frame.members['ids']))
        else:
            self._add(frame)

    def search(self, query: Vectors, options: RetrieverOptions) -> list[Document]:
        """Return the documents nearest to a vector of length one, best first; equal ones in the order of indexing."""
        if not self._rows:
            return []
        scores = self.vectors @ query
        candidates = self._candidates(options)
        if candidates is not None:
            scores = scores[candidates]
        best = _best(scores, options.limit)
        places = best if candidates is None else candidates[best]
        cosines = np.clip(scores[best], -1, 1)  # sums of rounded squares may exceed one
        found: Iterable[tuple[int, float]] = zip(places.tolist(), cosines.tolist(), strict=True)
        least = options.min_score
        return [self._rows[place].to_document(score) for place, score in found if least is None or score >= least]

    def meeting(self, condition: Condition) -> list[str]:
        """Return the ids of the rows whose documents meet a condition; one id for each row."""
        return [row.id for row, metadata in zip(self._rows, self._metadata, strict=True) if meets(condition, metadata)]

    def _candidates(self, options: RetrieverOptions) -> NDArray[np.intp] | None:
        if options.where is None and options.filter is None:
            return None
        places: Sequence[int] = range(len(self._metadata))
        for key, wanted in to_jsonable_python(options.where or {}).items():
            places = [place for place in places if self._metadata[place].get(key, _ABSENT) == wanted]
        if options.filter is not None:
            condition = options.filter.condition
            places = [place for place in places if meets(condition, self._metadata[place])]
        return np.array(places, np.intp)

    def _add(self, frame: Frame) -> None:
        first = len(self._rows)
        self.embedder, self.dimensions = frame.members['embedder'], frame.vectors.shape[1]
        self._reserve(first + len(frame.vectors))
        self._matrix[first : first + len(frame.vectors)] = frame.vectors
        for document in frame.members['documents']:
            self.ids.add(document['id'])
            metadata = document['document'].get('metadata', {})
            for embed_metadata in document['embeddings']:
                self._metadata.append(metadata)
                self._rows.append(_Row(document['id'], document['document'], embed_metadata))

    def _reserve(self, rows: int) -> None:
        """Make room, at least doubling it, so that adding rows one by one stays linear."""
        if not self._rows:
            self._matrix = np.empty((rows, self.dimensions), np.float32)
        elif rows > len(self._matrix):
            grown = np.empty((max(rows, 2 * len(self._matrix)), self.dimensions), np.float32)
            grown[: len(self._rows)] = self.vectors
            self._matrix = grown

    def _remove(self, ids: set[str]) -> None:
        self.ids -= ids
        if not self.ids:  # whatever is indexed next may have other dimensions
            self.embedder, self.dimensions = None, 0
        kept = [place for place, row in enumerate(self._rows) if row.id not in ids]
        self._matrix = self._matrix[kept]
        self._rows = [self._rows[place] for place in kept]
        self._metadata = [self._metadata[place] for place in kept]


def _best(scores: Vectors, limit: int) -> NDArray[np.intp]:
    """Return the places of the highest scores in falling order, of equal ones the first."""
    if limit < len(scores):
        least = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        candidates = np.flatnonzero(scores >= least)
    else:
        candidates = np.arange(len(scores))
    return candidates[np.argsort(-scores[candidates], kind='stable')][:limit]


class Store:
    """The documents of one file.

    Every method may be called from any thread; those that wait for the disk or for other processes are meant for
    worker threads.

    Args:
        path: The file; made by the first write.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = Lock()
        self._table = Table()
        self._generation: bytes | None = None
        self._end = 0
        self._is_named = False

    def missing(self, documents: Iterable[DocumentData]) -> dict[str, tuple[DocumentData, dict[str, Any]]]:
        """Return by id those documents that are not stored yet, each once, with their data."""
        found: dict[str, tuple[DocumentData, dict[str, Any]]] = {}
        for document in documents:
            members = to_members(document)
            found.setdefault(id_of(members), (document, members))
        self._refresh()
        return {key: value for key, value in found.items() if key not in self._table.ids}

    def add(self, entries: Sequence[Entry], embedder: str) -> None:
        """Store documents unless they are; they are on disk when this returns, all of them or, on an error, none.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if the vectors cannot be compared with the stored ones,
                ``RESOURCE_EXHAUSTED`` for a full disk, ``PERMISSION_DENIED``, ``UNAVAILABLE`` for a held lock.
        """
        vectors = to_unit_vectors([item.embedding for entry in entries for item in entry.embeddings], embedder)
        owners = [entry.id for entry in entries for _ in entry.embeddings]

        def frame(generation: bytes) -> bytes | None:
            self._check(embedder, vectors.shape[1])
            new = [entry for entry in entries if entry.id not in self._table.ids]
            if not new:
                return None
            ids = {entry.id for entry in new}
            members = {'embedder': embedder, 'documents': [_stored(entry) for entry in new]}
            return to_frame(generation, FrameKind.DOCUMENTS, members, vectors[[owner in ids for owner in owners]])

        self._append(frame)

    def delete(self, ids: Iterable[str]) -> int:
        """Delete documents by id and return how many there were.

        Raises:
            GenkitError: As `add`.
        """
        return self._delete(lambda: self._table.ids.intersection(ids))

    def delete_meeting(self, condition: Condition) -> int:
        """Delete the documents that meet a condition and return how many there were.

        Raises:
            GenkitError: As `add`.
        """
        return self._delete(lambda: set(self._table.meeting(condition)))

    def _delete(self, choose: Callable[[], set[str]]) -> int:
        present: set[str] = set()

        def frame(generation: bytes) -> bytes | None:
            present.update(choose())
            return to_frame(generation, FrameKind.DELETION, {'ids': sorted(present)}) if present else None

        self._append(frame)
        return len(present)

    def count(self, condition: Condition | None) -> int:
        """Return the number of embeddings, of the documents that meet a condition if there is one.

        Raises:
            GenkitError: ``DATA_LOSS`` for a damaged file.
        """
        self._refresh()
        with self._guard:
            return len(self._table) if condition is None else len(self._table.meeting(condition))

    def clear(self) -> None:
        """Delete everything, whatever state the file is in.

        Raises:
            GenkitError: As `add`.
        """
        with self._writing():
            if not self.path.exists():
                return
        with self._locked(), self._writing(), self.path.open('r+b') as file:
            file.truncate(0)
            os.fsync(file.fileno())
        self._refresh()

    def is_quick(self) -> bool:
        """Return whether a search takes about a millisecond: the matrix is small, and nothing is to be read first."""
        try:
            is_read = self.path.stat().st_size == self._end
        except OSError:
            return False
        return is_read and self._table.vectors.size <= _QUICK_NUMBERS and not self._guard.locked()

    def search(self, query: Vectors, options: RetrieverOptions, embedder: str) -> list[Document]:
        """Return the documents nearest to a query, what other processes have written included.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if the vectors cannot be compared, ``DATA_LOSS`` for a damaged file.
        """
        self._refresh()
        with self._guard:
            self._check(embedder, len(query))
            return self._table.search(query, options)

    def _check(self, embedder: str, dimensions: int) -> None:
        holds = (self._table.embedder, self._table.dimensions)
        if holds[0] is not None and holds != (embedder, dimensions):
            raise other_embedder(self.path, (holds[0], holds[1]), (embedder, dimensions))

    # Reading

    def _refresh(self) -> None:
        """Take in what has been written since, by whomever.

        Reading takes no lock on the file, so that it also works where nothing may be written. What looks like damage
        may be a write that happens at this moment; it is looked at again when nobody can be writing.
        """
        try:
            self._read_new()
        except DamagedStoreError as damage:
            self._read_again(damage)

    def _read_again(self, damage: DamagedStoreError) -> None:
        try:
            with self._locked():
                self._read_new()
        except DamagedStoreError:
            raise
        except GenkitError:
            raise damage from None

    def _read_new(self) -> None:
        with self._guard:
            try:
                with self.path.open('rb') as file:
                    size = os.fstat(file.fileno()).st_size
                    generation = read_generation(file, size)
                    if generation != self._generation or size < self._end:
                        self._forget(generation)
                    if generation is not None and size > self._end:
                        self._take_in(read_frames(file, self._end, size, generation))
            except FileNotFoundError:
                self._forget(None)
            except Damage as damage:
                raise DamagedStoreError(self.path, damage.offset, damage.problem) from damage
            except UnknownFormat as error:
                raise other_version(self.path, error.version) from error
            except OSError as error:
                raise unreadable(self.path, error) from error

    def _forget(self, generation: bytes | None) -> None:
        self._table = Table()
        self._generation = generation
        self._end = 0 if generation is None else UNIT

    def _take_in(self, frames: Iterator[Frame]) -> None:
        for frame in frames:
            if frame.kind not in _KINDS:
                raise UnknownFormat(FORMAT + 1)
            self._table.apply(frame)
            self._end = frame.end

    # Writing

    def _append(self, frame: Callable[[bytes], bytes | None]) -> None:
        """Write a frame, made when nobody else can write and everything is known; None writes nothing."""
        with self._locked():
            self._read_new()
            header, generation = (b'', self._generation) if self._generation else new_file_header()
            written = frame(generation)
            if written is not None:
                with self._writing():
                    self._write(header + written)
                self._read_new()

    def _write(self, content: bytes) -> None:
        """Put bytes behind the last whole frame and wait until they are on disk; on an error take them back."""
        with self.path.open('ab', buffering=0) as file:
            if file.tell() > self._end:
                file.truncate(self._end)
                os.fsync(file.fileno())
            try:
                rest = memoryview(content)
                while rest:
                    rest = rest[file.write(rest) :]
                os.fsync(file.fileno())
            except BaseException:
                with suppress(OSError):
                    file.truncate(self._end)
                raise
        if not self._is_named:  # by whomever the file was made, its name may not have reached the disk
            _sync_directory(self.path.parent)
            self._is_named = True

    @contextmanager
    def _writing(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(self.path, error) from error

    @contextmanager
    def _locked(self) -> Generator[None]:
        """Hold the lock that keeps other processes and threads from writing."""
        lock = filelock.FileLock(self.path.with_suffix('.lock'))
        with self._writing():
            _make_directory(self.path.parent)
            try:
                lock.acquire(timeout=_LOCK_SECONDS, poll_interval=_POLL_SECONDS)
            except filelock.Timeout as error:
                raise locked(self.path, _LOCK_SECONDS) from error
        try:
            yield
        finally:
            lock.release()


def _stored(entry: Entry) -> dict[str, Any]:
    return {'id': entry.id, 'document': entry.members, 'embeddings': [item.metadata for item in entry.embeddings]}


def _make_directory(path: Path) -> None:
    if path.is_dir():
        return
    if path.parent != path:
        _make_directory(path.parent)
    path.mkdir(exist_ok=True)
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    """Make the name of what is new in a directory last; Windows does so by itself, and does not open directories."""
    if os.name == 'nt':
        return
    with suppress(PermissionError):  # a directory may be open to new files and closed to readers
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
