# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The requirements that a manifest declares, with the kind of each and the line it stands on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import cast

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.names import normalize_name


_DYNAMIC = ('project', 'dynamic')
# Longer numbers than these can neither be compared nor printed.
LONGEST_VERSION = 200


class RequirementKind(StrEnum):
    """What a requirement is for; only what an installer or a build needs orders a release."""

    RUNTIME = 'runtime'
    BUILD = 'build'
    EXTRA = 'extra'
    GROUP = 'group'

    @property
    def orders_release(self) -> bool:
        """Whether the required package must be published before the one that requires it."""
        return self in {RequirementKind.RUNTIME, RequirementKind.BUILD}


@dataclass(frozen=True)
class DeclaredRequirement:
    """One requirement as written; `section` names the extra or the dependency group, if it stands in one."""

    text: str
    parsed: Requirement
    kind: RequirementKind
    section: str | None
    manifest: Manifest
    keys: tuple[str | int, ...]

    @property
    def name(self) -> str:
        """The normalised name of what is required."""
        return normalize_name(self.parsed.name)

    @property
    def marker(self) -> str | None:
        """The environment marker, or None."""
        return str(self.parsed.marker) if self.parsed.marker else None

    @property
    def line(self) -> int:
        """The line in the manifest, counted from 1."""
        return self.manifest.line(*self.keys)

    @property
    def place(self) -> str:
        """The requirement's "file:line"."""
        return self.manifest.place(*self.keys)

    @property
    def is_dynamic(self) -> bool:
        """Whether the build backend says it, and the manifest only that it does."""
        return self.keys == _DYNAMIC

    @property
    def is_open(self) -> bool:
        """Whether its versions are not known: uv's lock has none of a requirement on a member."""
        return self.is_dynamic and not self.parsed.specifier

    @property
    def label(self) -> str:
        """The kind in words: `runtime`, `extra web`, `group test`."""
        return f'{self.kind} {self.section}' if self.section else str(self.kind)


def dynamic_requirements(
    manifest: Manifest, known: Iterable[tuple[str, str | None]]
) -> tuple[DeclaredRequirement, ...]:
    """Return requirements that the build backend says, from their texts and extras.

    Of those known, what the manifest says by itself is left out.
    """
    dynamic = manifest.strings(*_DYNAMIC)
    return tuple(
        _requirement(manifest, RequirementKind.EXTRA if extra else RequirementKind.RUNTIME, extra, text, _DYNAMIC)
        for text, extra in known
        if ('dependencies' if extra is None else 'optional-dependencies') in dynamic
    )


def has_dynamic_requirements(manifest: Manifest) -> bool:
    """Tell whether the manifest leaves requirements to the build backend."""
    return not {'dependencies', 'optional-dependencies'}.isdisjoint(manifest.strings(*_DYNAMIC))


def declared_requirements(manifest: Manifest) -> tuple[DeclaredRequirement, ...]:
    """Return every requirement of a manifest: runtime, build, extras, dependency groups, in this order.

    Raises:
        WorkspaceError: A requirement is not PEP 508, or a table has the wrong shape.
    """
    return tuple(_declared(manifest))


def _declared(manifest: Manifest) -> Iterator[DeclaredRequirement]:
    yield from _listed(manifest, RequirementKind.RUNTIME, None, ('project', 'dependencies'))
    yield from _listed(manifest, RequirementKind.BUILD, None, ('build-system', 'requires'))
    for extra in manifest.table('project', 'optional-dependencies'):
        yield from _listed(manifest, RequirementKind.EXTRA, extra, ('project', 'optional-dependencies', extra))
    for group in manifest.table('dependency-groups'):
        yield from _grouped(manifest, group)
    yield from _listed(manifest, RequirementKind.GROUP, 'dev', ('tool', 'uv', 'dev-dependencies'))


def _listed(
    manifest: Manifest, kind: RequirementKind, section: str | None, keys: tuple[str, ...]
) -> Iterator[DeclaredRequirement]:
    for index, text in enumerate(manifest.strings(*keys)):
        yield _requirement(manifest, kind, section, text, (*keys, index))


def _grouped(manifest: Manifest, group: str) -> Iterator[DeclaredRequirement]:
    keys = ('dependency-groups', group)
    items = manifest.value(*keys)
    if not isinstance(items, list):
        raise WorkspaceError(
            'RK-MANIFEST-SHAPE', f'{manifest.place(*keys)}: dependency group {group!r} must be a list, not {items!r}'
        )
    for index, item in enumerate(cast('list[object]', items)):
        place = (*keys, index)
        if isinstance(item, str):
            yield _requirement(manifest, RequirementKind.GROUP, group, item, place)
        elif not (isinstance(item, Mapping) and 'include-group' in item):
            raise WorkspaceError(
                'RK-MANIFEST-SHAPE',
                f'{manifest.place(*place)}: {item!r} in dependency group {group!r} is neither a requirement '
                'nor `{ include-group = "..." }`',
            )


def _requirement(
    manifest: Manifest, kind: RequirementKind, section: str | None, text: str, keys: tuple[str | int, ...]
) -> DeclaredRequirement:
    try:
        parsed = _parse(text)
    except InvalidRequirement as error:
        reason = str(error).splitlines()[0]
        shown = text if len(text) <= LONGEST_VERSION else f'{text[:40]}…'
        raise WorkspaceError(
            'RK-MANIFEST-REQUIREMENT', f'{manifest.place(*keys)}: {shown!r} is not a PEP 508 requirement: {reason}'
        ) from error
    return DeclaredRequirement(text, parsed, kind, section, manifest, keys)


@lru_cache(maxsize=4096)
def _parse(text: str) -> Requirement:
    """Parse a requirement once for the many members that repeat it; nobody changes the result."""
    parsed = Requirement(text)
    for specifier in parsed.specifier:
        if len(specifier.version) > LONGEST_VERSION:
            raise InvalidRequirement(f'a version of {len(specifier.version)} characters')
    return parsed


def read_version(text: str) -> Version:
    """Return a version.

    Raises:
        InvalidVersion: It is not PEP 440, or longer than any version is.
    """
    if len(text) > LONGEST_VERSION:
        raise InvalidVersion(f'a version of {len(text)} characters')
    return Version(text)
