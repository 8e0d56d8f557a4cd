# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import threading

import pytest
from genkit import ActionRunContext, GenkitError


async def plus_one(number: int) -> int:
    return number + 1


async def test_a_step_gives_what_its_function_gives(ai):
    assert await ai.run('async', 1, plus_one) == 2
    assert await ai.run('plain', 1, str) == '1'
    assert await ai.run('without input', lambda: 'x') == 'x'
    assert await ai.run('with none', None, lambda value: value) is None


async def test_a_plain_function_that_returns_a_coroutine_is_awaited(ai):
    assert await ai.run('s', lambda: plus_one(1)) == 2


async def test_a_plain_function_leaves_the_event_loop_free(ai):
    def thread() -> int:
        return threading.get_ident()

    assert await ai.run('s', thread) != threading.get_ident()


async def test_a_step_has_a_span_within_the_flows(ai, spans):
    @ai.flow()
    async def double(number: int) -> int:
        return await ai.run('twice', number, lambda value: value * 2, metadata={'try': 1, 'why': 'test'})

    assert await double(4) == 8
    step = spans.named('twice')
    assert step.parent.span_id == spans.named('double').context.span_id
    attributes = spans.attributes('twice')
    assert attributes['genkit:type'] == 'flowStep'
    assert (attributes['genkit:input'], attributes['genkit:output']) == ('4', '8')
    assert (attributes['genkit:metadata:try'], attributes['genkit:metadata:why']) == ('1', 'test')
    assert attributes['genkit:path'] == '/{double,t:action,s:flow}/{twice,t:flowStep}'
    assert attributes['genkit:state'] == 'success'


async def test_steps_may_lie_in_steps_and_side_by_side(ai, spans):
    async def inner() -> list[int]:
        return await asyncio.gather(*(ai.run(f'leaf {number}', number, plus_one) for number in range(3)))

    assert await ai.run('outer', inner) == [1, 2, 3]
    outer = spans.named('outer').context.span_id
    assert [spans.named(f'leaf {number}').parent.span_id for number in range(3)] == [outer] * 3


async def test_an_error_passes_through_unchanged_and_is_recorded(ai, spans):
    broken = OSError('gone')

    def fail() -> None:
        raise broken

    with pytest.raises(OSError, match='gone') as caught:
        await ai.run('s', fail)
    assert caught.value is broken
    attributes = spans.attributes('s')
    assert (attributes['genkit:state'], attributes['genkit:error']) == ('error', 'gone')
    assert attributes['genkit:isFailureSource'] is True


async def test_an_error_within_a_flow_keeps_its_status(ai):
    def fail() -> None:
        raise GenkitError('no', status='PERMISSION_DENIED')

    @ai.flow()
    async def guarded() -> None:
        await ai.run('s', fail)

    with pytest.raises(GenkitError, match='no') as caught:
        await guarded()
    assert caught.value.status == 'PERMISSION_DENIED'


async def test_a_cancelled_step_ends_its_span(ai, spans):
    started = asyncio.Event()

    async def wait() -> None:
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(ai.run('s', wait))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert spans.attributes('s')['genkit:state'] == 'error'


async def test_a_step_knows_the_context_of_its_flow(ai):
    @ai.flow()
    async def whoami(_: None, context: ActionRunContext) -> tuple[str, str]:
        async def user() -> str:
            return (ai.current_context() or {})['user']

        return await ai.run('async', user), await ai.run('plain', lambda: (ai.current_context() or {})['user'])

    assert (await whoami.action.arun(context={'user': 'Ada'})).response == ('Ada', 'Ada')


async def test_a_step_may_be_written_with_keywords(ai):
    async def one() -> int:
        return 1

    assert await ai.run(name='s', fn=one) == 1
    with pytest.raises(GenkitError, match=r'write run\(name, function\)'):
        await ai.run('s')
