# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs against an index that misbehaves: what it holds in the end, the journal, the exit code, and the words."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from releasekit.model.errors import RefusedError
from releasekit.publish.policy import Policy
from releasekit.publish.work import Stage

from .simulation import World


CHAIN = {'a': (), 'b': ('a',), 'c': ('b',), 'other': ()}
WHEEL = 'a-1.0.0-py3-none-any.whl'


def _world(tmp_path: Path, needs: dict[str, tuple[str, ...]] | None = None, **options: Any) -> World:
    return World.made(tmp_path / 'w', needs or CHAIN, **options)


def _is_complete(world: World) -> bool:
    files = [file for parcel in world.work.parcels.values() for file in parcel.files]
    return {name: held[0] for name, held in world.index.held.items()} == {file.file: file.sha256 for file in files}


def _journal(world: World, kind: str) -> list[dict[str, Any]]:
    lines = (world.folder / 'journal').read_text().splitlines()
    return [record for record in map(json.loads, lines) if record['kind'] == kind]


def test_packages_go_in_the_order_of_their_needs_and_wheels_go_first(tmp_path):
    world = _world(tmp_path)
    report = world.run()
    assert report.exit_code == 0
    assert set(report.stages.values()) == {Stage.PUBLISHED}
    assert _is_complete(world)
    chain = [file for file in world.index.order if not file.startswith('other')]
    assert chain == [f'{name}-1.0.0{end}' for name in 'abc' for end in ('-py3-none-any.whl', '.tar.gz')]
    assert world.index.early == []


def test_every_step_is_written_down_before_and_after(tmp_path):
    world = _world(tmp_path, {'a': ()})
    world.run()
    kinds = [json.loads(line)['kind'] for line in (world.folder / 'journal').read_text().splitlines()]
    assert kinds == ['begin', *['intent', 'sent', 'confirmed'] * 2, 'visible']


@pytest.mark.parametrize('fault', ['503 before', 'reset'])
def test_what_did_not_arrive_is_sent_again_with_the_same_bytes(tmp_path, fault):
    world = _world(tmp_path)
    world.index.faults[WHEEL] = [fault, fault]
    assert world.run().exit_code == 0
    assert len(world.index.sent[WHEEL]) == 3
    assert len(set(world.index.sent[WHEEL])) == 1
    assert [event.text for event in world.events if event.kind == 'retry']
    assert _is_complete(world)


def test_what_arrived_behind_an_error_is_not_sent_twice(tmp_path):
    world = _world(tmp_path)
    world.index.faults[WHEEL] = ['503 after']
    assert world.run().exit_code == 0
    assert len(world.index.sent[WHEEL]) == 1


def test_a_name_taken_by_the_same_bytes_is_success(tmp_path):
    world = _world(tmp_path)
    world.index.faults[WHEEL] = ['there']
    assert world.run().exit_code == 0
    assert len(world.index.sent[WHEEL]) == 1


def test_a_name_taken_by_other_bytes_stops_the_package_and_what_needs_it(tmp_path):
    world = _world(tmp_path)
    world.index.faults[WHEEL] = ['taken']
    report = world.run()
    assert report.exit_code == 5
    assert report.stages == {'a': 'failed', 'b': 'blocked', 'c': 'blocked', 'other': 'published'}
    assert report.codes['a'] == 'RK-INDEX-TAKEN'
    ours = world.work.parcels['a'].files[0].sha256
    assert ours in report.texts['a']
    assert '0' * 64 in report.texts['a']
    assert 'new version' in report.texts['a']
    assert 'delete' not in report.texts['a']


def test_other_bytes_than_those_sent_end_the_run(tmp_path):
    world = _world(tmp_path)
    world.index.faults[WHEEL] = ['altered']
    report = world.run()
    assert report.exit_code == 6
    assert report.codes['a'] == 'RK-INDEX-ALTERED'
    assert 'b-1.0.0-py3-none-any.whl' not in world.index.sent
    assert world.run().exit_code == 6


def test_the_index_is_left_alone_for_as_long_as_it_asks(tmp_path):
    world = _world(tmp_path, dict.fromkeys('abcdefgh', ()))
    world.index.faults[WHEEL] = ['429']
    report = world.run()
    assert report.exit_code == 0
    begun = [event.time for event in world.events if event.text == 'sending']
    throttled = next(event.time for event in world.events if event.kind == 'wait')
    assert not [time for time in begun if throttled < time < throttled + 30]
    assert [time for time in begun if time >= throttled + 30]
    assert world.index.most_at_once == 8


def test_after_being_asked_for_quiet_less_is_sent_at_a_time(tmp_path):
    world = _world(tmp_path, dict.fromkeys('abcdefghijklmnop', ()))
    world.index.faults[WHEEL] = ['429', '429']
    world.run()
    world.index.most_at_once = 0
    again = _world(tmp_path / 'again', dict.fromkeys('abcdefgh', ()), policy=Policy(width=3))
    again.run()
    assert again.index.most_at_once == 3


def test_a_quota_postpones_new_projects_only(tmp_path):
    world = _world(tmp_path)
    world.index.faults['other-1.0.0-py3-none-any.whl'] = ['quota']
    report = world.run()
    assert report.exit_code == 5
    assert report.stages == {'a': 'published', 'b': 'published', 'c': 'published', 'other': 'postponed'}
    assert 'in 24.0 hours' in report.texts['other']
    assert world.run().exit_code == 0


@pytest.mark.parametrize(('fault', 'code'), [('403', 'RK-INDEX-DENIED'), ('400', 'RK-INDEX-REFUSED')])
def test_a_refusal_keeps_back_only_what_needs_the_package(tmp_path, fault, code):
    world = _world(tmp_path)
    world.index.faults['b-1.0.0-py3-none-any.whl'] = [fault]
    report = world.run()
    assert report.exit_code == 5
    assert report.stages == {'a': 'published', 'b': 'failed', 'c': 'blocked', 'other': 'published'}
    assert report.codes['b'] == code
    assert report.texts['c'] == 'it needs b'
    assert len(world.index.sent['b-1.0.0-py3-none-any.whl']) == 1


def test_a_page_that_is_stale_is_waited_for(tmp_path):
    world = _world(tmp_path)
    world.index.stale['a'] = 300
    assert world.run().exit_code == 0
    assert len(world.index.sent[WHEEL]) == 1
    assert world.index.early == []


def test_a_page_that_stays_stale_is_given_up_and_the_next_run_goes_on(tmp_path):
    world = _world(tmp_path)
    world.index.stale['a'] = 10_000
    report = world.run()
    assert report.exit_code == 5
    assert report.codes['a'] == 'RK-INDEX-SLOW'
    assert report.stages['other'] == 'published'
    world.index.stale.clear()
    assert world.run().exit_code == 0
    assert len(world.index.sent[WHEEL]) == 1


def test_the_resolver_decides_not_the_page(tmp_path):
    world = _world(tmp_path)
    world.index.slow['a'] = 120
    assert world.run().exit_code == 0
    assert world.index.early == []
    times = {event.package: event.time for event in world.events if event.stage is Stage.PUBLISHED}
    assert times['a'] >= 120


def test_a_source_distribution_that_is_refused_leaves_the_package_partial(tmp_path):
    world = _world(tmp_path)
    world.index.faults['a-1.0.0.tar.gz'] = ['400']
    report = world.run()
    assert report.exit_code == 5
    assert report.stages['a'] == 'failed'
    assert WHEEL in world.index.held
    assert not _journal(world, 'visible') or all(record['package'] == 'other' for record in _journal(world, 'visible'))


def test_an_index_that_cannot_be_reached_is_asked_again(tmp_path):
    world = _world(tmp_path)
    world.index.unreachable_until = 200
    assert world.run().exit_code == 0
    assert _is_complete(world)


def test_an_index_that_never_answers_costs_patience_and_no_upload(tmp_path):
    world = _world(tmp_path)
    world.index.unreachable_until = 1e9
    report = world.run()
    assert report.exit_code == 5
    assert report.codes['a'] == 'RK-INDEX-SLOW'
    assert 'nobody is there' in report.texts['a']
    assert world.index.sent == {}


def test_a_file_that_stays_unclear_is_given_up_after_some_attempts(tmp_path):
    world = _world(tmp_path, {'a': ()}, policy=Policy(attempts=3))
    world.index.faults[WHEEL] = ['reset'] * 10
    report = world.run()
    assert report.codes['a'] == 'RK-INDEX-UNCLEAR'
    assert len(world.index.sent[WHEEL]) == 3


def test_an_index_without_hashes_is_read(tmp_path):
    world = _world(tmp_path)
    world.index.hides_hashes = True
    assert world.run().exit_code == 0


def test_a_file_that_is_not_the_one_built_is_never_sent(tmp_path):
    world = _world(tmp_path)
    (world.folder / WHEEL).write_bytes(b'other')
    report = world.run()
    assert report.codes['a'] == 'RK-ARTEFACT-CHANGED'
    assert WHEEL not in world.index.sent


def test_draining_ends_what_is_under_way_and_the_next_run_goes_on(tmp_path):
    world = _world(tmp_path)

    async def drain(controls: Any) -> None:
        await asyncio.sleep(0.5)
        controls.drain()

    report = world.run(during=drain)
    assert report.exit_code == 130
    assert sorted(world.index.held) == [WHEEL, 'other-1.0.0-py3-none-any.whl']
    assert len(_journal(world, 'confirmed')) == 2
    assert world.run().exit_code == 0
    assert len(world.index.sent[WHEEL]) == 1


def _drained_after(world: World, seconds: float) -> tuple[int, float]:
    """Return the exit code of a run that is drained after some seconds, and when it ended."""

    async def drain(controls: Any) -> None:
        await asyncio.sleep(seconds)
        controls.drain()

    report = world.run(during=drain)
    return report.exit_code, next(event.time for event in world.events if event.kind == 'end')


def test_draining_ends_the_wait_for_a_file_to_be_seen(tmp_path):
    world = _world(tmp_path, {'a': ()})
    world.index.stale['a'] = 500
    code, ended = _drained_after(world, 50)
    assert (code, round(ended)) == (130, 50)
    world.index.stale['a'] = 0
    assert world.run().exit_code == 0
    assert len(world.index.sent[WHEEL]) == 1


@pytest.mark.parametrize('fault', ['429', '503 for a minute'])
def test_draining_ends_the_quiet_that_an_index_asks_for(tmp_path, fault):
    world = _world(tmp_path, {'a': ()})
    world.index.faults[WHEEL] = [fault]
    code, ended = _drained_after(world, 5)
    assert (code, round(ended)) == (130, 5)


@pytest.mark.parametrize('fault', ['429 for days', '503 for days'])
def test_a_run_gives_up_where_an_index_asks_for_more_quiet_than_an_hour(tmp_path, fault):
    world = _world(tmp_path, dict.fromkeys('abc', ()), policy=Policy(width=1))
    world.index.faults[WHEEL] = [fault]
    report = world.run()
    assert (report.exit_code, set(report.codes.values())) == (5, {'RK-INDEX-SLOW'})
    assert 'asks to be left alone for 24.0 hours' in report.texts['a']
    assert 'c-1.0.0-py3-none-any.whl' not in world.index.sent
    assert world.run().exit_code == 0


def test_nothing_is_sent_while_paused(tmp_path):
    world = _world(tmp_path)

    async def pause(controls: Any) -> None:
        await asyncio.sleep(0.5)
        controls.pause()
        await asyncio.sleep(500)
        controls.resume()

    assert world.run(during=pause).exit_code == 0
    begun = [event.time for event in world.events if event.text == 'sending']
    assert not [time for time in begun if 0.5 < time < 500]


def test_a_package_that_is_taken_out_blocks_what_needs_it_until_it_is_put_back(tmp_path):
    world = _world(tmp_path, {'a': (), 'b': ('a',), 'c': ('b',)})
    world.index.stale['a'] = 100

    async def change(controls: Any) -> None:
        controls.remove('b')
        await asyncio.sleep(50)
        assert world.index.order[-1].startswith('a-')
        controls.add('b')

    assert world.run(during=change).exit_code == 0
    blocked = [event.package for event in world.events if event.stage is Stage.BLOCKED]
    assert blocked == ['c']

    other = _world(tmp_path / 'o', {'a': (), 'b': ('a',), 'c': ('b',)})

    async def remove(controls: Any) -> None:
        controls.remove('b')

    report = other.run(during=remove)
    assert report.exit_code == 5
    assert report.stages == {'a': 'published', 'b': 'removed', 'c': 'blocked'}


def test_in_the_fast_order_nobody_waits_for_anybody(tmp_path):
    world = _world(tmp_path, policy=Policy(is_strict=False))
    world.index.slow['a'] = 300
    assert world.run().exit_code == 0
    times = {event.package: event.time for event in world.events if event.stage is Stage.PUBLISHED}
    assert times['c'] < 10 < times['a']


def test_the_longest_chain_goes_first_where_there_is_little_room(tmp_path):
    world = _world(tmp_path, {'z': (), 'a': (), 'b': ('z',), 'c': ('b',)}, policy=Policy(width=1))
    world.run()
    assert world.index.order[0] == 'z-1.0.0-py3-none-any.whl'


def test_a_disk_that_is_full_stops_before_anything_is_sent(tmp_path, monkeypatch):
    world = _world(tmp_path)

    def full(*_: Any) -> int:
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr('releasekit.publish.journal.os.fsync', full)
    with pytest.raises(RefusedError, match='No space left on device') as raised:
        world.run()
    assert raised.value.code.id == 'RK-JOURNAL-WRITE'
    assert world.index.sent == {}
