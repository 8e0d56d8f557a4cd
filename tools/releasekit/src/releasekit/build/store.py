# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Built files, kept until they are published and after: by plan, by package, and by hash."""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from releasekit.model.documents import from_document, parse_json, to_document
from releasekit.model.errors import RefusedError
from releasekit.model.plan import Artefact


DIFFERS = 'differs.txt'
_LIST = 'artefacts.json'


class ArtefactStore:
    """The files that were built for one plan.

    A package is in the store once its list is, which is written last; a file is only believed while its hash is right.

    Args:
        folder: Holds the builds of all plans.
        plan: The digest of the plan; empty if the folder holds the builds of one alone.
    """

    def __init__(self, folder: Path, plan: str = '') -> None:
        self.folder = folder / plan[:32]

    def path(self, artefact: Artefact) -> Path:
        """Return where a file lies."""
        return self.folder / artefact.package / artefact.file

    def find(self, package: str) -> tuple[Artefact, ...]:
        """Return the files of a package; none if it was not built to the end, or if a file has changed since."""
        artefacts = self._listed(package)
        whole = all(_sha256(self.path(artefact)) == artefact.sha256 for artefact in artefacts)
        return artefacts if whole else ()

    def _listed(self, package: str) -> tuple[Artefact, ...]:
        try:
            entries: list[Any] = parse_json((self.folder / package / _LIST).read_bytes())
            return tuple(from_document(Artefact, entry) for entry in entries)
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def put(self, package: str, version: str, built: Iterable[Path]) -> tuple[Artefact, ...]:
        """Take files over, and then say that the package is there.

        Raises:
            RefusedError: The package was built to the end before, may have been sent, and had other bytes; or the disk
                does not take it.
        """
        artefacts = tuple(self._take(package, version, path) for path in sorted(built))
        _write(self.folder / package / _LIST, json.dumps(to_document(artefacts), indent=2).encode())
        return artefacts

    def keep(self, package: str, file: str, content: bytes) -> Path:
        """Keep a file that goes with those of a package, such as a statement about them.

        Raises:
            RefusedError: The disk does not take it.
        """
        path = self.folder / package / file
        _write(path, content)
        return path

    def _take(self, package: str, version: str, path: Path) -> Artefact:
        content = path.read_bytes()
        artefact = Artefact(package, version, path.name, hashlib.sha256(content).hexdigest(), len(content))
        earlier = {file.file: file.sha256 for file in self._listed(package)}.get(path.name, artefact.sha256)
        if earlier != artefact.sha256:
            raise RefusedError(
                'RK-BUILD-DIFFERS',
                f'{path.name} was built before with sha256 {earlier}, which is lost, and now has {artefact.sha256}: '
                f'its build is not reproducible. If the first one was never sent, remove {self.folder / package}.',
            )
        if _sha256(self.path(artefact)) != artefact.sha256:
            _write(self.path(artefact), content)
        return artefact


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix='.', suffix='.part')
        try:
            with os.fdopen(handle, 'wb') as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
            _sync(path.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RefusedError('RK-BUILD-STORE', f'{path}: {error.strerror}; nothing was sent. Make room.') from error


def _sync(folder: Path) -> None:
    """Have a folder's names on the disk, where the system can."""
    if os.name == 'nt':
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str | None:
    try:
        with path.open('rb') as file:
            return hashlib.file_digest(file, 'sha256').hexdigest()
    except OSError:
        return None
