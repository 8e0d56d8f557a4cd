# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The generate cases that every Genkit SDK shares, run through ``/util/generate`` as the developer tools do."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from genkit import Genkit
from genkit.testing import define_programmable_model
from genkit.types import GenerateResponse, GenerateResponseChunk


SPEC = Path(__file__).parents[4] / 'shared' / 'conformance' / 'generate.yaml'


def _cases() -> list[Any]:
    if not SPEC.exists():
        return []
    cases = yaml.safe_load(SPEC.read_text(encoding='utf-8'))['tests']
    return [pytest.param(case, id=case['name']) for case in cases]


def _without_volatile(value: Any) -> Any:
    """Leave out what differs from run to run, and the declaration of a schema's dialect."""
    if isinstance(value, dict):
        return {key: _without_volatile(item) for key, item in value.items() if key not in ('latencyMs', '$schema')}
    return [_without_volatile(item) for item in value] if isinstance(value, list) else value


def _as_expected(actual: Any, expected: Any) -> Any:
    """Return the actual value with the schemas of tools taken from the expected one where that says nothing of them."""
    tools = ((expected.get('request') or {}).get('tools')) or []
    for number, tool in enumerate(tools):
        for schema in ('inputSchema', 'outputSchema'):
            if tool.get(schema) == {}:
                actual['request']['tools'][number][schema] = {}
    return actual


@pytest.mark.skipif(not SPEC.exists(), reason='the shared conformance cases are not beside the repository')
@pytest.mark.parametrize('case', _cases())
async def test_generate_case(case: dict[str, Any]):
    ai = Genkit()
    script, _ = define_programmable_model(ai, 'programmableModel')

    @ai.tool(name='testTool', description='description')
    def test_tool() -> str:
        return 'tool called'

    assert test_tool.name == 'testTool'
    script.responses = [GenerateResponse.model_validate(response) for response in case.get('modelResponses', [])]
    script.chunks = [
        [GenerateResponseChunk.model_validate(chunk) for chunk in chunks] for chunks in case.get('streamChunks', [])
    ]
    action = await ai.registry.resolve_action_by_key('/util/generate')
    assert action is not None
    chunks: list[Any] = []
    response = await action.arun_raw(case['input'], on_chunk=chunks.append if case.get('stream') else None)

    if 'expectResponse' in case:
        expected = _without_volatile(case['expectResponse'])
        assert expected == _as_expected(_without_volatile(response.response.to_wire()), expected)
    if 'expectChunks' in case:
        assert _without_volatile(case['expectChunks']) == _without_volatile([chunk.to_wire() for chunk in chunks])
