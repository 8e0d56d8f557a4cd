# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Stores of sessions that do one thing wrong each."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

import pytest
from genkit import GenkitError
from genkit.agent import FileSnapshots, MemorySnapshots
from genkit.testing import (
    SessionStoreContract,
)


class OfSessions(SessionStoreContract):
    noticed_by: ClassVar[set[str]] = set()
    Fake = MemorySnapshots

    async def store(self, *, reject_ambiguous_session=False):
        return self.Fake(reject_ambiguous_session=reject_ambiguous_session)


class TestRightSessions(OfSessions):
    pass


class TestSessionsForAnybody(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_of_two_writers_the_second_is_told'}

    class Fake(MemorySnapshots):
        async def add(self, snapshot, change, *, alone):
            await super().add(snapshot, change, alone=alone and snapshot.parent_id is None)


class TestSessionsBegunByAnybody(OfSessions):
    noticed_by: ClassVar[set[str]] = {
        'test_of_several_who_begin_a_session_one_does',
        'test_what_was_answered_is_kept_when_several_begin_a_session',
    }

    class Fake(MemorySnapshots):
        async def add(self, snapshot, change, *, alone):
            await super().add(snapshot, change, alone=alone and snapshot.parent_id is not None)


class TestSessionsBegunByTheFirstAnswer(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_of_several_who_begin_a_session_one_does'}

    class Fake(MemorySnapshots):
        async def add(self, snapshot, change, *, alone):
            is_answered = any(message.role == 'model' for message in change.added)
            await super().add(snapshot, change, alone=alone and (is_answered or snapshot.parent_id is not None))


class TestSessionsThatStay(OfSessions):
    noticed_by: ClassVar[set[str]] = {
        'test_a_session_is_forgotten_with_all_that_belongs_to_it',
        'test_silent_sessions_are_purged_and_others_are_not',
    }

    class Fake(MemorySnapshots):
        async def delete_session(self, session_id):
            return None


class TestSessionsOfAnyStatus(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_a_status_changes_only_from_the_one_that_is_expected'}

    class Fake(MemorySnapshots):
        async def update(self, snapshot, change, expected):
            kept = self._kept.get(snapshot.snapshot_id)
            return await super().update(snapshot, change, kept[0].status or expected if kept else expected)


class TestSessionsThatAreHalfWritten(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_a_call_that_is_cancelled_has_happened_or_can_be_repeated'}

    class Fake(MemorySnapshots):
        async def add(self, snapshot, change, *, alone):
            parent = snapshot.parent_id or ''
            self._children[parent] = self._children.get(parent, 0) + 1
            await asyncio.sleep(0)
            self._children[parent] -= 1
            await super().add(snapshot, change, alone=alone)


class TestSessionsThatForgetTheSecondHalf(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_a_session_is_forgotten_with_all_that_belongs_to_it'}

    class Fake(MemorySnapshots):
        async def delete_session(self, session_id):
            kept = [self._kept[name] for name in self._sessions.get(session_id, ())][1:]
            await super().delete_session(session_id)
            self._kept.update({snapshot.snapshot_id: (snapshot, change) for snapshot, change in kept})


class TestSessionsThatArePurgedWhileTheySpeak(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_silent_sessions_are_purged_and_others_are_not'}

    class Fake(MemorySnapshots):
        async def purge(self, before):
            old = {
                kept.session_id for kept, _ in self._kept.values() if datetime.fromisoformat(kept.created_at) < before
            }
            for session in old:
                await self.delete_session(session or '')
            return len(old)


class TestSessionsInAnyNumberOfBranches(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_a_branched_session_is_refused_where_that_was_asked_for'}

    def Fake(self, **_):  # noqa: N802  (a class in its neighbours)
        return MemorySnapshots()


class TestSessionsWithoutArtifacts(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_a_state_is_what_the_changes_made_of_it'}

    class Fake(MemorySnapshots):
        async def add(self, snapshot, change, *, alone):
            await super().add(snapshot, replace(change, artifacts=None), alone=alone)


class TestSessionsWithoutHeartbeat(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_what_is_said_of_a_snapshot_comes_back'}

    class Fake(MemorySnapshots):
        async def add(self, snapshot, change, *, alone):
            await super().add(snapshot.replaced(heartbeat_at=None), change, alone=alone)


class ByLength(MemorySnapshots):
    """Takes one of the branches of a session for the latest by its length."""

    order: ClassVar[int]

    async def length(self, name):
        place, length = name, 0
        while place is not None:
            place, length = self._kept[place][0].parent_id, length + 1
        return length * self.order

    async def latest(self, session_id):
        found = await super().latest(session_id)
        ends = [name for name in self._sessions.get(session_id, ()) if not self._children.get(name)]
        lengths = {name: await self.length(name) for name in ends}
        return self._kept[max(lengths, key=lambda name: lengths[name])][0] if found else None


class TestSessionsOfTheShortestBranch(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_the_latest_is_the_newest_that_nothing_follows'}

    class Fake(ByLength):
        order = -1


class TestSessionsOfTheLongestBranch(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_an_agent_remembers_with_it'}

    class Fake(ByLength):
        order = 1


class TestSessionsOfFirstChanges(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_an_update_may_fill_in_the_change'}

    class Fake(MemorySnapshots):
        async def update(self, snapshot, change, expected):
            return await super().update(snapshot, None, expected)


class TestSessionsOfTheLastWriter(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_what_was_answered_is_kept_when_several_begin_a_session'}

    class Fake(MemorySnapshots):
        async def add(self, snapshot, change, *, alone):
            try:
                await super().add(snapshot, change, alone=alone)
            except GenkitError:
                for name in self._sessions[snapshot.session_id or '']:
                    self._kept[name] = (self._kept[name][0], change)
                raise


class TestSessionsThatMarkMessages(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_messages_that_are_sent_at_once_in_one_chat_take_turns'}

    class Fake(MemorySnapshots):
        async def add(self, snapshot, change, *, alone):
            marked = [message.replaced(metadata={'kept': True}) for message in change.added]
            await super().add(snapshot, replace(change, added=marked), alone=alone)


class TestSessionsThatAreSeenOnce(OfSessions):
    noticed_by: ClassVar[set[str]] = {'test_whoever_watches_sees_the_statuses_as_they_change'}

    class Fake(MemorySnapshots):
        async def watch(self, snapshot_id):
            async for status in super().watch(snapshot_id):
                yield status
                return


class OfFiles(SessionStoreContract):
    """Stores that other processes use as well, each of which begins with `statements`."""

    noticed_by: ClassVar[set[str]] = set()
    statements: ClassVar[str] = ''

    @pytest.fixture(autouse=True)
    def _at(self, tmp_path):
        self.path = tmp_path / 'sessions'

    async def store(self, *, reject_ambiguous_session=False):
        return FileSnapshots(self.path, reject_ambiguous_session=reject_ambiguous_session)

    async def elsewhere(self):
        begin = 'import os, pathlib, sys, threading\nfrom genkit.agent import FileSnapshots'
        begin += f'\npath = pathlib.Path({str(self.path)!r})'
        return '\n'.join([begin, self.statements.strip() or 'store = FileSnapshots(path)'])


class TestRightFiles(OfFiles):
    noticed_by: ClassVar[set[str]] = set()


class TestFilesOfTheFirst(OfFiles):
    """The program that made the folder takes its own session with it."""

    noticed_by: ClassVar[set[str]] = {'test_another_process_continues_the_session'}
    statements = """
class Fleeting(FileSnapshots):
    is_first = not path.exists()

    async def aclose(self):
        if self.is_first:
            await self.delete_session('killed')

store = Fleeting(path)
"""


class TestFilesWrittenInTheEnd(OfFiles):
    noticed_by: ClassVar[set[str]] = {'test_a_program_that_is_killed_loses_nothing_that_it_told_of'}
    statements = """
from genkit.agent import MemorySnapshots

class Late(MemorySnapshots):
    files = FileSnapshots(path)

    async def latest(self, session_id):
        return await super().latest(session_id) or await self.files.latest(session_id)

    async def read(self, snapshot_id):
        found = await super().read(snapshot_id)
        if found is None or found.parent_id in (None, *self._kept):
            return found or await self.files.read(snapshot_id)
        before = await self.files.read(found.parent_id)
        messages = [*before.state.messages, *found.state.messages]
        return found.replaced(state=found.state.replaced(messages=messages))

    async def aclose(self):
        for snapshot, change in self._kept.values():
            await self.files.add(snapshot, change, alone=True)

store = Late()
"""


class TestFilesOfOneThread(OfFiles):
    noticed_by: ClassVar[set[str]] = {'test_threads_that_open_a_new_store_at_once_all_succeed'}
    statements = """
class Lonely(FileSnapshots):
    def __init__(self, path):
        self.opened = sys.__dict__.setdefault('opened', set())
        if self.opened:
            raise RuntimeError('Another thread has a store.')
        self.opened.add(threading.get_ident())
        super().__init__(path)

    async def aclose(self):
        self.opened.clear()

store = Lonely(path)
"""


class TestFilesOfOneProgram(OfFiles):
    """Makes the folder in two steps, which another program sees halfway."""

    noticed_by: ClassVar[set[str]] = {'test_programs_that_open_a_new_store_at_once_all_succeed'}
    statements = """
import time

made = path.with_name('made')
made.mkdir(exist_ok=True)
(made / str(os.getpid())).touch()
is_new = '--session' in sys.argv
for _ in range(500 if is_new else 0):
    if len(list(made.iterdir())) > 1:
        raise RuntimeError('The store is being made by somebody else.')
    time.sleep(0.01)
store = FileSnapshots(path)
"""


FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
