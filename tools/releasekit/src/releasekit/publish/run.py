# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A run: every package as soon as those that it needs are there; a failure keeps back only what needs it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from releasekit.model.codes import AMBIGUOUS, INTERRUPTED, LOCK_HELD, OK, PARTIAL
from releasekit.publish.delivery import Delivery, Dock, Drained, Setback
from releasekit.publish.events import Event
from releasekit.publish.work import Parcel, Stage, Work


@dataclass
class Report:
    """What became of each package; `codes` and `texts` say why, where it did not get through."""

    stages: dict[str, Stage]
    codes: dict[str, str] = field(default_factory=dict[str, str])
    texts: dict[str, str] = field(default_factory=dict[str, str])
    was_drained: bool = False
    was_ended: bool = False

    @property
    def exit_code(self) -> int:
        """0 if all is published, 5 to go on, 6 if a human has to look, 7 if another run took over, 130 if drained."""
        if 'RK-LEASE-LOST' in self.codes.values():
            return LOCK_HELD
        if self.was_ended:
            return AMBIGUOUS
        if all(stage is Stage.PUBLISHED for stage in self.stages.values()):
            return OK
        return INTERRUPTED if self.was_drained else PARTIAL


class Run:
    """Publishes all parcels of some work.

    Args:
        work: What there is to publish.
        dock: What the deliveries share.
        postponed: Packages whose turn has not come, and why.
    """

    def __init__(self, work: Work, dock: Dock, postponed: Mapping[str, str] | None = None) -> None:
        self._work = work
        self._dock = dock
        self._postponed = postponed or {}
        self._tasks: dict[asyncio.Task[None], str] = {}
        self.report = Report(dict.fromkeys(work.parcels, Stage.WAITING))

    async def finish(self) -> Report:
        """Publish until everything that can get through has; cancelling it stops at once."""
        controls = self._dock.controls
        for name, text in self._postponed.items():
            self._fail(name, Setback('RK-INDEX-QUOTA', text, stage=Stage.POSTPONED))
        try:
            while True:
                controls.changed.clear()
                self._heed_removals()
                self._begin()
                if self._tasks:
                    await self._wait()
                elif controls.is_paused and self._ready():
                    await controls.changed.wait()
                else:
                    break
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self.report.was_drained = controls.is_draining
        self._tell(Event(self._now(), 'end', text=f'exit code {self.report.exit_code}'))
        return self.report

    def _ready(self) -> list[str]:
        stages = self.report.stages
        waiting = [name for name, stage in stages.items() if stage is Stage.WAITING and name not in self._busy()]
        if self._dock.policy.is_strict:
            waiting = [
                name
                for name in waiting
                if all(stages[need] is Stage.PUBLISHED for need in self._work.parcels[name].needs)
            ]
        return sorted(waiting, key=self._work.priority.__getitem__)

    def _begin(self) -> None:
        if self._dock.controls.is_draining or self._dock.controls.is_paused:
            return
        for name in self._ready():
            task = asyncio.create_task(self._deliver(self._work.parcels[name]), name=name)
            self._tasks[task] = name

    async def _wait(self) -> None:
        changed = asyncio.create_task(self._dock.controls.changed.wait())
        try:
            await asyncio.wait([*self._tasks, changed], return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
        for task in [task for task in self._tasks if task.done()]:
            del self._tasks[task]
            task.result()

    async def _deliver(self, parcel: Parcel) -> None:
        delivery = Delivery(parcel, self._work.priority[parcel.package], self._dock)
        try:
            self._come_to(parcel.package, Stage.SENDING)
            await delivery.send()
            self._come_to(parcel.package, Stage.CONFIRMING)
            await delivery.wait_until_installable()
            self._come_to(parcel.package, Stage.PUBLISHED)
        except Drained:
            self._come_to(parcel.package, Stage.WAITING)
        except Setback as setback:
            self._fail(parcel.package, setback)

    def _fail(self, package: str, setback: Setback) -> None:
        self.report.codes[package] = setback.code
        self._come_to(package, setback.stage, str(setback))
        self._block_behind(package)
        if setback.ends_run:
            self.report.was_ended = True
            self._dock.controls.drain()

    def _block_behind(self, package: str) -> None:
        for name in sorted(self._work.behind(package)):
            if self.report.stages[name] is Stage.WAITING:
                self._come_to(name, Stage.BLOCKED, f'it needs {package}')

    def _heed_removals(self) -> None:
        stages, removed = self.report.stages, self._dock.controls.removed
        for name, stage in list(stages.items()):
            if name in removed and stage is Stage.WAITING and name not in self._busy():
                self._come_to(name, Stage.REMOVED, 'taken out')
                self._block_behind(name)
            elif name not in removed and stage is Stage.REMOVED:
                self._come_to(name, Stage.WAITING)
                for other in self._work.behind(name):
                    if self._is_free(other):
                        self._come_to(other, Stage.WAITING)

    def _is_free(self, name: str) -> bool:
        """Return whether a blocked package waits for nothing but what may still come."""
        lost = {Stage.FAILED, Stage.POSTPONED, Stage.REMOVED}
        ahead = {need for need in self._work.parcels if name in self._work.behind(need)}
        return self.report.stages[name] is Stage.BLOCKED and not any(self.report.stages[need] in lost for need in ahead)

    def _busy(self) -> set[str]:
        return set(self._tasks.values())

    def _come_to(self, package: str, stage: Stage, text: str = '') -> None:
        self.report.stages[package] = stage
        if text:
            self.report.texts[package] = text
        else:
            self.report.texts.pop(package, None)
        self._tell(Event(self._now(), 'stage', package, stage, text=text))

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _tell(self, event: Event) -> None:
        self._dock.tell(event)
