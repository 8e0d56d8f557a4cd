# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio

import pytest
from genkit import FinishReason, GenkitError, Interrupt, StatusName
from genkit.middleware import Retry, RetryConfig


@pytest.fixture
def naps(monkeypatch):
    """Return the list of how long was slept, in seconds, without sleeping."""
    slept: list[float] = []

    async def nap(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, 'sleep', nap)
    return slept


def failing(*statuses, **members):
    """Return answers that raise an error of each status."""

    def make(status):
        def answer(_request, _context):
            raise GenkitError(f'failed with {status}', status=status, **members)

        return answer

    return [make(status) for status in statuses]


@pytest.mark.parametrize('status', ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED', 'ABORTED', 'INTERNAL'])
async def test_an_error_that_may_pass_is_tried_again(ai, model, says, naps, status):
    model.responses = [*failing(status), says('ok')]
    assert (await ai.generate(prompt='x', use=[Retry()])).text == 'ok'
    assert len(naps) == 1


@pytest.mark.parametrize('status', ['INVALID_ARGUMENT', 'NOT_FOUND', 'PERMISSION_DENIED', 'UNAUTHENTICATED'])
async def test_an_error_that_stays_is_raised_at_once(ai, model, says, naps, status):
    model.responses = [*failing(status), says('ok')]
    with pytest.raises(GenkitError, match=f'failed with {status}'):
        await ai.generate(prompt='x', use=[Retry()])
    assert naps == []


async def test_statuses_of_ones_own_take_the_place_of_the_usual(ai, model, says, naps):
    model.responses = [*failing('NOT_FOUND', 'UNAVAILABLE'), says('ok')]
    with pytest.raises(GenkitError) as caught:
        await ai.generate(prompt='x', use=[Retry(statuses=['NOT_FOUND'])])
    assert caught.value.status == StatusName.UNAVAILABLE
    assert len(naps) == 1


async def test_an_error_of_the_models_own_code_counts_as_passing(ai, model, says, naps):
    def broken(_request, _context):
        raise ValueError('odd')

    model.responses = [broken, says('ok')]
    assert (await ai.generate(prompt='x', use=[Retry()])).text == 'ok'


async def test_the_last_error_is_raised_after_so_many_attempts(ai, model, naps):
    model.responses = failing('UNAVAILABLE', 'INTERNAL', 'ABORTED')
    with pytest.raises(GenkitError) as caught:
        await ai.generate(prompt='x', use=[Retry(max_retries=2)])
    assert caught.value.status == StatusName.ABORTED
    assert len(model.requests) == 3


async def test_no_retries_means_one_attempt(ai, model, naps):
    model.responses = failing('UNAVAILABLE')
    with pytest.raises(GenkitError):
        await ai.generate(prompt='x', use=[Retry(max_retries=0)])
    assert len(model.requests) == 1


async def test_each_delay_exceeds_the_one_before_up_to_the_longest(ai, model, says, naps):
    model.responses = [*failing(*['UNAVAILABLE'] * 4), says('ok')]
    await ai.generate(
        prompt='x',
        use=[Retry(max_retries=4, initial_delay=0.1, backoff_factor=3, max_delay=2.0, no_jitter=True)],
    )
    assert naps == pytest.approx([0.1, 0.3, 0.9, 2.0])


async def test_jitter_is_added_and_the_sum_kept_below_the_longest(ai, model, says, naps, monkeypatch):
    monkeypatch.setattr('random.random', lambda: 0.5)
    model.responses = [*failing(*['UNAVAILABLE'] * 3), says('ok')]
    await ai.generate(prompt='x', use=[Retry(initial_delay=1.0, max_delay=3.5)])
    assert naps == [1.5, 3.0, 3.5]


async def test_the_servers_hint_is_honoured_but_not_beyond_the_longest(ai, model, says, naps):
    model.responses = [*failing('RESOURCE_EXHAUSTED', details={'retry_after_ms': 7000}), says('ok')]
    await ai.generate(prompt='x', use=[Retry(no_jitter=True)])
    model.requests.clear()
    await ai.generate(prompt='x', use=[Retry(no_jitter=True, max_delay=5.0)])
    assert naps == [7.0, 5.0]


async def test_nothing_is_tried_again_once_a_chunk_was_sent(ai, says, chunk, naps):
    def half(_request, context):
        context.send_chunk(chunk('half'))
        raise GenkitError('broke off', status='UNAVAILABLE')

    ai.define_model('half', half)
    seen = []
    with pytest.raises(GenkitError, match='broke off'):
        await ai.generate(model='half', prompt='x', use=[Retry()], on_chunk=lambda piece: seen.append(piece.text))
    assert seen == ['half']
    assert naps == []


async def test_after_chunks_tries_again_all_the_same(ai, model, says, chunk, naps):
    model.responses = [*failing('UNAVAILABLE'), says('ok')]
    model.chunks = [[chunk('ha')], [chunk('ok')]]
    stream = ai.generate_stream(prompt='x', use=[Retry(after_chunks=True)])
    assert [piece.text async for piece in stream] == ['ha', 'ok']


async def test_a_stream_that_failed_before_its_first_chunk_is_tried_again(ai, model, says, chunk, naps):
    model.responses = [*failing('UNAVAILABLE'), says('ok')]
    model.chunks = [[], [chunk('ok')]]
    stream = ai.generate_stream(prompt='x', use=[Retry()])
    assert [piece.text async for piece in stream] == ['ok']


async def test_interrupts_are_left_alone(ai, model, says, calls, naps):
    def ask():
        raise Interrupt({'ask': 'you'})

    ai.tool('ask')(ask)
    model.responses = [says(calls('ask'))]
    response = await ai.generate(prompt='x', tools=['ask'], use=[Retry(statuses=['FAILED_PRECONDITION'])])
    assert response.finish_reason == FinishReason.INTERRUPTED

    async def interrupting(_request, _context, _following):
        raise Interrupt

    with pytest.raises(Interrupt):
        await ai.generate(prompt='x', use=[Retry(statuses=['FAILED_PRECONDITION']), interrupting])
    assert naps == []


async def test_a_cancelled_call_is_not_tried_again(ai, model, naps):
    def cancelled(_request, _context):
        raise asyncio.CancelledError

    model.responses = [cancelled]
    with pytest.raises(asyncio.CancelledError):
        await ai.generate(prompt='x', use=[Retry()])
    assert len(model.requests) == 1


def test_a_configuration_has_its_wire_names_and_refuses_others():
    assert Retry(config={'maxRetries': 1, 'noJitter': True}).config == RetryConfig(max_retries=1, no_jitter=True)
    with pytest.raises(GenkitError, match='max_retires'):
        Retry(max_retires=1)
    with pytest.raises(GenkitError, match='both config= and'):
        Retry(config={}, max_retries=1)


@pytest.mark.parametrize('is_async', [True, False])
async def test_the_application_hears_of_each_error_that_is_retried(ai, model, says, naps, is_async):
    told: list[tuple[str, int]] = []

    def on_error(error, attempt):
        told.append((str(error.status), attempt))

    async def on_error_async(error, attempt):
        on_error(error, attempt)

    model.responses = [*failing('UNAVAILABLE', 'DATA_LOSS'), says('ok')]
    handler = on_error_async if is_async else on_error
    assert (await ai.generate(prompt='x', use=[Retry(on_error=handler)])).text == 'ok'
    assert told == [('UNAVAILABLE', 1), ('DATA_LOSS', 2)]
