# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Built files without marks of the machine that built them.

Some backends write the time of the build or the user's name into what they make, whatever `SOURCE_DATE_EPOCH` says.
Such a file is packed again; one without such marks stays byte for byte what its backend made.
Source: https://reproducible-builds.org/docs/source-date-epoch/
"""

import gzip
import io
import struct
import tarfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


_EXECUTABLE = 0o111
_OLDEST = datetime(1980, 1, 1, tzinfo=UTC)  # that a zip file can say


def canonize(path: Path, epoch: int) -> None:
    """Pack a wheel or a source distribution again if it says when or by whom it was built; its contents stay.

    Args:
        path: The file; it is replaced.
        epoch: The time that its entries get, in seconds since 1970.
    """
    packed = _wheel(path, epoch) if path.suffix == '.whl' else _sdist(path, epoch)
    if packed is not None:
        path.write_bytes(packed)


def _sdist(path: Path, epoch: int) -> bytes | None:
    content = path.read_bytes()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        entries = archive.getmembers()
        stamped = struct.unpack('<I', content[4:8])[0]  # of the gzip header
        if max([stamped, *(entry.mtime for entry in entries)]) <= epoch and not any(map(_is_owned, entries)):
            return None
        inner = io.BytesIO()
        with tarfile.open(fileobj=inner, mode='w', format=tarfile.PAX_FORMAT) as packed:
            for entry in sorted(entries, key=lambda entry: entry.name):
                packed.addfile(_plain(entry, epoch), archive.extractfile(entry) if entry.isfile() else None)
    outer = io.BytesIO()
    with gzip.GzipFile(filename='', mode='wb', fileobj=outer, mtime=epoch) as file:
        file.write(inner.getvalue())
    return outer.getvalue()


def _is_owned(entry: tarfile.TarInfo) -> bool:
    return bool(entry.uid or entry.gid or entry.uname or entry.gname)


def _plain(entry: tarfile.TarInfo, epoch: int) -> tarfile.TarInfo:
    mode = 0o755 if entry.isdir() or entry.mode & _EXECUTABLE else 0o644
    owner: dict[str, Any] = {'uid': 0, 'gid': 0, 'uname': '', 'gname': ''}
    plain = entry.replace(mtime=epoch, mode=mode, **owner, deep=False)
    plain.pax_headers = {}
    return plain


def _wheel(path: Path, epoch: int) -> bytes | None:
    moment = max(datetime.fromtimestamp(epoch, UTC), _OLDEST)
    latest = (moment + timedelta(days=1)).timetuple()[:6]  # a zip file says no time zone
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if all(entry.date_time <= latest for entry in entries):
            return None
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, 'w', zipfile.ZIP_DEFLATED) as target:
            for entry in sorted(entries, key=_wheel_order):
                is_program = bool((entry.external_attr >> 16) & _EXECUTABLE)
                plain = zipfile.ZipInfo(entry.filename, moment.timetuple()[:6])
                plain.external_attr = (0o100755 if is_program else 0o100644) << 16
                plain.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(plain, archive.read(entry))
    return packed.getvalue()


def _wheel_order(entry: zipfile.ZipInfo) -> tuple[bool, str]:
    """Return what sorts the entries of a wheel: metadata comes last, as the specification recommends."""
    return '.dist-info/' in entry.filename, entry.filename
