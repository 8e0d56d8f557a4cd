# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Contract of snapshot stores."""

import asyncio
import contextlib
import random
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

import pytest

from genkit import Genkit, GenkitError, Message, Role, TextPart
from genkit.agent import AgentError, SnapshotStore, StateChange, StoredSnapshot
from genkit.testing.contracts.contract import Contract
from genkit.testing.models import define_echo_model
from genkit.types import Artifact, GenerateRequest, GenerateResponse, SnapshotStatus


def _message(text: str, role: Role = Role.USER) -> Message:
    return Message(role=role, content=[TextPart(text=text)])


def _snapshot(name: str, parent: str | None = None, session: str = 's', **members: Any) -> StoredSnapshot:
    stamp = datetime.now(UTC).isoformat()
    return StoredSnapshot(
        snapshot_id=name,
        session_id=session,
        parent_id=parent,
        created_at=members.pop('created_at', stamp),
        status=members.pop('status', SnapshotStatus.COMPLETED),
        **members,
    )


# Talks with an agent as fast as it can, or says what it was given; the model tells how many messages it was sent.
_PROGRAM: Final = """
import asyncio, sys
from genkit import GenerateResponse, Genkit, Message

async def short(request):
    return GenerateResponse(message=Message(role='model', content=str(len(request.messages))))

async def main():
    {statements}
    ai = Genkit(model='short')
    ai.define_model('short', short)
    session = sys.argv.pop(2) if sys.argv[1:2] == ['--session'] else 'killed'
    sys.argv[1:] = [given for given in sys.argv[1:] if given != '--session']
    chat = ai.define_agent('waiter', store=store).chat(session_id=session)
    for said in sys.argv[1:] or map(str, range(10**6)):
        print((await chat.send(said)).text, flush=True)
    if hasattr(store, 'aclose'):
        await store.aclose()

asyncio.run(main())
"""


class SessionStoreContract(Contract):
    """Contract tests of a snapshot store. Subclass it in a test module as ``Test…``, and define `store`.

    Attributes:
        kills: How many times to kill a program while it talks with an agent.
    """

    kills: ClassVar[int] = 3

    async def store(self, *, reject_ambiguous_session: bool = False) -> SnapshotStore:
        """Return an empty store; the only method a subclass must define."""
        raise NotImplementedError(f'{type(self).__name__} must say how its store is made: define `store`.')

    async def elsewhere(self) -> str | None:
        """Return statements that open the same store, as ``store``, in another process; None if that is impossible."""
        return None

    async def test_a_state_is_what_the_changes_made_of_it(self) -> None:
        store = await self.store()
        artifact = Artifact(name='a', parts=[TextPart(text='x')])
        await store.add(
            _snapshot('1'), StateChange(added=[_message('one')], custom={'n': 1}, custom_changed=True), alone=True
        )
        await store.add(
            _snapshot('2', '1'), StateChange(kept=1, added=[_message('two')], artifacts=[artifact]), alone=True
        )
        await store.add(_snapshot('3', '2'), StateChange(kept=1, custom=None, custom_changed=True), alone=True)
        states = [found.state for name in '123' if (found := await store.read(name)) is not None]
        assert [[m.text for m in (state and state.messages) or ()] for state in states] == [
            ['one'],
            ['one', 'two'],
            ['one'],
        ]
        assert [state and state.custom for state in states] == [{'n': 1}, {'n': 1}, None]
        assert [len((state and state.artifacts) or ()) for state in states] == [0, 1, 1]

    async def test_what_is_said_of_a_snapshot_comes_back(self) -> None:
        store = await self.store()
        more = {'agent': 'waiter', 'owner': 'ada', 'finish_reason': 'stop', 'heartbeat_at': '2026-01-01T00:00:00Z'}
        given = _snapshot('1', status=SnapshotStatus.PENDING, **more)
        await store.add(given, StateChange(), alone=True)
        found = await store.read('1')
        assert found is not None
        assert found.replaced(state=None) == given
        assert await store.read('2') is None
        assert await store.latest('nobody') is None

    async def test_the_latest_is_the_newest_that_nothing_follows(self) -> None:
        store = await self.store()
        for name, parent in (('1', None), ('2', '1'), ('3', '1'), ('4', '2')):
            await store.add(_snapshot(name, parent), StateChange(), alone=False)
        latest = await store.latest('s')
        assert latest is not None
        assert latest.snapshot_id == '4'

    async def test_a_branched_session_is_refused_where_that_was_asked_for(self) -> None:
        store = await self.store(reject_ambiguous_session=True)
        for name, parent in (('1', None), ('2', '1'), ('3', '1')):
            await store.add(_snapshot(name, parent), StateChange(), alone=False)
        with pytest.raises(GenkitError) as raised:
            await store.latest('s')
        assert raised.value.status == 'FAILED_PRECONDITION'

    async def test_of_two_writers_the_second_is_told(self) -> None:
        store = await self.store()
        await store.add(_snapshot('1'), StateChange(), alone=True)
        outcomes = await asyncio.gather(
            *(store.add(_snapshot(f'2{n}', '1'), StateChange(), alone=True) for n in range(5)), return_exceptions=True
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, GenkitError)]
        assert [error.status for error in refused] == ['ABORTED'] * 4

    async def test_of_several_who_begin_a_session_one_does(self) -> None:
        store = await self.store()
        outcomes = await asyncio.gather(
            *(store.add(_snapshot(str(n)), StateChange(added=[_message(str(n))]), alone=True) for n in range(5)),
            return_exceptions=True,
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, GenkitError)]
        assert [error.status for error in refused] == ['ABORTED'] * 4
        await store.add(_snapshot('elsewhere', session='other'), StateChange(), alone=True)

    async def test_what_was_answered_is_kept_when_several_begin_a_session(self) -> None:
        ai = Genkit(model='slow')

        async def slow(_: GenerateRequest) -> GenerateResponse:
            await asyncio.sleep(0.05)  # the others begin meanwhile
            return GenerateResponse(message=_message('ok', Role.MODEL))

        ai.define_model('slow', slow)
        agent = ai.define_agent('waiter', store=await self.store())
        texts = [f'text {number}' for number in range(4)]
        outcomes = await asyncio.gather(
            *(agent.chat(session_id='table').send(text) for text in texts), return_exceptions=True
        )
        answered = [text for text, outcome in zip(texts, outcomes, strict=True) if not isinstance(outcome, AgentError)]
        assert {outcome.status for outcome in outcomes if isinstance(outcome, AgentError)} <= {'ABORTED'}
        kept = (await agent.load_chat(session_id='table')).messages
        assert sorted(message.text for message in kept if message.role == Role.USER) == answered

    async def test_messages_that_are_sent_at_once_in_one_chat_take_turns(self) -> None:
        ai = Genkit(model='echo')
        define_echo_model(ai, 'echo')
        agent = ai.define_agent('waiter', store=await self.store())
        chat = agent.chat(session_id='table')
        texts = [f'text {number}' for number in range(3)]
        await asyncio.gather(*map(chat.send, texts))
        kept = (await agent.load_chat(session_id='table')).messages
        assert [message.text for message in kept if message.role == Role.USER] == texts
        assert chat.messages == kept

    async def test_programs_that_open_a_new_store_at_once_all_succeed(self) -> None:
        program = await self._program()
        texts = [f'{number}' for number in range(4)]
        said = await asyncio.gather(*(asyncio.to_thread(_said, [*program, '--session', t], 'hello') for t in texts))
        assert said == [1] * 4

    async def test_threads_that_open_a_new_store_at_once_all_succeed(self) -> None:
        statements = await self.elsewhere()
        if statements is None:
            pytest.skip('the store lives in one process')
        ready = threading.Barrier(4)
        failures: list[BaseException] = []

        async def first(number: int) -> None:
            async with _made_by(statements) as store:
                await asyncio.to_thread(ready.wait, 10)
                await store.add(_snapshot(str(number), session=str(number)), StateChange(), alone=True)

        def run(number: int) -> None:
            try:
                asyncio.run(first(number))
            except BaseException as error:  # noqa: BLE001  (told below)
                failures.append(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            await asyncio.to_thread(thread.join, 30)
        assert failures == []
        async with _made_by(statements) as store:
            assert [found.snapshot_id for n in range(4) if (found := await store.latest(str(n)))] == list('0123')

    async def test_a_call_that_is_cancelled_has_happened_or_can_be_repeated(self) -> None:
        store = await self.store()
        await store.add(_snapshot('0'), StateChange(added=[_message('0')]), alone=True)
        for number in range(1, 60):
            snapshot = _snapshot(str(number), str(number - 1))
            change = StateChange(kept=number, added=[_message(str(number))])
            adding = asyncio.create_task(store.add(snapshot, change, alone=True))
            for _ in range(number % 15):
                await asyncio.sleep(number % 2 / 5000)
            adding.cancel()
            await asyncio.wait([adding])
            if await store.read(snapshot.snapshot_id) is None:
                await store.add(snapshot, change, alone=True)
        found = await store.read('59')
        assert found is not None
        assert [message.text for message in (found.state and found.state.messages) or ()] == [*map(str, range(60))]

    async def test_a_status_changes_only_from_the_one_that_is_expected(self) -> None:
        store = await self.store()
        pending = _snapshot('1', status=SnapshotStatus.PENDING)
        await store.add(pending, StateChange(), alone=True)
        aborted = pending.replaced(status=SnapshotStatus.ABORTED)
        done = pending.replaced(status=SnapshotStatus.COMPLETED)
        assert await store.update(aborted, None, SnapshotStatus.PENDING)
        assert not await store.update(done, StateChange(added=[_message('late')]), SnapshotStatus.PENDING)
        assert not await store.update(done.replaced(snapshot_id='nobody'), None, SnapshotStatus.PENDING)
        found = await store.read('1')
        assert found is not None
        assert found.status == SnapshotStatus.ABORTED
        assert not (found.state and found.state.messages)

    async def test_an_update_may_fill_in_the_change(self) -> None:
        store = await self.store()
        pending = _snapshot('1', status=SnapshotStatus.PENDING)
        await store.add(pending, StateChange(added=[_message('one')]), alone=True)
        done = pending.replaced(status=SnapshotStatus.COMPLETED)
        change = StateChange(added=[_message('one'), _message('two', Role.MODEL)])
        assert await store.update(done, change, SnapshotStatus.PENDING)
        found = await store.read('1')
        assert found is not None
        assert found.state is not None
        assert [message.text for message in found.state.messages or ()] == ['one', 'two']

    async def test_whoever_watches_sees_the_statuses_as_they_change(self) -> None:
        store = await self.store()
        pending = _snapshot('1', status=SnapshotStatus.PENDING)
        await store.add(pending, StateChange(), alone=True)
        statuses = store.watch('1')
        assert await anext(statuses) == SnapshotStatus.PENDING
        await store.update(pending.replaced(status=SnapshotStatus.ABORTED), None, SnapshotStatus.PENDING)
        async with asyncio.timeout(5):
            assert await anext(statuses) == SnapshotStatus.ABORTED
        assert [status async for status in store.watch('nobody')] == []

    async def test_a_session_is_forgotten_with_all_that_belongs_to_it(self) -> None:
        store = await self.store()
        await store.add(_snapshot('1'), StateChange(added=[_message('mine')]), alone=True)
        await store.add(_snapshot('2', '1'), StateChange(kept=1), alone=True)
        await store.add(_snapshot('3', session='other'), StateChange(), alone=True)
        await store.delete_session('s')
        assert [await store.read(name) for name in '12'] == [None, None]
        assert await store.latest('s') is None
        assert await store.latest('other') is not None

    async def test_silent_sessions_are_purged_and_others_are_not(self) -> None:
        store = await self.store()
        old = (datetime.now(UTC) - timedelta(days=30)).isoformat()
        await store.add(_snapshot('1', session='old', created_at=old), StateChange(), alone=True)
        await store.add(_snapshot('2', session='both', created_at=old), StateChange(), alone=True)
        await store.add(_snapshot('3', '2', session='both'), StateChange(), alone=True)
        assert await store.purge(datetime.now(UTC) - timedelta(days=7)) == 1
        assert await store.latest('old') is None
        assert await store.latest('both') is not None

    async def test_an_agent_remembers_with_it(self) -> None:
        ai = Genkit(model='echo')
        define_echo_model(ai, 'echo')
        agent = ai.define_agent('waiter', store=await self.store())
        chat = agent.chat(session_id='table')
        first = await chat.send('one')
        await chat.send('two')
        assert (await agent.chat(session_id='table').send('three')).text.count('user:') >= 3
        branch = await agent.chat(snapshot_id=first.snapshot_id).send('other')
        assert 'two' not in branch.text
        loaded = await agent.load_chat(session_id='table')
        assert [m.text for m in loaded.messages if m.role == Role.USER] == ['one', 'other']

    async def test_another_process_continues_the_session(self) -> None:
        program = await self._program()
        assert [_said(program, text) for text in ('one', 'two')] == [1, 3]

    async def test_a_program_that_is_killed_loses_nothing_that_it_told_of(self) -> None:
        program = await self._program()
        chosen = random.Random(7)  # noqa: S311  (moments, not secrets)
        sent = -1
        for _ in range(self.kills):
            told = await asyncio.to_thread(_killed, program, chosen.randrange(1, 6), chosen.random() / 50)
            assert told[0] == sent + 2, 'the session goes on where it was'
            sent = await asyncio.to_thread(_said, program, 'on')
            # The interrupted turn may have been stored before its end could be reported.
            assert sent in {told[-1] + 2, told[-1] + 4}

    async def _program(self) -> list[str]:
        statements = await self.elsewhere()
        if statements is None:
            pytest.skip('the store lives in one process')
        return [sys.executable, '-c', _PROGRAM.format(statements=statements.strip().replace('\n', '\n    '))]


@contextlib.asynccontextmanager
async def _made_by(statements: str) -> AsyncGenerator[SnapshotStore]:
    """Make a store as another process would, and close it behind the block."""
    made: dict[str, Any] = {}
    exec(statements.strip(), made)  # noqa: S102  (the contract's own)
    yield made['store']
    if hasattr(made['store'], 'aclose'):
        await made['store'].aclose()


def _said(program: list[str], text: str) -> int:
    """Return what an agent of another process answered."""
    ended = subprocess.run([*program, text], capture_output=True, text=True, check=False)  # noqa: S603  (our own)
    assert ended.returncode == 0, ended.stderr
    return int(ended.stdout)


def _killed(program: list[str], answers: int, seconds: float) -> list[int]:
    """Return the responses that a program reported before it was killed, some time after the last awaited one."""
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603  (our own)
        assert running.stdout is not None
        told = [running.stdout.readline() for _ in range(answers)]
        time.sleep(seconds)
        running.kill()
        told += running.stdout.readlines()
    return [int(line) for line in told if line.endswith('\n')]
