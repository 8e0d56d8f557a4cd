# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Packages that share a version: groups, or all of them, or each one alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from releasekit.model.configuration import Configuration, GroupKind, Releases, Versioning
from releasekit.model.errors import WorkspaceError


@dataclass(frozen=True)
class Unit:
    """Packages with one version; `label` is what reasons call them. In a fixed unit all are released, or none.

    `releases` is the kind of version that is configured for them together.
    """

    names: tuple[str, ...]
    is_fixed: bool = False
    label: str = ''
    releases: Releases | None = None


def units_of(names: Sequence[str], configuration: Configuration) -> tuple[Unit, ...]:
    """Return the units that packages form; each package belongs to exactly one.

    Raises:
        WorkspaceError: A package is in two groups, or a group's pattern matches none.
    """
    if configuration.versioning is Versioning.LOCKSTEP:
        return (Unit(tuple(names), is_fixed=True, label='all versions are one'),)
    units: list[Unit] = []
    owner: dict[str, str] = {}
    for label, group in configuration.groups.items():
        for pattern in group.members:
            if not any(fnmatchcase(name, pattern) for name in names):
                raise WorkspaceError(
                    'RK-CONFIG-VALUE', f'group {label!r}: {pattern!r} matches no published member; correct or remove it'
                )
        inside = tuple(name for name in names if any(fnmatchcase(name, pattern) for pattern in group.members))
        for name in inside:
            if owner.setdefault(name, label) != label:
                raise WorkspaceError('RK-CONFIG-VALUE', f'{name} is in the groups {owner[name]!r} and {label!r}')
        units.append(Unit(inside, group.kind is GroupKind.FIXED, f'group {label}', group.releases))
    return (*units, *(Unit((name,)) for name in names if name not in owner))
