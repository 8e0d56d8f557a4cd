# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Publishing in two phases: everything is brought to a stage that nobody sees, and made public at once.

The same state machine does both: first against the stage, where nothing waits for anything, then against the index,
where all is there already and is compared and waited for. The port is that of https://peps.python.org/pep-0694/; no
index speaks it yet, so nothing of the command line leads here.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from releasekit.index.port import Answer, Index, IndexFile, Outcome
from releasekit.model.plan import Artefact
from releasekit.publish.delivery import Dock, Setback
from releasekit.publish.run import Report, Run
from releasekit.publish.work import Stage, Work


class StagedIndex(Index, Protocol):
    """An index with a staging area, where files are hidden until released; `upload` sends there."""

    async def staged(self, package: str) -> Mapping[str, IndexFile]:
        """Return the files of a project that lie on the stage, by name."""
        ...

    async def commit(self) -> Answer:
        """Make everything on the stage public, or nothing; asked again, it says `STORED` again."""
        ...


async def publish_staged(work: Work, dock: Dock, index: StagedIndex) -> Report:
    """Bring everything to the stage, compare it there, make it public, and see it installable.

    Nothing is public unless everything is on the stage as it was built. Run again after any crash, it goes on.

    Args:
        work: What there is to publish.
        dock: What the deliveries share; its index is not used.
        index: Where it is published.
    """
    public = replace(dock, index=index)
    if not await _is_public(work, index):
        view = _StageView(index, work)
        report = await Run(work, replace(dock, index=view, policy=replace(dock.policy, is_strict=False))).finish()
        if report.exit_code:
            return _unseen(report)
        try:
            await _commit(work, public, index)
        except Setback as setback:
            return Report(
                dict.fromkeys(work.parcels, setback.stage),
                dict.fromkeys(work.parcels, setback.code),
                dict.fromkeys(work.parcels, str(setback)),
            )
    return await Run(work, public).finish()


class _StageView:
    """A stage as an index: what lies on it can be seen, and counts as installable."""

    def __init__(self, index: StagedIndex, work: Work) -> None:
        self._index = index
        self._work = work

    async def files(self, package: str) -> Mapping[str, IndexFile] | None:
        public = await self._index.files(package) or {}
        return {**public, **await self._index.staged(package)} or None

    async def digest(self, file: IndexFile) -> str:
        return await self._index.digest(file)

    async def fetch(self, file: IndexFile) -> bytes:
        return await self._index.fetch(file)

    async def upload(self, artefact: Artefact, path: Path) -> Answer:
        return await self._index.upload(artefact, path)

    async def installs(self, package: str, version: str) -> bool:  # noqa: ARG002 - as every index
        listed = await self.files(package) or {}
        return all(file.file in listed for file in self._work.parcels[package].files)


async def _commit(work: Work, dock: Dock, index: StagedIndex) -> None:
    """Make the stage public; after an answer that may hide a success the index is asked.

    Raises:
        Setback: It is not public.
    """
    answer = Answer(Outcome.UNCLEAR)
    for _ in range(dock.policy.attempts):
        await dock.guard()
        dock.journal.append('commit')
        answer = await index.commit()
        dock.journal.append('committed', outcome=answer.outcome, text=answer.text)
        if answer.outcome is Outcome.STORED or await _is_public(work, index):
            return
        if answer.outcome in {Outcome.REFUSED, Outcome.DENIED}:
            break
    raise Setback(
        'RK-INDEX-UNCLEAR', f'everything is on the stage, and the index does not make it public: {answer.text}'
    )


async def _is_public(work: Work, index: Index) -> bool:
    """Return whether the index shows every file; whether with the right bytes, the run that follows says."""
    for name, parcel in work.parcels.items():
        listed = await index.files(name) or {}
        if any(file.file not in listed for file in parcel.files):
            return False
    return True


def _unseen(report: Report) -> Report:
    """Return the report of a stage that was not completed: what lies on it is not public."""
    stages = {name: Stage.WAITING if stage is Stage.PUBLISHED else stage for name, stage in report.stages.items()}
    return replace(report, stages=stages)
