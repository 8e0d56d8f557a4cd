# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How `plan` shows what will be released, why, and how two plans differ."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from releasekit.model.documents import to_document
from releasekit.model.names import counted
from releasekit.model.plan import Level, Plan, Release
from releasekit.ui.screen import Screen
from releasekit.version.difference import Difference


_STYLES = {Level.MAJOR: 'red', Level.MINOR: 'yellow', Level.PATCH: 'green', Level.NONE: 'cyan'}


def show_text(screen: Screen, plan: Plan) -> None:
    """Print the releases in publishing order with their reasons, then what stays, and what is in the way."""
    for tier, releases in groupby(plan.releases, key=lambda release: release.tier):
        screen.line(f'tier {tier}', 'bold')
        _show_tier(screen, plan, releases)
    if plan.unchanged:
        names = ', '.join(f'{name} {version or "(never released)"}' for name, version in plan.unchanged.items())
        screen.line(f'unchanged: {names}', 'dim')
    for day, names in enumerate(plan.waves if len(plan.waves) > 1 else ()):
        when = 'at once' if day == 0 else f'{day} day{"s" if day > 1 else ""} later'
        screen.line(f'new names, {when}: {", ".join(names)}')
    for name, text in plan.held.items():
        screen.line(f'held back: {name}: {text}', 'dim')
    for name, text in plan.proposed.items():
        screen.line(f'a higher level is proposed: {name} {text}', 'yellow')
    for name, text in plan.uncompared.items():
        screen.line(f'public interface not compared: {name}: {text}', 'yellow')
    for name in plan.unannounced:
        screen.line(f'changed without a commit that says so: {name}', 'yellow')
    for name, version in plan.removed.items():
        screen.line(f'removed: {name}, last {version}', 'dim')
    if plan.inputs.changed:
        screen.line(f'not committed: {", ".join(plan.inputs.changed)}', 'yellow')
    for problem in plan.problems:
        screen.line(f'problem[{problem.code}]: {problem.member}: {problem.message}', 'red')
    total = len(plan.releases) + len(plan.unchanged)
    screen.line(f'{len(plan.releases)} of {counted(total, "package")}')


def _show_tier(screen: Screen, plan: Plan, releases: Iterable[Release]) -> None:
    """Print the releases of one tier; those with the same reasons stand together."""
    alike: dict[tuple[tuple[str, str], ...], list[Release]] = {}
    for release in releases:
        alike.setdefault(tuple(_reasons(plan, release)), []).append(release)
    for lines, group in alike.items():
        _show_group(screen, group, lines)


def _show_group(screen: Screen, group: Sequence[Release], lines: Iterable[tuple[str, str]]) -> None:
    """Print packages that are released for the same reasons, and these once."""
    for release in group:
        change = f'{release.old} -> {release.version}' if release.old else f'{release.version}'
        level = f' ({release.level.label})' if release.level else ''
        screen.line(f'  {release.name} {change}{level}', _STYLES[release.level])
    for line in lines:
        screen.line(*line)


def _reasons(plan: Plan, release: Release) -> Iterator[tuple[str, str]]:
    """Yield the lines below a release, each with its style."""
    for reason in release.reasons:
        yield f'    {reason.text}', ''
        for depth, cause in enumerate(plan.chain(reason.cause) if reason.cause else (), 1):
            yield f'    {"  " * depth}because {cause.text}', 'dim'
    for rewrite in release.rewrites:
        yield f'    {rewrite.old!r} is built as {rewrite.new!r}', 'dim'


def show_difference(screen: Screen, differences: tuple[Difference, ...]) -> None:
    """Print what another plan releases, in Markdown, as a comment on a pull request may hold it."""
    if not differences:
        screen.line('No difference.')
    for item in differences:
        before, after = item.before or 'not released', item.after or 'not released'
        screen.line(f'- **{item.name}**: {before if before == after else f"{before} -> {after}"}')
        for sign, changes in (('+', item.added), ('-', item.dropped)):
            for change in changes:
                screen.line(f'  - {sign} {change.label}')


def show_difference_json(screen: Screen, differences: tuple[Difference, ...]) -> None:
    """Print the differences as a document, `releasekit.plan.diff/1`."""
    screen.json('releasekit.plan.diff/1', {'differences': to_document(differences)})
