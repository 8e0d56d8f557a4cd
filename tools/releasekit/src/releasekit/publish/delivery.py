# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Bringing one package to an index: file by file, and until a resolver finds it."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TypeVar

from releasekit.index.port import Answer, Index, IndexFile, IndexUnreachable, Outcome
from releasekit.model.errors import RefusedError
from releasekit.model.plan import Artefact
from releasekit.publish.calendar import day_of
from releasekit.publish.controls import Controls
from releasekit.publish.events import Event, Listener
from releasekit.publish.journal import Journal
from releasekit.publish.policy import Policy
from releasekit.publish.slots import Slots
from releasekit.publish.work import Parcel, Stage


Found = TypeVar('Found')


class Setback(Exception):  # noqa: N818 - what becomes of a package, not a mistake of the program
    """A package did not get through; `code` is of the catalogue.

    Attributes:
        stage: What the package is now.
        ends_run: Whether nothing more may be sent at all.
    """

    def __init__(self, code: str, text: str, *, stage: Stage = Stage.FAILED, ends_run: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.stage = stage
        self.ends_run = ends_run


class Drained(Exception):  # noqa: N818 - asked for
    """Nothing new is to be begun; the package stays where it is."""


@dataclass
class Dock:
    """What all deliveries of a run share.

    Attributes:
        index: Where packages go.
        journal: Where every step is written down first.
        path_of: Finds an artefact's file.
        policy: How patient the run is.
        controls: The controls of the run.
        tell: Takes what happens.
        guard: Raises `Setback` once this run may not send any more, as another one has taken its place.
        new: Projects that the index did not know when the run began.
        random: Spreads the waits of runs that fail together.
        quiet_until: The loop's time before which nothing is sent, because the index asked for it.
    """

    index: Index
    journal: Journal
    path_of: Callable[[Artefact], Path]
    policy: Policy
    controls: Controls
    tell: Listener
    guard: Callable[[], Awaitable[None]]
    new: frozenset[str] = frozenset()
    random: Random = field(default_factory=Random)
    slots: Slots = field(init=False)
    quiet_until: float = 0.0
    silence: str = ''

    def __post_init__(self) -> None:
        self.slots = Slots(self.policy.width)

    def note(self, kind: str, package: str, text: str, file: str = '') -> None:
        """Tell what happens."""
        self.tell(Event(asyncio.get_running_loop().time(), kind, package, None, file, text))


class Delivery:
    """One package on its way.

    Args:
        parcel: The package.
        priority: Who is sent first of those that wait; the lowest.
        dock: What the run shares.
    """

    def __init__(self, parcel: Parcel, priority: tuple[int, int, str], dock: Dock) -> None:
        self._parcel = parcel
        self._priority = priority
        self._dock = dock

    async def send(self) -> None:
        """Bring every file to the index, and see each of them there with its hash.

        Raises:
            Setback: A file did not get through.
            Drained: The run ends before all were begun.
        """
        listed = await self._patiently(self._listing, 'the index does not answer')
        for artefact in self._parcel.files:
            found = listed.get(artefact.file)
            if found is None:
                await self._bring(artefact)
            else:
                await self._compare(artefact, found)

    async def wait_until_installable(self) -> None:
        """Wait until a resolver finds the version.

        Raises:
            Setback: It does not within the time that the policy gives.
        """
        package, version = self._parcel.package, self._parcel.version

        async def look() -> bool | None:
            return await self._dock.index.installs(package, version) or None

        await self._patiently(look, f'{package} {version} was sent, and cannot be installed yet')
        self._dock.journal.append('visible', package=package, version=version)

    async def _bring(self, artefact: Artefact) -> None:
        dock = self._dock
        unclear = 0
        while True:
            answer = await self._post(artefact)
            if answer.outcome is Outcome.STORED:
                return await self._wait_for(artefact, was_stored=True)
            _refuse(artefact, answer)
            if answer.outcome is Outcome.THROTTLED:
                dock.slots.narrow()
                wait = self._heeded(answer, self._backoff(unclear))
                dock.quiet_until = max(dock.quiet_until, asyncio.get_running_loop().time() + wait)
                dock.note('wait', artefact.package, f'the index asks for {wait:.0f} s of quiet', artefact.file)
                continue
            found = (await self._patiently(self._listing, 'the index does not answer')).get(artefact.file)
            if found is not None:
                return await self._compare(artefact, found)
            if answer.outcome is Outcome.THERE:
                return await self._wait_for(artefact, was_stored=False)
            unclear += 1
            if unclear >= dock.policy.attempts:
                raise Setback(
                    'RK-INDEX-UNCLEAR', f'{artefact.file}: sent {unclear} times, and not there: {answer.text}'
                )
            dock.note('retry', artefact.package, f'not there after {answer.text!r}; sending again', artefact.file)
            backoff = self._backoff(unclear - 1)
            await dock.controls.rest(max(backoff, self._heeded(answer, backoff)))

    def _heeded(self, answer: Answer, otherwise: float) -> float:
        """Return how long the index is left alone.

        Raises:
            Setback: It asks for more than a run waits; no other package is sent either.
        """
        wait = otherwise if answer.retry_after is None else answer.retry_after
        if wait > self._dock.policy.longest_quiet:
            self._dock.silence = (
                f'the index asks to be left alone for {wait / 3600:,.1f} hours, until {day_of(wait)}, and a run waits '
                f'{self._dock.policy.longest_quiet / 3600:.1f} hours at most; run it again then'
            )
            raise Setback('RK-INDEX-SLOW', self._dock.silence)
        return wait

    async def _post(self, artefact: Artefact) -> Answer:
        """Send the very bytes that were built, once, with the intent on the disk before."""
        dock = self._dock
        async with self._passage():
            await dock.guard()
            path = dock.path_of(artefact)
            if _digest_of(path) != artefact.sha256:
                raise Setback('RK-ARTEFACT-CHANGED', f'{path}: the file is not the one that was built; build it again')
            about = {'new': True} if artefact.package in dock.new else {}
            dock.journal.append('intent', package=artefact.package, file=artefact.file, sha256=artefact.sha256, **about)
            dock.note('file', artefact.package, 'sending', artefact.file)
            try:
                answer = await dock.index.upload(artefact, path)
            except RefusedError as error:
                raise Setback(error.code.id, f'{artefact.file}: {error}') from error
            dock.journal.append('sent', file=artefact.file, outcome=answer.outcome, text=answer.text)
        return answer

    @asynccontextmanager
    async def _passage(self) -> AsyncGenerator[None]:
        """Hold a slot at a moment when sending is allowed."""
        dock, loop = self._dock, asyncio.get_running_loop()
        while True:
            await dock.controls.let_pass()
            if dock.controls.is_draining:
                raise Drained
            if dock.silence:
                raise Setback('RK-INDEX-SLOW', dock.silence)
            async with dock.slots.one(self._priority):
                if dock.controls.is_draining:
                    raise Drained
                if not (dock.silence or dock.controls.is_paused) and loop.time() >= dock.quiet_until:
                    yield
                    return
            await dock.controls.rest(max(0.0, dock.quiet_until - loop.time()))

    async def _wait_for(self, artefact: Artefact, *, was_stored: bool) -> None:
        """Wait until the index shows a file, and compare it."""

        async def look() -> IndexFile | None:
            return (await self._listing()).get(artefact.file)

        found = await self._patiently(look, f'{artefact.file} was sent, and the index does not show it')
        await self._compare(artefact, found, was_stored=was_stored)

    async def _compare(self, artefact: Artefact, found: IndexFile, *, was_stored: bool = False) -> None:
        async def digest() -> str:
            return found.sha256 or await self._dock.index.digest(replace(found, size=artefact.size))

        on_index = await self._patiently(digest, f'{artefact.file} cannot be read from the index')
        if on_index == artefact.sha256:
            self._dock.journal.append('confirmed', file=artefact.file, sha256=on_index)
            self._dock.note('file', artefact.package, 'there', artefact.file)
            return
        hashes = f'ours has sha256 {artefact.sha256}, the index has {on_index}'
        if was_stored or self._was_stored(artefact):
            text = f'{artefact.file}: the index took the file and shows other bytes: {hashes}. Nothing more is sent.'
            raise Setback('RK-INDEX-ALTERED', text, ends_run=True)
        raise Setback(
            'RK-INDEX-TAKEN',
            f'{artefact.file}: the name is taken by other bytes: {hashes}. A name is never free again: '
            'give the package a new version.',
        )

    def _was_stored(self, artefact: Artefact) -> bool:
        return any(
            record['kind'] == 'sent' and record['file'] == artefact.file and record['outcome'] == Outcome.STORED
            for record in self._dock.journal.records
        )

    async def _listing(self) -> Mapping[str, IndexFile]:
        return await self._dock.index.files(self._parcel.package) or {}

    async def _patiently(self, look: Callable[[], Awaitable[Found | None]], waiting_for: str) -> Found:
        """Look until there is something to see, at growing intervals, for as long as the policy allows.

        Raises:
            Setback: There was nothing.
            Drained: The run ends, and there was nothing yet.
        """
        loop, policy = asyncio.get_running_loop(), self._dock.policy
        deadline, pause = loop.time() + policy.visible_within, policy.poll
        while True:
            try:
                found, reason = await look(), ''
            except IndexUnreachable as error:
                found, reason = None, f' ({error})'
            if found is not None:
                return found
            if loop.time() + pause > deadline:
                text = f'{waiting_for} after {policy.visible_within:.0f} s{reason}; run it again to go on'
                raise Setback('RK-INDEX-SLOW', text)
            if self._dock.controls.is_draining:
                raise Drained
            await self._dock.controls.rest(pause)
            pause = min(pause * 1.5, policy.poll * 50)

    def _backoff(self, attempt: int) -> float:
        policy = self._dock.policy
        return min(policy.longest_backoff, policy.backoff * 2**attempt) * self._dock.random.uniform(0.5, 1)


def _refuse(artefact: Artefact, answer: Answer) -> None:
    """Raise if an answer is final.

    Raises:
        Setback: It is.
    """
    if answer.outcome is Outcome.REFUSED:
        raise Setback('RK-INDEX-REFUSED', f'{artefact.file}: {answer.text}')
    if answer.outcome is Outcome.DENIED:
        text = f'{artefact.file}: {answer.text}. The account or the token may not send files of {artefact.package!r}.'
        raise Setback('RK-INDEX-DENIED', text)
    if answer.outcome is Outcome.QUOTA:
        wait = f' in {answer.retry_after / 3600:.1f} hours, {day_of(answer.retry_after)}' if answer.retry_after else ''
        text = f'{artefact.file}: no more new projects for now ({answer.text}); run it again{wait}'
        raise Setback('RK-INDEX-QUOTA', text, stage=Stage.POSTPONED)


def _digest_of(path: Path) -> str:
    try:
        with path.open('rb') as file:
            return hashlib.file_digest(file, 'sha256').hexdigest()
    except OSError as error:
        raise Setback('RK-ARTEFACT-CHANGED', f'{path}: {error.strerror}; build it again') from error
