# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The cases that every implementation of dotprompt shares, whichever of them are there."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from genkit import GenkitError
from genkit._prompt.dotprompt import Dotprompt
from genkit.types import Message, ToolDefinition


SPEC = Path(__file__).parents[5] / 'shared' / 'conformance' / 'dotprompt'


def _cases() -> list[Any]:
    return [
        pytest.param(group, case, id=f'{path.relative_to(SPEC)}-{group["name"]}-{case.get("desc", number)}')
        for path in sorted(SPEC.rglob('*.yaml'))
        for group in yaml.safe_load(path.read_text(encoding='utf-8')) or []
        for number, case in enumerate(group['tests'])
    ]


def _tool(name: str, described: dict[str, Any]) -> ToolDefinition:
    return ToolDefinition.model_validate({'name': name, 'description': '', **described})


def _environment(group: dict[str, Any]) -> Dotprompt:
    schemas = {**group.get('schemas', {}), **group.get('resolverSchemas', {})}
    tools = {name: _tool(name, tool) for name, tool in group.get('resolverTools', {}).items()}
    dotprompt = Dotprompt(
        resolve_schema=schemas.get,
        resolve_partial=group.get('resolverPartials', {}).get,
        resolve_tool=tools.get,
    )
    for name, source in group.get('partials', {}).items():
        dotprompt.define_partial(name, source)
    for name, tool in group.get('tools', {}).items():
        dotprompt.define_tool(_tool(name, tool))
    return dotprompt


def _rendered(dotprompt: Dotprompt, template: str, given: dict[str, Any], options: Any) -> dict[str, Any]:
    rendered = dotprompt.compile(template).render(
        given.get('input'),
        context=given.get('context'),
        messages=[Message.model_validate(message) for message in given.get('messages', [])],
        docs=given.get('docs', []),
        overrides=options,
    )
    messages = [message.to_wire() for message in rendered.messages]
    return {**rendered.metadata.to_wire(), 'raw': rendered.metadata.raw, 'messages': messages}


def _as_expected(value: Any) -> Any:
    """Leave the order of required members out of account."""
    if isinstance(value, dict):
        return {key: sorted(item) if key == 'required' else _as_expected(item) for key, item in value.items()}
    return [_as_expected(item) for item in value] if isinstance(value, list) else value


@pytest.mark.skipif(not SPEC.exists(), reason='the shared conformance cases are not beside the repository')
@pytest.mark.parametrize(('group', 'case'), _cases())
def test_dotprompt_case(group: dict[str, Any], case: dict[str, Any]):
    dotprompt = _environment(group)
    given = {**group.get('data', {}), **case.get('data', {})}
    template, options = case.get('template', group.get('template', '')), case.get('options')
    expected = dict(case['expect'])
    if expected.keys() & {'error', 'throws'}:
        with pytest.raises(GenkitError):
            _rendered(dotprompt, template, given, options)
        return
    actual = _rendered(dotprompt, template, given, options)
    assert expected
    assert _as_expected(expected) == _as_expected({key: actual.get(key) for key in expected})
