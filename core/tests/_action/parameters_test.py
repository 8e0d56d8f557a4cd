# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Functions as people write them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from genkit import ActionKind, ActionRunContext, Genkit, GenkitError, ToolRunContext
from genkit.testing import define_programmable_model
from pydantic import BaseModel, Field


if TYPE_CHECKING:
    from decimal import Decimal as Money

    from genkit import ToolRunContext as Ctx


class Order(BaseModel):
    dish: str


@pytest.fixture
def ai() -> Genkit:
    return Genkit()


async def given(tool: Any, value: Any) -> Any:
    return (await tool.action.arun_raw(value)).response


async def test_parameters_are_the_members_of_the_input(ai: Genkit) -> None:
    @ai.tool()
    def weather(
        city: str,
        days: int = 3,
        *,
        unit: Literal['c', 'f'] = 'c',
        limit: Annotated[int, Field(ge=1, description='At most so many.')] = 5,
    ) -> str:
        """Tell the weather.

        Args:
            city: Where, in
                English.
            days: How many days.
        """
        return f'{city} {days} {unit} {limit}'

    schema = weather.definition().input_schema
    assert schema == {
        'type': 'object',
        'title': 'WeatherInput',
        'additionalProperties': False,
        'required': ['city'],
        'properties': {
            'city': {'type': 'string', 'title': 'City', 'description': 'Where, in English.'},
            'days': {'type': 'integer', 'title': 'Days', 'default': 3, 'description': 'How many days.'},
            'unit': {'type': 'string', 'title': 'Unit', 'default': 'c', 'enum': ['c', 'f']},
            'limit': {
                'type': 'integer',
                'title': 'Limit',
                'default': 5,
                'minimum': 1,
                'description': 'At most so many.',
            },
        },
    }
    assert await given(weather, {'city': 'Bonn', 'limit': 2}) == 'Bonn 3 c 2'
    assert weather('Bonn', 5, unit='f') == 'Bonn 5 f 5'
    for wrong in ({}, {'city': 'Bonn', 'limit': 0}, {'city': 'Bonn', 'day': 1}, 'Bonn'):
        with pytest.raises(GenkitError) as raised:
            await given(weather, wrong)
        assert raised.value.status == 'INVALID_ARGUMENT'
    with pytest.raises(TypeError):
        weather('Bonn', unknown=1)  # pyright: ignore[reportCallIssue]


async def test_a_flow_takes_several_parameters_too(ai: Genkit) -> None:
    @ai.flow
    async def add(a: int, b: int, context: ActionRunContext) -> int:
        context.send_chunk(a)
        return a + b

    assert await add(1, b=2) == 3  # pyright: ignore[reportCallIssue]  (the context comes by itself)
    stream = add.stream({'a': 1, 'b': 2})
    assert [chunk async for chunk in stream] == [1]
    assert [action.name for action in await ai.list_actions('flow')] == ['add']


@pytest.mark.parametrize('bare', [True, False])
async def test_decorators_are_written_with_and_without_parentheses(ai: Genkit, bare: bool) -> None:
    def greet(name: str) -> str:
        """Greet."""
        return f'Hello, {name}!'

    flow, tool = (ai.flow(greet), ai.tool(greet)) if bare else (ai.flow()(greet), ai.tool()(greet))
    assert flow('Ada') == tool('Ada') == 'Hello, Ada!'
    assert tool.definition().input_schema == {'type': 'string'}
    for decorator in (ai.flow, ai.tool):
        with pytest.raises(TypeError, match='names no function'):
            decorator(3)  # pyright: ignore[reportCallIssue, reportArgumentType]


async def test_a_context_is_known_by_its_annotation_wherever_it_stands(ai: Genkit) -> None:
    @ai.tool
    def first(context: ToolRunContext, city: str, days: int = 1) -> str:
        return f'{city} {days} {context.is_resumed()}'

    @ai.tool
    def last(city: str, *, ctx: Ctx | None = None) -> str:
        return f'{city} {type(ctx).__name__}'

    @ai.tool
    def named(city, ctx):
        return f'{city} {type(ctx).__name__}'

    @ai.tool
    def alone(ctx: ToolRunContext) -> str:
        return type(ctx).__name__

    assert await given(first, {'city': 'Bonn'}) == 'Bonn 1 False'
    assert await given(last, 'Bonn') == 'Bonn ToolRunContext'
    assert await given(named, 'Bonn') == 'Bonn ToolRunContext'
    assert await given(alone, None) == 'ToolRunContext'


async def test_a_context_without_annotation_is_no_member_that_clients_set(ai: Genkit) -> None:
    @ai.flow()
    async def three(a: int, b: int, context) -> str:
        return f'{a} {b} {type(context).__name__}'

    @ai.flow()
    async def first(ctx, a: int) -> str:
        return f'{a} {type(ctx).__name__}'

    @ai.flow()
    async def text(a: int, context: str, b: int) -> str:
        return f'{a} {b} {context}'

    given = {'a': 1, 'b': 2, 'context': {'auth': {'uid': 'admin'}}}
    with pytest.raises(GenkitError, match='context'):
        await three.action.arun_raw(given)
    assert (await three.action.arun_raw({'a': 1, 'b': 2})).response == '1 2 ActionRunContext'
    assert (await first.action.arun_raw(1)).response == '1 ActionRunContext'
    assert (await text.action.arun_raw({'a': 1, 'b': 2, 'context': 'c'})).response == '1 2 c'


async def test_no_call_finds_what_another_left_in_a_default(ai: Genkit) -> None:
    @ai.flow()
    async def one(items: list[str] = []) -> list[str]:  # noqa: B006
        items.append('x')
        return items

    @ai.flow()
    async def several(items: list[str] = [], count: int = 1) -> list[str]:  # noqa: B006
        items.extend('x' * count)
        return items

    for _ in range(3):
        assert (await one.action.arun_raw()).response == ['x']
        assert (await several.action.arun_raw({})).response == ['x']


async def test_one_parameter_stays_the_input_itself(ai: Genkit) -> None:
    @ai.tool
    def keyword(*, city: str) -> str:
        return city

    @ai.tool
    def order(order: Order) -> str:
        return order.dish

    assert keyword.definition().input_schema == {'type': 'string'}
    assert await given(keyword, 'Bonn') == 'Bonn'
    assert keyword(city='Bonn') == 'Bonn'
    assert order.definition().input_schema == Order.model_json_schema()
    assert await given(order, {'dish': 'soup'}) == 'soup'


async def test_names_that_models_have_for_themselves_are_names_like_others(ai: Genkit) -> None:
    @ai.tool
    def odd(json: str, copy: int, model_config: str, _private: int = 0, schema: str = 's') -> str:
        return f'{json} {copy} {model_config} {_private} {schema}'

    assert await given(odd, {'json': 'j', 'copy': 1, 'model_config': 'm', '_private': 2}) == 'j 1 m 2 s'


async def test_a_field_is_a_default_with_limits(ai: Genkit) -> None:
    @ai.tool
    def tip(percent: int = Field(10, ge=0, le=30, description='In percent.')) -> int:
        return percent

    @ai.tool
    def several(a: int, tags: list[str] = Field(default_factory=list, max_length=2)) -> str:  # noqa: B008
        return f'{a} {tags}'

    assert tip.definition().input_schema == {
        'type': 'integer',
        'minimum': 0,
        'maximum': 30,
        'description': 'In percent.',
    }
    assert await given(tip, None) == 10
    assert await given(several, {'a': 1}) == '1 []'
    for tool, wrong in ((tip, 99), (several, {'a': 1, 'tags': ['x'] * 3})):
        with pytest.raises(GenkitError, match='Validation'):
            await given(tool, wrong)


class Library:
    def __init__(self, ai: Genkit) -> None:
        self.books = ['Faust']
        self.bound = ai.tool(self.count)

    shared = Genkit()

    @shared.tool
    def find(self, title: str, limit: int = 1) -> str:
        """Find a book."""
        return f'{title in self.books} {limit}'

    def count(self, prefix: str) -> int:
        return sum(book.startswith(prefix) for book in self.books)


async def test_methods_are_tools_of_their_instances(ai: Genkit) -> None:
    library = Library(ai)
    assert await given(library.bound, 'F') == 1
    assert await given(library.find, {'title': 'Faust'}) == 'True 1'
    assert library.find('Faust', 2) == 'True 2'
    assert (library.find.definition().input_schema or {})['required'] == ['title']
    with pytest.raises(GenkitError, match=r'tools=\[library\.find\]'):
        await given(Library.find, {'title': 'Faust'})


async def test_partials_and_callable_objects_have_names_and_texts(ai: Genkit) -> None:
    def weather(city: str, unit: str, days: int = 1) -> str:
        """Tell the weather."""
        return f'{city} {unit} {days}'

    @dataclass
    class Finder:
        where: str

        def __call__(self, title: str, limit: int = 1) -> str:
            """Find a book."""
            return f'{self.where} {title} {limit}'

    partial = ai.tool(functools.partial(weather, unit='c'))
    assert partial.name == 'weather'
    assert partial.definition().description == 'Tell the weather.'
    assert list((partial.definition().input_schema or {})['properties']) == ['city', 'days']
    assert await given(partial, {'city': 'Bonn'}) == 'Bonn c 1'
    finder = ai.tool(Finder('shelf'))
    assert (finder.name, finder.definition().description) == ('Finder', 'Find a book.')
    assert await given(finder, {'title': 'Faust'}) == 'shelf Faust 1'


async def test_annotations_are_resolved_one_by_one(ai: Genkit) -> None:
    class Local(BaseModel):
        dish: str

    @ai.tool
    def price(order: Order) -> Money:
        return order.dish  # pyright: ignore[reportReturnType]

    @ai.tool
    def local(order: Local, count: int = 1) -> str:
        return f'{order.dish} {count}'

    assert (price.definition().input_schema or {})['required'] == ['dish']
    assert await given(price, {'dish': 'soup'}) == 'soup'
    assert await given(local, {'order': {'dish': 'soup'}}) == 'soup 1'


def local_tool() -> tuple[Callable[..., Any], type[BaseModel]]:
    class Local(BaseModel):
        dish: str

    def serve(order: Local) -> Local:
        return order

    return serve, Local


class TestATypeThatIsLocalToAFunctionIsFound:
    @pytest.mark.parametrize(
        'define',
        [
            lambda ai, fn: ai.tool(fn).definition().input_schema,
            lambda ai, fn: ai.tool()(fn).definition().input_schema,
            lambda ai, fn: ai.flow(fn).action.input_schema,
            lambda ai, fn: ai.flow('serve')(fn).action.input_schema,
            lambda ai, fn: ai.dynamic_tool('serve', fn).definition().input_schema,
        ],
    )
    def test_where_the_function_is_its_only_parameter(self, ai: Genkit, define: Callable[[Genkit, Any], Any]) -> None:
        class Local(BaseModel):
            dish: str

        def serve(order: Local) -> Local:
            return order

        def by_a_helper() -> Any:
            return define(ai, serve)

        assert define(ai, serve)['required'] == ['dish']
        assert by_a_helper()['required'] == ['dish']

    async def test_where_the_function_is_given_as_a_tool(self, ai: Genkit) -> None:
        class Local(BaseModel):
            dish: str

        def serve(order: Local) -> Local:
            return order

        model, _ = define_programmable_model(ai, 'm')
        model.responses = ['done'] * 6
        await ai.generate('m', 'x', tools=[serve])
        await ai.generate_stream('m', 'x', tools=[serve]).response
        await ai.define_prompt('p', model='m', prompt='x', tools=[serve])()
        await ai.define_prompt('q', model='m', prompt='x').stream(tools=[serve]).response
        await ai.chat('m', tools=[serve]).send_stream('x').response
        await ai.define_agent('a', model='m', tools=[serve]).chat().send('x')
        asked = [(request.tools or [])[0].input_schema or {} for request in model.requests]
        assert [schema['required'] for schema in asked] == [['dish']] * 6

    async def test_where_a_prompt_is_a_function(self, ai: Genkit) -> None:
        class Local(BaseModel):
            dish: str

        def ask(order: Local) -> str:
            return f'Is {order.dish} good?'

        model, _ = define_programmable_model(ai, 'm')
        model.responses = ['yes']
        await ai.define_prompt('p', model='m', input_schema=Local, prompt=ask)({'dish': 'soup'})
        assert model.requests[0].messages[0].text == 'Is soup good?'

    def test_but_not_once_that_function_has_ended(self, ai: Genkit) -> None:
        with pytest.raises(TypeError, match="name 'Local' is not defined"):
            ai.tool(local_tool()[0])


@pytest.mark.parametrize('parameters', ['pay: Money', 'pay: Money, count: int', 'pay: Nowhere, *, context: int'])
def test_an_input_whose_type_cannot_be_resolved_is_refused_at_the_definition(ai: Genkit, parameters: str) -> None:
    made: dict[str, Any] = {}
    exec(f'from __future__ import annotations\ndef buy({parameters}): ...', made)
    for decorator in (ai.tool, ai.flow):
        with pytest.raises(TypeError, match=r"parameter 'pay' of buy cannot be resolved: .*Import it at run time"):
            decorator(made['buy'])


async def test_a_plain_function_that_raises_stop_iteration_does_not_wait_for_ever(ai: Genkit) -> None:
    @ai.tool
    def first(names: list[str]) -> str:
        return next(name for name in names if name == 'Ada')

    with pytest.raises(GenkitError, match='first raised StopIteration'):
        await given(first, ['Bob'])


class TestFunctionsThatNoInputStandsFor:
    def test_are_refused_with_the_lines_to_write_instead(self, ai: Genkit) -> None:
        async def total(unit: str, scale: int = 1, *numbers: int, **more: Any) -> None: ...

        with pytest.raises(TypeError) as caught:
            ai.flow()(total)
        assert str(caught.value).splitlines() == [
            'total takes *numbers and **more, and an input has no members for them. Name what they hold:',
            "    async def total(unit: 'str', numbers: list, more: dict, scale: 'int' = 1): …",
            'or, if it wraps another function, show the parameters of that one:',
            '    @functools.wraps(function)',
        ]
        assert ai.registry.registered_actions(ActionKind.FLOW) == []

    @pytest.mark.parametrize('options', [{}, {'input_schema': {'type': 'object'}}])
    def test_are_refused_as_tools(self, ai: Genkit, options: Any) -> None:
        def add(**numbers: int) -> None: ...

        with pytest.raises(TypeError, match=r'add takes \*\*numbers, and an input has no members'):
            ai.tool(description='Adds.', **options)(add)

    async def test_are_none_if_they_show_the_parameters_of_what_they_wrap(self, ai: Genkit) -> None:
        def add(a: int, b: int) -> int:
            return a + b

        @functools.wraps(add)
        def logged(*arguments: Any, **keywords: Any) -> Any:
            return add(*arguments, **keywords)

        assert ai.flow()(logged)(1, b=2) == 3
