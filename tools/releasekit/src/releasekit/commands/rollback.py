# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit rollback`: what can honestly be done about a release; nothing is ever deleted."""

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import Version

from releasekit.commands.plan import Planned, PlanOptions, plan
from releasekit.index.addresses import LOCAL, address_of
from releasekit.index.connection import local_folder
from releasekit.index.known import known_versions
from releasekit.index.local_index import local_index
from releasekit.index.port import IndexUnreachable
from releasekit.model.errors import RefusedError
from releasekit.model.history import printable
from releasekit.model.names import counted, verb
from releasekit.model.workspace import Workspace
from releasekit.vcs.git import GitRepository
from releasekit.version.facts import gather
from releasekit.version.notes import without_html
from releasekit.workspace.edit import write_text


@dataclass(frozen=True)
class Choice:
    """Something that can be done about a package: `abandon` what was not sent, or `yank` and publish a fixed one."""

    package: str
    version: str
    verb: str
    text: str


@dataclass(frozen=True)
class Choices:
    """What can be done; `intent` is the text of an intent file that plans fixed versions."""

    choices: tuple[Choice, ...]
    intent: str


@dataclass(frozen=True)
class _Published:
    """A version and how many files of it an index has; `is_tagged` if it was released, and not only planned."""

    name: str
    version: str
    files: int
    is_tagged: bool


def rollback(
    start: Path, options: PlanOptions, to: str, reason: str, *, write: bool = False
) -> tuple[Choices, Path | None]:
    """Return what can be done about what was published last, and write the intent file if asked to.

    That is what the present plan has published, before it is tagged; else the newest releases of the packages that are
    tagged at one commit, the last on the way to HEAD, or of those that the options name. A file that an index has taken
    stays public; its name is never free again.

    Raises:
        UsageError: There is no such index.
        RefusedError: The index does not answer.
    """
    planned = plan(start, replace(options, is_offline=True))
    workspace = planned.workspace
    planned_versions = {release.name: release.version for release in planned.plan.releases}
    tagged = _tagged(planned, options)
    try:
        known = asyncio.run(_known(workspace, to, {*planned_versions, *tagged}))
    except IndexUnreachable as error:
        raise RefusedError('RK-INDEX-SLOW', f'{to} does not say what it has: {error}') from error
    untagged = [_published(known, *pair, is_tagged=False) for pair in planned_versions.items()]
    last = [_published(known, *pair, is_tagged=True) for pair in tagged.items()]
    found = untagged if any(it.files for it in untagged) or not last else last
    choices = Choices(tuple(_choice(it) for it in found), _intent(found, reason))
    if not write or not choices.intent:
        return choices, None
    name = hashlib.sha256(choices.intent.encode()).hexdigest()[:12]
    path = workspace.root / workspace.configuration.intents_folder / f'fix-{name}.md'
    write_text(path, choices.intent)
    return choices, path


def _tagged(planned: Planned, options: PlanOptions) -> dict[str, str]:
    """Return the newest releases that are tagged: of the packages asked for, else of all that the last commit has."""
    repository = GitRepository(planned.workspace.root)
    lines = gather(planned.workspace, repository, planned.plan.inputs, planned.intents).lines
    tagged = {name: line.newest for name, line in lines.items() if line.newest.tag}
    if options.only:
        asked = {planned.workspace.find(name).name for name in options.only}
        return {name: str(released.version) for name, released in tagged.items() if name in asked}
    commits = {released.commit for released in tagged.values()}
    last = next((sha for sha, *_ in repository.ancestry().order if sha in commits), None)
    return {name: str(released.version) for name, released in tagged.items() if released.commit == last}


async def _known(workspace: Workspace, to: str, names: Collection[str]) -> dict[str, dict[Version, int]]:
    if to == LOCAL:
        async with local_index(local_folder(workspace.root)) as address:
            return await known_versions(address, names)
    return await known_versions(address_of(workspace, to), names)


def _published(known: Mapping[str, Mapping[Version, int]], name: str, version: str, *, is_tagged: bool) -> _Published:
    return _Published(name, version, known[name].get(Version(version), 0), is_tagged)


def _choice(published: _Published) -> Choice:
    name, version, files = published.name, published.version, published.files
    if not files:
        text = 'nothing of it is public; leave it, or plan again'
        if published.is_tagged:
            text = 'it is tagged, and nothing of it is public; publish it, or take the tag away'
        return Choice(name, version, 'abandon', text)
    way_out = f"Yank {version} in the index's own pages (there is no interface for it), and publish a fixed version"
    return Choice(name, version, 'yank', f'{counted(files, "file")} {verb(files)} public and will stay so. {way_out}')


def _intent(found: Sequence[_Published], reason: str) -> str:
    public = [it for it in found if it.files]
    if not public:
        return ''
    levels = '\n'.join(f'{it.name}: patch' for it in public)
    replaced = '\n'.join(f'Replaces: {it.name} {it.version}' for it in public)
    return f'---\n{levels}\n---\n{without_html(printable(reason))}\n\n{replaced}\n'
