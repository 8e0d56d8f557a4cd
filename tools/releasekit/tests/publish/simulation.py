# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A world without waiting: a clock that jumps to the next thing to happen, and an index that misbehaves by a seed."""

import asyncio
import contextlib
import hashlib
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from releasekit.index.port import Answer, IndexFile, IndexUnreachable, Outcome
from releasekit.model.plan import Artefact
from releasekit.publish.controls import Controls
from releasekit.publish.delivery import Dock
from releasekit.publish.events import Event
from releasekit.publish.journal import Journal
from releasekit.publish.policy import Policy
from releasekit.publish.run import Report, Run
from releasekit.publish.work import Parcel, Work


class _Jump(selectors.SelectSelector):
    """Lets time pass at once where a loop would sleep."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise AssertionError('everything waits, and nothing will happen')
        self.now += timeout
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now


def simulate(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a loop whose time costs nothing."""
    with contextlib.closing(JumpingLoop()) as loop:
        try:
            return loop.run_until_complete(coroutine)
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())


@dataclass
class FakeIndex:
    """An index in memory.

    Attributes:
        faults: What becomes of the next uploads, by file, the first one first; see `_FAULTS`.
        stale: Seconds that the pages lag behind, by package.
        slow: Seconds until a resolver believes the pages, by package.
        sent: Every body that came in, by file.
        early: Packages that were sent before something that they need could be installed.
    """

    work: Work
    faults: dict[str, list[str]] = field(default_factory=dict)
    stale: dict[str, float] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    seconds: float = 1.0
    held: dict[str, tuple[str, float]] = field(default_factory=dict)
    sent: dict[str, list[str]] = field(default_factory=dict)
    early: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    most_at_once: int = 0
    unreachable_until: float = 0.0
    hides_hashes: bool = False
    _at_once: int = 0

    async def files(self, package: str) -> dict[str, IndexFile] | None:
        await self._answer()
        now, lag = _now(), self.stale.get(package, 0.0)
        names = [file.file for file in self.work.parcels[package].files]
        shown = {
            name: IndexFile(name, f'/{name}', None if self.hides_hashes else self.held[name][0])
            for name in names
            if name in self.held and self.held[name][1] + lag <= now
        }
        return shown or None

    async def digest(self, file: IndexFile) -> str:
        await self._answer()
        return self.held[file.file][0]

    async def fetch(self, file: IndexFile) -> bytes:
        raise AssertionError(f'a run compares hashes, and reads {file.file}')

    async def installs(self, package: str, version: str) -> bool:
        await self._answer()
        return self._is_installable(package)

    async def upload(self, artefact: Artefact, path: Path) -> Answer:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return await self._take(artefact, path)
        finally:
            self._at_once -= 1

    async def _take(self, artefact: Artefact, path: Path) -> Answer:
        digest = _digest(path)
        self.sent.setdefault(artefact.file, []).append(digest)
        self.order.append(artefact.file)
        needs = self.work.parcels[artefact.package].needs
        self.early.extend(f'{artefact.package} before {need}' for need in needs if not self._is_installable(need))
        waiting = self.faults.get(artefact.file, [])
        fault = waiting.pop(0) if waiting else ''
        await asyncio.sleep(self.seconds)
        if _now() < self.unreachable_until:
            return Answer(Outcome.UNCLEAR, 'ConnectError')
        return _FAULTS[fault](self, artefact, digest)

    def store(self, artefact: Artefact, digest: str) -> None:
        self.held.setdefault(artefact.file, (digest, _now()))

    def _is_installable(self, package: str) -> bool:
        lag = self.stale.get(package, 0.0) + self.slow.get(package, 0.0)
        files = self.work.parcels[package].files
        return all(file.file in self.held and self.held[file.file][1] + lag <= _now() for file in files)

    async def _answer(self) -> None:
        await asyncio.sleep(0.01)
        if _now() < self.unreachable_until:
            raise IndexUnreachable('nobody is there')


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _now() -> float:
    return asyncio.get_running_loop().time()


def _stored(index: FakeIndex, artefact: Artefact, digest: str) -> Answer:
    held = index.held.get(artefact.file)
    if held is not None and held[0] != digest:
        return Answer(Outcome.THERE, '400 File already exists')
    index.store(artefact, digest)
    return Answer(Outcome.STORED, '200')


def _lost_after(index: FakeIndex, artefact: Artefact, digest: str) -> Answer:
    index.store(artefact, digest)
    return Answer(Outcome.UNCLEAR, '503 Service Unavailable')


def _taken(index: FakeIndex, artefact: Artefact, digest: str) -> Answer:
    index.held[artefact.file] = ('0' * 64, 0.0)
    return Answer(Outcome.THERE, '400 File already exists')


def _altered(index: FakeIndex, artefact: Artefact, digest: str) -> Answer:
    index.held[artefact.file] = ('f' * 64, _now())
    return Answer(Outcome.STORED, '200')


def _there(index: FakeIndex, artefact: Artefact, digest: str) -> Answer:
    index.store(artefact, digest)
    return Answer(Outcome.THERE, '409 Conflict')


_FAULTS: dict[str, Callable[[FakeIndex, Artefact, str], Answer]] = {
    '': _stored,
    '503 before': lambda *_: Answer(Outcome.UNCLEAR, '503 Service Unavailable'),
    '503 after': _lost_after,
    'reset': lambda *_: Answer(Outcome.UNCLEAR, 'ReadError'),
    '429': lambda *_: Answer(Outcome.THROTTLED, '429 Too Many Requests', 30.0),
    '429 for days': lambda *_: Answer(Outcome.THROTTLED, '429 Too Many Requests', 86_400.0),
    '503 for a minute': lambda *_: Answer(Outcome.UNCLEAR, '503 Service Unavailable', 60.0),
    '503 for days': lambda *_: Answer(Outcome.UNCLEAR, '503 Service Unavailable', 86_400.0),
    'quota': lambda *_: Answer(Outcome.QUOTA, '429 Too many new projects created', 86_400.0),
    'there': _there,
    'taken': _taken,
    'altered': _altered,
    '403': lambda *_: Answer(Outcome.DENIED, '403 Forbidden'),
    '400': lambda *_: Answer(Outcome.REFUSED, '400 Invalid distribution metadata'),
}
PASSING = ('503 before', '503 after', 'reset', '429', 'there')


def make_parcels(folder: Path, needs: dict[str, tuple[str, ...]]) -> Work:
    """Return packages with a wheel and a source distribution each, whose files lie in a folder."""
    parcels: dict[str, Parcel] = {}
    for name, needed in needs.items():
        files: list[Artefact] = []
        for file in (f'{name}-1.0.0-py3-none-any.whl', f'{name}-1.0.0.tar.gz'):
            content = f'{file}\n'.encode() * 10
            (folder / file).write_bytes(content)
            files.append(Artefact(name, '1.0.0', file, hashlib.sha256(content).hexdigest(), len(content)))
        parcels[name] = Parcel(name, '1.0.0', tuple(files), frozenset(needed))
    return Work(parcels)


@dataclass
class World:
    """Some work, an index, and a folder for files and journal: what outlives a run."""

    folder: Path
    work: Work
    index: FakeIndex
    policy: Policy = field(default_factory=Policy)
    events: list[Event] = field(default_factory=list)
    controls: Controls | None = None
    seed: int = 0

    @classmethod
    def made(cls, folder: Path, needs: dict[str, tuple[str, ...]], **options: Any) -> 'World':
        folder.mkdir(parents=True, exist_ok=True)
        work = make_parcels(folder, needs)
        return cls(folder, work, FakeIndex(work), **options)

    def run(
        self,
        *,
        killed_after: float | None = None,
        during: Any = None,
        guard: Any = None,
        postponed: Any = None,
        staged: Any = None,
    ) -> Report:
        """Publish once; killed after some seconds if asked, at a moment when nothing can be tidied up."""
        latest = max((time for _, time in self.index.held.values()), default=0.0)  # each run's clock begins at 0
        self.index.held = {name: (digest, time - latest) for name, (digest, time) in self.index.held.items()}
        return simulate(self._run(killed_after, during, guard, postponed, staged))

    async def _run(self, killed_after: float | None, during: Any, guard: Any, postponed: Any, staged: Any) -> Report:
        async def nobody_else() -> None:
            return None

        journal = Journal.open(self.folder / 'journal', 'run', lambda: 0.0)
        self.controls = controls = Controls()
        dock = Dock(
            self.index,
            journal,
            lambda artefact: self.folder / artefact.file,
            self.policy,
            controls,
            self.events.append,
            guard or nobody_else,
            random=Random(self.seed),
        )
        run = Run(self.work, dock, postponed)
        meanwhile = asyncio.create_task(during(controls)) if during else None
        task = asyncio.create_task(staged(self.work, dock) if staged else run.finish())
        try:
            await asyncio.wait({task}, timeout=killed_after)
            if not task.done():
                task.cancel()
            return await task
        except asyncio.CancelledError:
            return run.report
        finally:
            if meanwhile:
                meanwhile.cancel()
            journal.close()
