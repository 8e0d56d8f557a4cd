# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What every built file has to be before the first one is sent."""

import re
import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from email.utils import getaddresses
from functools import cached_property
from pathlib import Path, PurePosixPath

from packaging.metadata import InvalidMetadata, Metadata
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from releasekit.build.store import ArtefactStore
from releasekit.model.errors import RefusedError
from releasekit.model.member import Member
from releasekit.model.names import counted
from releasekit.model.plan import Artefact, Release
from releasekit.version.content import source_paths
from releasekit.workspace.acceptance import Described, broken_links, objections
from releasekit.workspace.secrets import find_secrets


_MOST_BYTES = 100 * 1024 * 1024  # what the public index takes of a project that has not asked for more
_POINTER = b'version https://git-lfs.github.com/spec/'
_STRAY = re.compile(
    r'(^|/)(__pycache__|\.git|\.venv|node_modules|\.env|\.DS_Store|\.pytest_cache|\.ruff_cache)(/|$)|\.py[co]$'
)


class Contents:
    """A built file, opened: what it holds, and what it says of itself."""

    def __init__(self, artefact: Artefact, path: Path) -> None:
        self.artefact = artefact
        self._path = path

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The files in it by name; those of a source distribution without its outermost folder."""
        if self.artefact.is_wheel:
            with zipfile.ZipFile(self._path) as wheel:
                return {name: wheel.read(name) for name in wheel.namelist() if not name.endswith('/')}
        found: dict[str, bytes] = {}
        with tarfile.open(self._path) as sdist:
            for member in sdist:
                file = sdist.extractfile(member) if member.isfile() else None
                if file:
                    found[member.name.partition('/')[2]] = file.read()
        return found

    @cached_property
    def metadata(self) -> Metadata:
        """What it says of itself.

        Raises:
            ExceptionGroup: It is not what the specification asks for.
        """
        names = [name for name in self.files if re.fullmatch(r'[^/]+\.dist-info/METADATA', name)]
        content = self.files[names[0]] if names else self.files.get('PKG-INFO', b'')
        return Metadata.from_email(content, validate=True)


@dataclass(frozen=True)
class Gate:
    """A named question to a built file, answered with what is wrong.

    `rule` is the rule of `releasekit check` that asks the same of sources: where that is off, so is the gate.
    """

    id: str
    ask: Callable[[Contents, Release, Member], Iterator[str]]
    rule: str = ''


def _name(contents: Contents, release: Release, member: Member) -> Iterator[str]:
    file = contents.artefact.file
    try:
        named = parse_wheel_filename(file)[:2] if contents.artefact.is_wheel else parse_sdist_filename(file)
    except (InvalidWheelFilename, InvalidSdistFilename) as error:
        yield str(error)
        return
    said = contents.metadata
    for place, name, version in (('file name', *named), ('metadata', said.name, said.version)):
        if (re.sub(r'[-_.]+', '-', name).lower(), str(version)) != (member.name, release.version):
            yield f'the {place} says {name} {version}, the plan {member.name} {release.version}'


def _summary(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    if not contents.metadata.summary:
        yield 'the metadata has no summary'


def _description(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    said = contents.metadata
    if not said.description:
        yield 'the metadata has no description: `readme` names no file, or an empty one'
    if said.description and not said.description_content_type:
        yield 'the description has no type'


def _acceptable(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    said = contents.metadata
    people = getaddresses([said.author_email or '', said.maintainer_email or ''])
    described = Described(
        version=str(said.version),
        summary=said.summary or '',
        classifiers=tuple(said.classifiers or ()),
        urls=tuple((said.project_urls or {}).items()),
        emails=tuple(email for _, email in people if email),
        requirements=tuple(str(requirement) for requirement in said.requires_dist or ()),
    )
    for found in objections(described):
        yield f'{found.message} ({found.way_out})'


def _links(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    said = contents.metadata
    if (said.description_content_type or '').startswith('text/markdown'):
        for target, _ in broken_links(said.description or ''):
            yield f'the README links to {target!r}, which leads nowhere on the page of an index'


def _requirements(contents: Contents, release: Release, member: Member) -> Iterator[str]:
    rewritten = {(rewrite.section, rewrite.old): rewrite.new for rewrite in release.rewrites}
    dynamic = set(member.manifest.strings('project', 'dynamic'))
    if {'dependencies', 'optional-dependencies'} & dynamic:
        return  # only the backend knows them, and nothing of them was planned
    planned = set(_planned(member, rewritten))
    built = {_normal(requirement) for requirement in contents.metadata.requires_dist or ()}
    for requirement in sorted(planned - built):
        yield f'the plan requires {requirement!r}, the metadata does not'
    for requirement in sorted(built - planned):
        yield f'the metadata requires {requirement!r}, the plan does not'


def _planned(member: Member, rewritten: Mapping[tuple[str | None, str], str]) -> Iterator[str]:
    for text in member.manifest.strings('project', 'dependencies'):
        yield _normal(Requirement(rewritten.get((None, text), text)))
    for extra in member.manifest.table('project', 'optional-dependencies'):
        for text in member.manifest.strings('project', 'optional-dependencies', extra):
            requirement = Requirement(rewritten.get((extra, text), text))
            own = f'({requirement.marker}) and ' if requirement.marker else ''
            condition = f'{own}extra == "{re.sub(r"[-_.]+", "-", extra).lower()}"'
            yield _normal(Requirement(f'{_without_marker(requirement)} ; {condition}'))


def _without_marker(requirement: Requirement) -> str:
    return str(requirement).partition(';')[0].strip()


def _normal(requirement: Requirement) -> str:
    extras = f'[{",".join(sorted(requirement.extras))}]' if requirement.extras else ''
    name = re.sub(r'[-_.]+', '-', requirement.name).lower()
    marker = f'; {_flat(str(requirement.marker))}' if requirement.marker else ''
    address = f' @ {requirement.url}' if requirement.url else ''
    return f'{name}{extras}{requirement.specifier}{address}{marker}'


def _flat(marker: str) -> str:
    """Return a marker without parentheses that change nothing: those around what only `and` joins."""
    flat = re.sub(r'\(([^()]*)\)', lambda found: found[0] if ' or ' in found[1] else found[1], marker)
    return marker if flat == marker else _flat(flat)


def _python(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    if 'requires-python' in member.manifest.strings('project', 'dynamic'):
        return
    asked = SpecifierSet(member.manifest.string('project', 'requires-python') or '')
    built = contents.metadata.requires_python or SpecifierSet()
    if asked != built:
        yield f'the manifest asks for Python {str(asked)!r}, the metadata for {str(built)!r}'


def _licence(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    if not any(
        PurePosixPath(name).name.upper().startswith(('LICENSE', 'LICENCE', 'COPYING')) for name in contents.files
    ):
        yield 'no licence text is in it'


def _typed(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    if contents.artefact.is_wheel:
        for package in sorted(_packages(contents)):
            inside = {name for name in contents.files if name.startswith(f'{package}/')}
            is_source = any(name.endswith('.py') for name in inside)
            if is_source and not any(PurePosixPath(name).name == 'py.typed' for name in inside):
                yield f'{package} has no py.typed, so nobody sees its types'


def _foreign(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    source = member.path / 'src'
    if contents.artefact.is_wheel and source.is_dir():
        own = {path.stem for path in source.iterdir()}
        for package in sorted(_packages(contents) - own):
            yield f'{package!r} is in it, and not in {member.inside("src")}'


def _empty(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    if contents.artefact.is_wheel and not any('.dist-info/' not in name for name in contents.files):
        paths = sorted(path.relative_to(member.path).as_posix() for path in member.path.rglob('*.py*'))
        for path in list(source_paths(paths).values())[:1]:
            yield f'it installs nothing, and {member.inside(path)} is there: tell the build backend what to take'


def _stray(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    for name in contents.files:
        if _STRAY.search(name) or (contents.artefact.is_wheel and name.partition('/')[0] in {'tests', 'docs'}):
            yield f'{name!r} does not belong into it'


def _size(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    if contents.artefact.size > _MOST_BYTES:
        yield f'it has {contents.artefact.size:,} bytes, and indexes take {_MOST_BYTES:,}'


def _pointers(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    for name, content in contents.files.items():
        if content.startswith(_POINTER):
            yield f'{name!r} is a pointer of git-lfs, not the file: `git lfs install && git lfs pull`, then build again'


def _secrets(contents: Contents, release: Release, member: Member) -> Iterator[str]:  # noqa: ARG001 - as all gates
    for name, content in contents.files.items():
        for kind, _ in find_secrets(content):
            yield f'{name!r} holds what looks like a {kind}'


def _packages(contents: Contents) -> set[str]:
    """Return the top-level names that a wheel installs."""
    tops = {name.partition('/')[0] for name in contents.files}
    return {PurePosixPath(top).stem for top in tops if not top.endswith(('.dist-info', '.data'))}


GATES = (
    Gate('name', _name),
    Gate('summary', _summary, 'metadata-complete'),
    Gate('description', _description, 'readme-file'),
    Gate('index', _acceptable, 'index-metadata'),
    Gate('links', _links, 'readme-links'),
    Gate('requirements', _requirements),
    Gate('requires-python', _python),
    Gate('licence', _licence, 'license-file'),
    Gate('typed', _typed, 'typing-marker'),
    Gate('foreign', _foreign),
    Gate('empty', _empty),
    Gate('stray', _stray),
    Gate('size', _size),
    Gate('pointers', _pointers),
    Gate('secrets', _secrets, 'hard-coded-secrets'),
)


def pass_gates(
    release: Release,
    member: Member,
    artefacts: tuple[Artefact, ...],
    store: ArtefactStore,
    off: Collection[str] = (),
) -> None:
    """Look into the files of a release; rules that are off stop no file.

    Raises:
        RefusedError: A gate objects; the message lists everything that it and the others found.
    """
    found: list[str] = []
    for artefact in artefacts:
        contents = Contents(artefact, store.path(artefact))
        try:
            for gate in (gate for gate in GATES if gate.rule not in off):
                found.extend(f'{artefact.file}: {gate.id}: {text}' for text in gate.ask(contents, release, member))
        except (OSError, zipfile.BadZipFile, tarfile.TarError) as error:
            found.append(f'{artefact.file}: cannot be opened: {error}')
        except ExceptionGroup as errors:
            found.extend(f'{artefact.file}: metadata: {error}' for error in errors.exceptions)
        except InvalidMetadata as error:
            found.append(f'{artefact.file}: metadata: {error}')
    kinds = sorted(artefact.is_wheel for artefact in artefacts)
    if kinds != [False, True]:
        found.append(
            f'{release.name}: one wheel and one source distribution are expected, got {counted(len(artefacts), "file")}'
        )
    if found:
        raise RefusedError('RK-GATE', f'{release.name} {release.version} is not fit to be published', found)
