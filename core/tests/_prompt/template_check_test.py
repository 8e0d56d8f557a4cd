# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names in templates that the schema of the input lacks."""

import dataclasses
import logging
from typing import Any

import pytest
from genkit import Genkit
from genkit.testing import define_echo_model
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict


class Dish(BaseModel):
    title: str
    price: float = 0
    sides: list['Dish'] = Field(default_factory=list)


class Order(BaseModel):
    name: str
    guest_count: int = Field(default=1, alias='guestCount')
    dishes: list[Dish] = Field(default_factory=list)
    main: Dish | None = None
    notes: dict[str, str] = Field(default_factory=dict)
    is_vip: bool = False
    anything: Any = None


class Open(BaseModel):
    model_config = ConfigDict(extra='allow')

    name: str


@dataclasses.dataclass
class Guest:
    name: str


class Table(TypedDict):
    name: str


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    return ai


async def warned(ai: Genkit, caplog: pytest.LogCaptureFixture, template: str, schema: Any, **options: Any) -> list[str]:
    prompt = ai.define_prompt('greet', prompt=template, input_schema=schema, **options)
    with caplog.at_level(logging.WARNING, 'genkit.prompts'):
        for _ in range(2):
            await prompt.definition()
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize(
    ('template', 'problem'),
    [
        ('Hi {{nmae}}', "line 1, column 6: the input has no 'nmae', which is written as nothing. Did you mean 'name'?"),
        ('{{{nmae}}}', "no 'nmae'"),
        ('{{#if nmae}}x{{/if}}', "no 'nmae'"),
        ('{{json nmae}}', "no 'nmae'"),
        ('{{#ifEquals name nmae}}x{{/ifEquals}}', "no 'nmae'"),
        ('{{#ifEquals 1 2}}{{nmae}}{{/ifEquals}}', "no 'nmae'"),
        ('{{> part nmae}}', "no 'nmae'"),
        ('{{> part who=nmae}}', "no 'nmae'"),
        ('{{#each dishs}}{{title}}{{/each}}', "no 'dishs', which is written as nothing. Did you mean 'dishes'?"),
        ('{{#each dishes}}{{titel}}{{/each}}', "no 'titel', which is written as nothing. Did you mean 'title'?"),
        ('{{#each dishes}}{{#each sides}}{{titel}}{{/each}}{{/each}}', "no 'titel'"),
        ('{{#each dishes}}{{../nmae}}{{/each}}', "no 'nmae'"),
        ('{{#each dishes}}{{name}}{{/each}}', "no 'name'"),
        ('{{#dishes}}{{titel}}{{/dishes}}', "no 'titel'"),
        ('{{#with main}}{{titel}}{{/with}}', "no 'titel'"),
        ('{{main.titel}}', "no 'titel'"),
        ('{{#unless is_vip}}{{this.nmae}}{{/unless}}', "no 'nmae'"),
        ('{{#each dishes}}x{{else}}{{nmae}}{{/each}}', "no 'nmae'"),
        ('{{xyz}}', "It has 'name', 'guestCount', 'dishes', "),
    ],
)
async def test_a_name_that_no_input_has_is_warned_of_once(
    ai: Genkit, caplog: pytest.LogCaptureFixture, template: str, problem: str
) -> None:
    (message,) = await warned(ai, caplog, template, Order)
    assert 'A template names what its input lacks.' in message
    assert 'greet' in message
    assert problem in message


@pytest.mark.parametrize(
    'template',
    [
        'Hi {{name}} {{guestCount}} {{guest_count}} {{this.name}} {{./name}}',
        '{{@auth.uid}} {{@root.nmae}} {{@metadata.x}}',
        '{{role "system"}}{{history}}{{media url=name}}{{section "x"}}',
        '{{#each dishes}}{{@index}} {{title}} {{../name}}{{/each}}',
        '{{#each dishes}}{{#each sides}}{{title}}{{../price}}{{../../name}}{{/each}}{{/each}}',
        '{{#each dishes as |dish number|}}{{dish.anything}} {{number}}{{/each}}',
        '{{#each notes}}{{@key}} {{this}} {{whatever}}{{/each}}{{notes.whatever}}',
        '{{#with main}}{{title}} {{../name}}{{/with}}{{main.sides.0.title}} {{dishes.length}} {{dishes.[0].title}}',
        '{{#with main as |it|}}{{it.whatever}}{{/with}}{{#with this}}{{name}}{{../whatever}}{{/with}}',
        '{{#main}}{{title}}{{/main}}{{#is_vip}}{{name}}{{/is_vip}}{{#anything}}{{whatever}}{{/anything}}',
        '{{anything.whatever.deep}} {{name.length}} {{lookup this "whatever"}}',
        '{{#if name}}{{name}}{{else if is_vip}}{{main.title}}{{else}}{{dishes}}{{/if}}',
        '{{#mine}}{{whatever}}{{/mine}}{{mine2 name}}{{shout}}',
        '{{> part}}{{> part main}}{{#*inline "part2"}}{{whatever}}{{/inline}}{{#> part}}{{whatever}}{{/part}}',
        '{{! nmae }}\\{{nmae}}',
        'no names at all',
        '{{#if broken}}',
    ],
)
async def test_what_may_be_there_is_not_warned_of(ai: Genkit, caplog: pytest.LogCaptureFixture, template: str) -> None:
    ai.define_helper('mine', lambda options: options.fn({'whatever': 1}))
    ai.define_helper('mine2', lambda value: value)
    ai.define_helper('shout', lambda: 'x')
    ai.define_partial('part', '{{whatever}}')
    assert await warned(ai, caplog, template, Order) == []


@pytest.mark.parametrize('schema', [None, Open, dict, {'type': 'object', 'properties': {'name': {}}}, 'Unknown', str])
async def test_an_input_that_may_have_more_is_not_warned_of(
    ai: Genkit, caplog: pytest.LogCaptureFixture, schema: Any
) -> None:
    assert await warned(ai, caplog, '{{nmae}}', schema) == []


@pytest.mark.parametrize(
    'schema', [Guest, Table, 'Named', {'type': 'object', 'properties': {'name': {}}, 'additionalProperties': False}]
)
async def test_every_closed_input_is_warned_of(ai: Genkit, caplog: pytest.LogCaptureFixture, schema: Any) -> None:
    ai.define_schema('Named', Dish)
    (message,) = await warned(ai, caplog, '{{nmae}}', schema)
    assert "the input has no 'nmae'" in message


async def test_system_and_messages_are_looked_at_as_well(ai: Genkit, caplog: pytest.LogCaptureFixture) -> None:
    messages = await warned(ai, caplog, '{{a}}', Guest, system='{{b}}', messages='{{c}}{{a}}')
    assert sorted(message.partition("has no '")[2][:1] for message in messages) == ['a', 'b', 'c']


async def test_a_file_is_named_with_the_line(ai: Genkit, caplog: pytest.LogCaptureFixture, tmp_path: Any) -> None:
    text = '---\ninput:\n  schema:\n    name: string\n    dishes(array):\n      title: string\n---\nHi {{nmae}}\n'
    (tmp_path / 'greet.prompt').write_text(f'{text}{{{{#each dishes}}}}{{{{titel}}}}{{{{/each}}}}', encoding='utf-8')
    ai.load_prompts(tmp_path)
    with caplog.at_level(logging.WARNING, 'genkit.prompts'):
        for _ in range(2):
            assert (await ai.prompt('greet')({'name': 'Ada', 'dishes': []})).text.startswith('[ECHO] user: Hi ')
    first, second = sorted(record.getMessage() for record in caplog.records)
    assert "greet.prompt:8:6: the input has no 'nmae'" in first
    assert "greet.prompt:9:19: the input has no 'titel'" in second
