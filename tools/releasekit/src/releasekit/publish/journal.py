# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The journal of a run: what was about to happen, written down before it did.

One JSON document a line, each with a checksum that covers the line before it as well. A line is on the disk before the
step that it announces. The index is the truth, not the journal: a damaged one is set aside and costs only questions.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from releasekit.model.documents import parse_json
from releasekit.model.errors import RefusedError


_SCHEMA = 'releasekit.journal/1'


class Journal:
    """An append-only file of records.

    Attributes:
        records: What it holds, the oldest first.
        set_aside: Where a damaged or foreign journal was put, if one lay here.
    """

    def __init__(self, path: Path, run: str, clock: Callable[[], float]) -> None:
        self._path = path
        self._run = run
        self._clock = clock
        self._last = ''
        self._file: int | None = None
        self._length = 0
        self.records: list[Mapping[str, Any]] = []
        self.set_aside: Path | None = None

    @classmethod
    def open(cls, path: Path, run: str, clock: Callable[[], float]) -> 'Journal':
        """Open the journal of a run, or begin it.

        Args:
            path: The file.
            run: What the run is of; a journal of another run is set aside.
            clock: Gives seconds since 1970.

        Raises:
            RefusedError: The file cannot be written.
        """
        journal = cls(path, run, clock)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            journal._take_over()
        except OSError as error:
            raise _unwritable(path, error) from error
        return journal

    def append(self, kind: str, **members: Any) -> None:
        """Write a record; it is on the disk when this returns.

        Raises:
            RefusedError: It could not be written; the journal is as it was.
        """
        record = {'kind': kind, 'time': round(self._clock(), 3), **members}
        line, checksum = _line(record, self._last)
        assert self._file is not None, 'the journal is closed'
        try:
            _write_all(self._file, line)
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, self._length)
            raise _unwritable(self._path, error) from error
        self._length += len(line)
        self._last = checksum
        self.records.append(record)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _take_over(self) -> None:
        content = self._path.read_bytes() if self._path.exists() else b''
        records, length = _read(content)
        is_ours = bool(records) and records[0].get('run') == self._run and records[0].get('schema') == _SCHEMA
        if content and (length < len(content) or not is_ours):
            self._put_aside(content)
        kept = content[:length] if is_ours else b''
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, 'O_BINARY', 0), 0o600)
        os.ftruncate(self._file, len(kept))
        os.lseek(self._file, 0, os.SEEK_END)
        self._length = len(kept)
        self.records = records if is_ours else []
        self._last = cast('str', parse_json(kept.splitlines()[-1])['sum']) if kept else ''
        if not kept:
            self.append('begin', schema=_SCHEMA, run=self._run)

    def _put_aside(self, content: bytes) -> None:
        number = 1
        while (place := self._path.with_name(f'{self._path.name}.aside-{number}')).exists():
            number += 1
        place.write_bytes(content)
        self.set_aside = place


def read_records(path: Path) -> list[Mapping[str, Any]]:
    """Return the records of a journal that may be in use, up to the first that is damaged; none if it is not there."""
    try:
        return _read(path.read_bytes())[0]
    except OSError:
        return []


def _line(record: Mapping[str, Any], before: str) -> tuple[bytes, str]:
    text = json.dumps(record, ensure_ascii=False)
    checksum = hashlib.sha256(f'{before}{text}'.encode()).hexdigest()[:16]
    return f'{text[:-1]}, "sum": "{checksum}"}}\n'.encode(), checksum


def _read(content: bytes) -> tuple[list[Mapping[str, Any]], int]:
    """Return the records up to the first that is torn or altered, and how many bytes they take."""
    records: list[Mapping[str, Any]] = []
    length, before = 0, ''
    for line in content.splitlines(keepends=True):
        try:
            record = parse_json(line)
            said = record.pop('sum')
        except (ValueError, KeyError, AttributeError, TypeError):
            break
        if not line.endswith(b'\n') or _line(record, before) != (line, said):
            break
        records.append(record)
        length += len(line)
        before = said
    return records, length


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def _unwritable(path: Path, error: OSError) -> RefusedError:
    return RefusedError(
        'RK-JOURNAL-WRITE',
        f'{path}: {error.strerror}. Nothing is sent that is not written down first; make room, and run it again.',
    )
