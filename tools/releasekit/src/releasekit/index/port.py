# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The port: what publishing asks of a package index."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from releasekit.model.plan import Artefact


class Outcome(StrEnum):
    """What an index said to an upload.

    Only `STORED` and `REFUSED` can be taken at their word. After `THERE` (a file of that name exists) and `UNCLEAR`
    (no answer, or one that may hide a success) the index is asked which bytes it holds.
    """

    STORED = 'stored'
    THERE = 'there'
    UNCLEAR = 'unclear'
    THROTTLED = 'throttled'
    QUOTA = 'quota'
    DENIED = 'denied'
    REFUSED = 'refused'


@dataclass(frozen=True)
class Answer:
    """An index's answer to an upload; `retry_after` is how many seconds it asks to be left alone."""

    outcome: Outcome
    text: str = ''
    retry_after: float | None = None


@dataclass(frozen=True)
class IndexFile:
    """A file that an index lists.

    What it does not say is None: `sha256`, `uploaded` (in seconds since 1970), `provenance`, the address of
    attestations, and `size` in bytes, by which it is known how much is too much.
    """

    file: str
    url: str
    sha256: str | None = None
    uploaded: float | None = None
    provenance: str | None = None
    size: int | None = None

    @property
    def version(self) -> Version | None:
        """The version in its name, None where the name is none of a wheel or a source distribution."""
        return self._parsed[1]

    @property
    def project(self) -> str | None:
        """The project in its name, normalized; None where the name is none of a wheel or a source distribution."""
        return self._parsed[0]

    @property
    def _parsed(self) -> tuple[str | None, Version | None]:
        try:
            is_wheel = self.file.endswith('.whl')
            return (parse_wheel_filename(self.file) if is_wheel else parse_sdist_filename(self.file))[:2]
        except (InvalidWheelFilename, InvalidSdistFilename, ValueError):
            return None, None


class IndexUnreachable(Exception):  # noqa: N818 - a state of the world, not a mistake
    """The index gave no answer to a question; the text says what happened."""


class Index(Protocol):
    """A package index. Questions raise `IndexUnreachable`; `upload` always gives an answer."""

    async def files(self, package: str) -> Mapping[str, IndexFile] | None:
        """Return the files of a project by name; None if the index has no such project."""
        ...

    async def digest(self, file: IndexFile) -> str:
        """Return the sha256 of a file's bytes as the index serves them."""
        ...

    async def fetch(self, file: IndexFile) -> bytes:
        """Return a file's bytes as the index serves them."""
        ...

    async def upload(self, artefact: Artefact, path: Path) -> Answer:
        """Send a file once."""
        ...

    async def installs(self, package: str, version: str) -> bool:
        """Return whether a resolver finds exactly that version."""
        ...
