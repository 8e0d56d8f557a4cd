# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Random lives of sessions, against a plain model of what an agent has to remember."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from genkit import GenerateResponse, Genkit, GenkitError, Message
from genkit.agent import AgentError, FileSnapshots, MemorySnapshots, SqliteSnapshots
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


STORES: dict[str, Callable[[Path], Any]] = {
    'memory': lambda _: MemorySnapshots(),
    'files': FileSnapshots,
    'sqlite': lambda folder: SqliteSnapshots(folder / 's.db'),
}
SESSIONS = ('table', 'Bar/2')
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(['send', 'detach', 'fail', 'abort', 'race', 'delete']), st.sampled_from(SESSIONS)),
        st.tuples(st.just('branch'), st.integers(0, 20)),
        st.tuples(st.just('crash'), st.none()),
    ),
    min_size=1,
    max_size=12,
)


async def answer(request: Any) -> GenerateResponse[Any]:
    said = request.messages[-1].text
    if said == 'fail':
        raise GenkitError('No.', status='UNAVAILABLE')
    if said == 'wait':
        await asyncio.sleep(60)
    await asyncio.sleep(0)
    return GenerateResponse(message=Message(role='model', content=f'{len(request.messages)}'))


class Life:
    """Sessions as they are, and as they have to be.

    Attributes:
        told: What was said up to each good snapshot, in the order of the snapshots.
        newest: The last of them of each session.
    """

    def __init__(self, kept: str, folder: Path) -> None:
        self.kept, self.folder = kept, folder
        self.told: dict[str, tuple[str, list[str]]] = {}
        self.newest: dict[str, str] = {}
        self.store: Any = None
        self.open()

    def open(self) -> None:
        if self.kept != 'memory' or self.store is None:
            self.store = STORES[self.kept](self.folder)
        ai = Genkit(model='answer')
        ai.define_model('answer', answer)
        self.agent = ai.define_agent('waiter', store=self.store)

    async def close(self) -> None:
        if isinstance(self.store, SqliteSnapshots):
            await self.store.aclose()

    def keep(self, session: str, snapshot: str | None, before: list[str], said: str) -> None:
        assert snapshot is not None
        assert snapshot not in self.told
        self.told[snapshot] = session, [*before, said, f'{len(before) + 1}']
        self.newest[session] = snapshot

    def before(self, session: str) -> list[str]:
        return self.told[self.newest[session]][1] if session in self.newest else []

    async def take(self, number: int, step: tuple[str, Any]) -> None:
        kind, what = step
        await getattr(self, kind)(what, f'said {number}')

    async def send(self, session: str, said: str) -> None:
        response = await self.agent.chat(session_id=session).send(said)
        self.keep(session, response.snapshot_id, self.before(session), said)

    async def detach(self, session: str, said: str) -> None:
        task = await self.agent.chat(session_id=session).detach(said)
        done = await task.wait(0.001)
        assert done.status == 'completed'
        self.keep(session, done.snapshot_id, self.before(session), said)

    async def fail(self, session: str, _said: str) -> None:
        with pytest.raises(AgentError) as raised:
            await self.agent.chat(session_id=session).send('fail')
        assert raised.value.status == 'UNAVAILABLE'

    async def abort(self, session: str, _said: str) -> None:
        task = await self.agent.chat(session_id=session).detach('wait')
        assert await task.abort() == 'pending'
        assert (await task.wait(0.001)).status == 'aborted'
        assert await task.abort() == 'aborted'

    async def race(self, session: str, said: str) -> None:
        """Two continue a session at a time: one of them may be told to try again, and neither overwrites the other."""
        before = self.before(session)
        texts = [f'{said} {name}' for name in 'ab']
        sent = [self.agent.chat(session_id=session).send(text) for text in texts]
        outcomes = await asyncio.gather(*sent, return_exceptions=True)
        kept: list[tuple[bool, str, Any]] = []
        for text, outcome in zip(texts, outcomes, strict=True):
            if isinstance(outcome, GenkitError):
                assert outcome.status == 'ABORTED'
                continue
            assert not isinstance(outcome, BaseException), outcome
            kept.append((outcome.text != f'{len(before) + 1}', text, outcome.snapshot_id))
        for is_second, text, snapshot in sorted(kept):
            self.keep(session, snapshot, self.before(session) if is_second else before, text)
        if sum(not is_second for is_second, _, _ in kept) > 1:  # of two that began the session either may be the newer
            newest = await self.store.latest(session)
            assert newest.snapshot_id in {snapshot for _, _, snapshot in kept}
            self.newest[session] = newest.snapshot_id

    async def branch(self, number: int, said: str) -> None:
        if self.told:
            snapshot = list(self.told)[number % len(self.told)]
            session, before = self.told[snapshot]
            response = await self.agent.chat(snapshot_id=snapshot).send(said)
            self.keep(session, response.snapshot_id, before, said)

    async def delete(self, session: str, _said: str) -> None:
        await self.store.delete_session(session)
        gone = [snapshot for snapshot, (of, _) in self.told.items() if of == session]
        for snapshot in gone:
            del self.told[snapshot]
            assert await self.store.read(snapshot) is None
            with pytest.raises(GenkitError) as raised:
                await self.agent.chat(snapshot_id=snapshot).send('hello?')
            assert raised.value.status == 'NOT_FOUND'
        self.newest.pop(session, None)

    async def crash(self, _what: None, _said: str) -> None:
        """End without a word, as far as the store is concerned."""
        await self.close()
        self.open()

    async def compare(self) -> None:
        for snapshot, (session, texts) in self.told.items():
            found = await self.store.read(snapshot)
            assert (found.status, found.session_id) == ('completed', session)
            assert [message.text for message in found.state.messages] == texts
        for session, snapshot in self.newest.items():
            loaded = await self.agent.load_chat(session_id=session)
            assert [message.text for message in loaded.messages] == self.told[snapshot][1]


async def live(kept: str, steps: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        life = Life(kept, Path(folder))
        try:
            for number, step in enumerate(steps):
                await life.take(number, step)
            await life.compare()
        finally:
            await life.close()


def run_many(kept: str, times: int) -> None:
    @settings(max_examples=times, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(STEPS)
    def run(steps: list[tuple[str, Any]]) -> None:
        asyncio.run(live(kept, steps))

    run()


@pytest.mark.timeout(120)
@pytest.mark.parametrize('kept', STORES)
def test_a_session_is_what_was_made_of_it(kept: str) -> None:
    run_many(kept, 40)


@pytest.mark.nightly
@pytest.mark.timeout(1200)
@pytest.mark.parametrize('kept', STORES)
def test_so_is_each_of_many(kept: str) -> None:
    run_many(kept, 2000)
