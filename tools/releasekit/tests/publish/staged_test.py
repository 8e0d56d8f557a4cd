# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Two phases on an index in memory: nothing is public until everything is, whatever happens in between."""

import json
from typing import Any

import pytest
from releasekit.index.port import Answer, IndexFile, IndexUnreachable, Outcome
from releasekit.publish.staged import publish_staged
from releasekit.publish.work import Stage

from .simulation import FakeIndex, World


class FakeStagedIndex(FakeIndex):
    """Files go on a stage; what becomes of commits, `commits` says, the first one first."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.stage: dict[str, tuple[str, float]] = {}
        self.commits: list[str] = []
        self.committed = 0

    def store(self, artefact, digest):
        self.stage.setdefault(artefact.file, (digest, 0.0))

    async def staged(self, package):
        names = [file.file for file in self.work.parcels[package].files]
        return {name: IndexFile(name, f'/{name}', self.stage[name][0]) for name in names if name in self.stage}

    async def commit(self):
        fault = self.commits.pop(0) if self.commits else ''
        self.committed += 1
        if fault == 'refused':
            return Answer(Outcome.REFUSED, '400 no')
        if fault != 'before':
            self.held.update(self.stage)
        return Answer(Outcome.UNCLEAR, '503') if fault else Answer(Outcome.STORED, '200')


@pytest.fixture
def world(tmp_path):
    made = World.made(tmp_path / 'w', {'a': (), 'b': ('a',), 'c': ()})
    made.index = FakeStagedIndex(made.work)
    return made


def publish(world, **options):
    return world.run(staged=lambda work, dock: publish_staged(work, dock, world.index), **options)


def is_complete(world):
    wanted = {file.file: file.sha256 for parcel in world.work.parcels.values() for file in parcel.files}
    return {name: held[0] for name, held in world.index.held.items()} == wanted


def test_everything_becomes_public_at_once(world):
    report = publish(world)
    assert (report.exit_code, set(report.stages.values())) == (0, {Stage.PUBLISHED})
    assert is_complete(world)
    kinds = [json.loads(line)['kind'] for line in (world.folder / 'journal').read_text().splitlines()]
    assert kinds.index('commit') > max(place for place, kind in enumerate(kinds) if kind == 'sent')
    assert all(len(sent) == 1 for sent in world.index.sent.values())


@pytest.mark.parametrize('fault', ['400', '403', 'quota'])
def test_nothing_is_public_while_one_file_is_missing(world, fault):
    world.index.faults['c-1.0.0.tar.gz'] = [fault]
    report = publish(world)
    assert (report.exit_code, world.index.held, world.index.committed) == (5, {}, 0)
    assert Stage.PUBLISHED not in report.stages.values()
    assert publish(world).exit_code == 0
    assert is_complete(world)


@pytest.mark.parametrize('fault', ['before', 'after'])
def test_after_an_unclear_commit_the_index_is_asked(world, fault):
    world.index.commits = [fault]
    assert publish(world).exit_code == 0
    assert world.index.committed == (2 if fault == 'before' else 1)
    assert is_complete(world)


def test_a_commit_that_is_refused_leaves_nothing_public(world):
    world.index.commits = ['refused']
    report = publish(world)
    assert (report.exit_code, world.index.held) == (5, {})
    assert 'does not make it public: 400 no' in report.texts['a']


def test_other_bytes_on_the_stage_are_never_made_public(world):
    world.index.stage['a-1.0.0-py3-none-any.whl'] = ('0' * 64, 0.0)
    report = publish(world)
    assert (report.exit_code, report.codes['a'], world.index.held) == (5, 'RK-INDEX-TAKEN', {})


@pytest.mark.parametrize('moment', [0.005, 0.5, 1.2, 2.1, 3.0, 4.0])
def test_killed_at_any_moment_the_same_command_goes_on(world, moment):
    publish(world, killed_after=moment)
    assert world.index.held == {} or is_complete(world)
    assert publish(world).exit_code == 0
    assert is_complete(world)
    assert all(len(set(sent)) == 1 for sent in world.index.sent.values())


def test_an_index_that_does_not_answer_is_no_reason_to_send(world):
    async def nobody(package):
        raise IndexUnreachable('nobody is there')

    world.index.files = nobody
    with pytest.raises(IndexUnreachable):
        publish(world)
    assert world.index.sent == {}
