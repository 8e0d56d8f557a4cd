# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import re
from typing import Any

import pytest
from genkit import ActionRunContext, GenkitError
from genkit._kinds.flow import define_flow
from genkit._kinds.tool import define_tool
from genkit._registry.registry import Registry


@pytest.fixture
def registry() -> Registry:
    return Registry()


async def shout(text: str, ctx: ActionRunContext) -> str:
    return f'{text}!{ctx.context.get("user", "")}'


def double(number: int) -> int:
    return number * 2


def seven() -> int:
    return 7


async def join(a: int, b: str = 'b', *, context: ActionRunContext) -> str:
    return f'{a}{b}{context.context.get("user", "")}'


async def who(context: ActionRunContext) -> str:
    return str(context.context.get('user'))


class Shop:
    def price(self, item: str) -> int:
        return len(item)


def flow_of(registry: Registry, function: Any) -> Any:
    return define_flow(registry, function)


def tool_of(registry: Registry, function: Any) -> Any:
    return define_tool(registry, function, description='Test.')


class TestSurplusArguments:
    @pytest.mark.parametrize(
        ('function', 'arguments', 'keywords', 'problem'),
        [
            (shout, (1,), {'z': 3}, r"shout() got an unexpected keyword argument 'z'"),
            (double, (1, 2), {}, 'double() takes 1 positional argument but 2 were given'),
            (double, (1,), {'z': 3}, r"double() got an unexpected keyword argument 'z'"),
            (double, (1,), {'number': 2}, r"double() multiple values for argument 'number'"),
            (seven, (1,), {}, 'seven() takes 0 positional arguments but 1 was given'),
            (seven, (None,), {}, 'seven() takes 0 positional arguments but 1 was given'),
            (join, (1, 'b', 3), {}, 'join() takes 2 positional arguments but 3 were given'),
            (join, (), {'b': 'b'}, "join() missing a required argument: 'a'"),
            (who, (1,), {}, 'who() takes 0 positional arguments but 1 was given'),
        ],
    )
    @pytest.mark.parametrize('define', [flow_of, tool_of])
    def test_are_refused_as_the_function_would(self, registry, define, function, arguments, keywords, problem):
        with pytest.raises(TypeError, match=f'^{re.escape(problem)}$'):
            define(registry, function)(*arguments, **keywords)

    @pytest.mark.parametrize('keyword', ['context', 'ctx'])
    def test_that_are_a_context_are_shown_where_it_goes(self, registry, keyword):
        way_out = re.escape('write `await shout.action.arun(text, context={…})`.')
        flow = flow_of(registry, shout)
        with pytest.raises(TypeError, match=way_out):
            flow('a', **{keyword: {'user': 'ada'}})
        with pytest.raises(TypeError, match=way_out):
            flow('a', {'user': 'ada'})

    def test_that_are_a_context_show_an_input_of_several_members_or_none(self, registry):
        with pytest.raises(TypeError, match=re.escape("await join.action.arun({'a': …, 'b': …}, context={…})")):
            flow_of(registry, join)(1, context={'user': 'ada'})
        with pytest.raises(TypeError, match=re.escape('await who.action.arun(context={…})')):
            flow_of(registry, who)({'user': 'ada'})

    def test_of_a_method_of_no_instance_say_that_one_is_needed(self, registry):
        tool = tool_of(registry, Shop.price)
        with pytest.raises(GenkitError, match=r'Shop\.price is a method and needs an instance'):
            tool(Shop(), 'bread')


class TestTakenArguments:
    async def test_may_be_named(self, registry):
        assert await flow_of(registry, shout)(text='a') == 'a!'
        assert flow_of(registry, double)(number=2) == 4
        assert await flow_of(registry, join)(1, b='c') == '1c'

    async def test_may_hold_a_run_context_for_the_bare_function(self, registry):
        context = ActionRunContext({'user': 'ada'})
        assert await flow_of(registry, shout)('a', context) == 'a!ada'
        assert await flow_of(registry, shout)('a', ctx=context) == 'a!ada'
        assert await flow_of(registry, who)(context) == 'ada'

    async def test_may_hold_none_in_place_of_the_context(self, registry):
        assert await flow_of(registry, shout)('a', None) == 'a!'
        assert await flow_of(registry, join)(1, context=None) == '1b'
        assert await flow_of(registry, who)(None) == 'None'

    async def test_may_be_a_mapping_where_that_is_the_input(self, registry):
        async def count(members: dict[str, int], context: ActionRunContext) -> int:
            return len(members) + len(context.context)

        assert await flow_of(registry, count)({'a': 1}) == 1

    async def test_may_be_called_context_where_that_is_an_input(self, registry):
        async def quote(context: str) -> str:
            return f'“{context}”'

        assert await flow_of(registry, quote)(context='here') == '“here”'
