# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plays a case: a list of steps which send inputs to an agent, look at snapshots, abort and wait."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, cast

from genkit import GenkitError
from genkit.agent import SnapshotStore
from genkit.testing.agent_cases.application import CaseApplication
from genkit.testing.agent_cases.matching import assert_contains, check_output, check_snapshot, within
from genkit.types import GenerateResponse, GenerateResponseChunk


async def play_agent_case(case: dict[str, Any], store: Callable[[], SnapshotStore]) -> None:
    """Play one of the agent cases that every Genkit SDK shares, talking with the agent's action as clients do.

    Args:
        case: With ``agent`` and ``steps``, as in ``agent.yaml``.
        store: Makes an empty store.

    Raises:
        AssertionError: Something was not as the case expects; it says what.
    """
    played = _Case(case['agent'], store)
    for step in case['steps']:
        await played.take(step)


class _Case:
    """One case, step by step."""

    def __init__(self, agent: str, store: Callable[[], SnapshotStore]) -> None:
        self._application = CaseApplication(store)
        self._agent = agent
        self._captured: dict[str, Any] = {}

    async def take(self, step: dict[str, Any]) -> None:
        kind = step['type']
        step = self._filled(step)
        await {
            'send': self._send,
            'getSnapshotData': self._get_snapshot,
            'abort': self._abort,
            'waitUntilCompleted': self._wait,
        }[kind](step)

    async def _send(self, step: dict[str, Any]) -> None:
        script = self._application.script
        script.requests.clear()
        script.responses = [GenerateResponse.model_validate(answer) for answer in step.get('modelResponses', [])]
        script.chunks = [
            [GenerateResponseChunk.model_validate(chunk) for chunk in chunks] for chunks in step.get('streamChunks', [])
        ]
        expected = step.get('expectError')
        if expected is not None:
            error = await _refusal(self._talk(step))
            assert error.status == expected['status'], error
            assert expected.get('message', '') in str(error), error
            return
        chunks, output = await self._talk(step)
        if 'expectChunks' in step:
            assert len(chunks) == len(step['expectChunks']), chunks
            for chunk, wanted in zip(chunks, step['expectChunks'], strict=True):
                assert list(chunk) == list(wanted)
                assert_contains(chunk, wanted)
        check_output(output, step.get('expectOutput') or {})
        for capture, value in (
            ('captureSnapshotId', output.get('snapshotId')),
            ('captureState', output.get('state')),
            ('captureSessionId', within(output, 'state').get('sessionId')),
        ):
            if capture in step:
                assert value is not None, f'{capture}: nothing to capture in {output}'
                self._captured[step[capture]] = value

    async def _talk(self, step: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        action: Any = await self._application.ai.registry.resolve_action_by_key(f'/agent/{self._agent}')
        async with action.stream_bidi(step.get('init')) as connection:
            for given in step['inputs']:
                await connection.send(given)
            await connection.close()
            chunks = [chunk.to_wire() async for chunk in connection.receive()]
            return chunks, (await connection.output()).to_wire()

    async def _get_snapshot(self, step: dict[str, Any]) -> None:
        request = {name: step[name] for name in ('snapshotId', 'sessionId') if name in step}
        if 'expectError' in step:
            error = await _refusal(self._snapshot(request))
            assert step['expectError'] in str(error), error
            return
        check_snapshot(await self._snapshot(request), step.get('expectSnapshot') or {})

    async def _snapshot(self, request: dict[str, Any]) -> dict[str, Any]:
        action: Any = await self._application.ai.registry.resolve_action_by_key(f'/agent-snapshot/{self._agent}')
        return (await action.arun_raw(request)).response.to_wire()

    async def _abort(self, step: dict[str, Any]) -> None:
        action: Any = await self._application.ai.registry.resolve_action_by_key(f'/agent-abort/{self._agent}')
        answer = (await action.arun_raw({'snapshotId': step['snapshotId']})).response.to_wire()
        assert answer.get('status') == step['expectPreviousStatus']

    async def _wait(self, step: dict[str, Any]) -> None:
        async with asyncio.timeout(step.get('timeoutMs', 5000) / 1000):
            while (snapshot := await self._snapshot({'snapshotId': step['snapshotId']}))['status'] == 'pending':  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        check_snapshot(snapshot, step.get('expectSnapshot') or {})

    def _filled(self, value: Any) -> Any:
        """Return a value with what was captured in place of each ``{{name}}``."""
        if isinstance(value, dict):
            members = cast('dict[str, Any]', value)
            return {name: self._filled(item) for name, item in members.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in cast('list[Any]', value)]
        if isinstance(value, str):
            whole = re.fullmatch(r'\{\{(\w+)\}\}', value)
            if whole:
                return self._captured[whole[1]]
            return re.sub(r'\{\{(\w+)\}\}', lambda found: str(self._captured[found[1]]), value)
        return value


async def _refusal(call: Awaitable[Any]) -> GenkitError:
    """Return the error that a call ends with."""
    try:
        result = await call
    except GenkitError as error:
        return error
    raise AssertionError(f'an error was expected, and there was {result}')
