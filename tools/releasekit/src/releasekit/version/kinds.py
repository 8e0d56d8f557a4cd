# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The kind of version that each package gets: the one asked for, else its own."""

from collections.abc import Mapping

from packaging.version import Version

from releasekit.model.configuration import Configuration, PackagePolicy
from releasekit.model.errors import WorkspaceError
from releasekit.model.plan import ReleaseKind
from releasekit.version.history.tags import Line
from releasekit.version.numbers import kind_of, without_dev
from releasekit.version.units import Unit, units_of


def kinds_of(
    configuration: Configuration, asked: ReleaseKind | None, lines: Mapping[str, Line], written: Mapping[str, Version]
) -> dict[str, ReleaseKind]:
    """Return the kind of each package, by name; packages that share a version share it too.

    What the configuration says in `releases` decides. Without that, packages that were released as final are, and
    others stay what their newest tag is or, without a tag, what is written.

    Raises:
        WorkspaceError: Packages that share a version are configured otherwise than one another.
    """
    units = units_of(tuple(written), configuration)
    return {
        name: kind
        for unit in units
        for name, kind in dict.fromkeys(unit.names, asked or _kind(unit, configuration, lines, written)).items()
    }


def _kind(
    unit: Unit, configuration: Configuration, lines: Mapping[str, Line], written: Mapping[str, Version]
) -> ReleaseKind:
    policies = {name: configuration.packages.get(name, PackagePolicy()).releases for name in unit.names}
    said = {releases for releases in (unit.releases, *policies.values()) if releases}
    if len(said) > 1:
        names = ', '.join(unit.names)
        text = f'{names} share a version, and `releases` says {" and ".join(sorted(said))} of them; say one'
        raise WorkspaceError('RK-CONFIG-VALUE', text)
    if said:
        return ReleaseKind(said.pop())
    known = [lines[name] for name in unit.names if name in lines]
    if any(line.final for line in known):
        return ReleaseKind.FINAL
    versions = [line.newest.version for line in known] or [without_dev(written[name]) for name in unit.names]
    kind = kind_of(max(versions, default=Version('0')))
    return ReleaseKind.FINAL if kind is ReleaseKind.POST else kind
