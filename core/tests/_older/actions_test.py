# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import Document, Genkit, GenkitError, TextPart, ToolRequestPart
from genkit._kinds.resource import ResourceInput
from genkit._older.actions import (
    augment_with_context,
    define_dynamic_action_provider,
    dynamic_resource,
    extract_items,
    find_matching_resource,
    lookup_background_action,
    respond_to_interrupt,
)
from genkit.types import Operation, ToolRequest


class TestExtractItems:
    @pytest.mark.parametrize(
        ('text', 'items'),
        [
            ('', []),
            ('no array {"a": 1}', []),
            ('[{"a": 1}, {"b": {"c": "}]"}}, {"d": 4', [{'a': 1}, {'b': {'c': '}]'}}]),
            ('Here: [{"a": 1}] and [{"b": 2}]', [{'a': 1}]),
            ('[1, "x", {"a": 1}, {no json at all:::}, {"b": 2}]', [{'a': 1}, {'b': 2}]),
            ("[{'a': 'it\\'s {'}, {a: 1,}]", [{'a': "it's {"}, {'a': 1}]),
        ],
    )
    def test_gives_the_complete_objects_of_the_first_array(self, text, items):
        assert extract_items(text).items == items

    def test_goes_on_from_where_it_left_off(self):
        text = 'x [{"a": 1}, {"b": 2}, {"c": 3}]'
        found, cursor = [], 0
        for end in range(len(text) + 1):
            result = extract_items(text[:end], cursor)
            found += result.items
            cursor = result.cursor
        assert found == [{'a': 1}, {'b': 2}, {'c': 3}]


async def test_documents_are_put_into_the_message_of_any_model(ai, model):
    model.responses = ['ok']
    await ai.generate(prompt='Hi', docs=[Document.from_text('a fact')], use=[augment_with_context()])
    assert model.requests[-1].messages[-1].text.count('a fact') == 1


class TestResources:
    async def test_that_are_not_registered_are_found_before_others(self):
        ai = Genkit()
        own = dynamic_resource(name='own', template='file://{name}', fn=lambda given: [TextPart(text=given.name)])
        known = ai.define_resource(uri='file://a', fn=lambda _: [TextPart(text='known')])
        asked = ResourceInput(uri='file://a')
        assert await find_matching_resource(ai.registry, [own], asked) is own
        assert await find_matching_resource(ai.registry, [], asked) is known
        assert await find_matching_resource(ai.registry, None, ResourceInput(uri='web://a')) is None
        [part] = (await own.arun(asked)).response.content
        assert isinstance(part, TextPart)
        assert part.text == 'a'

    async def test_take_their_options_as_a_mapping_too(self):
        made = dynamic_resource({'uri': 'file://a'}, lambda _: [])
        assert made.uri == 'file://a'
        with pytest.raises(GenkitError, match='needs a function'):
            dynamic_resource({'uri': 'file://a'})


async def test_a_dynamic_action_provider_is_registered():
    ai = Genkit()

    async def fetch() -> dict:
        return {'tool': [ai.dynamic_tool('ten', lambda x: x).action]}

    provider = define_dynamic_action_provider(ai.registry, 'far', fetch)
    assert ai.registry.lookup_action(provider.kind, 'far') is provider
    assert [action.name for action in await ai.registry.find_actions(provider.kind, 'far:tool/*')] == ['ten']


async def test_a_background_model_is_found_by_its_key_and_its_name():
    ai = Genkit()
    made = ai.define_background_model('slow', lambda _: Operation(id='1'), lambda operation: operation)
    assert await lookup_background_action(ai.registry, '/background-model/slow') == made
    assert await lookup_background_action(ai.registry, 'slow') == made
    assert await lookup_background_action(ai.registry, 'quick') is None
    with pytest.raises(GenkitError):
        await lookup_background_action(ai.registry, '/nonsense')


def test_an_interrupt_is_answered():
    asked = ToolRequestPart(tool_request=ToolRequest(name='pay', ref='1'))
    assert respond_to_interrupt('yes', interrupt=asked).tool_response.output == 'yes'
