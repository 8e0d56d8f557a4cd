# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit publish`: builds, proves, and sends everything in dependency order; run again, it goes on."""

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from releasekit.build.attestations import attest, is_identity_offered, workflow_signer
from releasekit.build.builder import Told
from releasekit.commands.build import BuildRequest, Built, build, target_place
from releasekit.index import connection
from releasekit.index.addresses import LOCAL, address_of
from releasekit.index.connection import local_folder
from releasekit.index.credentials import credentials_for, is_trusted_publisher
from releasekit.index.port import IndexUnreachable
from releasekit.index.web_index import Address, WebIndex
from releasekit.model.documents import to_document
from releasekit.model.errors import RefusedError
from releasekit.model.names import counted
from releasekit.model.plan import Release
from releasekit.publish.calendar import begun_lately, postponed, tried_lately
from releasekit.publish.controls import Controls, follow_orders
from releasekit.publish.delivery import Dock
from releasekit.publish.difference import DIFFERENCE, WheelDifference, difference_from
from releasekit.publish.events import Event, EventFile, Listener
from releasekit.publish.journal import Journal
from releasekit.publish.lease import Guard, LeaseOptions, leased
from releasekit.publish.lock import run_lock
from releasekit.publish.policy import Policy
from releasekit.publish.preflight import Preflight, preflight
from releasekit.publish.run import Report, Run
from releasekit.publish.verify import verify_bytes, verify_installation
from releasekit.publish.work import Stage, Work, make_work
from releasekit.vcs.git import GitRepository
from releasekit.workspace.places import runs_folder


_AT_ONCE = 8


@dataclass(frozen=True)
class PublishRequest:
    """What is published where, and how.

    `verifies` says whether every package is downloaded, installed and imported afterwards; `lease` where the right to
    send is held, beside the lock of this machine. A dry run does everything up to the first upload. `attests` says
    whether files are signed where the environment offers an identity.
    """

    to: str
    build: BuildRequest = field(default_factory=BuildRequest)
    policy: Policy = field(default_factory=Policy)
    with_uv: bool = False
    verifies: bool = True
    lease: LeaseOptions | None = None
    is_dry: bool = False
    attests: bool = True


@dataclass(frozen=True)
class Published:
    """What came of a run; `wrong` says what does not stand on the index as it was built.

    `seconds` is how long all of it took, from planning to verifying; `differences` say how the new wheels differ from
    those that the index had; `folder` is where the local index keeps its files. After a dry run the report says what
    waits to be sent.
    """

    built: Built
    address: Address
    preflight: Preflight
    report: Report
    seconds: float = 0.0
    wrong: tuple[str, ...] = ()
    differences: tuple[WheelDifference, ...] = ()
    folder: Path | None = None
    is_dry: bool = False


@dataclass(frozen=True)
class Watchers:
    """The observers: of steps outside of the run, of work and controls once it begins, and of events in it."""

    step: Told
    begin: Callable[[Work, Controls], None]
    event: Listener


def publish(start: Path, request: PublishRequest, watchers: Watchers) -> Published:
    """Build, prove, send and verify.

    Raises:
        UsageError: There is no such index.
        RefusedError: What `build` refuses; another run is under way; a name is taken; verification fails.
    """
    started = time.monotonic()
    built = build(start, replace(request.build, to=request.to), watchers.step)
    if not built.planned.plan.releases:
        return replace(_nothing(built, request), seconds=time.monotonic() - started)
    root = built.planned.workspace.root
    what = f'publishing to {request.to}'
    with run_lock(runs_folder(root), what):
        published = asyncio.run(_publish_leased(built, request, what, watchers))
    return replace(published, seconds=time.monotonic() - started)


def _nothing(built: Built, request: PublishRequest) -> Published:
    """Return what came of a plan that releases nothing, for which no index is asked."""
    folder = local_folder(built.planned.workspace.root) if request.to == LOCAL else None
    address = Address(request.to, '', '') if folder else address_of(built.planned.workspace, request.to)
    return Published(built, address, Preflight((), (), 0, 0), Report({}), folder=folder, is_dry=request.is_dry)


async def _publish_leased(built: Built, request: PublishRequest, what: str, watchers: Watchers) -> Published:
    if request.lease is None or request.is_dry:
        return await _publish(built, request, _alone, watchers)
    repository = GitRepository(built.planned.workspace.root)
    async with leased(repository, request.lease, what) as guard:
        return await _publish(built, request, guard, watchers)


async def _publish(built: Built, request: PublishRequest, guard: Guard, watchers: Watchers) -> Published:
    folder = run_folder(built, request.to)
    folder.mkdir(parents=True, exist_ok=True)
    sends = not request.is_dry
    async with open_index(built, request.to, sends=sends, with_uv=request.with_uv) as (address, index):
        watchers.step('', f'asking {request.to} what it has')
        kept = local_folder(built.planned.workspace.root) if request.to == LOCAL else None
        anew = (f'Begin the local index anew: rm -r {kept}',) if kept else ()
        found = await preflight(_work(built), index, folder, built.store.path, *anew)
        for file, there in found.adopted.items():
            watchers.step(there.package, f'{file} is there with other bytes that hold the same; it counts as sent')
        built = built.adopt(found.adopted)
        work = _work(built)
        watchers.step('', _expected(work, found, request.policy.width))
        differences = await _differences(built, index, watchers.step)
        new = tuple(sorted(found.new, key=work.priority.__getitem__))
        waiting = await _waiting(built, request.to, index, new)
        if request.is_dry:
            _tell_of_credentials(request.to, address, watchers.step)
            return Published(built, address, found, _unsent(work, found, waiting), differences=differences, is_dry=True)
        if request.to != LOCAL:
            await asyncio.to_thread(_attest, work, found, built, request, watchers.step)
        report = await _sent(built, request, (work, index, guard, new, waiting), watchers)
        wrong: tuple[str, ...] = ()
        done = [name for name, stage in report.stages.items() if stage is Stage.PUBLISHED]
        if request.verifies and report.exit_code == 0:
            wrong = await verify(work, built, index, address, done, watchers.step)
        return Published(built, address, found, report, wrong=wrong, differences=differences, folder=kept)


def _attest(work: Work, found: Preflight, built: Built, request: PublishRequest, tell: Told) -> None:
    """Sign what will be sent, if the environment offers an identity that the index can trust; else say so."""
    if not request.attests:
        return
    if not (is_trusted_publisher() and is_identity_offered()):
        tell('', 'no attestations: files are not sent by the trusted workflow of a forge, which has an identity')
        return
    there = set(found.there)
    files = [file for parcel in work.parcels.values() for file in parcel.files if file.file not in there]
    tell('', f'signing {counted(len(files), "file")}')
    attest(files, built.store.path, workflow_signer)


async def _sent(
    built: Built,
    request: PublishRequest,
    run: tuple[Work, WebIndex, Guard, tuple[str, ...], Mapping[str, str]],
    watchers: Watchers,
) -> Report:
    """Send everything but what waits, and return what became of it."""
    work, index, guard, new, waiting = run
    folder = run_folder(built, request.to)
    journal = Journal.open(folder / 'journal', f'{built.digest} {request.to}', time.time)
    if journal.set_aside:
        watchers.step('', f'the journal was damaged or of another run; it was put to {journal.set_aside}')
    try:
        controls = Controls()
        told = _told(folder, watchers)
        dock = Dock(index, journal, built.store.path, request.policy, controls, told, guard, frozenset(new))
        watchers.begin(work, controls)
        return await _run(Run(work, dock, waiting), controls, folder)
    finally:
        journal.close()


def _unsent(work: Work, found: Preflight, waiting: Mapping[str, str]) -> Report:
    """Return what would become of each package, if every file arrived."""
    there = set(found.there)
    stages = {
        name: Stage.POSTPONED
        if name in waiting
        else Stage.PUBLISHED
        if there.issuperset(file.file for file in parcel.files)
        else Stage.WAITING
        for name, parcel in work.parcels.items()
    }
    return Report(stages, texts=dict(waiting))


def _tell_of_credentials(to: str, address: Address, tell: Told) -> None:
    try:
        if to != LOCAL:
            credentials_for(address.upload_url)
    except RefusedError as error:
        tell('', str(error))


def _work(built: Built) -> Work:
    return make_work(built.planned.plan, built.planned.workspace.edges, built.artefacts)


async def _differences(built: Built, index: WebIndex, tell: Told) -> tuple[WheelDifference, ...]:
    """Tell how new wheels differ from those that the index has, and keep that for the notes of the release."""
    wheels = {file.package: file for file in built.artefacts if file.is_wheel}
    slots = asyncio.Semaphore(_AT_ONCE)

    async def compare(release: Release) -> WheelDifference | None:
        wheel = wheels.get(release.name)
        if wheel is None or release.old is None:
            return None
        async with slots:
            return await difference_from(index, wheel, release.old, built.store.path(wheel).read_bytes())

    found = await asyncio.gather(*map(compare, built.planned.plan.releases))
    differences = tuple(difference for difference in found if difference is not None)
    for difference in differences:
        built.store.keep(difference.package, DIFFERENCE, json.dumps(to_document(difference), indent=2).encode())
        for line in difference.lines:
            tell(difference.package, f'since {difference.before}: {line}')
    return differences


def _expected(work: Work, found: Preflight, width: int) -> str:
    new = f', {counted(len(found.new), "new project")}' if found.new else ''
    seconds = found.seconds(work, width)
    size = f'{counted(found.files, "file")}, {found.size:,} bytes'
    return f'{size}{new}; {width} at a time, about {seconds:.0f} s on the web'


def run_folder(built: Built, to: str) -> Path:
    """Return where the journal, the events and the orders of a run lie."""
    return runs_folder(built.planned.workspace.root) / built.digest[:32] / to


def open_index(
    built: Built, to: str, *, sends: bool = False, with_uv: bool = False
) -> AbstractAsyncContextManager[tuple[Address, WebIndex]]:
    """Give the index of a name, and where it is, for the time of a block."""
    return connection.open_index(built.planned.workspace, to, sends=sends, with_uv=with_uv)


async def verify_index(built: Built, to: str, tell: Told) -> tuple[str, ...]:
    """Return what does not stand on an index as it was built, or cannot be used from there."""
    async with open_index(built, to) as (address, index):
        work = _work(built)
        return await verify(work, built, index, address, list(work.parcels), tell)


async def verify(
    work: Work, built: Built, index: WebIndex, address: Address, packages: Sequence[str], tell: Told
) -> tuple[str, ...]:
    """Return what does not stand on the index as it was built; then install and import from there.

    Raises:
        RefusedError: A package cannot be installed or imported.
    """
    tell('', 'downloading and comparing every file')
    served = await verify_bytes(work, index, packages, built.store.path)
    if served.texts:
        return served.texts
    wheels = {file.package: built.store.path(file) for file in built.artefacts if file.is_wheel}
    try:
        source = (built.planned.workspace, await target_place(built.planned, index, address))
        await asyncio.to_thread(verify_installation, work, wheels.__getitem__, packages, source, tell)
    except IndexUnreachable as error:
        return (str(error),)
    except RefusedError as error:
        return (str(error),)
    return ()


async def _waiting(built: Built, to: str, index: WebIndex, new: Sequence[str]) -> Mapping[str, str]:
    """Return the new names whose turn has not come, where the index takes so many a day; a rehearsal takes all."""
    workspace, now = built.planned.workspace, time.time()
    most = 0 if to == LOCAL else workspace.configuration.new_projects
    if not most or not new:
        return {}
    others = [member.name for member in workspace.members if member.is_published and member.name not in new]
    try:
        begun = await begun_lately(index, others, now)
    except IndexUnreachable as error:
        raise RefusedError('RK-PREFLIGHT', f'{to} does not answer: {error}; nothing was sent') from error
    return postponed(new, {**begun, **tried_lately(runs_folder(workspace.root), to, now)}, most, now)


def _told(folder: Path, watchers: Watchers) -> Listener:
    events = EventFile(folder / 'events.ndjson')

    def tell(event: Event) -> None:
        events(event)
        watchers.event(event)

    return tell


async def _run(run: Run, controls: Controls, folder: Path) -> Report:
    orders = asyncio.create_task(follow_orders(folder / 'orders', controls))
    with _drained_by_signals(controls):
        try:
            return await run.finish()
        finally:
            orders.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await orders


async def _alone() -> None:
    """Allow sending: the lock of the operating system cannot be lost while this process lives."""


@contextlib.contextmanager
def _drained_by_signals(controls: Controls) -> Generator[None]:
    """Drain at the first Ctrl-C or SIGTERM, and stop at once at the second."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None

    def heard() -> None:
        if controls.is_draining:
            task.cancel()
        controls.drain()

    heeded = (signal.SIGINT, signal.SIGTERM)
    try:
        for number in heeded:
            loop.add_signal_handler(number, heard)
    except (NotImplementedError, RuntimeError):  # Windows, or not the main thread
        heeded = ()
    try:
        yield
    finally:
        for number in heeded:
            loop.remove_signal_handler(number)
