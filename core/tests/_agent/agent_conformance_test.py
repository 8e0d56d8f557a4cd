# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The agent cases that every Genkit SDK shares, talked through with the agent action as clients do."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from genkit import Genkit, GenkitError, Message, Role, TextPart, ToolRunContext
from genkit.agent import FileSnapshots, MemorySnapshots, SnapshotStore, SqliteSnapshots
from genkit.testing import define_programmable_model
from genkit.types import (
    AgentFinishReason,
    AgentResult,
    Artifact,
    GenerateResponse,
    GenerateResponseChunk,
    WireModel,
)


SPEC = Path(__file__).parents[4] / 'shared' / 'conformance' / 'agent.yaml'

STORES: dict[str, Callable[[Path], SnapshotStore]] = {
    'memory': lambda _: MemorySnapshots(),
    'files': FileSnapshots,
    'sqlite': SqliteSnapshots,
}


class Query(WireModel):
    query: str


class Deed(WireModel):
    action: str


def _cases() -> list[Any]:
    if not SPEC.exists():
        return []
    cases = yaml.safe_load(SPEC.read_text(encoding='utf-8'))['tests']
    return [pytest.param(case, id=case['name']) for case in cases]


def _done(text: str = 'done') -> AgentResult:
    return AgentResult(message=Message(role=Role.MODEL, content=[TextPart(text=text)]))


class Harness:
    """The application that the cases expect."""

    def __init__(self, store: Callable[[], SnapshotStore]) -> None:
        self.store = store
        self.ai = ai = Genkit(model='programmableModel')
        self.script, _ = define_programmable_model(ai, 'programmableModel')

        @ai.tool(name='testTool')
        def test_tool() -> str:
            """Test."""
            return 'tool called'

        @ai.tool(name='interruptTool')
        def interrupt_tool(query: Query, context: ToolRunContext) -> None:
            """Ask."""
            context.interrupt()

        @ai.tool(name='restartTool')
        def restart_tool(deed: Deed, context: ToolRunContext) -> dict[str, str]:
            """Do it when told twice."""
            if not context.is_resumed():
                context.interrupt({'requiresConfirmation': True})
            return {'result': f'confirmed: {deed.action}'}

        config = {'temperature': 1}
        ai.define_agent('promptAgent', config=config)
        ai.define_agent('promptAgentWithStore', config=config, store=self.store())
        ai.define_agent('promptAgentWithTools', config=config, tools=[test_tool])
        ai.define_agent('promptAgentWithInterrupt', config=config, tools=[interrupt_tool], store=self.store())
        ai.define_agent('promptAgentWithRestartTool', config=config, tools=[restart_tool], store=self.store())
        self._define_custom_agents()

    def _define_custom_agents(self) -> None:  # noqa: C901  (one function for each agent)
        async def blocking(runner: Any, context: Any) -> AgentResult:
            async def turn(_given: Any, _turn: Any) -> None:
                await context.abort_signal.wait()

            await runner.run(turn)
            return _done('unblocked')

        async def failing(runner: Any, _context: Any) -> AgentResult:
            async def turn(_given: Any, _turn: Any) -> None:
                raise RuntimeError('intentional failure')

            await runner.run(turn)
            return _done()

        async def artifacts(runner: Any, _context: Any) -> AgentResult:
            async def turn(_given: Any, _turn: Any) -> None:
                runner.add_artifacts(_artifact('doc1', 'v1'))
                runner.add_artifacts(_artifact('doc1', 'v2'))
                runner.add_artifacts(_artifact('doc2', 'v1'))

            await runner.run(turn)
            return _done().replaced(artifacts=runner.get_artifacts())

        def counting(times: int) -> Any:
            async def serve(runner: Any, _context: Any) -> AgentResult:
                async def turn(_given: Any, _turn: Any) -> None:
                    for _ in range(times):
                        await runner.update_custom(lambda old: {'counter': (old or {}).get('counter', 0) + 1})

                await runner.run(turn)
                return _done()

            return serve

        async def kept_artifacts(runner: Any, _context: Any) -> AgentResult:
            async def turn(_given: Any, _turn: Any) -> None:
                number = len(runner.get_artifacts()) + 1
                runner.add_artifacts(_artifact(f'doc{number}', f'content{number}'))

            await runner.run(turn)
            return _done().replaced(artifacts=runner.get_artifacts())

        define = self.ai.define_custom_agent
        define('customAgentBlocking', blocking, store=self.store())
        define('customAgentFailing', failing, store=self.store())
        define('customAgentWithArtifacts', artifacts)
        define('customAgentWithArtifactsStore', kept_artifacts, store=self.store())
        define('customAgentWithCustomState', counting(1))
        define('customAgentWithMultiCustomState', counting(3))
        define('customAgentWithCustomStateStore', counting(1), store=self.store())


def _artifact(name: str, text: str) -> Artifact:
    return Artifact(name=name, parts=[TextPart(text=text)])


class Talk:
    """One case, step by step."""

    def __init__(self, agent: str, store: Callable[[], SnapshotStore]) -> None:
        self.harness = Harness(store)
        self.agent = agent
        self.captured: dict[str, Any] = {}

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
        script = self.harness.script
        script.requests.clear()
        script.responses = [GenerateResponse.model_validate(answer) for answer in step.get('modelResponses', [])]
        script.chunks = [
            [GenerateResponseChunk.model_validate(chunk) for chunk in chunks] for chunks in step.get('streamChunks', [])
        ]
        expected = step.get('expectError')
        if expected is not None:
            with pytest.raises(GenkitError) as raised:
                await self._talk(step)
            assert raised.value.status == expected['status']
            assert expected.get('message', '') in str(raised.value)
            return
        chunks, output = await self._talk(step)
        if 'expectChunks' in step:
            assert len(chunks) == len(step['expectChunks']), chunks
            for chunk, wanted in zip(chunks, step['expectChunks'], strict=True):
                assert list(chunk) == list(wanted)
                _assert_contains(chunk, wanted)
        _check_output(output, step.get('expectOutput') or {})
        for capture, value in (
            ('captureSnapshotId', output.get('snapshotId')),
            ('captureState', output.get('state')),
            ('captureSessionId', (output.get('state') or {}).get('sessionId')),
        ):
            if capture in step:
                assert value is not None, f'{capture}: nothing to capture in {output}'
                self.captured[step[capture]] = value

    async def _talk(self, step: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        action: Any = await self.harness.ai.registry.resolve_action_by_key(f'/agent/{self.agent}')
        async with action.stream_bidi(step.get('init')) as connection:
            for given in step['inputs']:
                await connection.send(given)
            await connection.close()
            chunks = [chunk.to_wire() async for chunk in connection.receive()]
            return chunks, (await connection.output()).to_wire()

    async def _get_snapshot(self, step: dict[str, Any]) -> None:
        request = {name: step[name] for name in ('snapshotId', 'sessionId') if name in step}
        if 'expectError' in step:
            with pytest.raises(GenkitError) as raised:
                await self._snapshot(request)
            assert step['expectError'] in str(raised.value)
            return
        _check_snapshot(await self._snapshot(request), step.get('expectSnapshot') or {})

    async def _snapshot(self, request: dict[str, Any]) -> dict[str, Any]:
        action: Any = await self.harness.ai.registry.resolve_action_by_key(f'/agent-snapshot/{self.agent}')
        return (await action.arun_raw(request)).response.to_wire()

    async def _abort(self, step: dict[str, Any]) -> None:
        action: Any = await self.harness.ai.registry.resolve_action_by_key(f'/agent-abort/{self.agent}')
        answer = (await action.arun_raw({'snapshotId': step['snapshotId']})).response.to_wire()
        assert answer.get('status') == step['expectPreviousStatus']

    async def _wait(self, step: dict[str, Any]) -> None:
        async with asyncio.timeout(step.get('timeoutMs', 5000) / 1000):
            while (snapshot := await self._snapshot({'snapshotId': step['snapshotId']}))['status'] == 'pending':  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        _check_snapshot(snapshot, step.get('expectSnapshot') or {})

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if isinstance(value, str):
            whole = re.fullmatch(r'\{\{(\w+)\}\}', value)
            if whole:
                return self.captured[whole[1]]
            return re.sub(r'\{\{(\w+)\}\}', lambda found: str(self.captured[found[1]]), value)
        return value


def _check_output(output: dict[str, Any], expected: dict[str, Any]) -> None:
    if expected.get('hasSnapshotId'):
        assert output.get('snapshotId')
    if expected.get('hasSessionId'):
        assert (output.get('state') or {}).get('sessionId')
    if 'finishReason' in expected:
        assert output.get('finishReason') == expected['finishReason'], output
    if 'message' in expected:
        _assert_contains(output.get('message'), expected['message'])
    if 'errorContains' in expected:
        assert output['error']['status'] == expected['errorContains'].get('status', output['error']['status'])
        assert expected['errorContains'].get('message', '') in output['error']['message']
    if 'stateContains' in expected:
        _assert_contains(output.get('state'), expected['stateContains'], ordered=True)
    for artifact in expected.get('artifactsContain') or ():
        named = [entry for entry in output.get('artifacts') or () if entry.get('name') == artifact.get('name')]
        assert named, f'no artifact {artifact} in {output}'
        _assert_contains(named[0], artifact)


def _check_snapshot(snapshot: dict[str, Any], expected: dict[str, Any]) -> None:
    for name in ('status', 'finishReason', 'parentId'):
        if expected.get(name) is not None:
            assert snapshot.get(name) == expected[name], snapshot
    if expected.get('hasSessionId'):
        assert (snapshot.get('state') or {}).get('sessionId')
    if 'errorContains' in expected:
        _assert_contains(snapshot.get('error'), expected['errorContains'])
    if 'stateContains' in expected:
        _assert_contains(snapshot.get('state'), expected['stateContains'], ordered=True)


def _assert_contains(actual: Any, expected: Any, *, ordered: bool = False) -> None:
    """Assert that a value has at least what is expected; arrays as a whole, or as an ordered selection."""
    assert _contains(actual, expected, ordered), f'{expected}\nis not in\n{actual}'


def _contains(actual: Any, expected: Any, ordered: bool) -> bool:
    if expected is None:
        return True
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(_contains(actual.get(k), v, ordered) for k, v in expected.items())
    if isinstance(expected, list):
        if not isinstance(actual, list):
            return False
        if not ordered:
            return len(actual) == len(expected) and all(map(_contains, actual, expected, [ordered] * len(expected)))
        rest = iter(actual)
        return all(any(_contains(item, wanted, ordered) for item in rest) for wanted in expected)
    return actual == expected


@pytest.mark.skipif(not SPEC.exists(), reason='the shared conformance cases are not beside the repository')
@pytest.mark.parametrize('case', _cases())
@pytest.mark.parametrize('kept', STORES)
async def test_agent_case(case: dict[str, Any], kept: str, tmp_path: Path) -> None:
    made: list[Any] = []

    def store() -> SnapshotStore:
        made.append(STORES[kept](tmp_path / str(len(made))))
        return made[-1]

    talk = Talk(case['agent'], store)
    for step in case['steps']:
        await talk.take(step)
    for each in made:
        if isinstance(each, SqliteSnapshots):
            await each.aclose()


def test_reasons_of_generation_are_reasons_of_agents() -> None:
    assert {'stop', 'length', 'blocked', 'interrupted', 'other', 'unknown'} <= set(AgentFinishReason)
