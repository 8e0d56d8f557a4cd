# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit doctor`: whether this machine and this clone are fit for a release."""

import asyncio
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from releasekit.checks.release_workflow import ENVIRONMENT, PATH
from releasekit.index.port import IndexUnreachable
from releasekit.model.errors import ReleasekitError
from releasekit.model.names import counted
from releasekit.model.workspace import Workspace
from releasekit.vcs.git import GitRepository
from releasekit.vcs.repository import Repository
from releasekit.version.facts import gather
from releasekit.version.inputs import collect_inputs
from releasekit.workspace.intents import read_intents
from releasekit.workspace.load import load_workspace
from releasekit.workspace.uv.lock import Lock, UvLock, find_uv


if TYPE_CHECKING:
    from releasekit.index.web_index import Address


_ROOM = 1 << 30
_SECONDS = 10.0
_AT_ONCE = 8


class State(StrEnum):
    """How a probe ended; an error would stop a release, a warning may."""

    OK = 'ok'
    WARNING = 'warning'
    ERROR = 'error'


@dataclass(frozen=True)
class Probe:
    """One thing that was looked at, what was found, and what to do about it."""

    name: str
    state: State
    found: str
    way_out: str = ''


def doctor(start: Path, repository: Repository | None = None, lock: Lock | None = None) -> tuple[Probe, ...]:
    """Look at everything that a release needs, and go on after what fails.

    Raises:
        WorkspaceError: There is no workspace to look at.
    """
    workspace = load_workspace(start)
    repository = repository or GitRepository(workspace.root)
    looks = (
        _programs(),
        _locked(workspace, lock or UvLock()),
        _clone(repository),
        _versions(workspace, repository),
        _publishers(workspace, repository),
    )
    probes = [_ok('workspace', counted(len(workspace.members), 'member'))]
    for look in (*looks, _machine(workspace.root)):
        try:
            probes.extend(look)
        except ReleasekitError as error:
            probes.append(Probe(error.code.id, State.ERROR, str(error), error.code.way_out))
    return tuple(probes)


def _ok(name: str, found: str) -> Probe:
    return Probe(name, State.OK, found)


def _warning(name: str, found: str, way_out: str) -> Probe:
    return Probe(name, State.WARNING, found, way_out)


def _programs() -> Iterator[Probe]:
    for name, path in (('git', shutil.which('git')), ('uv', find_uv())):
        yield _ok(name, path) if path else Probe(name, State.ERROR, 'not installed', f'install {name}')


def _locked(workspace: Workspace, lock: Lock) -> Iterator[Probe]:
    state = lock.state(workspace.root)
    yield _ok('lock', 'current') if state.is_current else Probe('lock', State.ERROR, state.reason, state.way_out)


def _clone(repository: Repository) -> Iterator[Probe]:
    checkout = repository.checkout()
    if checkout.is_shallow:
        yield Probe('history', State.ERROR, 'a shallow clone', 'git fetch --unshallow --tags')
    if checkout.branch:
        yield _ok('branch', checkout.branch)
    else:
        yield _warning('branch', 'HEAD is detached', 'check out a branch to commit on; `plan` does not mind')
    if changed := checkout.changed:
        names = f'{", ".join(changed[:3])}{" ..." if changed[3:] else ""}'
        yield _warning('tree', f'not committed: {names}', 'commit or stash; a release is built from a commit')
    else:
        yield _ok('tree', 'clean')
    ahead = repository.ancestry().time - time()
    if ahead > 0:
        yield _warning('clock', f'HEAD was committed {ahead:.0f} s from now', 'set the clock')


def _versions(workspace: Workspace, repository: Repository) -> Iterator[Probe]:
    intents = read_intents(workspace)
    facts = gather(workspace, repository, collect_inputs(workspace, repository.checkout(), intents), intents)
    have = 'has' if len(facts.lines) == 1 else 'have'
    yield _ok(
        'tags', f'{len(facts.lines)} of {counted(len(facts.written), "package")} {have} a release that HEAD reaches'
    )
    behind = [name for name, line in facts.lines.items() if facts.written[name] < line.newest.version]
    if behind:
        found = ', '.join(
            f'{name} {facts.written[name]} (released: {facts.lines[name].newest.version})' for name in behind
        )
        way_out = 'write at least the released version, or find out whose tags these are: `tags-read` leaves them out'
        yield _warning('versions', f'below their newest release: {found}', way_out)
    if facts.removed:
        names = ', '.join(f'{name} {version}' for name, version in facts.removed.items())
        way_out = 'for the old name of a package: `formerly` in [tool.releasekit.packages.NAME]'
        yield _warning('removed', f'tagged, and published no more: {names}', way_out)


def _publishers(workspace: Workspace, repository: Repository) -> Iterator[Probe]:
    """List the names that the index of the release workflow does not have: each needs a pending publisher there."""
    index = workspace.configuration.publish_to
    if index in {'', 'local'}:
        return
    from releasekit.index.addresses import address_of  # noqa: PLC0415 - clients of the web are slow to import

    names = [member.name for member in workspace.members if member.is_published]
    try:
        new = asyncio.run(_unknown(address_of(workspace, index), names))
    except IndexUnreachable as error:
        yield _warning('index', f'{index} was not asked which names it has: {error}', 'look again with a network')
        return
    yield _ok('index', f'{index} has {len(names) - len(new)} of {counted(len(names), "name")}')
    project = os.environ.get('GITHUB_REPOSITORY') or _project(repository)
    for name in new:
        found = f'{name}: repository {project}, workflow {Path(PATH).name}, environment {ENVIRONMENT}'
        yield _warning('pending publisher', found, f'enter it on {index}, unless the name is published with a token')


async def _unknown(address: 'Address', names: Sequence[str]) -> list[str]:
    """Return the names that an index has no project of."""
    from releasekit.index.credentials import nobody  # noqa: PLC0415 - see above
    from releasekit.index.web_index import connected  # noqa: PLC0415 - see above

    async with connected(address, nobody, patience=_SECONDS) as index:
        slots = asyncio.Semaphore(_AT_ONCE)

        async def is_new(name: str) -> bool:
            async with slots:
                return await index.files(name) is None

        found = await asyncio.gather(*map(is_new, names))
    return [name for name, new in zip(names, found, strict=True) if new]


def _project(repository: Repository) -> str:
    """Return `owner/name` of the remote `origin`; a hint if it has no such address."""
    url = repository.remote_url('origin') if isinstance(repository, GitRepository) else ''
    found = re.search(r'[:/]([^:/]+/[^/]+?)(?:\.git)?/?$', url)
    return found[1] if found and ('://' in url or '@' in url) else 'OWNER/NAME'


def _machine(root: Path) -> Iterator[Probe]:
    free = shutil.disk_usage(root).free
    found = f'{free / _ROOM:.1f} GiB free'
    yield _ok('disk', found) if free > _ROOM else _warning('disk', found, 'make room for the artefacts')
