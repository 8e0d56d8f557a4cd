# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The version that packages with one version get, once it is decided how far it is raised."""

from packaging.version import InvalidVersion, Version

from releasekit.model.plan import Level, ReleaseKind
from releasekit.model.requirement import read_version
from releasekit.version.facts import Facts
from releasekit.version.history.tags import Line
from releasekit.version.numbers import base_of, kind_of, numbered, raised, without_dev
from releasekit.version.units import Unit


STABLE = (ReleaseKind.FINAL, ReleaseKind.POST)
_NOTHING = Version('0.dev0')


class Targets:
    """Gives each unit its version; a pure function of facts."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._zero = facts.workspace.configuration.zero

    def version(self, unit: Unit, level: Level) -> Version:
        """Return the version of a unit whose changes are of some level."""
        asked = [version for name in unit.names if (version := self.asked_for(name, unit))]
        if asked:
            return max(asked)
        kind, newest, burnt = self._facts.kinds[unit.names[0]], self.newest(unit), self._burnt(unit)
        target = self._target(unit, level, kind)
        while kind is ReleaseKind.FINAL and target in burnt:
            target = raised(target, Level.PATCH, self._zero)
        written = [self._facts.written[name] for name in unit.names]
        ahead = [
            version
            for version in (it if kind is ReleaseKind.DEV else without_dev(it) for it in written)
            if kind_of(version) is kind and base_of(version) == base_of(target) and version > newest
        ]
        free = [version for version in ahead if version not in burnt]
        taken = {version for name in unit.names for version in self._facts.taken.get(name, ())} | burnt | {newest}
        distance = max(self._facts.distance.get(name, 0) for name in unit.names)
        return max(free) if free else numbered(target, kind, taken, distance)

    def newest(self, unit: Unit) -> Version:
        """Return the newest version that a unit was released with."""
        return max((line.newest.version for line in self._lines_of(unit)), default=_NOTHING)

    def asked_for(self, name: str, unit: Unit) -> Version | None:
        """Return the version that a `Release-As:` footer asks for, if a package can have it."""
        if (asked := self._facts.asked.get(name)) is None:
            return None
        try:
            version = read_version(asked.version)
        except InvalidVersion:
            return None
        is_free = version > self.newest(unit) and version not in self._burnt(unit)
        return version if is_free and version.local is None else None

    def _target(self, unit: Unit, level: Level, kind: ReleaseKind) -> Version:
        """Return the final version that a unit is on the way to."""
        if kind is ReleaseKind.POST:
            return max(base_of(line.final.version) for line in self._lines_of(unit) if line.final)
        found: list[Version] = []
        for name in unit.names:
            line, written = self._facts.lines.get(name), self._facts.written[name]
            if line and line.final:
                found.append(raised(line.final.version, level, self._zero))
            if line and line.newest.version.is_prerelease:
                found.append(base_of(line.newest.version))
            if line is None or written > line.newest.version:
                found.append(written if kind_of(written) in STABLE else base_of(written))
        return max(found)

    def _burnt(self, unit: Unit) -> set[Version]:
        return {version for name in unit.names for version in self._facts.burnt.get(name, ())}

    def _lines_of(self, unit: Unit) -> list[Line]:
        return [self._facts.lines[name] for name in unit.names if name in self._facts.lines]
