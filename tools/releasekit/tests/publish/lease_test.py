# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs on two machines: two clones and a bare repository that both push to."""

import asyncio
import json

import pytest
from releasekit.model.errors import RefusedError
from releasekit.publish.delivery import Setback
from releasekit.publish.lease import REF, Lease, LeaseOptions, leased
from releasekit.vcs.git import GitRepository

from .simulation import World


@pytest.fixture
def machines(clone, tmp_path):
    """Return two clones of one repository, and the remote of both."""
    remote = tmp_path / 'remote.git'
    clone.git('clone', '--quiet', '--bare', '.', str(remote))
    other = tmp_path / 'other'
    clone.git('clone', '--quiet', str(remote), str(other))
    return GitRepository(clone.root), GitRepository(other), str(remote)


def options(remote, **more):
    return LeaseOptions(remote, **{'trust': 0.0, **more})


async def test_who_comes_second_is_refused_at_once_and_told_who_was_first(machines):
    here, there, remote = machines
    async with leased(here, options(remote), 'publishing to mine') as guard:
        await guard()
        with pytest.raises(RefusedError, match=r'another run is under way: process .* publishing to mine') as refused:
            await Lease(there, options(remote), 'the same').take()
        assert refused.value.code.exit_code == 7
    async with leased(there, options(remote), 'the same') as guard:
        await guard()


async def test_a_holder_that_was_killed_is_presumed_gone_after_its_silence(machines):
    here, there, remote = machines
    await Lease(here, options(remote), 'killed').take()
    later = Lease(there, options(remote, silence=0.0), 'later')
    await later.take()
    assert later.token == 2


async def test_a_run_that_was_overtaken_sends_nothing_more(machines):
    here, there, remote = machines
    paused = Lease(here, options(remote), 'paused')
    await paused.take()
    await paused.guard()
    await Lease(there, options(remote, silence=0.0), 'overtakes').take()
    with pytest.raises(Setback, match=r'the lease of this run is gone, process .* has it now') as lost:
        await paused.guard()
    assert (lost.value.code, lost.value.ends_run) == ('RK-LEASE-LOST', True)


async def test_an_overtaken_run_does_not_take_the_lease_back(machines):
    here, there, remote = machines
    paused = Lease(here, options(remote, beat=0.01), 'paused')
    await paused.take()
    winner = Lease(there, options(remote, silence=0.0), 'overtakes')
    await winner.take()
    await asyncio.wait_for(paused.keep(), 10)  # it ends, as there is nothing to keep
    await paused.give_back()
    await winner.guard()
    with pytest.raises(Setback, match='the lease of this run is gone'):
        await paused.guard()


async def test_signs_of_life_keep_a_lease(machines):
    here, there, remote = machines
    async with leased(here, options(remote, beat=0.05, silence=5.0), 'long') as guard:
        first = there.read_note(remote, REF)
        await asyncio.sleep(0.5)
        assert there.read_note(remote, REF) != first
        await guard()


async def test_clocks_may_differ(machines):
    here, there, remote = machines
    late = json.dumps({'who': 'a clock of tomorrow', 'token': 7, 'time': 9e9})
    assert here.move_note(remote, REF, late, None)
    with pytest.raises(RefusedError, match='a clock of tomorrow'):
        await Lease(there, options(remote), 'now').take()


async def test_a_note_that_nobody_can_read_does_not_keep_anybody_out(machines):
    here, there, remote = machines
    here.move_note(remote, REF, 'not JSON', None)
    await Lease(there, options(remote), 'now').take()


async def test_of_two_who_reach_for_it_in_the_same_moment_one_gets_it(machines):
    here, there, remote = machines
    taken = await asyncio.gather(
        Lease(here, options(remote), 'one').take(), Lease(there, options(remote), 'two').take(), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in taken) == ['NoneType', 'RefusedError']


async def test_a_remote_that_is_gone_stops_the_file_but_not_the_run(machines, tmp_path):
    here, _, remote = machines
    lease = Lease(here, options(remote), 'alone')
    await lease.take()
    (tmp_path / 'remote.git').rename(tmp_path / 'elsewhere')
    with pytest.raises(Setback, match='cannot be asked') as lost:
        await lease.guard()
    assert not lost.value.ends_run


async def test_the_answer_of_the_remote_is_believed_for_a_moment(machines, monkeypatch):
    here, _, remote = machines
    lease = Lease(here, options(remote, trust=60.0), 'quick')
    await lease.take()
    await lease.guard()
    asked = here.processes
    await lease.guard()
    assert here.processes == asked


def test_a_run_whose_lease_is_lost_ends_with_7_and_the_next_one_finishes(tmp_path):
    world = World.made(tmp_path / 'w', {'a': (), 'b': ('a',)})

    async def lost():
        if world.index.sent:
            raise Setback('RK-LEASE-LOST', 'gone', ends_run=True)

    assert world.run(guard=lost).exit_code == 7
    assert len(world.index.sent) == 1
    assert world.run().exit_code == 0


@pytest.mark.usefixtures('clone')
def test_the_tree_and_the_branches_stay_as_they_are(machines):
    here, _, remote = machines
    before = here._ask('status', '--porcelain'), here._ask('for-each-ref')
    here.move_note(remote, REF, 'a note', None)
    assert (here._ask('status', '--porcelain'), here._ask('for-each-ref')) == before
