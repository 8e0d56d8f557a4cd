# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How a wheel differs from the one that an index has of the release before."""

import configparser
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.version import Version

from releasekit.index.port import Index, IndexFile, IndexUnreachable
from releasekit.model.documents import from_document, parse_json
from releasekit.model.names import counted
from releasekit.model.plan import Artefact


DIFFERENCE = 'difference.json'
_ABOUT = re.compile(r'[^/]+\.dist-info/')


@dataclass(frozen=True)
class WheelDifference:
    """What a package's users get that they did not get before, and the other way round; sizes are bytes."""

    package: str
    before: str
    after: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    requires_added: tuple[str, ...] = ()
    requires_removed: tuple[str, ...] = ()
    commands_added: tuple[str, ...] = ()
    commands_removed: tuple[str, ...] = ()
    size_before: int = 0
    size_after: int = 0

    @property
    def lines(self) -> tuple[str, ...]:
        """The differences in words, one a line."""
        named = (
            ('new files', self.added),
            ('files that are gone', self.removed),
            ('new requirements', self.requires_added),
            ('requirements that are gone', self.requires_removed),
            ('new entry points', self.commands_added),
            ('entry points that are gone', self.commands_removed),
        )
        changed = (f'{counted(len(self.changed), "file")} changed',) if self.changed else ()
        return (*(f'{what}: {", ".join(names)}' for what, names in named if names), *changed)


def kept_lines(folder: Path) -> tuple[str, ...]:
    """Return the differences in words that a run kept beside a package's files; none if it kept none."""
    try:
        document = parse_json((folder / DIFFERENCE).read_bytes())
        return from_document(WheelDifference, document).lines
    except (OSError, ValueError, KeyError, TypeError):
        return ()


async def difference_from(index: Index, artefact: Artefact, before: str, content: bytes) -> WheelDifference | None:
    """Return how a new wheel differs from an older version on an index; None if the index does not give that one.

    Args:
        index: Has the older wheel.
        artefact: The new wheel.
        before: The older version.
        content: The new wheel's bytes.
    """
    try:
        listed = await index.files(artefact.package) or {}
        older = next((file for file in listed.values() if _is_wheel_of(file, Version(before))), None)
        if older is None:
            return None
        return compare_wheels(artefact, before, await index.fetch(older), content)
    except (IndexUnreachable, zipfile.BadZipFile):
        return None


def compare_wheels(artefact: Artefact, before: str, older: bytes, newer: bytes) -> WheelDifference:
    """Return how two wheels of a package differ; what only repeats the version is passed over."""
    old, new = _files(older), _files(newer)
    said = [_metadata(files) for files in (old, new)]
    points = [_entry_points(files) for files in (old, new)]
    own = [{name: crc for name, (crc, _) in files.items() if not _ABOUT.match(name)} for files in (old, new)]
    return WheelDifference(
        artefact.package,
        before,
        artefact.version,
        tuple(sorted(own[1].keys() - own[0].keys())),
        tuple(sorted(own[0].keys() - own[1].keys())),
        tuple(sorted(name for name in own[0].keys() & own[1].keys() if own[0][name] != own[1][name])),
        tuple(sorted(said[1] - said[0])),
        tuple(sorted(said[0] - said[1])),
        tuple(sorted(points[1] - points[0])),
        tuple(sorted(points[0] - points[1])),
        len(older),
        len(newer),
    )


def _is_wheel_of(file: IndexFile, version: Version) -> bool:
    return file.file.endswith('.whl') and file.version == version


def _files(wheel: bytes) -> Mapping[str, tuple[int, bytes]]:
    with zipfile.ZipFile(BytesIO(wheel)) as archive:
        return {
            entry.filename: (entry.CRC, archive.read(entry) if _ABOUT.match(entry.filename) else b'')
            for entry in archive.infolist()
        }


def _metadata(files: Mapping[str, tuple[int, bytes]]) -> set[str]:
    found = next((content for name, (_, content) in files.items() if name.endswith('.dist-info/METADATA')), b'')
    said = Metadata.from_email(found, validate=False).requires_dist or [] if found else list[Requirement]()
    return {str(requirement) for requirement in said}


def _entry_points(files: Mapping[str, tuple[int, bytes]]) -> set[str]:
    ends = '.dist-info/entry_points.txt'
    found = next((content for name, (_, content) in files.items() if name.endswith(ends)), b'')
    parser = configparser.ConfigParser(delimiters=('=',), interpolation=None, strict=False)
    parser.optionxform = str  # pyright: ignore[reportAttributeAccessIssue]  (the documented way to keep the case)
    try:
        parser.read_string(found.decode())
    except (configparser.Error, UnicodeDecodeError):
        return set()
    return {f'{group}:{name}' for group in parser.sections() for name in parser[group]}
