# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import re
from collections.abc import Awaitable
from typing import Any

import pytest
from genkit import ActionKind, ActionRunContext, FlowWrapper, GenkitError
from genkit._kinds.flow import define_flow
from pydantic import BaseModel


class City(BaseModel):
    name: str


def greet(name: str) -> str:
    """Say hello."""
    return f'Hello, {name}!'


async def greet_later(name: str) -> str:
    await asyncio.sleep(0)
    return f'Hello, {name}!'


async def count(upto: int, context: ActionRunContext) -> str:
    for number in range(upto):
        context.send_chunk(number)
    return 'done'


class TestCalling:
    def test_a_plain_flow_from_plain_code_gives_the_value(self, registry):
        assert define_flow(registry, greet)('Ada') == 'Hello, Ada!'

    async def test_a_plain_flow_within_an_event_loop_gives_the_value_too(self, registry):
        assert define_flow(registry, greet)('Ada') == 'Hello, Ada!'

    async def test_an_asynchronous_flow_gives_something_to_await(self, registry):
        flow = define_flow(registry, greet_later)
        assert await flow('Ada') == 'Hello, Ada!'
        assert await asyncio.gather(flow('Ada'), flow('Bob')) == ['Hello, Ada!', 'Hello, Bob!']

    def test_an_asynchronous_flow_runs_in_a_loop_of_its_own(self, registry):
        flow = define_flow(registry, greet_later)
        assert [asyncio.run(flow('Ada')) for _ in range(2)] == ['Hello, Ada!'] * 2

    async def test_an_argument_may_be_named(self, registry):
        assert define_flow(registry, greet)(name='Ada') == 'Hello, Ada!'
        assert await define_flow(registry, greet_later)(name='Ada') == 'Hello, Ada!'

    async def test_a_context_that_is_passed_along_is_not_the_input(self, registry):
        flow = define_flow(registry, count)
        assert await flow(3, ActionRunContext()) == 'done'

    async def test_a_wrong_argument_is_refused(self, registry):
        async def shrink(city: City) -> str:
            return city.name

        with pytest.raises(GenkitError, match='Validation of the input of /flow/shrink failed: name'):
            await define_flow(registry, shrink)({'nom': 'Rome'})  # pyright: ignore[reportArgumentType]

    def test_no_argument_is_needed_where_there_is_a_default(self, registry):
        def hello(name: str = 'world') -> str:
            return f'Hello, {name}!'

        assert define_flow(registry, hello)() == 'Hello, world!'

    async def test_one_flow_may_call_another(self, registry):
        inner = define_flow(registry, greet_later)

        async def outer(name: str) -> str:
            return (await inner(name)).upper()

        assert await define_flow(registry, outer)('Ada') == 'HELLO, ADA!'


class TestStreaming:
    async def test_gives_chunks_and_the_result(self, registry):
        chunks, response = define_flow(registry, count).stream(3)
        assert [chunk async for chunk in chunks] == [0, 1, 2]
        assert await response == 'done'

    async def test_takes_context_labels_and_timeout(self, registry):
        async def note(_: None, context: ActionRunContext) -> dict:
            return context.context

        async def wait() -> None:
            await asyncio.Event().wait()

        flow = define_flow(registry, note)
        assert await flow.stream(None, {'auth': 1}, {'label': 'x'}).response == {'auth': 1}
        with pytest.raises(GenkitError) as caught:
            await define_flow(registry, wait).stream(timeout=0.01).response
        assert caught.value.status == 'DEADLINE_EXCEEDED'

    async def test_of_a_plain_flow_works_the_same(self, registry):
        def count_up(upto: int, context: ActionRunContext) -> str:
            for number in range(upto):
                context.send_chunk(number)
            return 'done'

        stream = define_flow(registry, count_up).stream(3)
        assert [chunk async for chunk in stream] == [0, 1, 2]


class TestNaming:
    def test_is_after_the_function_unless_stated(self, registry):
        assert define_flow(registry, greet).name == 'greet'
        assert define_flow(registry, greet, 'other').name == 'other'
        assert registry.lookup_action(ActionKind.FLOW, 'greet')
        assert registry.lookup_action(ActionKind.FLOW, 'other')

    def test_describes_by_the_docstring_unless_stated(self, registry):
        assert define_flow(registry, greet).action.description == 'Say hello.'
        assert define_flow(registry, greet, description='Greets.').action.description == 'Greets.'

    def test_keeps_the_look_of_the_function(self, registry):
        flow = define_flow(registry, greet, 'other')
        assert (flow.__name__, flow.__doc__) == ('greet', 'Say hello.')
        assert flow.__wrapped__ is greet

    def test_shows_the_types_of_chunks_and_metadata(self, registry):
        described = define_flow(registry, count, chunk_schema=int, metadata={'a': 1}).action.describe()
        assert described.stream_schema == {'type': 'integer'}
        assert described.metadata == {'a': 1}

    def test_of_a_function_whose_input_has_an_unknown_type_is_refused(self, registry):
        def unknown(a: 'Nowhere') -> None: ...  # noqa: F821  # pyright: ignore[reportUndefinedVariable]

        with pytest.raises(TypeError, match="parameter 'a' of unknown cannot be resolved"):
            define_flow(registry, unknown)
        assert registry.lookup_action(ActionKind.FLOW, 'unknown') is None


def test_the_type_of_a_flow_may_be_written_with_four_parameters():
    older = FlowWrapper[..., Awaitable[str], str, int]  # pyright: ignore[reportInvalidTypeArguments]
    assert older == FlowWrapper[..., Awaitable[str], int]
    assert FlowWrapper[..., str] == FlowWrapper[..., str, Any]
    with pytest.raises(TypeError):
        _ = FlowWrapper[..., str, int, int, int]  # pyright: ignore[reportInvalidTypeArguments]


async def order(dish: str, bowls: int = 1, *, context: ActionRunContext) -> str:
    context.send_chunk(dish)
    return f'{bowls} {dish} {context.context}'


async def pair(first: dict[str, int], second: dict[str, int]) -> int:
    return len(first) + len(second)


class TestStreamingWithSeveralParameters:
    @pytest.mark.parametrize(
        ('arguments', 'keywords', 'result'),
        [
            (('soup', 2), {}, '2 soup {}'),
            (('soup',), {}, '1 soup {}'),
            ((), {'dish': 'soup', 'bowls': 2}, '2 soup {}'),
            (('soup', 2), {'context': {'table': 7}, 'timeout': 60}, "2 soup {'table': 7}"),
            (({'dish': 'soup'},), {}, '1 soup {}'),
            (({'dish': 'soup'}, {'table': 7}), {}, "1 soup {'table': 7}"),
            ((), {'input': {'dish': 'soup'}, 'context': {'table': 7}}, "1 soup {'table': 7}"),
        ],
    )
    async def test_takes_what_the_flow_takes_or_the_whole_input(self, registry, arguments, keywords, result):
        chunks, response = define_flow(registry, order).stream(*arguments, **keywords)
        assert [chunk async for chunk in chunks] == ['soup']
        assert await response == result

    async def test_takes_mappings_as_arguments_too(self, registry):
        flow: Any = define_flow(registry, pair)
        assert await flow.stream({'a': 1}, {'b': 2, 'c': 3}).response == 3
        assert await flow.stream({'first': {}, 'second': {'c': 3}}).response == 1

    @pytest.mark.parametrize(
        ('function', 'arguments', 'keywords', 'problem'),
        [
            (order, (), {}, "order() missing a required argument: 'dish'"),
            (order, ('soup', 1, 2), {}, 'order() takes 2 positional arguments but 3 were given'),
            (order, ('soup',), {'bowl': 2}, "order() got an unexpected keyword argument 'bowl'"),
            (order, (), {'input': 'soup', 'bowls': 2}, "order() got an unexpected keyword argument 'input'"),
            (count, (1, 2), {}, 'count() takes 1 positional argument but 2 were given'),
            (count, (1,), {'z': 2}, "count() got an unexpected keyword argument 'z'"),
            (lambda: 1, (1,), {}, '<lambda>() takes 0 positional arguments but 1 was given'),
        ],
    )
    async def test_refuses_what_the_flow_does_not_take(self, registry, function, arguments, keywords, problem):
        with pytest.raises(TypeError, match=re.escape(problem)):
            define_flow(registry, function).stream(*arguments, **keywords)

    async def test_of_a_single_parameter_takes_it_by_name(self, registry):
        flow: Any = define_flow(registry, count)
        assert await flow.stream(upto=2, context={}).response == 'done'
