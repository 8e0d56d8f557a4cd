# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import json

import pytest
from genkit import ActionRunContext, Genkit, GenkitError
from genkit.web import FlowHandler, Frames, RequestData, WebRequest, api_key
from genkit.web.context import provide_context


@pytest.fixture
def ai() -> Genkit:
    return Genkit(context={'house': 'mine'})


def asked(body='{}', **headers):
    return WebRequest('POST', {'content-type': 'application/json', **headers}, body.encode())


async def provided_by(provider, key):
    return await provide_context(provider, RequestData('POST', {'authorization': key} if key else {}, None))


async def test_nobody_who_does_not_trace_gets_ids(ai, untraced):
    handler = FlowHandler(ai.flow('soup')(lambda: 'soup').action)
    assert list((await handler.handle(asked())).headers) == ['content-type']
    streamed = await handler.handle(asked(accept='text/event-stream'))
    assert list(streamed.headers) == ['content-type', 'cache-control', 'x-accel-buffering']
    assert isinstance(streamed.body, Frames)
    await streamed.body.aclose()


async def test_an_error_says_where_its_trace_is(ai, spans):
    @ai.flow()
    async def fail() -> None:
        raise GenkitError('No soup.', status='NOT_FOUND')

    answer = await FlowHandler(fail.action).handle(asked())
    trace_id = f'{spans.named("fail").context.trace_id:032x}'
    assert answer.headers['x-genkit-trace-id'] == trace_id
    assert isinstance(answer.body, bytes)
    assert json.loads(answer.body)['details'] == {'traceId': trace_id}


async def test_a_provider_adds_to_the_context_of_the_application_or_leaves_it(ai):
    @ai.flow('whoami')
    async def whoami() -> object:
        return ai.current_context()

    for provided, context in ({'user': 'Ada'}, {'house': 'mine', 'user': 'Ada'}), (None, {'house': 'mine'}):
        handler = FlowHandler(whoami.action, context_provider=lambda _, provided=provided: provided)
        answer = await handler.handle(asked())
        assert isinstance(answer.body, bytes)
        assert json.loads(answer.body) == {'result': context}


async def test_a_flow_is_cancelled_with_its_call(ai):
    started, cancelled = asyncio.Event(), asyncio.Event()

    @ai.flow()
    async def wait() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    call = asyncio.create_task(FlowHandler(wait.action).handle(asked()))
    await started.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert cancelled.is_set()


async def test_frames_that_were_closed_are_at_their_end(ai):
    handler = FlowHandler(ai.flow('soup')(lambda: 'soup').action)
    frames = (await handler.handle(asked(accept='text/event-stream'))).body
    assert isinstance(frames, Frames)
    await frames.aclose()
    await frames.aclose()
    assert [frame async for frame in frames] == []


async def test_chunks_that_are_ready_together_are_sent_together(ai):
    @ai.flow()
    async def count(_: None, context: ActionRunContext) -> None:
        for number in range(3):
            context.send_chunk(number)

    frames = (await FlowHandler(count.action).handle(asked(accept='text/event-stream'))).body
    assert isinstance(frames, Frames)
    pieces = [piece async for piece in frames]
    assert pieces == [
        b'data: {"message":0}\n\ndata: {"message":1}\n\ndata: {"message":2}\n\n',
        b'data: {"result":null}\n\n',
    ]


class TestApiKeys:
    async def test_without_an_expected_key_everybody_is_let_in_and_named(self):
        for key in (None, 'anything'):
            provided = await provided_by(api_key(), key)
            assert provided == {'auth': {'api_key': key, 'apiKey': key}}

    async def test_a_function_may_decide(self):
        asked_about = []

        async def only_long_keys(context):
            asked_about.append(context)
            if len(context['auth']['api_key'] or '') < 5:
                raise GenkitError('Too short.', status='PERMISSION_DENIED')

        assert await provided_by(api_key(only_long_keys), 's3cret') == asked_about[0]
        with pytest.raises(GenkitError, match='Too short'):
            await provided_by(api_key(only_long_keys), 'a')

    @pytest.mark.parametrize('key', ['s3cre', 's3cret!', 'S3CRET', 'sécret'])
    async def test_a_key_that_is_almost_right_is_wrong_and_no_key_is_in_the_text(self, key):
        with pytest.raises(GenkitError) as refused:
            await provided_by(api_key('s3cret'), key)
        assert refused.value.status == 'PERMISSION_DENIED'
        assert 's3cret' not in str(refused.value)


class TestWhatIsNoJson:
    """Objects without a form in JSON are an error of the flow, not their ``repr`` as its answer."""

    async def test_is_an_error_of_the_server_as_a_result(self, ai):
        @ai.flow()
        async def order() -> object:
            return {'dish': object()}

        answer = await FlowHandler(order.action).handle(asked())
        assert isinstance(answer.body, bytes)
        error = json.loads(answer.body)
        assert (answer.status, error['status']) == (500, 'INTERNAL')
        assert error['message'].startswith("The result of flow 'order' cannot be written as JSON. Return plain data")
        assert 'object' not in error['message'].replace('objects', '')

    async def test_ends_a_stream_as_a_result_and_as_a_chunk(self, ai):
        @ai.flow()
        async def order(bad: str, context: ActionRunContext) -> object:
            context.send_chunk(1)
            if bad == 'chunk':
                context.send_chunk(object())
            return object()

        for bad, subject in ('chunk', 'A chunk'), ('result', 'The result'):
            request = asked(json.dumps({'data': bad}), accept='text/event-stream')
            frames = (await FlowHandler(order.action).handle(request)).body
            assert isinstance(frames, Frames)
            first, last = b''.join([frame async for frame in frames]).decode().split('\n\n')[:2]
            assert first == 'data: {"message":1}'
            assert f"{subject} of flow 'order' cannot be written as JSON" in last
            assert json.loads(last.removeprefix('data: '))['error']['status'] == 'INTERNAL'
