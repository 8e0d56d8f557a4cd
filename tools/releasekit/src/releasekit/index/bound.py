# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Projects in which names are bound to indexes, so that a name is taken from its own index or from none.

uv takes a package from the first index that knows its name. An index that takes files may know any name, so it is never
put beside the others: it is marked ``explicit``, and only the names that belong there are bound to it. uv binds the
direct requirements of a project; therefore all names that are bound become direct requirements.
Source: https://docs.astral.sh/uv/concepts/indexes/#pinning-a-package-to-an-index
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from releasekit.model.manifest import Manifest
from releasekit.model.names import normalize_name
from releasekit.model.requirement import DeclaredRequirement, RequirementKind
from releasekit.model.workspace import Workspace


_SETTINGS = ('index-url', 'extra-index-url', 'find-links', 'index-strategy', 'no-index')


@dataclass(frozen=True)
class Place:
    """An index, and the names that come from there and from nowhere else; a flat one is a folder of files."""

    name: str
    url: str
    names: frozenset[str]
    is_flat: bool = False


@dataclass(frozen=True)
class Bindings:
    """Where names come from.

    Attributes:
        places: The indexes that names are bound to; of two that claim one name, the first has it.
        indexes: The further indexes, as `[[tool.uv.index]]` has them.
        sources: Names of third parties that are bound to one of these.
        settings: Other settings of uv about indexes.
    """

    places: tuple[Place, ...]
    indexes: tuple[Mapping[str, Any], ...] = ()
    sources: Mapping[str, Any] = field(default_factory=dict[str, Any])
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def bound(self) -> frozenset[str]:
        """The names that are bound to an index."""
        return frozenset(self.sources).union(*(place.names for place in self.places))

    def write(self, folder: Path, requires: Iterable[str]) -> Path:
        """Write a project with some requirements, and return its manifest.

        Args:
            folder: Becomes the project's folder.
            requires: Its direct requirements, all names that are bound and needed among them.
        """
        import tomlkit  # noqa: PLC0415 - slow to import

        folder.mkdir(parents=True, exist_ok=True)
        named = {place.name for place in self.places}
        others = [dict(index) for index in self.indexes if index.get('name') not in named]
        default = {index.get('name') for index in self.indexes if index.get('default')}
        sources: dict[str, Any] = dict(self.sources)
        for place in reversed(self.places):
            sources.update((name, {'index': place.name}) for name in sorted(place.names))
        document = {
            'project': {
                'name': 'releasekit-bound',
                'version': '0',
                'requires-python': '>=3.8',
                'dependencies': list(dict.fromkeys(requires)),
            },
            'tool': {
                'uv': {
                    'package': False,
                    **self.settings,
                    'index': [*(_entry(place, is_default=place.name in default) for place in self.places), *others],
                    'sources': sources,
                }
            },
        }
        path = folder / 'pyproject.toml'
        path.write_text(tomlkit.dumps(document), encoding='utf-8')
        return path


def bindings_of(workspace: Workspace, places: Iterable[Place]) -> Bindings:
    """Return where names come from: some from given places, all others from where the workspace has them.

    The workspace's own indexes stay, with their marks, and so do its bindings of third parties to them. What it takes
    from git, from a path or from an address does not: no user of a published package has it from there.

    Args:
        workspace: Whose names they are.
        places: The indexes that names are bound to.
    """
    settings = workspace.manifest.table('tool', 'uv')
    indexes = cast('list[Mapping[str, Any]]', workspace.manifest.value('tool', 'uv', 'index') or [])
    return Bindings(
        tuple(places),
        tuple(_absolute(index, workspace.root) for index in indexes),
        _sources(workspace),
        {name: settings[name] for name in _SETTINGS if name in settings},
    )


def needed_lines(workspace: Workspace, names: Collection[str], bound: Collection[str]) -> tuple[str, ...]:
    """Return requirements for all bound names that some members need, directly or not.

    Args:
        workspace: Has the members.
        names: The members.
        bound: The names of interest; a member's own name is left out.
    """
    found = (
        _line(requirement)
        for member, requirement in _reached(workspace, names)
        if requirement.name in bound and requirement.name not in names and requirement.name != member
    )
    return tuple(dict.fromkeys(found))


def needed_members(workspace: Workspace, names: Collection[str]) -> frozenset[str]:
    """Return the other members that some members need, directly or not."""
    reached = {requirement.name for _, requirement in _reached(workspace, names)}
    return frozenset(reached & workspace.by_name.keys() - set(names))


def _reached(workspace: Workspace, names: Iterable[str]) -> Iterator[tuple[str, DeclaredRequirement]]:
    """Yield the requirements that an installation of some members meets, each with the member that has it."""
    pending: list[tuple[str, str | None]] = [(name, None) for name in sorted(names)]
    seen = set(pending)
    while pending:
        name, extra = pending.pop()
        for requirement in workspace.by_name[name].requirements:
            if not _counts(requirement, extra):
                continue
            yield name, requirement
            if requirement.name in workspace.by_name:
                parts = {(requirement.name, part) for part in (None, *requirement.parsed.extras)} - seen
                seen |= parts
                pending.extend(sorted(parts, key=str))


def _counts(requirement: DeclaredRequirement, extra: str | None) -> bool:
    if extra is None:
        return requirement.kind is RequirementKind.RUNTIME
    section = normalize_name(requirement.section or '')
    return requirement.kind is RequirementKind.EXTRA and section == normalize_name(extra)


def _line(requirement: DeclaredRequirement) -> str:
    """Return a requirement without versions: which ones fit, the metadata of what is installed says."""
    parsed = Requirement(requirement.text)
    parsed.url, parsed.specifier = None, SpecifierSet()
    return str(parsed)


def _sources(workspace: Workspace) -> dict[str, Any]:
    """Return the names of third parties that a manifest of the workspace binds to an index."""
    found: dict[str, Any] = {}
    manifests: Sequence[Manifest] = (*(member.manifest for member in workspace.members), workspace.manifest)
    for manifest in manifests:
        for written, entry in manifest.table('tool', 'uv', 'sources').items():
            entries = cast('list[Mapping[str, Any]]', entry if isinstance(entry, list) else [entry])
            indexed = [dict(item) for item in entries if 'index' in item]
            name = normalize_name(written)
            if indexed and name not in workspace.by_name:
                found[name] = indexed
    return found


def _entry(place: Place, *, is_default: bool) -> dict[str, Any]:
    mark = {'default': True} if is_default else {'explicit': True}
    return {'name': place.name, 'url': place.url, **mark, **({'format': 'flat'} if place.is_flat else {})}


def _absolute(index: Mapping[str, Any], root: Path) -> Mapping[str, Any]:
    """Return an index whose address, if it is a path of the workspace, holds from anywhere."""
    url = str(index.get('url', ''))
    is_path = url and '://' not in url and not url.startswith('file:')
    entry = {name: value for name, value in index.items() if name != 'publish-url'}
    return {**entry, 'url': str((root / url).resolve())} if is_path else entry
