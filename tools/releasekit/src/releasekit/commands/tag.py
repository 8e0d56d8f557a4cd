# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit tag`: marks what an index serves, one tag a package, sends the tags one by one, and shows their notes."""

import asyncio
import email
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from releasekit.commands.build import BuildRequest, Built, build
from releasekit.commands.publish import open_index
from releasekit.forge.port import Forge
from releasekit.model.errors import RefusedError
from releasekit.model.names import normalize_name
from releasekit.model.plan import Release
from releasekit.publish.difference import kept_lines
from releasekit.publish.verify import verify_bytes
from releasekit.publish.work import make_work
from releasekit.vcs.git import GitRepository
from releasekit.version.notes import section
from releasekit.version.published import tag_message


@dataclass(frozen=True)
class TagRequest:
    """What is tagged: the packages of a plan that `to` serves; `remote` is where tags are sent, None for nowhere."""

    to: str
    build: BuildRequest
    remote: str | None = None
    is_dry: bool = False


@dataclass(frozen=True)
class Tagged:
    """Tags that were written, that were there, and packages that the index does not serve as they were built.

    `released` are tags whose notes the forge shows now; `unreleased` says why it does not show others.
    """

    written: tuple[str, ...]
    there: tuple[str, ...]
    unpublished: tuple[str, ...]
    sent: tuple[str, ...]
    released: tuple[str, ...] = ()
    unreleased: tuple[str, ...] = ()


def tag(start: Path, request: TagRequest, forge_of: Callable[[str], Forge | None] = lambda _: None) -> Tagged:
    """Tag each package that the index serves byte for byte as it was built.

    Args:
        start: A folder of the workspace.
        request: What is tagged, and where tags are sent.
        forge_of: Gives the forge of the remote's address, which shows the notes of tags that were sent.

    Raises:
        RefusedError: A tag of that name is at another commit, here or at the remote; or the index does not say what it
            has, or says other hashes than its files have.
    """
    built = build(start, request.build, lambda _package, _step: None)
    plan = built.planned.plan
    built, served = asyncio.run(_served(built, request.to))
    repository = GitRepository(built.planned.workspace.root)
    here = {found.name: found.commit for found in repository.tags()}
    written: list[str] = []
    there: list[str] = []
    for release in plan.releases:
        if release.name not in served:
            continue
        if here.get(release.tag, plan.inputs.commit) != plan.inputs.commit:
            raise RefusedError(
                'RK-TAG-TAKEN',
                f'the tag {release.tag!r} is at {here[release.tag][:12]}, the plan is of {plan.inputs.commit[:12]}. '
                'Find out which of the two was published; a tag that others have is never moved.',
            )
        marked = there if release.tag in here else written
        if release.tag not in marked:
            marked.append(release.tag)
    sent: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    unreleased: tuple[str, ...] = ()
    if not request.is_dry:
        for name in written:
            meant = [release for release in plan.releases if release.tag == name and release.name in served]
            message = tag_message({release: _required(built, release) for release in meant})
            repository.write_tag(name, plan.inputs.commit, message, plan.time)
        if request.remote:
            forge = forge_of(repository.remote_url(request.remote))
            sent = _send(repository, request.remote, there, written)
            shown = [release for release in plan.releases if release.name in served]
            released, unreleased = _released(shown, forge, built) if forge else ((), ())
    missing = tuple(release.name for release in plan.releases if release.name not in served)
    return Tagged(tuple(written), tuple(there), missing, sent, released, unreleased)


def _send(repository: GitRepository, remote: str, there: Sequence[str], written: Sequence[str]) -> tuple[str, ...]:
    """Send tags, and return those that the remote did not have.

    Where one is refused, those that were written just now and not sent are taken back, so that the next plan still
    releases them, and the same command goes on.
    """
    sent: list[str] = []
    waiting = [*there, *written]
    try:
        while waiting:
            if repository.send_tag(waiting[0], remote):
                sent.append(waiting[0])
            waiting.pop(0)
    except RefusedError:
        for name in waiting:
            if name in written:
                repository.remove_tag(name)
        raise
    return tuple(sent)


def _required(built: Built, release: Release) -> list[str]:
    """Return what the wheel of a release requires of members."""
    wheels = [file for file in built.files[release.name] if file.is_wheel]
    found: list[str] = []
    for wheel in wheels[:1]:
        with zipfile.ZipFile(built.store.path(wheel)) as archive:
            name = next(name for name in archive.namelist() if name.endswith('.dist-info/METADATA'))
            found = email.message_from_bytes(archive.read(name)).get_all('Requires-Dist') or []
    members = built.planned.workspace.by_name
    return [text for text in found if normalize_name(Requirement(text).name) in members]


def _released(releases: Iterable[Release], forge: Forge, built: Built) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Show the notes of tags on a forge; one that is down costs the notes, never what was published."""
    done: list[str] = []
    failed: list[str] = []
    for release in releases:
        notes = section(built.planned.plan, release).partition('\n\n')[2] + _content(release, built)
        is_prerelease = Version(release.version).is_prerelease
        try:
            if forge.release(release.tag, f'{release.name} {release.version}', notes, is_prerelease=is_prerelease):
                done.append(release.tag)
        except RefusedError as error:
            failed.append(f'{release.tag}: {error}')
    return tuple(done), tuple(failed)


def _content(release: Release, built: Built) -> str:
    """Return the hashes of a release's files, and how its wheel differs from the one before, as notes show them."""
    hashes = [f'- `{file.file}` sha256 `{file.sha256}`' for file in built.files[release.name]]
    lines = [f'- {line}' for line in kept_lines(built.store.folder / release.name)]
    parts = [('Contents', lines), ('Files', hashes)]
    return ''.join(f'\n### {title}\n\n' + '\n'.join(found) + '\n' for title, found in parts if found)


async def _served(built: Built, to: str) -> tuple[Built, frozenset[str]]:
    """Return the files as the index has them, and the packages that it serves whole."""
    work = make_work(built.planned.plan, built.planned.workspace.edges, built.artefacts)
    async with open_index(built, to) as (_, index):
        served = await verify_bytes(work, index, list(work.parcels), built.store.path)
    if served.silent:
        silent = tuple(served.silent.values())
        raise RefusedError('RK-INDEX-SLOW', f'{to} does not say what it has, and nothing was tagged', silent)
    if served.lies:
        raise RefusedError(
            'RK-VERIFY', f'{to} says other hashes than its files have, and nothing was tagged', served.lies
        )
    return built.adopt(served.files), frozenset(work.parcels) - served.wrong.keys()
