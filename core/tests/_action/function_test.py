# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import threading
from collections.abc import Awaitable
from contextvars import ContextVar
from functools import partial
from typing import Annotated, Any

import pytest
from genkit import Action, ActionKind, ActionRunContext, ToolRunContext
from genkit._action.function import UserFunction, ensure_async, run_loop
from pydantic import BaseModel, Field


class Name(BaseModel):
    name: str


def nothing() -> str:
    return 'nothing'


def only_input(value: int) -> str:
    return f'input {value}'


def only_context(context: ActionRunContext) -> str:
    return f'context {context.context}'


def only_tool_context(context: ToolRunContext) -> str:
    return f'context {context.context}'


def both(value: int, context: ActionRunContext) -> str:
    return f'input {value}, context {context.context}'


async def both_async(value: int, context: ActionRunContext) -> str:
    return both(value, context)


def optional_context(context: ActionRunContext | None = None) -> str:
    return f'context {context and context.context}'


def quoted(context: 'ActionRunContext') -> str:
    return f'context {context.context}'


def scaled(value: int, *, by: int) -> str:
    return f'input {value * by}'


class PlainCallable:
    def __call__(self, value: int) -> str:
        return f'input {value}'


class AsyncCallable:
    async def __call__(self, value: int, context: ActionRunContext) -> str:
        return both(value, context)


class Service:
    def method(self, value: int, context: ActionRunContext) -> str:
        return both(value, context)


SHAPES = {
    'no parameter': (nothing, None, 'nothing'),
    'an input': (only_input, int, 'input 3'),
    'a context': (only_context, None, "context {'a': 1}"),
    'an optional context': (optional_context, None, "context {'a': 1}"),
    'a quoted context': (quoted, None, "context {'a': 1}"),
    'both': (both, int, "input 3, context {'a': 1}"),
    'both, asynchronous': (both_async, int, "input 3, context {'a': 1}"),
    'a callable object': (PlainCallable(), int, 'input 3'),
    'an asynchronous callable object': (AsyncCallable(), int, "input 3, context {'a': 1}"),
    'a partial function': (partial(scaled, by=2), int, 'input 6'),
    'a method': (Service().method, int, "input 3, context {'a': 1}"),
    'no annotations': (lambda value, context: both(value, context), Any, "input 3, context {'a': 1}"),  # noqa: PLW0108
}


@pytest.mark.parametrize(('function', 'input_type', 'result'), SHAPES.values(), ids=SHAPES.keys())
async def test_a_function_is_given_what_it_declares(function, input_type, result):
    user_function = UserFunction(function)
    assert user_function.shape.input_type == input_type
    assert await user_function.call(3, ActionRunContext({'a': 1})) == result


def test_a_context_that_exists_only_in_another_function_is_known_by_its_name():
    class LocalRunContext(ActionRunContext):
        pass

    def local(context: 'LocalRunContext') -> None: ...

    assert not UserFunction(local).takes_input
    assert UserFunction(local).takes_context


def test_more_than_two_parameters_are_refused_with_the_way_out():
    def three(a: int, b: int, c: int) -> None: ...

    with pytest.raises(
        TypeError, match=r'three has the parameters \(a, b, c\).*Put the inputs into one Pydantic model'
    ):
        Action(ActionKind.FLOW, 'three', three)


def test_a_context_before_the_input_is_refused():
    def turned(context: ActionRunContext, value: int) -> None: ...

    with pytest.raises(TypeError, match='turned takes its context first; the input comes first'):
        Action(ActionKind.FLOW, 'turned', turned)


def test_a_function_that_does_not_tell_its_parameters_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match='does not tell its parameters; wrap it in a `def`'):
        Action(ActionKind.FLOW, 'f', ContextVar('x').get)


def test_parameters_by_keyword_only_do_not_count():
    def many(value: int, context: ActionRunContext, *, verbose: bool = False, **more: Any) -> None: ...

    assert UserFunction(many).shape.input_type is int


def test_the_annotations_of_another_function_may_count():
    async def wrapper(*args: Any) -> Any:
        return only_input(*args)

    function = UserFunction(wrapper, only_input)
    assert function.is_async
    assert function.shape.input_type is int
    assert function.shape.output_type is str


def test_annotations_keep_what_is_said_about_them():
    def described(value: Annotated[int, Field(description='How many.')]) -> None: ...

    schema = Action(ActionKind.FLOW, 'f', described).input_schema
    assert schema == {'type': 'integer', 'description': 'How many.'}


def test_the_docstring_describes():
    def documented() -> None:
        """Say hello.

        At length.
        """

    assert UserFunction(documented).documentation == 'Say hello.\n\nAt length.'
    assert UserFunction(nothing).documentation is None


class TestOptionalInput:
    async def test_left_out_is_the_default(self):
        def greet(name: str = 'world') -> str:
            return f'Hello, {name}!'

        action = Action(ActionKind.FLOW, 'greet', greet)
        assert (await action.arun()).response == 'Hello, world!'
        assert (await action.arun_raw(None)).response == 'Hello, world!'
        assert (await action.arun('Ada')).response == 'Hello, Ada!'
        assert action.run().response == 'Hello, world!'

    async def test_may_be_none(self):
        def echo(name: Name | None) -> str:
            return repr(name)

        action = Action(ActionKind.FLOW, 'echo', echo)
        assert (await action.arun()).response == 'None'
        assert (await action.arun_raw({'name': 'Ada'})).response == "Name(name='Ada')"


class TestThread:
    async def test_of_a_plain_function_is_another_one(self):
        def ident() -> int:
            return threading.get_ident()

        assert (await Action(ActionKind.FLOW, 'f', ident).arun()).response != threading.get_ident()

    async def test_of_a_plain_function_leaves_the_event_loop_free(self):
        started, go_on = threading.Event(), threading.Event()

        def wait() -> bool:
            started.set()
            return go_on.wait(5)

        task = asyncio.create_task(Action(ActionKind.FLOW, 'wait', wait).arun())
        assert await asyncio.to_thread(started.wait, 5)
        go_on.set()
        assert (await task).response is True

    async def test_of_a_plain_function_has_the_callers_context_variables(self):
        who: ContextVar[str] = ContextVar('who', default='nobody')
        who.set('Ada')
        action = Action(ActionKind.FLOW, 'f', lambda _: who.get())
        assert (await action.arun()).response == 'Ada'

    async def test_of_a_coroutine_function_is_the_callers(self):
        async def ident() -> int:
            return threading.get_ident()

        assert (await Action(ActionKind.FLOW, 'f', ident).arun()).response == threading.get_ident()

    async def test_of_an_awaitable_that_a_plain_function_returns_is_the_callers(self):
        async def ident() -> int:
            return threading.get_ident()

        def wrapped() -> Awaitable[int]:
            return ident()

        assert (await Action(ActionKind.FLOW, 'f', wrapped).arun()).response == threading.get_ident()


async def test_any_function_can_be_made_one_to_await():
    def plain(value: int) -> int:
        assert threading.get_ident() != main
        return value + 1

    async def coroutine(value: int) -> int:
        return value + 1

    main = threading.get_ident()
    assert await ensure_async(plain)(1) == 2
    assert ensure_async(coroutine) is coroutine


def test_a_coroutine_can_be_run_from_plain_code():
    async def answer() -> int:
        return 42

    assert run_loop(answer()) == 42
