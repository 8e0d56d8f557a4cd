# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import threading
from typing import Any

import pytest
from genkit import Action, ActionKind, ActionRunContext, ErrorReason, GenerateResponse, GenkitError, PublicError
from genkit.types import ActionMetadata
from pydantic import BaseModel


class City(BaseModel):
    name: str
    population: int = 0


def flow(fn: Any, **options: Any) -> Action:
    return Action(ActionKind.FLOW, 'f', fn, **options)


async def shout(text: str) -> str:
    return text.upper()


class TestRun:
    async def test_gives_the_result(self):
        assert (await flow(shout).arun('hi')).response == 'HI'

    async def test_turns_data_into_the_declared_type(self):
        def grow(city: City) -> int:
            return city.population + 1

        action = flow(grow)
        assert (await action.arun_raw({'name': 'Rome', 'population': 1})).response == 2
        assert (await action.arun({'name': 'Rome'})).response == 1
        assert (await action.arun(City(name='Rome', population=5))).response == 6

    async def test_hands_an_instance_over_as_it_is(self):
        city = City(name='Rome')
        assert (await flow(lambda c: c, input_schema=City).arun(city)).response is city

    async def test_leaves_alone_what_has_a_json_schema(self):
        schema = {'type': 'object', 'properties': {'a': {'type': 'integer'}}}
        action = flow(lambda value: value, input_schema=schema)
        assert (await action.arun({'a': 1})).response == {'a': 1}
        assert action.input_schema == schema

    async def test_takes_anything_where_nothing_is_declared(self):
        value = object()
        assert (await flow(lambda x: x).arun(value)).response is value

    async def test_without_the_input_it_needs_is_refused(self):
        with pytest.raises(GenkitError, match='/flow/f needs an input and got none') as caught:
            await flow(shout).arun()
        assert caught.value.status == 'INVALID_ARGUMENT'
        assert caught.value.reason == ErrorReason.INVALID_INPUT

    async def test_with_an_input_that_contains_itself_is_refused(self):
        circle: dict[str, Any] = {}
        circle['circle'] = circle
        with pytest.raises(GenkitError, match='Validation of the input') as caught:
            await flow(lambda x: x, input_schema=int).arun(circle)
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_with_an_input_that_does_not_fit_a_json_schema_is_refused(self):
        schema = {'type': 'object', 'required': ['a'], 'properties': {'a': {'type': 'integer'}}}
        with pytest.raises(GenkitError, match='the input of /flow/f') as caught:
            await flow(lambda x: x, input_schema=schema).arun_raw({'a': 'x'})
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_with_a_wrong_input_is_refused_before_anything_runs(self):
        ran: list[int] = []
        with pytest.raises(GenkitError, match='Validation') as caught:
            await flow(ran.append, input_schema=City).arun_raw({'name': 3}, on_trace_start=lambda *_: ran.append(1))
        assert caught.value.status == 'INVALID_ARGUMENT'
        assert 'name' in caught.value.message
        assert ran == []


class TestRunFromPlainCode:
    def test_runs_a_plain_function_on_the_callers_thread(self):
        assert flow(lambda: threading.get_ident()).run().response == threading.get_ident()  # noqa: PLW0108

    def test_runs_a_coroutine_function(self):
        assert flow(shout).run('hi').response == 'HI'

    async def test_runs_a_plain_function_inside_an_event_loop(self):
        assert flow(lambda x: x + 1).run(1).response == 2

    async def test_refuses_a_coroutine_function_inside_an_event_loop(self):
        with pytest.raises(GenkitError, match=r'await action\.arun') as caught:
            flow(shout).run('hi')
        assert caught.value.status == 'FAILED_PRECONDITION'

    def test_hands_chunks_on(self):
        chunks: list[int] = []

        def count(upto: int, context: ActionRunContext) -> str:
            for number in range(upto):
                context.send_chunk(number)
            return 'done'

        assert flow(count).run(3, on_chunk=chunks.append).response == 'done'
        assert chunks == [0, 1, 2]

    def test_wraps_errors_the_same_way(self):
        def fail() -> None:
            raise ValueError('why')

        with pytest.raises(GenkitError, match='Error while running action f') as caught:
            flow(fail).run()
        assert isinstance(caught.value.cause, ValueError)
        error = PublicError('NOT_FOUND', 'gone')

        def fail_in_public() -> None:
            raise error

        with pytest.raises(PublicError) as caught:
            flow(fail_in_public).run()
        assert caught.value is error

    def test_validates_the_same_way(self):
        with pytest.raises(GenkitError, match='needs an input'):
            flow(lambda city: city, input_schema=City).run()


class TestErrors:
    async def test_of_the_function_become_the_cause(self):
        origin = ValueError('no such city')

        async def fail() -> None:
            raise origin

        with pytest.raises(GenkitError, match='Error while running action f') as caught:
            await flow(fail).arun()
        error = caught.value
        assert error.cause is error.__cause__ is origin
        assert error.status == 'INTERNAL'

    @pytest.mark.parametrize('is_async', [True, False])
    async def test_of_the_tree_pass_through(self, is_async):
        origin = GenkitError('gone', status='NOT_FOUND')

        def fail() -> None:
            raise origin

        async def fail_later() -> None:
            raise origin

        with pytest.raises(GenkitError) as caught:
            await flow(fail_later if is_async else fail).arun()
        assert caught.value is origin

    async def test_pass_through_every_level_unchanged(self):
        async def fail() -> None:
            raise ValueError('why')

        inner = flow(fail)

        async def outer() -> None:
            await inner.arun()

        with pytest.raises(GenkitError) as caught:
            await flow(outer).arun()
        assert isinstance(caught.value.cause, ValueError)

    async def test_tell_the_trace(self):
        ids: list[str] = []

        async def fail() -> None:
            raise ValueError('why')

        with pytest.raises(GenkitError) as caught:
            await flow(fail).arun(on_trace_start=lambda trace_id, _: ids.append(trace_id))
        assert caught.value.trace_id == caught.value.details['traceId'] == ids[0]

    async def test_keep_the_trace_they_came_with(self):
        async def fail() -> None:
            raise GenkitError('far away', trace_id='a' * 32)

        with pytest.raises(GenkitError) as caught:
            await flow(fail).arun(on_trace_start=lambda *_: None)
        assert caught.value.trace_id == 'a' * 32


class TestTraceStart:
    @pytest.mark.parametrize('is_async', [True, False])
    async def test_is_told_before_the_function_runs(self, is_async):
        events: list[str] = []

        def work(_: None, context: ActionRunContext) -> None:
            events.append(f'run {context.trace_id} {context.span_id}')

        async def work_async(_: None, context: ActionRunContext) -> None:
            work(_, context)

        action = flow(work_async if is_async else work)
        response = await action.arun(on_trace_start=lambda *ids: events.append(' '.join(['start', *ids])))
        assert events == [f'{word} {response.trace_id} {response.span_id}' for word in ('start', 'run')]
        assert (len(response.trace_id), len(response.span_id)) == (32, 16)
        assert int(response.trace_id, 16) != 0 != int(response.span_id, 16)

    async def test_gives_every_call_its_own_ids(self):
        seen: set[tuple[str, str]] = set()
        for _ in range(3):
            await flow(lambda: 1).arun(on_trace_start=lambda *ids: seen.add(ids))
        assert len(seen) == 3


class TestLatency:
    async def test_is_filled_in(self):
        response = await flow(GenerateResponse).arun()
        assert response.response.latency_ms > 0

    async def test_is_left_alone_if_the_function_says_it(self):
        response = await flow(lambda: GenerateResponse(latency_ms=7)).arun()
        assert response.response.latency_ms == 7

    async def test_does_not_change_what_the_function_keeps(self):
        constant = GenerateResponse()
        assert (await flow(lambda: constant).arun()).response is not constant
        assert constant.latency_ms is None

    def test_is_filled_in_for_plain_calls_too(self):
        assert flow(GenerateResponse).run().response.latency_ms > 0


class TestTimeout:
    async def test_ends_the_call(self):
        stopped = asyncio.Event()

        async def wait() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()

        with pytest.raises(GenkitError, match=r'did not finish within 0\.01 s') as caught:
            await flow(wait).arun(timeout=0.01)
        assert caught.value.status == 'DEADLINE_EXCEEDED'
        assert caught.value.http_code == 504
        assert stopped.is_set()

    async def test_that_is_long_enough_changes_nothing(self):
        assert (await flow(shout).arun('hi', timeout=5)).response == 'HI'

    def test_of_a_plain_function_that_runs_at_once_is_refused(self):
        with pytest.raises(GenkitError, match='cannot be stopped') as caught:
            flow(lambda: 1).run(timeout=1)
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_of_the_function_itself_is_the_functions_error(self):
        async def impatient() -> None:
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()

        with pytest.raises(GenkitError, match='Error while running action f') as caught:
            await flow(impatient).arun(timeout=5)
        assert isinstance(caught.value.cause, TimeoutError)
        assert caught.value.status == 'INTERNAL'


class TestCancellation:
    async def test_stops_the_work_and_sets_the_signal(self):
        signals: list[asyncio.Event] = []
        started = asyncio.Event()
        cleaned_up = asyncio.Event()

        async def work(_: None, context: ActionRunContext) -> None:
            signals.append(context.abort_signal)
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                cleaned_up.set()

        task = asyncio.create_task(flow(work).arun())
        await started.wait()
        assert not signals[0].is_set()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert signals[0].is_set()
        assert cleaned_up.is_set()

    async def test_tells_a_worker_thread(self):
        started, finished = threading.Event(), threading.Event()

        def work(_: None, context: ActionRunContext) -> None:
            signal = context.abort_signal
            started.set()
            while not signal.is_set():
                finished.wait(0.001)
            finished.set()

        task = asyncio.create_task(flow(work).arun())
        await asyncio.to_thread(started.wait, 5)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert await asyncio.to_thread(finished.wait, 5)

    async def test_is_known_to_who_asks_only_afterwards(self):
        started, cancelled, finished = threading.Event(), threading.Event(), threading.Event()
        seen: list[bool] = []

        def work(_: None, context: ActionRunContext) -> None:
            started.set()
            cancelled.wait(5)
            seen.append(context.abort_signal.is_set())
            finished.set()

        task = asyncio.create_task(flow(work).arun())
        await asyncio.to_thread(started.wait, 5)
        task.cancel()
        await asyncio.wait([task])
        cancelled.set()
        assert await asyncio.to_thread(finished.wait, 5)
        assert seen == [True]

    async def test_leaves_the_signal_of_a_call_that_ends_well_alone(self):
        async def work(_: None, context: ActionRunContext) -> asyncio.Event:
            return context.abort_signal

        assert not (await flow(work).arun()).response.is_set()


class TestDescription:
    def test_says_what_there_is_to_know(self):
        def grow(city: City) -> list[int]:
            """Grow a city."""
            return [city.population]

        action = flow(grow, metadata={'a': 1}, chunk_schema=int)
        described = action.describe()
        assert described == ActionMetadata(
            key='/flow/f',
            action_type='flow',
            name='f',
            description='Grow a city.',
            input_schema=City.model_json_schema(),
            output_schema={'type': 'array', 'items': {'type': 'integer'}},
            stream_schema={'type': 'integer'},
            metadata={'a': 1},
        )
        assert repr(action) == "Action('/flow/f')"

    def test_of_an_action_without_input_is_an_empty_object(self):
        assert flow(lambda: 1).input_schema == {'type': 'object', 'properties': {}}

    def test_may_be_given_in_place_of_the_docstring(self):
        assert flow(shout, description='Louder.').describe().description == 'Louder.'
        assert flow(shout).describe().description is None
        assert flow(shout, description='').describe().description == ''

    def test_may_be_given_as_schemas(self):
        action = flow(shout, input_schema={'type': 'string', 'minLength': 1}, output_schema=int)
        assert action.describe().input_schema == {'type': 'string', 'minLength': 1}
        assert action.describe().output_schema == {'type': 'integer'}
