# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Deciding versions: a pure function from facts to a plan."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from packaging.version import Version

from releasekit.model.configuration import PinStyle, Propagation, PublicApi
from releasekit.model.errors import RefusedError, UsageError
from releasekit.model.plan import ApiChange, Change, Level, Plan, Reason, Release, ReleaseKind, Rewrite
from releasekit.model.workspace import Edge
from releasekit.version.facts import Facts
from releasekit.version.numbers import kind_of
from releasekit.version.problems import Decided, named, problems_of
from releasekit.version.published import PublishedRequirement
from releasekit.version.requirements import admits, propagation_of, rewritten, style_of
from releasekit.version.targets import STABLE, Targets
from releasekit.version.units import Unit, units_of


def make_plan(facts: Facts) -> Plan:
    """Return the plan that follows from facts; equal facts give equal plans.

    Raises:
        RefusedError: Requirements form a cycle.
        UsageError: `only` names a member that is not published, or is missing for post-releases, or one
            of those has no final release to repair.
        WorkspaceError: Groups contradict one another.
    """
    _refuse_cycles(facts)
    return _Planner(facts).plan()


@dataclass(frozen=True)
class _Link:
    """One package that may have to follow another one: what its newest release asks for, and its manifest now."""

    dependant: str
    dependency: str
    published: tuple[PublishedRequirement, ...]
    edges: tuple[Edge, ...]


@dataclass
class _Draft:
    """What is decided about one released package so far; `causes` are the links that it follows."""

    level: Level
    reasons: list[Reason] = field(default_factory=list[Reason])
    causes: list[_Link] = field(default_factory=list[_Link])


class _Planner:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._configuration = facts.workspace.configuration
        self._lines = facts.lines
        self._targets = Targets(facts)
        self._units = {
            name: unit for unit in units_of(tuple(facts.written), self._configuration) for name in unit.names
        }
        self._allowed = self._selected()
        self._drafts: dict[str, _Draft] = {}
        self._held: dict[str, str] = {}
        self._proposed: dict[str, str] = {}
        self._waiting = self._links()

    def plan(self) -> Plan:
        for name in self._facts.written:
            if name in self._allowed:
                self._begin(name)
        while self._join() or self._follow():
            pass
        versions = {name: self._version(self._units[name]) for name in self._drafts}
        tiers = self._facts.graph.levels
        levels = {name: draft.level for name, draft in self._drafts.items()}
        decided = Decided(self._facts, self._units, levels, versions)
        releases = [self._release(name, decided, tiers[name]) for name in self._drafts]
        releases.sort(key=lambda release: (release.tier, release.name))
        return Plan(
            self._facts.inputs,
            self._facts.time,
            tuple(releases),
            {
                name: str(line.newest.version) if (line := self._lines.get(name)) else None
                for name in sorted(self._facts.written)
                if name not in self._drafts
            },
            dict(self._facts.removed),
            problems_of(decided),
            {name: text for name, text in sorted(self._held.items()) if name not in self._drafts},
            tuple(sorted(name for name in self._facts.written if self._is_unannounced(name))),
            dict(sorted(self._proposed.items())),
            self._uncompared(),
            self._waves(releases),
        )

    def _waves(self, releases: Sequence[Release]) -> tuple[tuple[str, ...], ...]:
        """Return new names by day; what is needed comes first, as releases are in publishing order."""
        many = self._configuration.new_projects
        new = tuple(release.name for release in releases if release.old is None)
        return tuple(new[place : place + many] for place in range(0, len(new), many)) if many else ()

    def _selected(self) -> frozenset[str]:
        """Return the packages that may be released: all, or those asked for with the rest of their fixed units."""
        if self._facts.inputs.kind is ReleaseKind.POST and not self._facts.inputs.only:
            raise UsageError('RK-USAGE', '--kind post repairs single packages; name them with --only')
        if not self._facts.inputs.only:
            return frozenset(self._facts.written)
        selected: set[str] = set()
        for asked in self._facts.inputs.only:
            name = self._facts.workspace.find(asked).name
            if name not in self._units:
                raise UsageError('RK-USAGE', f'--only {asked}: {name} is not published, so it cannot be released')
            unit = self._units[name]
            selected.update(unit.names if unit.is_fixed else (name,))
        return frozenset(selected)

    def _begin(self, name: str) -> None:
        """Draft a package for what happened in it alone."""
        line, written = self._lines.get(name), self._facts.written[name]
        kind = self._facts.kinds[name]
        if kind is ReleaseKind.POST:
            self._refuse_unreleased(name)
            self._raise(name, Level.PATCH, Reason('a post-release was asked for', Level.PATCH))
            return
        if asked := self._facts.asked.get(name):
            text = f'`Release-As: {asked.version}` ({asked.commit[:7]})'
            self._raise(name, Level.NONE, Reason(text, Level.NONE))
        if line is None:
            self._raise(name, Level.NONE, Reason('first release', Level.NONE))
            return
        trigger, content = self._facts.changes(name), self._facts.contents.get(name)
        if trigger and content and content.is_same and not self._facts.is_announced(name):
            self._held[name] = f'{_summary(trigger)}, and a build would give what it gave before'
        elif trigger:
            level = max((change.level for change in self._facts.since_final[name]), default=Level.NONE)
            self._raise(name, level, Reason(_summary(trigger), level))
            if content and not self._facts.is_announced(name):
                self._heed_api(name, level, content.api)
        if written > line.newest.version and self._is_written_for(written, kind) and not self._is_burnt(name, written):
            self._raise(name, Level.NONE, Reason(f'{written} is written in its files', Level.NONE))
        if kind is ReleaseKind.FINAL and line.newest.version.is_prerelease:
            self._raise(name, Level.NONE, Reason(f'{line.newest.version} becomes final', Level.NONE))

    def _refuse_unreleased(self, name: str) -> None:
        lines = [self._lines[other] for other in self._units[name].names if other in self._lines]
        if not any(line.final for line in lines):
            text = f'--kind post: {name} has no final release yet, and a post-release repairs one; release it first'
            raise UsageError('RK-USAGE', text)

    def _heed_api(self, name: str, level: Level, api: ApiChange) -> None:
        """Raise a draft to what its public interface asks for, or propose it; breaks are problems of the plan."""
        if api.level > level:
            text = f'breaks {named(api.broken)}' if api.broken else f'adds {named(api.added)}'
            if self._configuration.public_api is PublicApi.RAISE:
                self._raise(name, api.level, Reason(text, api.level))
            elif not api.broken:
                self._proposed[name] = f'{text}, which is {api.level.label}'

    def _uncompared(self) -> dict[str, str]:
        """Return why the interfaces of released packages were not compared."""
        contents = self._facts.contents
        return {
            name: contents[name].api.unread
            for name in sorted(self._drafts)
            if name in contents and contents[name].api.unread
        }

    def _is_unannounced(self, name: str) -> bool:
        """Return whether the content of a package changed, and nobody said so."""
        content = self._facts.contents.get(name)
        return content is not None and not content.is_same and name not in self._drafts

    def _join(self) -> bool:
        """Let fixed units be released as a whole; tell whether something moved."""
        before = len(self._drafts)
        for unit in dict.fromkeys(self._units.values()):
            released = [name for name in unit.names if name in self._drafts]
            if unit.is_fixed and released:
                leader = max(released, key=lambda name: self._drafts[name].level)
                for name in unit.names:
                    if name not in self._drafts:
                        reason = Reason(f'{unit.label}, and {leader} is released', Level.PATCH, leader)
                        self._raise(name, Level.NONE, reason)
        return len(self._drafts) > before

    def _follow(self) -> bool:
        """Let dependants follow whose policy asks for it; tell whether something moved."""
        version_of = cache(self._version)
        before, waiting = len(self._waiting), list[_Link]()
        for link in self._waiting:
            if link.dependency in self._drafts and self._is_followed(link, version_of(self._units[link.dependency])):
                self._raise(link.dependant, Level.PATCH, None).causes.append(link)
            else:
                waiting.append(link)
        self._waiting = waiting
        return len(waiting) < before

    def _links(self) -> list[_Link]:
        """Return the pairs of a package that may follow and one that it needs, by manifest or by newest release."""
        edges: defaultdict[tuple[str, str], list[Edge]] = defaultdict(list)
        for edge in self._facts.installed_edges:
            edges[edge.dependant, edge.dependency].append(edge)
        published: defaultdict[tuple[str, str], list[PublishedRequirement]] = defaultdict(list)
        for dependant, requirements in self._facts.published.items():
            for requirement in requirements:
                if requirement.name in self._units and dependant in self._units:
                    published[dependant, requirement.name].append(requirement)
        return [
            _Link(*pair, tuple(published[pair]), tuple(edges[pair]))
            for pair in dict.fromkeys((*edges, *published))
            if pair[0] in self._allowed and pair[0] in self._lines
        ]

    def _is_followed(self, link: _Link, version: Version) -> bool:
        policy = propagation_of(link.dependant, link.dependency, self._configuration)
        if policy is Propagation.ALWAYS:
            return bool(link.edges)
        return policy is Propagation.OUT_OF_RANGE and bool(_left_out(link, version)) and self._is_helped(link, version)

    def _is_helped(self, link: _Link, version: Version) -> bool:
        """Tell whether a new release of the dependant admits a version; a kept requirement says what it says."""
        kept = [edge for edge in link.edges if style_of(edge, self._configuration) is PinStyle.KEEP]
        return all(admits(edge.requirement.parsed.specifier, version) for edge in kept)

    def _raise(self, name: str, level: Level, reason: Reason | None) -> _Draft:
        draft = self._drafts.setdefault(name, _Draft(level))
        draft.level = max(draft.level, level)
        if reason:
            draft.reasons.append(reason)
        return draft

    def _pinned(self, edge: Edge, version: Version) -> str:
        style = style_of(edge, self._configuration)
        return rewritten(edge.requirement.text, style, version, self._configuration.zero)

    def _version(self, unit: Unit) -> Version:
        """Return the version of a unit's released members, as far as it is decided."""
        return self._targets.version(unit, self._level(unit))

    def _level(self, unit: Unit) -> Level:
        return max((self._drafts[name].level for name in unit.names if name in self._drafts), default=Level.NONE)

    def _is_burnt(self, name: str, version: Version) -> bool:
        return version in self._facts.burnt.get(name, ())

    def _is_written_for(self, version: Version, kind: ReleaseKind) -> bool:
        """Tell whether a version that is written is one of the kind that the package gets."""
        written = kind_of(version)
        return written is kind or (written in STABLE and kind is ReleaseKind.FINAL)

    def _release(self, name: str, decided: Decided, tier: int) -> Release:
        draft, line, version = self._drafts[name], self._lines.get(name), str(decided.versions[name])
        reasons = [*draft.reasons, *(self._following(link, decided.versions) for link in draft.causes)]
        return Release(
            name,
            str(self._facts.workspace.by_name[name].folder),
            tier,
            str(line.newest.version) if line else None,
            version,
            self._level(self._units[name]),
            self._configuration.tag.format(name=name, version=version),
            tuple(reasons),
            self._facts.changes(name),
            tuple(dict.fromkeys(self._rewrites(name, decided))),
        )

    def _following(self, link: _Link, versions: Mapping[str, Version]) -> Reason:
        version = versions[link.dependency]
        if propagation_of(link.dependant, link.dependency, self._configuration) is Propagation.ALWAYS:
            return Reason(f'follows {link.dependency} {version}', Level.PATCH, link.dependency)
        left_out = _left_out(link, version)[0]
        what = 'is dynamic and may leave out' if left_out.is_open else 'leaves out'
        text = f'{left_out.text!r} ({left_out.place}) {what} {link.dependency} {version}'
        return Reason(text, Level.PATCH, link.dependency)

    def _rewrites(self, name: str, decided: Decided) -> Iterator[Rewrite]:
        for edge in self._facts.installed_edges:
            version = decided.reachable(edge.dependency)
            if edge.dependant == name and version is not None:
                new = self._pinned(edge, version)
                if new != edge.requirement.text:
                    yield Rewrite(edge.requirement.section, edge.requirement.text, new)


def _left_out(link: _Link, version: Version) -> list[PublishedRequirement]:
    """Return the published requirements that do not admit a version."""
    return [requirement for requirement in link.published if not requirement.admits(version)]


def _summary(changes: tuple[Change, ...]) -> str:
    strongest = max(changes, key=lambda change: change.level)
    return strongest.label if len(changes) == 1 else f'{strongest.label} and {len(changes) - 1} more'


def _refuse_cycles(facts: Facts) -> None:
    for cycle in facts.graph.hard_cycles:
        places = ', '.join(edge.requirement.place for edge in cycle.edges)
        raise RefusedError('RK-GRAPH-CYCLE', f'no release order: {" -> ".join(cycle.names)} ({places})')
