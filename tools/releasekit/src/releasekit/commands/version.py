# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit version`: writes the planned versions where they belong, all of them or none."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import Version

from releasekit.commands.plan import Planned, PlanOptions, usable_plan
from releasekit.model.configuration import PinStyle
from releasekit.model.plan import Plan
from releasekit.version.requirements import admits, rewritten, style_of
from releasekit.workspace.edit import edited, write_text
from releasekit.workspace.regular import read_text
from releasekit.workspace.uv.lock import LOCK_FILE, refresh_lock
from releasekit.workspace.versions import version_edits


@dataclass(frozen=True)
class VersionReport:
    """What was written, or would be: files that changed, intent files that are used up; relative to the root."""

    plan: Plan
    written: tuple[str, ...]
    deleted: tuple[str, ...]
    is_dry: bool


def write_versions(start: Path, options: PlanOptions, *, is_dry: bool = False) -> VersionReport:
    """Write the planned versions into manifests and version files, let uv refresh the lock once, delete used intents.

    Requirements on members change only where they would leave out a planned version, which uv would not lock.
    If anything fails, every file is put back.

    Raises:
        RefusedError: The plan has problems, or the lock cannot follow; so do the errors of `plan`.
    """
    return write_planned(usable_plan(start, options), is_dry=is_dry)


def write_planned(planned: Planned, *, is_dry: bool = False) -> VersionReport:
    """Write the versions of a plan into the workspace that it is given with; see `write_versions`."""
    root = planned.workspace.root
    edits = _edits(planned)
    intents = [intent.path for intent in planned.intents if planned.plan.by_name.keys() & intent.levels.keys()]
    lock = [root / LOCK_FILE] if edits and (root / LOCK_FILE).is_file() else []
    if not is_dry:
        _apply(planned, edits, intents, lock)
    written = sorted(path.relative_to(root).as_posix() for path in (*edits, *lock))
    return VersionReport(
        planned.plan, tuple(written), tuple(path.relative_to(root).as_posix() for path in intents), is_dry
    )


def _edits(planned: Planned) -> dict[Path, str]:
    """Return the new text of every file that changes."""
    configuration, members = planned.workspace.configuration, planned.workspace.by_name
    texts: dict[Path, str] = {}
    for release in planned.plan.releases:
        texts.update(version_edits(members[release.name], configuration, release.version))
    for path, changes in _requirements(planned).items():
        texts[path] = _with_requirements(texts.get(path) or read_text(path), changes)
    return {path: text for path, text in texts.items() if text != read_text(path)}


def _requirements(planned: Planned) -> Mapping[Path, Mapping[tuple[str | int, ...], str]]:
    """Return the requirements that would leave a planned version out, by manifest and keys, as they have to be."""
    configuration = planned.workspace.configuration
    changes: defaultdict[Path, dict[tuple[str | int, ...], str]] = defaultdict(dict)
    for edge in planned.workspace.edges:
        release = planned.plan.by_name.get(edge.dependency)
        style = style_of(edge, configuration)
        if release and style is not PinStyle.KEEP:
            requirement, version = edge.requirement, Version(release.version)
            if not admits(requirement.parsed.specifier, version):
                new = rewritten(requirement.text, style, version, configuration.zero)
                changes[requirement.manifest.path][requirement.keys] = new
    return changes


def _with_requirements(text: str, changes: Mapping[tuple[str | int, ...], str]) -> str:
    def write(document: Any) -> None:
        for keys, new in changes.items():
            here = document
            for key in keys[:-1]:
                here = here[key]
            here[keys[-1]] = new

    return edited(text, write)


def _apply(planned: Planned, edits: Mapping[Path, str], intents: list[Path], lock: list[Path]) -> None:
    before = {path: read_text(path) for path in (*edits, *intents, *lock)}
    try:
        for path, text in edits.items():
            write_text(path, text)
        for path in intents:
            path.unlink()
        if lock:
            versions = {release.name: release.version for release in planned.plan.releases}
            refresh_lock(planned.workspace.root, planned.workspace.by_name, versions)
    except BaseException:
        for path, text in before.items():
            write_text(path, text)
        raise
