# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import pytest
from genkit import Action, ActionKind, ActionRunContext, GenkitError, Interrupt
from genkit._trace.span import Span, current_path
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode
from pydantic import BaseModel


def flow(name: str, fn: Any) -> Action:
    return Action(ActionKind.FLOW, name, fn)


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def id_of(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.span_id


class TestAttributes:
    async def test_of_an_action_say_what_ran(self, spans):
        async def greet(name: str) -> str:
            return f'Hello, {name}!'

        response = await flow('greet', greet).arun(
            'Ada', context={'auth': {'uid': 1}, 'tenant': 't'}, telemetry_labels={'app:version': '3'}
        )
        span = spans.named('greet')
        assert dict(span.recorded_attributes) == {
            'genkit:type': 'action',
            'genkit:metadata:subtype': 'flow',
            'genkit:metadata:flow:name': 'greet',
            'genkit:name': 'greet',
            'genkit:key': '/flow/greet',
            'genkit:path': '/{greet,t:action,s:flow}',
            'genkit:qualifiedPath': '/{greet,t:action,s:flow}',
            'genkit:input': '"Ada"',
            'genkit:output': '"Hello, Ada!"',
            'genkit:state': 'success',
            'genkit:isRoot': True,
            'genkit:metadata:context': '{"auth":"<redacted>","tenant":"t"}',
            'app:version': '3',
        }
        assert span.instrumentation_scope.name == 'genkit-tracer'
        assert span.instrumentation_scope.version == 'v1'
        assert (response.trace_id, response.span_id) == (
            f'{span.context.trace_id:032x}',
            f'{span.context.span_id:016x}',
        )

    def test_of_a_step_may_be_added_while_it_runs(self, spans):
        with Span('step', 'flowStep', input_value={'a': 1}) as span:
            assert span.recording
            span.set_attribute('genkit:metadata:agent:sessionId', 's')
            span.set_output([1])
        attributes = spans.attributes('step')
        assert attributes['genkit:type'] == 'flowStep'
        assert attributes['genkit:metadata:agent:sessionId'] == 's'
        assert (attributes['genkit:input'], attributes['genkit:output']) == ('{"a":1}', '[1]')
        assert 'genkit:metadata:subtype' not in attributes

    async def test_of_a_model_do_not_name_a_flow(self, spans):
        await Action(ActionKind.MODEL, 'm', lambda: None).arun()
        assert 'genkit:metadata:flow:name' not in spans.attributes('m')

    async def test_of_nothing_are_absent(self, spans):
        await flow('quiet', lambda: None).arun()
        assert not {'genkit:input', 'genkit:output', 'genkit:metadata:context'} & spans.attributes('quiet').keys()

    async def test_hold_the_input_before_the_function_changed_it(self, spans):
        def consume(items: list) -> list:
            items.clear()
            return items

        await flow('consume', consume).arun([1, 2])
        assert spans.attributes('consume')['genkit:input'] == '[1,2]'


class TestNesting:
    async def test_follows_the_calls(self, spans):
        inner = Action(ActionKind.TOOL, 'inner', lambda: 1)

        async def outer() -> None:
            with Span('a step', 'flowStep'):
                await inner.arun()
            assert current_path() == '/{outer,t:action,s:flow}'

        await flow('outer', outer).arun()
        root, step, leaf = (spans.named(name) for name in ('outer', 'a step', 'inner'))
        assert [parent_of(span) for span in (root, step, leaf)] == [None, id_of(root), id_of(step)]
        assert {span.context.trace_id for span in (root, step, leaf)} == {root.context.trace_id}
        assert (
            leaf.attributes['genkit:path'] == '/{outer,t:action,s:flow}/{a%20step,t:flowStep}/{inner,t:action,s:tool}'
        )
        assert [span.attributes.get('genkit:isRoot') for span in (root, step, leaf)] == [True, None, None]
        assert current_path() == ''

    async def test_reaches_into_tasks_side_by_side(self, spans):
        async def work(name: str) -> None:
            await asyncio.sleep(0.001)
            with Span(f'detail of {name}', 'util'):
                await asyncio.sleep(0.001)

        worker = Action(ActionKind.TOOL, 'worker', work)

        async def outer() -> None:
            await asyncio.gather(*(worker.arun(name) for name in 'abc'))

        await flow('outer', outer).arun()
        workers = [span for span in spans.all() if span.name == 'worker']
        assert {parent_of(span) for span in workers} == {id_of(spans.named('outer'))}
        for span in workers:
            name = json.loads(span.attributes['genkit:input'])
            detail = spans.named(f'detail of {name}')
            assert parent_of(detail) == id_of(span)
            assert detail.attributes['genkit:path'].endswith(
                f'/{{worker,t:action,s:tool}}/{{detail%20of%20{name},t:util}}'
            )

    async def test_reaches_into_worker_threads(self, spans):
        inner = Action(ActionKind.TOOL, 'inner', lambda: 1)
        await flow('outer', lambda: inner.run().response).arun()
        assert parent_of(spans.named('inner')) == id_of(spans.named('outer'))

    def test_reaches_into_threads_that_are_given_the_context(self, spans):
        with Span('outer', 'util'), ThreadPoolExecutor() as pool:
            context = copy_context()
            pool.submit(context.run, flow('inner', lambda: 1).run).result()
        assert parent_of(spans.named('inner')) == id_of(spans.named('outer'))

    def test_ends_with_the_call(self, spans):
        flow('first', lambda: 1).run()
        flow('second', lambda: 1).run()
        assert parent_of(spans.named('second')) is None
        assert spans.named('first').context.trace_id != spans.named('second').context.trace_id


class TestErrors:
    async def test_are_recorded_where_they_began(self, spans):
        async def fail() -> None:
            raise ValueError('no such city')

        inner = Action(ActionKind.TOOL, 'inner', fail)

        async def outer() -> None:
            await inner.arun()

        with pytest.raises(GenkitError):
            await flow('outer', outer).arun()
        for name in ('inner', 'outer'):
            span = spans.named(name)
            assert span.attributes['genkit:state'] == 'error'
            assert span.attributes['genkit:error'] == 'no such city'
            assert span.status.status_code is StatusCode.ERROR
            assert span.status.description == 'no such city'
            (event,) = span.events
            assert event.name == 'exception'
            assert event.attributes['exception.type'] == 'ValueError'
            assert event.attributes['exception.message'] == 'no such city'
            assert 'in fail' in event.attributes['exception.stacktrace']
            assert 'genkit:output' not in span.attributes
        assert spans.attributes('inner')['genkit:isFailureSource'] is True
        assert 'genkit:isFailureSource' not in spans.attributes('outer')

    async def test_raised_anew_further_out_have_their_own_source(self, spans):
        async def fail() -> None:
            raise ValueError('inner')

        async def outer() -> None:
            try:
                await flow('inner', fail).arun()
            except GenkitError:
                raise KeyError('outer') from None

        with pytest.raises(GenkitError):
            await flow('outer', outer).arun()
        assert spans.attributes('outer')['genkit:isFailureSource'] is True

    async def test_without_text_are_named(self, spans):
        async def fail() -> None:
            raise ValueError

        with pytest.raises(GenkitError):
            await flow('fail', fail).arun()
        assert spans.attributes('fail')['genkit:error'] == 'ValueError'

    async def test_of_the_tree_say_their_status(self, spans):
        async def fail() -> None:
            raise GenkitError('gone', status='NOT_FOUND')

        with pytest.raises(GenkitError):
            await flow('fail', fail).arun()
        assert spans.attributes('fail')['genkit:error'] == 'NOT_FOUND: gone'

    async def test_that_cannot_be_told_are_named(self, spans):
        class Mute(Exception):  # noqa: N818  (what it does)
            def __str__(self) -> str:
                raise RuntimeError('no words')

        async def fail() -> None:
            raise Mute

        with pytest.raises(GenkitError) as caught:
            await flow('fail', fail).arun()
        assert isinstance(caught.value.cause, Mute)
        assert spans.attributes('fail')['genkit:error'] == 'Mute'

    async def test_of_one_object_that_is_raised_twice_begin_twice(self, spans):
        error = ValueError('always the same')

        async def fail() -> None:
            raise error

        for _ in range(2):
            with pytest.raises(GenkitError):
                await flow('fail', fail).arun()
        assert [span.attributes['genkit:isFailureSource'] for span in spans.all()] == [True, True]

    async def test_include_being_cancelled(self, spans):
        started = asyncio.Event()

        async def wait() -> None:
            started.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(flow('wait', wait).arun())
        await started.wait()
        task.cancel()
        await asyncio.wait([task])
        assert spans.attributes('wait')['genkit:state'] == 'error'
        assert spans.attributes('wait')['genkit:error'] == 'CancelledError'

    async def test_do_not_include_interrupts(self, spans):
        def ask(_: str, context: ActionRunContext) -> None:
            raise Interrupt({'question': 'Really?', 'token': 'x'})

        with pytest.raises(Interrupt):
            await Action(ActionKind.TOOL, 'ask', ask).arun('pay')
        span = spans.named('ask')
        assert span.attributes['genkit:state'] == 'success'
        assert json.loads(span.attributes['genkit:metadata:interrupt']) == {
            'question': 'Really?',
            'token': '<redacted>',
        }
        assert span.status.status_code is StatusCode.UNSET
        assert not span.events


class TestSecrets:
    async def test_are_in_no_attribute(self, spans):
        class Call(BaseModel):
            api_key: str
            headers: dict[str, str]

        def use(call: Call) -> dict[str, Any]:
            return {'echo': [call.model_dump()], 'password': 'sk-secret'}

        call = Call(api_key='sk-secret', headers={'Authorization': 'sk-secret'})
        context = {'auth': {'bearer': 'sk-secret'}, 'nested': {'accessToken': 'sk-secret'}}
        await flow('use', use).arun(call, context=context)
        assert 'sk-secret' not in json.dumps(spans.attributes('use'))

    async def test_are_in_no_event_of_an_error(self, spans):
        class Login(BaseModel):
            api_key: int

        inner = Action(ActionKind.TOOL, 'inner', lambda x: x, input_schema=Login)
        secret = 'sk-' + 'secret'

        async def outer() -> None:
            await inner.arun({'api_key': secret})

        with pytest.raises(GenkitError):
            await flow('outer', outer).arun()
        events = [dict(event.attributes) for span in spans.all() for event in span.events]
        assert events
        assert secret not in json.dumps(events)


class Counted:
    def __init__(self) -> None:
        self.written = 0

    def __str__(self) -> str:
        self.written += 1
        return 'counted'


class TestCost:
    async def test_of_serializing_is_paid_once_when_somebody_records(self, spans):
        value = Counted()
        await flow('echo', lambda x: x).arun(value)
        assert spans.attributes('echo')['genkit:output'] == '"counted"'
        assert value.written == 2, 'once for the input, once for the output'

    @pytest.mark.usefixtures('untraced')
    async def test_of_serializing_is_not_paid_while_nobody_records(self):
        value = Counted()
        response = await flow('echo', lambda x: x).arun(value, context={'value': value})
        assert value.written == 0
        assert (response.trace_id, response.span_id) == ('', '')

    @pytest.mark.usefixtures('untraced')
    def test_a_span_that_nobody_records_does_nothing(self):
        with Span('quiet', 'util', input_value=1) as span:
            assert not span.recording
            span.set_attribute('a', 1)
            span.set_output(2)
            assert current_path() == ''
        assert (span.trace_id, span.span_id) == ('', '')

    async def test_what_cannot_be_serialized_does_not_break_the_call(self, spans):
        unwritable = '\ud800'
        assert (await flow('echo', lambda x: x).arun(unwritable)).response is unwritable
        assert 'cannot be recorded' in spans.attributes('echo')['genkit:input']
