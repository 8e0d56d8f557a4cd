# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Builds every release of a plan before anything is sent: source distribution from a scratch copy, wheel from that."""

import hashlib
import queue
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from releasekit.build.canonical import canonize
from releasekit.build.environment import Pins, build_environment, find_pins, run_uv_here
from releasekit.build.likeness import first_difference
from releasekit.build.options import BuildOptions
from releasekit.build.scratch import make_scratch, scratch_folder
from releasekit.build.store import DIFFERS, ArtefactStore
from releasekit.build.worker import Job, Worker, build_variables
from releasekit.model.errors import RefusedError
from releasekit.model.names import counted
from releasekit.model.plan import Artefact, Plan, Release
from releasekit.model.workspace import Workspace
from releasekit.workspace.places import cache_folder
from releasekit.workspace.versions import version_variables


@dataclass(frozen=True)
class Backend:
    """What builds a package: an object of a module, and what has to be installed for it."""

    name: str
    requires: tuple[str, ...]


Told = Callable[[str, str], None]

_OLD = ('setuptools>=40.8.0',)  # what PEP 517 has for a manifest without build requirements


def build_plan(
    workspace: Workspace, plan: Plan, store: ArtefactStore, options: BuildOptions, tell: Told
) -> Mapping[str, tuple[Artefact, ...]]:
    """Return the files of every release, by package; what the store holds is not built again.

    Args:
        workspace: Where the plan was made.
        plan: What is released.
        store: Takes the files.
        options: How to build.
        tell: Told package and step as they come.

    Raises:
        RefusedError: A build fails, or gives other bytes than before.
    """
    found = {release.name: store.find(release.name) for release in plan.releases}
    missing = [release for release in plan.releases if not found[release.name]]
    for name in (name for name, files in found.items() if files):
        tell(name, 'already built')
    if missing:
        with tempfile.TemporaryDirectory(prefix='releasekit-') as folder:
            scratch = Path(folder).resolve()
            make_scratch(workspace, plan, missing, scratch / 'trees')
            found.update(_Building(workspace, plan, store, options, tell, scratch).build(missing))
    return found


class _Building:
    """The builds of one call."""

    def __init__(
        self,
        workspace: Workspace,
        plan: Plan,
        store: ArtefactStore,
        options: BuildOptions,
        tell: Told,
        scratch: Path,
    ) -> None:
        self._workspace = workspace
        self._time = plan.time
        self._store = store
        self._options = options
        self._tell = tell
        self._scratch = scratch

    def build(self, releases: Sequence[Release]) -> dict[str, tuple[Artefact, ...]]:
        built: dict[str, tuple[Artefact, ...]] = {}
        asked: defaultdict[Backend | None, list[Release]] = defaultdict(list)
        for release in releases:
            asked[None if self._options.isolated else self._backend(release)].append(release)
        built.update((release.name, self._isolated(release)) for release in asked.pop(None, ()))
        while asked:
            backend, members = asked.popitem()
            assert backend is not None
            pins = self._pins(backend.requires)
            files, wanting = self._warm(backend, pins, members)
            for complete, release in wanting:
                asked[complete].append(release)
            done = [release for release in members if release.name in files]
            for release in self._untrusted(done, files, pins):
                files[release.name] = self._by_uv(release, pins)
            for release in done:
                built[release.name] = self._store.put(release.name, release.version, files[release.name])
        return built

    def _backend(self, release: Release) -> Backend | None:
        """Return what builds a package, None where it lies in the package's own tree."""
        manifest = self._workspace.by_name[release.name].manifest
        name = manifest.string('build-system', 'build-backend')
        if name is None or manifest.value('build-system', 'backend-path') is not None:
            return None
        return Backend(name, tuple(sorted(manifest.strings('build-system', 'requires'))))

    def _pins(self, requires: tuple[str, ...]) -> Pins:
        """Return the versions of build requirements as of the commit, and say so where they are newer ones."""
        try:
            pins = find_pins(cache_folder() / 'environments', requires, self._time, self._options.flags)
        except RefusedError as error:
            wanting = sorted(
                member.manifest.place('build-system', 'requires')
                for member in self._workspace.members
                if {*member.manifest.strings('build-system', 'requires')} & {*requires}
            )
            raise RefusedError('RK-BUILD-UV', f'{", ".join(wanting)}: {error}') from error
        if not pins.is_dated:
            day = f'{datetime.fromtimestamp(self._time, UTC):%Y-%m-%d}'
            text = 'the index does not say what it had then, or had nothing that fits: they are the newest of today'
            self._tell('', f'build requirements as of {day}: {", ".join(requires)}: {text}')
        return pins

    def _warm(
        self, backend: Backend, pins: Pins, releases: Sequence[Release]
    ) -> tuple[dict[str, list[Path]], list[tuple[Backend, Release]]]:
        """Build packages, several at a time.

        Returns:
            The files of each that was built, and what the others need: a backend may ask for more once it sees a
            package.
        """
        python = build_environment(cache_folder() / 'environments', pins)
        width = max(1, min(self._options.width, len(releases)))
        self._tell('', f'building {counted(len(releases), "package")} with {backend.name}, {width} at a time')
        built: dict[str, list[Path]] = {}
        wanting: list[tuple[Backend, Release]] = []
        with ExitStack() as stack, ThreadPoolExecutor(width) as pool:
            free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
            for _ in range(width):
                free.put(stack.enter_context(Worker(python, self._time)))

            def build(release: Release) -> None:
                worker = free.get()
                job = Job(release.name, backend.name, self._tree(release), self._variables(release))
                try:
                    more = worker.requires(job)
                    if not set(more) <= set(backend.requires):
                        complete = Backend(backend.name, tuple(sorted({*backend.requires, *more})))
                        wanting.append((complete, release))
                        return
                    self._tell(release.name, 'building')
                    built[release.name] = self._settled(_built_by(worker, job, self._target(release, 'warm')))
                finally:
                    free.put(worker)

            list(pool.map(build, releases))
        return built, wanting

    def _isolated(self, release: Release) -> tuple[Artefact, ...]:
        self._tell(release.name, 'building')
        manifest = self._workspace.by_name[release.name].manifest
        pins = self._pins(tuple(sorted(manifest.strings('build-system', 'requires'))) or _OLD)
        return self._store.put(release.name, release.version, self._by_uv(release, pins))

    def _by_uv(self, release: Release, pins: Pins) -> list[Path]:
        target = self._target(release, 'isolated')
        tree = self._tree(release)
        try:
            run_uv_here(
                *('build', '--quiet', '--no-config', '--no-sources', '--no-create-gitignore', '--out-dir', str(target)),
                *('--force-pep517', *pins.flags),  # else uv takes the backend of its own that it contains
                str(tree),
                environment={**build_variables(self._time), **self._variables(release)},
            )
        except RefusedError as error:
            raise RefusedError('RK-BUILD-FAILED', f'{release.name}: {error}') from error
        return self._settled([path for path in target.iterdir() if path.name.endswith(('.whl', '.tar.gz'))])

    def _untrusted(self, releases: Sequence[Release], files: dict[str, list[Path]], pins: Pins) -> Sequence[Release]:
        """Build some packages in isolation too, and return those that have to be: none if all hold the same.

        Warm workers are only trusted while both are alike. Where they are not, the files of the isolated builds count.
        """
        differing = False
        sample = sorted(releases, key=lambda release: _spread(release.name))[: self._options.sample]
        compared = {release.name: self._compared(release, pins) for release in sample}
        for name, isolated in compared.items():
            if difference := _first_difference(files[name], isolated):
                differing = True
                text = f'two builds differ: {difference}. It is not reproducible'
                self._tell(name, f'{text}; all packages of its backend are built in isolation')
                self._store.keep(name, DIFFERS, f'{text}\n'.encode())
        if not differing:
            return ()
        files.update(compared)
        return [release for release in releases if release.name not in compared]

    def _compared(self, release: Release, pins: Pins) -> list[Path]:
        self._tell(release.name, 'comparing with an isolated build')
        return self._by_uv(release, pins)

    def _variables(self, release: Release) -> dict[str, str]:
        return version_variables(self._workspace.by_name[release.name], release.version)

    def _settled(self, built: list[Path]) -> list[Path]:
        for path in built:
            canonize(path, self._time)
        return built

    def _tree(self, release: Release) -> Path:
        return scratch_folder(self._scratch / 'trees', release)

    def _target(self, release: Release, kind: str) -> Path:
        target = self._scratch / kind / release.name
        target.mkdir(parents=True)
        return target


def _built_by(worker: Worker, job: Job, target: Path) -> list[Path]:
    sdist = worker.call('build_sdist', job, target)
    with tempfile.TemporaryDirectory(prefix='releasekit-sdist-') as folder:
        try:
            with tarfile.open(sdist) as archive:
                archive.extractall(folder, filter='data')
        except tarfile.TarError as error:
            text = f'{job.package}: {sdist.name} cannot be unpacked: {error}'
            raise RefusedError('RK-BUILD-FAILED', f'{text}; its backend took in what lies outside of it') from error
        (unpacked,) = Path(folder).resolve().iterdir()
        wheel = worker.call('build_wheel', replace(job, source=unpacked), target)
    return [sdist, wheel]


def _first_difference(ours: Sequence[Path], others: Sequence[Path]) -> str | None:
    """Return how the files of two builds differ, in words; None where they hold the same."""
    found = [{path.name: path for path in paths} for paths in (ours, others)]
    if found[0].keys() != found[1].keys():
        return f'{" and ".join(sorted(found[0]))}, or {" and ".join(sorted(found[1]))}'
    for name in sorted(found[0]):
        contents = [paths[name].read_bytes() for paths in found]
        if contents[0] != contents[1] and (difference := first_difference(name, *contents)):
            return f'{name}: {difference}'
    return None


def _spread(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
