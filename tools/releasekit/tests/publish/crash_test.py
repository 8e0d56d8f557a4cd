# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever happens on the way, running it again ends in the same index."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from releasekit.publish.policy import Policy

from .simulation import PASSING, World


NAMES = 'abcdef'
NEEDS = st.fixed_dictionaries(
    {name: st.sets(st.sampled_from(NAMES[:place] or NAMES[:1])) for place, name in enumerate(NAMES)}
).map(lambda drawn: {name: tuple(sorted(needs - {name})) for name, needs in drawn.items()})
FAULTS = st.dictionaries(
    st.sampled_from([f'{name}-1.0.0{end}' for name in NAMES for end in ('-py3-none-any.whl', '.tar.gz')]),
    st.lists(st.sampled_from(PASSING), max_size=4),
)
DELAYS = st.dictionaries(st.sampled_from(NAMES), st.floats(0, 60))
KILLS = st.lists(st.floats(0.001, 40), max_size=6)


def _play(folder: Path, needs, faults, stale, slow, kills, seed) -> World:
    world = World.made(folder, needs, policy=Policy(width=3, attempts=20), seed=seed)
    world.index.faults = {file: list(each) for file, each in faults.items()}
    world.index.stale, world.index.slow = dict(stale), dict(slow)
    for seconds in kills:
        world.run(killed_after=seconds)
    assert world.run().exit_code == 0
    return world


def _holds_what_was_planned_and_nothing_was_sent_out_of_order(world: World) -> None:
    files = {file.file: file.sha256 for parcel in world.work.parcels.values() for file in parcel.files}
    assert {name: held[0] for name, held in world.index.held.items()} == files
    assert {name: set(digests) for name, digests in world.index.sent.items()} == {
        name: {digest} for name, digest in files.items()
    }
    assert world.index.early == []
    intents = [json.loads(line) for line in (world.folder / 'journal').read_text().splitlines()]
    announced = {record['file']: record['sha256'] for record in intents if record['kind'] == 'intent'}
    assert announced == files


@settings(max_examples=60, deadline=None)
@given(NEEDS, FAULTS, DELAYS, DELAYS, KILLS, st.integers(0, 2**32))
def test_after_any_crashes_the_index_holds_what_was_planned(needs, faults, stale, slow, kills, seed):
    with tempfile.TemporaryDirectory() as folder:
        world = _play(Path(folder) / 'w', needs, faults, stale, slow, kills, seed)
        _holds_what_was_planned_and_nothing_was_sent_out_of_order(world)


@pytest.mark.nightly
@pytest.mark.timeout(600)
@settings(max_examples=2000, deadline=None)
@given(NEEDS, FAULTS, DELAYS, DELAYS, KILLS, st.integers(0, 2**32))
def test_after_very_many_crashes_too(needs, faults, stale, slow, kills, seed):
    with tempfile.TemporaryDirectory() as folder:
        world = _play(Path(folder) / 'w', needs, faults, stale, slow, kills, seed)
        _holds_what_was_planned_and_nothing_was_sent_out_of_order(world)


@settings(max_examples=20, deadline=None)
@given(NEEDS, FAULTS, DELAYS, DELAYS, KILLS, st.integers(0, 2**32))
def test_a_run_can_be_played_again_from_its_seed(needs, faults, stale, slow, kills, seed):
    with tempfile.TemporaryDirectory() as folder:
        first = _play(Path(folder) / '1', needs, faults, stale, slow, kills, seed)
        second = _play(Path(folder) / '2', needs, faults, stale, slow, kills, seed)
        assert first.events == second.events
        assert (first.folder / 'journal').read_bytes() == (second.folder / 'journal').read_bytes()
