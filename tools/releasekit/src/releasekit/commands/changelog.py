# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit changelog`: the notes of the next release, printed, or written into the changelogs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from releasekit.commands.plan import Planned, PlanOptions, plan
from releasekit.model.plan import Plan
from releasekit.version.notes import combined_notes, section, updated_changelog
from releasekit.workspace.edit import write_text
from releasekit.workspace.regular import read_text


CHANGELOG = 'CHANGELOG.md'


@dataclass(frozen=True)
class ChangelogReport:
    """The section of each package, the notes of all of them, and the files that were written."""

    plan: Plan
    sections: dict[str, str]
    combined: str
    written: tuple[str, ...] = ()


def changelog(start: Path, options: PlanOptions, *, write: bool = False) -> ChangelogReport:
    """Make the notes of the next release, and write them if that is asked for.

    Raises:
        ReleasekitError: See `releasekit.commands.plan.plan`.
    """
    planned = plan(start, options)
    written = write_notes(planned) if write else ()
    sections = {release.name: section(planned.plan, release) for release in planned.plan.releases}
    return ChangelogReport(planned.plan, sections, combined_notes(planned.plan), written)


def write_notes(planned: Planned, prose: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Write the section of each package into its changelog, and return the files that changed.

    Args:
        planned: The release, and the workspace that holds the files.
        prose: What people wrote elsewhere about a package's version, by name.
    """
    written: list[str] = []
    for release in planned.plan.releases:
        member = planned.workspace.by_name[release.name]
        path = member.path / CHANGELOG
        before = read_text(path) if path.exists() else f'# Changelog\n\nNotable changes of `{release.name}`.\n'
        after = updated_changelog(before, planned.plan, release, (prose or {}).get(release.name, ''))
        if after != before:
            write_text(path, after)
            written.append(member.inside(CHANGELOG))
    return tuple(written)
