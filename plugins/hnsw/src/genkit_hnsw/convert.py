# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents and vectors as the bytes of files, and back. No IO.

::

    log       frame*
    frame     'GKHF'  u32 rows  u32 dimensions  u32 CRC of all that follows the lengths
              u64 length of the records  u64 length of the removals
              float32[rows][dimensions]  records  removals
    records   u64 rows  u64[rows] hashes of the ids  u64[3 rows + 1] offsets  bytes: id, metadata, content of each
    removals  JSON: {"<segment, or '' for the log>": [row, …]}

Numbers are little-endian. The metadata are a JSON object, the content is the text as JSON or a list of parts.
"""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, TypeAlias, cast

import numpy as np
from genkit.plugin import StoreEntry
from genkit.types import Document
from numpy.typing import NDArray

from genkit_hnsw.errors import not_numbers


Vectors: TypeAlias = NDArray[np.float32]
Rows: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

_FRAME: Final = struct.Struct('<4sIIIQQ')
_MARK: Final = b'GKHF'
_PARTS: Final = 3


class Mismatch(Exception):  # noqa: N818  (a finding, which the reader of the file turns into damage with its path)
    """Bytes that are not what was written."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is stored of a document beside its vector.

    Attributes:
        id: Its id.
        metadata: Its metadata, as a JSON object.
        content: Its text as JSON, or its parts as a JSON list.
    """

    id: str
    metadata: bytes
    content: bytes


class Records:
    """The records of a file or of a frame, each read when it is asked for.

    Args:
        buffer: The bytes; only looked at, so that they may be a mapped file.

    Raises:
        Mismatch: The bytes are not the records of anything.
    """

    def __init__(self, buffer: NDArray[np.uint8]) -> None:
        if len(buffer) < 8:  # noqa: PLR2004  (a u64)
            raise Mismatch
        rows = int(buffer[:8].view('<u8')[0])
        start = 8 * (1 + rows + _PARTS * rows + 1)
        if start > len(buffer):
            raise Mismatch
        self.hashes: NDArray[np.uint64] = buffer[8 : 8 * (1 + rows)].view('<u8')
        self._offsets: NDArray[np.uint64] = buffer[8 * (1 + rows) : start].view('<u8')
        self._texts = buffer[start:]
        if int(self._offsets[-1]) != len(self._texts):
            raise Mismatch

    def __len__(self) -> int:
        return len(self.hashes)

    def id(self, row: int) -> str:
        """Return the id of a row."""
        return self._part(row, 0).decode('utf-8', 'surrogatepass')

    def metadata(self, row: int) -> dict[str, Any]:
        """Return the metadata of a row."""
        return _from_json(self._part(row, 1))

    def record(self, row: int) -> Record:
        """Return what a row holds."""
        return Record(self.id(row), self._part(row, 1), self._part(row, 2))

    def _part(self, row: int, part: int) -> bytes:
        place = _PARTS * row + part
        return self._texts[int(self._offsets[place]) : int(self._offsets[place + 1])].tobytes()


@dataclass(frozen=True, slots=True)
class Frame:
    """What one write said.

    Attributes:
        vectors: Of the rows that were added.
        records: The same rows.
        removed: The rows that were removed, by segment; ``''`` is the log itself.
    """

    vectors: Vectors
    records: Records
    removed: Mapping[str, Sequence[int]]


# Documents


def to_record(entry: StoreEntry) -> Record:
    """Return what is stored of a document."""
    members = entry.document.model_dump(mode='json', by_alias=True, exclude_none=True)
    parts: list[dict[str, Any]] = members['content']
    text = parts[0].get('text') if len(parts) == 1 and parts[0].keys() == {'text'} else None
    return Record(entry.id, _to_json(members.get('metadata') or {}), _to_json(parts if text is None else text))


def to_document(record: Record) -> Document:
    """Return the document of a record."""
    content = _from_json(record.content)
    parts = [{'text': content}] if isinstance(content, str) else content
    return Document.model_validate({'content': parts, 'metadata': to_metadata(record) or None})


def to_metadata(record: Record) -> dict[str, Any]:
    """Return the metadata of a record."""
    return _from_json(record.metadata)


def to_vectors(vectors: Sequence[Sequence[float]], ids: Sequence[str], *, unit: bool) -> Vectors:
    """Return vectors of one number of dimensions, one row for each.

    Args:
        vectors: The vectors; at least one.
        ids: What they belong to, for errors.
        unit: Whether they are brought to length one, which makes their products cosines.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a vector of something else than finite numbers.
    """
    with np.errstate(over='ignore'):
        made = np.array(vectors, np.float64).astype(np.float32)
    wrong = np.flatnonzero(~np.isfinite(made).all(axis=1))
    if len(wrong):
        raise not_numbers(ids[int(wrong[0])])
    return to_units(made) if unit else made


def to_units(vectors: Vectors) -> Vectors:
    """Return vectors at length one; one of zeros stays as it is, and is like no other."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)


# Writing


def to_hash(name: str) -> int:
    """Return the hash by which an id is looked up; different ids may share it."""
    return int.from_bytes(blake2b(name.encode('utf-8', 'surrogatepass'), digest_size=8).digest(), 'little')


def to_records_start(ids: Sequence[str], lengths: Sequence[tuple[int, int, int]]) -> bytes:
    """Return the bytes that stand before the texts of records.

    Args:
        ids: Of the rows.
        lengths: Of the three texts of each row, in bytes.
    """
    hashes = np.array([to_hash(name) for name in ids], '<u8')
    offsets = np.zeros(_PARTS * len(ids) + 1, '<u8')
    np.cumsum(np.array(lengths, '<u8').reshape(-1), out=offsets[1:])
    return len(ids).to_bytes(8, 'little') + hashes.tobytes() + offsets.tobytes()


def texts_of(record: Record) -> tuple[bytes, bytes, bytes]:
    """Return the three texts of a record."""
    return record.id.encode('utf-8', 'surrogatepass'), record.metadata, record.content


def to_records(records: Sequence[Record]) -> bytes:
    """Return the bytes of records."""
    texts = [texts_of(record) for record in records]
    lengths = [(len(name), len(metadata), len(content)) for name, metadata, content in texts]
    start = to_records_start([record.id for record in records], lengths)
    return b''.join([start, *(text for three in texts for text in three)])


def to_frame(vectors: Vectors, records: Sequence[Record], removed: Mapping[str, Sequence[int]]) -> bytes:
    """Return the bytes of a frame."""
    numbers = np.ascontiguousarray(vectors, '<f4').tobytes()
    kept, gone = to_records(records), _to_json(removed)
    payload = b''.join((numbers, kept, gone))
    rows, dimensions = vectors.shape
    return _FRAME.pack(_MARK, rows, dimensions, zlib.crc32(payload), len(kept), len(gone)) + payload


def to_removed(rows: Mapping[str, Rows]) -> bytes:
    """Return the bytes of a file that names the removed rows of segments."""
    return _to_json({name: numbers.tolist() for name, numbers in rows.items()})


# Reading


def read_frames(data: bytes) -> list[Frame]:
    """Return the frames of a part of a log, which begins and ends with one.

    Raises:
        Mismatch: It does not.
    """
    frames: list[Frame] = []
    place = 0
    while place < len(data):
        if place + _FRAME.size > len(data):
            raise Mismatch
        mark, rows, dimensions, check, kept, gone = _FRAME.unpack_from(data, place)
        start = place + _FRAME.size
        place = start + 4 * rows * dimensions + kept + gone
        if mark != _MARK or place > len(data) or zlib.crc32(memoryview(data)[start:place]) != check:
            raise Mismatch
        numbers = np.frombuffer(data, '<f4', rows * dimensions, start).reshape(rows, dimensions)
        records = Records(np.frombuffer(data, np.uint8, kept, place - gone - kept))
        frames.append(Frame(numbers, records, json.loads(data[place - gone : place])))
    return frames


def read_removed(data: bytes) -> dict[str, Sequence[int]]:
    """Return the removed rows of segments.

    Raises:
        Mismatch: The bytes are not those of such a file.
    """
    try:
        read: Any = json.loads(data)
    except ValueError as error:
        raise Mismatch from error
    if not isinstance(read, dict):
        raise Mismatch
    return cast('dict[str, Sequence[int]]', read)


def _to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(',', ':')).encode('utf-8', 'surrogatepass')


def _from_json(data: bytes) -> Any:
    return json.loads(data.decode('utf-8', 'surrogatepass'))
