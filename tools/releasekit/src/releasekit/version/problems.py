# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What keeps a plan from being carried out, each with the way out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from packaging.version import Version

from releasekit.model.configuration import PinStyle, PublicApi
from releasekit.model.plan import Level, Problem
from releasekit.model.workspace import Edge
from releasekit.version.facts import Facts
from releasekit.version.requirements import admits, style_of
from releasekit.version.targets import Targets
from releasekit.version.units import Unit


@dataclass(frozen=True)
class Decided:
    """What is planned so far: the level and the version of each package that is released, and who shares versions."""

    facts: Facts
    units: Mapping[str, Unit]
    levels: Mapping[str, Level]
    versions: Mapping[str, Version]

    def reachable(self, name: str) -> Version | None:
        """Return the version that a dependant can have of a package once the plan is carried out."""
        line = self.facts.lines.get(name)
        return self.versions.get(name) or (line.newest.version if line else None)


def problems_of(decided: Decided) -> tuple[Problem, ...]:
    """Return the problems of a plan, by member."""
    return tuple(
        sorted(_problems(decided), key=lambda problem: (problem.member, problem.code, problem.message)),
    )


def _problems(decided: Decided) -> Iterator[Problem]:
    for name, version in decided.versions.items():
        yield from _unsaid(decided, name)
        yield from tuple(_asked(decided, name)) or _numbered(decided, name, version)
        yield from _foreign(decided, name, version)
        if name in decided.facts.uncommitted:
            folder = decided.facts.workspace.by_name[name].folder
            text = f'{folder}/ is not in the commit that would be released; `git add {folder}`, and commit it'
            yield Problem('RK-PLAN-UNCOMMITTED', name, text)
        if name in decided.facts.workspace.unread:
            text = 'its requirements are dynamic, and uv.lock does not hold them; run `uv lock`, and commit the result'
            yield Problem('RK-PLAN-DYNAMIC', name, text)
    for name in decided.facts.written:
        yield from _behind(decided, name)
    for edge in decided.facts.workspace.edges:
        yield from _unmet(decided, edge)


def _numbered(decided: Decided, name: str, version: Version) -> Iterator[Problem]:
    """Yield what is wrong with a version itself."""
    line = decided.facts.lines.get(name)
    if version.local is not None:
        text = f'{version} is a local version, which no index takes; write {version.public}'
        yield Problem('RK-PLAN-LOCAL', name, text)
    elif line and version <= line.newest.version:
        text = f'{version} is not above {line.newest.version}, which was released on this line'
        yield Problem('RK-PLAN-BACKWARDS', name, f'{text}; ask for a later --kind, or write a version')
    elif version in decided.facts.taken.get(name, ()):
        text = f'{version} exists already, on another line of the history'
        yield Problem('RK-PLAN-TAKEN', name, f'{text}; write a free version in the manifest')


def _asked(decided: Decided, name: str) -> Iterator[Problem]:
    """Yield the wish of a commit that cannot be met."""
    asked, unit = decided.facts.asked.get(name), decided.units[name]
    targets = Targets(decided.facts)
    if asked and targets.asked_for(name, unit) is None:
        text = f'`Release-As: {asked.version}` ({asked.commit[:7]}) cannot be: it has to be a public version, not burnt'
        text = f'{text}, above {targets.newest(unit)}; a later commit may ask for another one'
        yield Problem('RK-PLAN-ASKED', name, text)


def _foreign(decided: Decided, name: str, version: Version) -> Iterator[Problem]:
    """Yield a first release under a name that an index has already."""
    inputs = decided.facts.inputs
    others = [it for it in inputs.published.get(name, ()) if it != str(version)]
    if name not in decided.facts.lines and others:
        more = f' and {len(others) - 3} more' if len(others) > 3 else ''  # noqa: PLR2004 - some are enough
        text = f'{version} would be its first release, and {inputs.index} has {", ".join(others[-3:])}{more}'
        way_out = 'If they are yours, tag the last one, or set `bootstrap`; else take another name'
        yield Problem('RK-PLAN-FOREIGN', name, f'{text}. {way_out}.')


def _behind(decided: Decided, name: str) -> Iterator[Problem]:
    """Yield a manifest whose version is below the final release of its line: one of the two is another project's."""
    line, written = decided.facts.lines.get(name), decided.facts.written[name]
    if line and line.final and line.final.tag and written < line.final.version:
        member = decided.facts.workspace.by_name[name]
        text = f'{member.manifest.place("project", "version")}: {written} is below {line.final.version}'
        way_out = 'write that version; or, if the tag is not of this package, set `tag` and `tags-read` to what is'
        yield Problem('RK-PLAN-BEHIND', name, f'{text}, which the tag {line.final.tag!r} says was released; {way_out}')


def _unsaid(decided: Decided, name: str) -> Iterator[Problem]:
    """Yield the breaks of a public interface that no commit speaks of."""
    facts = decided.facts
    content = facts.contents.get(name)
    is_guarded = facts.workspace.configuration.public_api is PublicApi.GUARD
    if content is None or not is_guarded or facts.is_announced(name):
        return
    if content.api.broken and decided.levels[name] < Level.MAJOR and not _is_next_line(decided, name):
        text = f'its public interface broke, and no commit says so: {named(content.api.broken)}'
        way_out = 'Mend it; or add a commit with `!`, or an intent file, that says which level this is'
        yield Problem('RK-PLAN-BREAKS', name, f'{text}. {way_out}.')


def _is_next_line(decided: Decided, name: str) -> bool:
    """Return whether a version is beyond the range that those who have the last final one accept."""
    line = decided.facts.lines.get(name)
    before = line.final.version if line and line.final else None
    version = decided.versions[name]
    return before is not None and (
        version.major > before.major or (version.major == before.major == 0 and version.minor > before.minor)
    )


def _unmet(decided: Decided, edge: Edge) -> Iterator[Problem]:
    version = decided.reachable(edge.dependency)
    requirement = edge.requirement
    place, admitted = f'{requirement.place}: {requirement.text!r}', requirement.parsed.specifier
    if edge.dependency in decided.versions:
        is_kept = style_of(edge, decided.facts.workspace.configuration) is PinStyle.KEEP
        if is_kept and not admits(admitted, decided.versions[edge.dependency]):
            text = f'{place} leaves out {edge.dependency} {version}; widen it, or set another pin style'
            yield Problem('RK-PLAN-EXCLUDED', edge.dependant, text)
        return
    is_needed = edge.dependant in decided.versions and decided.facts.is_installed(edge)
    if is_needed and not (version and admits(admitted, version)):
        state = f'whose newest release is {version}' if version else 'which was never released'
        text = f'{place} asks for {edge.dependency}, {state}; release it too'
        yield Problem('RK-PLAN-UNRELEASED', edge.dependant, text)


def named(paths: tuple[str, ...]) -> str:
    """Return the first of some paths, and how many more there are."""
    more = f' and {len(paths) - 3} more' if len(paths) > 3 else ''  # noqa: PLR2004 - some are enough
    return ', '.join(paths[:3]) + more
