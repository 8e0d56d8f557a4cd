# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the newest release of a package requires of other members: read from its tag, else from its manifest then."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version

from releasekit.model.configuration import PackagePolicy
from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.member import Member
from releasekit.model.names import normalize_name
from releasekit.model.plan import Release
from releasekit.model.requirement import (
    DeclaredRequirement,
    RequirementKind,
    declared_requirements,
    dynamic_requirements,
    has_dynamic_requirements,
)
from releasekit.model.toml_lines import parse_toml
from releasekit.model.workspace import Workspace
from releasekit.vcs.repository import Repository
from releasekit.version.history.tags import Line
from releasekit.version.requirements import admits
from releasekit.workspace.root import MANIFEST
from releasekit.workspace.uv.lock import LOCK_FILE
from releasekit.workspace.uv.locked import locked_members


INSTALLED = (RequirementKind.RUNTIME, RequirementKind.EXTRA)
_HEADER = re.compile(r'(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*) (?P<version>[0-9]\S*)')
_REQUIRES = 'Requires: '


@dataclass(frozen=True)
class PublishedRequirement:
    """A requirement as installers of a release see it.

    `origin` is the tag, or what stands in for one; `declared` is where a manifest has it, None where the tag says it.
    """

    text: str
    origin: str
    declared: DeclaredRequirement | None = None

    @property
    def place(self) -> str:
        """Where it was read, for messages."""
        return f'{self.declared.place} at {self.origin}' if self.declared else f'tag {self.origin}'

    @cached_property
    def name(self) -> str:
        """The normalised name of what is required."""
        return normalize_name(_parsed(self.text).name)

    @property
    def is_open(self) -> bool:
        """Whether it is not known which versions it asks for."""
        return self.declared is not None and self.declared.is_open

    def admits(self, version: Version) -> bool:
        """Tell whether a version, a prerelease too, is surely among those asked for."""
        return not self.is_open and admits(_parsed(self.text).specifier, version)


class _Former(NamedTuple):
    """A manifest at a tag, None if there was none, and the lock beside it, which only dynamic requirements need."""

    path: str
    text: str | None
    lock: str
    origin: str


def tag_message(required: Mapping[Release, Sequence[str]]) -> str:
    """Return what a tag says of the releases that it stands for: what each was built to require of members."""
    return '\n'.join(
        f'{release.name} {release.version}\n\n' + ''.join(f'{_REQUIRES}{text}\n' for text in texts)
        for release, texts in required.items()
    )


def published_requirements(
    workspace: Workspace, repository: Repository, lines: Mapping[str, Line]
) -> dict[str, tuple[PublishedRequirement, ...]]:
    """Return what the newest release of each package requires of members.

    Its tag decides if `releasekit tag` wrote it; else the manifest at its commit, as it stands there. Where there was
    no manifest that can be read, the present one has to do.
    """
    messages = repository.tag_messages({line.newest.tag for line in lines.values() if line.newest.tag})
    found: dict[str, tuple[PublishedRequirement, ...]] = {}
    for name, line in lines.items():
        said = _said(name, line, messages.get(line.newest.tag, ''))
        if said is not None:
            found[name] = said
            continue
        member, origin = workspace.by_name[name], line.newest.tag or line.newest.commit[:7]
        former = repository.texts_at(line.newest.commit, [*manifest_paths(workspace, name), *_locks(member)])
        lock = former.pop(LOCK_FILE, '')
        path, text = next(iter(former.items()), ('', None))
        found[name] = tuple(_of_manifest(member, _Former(path, text, lock, origin), workspace))
    return found


def manifest_paths(workspace: Workspace, name: str) -> list[str]:
    """Return where the manifest of a member is or was, the present place first."""
    moved = workspace.configuration.packages.get(name, PackagePolicy()).moved_from
    return [f'{folder}/{MANIFEST}' for folder in (str(workspace.by_name[name].folder), *moved)]


def _said(name: str, line: Line, message: str) -> tuple[PublishedRequirement, ...] | None:
    """Return what a tag's message says of a package; None if it says nothing, as other writers' tags do."""
    texts: list[str] | None = None
    is_meant = False
    for written in message.splitlines():
        if header := _HEADER.fullmatch(written.strip()):
            is_meant = normalize_name(header['name']) == name
            texts = texts if texts is not None or not is_meant else []
        elif is_meant and texts is not None and written.startswith(_REQUIRES):
            texts.append(written.removeprefix(_REQUIRES).strip())
    if texts is None:
        return None
    try:
        for text in texts:
            _parsed(text)
    except InvalidRequirement:
        return None
    return tuple(PublishedRequirement(text, line.newest.tag) for text in texts)


def _locks(member: Member) -> tuple[str, ...]:
    return (LOCK_FILE,) if has_dynamic_requirements(member.manifest) else ()


def _of_manifest(member: Member, former: _Former, workspace: Workspace) -> Iterator[PublishedRequirement]:
    path, text, lock, origin = former
    requirements = member.requirements
    is_present = text is None or (text.replace('\r\n', '\n') == member.manifest.text and not lock)
    if text is not None and not is_present:
        with suppress(ValueError, WorkspaceError):
            manifest = Manifest(member.manifest.path, path, text, parse_toml(text))
            known = locked_members(lock, {member.name}).get(member.name) if has_dynamic_requirements(manifest) else None
            dynamic = dynamic_requirements(manifest, known.requirements) if known else ()
            requirements = (*declared_requirements(manifest), *dynamic)
    else:
        origin = origin if text is not None else 'HEAD'
    for requirement in requirements:
        if requirement.kind in INSTALLED and requirement.name in workspace.by_name and requirement.name != member.name:
            yield PublishedRequirement(requirement.text, origin, requirement)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Requirement:
    return Requirement(text)
