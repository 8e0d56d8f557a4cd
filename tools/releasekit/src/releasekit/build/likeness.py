# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Whether two files hold the same, whatever built them and when.

Marks of tools and of time do not count: the `Generator` of a wheel, the fields of metadata that follow from the version
of the format that a tool writes, what `RECORD` says of both, times, order, compression, owners and modes.
"""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Mapping


_GENERATOR = b'Generator:'
# Fields that say the same in other words from one version of the format to the next (core metadata, PEP 639, PEP 643).
_OF_FORMAT = (b'Metadata-Version:', b'License:', b'License-Expression:', b'License-File:', b'Dynamic:')
_GZIP = 31  # the format, for zlib
_ZIP_BEGIN, _ZIP_END, _ZIP_END_SIZE = b'PK\x03\x04', b'PK\x05\x06', 22


class _Unreadable(Exception):  # noqa: N818 - a state of a file
    """A file cannot be opened, or is far bigger than the one it is compared with."""


def first_difference(file: str, ours: bytes, theirs: bytes) -> str | None:
    """Return the first entry that two files of one name do not have in common, in words; None if they hold the same.

    Args:
        file: The name, which says what kind of file it is.
        ours: Bytes that were built here.
        theirs: Bytes from elsewhere; if they unpack to far more than ours, that is the difference.
    """
    try:
        own = _contents(file, ours, None)
        most = sum(map(len, own.values())) * 2 + len(own) * 2048 + (1 << 20)
        other = _contents(file, theirs, most)
    except _Unreadable as error:
        return str(error)
    for name in sorted(own.keys() | other.keys(), key=_order):
        if name not in other:
            return f'{name!r} is in ours only'
        if name not in own:
            return f'{name!r} is in the other only'
        if own[name] != other[name]:
            return f'{name!r} differs'
    return None


def _order(name: str) -> tuple[bool, str]:
    """Return what sorts entries: a list of others comes after them, as it differs where one of them does."""
    return name.endswith('.dist-info/RECORD'), name


def _contents(file: str, content: bytes, most: int | None) -> Mapping[str, bytes]:
    try:
        found = _of_wheel(content, most) if file.endswith('.whl') else _of_sdist(content, most)
    except (
        OSError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        tarfile.TarError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise _Unreadable(f'it cannot be opened: {error}') from error
    return {name: _without_marks(name, text) for name, text in found.items()}


def _of_wheel(content: bytes, most: int | None) -> dict[str, bytes]:
    if not content.startswith(_ZIP_BEGIN) or content[-_ZIP_END_SIZE:][:4] != _ZIP_END:
        raise _Unreadable('it cannot be opened: it is no zip file, or has bytes before or behind it')
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        _refuse_bigger(sum(entry.file_size for entry in entries), most)
        _refuse_twice([entry.filename for entry in entries])
        return {entry.filename: archive.read(entry) for entry in entries}


def _of_sdist(content: bytes, most: int | None) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    unpacker = zlib.decompressobj(_GZIP)
    inner = unpacker.decompress(content, 0 if most is None else most + 1)
    _refuse_bigger(len(inner), most)
    if unpacker.unused_data:
        raise _Unreadable('it has bytes behind its end')
    with tarfile.open(fileobj=io.BytesIO(inner), mode='r:') as archive:
        entries = archive.getmembers()
        _refuse_twice([entry.name for entry in entries])
        for entry in entries:
            if entry.issym() or entry.islnk():
                found[entry.name] = f'link to {entry.linkname}'.encode()
            elif file := archive.extractfile(entry):
                found[entry.name] = file.read()
    return found


def _refuse_twice(names: list[str]) -> None:
    """Refuse a file that holds a name twice: of which one is meant, programs have different opinions."""
    if len(names) != len(set(names)):
        raise _Unreadable(f'{next(name for name in names if names.count(name) > 1)!r} is in it twice')


def _refuse_bigger(size: int, most: int | None) -> None:
    if most is not None and size > most:
        raise _Unreadable(f'it unpacks to {size:,} bytes or more, far more than ours')


def _without_marks(name: str, content: bytes) -> bytes:
    folder, _, last = name.rpartition('/')
    if last == 'PKG-INFO' or (last == 'METADATA' and folder.endswith('.dist-info')):
        return _described(content)
    if not folder.endswith('.dist-info'):
        return content
    if last == 'WHEEL':
        return b'\n'.join(line for line in content.splitlines() if not line.startswith(_GENERATOR))
    if last == 'RECORD':
        return b'\n'.join(sorted(line for line in content.splitlines() if not _is_of_marks(line, folder.encode())))
    return content


def _described(metadata: bytes) -> bytes:
    """Return metadata without the fields of its format; the text behind the fields stays."""
    fields, blank, text = metadata.replace(b'\r\n', b'\n').partition(b'\n\n')
    kept = [line for line in fields.split(b'\n') if not line.startswith(_OF_FORMAT)]
    return b'\n'.join(kept) + blank + text


def _is_of_marks(line: bytes, folder: bytes) -> bool:
    return line.startswith(tuple(folder + b'/' + name + b',' for name in (b'METADATA', b'WHEEL', b'RECORD')))
