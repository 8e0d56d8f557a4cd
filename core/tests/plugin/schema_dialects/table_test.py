# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every type goes to every provider in a form that it takes, and its values come back as they were."""

from typing import Any

import jsonschema
import pytest
from genkit import GenerateRequest, GenerateResponse, Genkit, Message, TextPart
from genkit.plugin import (
    ANTHROPIC_ANSWER_SCHEMAS,
    ANTHROPIC_TOOL_SCHEMAS,
    GEMINI_SCHEMAS,
    GEMINI_TOOL_SCHEMAS,
    GRAMMAR_SCHEMAS,
    OLLAMA_TOOL_SCHEMAS,
    OPENAI_ANSWER_SCHEMAS,
    OPENAI_LOOSE_SCHEMAS,
    OPENAI_TOOL_SCHEMAS,
    GenkitError,
    ToolInputs,
    fit,
    fitted_answers,
    make_model,
    to_json_schema,
)
from genkit.testing.wires.schema_rules import (
    ANTHROPIC_RULES,
    GEMINI_RULES,
    GEMINI_TOOL_RULES,
    OPENAI_RULES,
    OPENAI_STRICT_RULES,
    TOOL_RULES,
    SchemaRules,
    find_refused,
)
from genkit.types import Constrained, ModelInfo, Supports, ToolDefinition
from pydantic import TypeAdapter
from pydantic_core import to_json

from .cases import CASES


ANSWERS = {
    'openai': (OPENAI_ANSWER_SCHEMAS, OPENAI_RULES),
    'openai, loose': (OPENAI_LOOSE_SCHEMAS, OPENAI_RULES),
    'anthropic': (ANTHROPIC_ANSWER_SCHEMAS, ANTHROPIC_RULES),
    'anthropic, by a tool': (ANTHROPIC_TOOL_SCHEMAS, TOOL_RULES),
    'gemini': (GEMINI_SCHEMAS, GEMINI_RULES),
    'llama.cpp': (GRAMMAR_SCHEMAS, SchemaRules()),
}
TOOLS = {
    'openai': (OPENAI_TOOL_SCHEMAS, OPENAI_RULES),
    'anthropic': (ANTHROPIC_TOOL_SCHEMAS, TOOL_RULES),
    'gemini': (GEMINI_TOOL_SCHEMAS, GEMINI_TOOL_RULES),
    'ollama': (OLLAMA_TOOL_SCHEMAS, TOOL_RULES),
}
# What a provider cannot express, and is told in words.
IN_WORDS = {
    'anthropic': {
        *('open dictionary', 'dictionary of models', 'plain list', 'recursive', 'recursive list'),
        *('recursive and required', 'mutually recursive', 'root of a dictionary', 'extra allowed', 'any', 'any member'),
        'empty tuple',
    },
    'gemini': {'recursive and required', 'mutually recursive'},
}
# What OpenAI follows strictly; the others have optional members, names that are not known, or values of any type.
LOOSE = {
    *('optional', 'optional root', 'open dictionary', 'dictionary of models', 'plain list', 'recursive'),
    *('recursive list', 'root of a dictionary', 'defaults', 'extra allowed', 'any', 'any member', 'deep'),
    'empty tuple',
}


def data_of(case: str) -> Any:
    of_type, value = CASES[case]
    return TypeAdapter(of_type).dump_python(value, mode='json', by_alias=True, exclude_computed_fields=True)


@pytest.mark.parametrize('provider', ANSWERS)
@pytest.mark.parametrize('case', CASES)
def test_a_schema_is_one_that_the_provider_takes(case: str, provider: str) -> None:
    dialect, rules = ANSWERS[provider]
    fitted = fit(to_json_schema(CASES[case][0]), dialect)
    if case in IN_WORDS.get(provider, ()):
        assert fitted.schema is None
        assert fitted.problem
        return
    assert fitted.schema is not None, fitted.problem
    assert fitted.strict is (provider == 'openai' and case not in LOOSE)
    assert find_refused(fitted.schema, OPENAI_STRICT_RULES if fitted.strict else rules) is None
    value = data_of(case)
    sent = value if fitted.member is None else {fitted.member: value}
    jsonschema.Draft202012Validator(fitted.schema).validate(sent)
    assert fit(fitted.schema, dialect).schema == fitted.schema


@pytest.mark.parametrize('provider', ANSWERS)
@pytest.mark.parametrize('case', CASES)
async def test_a_value_comes_back_as_it_was(case: str, provider: str) -> None:
    dialect, _ = ANSWERS[provider]
    of_type, value = CASES[case]
    data = data_of(case)

    async def answer(request: GenerateRequest, _: Any) -> GenerateResponse[Any]:
        assert request.output is not None
        fitted = None if request.output.schema_ is None else fit(request.output.schema_, dialect)
        sent = {fitted.member: data} if fitted and fitted.member else data
        return GenerateResponse(message=Message(role='model', content=[TextPart(text=to_json(sent).decode())]))

    supports = Supports(constrained=Constrained.ALL, output=['json'])
    ai = Genkit()
    ai.registry.register_action(make_model('m', fitted_answers(dialect, answer), info=ModelInfo(supports=supports)))
    response = await ai.generate(model='m', prompt='?', output_schema=of_type)
    assert response.text == to_json(data).decode()
    assert response.output == value


@pytest.mark.parametrize('provider', TOOLS)
@pytest.mark.parametrize('case', CASES)
def test_an_input_is_described_as_the_provider_takes_it_and_comes_back(case: str, provider: str) -> None:
    dialect, rules = TOOLS[provider]
    tool = ToolDefinition(name='t', description='', input_schema=to_json_schema(CASES[case][0]))
    inputs = ToolInputs([tool], dialect)
    if case in IN_WORDS.get(provider, ()) and provider == 'gemini':
        with pytest.raises(GenkitError, match=r"Tool 't' cannot be offered .* refers to itself"):
            inputs.schema(tool)
        return
    schema = inputs.schema(tool)
    assert find_refused(schema, rules) is None
    data = data_of(case)
    sent = inputs.to_wire('t', data)
    if schema['properties'] if 'properties' in schema else schema.get('additionalProperties'):
        jsonschema.Draft202012Validator(schema).validate(sent)
    assert inputs.from_wire('t', sent) == data
