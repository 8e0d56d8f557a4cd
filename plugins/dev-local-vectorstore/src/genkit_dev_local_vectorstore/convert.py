# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The file format: documents and vectors to bytes and back, and how to tell a torn end from damage.

::

    file     header frame*
    header   'GENKITVS'  u32 format = 1  u8[16] generation  u32 CRC of the 28 bytes before
    frame    'GKVF'  u32 kind  u32 rows  u32 dimensions  u64 length of the payload  u32 CRC of the payload
             u32 CRC of the generation and the 28 bytes before, followed by the payload
    payload  float32[rows][dimensions], then JSON, filled up with spaces to a multiple of 32

Numbers are little-endian. Headers are 32 bytes and begin at multiples of 32, so that none lies across two sectors of
a disk. The generation is random and new whenever a file is begun afresh: frames of an earlier life are not taken for
frames of this one. A frame is one write, and is there as a whole or not at all.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from itertools import pairwise
from typing import Any, BinaryIO, Final, TypeAlias

import numpy as np
from genkit import GenkitError
from genkit.types import DocumentData
from numpy.typing import NDArray


Vectors: TypeAlias = NDArray[np.float32]

SCORE_KEY: Final = '_score'
ID_KEY: Final = '_id'
_OWN_KEYS: Final = frozenset({SCORE_KEY, ID_KEY})

FORMAT: Final = 1
UNIT: Final = 32
_SECTOR: Final = 512
_MAGIC: Final = b'GENKITVS'
_MARK: Final = b'GKVF'
_FILE_HEADER: Final = struct.Struct('<8sI16sI')
_FRAME_HEADER: Final = struct.Struct('<4sIIIQII')


class FrameKind(IntEnum):
    """What a frame says."""

    DOCUMENTS = 1
    DELETION = 2


@dataclass(frozen=True, slots=True)
class Frame:
    """What one write said, and where the next one begins.

    Attributes:
        members: Its JSON part.
        vectors: One row for each embedding, of length one.
        end: The offset behind it.
    """

    kind: int
    members: dict[str, Any]
    vectors: Vectors
    end: int


class Damage(Exception):  # noqa: N818  (a finding, which the store turns into an error with a path)
    """Bytes that no interrupted write leaves behind."""

    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(problem)
        self.offset = offset
        self.problem = problem


class UnknownFormat(Exception):  # noqa: N818  (a finding, as above)
    """A file that a later release wrote."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


# Documents


def to_members(document: DocumentData) -> dict[str, Any]:
    """Return a document as JSON-compatible data, without what the store itself adds to metadata.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it holds something that JSON cannot.
    """
    try:
        members = document.model_dump(mode='json', by_alias=True, exclude_defaults=True)
    except ValueError as error:
        raise GenkitError(
            f'A document cannot be stored: {error}. Put only JSON-compatible values into its parts and metadata.',
            status='INVALID_ARGUMENT',
            cause=error,
        ) from error
    given: dict[str, Any] = members.pop('metadata', {})
    metadata = {key: value for key, value in given.items() if key not in _OWN_KEYS}
    return {**members, 'metadata': metadata} if metadata else members


def id_of(members: dict[str, Any]) -> str:
    """Return the identity of a document: a hash of its content and metadata."""
    return sha256(_to_json(members, sort_keys=True)).hexdigest()[:32]


def document_id(document: DocumentData) -> str:
    """Return the id under which a document is stored: equal content and metadata have equal ids.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it holds something that JSON cannot.
    """
    return id_of(to_members(document))


# Writing


def new_file_header() -> tuple[bytes, bytes]:
    """Return the header of a new file, and its generation."""
    generation = os.urandom(16)
    start = _FILE_HEADER.pack(_MAGIC, FORMAT, generation, 0)[:-4]
    return start + zlib.crc32(start).to_bytes(4, 'little'), generation


def to_frame(generation: bytes, kind: FrameKind, members: dict[str, Any], vectors: Vectors | None = None) -> bytes:
    """Return the bytes of a frame."""
    rows, dimensions = (0, 0) if vectors is None else vectors.shape
    numbers = b'' if vectors is None else np.ascontiguousarray(vectors, '<f4').tobytes()
    text = _to_json(members)
    payload = b''.join((numbers, text, b' ' * (-(len(numbers) + len(text)) % UNIT)))
    start = _FRAME_HEADER.pack(_MARK, kind, rows, dimensions, len(payload), zlib.crc32(payload), 0)[:-4]
    return b''.join((start, _frame_check(start, generation), payload))


def _to_json(members: dict[str, Any], *, sort_keys: bool = False) -> bytes:
    text = json.dumps(members, ensure_ascii=False, sort_keys=sort_keys, separators=(',', ':'))
    return text.encode('utf-8', 'surrogatepass')


def _frame_check(start: bytes, generation: bytes) -> bytes:
    return zlib.crc32(start, zlib.crc32(generation)).to_bytes(4, 'little')


# Reading


def read_generation(file: BinaryIO, size: int) -> bytes | None:
    """Return the generation of a file, or None if nothing has been written to it in full.

    Raises:
        Damage: It is not a vector store, or its header has been changed.
        UnknownFormat: A later release wrote it.
    """
    header = _read(file, 0, UNIT)
    if len(header) < UNIT:
        if header.startswith(_MAGIC) or _MAGIC.startswith(header) or not header.strip(b'\0'):
            return None
        raise Damage(0, 'this is not a vector store')
    magic, version, generation, check = _FILE_HEADER.unpack(header)
    if magic == _MAGIC and check == zlib.crc32(header[:-4]):
        if version != FORMAT:
            raise UnknownFormat(version)
        return generation
    if not header.strip(b'\0') and not _read(file, 0, size).strip(b'\0'):
        return None
    raise Damage(0, 'this is not the header of a vector store')


def read_frames(file: BinaryIO, offset: int, size: int, generation: bytes) -> Iterator[Frame]:
    """Yield the frames from an offset to the end of a file; a torn one at the end is passed over.

    Raises:
        Damage: There is something else than frames and a torn end.
    """
    while offset < size:
        header = _read(file, offset, UNIT)
        fields = _frame_fields(header, generation)
        if fields is None:
            if _is_torn_header(file, offset, size, header, generation):
                return
            raise Damage(offset, 'the header of a record does not match its checksum')
        kind, rows, dimensions, length, check = fields
        end = offset + UNIT + length
        if end > size:
            return
        payload = _read(file, offset + UNIT, length)
        if len(payload) < length:
            return
        if zlib.crc32(payload) != check:
            if end == size and _has_unwritten_sector(header + payload, offset):
                return
            raise Damage(offset, 'a record does not match its checksum')
        yield _to_parsed(kind, (rows, dimensions), payload, end)
        offset = end


def _to_parsed(kind: int, shape: tuple[int, int], payload: bytes, end: int) -> Frame:
    numbers = shape[0] * shape[1]
    vectors = np.frombuffer(payload, '<f4', numbers).reshape(shape)
    members = json.loads(payload[numbers * 4 :].decode('utf-8', 'surrogatepass'))
    return Frame(kind, members, vectors, end)


def _frame_fields(header: bytes, generation: bytes) -> tuple[int, int, int, int, int] | None:
    if len(header) < UNIT or header[-4:] != _frame_check(header[:-4], generation):
        return None
    mark, *fields, _ = _FRAME_HEADER.unpack(header)
    kind, rows, dimensions, length, check = fields
    return (kind, rows, dimensions, length, check) if mark == _MARK else None


def _is_torn_header(file: BinaryIO, offset: int, size: int, header: bytes, generation: bytes) -> bool:
    """Return whether a write was interrupted before its header: it is cut off, or nothing came to its sector."""
    if len(header) < UNIT:
        return True
    if header.strip(b'\0'):
        return False
    rest = _read(file, offset, size - offset)
    return not any(_frame_fields(rest[place : place + UNIT], generation) is not None for place in _places(rest, _MARK))


def _has_unwritten_sector(data: bytes, offset: int) -> bool:
    """Return whether a loss of power kept a part of a frame from the disk: its share of some sector is zero.

    A frame neither begins nor ends with zeros, and a sector of zeros within it is looked for only after its checksum
    has failed.
    """
    edges = [0, *range(-offset % _SECTOR or _SECTOR, len(data), _SECTOR), len(data)]
    return any(not data[start:end].strip(b'\0') for start, end in pairwise(edges))


def _places(data: bytes, mark: bytes) -> Iterator[int]:
    place = data.find(mark)
    while place >= 0:
        yield place
        place = data.find(mark, place + 1)


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)
