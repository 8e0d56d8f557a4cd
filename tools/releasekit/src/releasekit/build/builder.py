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
from dataclasses import dataclass
from pathlib import Path

from releasekit.build.options import BuildOptions
from releasekit.build.scratch import make_scratch
from releasekit.build.store import ArtefactStore
from releasekit.build.worker import Worker, build_environment, run_uv_here
from releasekit.model.errors import RefusedError
from releasekit.model.plan import Artefact, Plan, Release
from releasekit.model.workspace import Workspace
from releasekit.workspace.places import cache_folder


@dataclass(frozen=True)
class Backend:
    """What builds a package: an object of a module, and what has to be installed for it."""

    name: str
    requires: tuple[str, ...]


Told = Callable[[str, str], None]


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
            make_scratch(workspace, plan, missing, scratch / 'tree')
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
            files, wanting = self._warm(backend, members)
            for complete, release in wanting:
                asked[complete].append(release)
            done = [release for release in members if release.name in files]
            for release in sorted(done, key=lambda release: _spread(release.name))[: self._options.sample]:
                self._compare(release, files[release.name])  # before the store has any of them
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

    def _warm(
        self, backend: Backend, releases: Sequence[Release]
    ) -> tuple[dict[str, list[Path]], list[tuple[Backend, Release]]]:
        """Build packages, several at a time.

        Returns:
            The files of each that was built, and what the others need: a backend may ask for more once it sees a
            package.
        """
        python = build_environment(cache_folder() / 'environments', backend.requires, self._options.flags)
        width = max(1, min(self._options.width, len(releases)))
        self._tell('', f'building {len(releases)} packages with {backend.name}, {width} at a time')
        built: dict[str, list[Path]] = {}
        wanting: list[tuple[Backend, Release]] = []
        with ExitStack() as stack, ThreadPoolExecutor(width) as pool:
            free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
            for _ in range(width):
                free.put(stack.enter_context(Worker(python, self._time)))

            def build(release: Release) -> None:
                worker = free.get()
                try:
                    more = worker.requires(backend.name, self._tree(release))
                    if not set(more) <= set(backend.requires):
                        complete = Backend(backend.name, tuple(sorted({*backend.requires, *more})))
                        wanting.append((complete, release))
                        return
                    self._tell(release.name, 'building')
                    built[release.name] = _built_by(worker, backend, self._tree(release), self._target(release, 'warm'))
                finally:
                    free.put(worker)

            list(pool.map(build, releases))
        return built, wanting

    def _isolated(self, release: Release) -> tuple[Artefact, ...]:
        self._tell(release.name, 'building')
        return self._store.put(release.name, release.version, self._by_uv(release))

    def _by_uv(self, release: Release) -> list[Path]:
        target = self._target(release, 'isolated')
        tree = self._tree(release)
        run_uv_here(
            *('build', '--quiet', '--no-config', '--no-sources', '--no-create-gitignore', '--out-dir', str(target)),
            *self._options.flags,
            str(tree),
            environment={'SOURCE_DATE_EPOCH': str(self._time)},
        )
        return [path for path in target.iterdir() if path.name.endswith(('.whl', '.tar.gz'))]

    def _compare(self, release: Release, built: Sequence[Path]) -> None:
        """Build a package in isolation too: warm workers are only trusted while they give the same bytes."""
        self._tell(release.name, 'comparing with an isolated build')
        if _hashes(self._by_uv(release)) != _hashes(built):
            raise RefusedError(
                'RK-BUILD-DIFFERS',
                f'{release.name}: an isolated build gives other bytes than a warm worker. Its build depends on '
                'something outside its tree; `--isolated` builds every package by itself.',
            )

    def _tree(self, release: Release) -> Path:
        return self._scratch / 'tree' / release.folder

    def _target(self, release: Release, kind: str) -> Path:
        target = self._scratch / kind / release.name
        target.mkdir(parents=True)
        return target


def _built_by(worker: Worker, backend: Backend, tree: Path, target: Path) -> list[Path]:
    sdist = worker.call('build_sdist', backend.name, tree, target)
    with tempfile.TemporaryDirectory(prefix='releasekit-sdist-') as folder, tarfile.open(sdist) as archive:
        archive.extractall(folder, filter='data')
        (unpacked,) = Path(folder).resolve().iterdir()
        wheel = worker.call('build_wheel', backend.name, unpacked, target)
    return [sdist, wheel]


def _hashes(files: Sequence[Path]) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _spread(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
