# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import threading
from typing import Any

import pytest
from genkit import (
    ActionKind,
    ErrorReason,
    GenkitError,
    Interrupt,
    MultipartToolResponse,
    TextPart,
    Tool,
    ToolRequestPart,
    ToolRunContext,
    response,
    restart_tool,
    tool_response,
)
from genkit._kinds.tool import ToolAction, define_tool, make_tool
from genkit.types import ToolDefinition, ToolRequest
from pydantic import BaseModel


class City(BaseModel):
    name: str


def weather(city: City) -> str:
    """Tell the weather."""
    return f'sunny in {city.name}'


def both_actions(registry: Any, name: str) -> tuple[ToolAction, ToolAction]:
    plain = registry.lookup_action(ActionKind.TOOL, name)
    wrapped = registry.lookup_action(ActionKind.TOOL_V2, name)
    assert isinstance(plain, ToolAction)
    assert isinstance(wrapped, ToolAction)
    return plain, wrapped


class TestParameters:
    """Upstream crashed when a tool took nothing or its context alone (audit, PR-B)."""

    async def test_a_tool_may_take_its_context_alone(self, registry):
        @_tool(registry)
        def my_tool(ctx: ToolRunContext) -> str:
            return type(ctx).__name__

        plain, wrapped = both_actions(registry, 'my_tool')
        assert (await plain.arun()).response == 'ToolRunContext'
        assert (await wrapped.arun()).response == MultipartToolResponse(output='ToolRunContext')
        assert 'RunContext' not in str(plain.input_schema)
        assert 'RunContext' not in str(wrapped.input_schema)

    async def test_a_tool_may_take_nothing(self, registry):
        @_tool(registry)
        def no_params() -> str:
            return 'hello'

        plain, wrapped = both_actions(registry, 'no_params')
        assert plain.input_schema == {'type': 'object', 'properties': {}}
        assert (await plain.arun({})).response == 'hello'
        assert (await wrapped.arun({})).response.output == 'hello'
        assert no_params() == 'hello'

    async def test_a_tool_may_take_an_input_and_its_context(self, registry):
        @_tool(registry)
        async def locate(city: City, ctx: ToolRunContext) -> str:
            return f'{city.name} for {ctx.context["user"]}'

        for action in both_actions(registry, 'locate'):
            result = (await action.arun({'name': 'Rome'}, context={'user': 'Ada'})).response
            assert getattr(result, 'output', result) == 'Rome for Ada'
        assert locate.definition().input_schema == City.model_json_schema()

    async def test_a_tool_may_take_an_input_with_a_default(self, registry):
        @_tool(registry)
        def greet(name: str = 'you') -> str:
            return f'Hello {name}'

        plain, wrapped = both_actions(registry, 'greet')
        assert (await plain.arun()).response == (await wrapped.arun()).response.output == 'Hello you'

    @pytest.mark.parametrize('function', [weather, lambda: 1, lambda city: city])
    def test_both_actions_take_the_same_input(self, registry, function):
        define_tool(registry, function, 'tool')
        plain, wrapped = both_actions(registry, 'tool')
        assert wrapped.input_schema == plain.input_schema

    async def test_chunks_of_a_plain_tool_arrive_on_the_event_loops_thread(self, registry):
        @_tool(registry)
        def chatty(value: int, ctx: ToolRunContext) -> int:
            ctx.send_chunk(value)
            return value

        for action in both_actions(registry, 'chatty'):
            threads: list[int] = []
            await action.arun(1, on_chunk=lambda _, threads=threads: threads.append(threading.get_ident()))
            assert threads == [threading.get_ident()]


class TestValidation:
    """Upstream handed tools whatever the model made up (audit, PR-D)."""

    @pytest.mark.parametrize('wrong', [{'invalid_field': 123}, {'name': 3}, 'Rome', [], None])
    async def test_a_wrong_input_is_refused_before_the_tool_runs(self, registry, wrong):
        calls: list[City] = []

        @_tool(registry)
        def typed_tool(city: City) -> None:
            calls.append(city)

        for action in both_actions(registry, 'typed_tool'):
            with pytest.raises(GenkitError) as caught:
                await action.arun_raw(wrong)
            assert caught.value.status == 'INVALID_ARGUMENT'
            assert caught.value.reason == ErrorReason.INVALID_INPUT
        assert calls == []

    async def test_the_error_says_validation_and_the_member(self, registry):
        define_tool(registry, weather)
        with pytest.raises(GenkitError) as caught:
            await both_actions(registry, 'weather')[0].arun({'invalid_field': 123})
        assert 'validation' in str(caught.value).lower()
        assert 'name: Field required' in str(caught.value)

    async def test_a_right_input_runs_the_tool(self, registry):
        tool = define_tool(registry, weather)
        assert (await tool.action.arun({'name': 'Rome'})).response == 'sunny in Rome'


class TestRegistration:
    async def test_is_under_both_kinds(self, registry):
        define_tool(registry, weather, metadata={'a': 1})
        plain, wrapped = both_actions(registry, 'weather')
        assert (plain.key, wrapped.key) == ('/tool/weather', '/tool.v2/weather')
        assert plain.metadata == {'a': 1, 'type': 'tool'}
        assert wrapped.metadata == {'a': 1, 'type': 'tool.v2'}
        assert (await plain.arun({'name': 'Rome'})).response == 'sunny in Rome'
        assert (await wrapped.arun({'name': 'Rome'})).response == MultipartToolResponse(output='sunny in Rome')
        assert plain.input_schema == wrapped.input_schema == City.model_json_schema()
        assert plain.description == wrapped.description == 'Tell the weather.'

    async def test_of_a_multipart_tool_is_under_the_second_kind_alone(self, registry):
        @_tool(registry, multipart=True)
        def screenshot() -> MultipartToolResponse:
            return response('taken', parts=[TextPart(text='image')], metadata={'a': 1})

        assert registry.lookup_action(ActionKind.TOOL, 'screenshot') is None
        action = registry.lookup_action(ActionKind.TOOL_V2, 'screenshot')
        assert (await action.arun()).response == MultipartToolResponse(
            output='taken', content=[TextPart(text='image')], metadata={'a': 1}
        )
        assert action.metadata == {'type': 'tool.v2'}
        assert screenshot().output == 'taken'

    def test_is_left_out_on_request(self, registry):
        tool = make_tool(weather)
        assert isinstance(tool, Tool)
        assert tool.action.kind is ActionKind.TOOL
        assert make_tool(weather, multipart=True).action.kind is ActionKind.TOOL_V2

    def test_names_and_describes(self, registry):
        tool = define_tool(registry, weather, 'forecast', 'Forecasts.')
        assert tool.name == 'forecast'
        assert tool.action.description == 'Forecasts.'
        assert (tool.__name__, tool.__doc__, tool.__wrapped__) == ('weather', 'Tell the weather.', weather)


class TestDefinition:
    def test_tells_the_model(self, registry):
        assert define_tool(registry, weather).definition() == ToolDefinition(
            name='weather',
            description='Tell the weather.',
            input_schema=City.model_json_schema(),
            output_schema={'type': 'string'},
        )

    def test_uses_the_last_name_and_keeps_the_full_one(self):
        definition = make_tool(weather, 'mcp/server/weather').definition()
        assert definition.name == 'weather'
        assert definition.metadata == {'originalName': 'mcp/server/weather'}

    def test_always_has_a_description(self):
        assert make_tool(lambda: 1, 'silent').definition().description == ''

    def test_takes_a_schema_in_place_of_the_annotation(self):
        schema = {'type': 'object', 'properties': {'x': {'type': 'integer'}}}
        assert make_tool(lambda value: value, 'dynamic', input_schema=schema).definition().input_schema == schema


class TestCalling:
    def test_a_plain_tool_gives_its_value(self, registry):
        assert define_tool(registry, weather)(City(name='Rome')) == 'sunny in Rome'

    async def test_an_asynchronous_tool_gives_something_to_await(self, registry):
        async def later(city: City) -> str:
            return weather(city)

        assert await define_tool(registry, later)(City(name='Rome')) == 'sunny in Rome'

    def test_with_a_context_goes_straight_to_the_function(self, registry):
        def locate(city: str, ctx: ToolRunContext) -> tuple:
            return city, ctx.context

        tool = define_tool(registry, locate)
        assert tool('Rome', ToolRunContext({'a': 1})) == ('Rome', {'a': 1})


class TestInterrupts:
    async def test_pause_the_call(self, registry):
        @_tool(registry)
        def pay(amount: int, ctx: ToolRunContext) -> str:
            if not ctx.is_resumed():
                ctx.interrupt({'amount': amount})
            return f'paid {amount} of {ctx.original_input}: {ctx.resumed_metadata}'

        for action in both_actions(registry, 'pay'):
            with pytest.raises(Interrupt) as caught:
                await action.arun(3)
            assert caught.value.metadata == {'amount': 3}

    async def test_are_over_when_the_tool_is_resumed(self, registry):
        @_tool(registry)
        def pay(amount: int, ctx: ToolRunContext) -> str:
            return f'{ctx.is_resumed()} {ctx.resumed_metadata} {ctx.original_input}'

        plain, wrapped = both_actions(registry, 'pay')
        resumed: Any = {'resumed': {'by': 'Ada'}, 'original_input': 9}
        assert (await plain.arun(3, **resumed)).response == "True {'by': 'Ada'} 9"
        assert (await wrapped.arun(3, **resumed)).response.output == "True {'by': 'Ada'} 9"
        assert (await plain.arun(3)).response == 'False None None'


@pytest.fixture
def paused() -> ToolRequestPart:
    request = ToolRequest(name='pay', ref='7', input={'amount': 3})
    return ToolRequestPart(tool_request=request, metadata={'interrupt': {'amount': 3}, 'signature': 'x'})


class TestAnswering:
    def test_gives_a_tool_response(self, paused):
        assert tool_response(paused, 'paid').to_wire() == {
            'toolResponse': {'name': 'pay', 'ref': '7', 'output': 'paid'},
            'metadata': {'interruptResponse': True},
        }

    def test_may_say_more(self, paused):
        assert tool_response(paused, metadata={'by': 'Ada'}).metadata == {'interruptResponse': {'by': 'Ada'}}

    def test_by_restarting_asks_for_the_tool_again(self, paused):
        restarted = restart_tool(paused)
        assert restarted.tool_request == paused.tool_request
        assert restarted.metadata == {'interrupt': {'amount': 3}, 'signature': 'x', 'resumed': True}

    def test_by_restarting_may_replace_the_input(self, paused):
        restarted = restart_tool(paused, {'amount': 1}, {'by': 'Ada'})
        assert restarted.tool_request.input == {'amount': 1}
        assert restarted.tool_request.ref == '7'
        assert restarted.metadata == {
            'interrupt': {'amount': 3},
            'signature': 'x',
            'replacedInput': {'amount': 3},
            'resumed': {'by': 'Ada'},
        }

    @pytest.mark.parametrize('empty', [0, False, '', []])
    def test_by_restarting_may_replace_the_input_by_something_empty(self, paused, empty):
        assert restart_tool(paused, empty).tool_request.input == empty

    def test_leaves_the_request_as_it_is(self, paused):
        before = paused.model_copy(deep=True)
        tool_response(paused, 1)
        restart_tool(paused, {'amount': 1}, {'by': 'Ada'})
        assert paused == before


def _tool(registry: Any, **options: Any) -> Any:
    return lambda fn: define_tool(registry, fn, **options)


async def test_a_tool_that_is_not_registered_runs_as_an_action_does(ai):
    def ten(x: int) -> int:
        """Times ten."""
        return x * 10

    tool = ai.dynamic_tool('ten', ten, metadata={'a': 1})
    assert (await tool.arun(7)).response == 70
    assert tool.metadata == {'a': 1, 'dynamic': True, 'type': 'tool'}
    with pytest.raises(GenkitError, match='the input of /tool/ten failed'):
        await tool.arun('seven')


async def test_a_tool_of_another_service_has_its_json_schema_and_the_name_that_models_see(ai):
    schema = {'type': 'object', 'properties': {'x': {'type': 'integer'}}, 'required': ['x']}

    def ten(given: dict[str, Any]) -> int:
        return given['x'] * 10

    tool = ai.dynamic_tool('far/ten', ten, 'Ten times.', {'modelName': 'far_ten'}, input_schema=schema)
    definition = tool.definition()
    assert (definition.name, definition.input_schema) == ('far_ten', schema)
    assert definition.metadata == {'originalName': 'far/ten'}
    assert (await tool.action.arun_raw({'x': 7})).response == 70
    with pytest.raises(GenkitError, match='far/ten'):
        await tool.action.arun_raw({'x': 'seven'})
    assert ai.dynamic_tool('far/ten', ten, multipart=True).action.kind == ActionKind.TOOL_V2
