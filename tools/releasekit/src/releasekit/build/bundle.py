# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A bundle: built files in a folder that another job takes over, with a list that says the hash of each.

Who builds needs no rights, and who publishes needs no build backend. What joins the two is the sha256 of the list.
"""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from releasekit.build.store import DIFFERS, ArtefactStore
from releasekit.model.documents import from_document, parse_json, to_document, to_text
from releasekit.model.errors import RefusedError
from releasekit.model.names import counted
from releasekit.model.plan import Artefact, Plan
from releasekit.workspace.regular import read_file


LIST = 'bundle.json'
SCHEMA = 'releasekit.bundle/1'


@dataclass(frozen=True)
class Companion:
    """A file that goes with those of a package, such as a bill of materials."""

    package: str
    file: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Bundle:
    """What a bundle's list says; `plan` is the digest of the plan, `commit` what was built."""

    plan: str
    commit: str
    files: tuple[Artefact, ...]
    companions: tuple[Companion, ...]


def write_bundle(
    plan: Plan, digest: str, files: Mapping[str, tuple[Artefact, ...]], store: ArtefactStore, folder: Path
) -> str:
    """Copy the files of a plan into a folder, write the list of them, and return the sha256 of the list.

    Args:
        plan: What was built.
        digest: The plan's.
        files: What was built, by package.
        store: Holds the files.
        folder: Takes them; it must be empty, or not exist.

    Raises:
        RefusedError: The folder holds something, or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise RefusedError('RK-BUNDLE', f'{folder} is not empty; name a new folder with --out')
        companions: list[Companion] = []
        for package, artefacts in files.items():
            (folder / package).mkdir()
            for artefact in artefacts:
                shutil.copyfile(store.path(artefact), folder / package / artefact.file)
            for path in _companions(package, store):
                content = read_file(path)
                (folder / package / path.name).write_bytes(content)
                companions.append(Companion(package, path.name, hashlib.sha256(content).hexdigest(), len(content)))
        every = tuple(artefact for artefacts in files.values() for artefact in artefacts)
        bundle = Bundle(digest, plan.inputs.commit, every, tuple(companions))
        text = to_text(SCHEMA, to_document(bundle)).encode()
        (folder / LIST).write_bytes(text)
    except OSError as error:
        raise RefusedError('RK-BUNDLE', f'{error.filename or folder}: {error.strerror}') from error
    return hashlib.sha256(text).hexdigest()


def _companions(package: str, store: ArtefactStore) -> Iterator[Path]:
    for name in (f'{package}.cdx.json', f'{package}.provenance.json', DIFFERS):
        path = store.folder / package / name
        if path.is_file():
            yield path


def read_bundle(
    folder: Path, plan: Plan, digest: str, sha256: str | None
) -> tuple[ArtefactStore, dict[str, tuple[Artefact, ...]]]:
    """Return the files of a bundle, each of which is compared with its hash.

    Args:
        folder: The bundle.
        plan: What it is to hold.
        digest: The plan's.
        sha256: Of the list; None if nobody said it.

    Raises:
        RefusedError: The bundle is not complete, not of this plan, or not as it was written.
    """
    try:
        content = read_file(folder / LIST)
        found = hashlib.sha256(content).hexdigest()
        if sha256 is not None and found != sha256.lower():
            raise RefusedError('RK-BUNDLE', f'{folder / LIST} has sha256 {found}, expected was {sha256}')
        document = parse_json(content)
        if document['schema'] != SCHEMA:
            raise RefusedError('RK-BUNDLE', f'{folder / LIST} has schema {document["schema"]!r}, not {SCHEMA}')
        bundle = from_document(Bundle, document)
    except OSError as error:
        raise RefusedError('RK-BUNDLE', f'{folder / LIST}: {error.strerror}; make it with --out') from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RefusedError('RK-BUNDLE', f'{folder / LIST} is no list of a bundle: {error}') from error
    if problem := next(_problems(bundle, plan, digest, folder), None):
        raise RefusedError('RK-BUNDLE', f'{problem}. Build it again from the plan.')
    files = {name: tuple(file for file in bundle.files if file.package == name) for name in plan.by_name}
    return ArtefactStore(folder), files


def _problems(bundle: Bundle, plan: Plan, digest: str, folder: Path) -> Iterator[str]:
    if bundle.plan != digest:
        yield f'the bundle is of the plan {bundle.plan[:12]}, not of {digest[:12]}'
    if bundle.commit != plan.inputs.commit:
        yield f'the bundle is of the commit {bundle.commit[:12]}, not of {plan.inputs.commit[:12]}'
    for name, release in plan.by_name.items():
        kinds = sorted(file.is_wheel for file in bundle.files if file.package == name)
        if kinds != [False, True]:
            found = counted(len(kinds), 'file')
            yield f'the bundle has {found} of {name} {release.version}, a wheel and a source are expected'
    for entry in (*bundle.files, *bundle.companions):
        if entry.package not in plan.by_name or PurePosixPath(entry.file).parts != (entry.file,) or '\\' in entry.file:
            yield f'{entry.package!r}: {entry.file!r} has no place in the bundle of this plan'
            return
        if isinstance(entry, Artefact) and entry.version != plan.by_name[entry.package].version:
            yield f'{entry.file} is of version {entry.version}, planned is {plan.by_name[entry.package].version}'
        yield from _altered(entry, folder / entry.package / entry.file)


def _altered(entry: Artefact | Companion, path: Path) -> Iterator[str]:
    try:
        content = read_file(path)
    except OSError as error:
        yield f'{path}: {error.strerror}'
        return
    found = hashlib.sha256(content).hexdigest()
    if (found, len(content)) != (entry.sha256, entry.size):
        yield f'{path} has sha256 {found}, its bundle says {entry.sha256}'
