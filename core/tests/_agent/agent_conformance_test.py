# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The agent cases that every Genkit SDK shares, on each store that needs no server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from genkit.agent import FileSnapshots, MemorySnapshots, SnapshotStore, SqliteSnapshots
from genkit.testing import play_agent_case
from genkit.types import AgentFinishReason


STORES: dict[str, Callable[[Path], SnapshotStore]] = {
    'memory': lambda _: MemorySnapshots(),
    'files': FileSnapshots,
    'sqlite': SqliteSnapshots,
}


@pytest.mark.parametrize('kept', STORES)
async def test_agent_case(agent_case: dict[str, Any], kept: str, tmp_path: Path) -> None:
    made: list[Any] = []

    def store() -> SnapshotStore:
        made.append(STORES[kept](tmp_path / str(len(made))))
        return made[-1]

    await play_agent_case(agent_case, store)
    for each in made:
        if isinstance(each, SqliteSnapshots):
            await each.aclose()


GO = {'type': 'send', 'init': {}, 'inputs': [{'message': {'role': 'user', 'content': [{'text': 'go'}]}}]}
WORKED = {'counter': 2, 'status': 'done'}


def artifact(name: str, text: str) -> dict[str, Any]:
    return {'artifact': {'name': name, 'parts': [{'text': text}]}}


async def test_an_artifact_that_comes_again_replaces_the_one_of_its_name() -> None:
    chunks = [artifact('doc1', 'v1'), artifact('doc1', 'v2'), artifact('doc2', 'other'), {'turnEnd': {}}]
    kept = [artifact('doc1', 'v2')['artifact'], artifact('doc2', 'other')['artifact']]
    step = {**GO, 'expectChunks': chunks, 'expectOutput': {'artifactsContain': kept}}
    await play_agent_case({'agent': 'customAgentWithArtifacts', 'steps': [step]}, MemorySnapshots)


async def test_the_first_patch_of_a_turn_replaces_the_whole_state_and_further_ones_are_differences() -> None:
    patches = [
        [{'op': 'replace', 'path': '', 'value': {'counter': 1, 'status': 'working'}}],
        [{'op': 'replace', 'path': '/counter', 'value': 2}],
        [{'op': 'replace', 'path': '/status', 'value': 'done'}],
    ]
    chunks = [*({'customPatch': patch} for patch in patches), {'turnEnd': {}}]
    step = {**GO, 'expectChunks': chunks, 'expectOutput': {'stateContains': {'custom': WORKED}}}
    await play_agent_case({'agent': 'customAgentWithMultiCustomState', 'steps': [step]}, MemorySnapshots)


@pytest.mark.parametrize(
    'step',
    [
        {'type': 'send', 'inputs': [], 'expectOutput': {'finishReason': 'stop', 'hasSnapshotId': True}},
        {'type': 'send', 'inputs': [], 'expectError': {'status': 'NOT_FOUND'}},
        {'type': 'send', 'inputs': [], 'expectChunks': [{'turnEnd': {}}]},
        {'type': 'getSnapshotData', 'snapshotId': 'nobody', 'expectError': 'something else'},
        {'type': 'send', 'inputs': [], 'expectOutput': {'stateContains': {'messages': [{'role': 'user'}]}}},
    ],
)
async def test_a_case_that_expects_something_else_fails(step: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        await play_agent_case({'agent': 'promptAgentWithStore', 'steps': [step]}, MemorySnapshots)


def test_reasons_of_generation_are_reasons_of_agents() -> None:
    assert {'stop', 'length', 'blocked', 'interrupted', 'other', 'unknown'} <= set(AgentFinishReason)
