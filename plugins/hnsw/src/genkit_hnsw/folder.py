# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The files of an index, and the manifest that says which of them count.

::

    manifest.json        what the index is made of; replaced by every write
    log-N                what was added and removed since the last segment was made; grows
    segment-N.vectors    float32[rows][dimensions]
    segment-N.records    the documents
    segment-N.graph      the graph, in usearch's format; absent where every vector is looked at
    removed-N            the rows of segments that were removed before the log began
    lock                 held while something is written

N is drawn at random, so that no name is used twice. A file that the manifest names is never changed, but for the log,
of which the manifest says how much counts. A program that is killed leaves the old manifest or the new one, and files
that no manifest names, which the next writer deletes.
"""

import contextlib
import json
import os
import secrets
import time
import zlib
from collections.abc import Generator, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

import filelock
import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from genkit_hnsw.errors import Damage, locked, other_version, writing


FORMAT: Final = 1
MANIFEST: Final = 'manifest.json'
_NEW: Final = 'manifest.new'
_OURS: Final = ('log-', 'segment-', 'removed-')
_POLL_SECONDS: Final = 0.01
_TRIES: Final = 100
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that does not change.

    Attributes:
        name: In the folder.
        size: In bytes.
        check: The CRC of its bytes.
    """

    name: str
    size: int
    check: int


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """The files of a segment.

    Attributes:
        name: The part of their names that they share.
        rows: The number of vectors in it, removed ones included.
        vectors: The vectors.
        records: The documents.
        graph: The graph, if it has one.
    """

    name: str
    rows: int
    vectors: StoredFile
    records: StoredFile
    graph: StoredFile | None

    @property
    def names(self) -> list[str]:
        """The names of its files."""
        return [file.name for file in (self.vectors, self.records, self.graph) if file is not None]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index is made of.

    Attributes:
        generation: The number of the write that made it.
        dimensions: Of its vectors; 0 before there are any.
        distance: How they are compared.
        log: The name of the log.
        end: The number of bytes of the log that count.
        segments: The segments, oldest first.
        removed: The removed rows of segments, if there are any.
    """

    generation: int
    dimensions: int
    distance: str
    log: str
    end: int = 0
    segments: tuple[StoredSegment, ...] = ()
    removed: StoredFile | None = None

    @property
    def names(self) -> set[str]:
        """The files that it names."""
        removed = [] if self.removed is None else [self.removed.name]
        return {self.log, *removed, *(name for segment in self.segments for name in segment.names)}

    def next(self, **changes: Any) -> 'Manifest':
        """Return the manifest of the next write."""
        return replace(self, generation=self.generation + 1, **changes)


class Folder:
    """The folder of an index.

    Args:
        path: The folder; made by the first write.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    # Reading

    def read_manifest(self) -> bytes | None:
        """Return the bytes of the manifest; None if nothing was written yet.

        Raises:
            Damage: It is missing, and other files are there.
        """
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            return (self.path / MANIFEST).read_bytes()
        if any(path.stat().st_size for path in self._files() if path.name.startswith(_OURS)):
            with contextlib.suppress(FileNotFoundError):  # another process may just have made the index
                return (self.path / MANIFEST).read_bytes()
            raise Damage(self.path / MANIFEST, 'is missing, and there are files of an index beside it')
        return None

    def parse(self, data: bytes) -> Manifest:
        """Return what a manifest says.

        Raises:
            Damage: It is not what was written.
            GenkitError: ``FAILED_PRECONDITION`` for the format of another release.
        """
        try:
            read: dict[str, Any] = json.loads(data)
            if read['format'] != FORMAT:
                raise other_version(self.path, read['format'])
            if read['check'] == zlib.crc32(_to_json(read['index'])):
                return _MANIFEST.validate_python(read['index'])
        except (ValueError, KeyError, TypeError) as error:
            raise Damage(self.path / MANIFEST, 'does not hold what was written') from error
        raise Damage(self.path / MANIFEST, 'does not match its checksum')

    def read(self, file: StoredFile) -> NDArray[np.uint8]:
        """Return the bytes of a file, mapped into memory, after having compared them with their CRC.

        Raises:
            Damage: They are not what was written.
            FileNotFoundError: It is not there, perhaps because a newer manifest has replaced it.
        """
        path = self.path / file.name
        if path.stat().st_size != file.size:
            raise Damage(path, f'has {path.stat().st_size} bytes instead of {file.size}')
        data = np.memmap(path, np.uint8, 'r') if file.size else np.empty(0, np.uint8)
        if zlib.crc32(data.data) != file.check:
            raise Damage(path, 'does not match its checksum')
        return data

    def read_log(self, name: str, start: int, end: int) -> bytes:
        """Return a part of a log.

        Raises:
            Damage: It is not there in full.
            FileNotFoundError: The log is not there.
        """
        with (self.path / name).open('rb') as log:
            log.seek(start)
            data = log.read(end - start)
        if len(data) < end - start:
            raise Damage(self.path / name, f'has {start + len(data)} bytes instead of {end}')
        return data

    # Writing

    @contextlib.contextmanager
    def locked(self, timeout: float) -> Generator[None]:
        """Hold the lock that keeps other processes and threads from writing.

        Raises:
            GenkitError: ``UNAVAILABLE`` if another writer holds it for ``timeout`` seconds; ``PERMISSION_DENIED`` and
                others if the folder cannot be made.
        """
        lock = filelock.FileLock(self.path / 'lock')
        with writing(self.path):
            _make_directory(self.path)
            try:
                lock.acquire(timeout=timeout, poll_interval=_POLL_SECONDS)
            except filelock.Timeout as error:
                raise locked(self.path, timeout) from error
        try:
            yield
        finally:
            lock.release()

    def append(self, manifest: Manifest, data: bytes) -> None:
        """Put bytes at the end of the log, and the manifest that counts them in the place of the one before.

        What was behind that end is the rest of a write that was interrupted.
        """
        path, end = self.path / manifest.log, manifest.end
        with path.open('r+b' if path.exists() else 'xb', buffering=0) as log:
            log.truncate(end)
            log.seek(end)
            try:
                _write_all(log, data)
                os.fsync(log.fileno())
                if end == 0:
                    _sync_directory(self.path)
                self._prepare(manifest.next(end=end + len(data)))
            except BaseException:
                with contextlib.suppress(OSError):
                    log.truncate(end)
                raise
        self._publish()

    def commit(self, manifest: Manifest, new: Sequence[str] = ()) -> None:
        """Put a manifest in the place of the one before; from then on it is what readers see.

        Args:
            manifest: The manifest.
            new: The names of the files that it is the first to name; they are deleted again if it cannot be written.
        """
        with self.removing(*new):
            if new:
                _sync_directory(self.path)
            self._prepare(manifest)
        self._publish()

    def write(self, name: str, pieces: Iterable[bytes]) -> StoredFile:
        """Write a new file and wait until it is on disk."""
        size = check = 0
        with self.removing(name), (self.path / name).open('wb', buffering=_CHUNK) as file:
            for piece in pieces:
                file.write(piece)
                size += len(piece)
                check = zlib.crc32(piece, check)
            file.flush()
            os.fsync(file.fileno())
        return StoredFile(name, size, check)

    @contextlib.contextmanager
    def removing(self, *names: str) -> Generator[None]:
        """Delete files again if the block fails."""
        try:
            yield
        except BaseException:
            for name in names:
                with contextlib.suppress(OSError):
                    (self.path / name).unlink(missing_ok=True)
            raise

    def sweep(self, kept: set[str]) -> None:
        """Delete the files that no manifest names any more; one that is still in use stays for the next time."""
        for path in self._files():
            if path.name.startswith(_OURS) and path.name not in kept:
                with contextlib.suppress(OSError):
                    path.unlink()

    def _prepare(self, manifest: Manifest) -> None:
        said = asdict(manifest)
        whole = {'format': FORMAT, 'check': zlib.crc32(_to_json(said)), 'index': said}
        self.write(_NEW, [_to_json(whole)])

    def _publish(self) -> None:
        for tries_left in reversed(range(_TRIES)):
            try:
                (self.path / _NEW).replace(self.path / MANIFEST)
                break
            except PermissionError:  # Windows replaces no file that a reader has open, which none has for long
                if os.name != 'nt' or not tries_left:
                    raise
                time.sleep(_POLL_SECONDS)
        _sync_directory(self.path)

    def _files(self) -> list[Path]:
        try:
            return list(self.path.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []


def new_name(kind: str) -> str:
    """Return a name for a new file: ``log``, ``segment`` or ``removed`` and a number."""
    return f'{kind}-{secrets.token_hex(8)}'


_MANIFEST: Final = TypeAdapter(Manifest)


def _to_json(value: Any) -> bytes:
    return json.dumps(value, separators=(',', ':'), sort_keys=True).encode()


def _write_all(file: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _make_directory(path: Path) -> None:
    if path.is_dir():
        return
    if path.parent != path:
        _make_directory(path.parent)
    path.mkdir(exist_ok=True)
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    """Make the names of what is new in a directory last; Windows does so by itself, and does not open directories."""
    if os.name == 'nt':
        return
    with contextlib.suppress(PermissionError):  # a directory may be open to new files and closed to readers
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
