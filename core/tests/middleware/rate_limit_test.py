# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import time

import pytest
from genkit import Genkit, GenkitError, StatusName
from genkit.middleware import Bucket, MiddlewareRef, RateLimit, Retry


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


async def settled():
    """Let every task run as far as it gets."""
    for _ in range(10):
        await asyncio.sleep(0)


HOURLY = 1 / 3600


async def test_as_many_as_the_burst_go_at_once_and_the_next_is_refused_with_a_hint(clock):
    bucket = Bucket(rate=HOURLY, burst=3, clock=clock)
    for _ in range(3):
        await bucket.take(0)
    with pytest.raises(GenkitError, match='leaves this one to wait') as caught:
        await bucket.take(60)
    assert caught.value.status == StatusName.RESOURCE_EXHAUSTED
    assert caught.value.details['retry_after_ms'] == 3_600_000


async def test_time_brings_tokens_up_to_the_burst(clock):
    bucket = Bucket(rate=1, burst=2, clock=clock)
    for now in (0, 0, 1, 100, 100):
        clock.now = now
        await bucket.take(0)
    with pytest.raises(GenkitError):
        await bucket.take(0)


async def test_a_wait_that_is_not_too_long_is_waited():
    bucket = Bucket(rate=1000)
    started = time.monotonic()
    for _ in range(5):
        await bucket.take(10)
    assert time.monotonic() - started >= 0.0035  # four waits of a millisecond, less what clocks round off


async def test_the_hint_counts_those_who_wait_already(clock):
    bucket = Bucket(rate=HOURLY, clock=clock)
    await bucket.take()
    waiting = [asyncio.create_task(bucket.take()) for _ in range(2)]
    await settled()
    with pytest.raises(GenkitError) as caught:
        await bucket.take(60)
    assert caught.value.details['retry_after_ms'] == 3 * 3_600_000
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)


async def test_first_come_first_served():
    bucket = Bucket(rate=500)
    served = []

    async def take(number):
        await bucket.take()
        served.append(number)

    await asyncio.gather(*(take(number) for number in range(20)))
    assert served == list(range(20))


async def test_one_who_goes_away_leaves_the_place_to_those_behind(clock):
    bucket = Bucket(rate=HOURLY, clock=clock)
    await bucket.take()
    first, second, third = (asyncio.create_task(bucket.take()) for _ in range(3))
    await settled()
    first.cancel()
    clock.now = 3600
    await asyncio.wait([first, second])
    assert second.done()
    assert not second.cancelled()
    assert not third.done()
    third.cancel()
    await asyncio.wait([third])


async def test_one_who_goes_away_from_the_middle_is_passed_over(clock):
    bucket = Bucket(rate=HOURLY, clock=clock)
    await bucket.take()
    first, second, third = (asyncio.create_task(bucket.take()) for _ in range(3))
    await settled()
    second.cancel()
    await settled()
    clock.now = 7200
    first.cancel()
    await third
    assert second.cancelled()


async def test_a_cancelled_wait_costs_no_token(clock):
    bucket = Bucket(rate=1, clock=clock)
    await bucket.take()
    waiting = asyncio.create_task(bucket.take())
    await settled()
    waiting.cancel()
    await asyncio.wait([waiting])
    with pytest.raises(GenkitError):
        await bucket.take(0)
    clock.now = 1
    await bucket.take(0)
    with pytest.raises(GenkitError):
        await bucket.take(0)


def test_an_event_loop_that_is_gone_does_not_hold_up_another(clock):
    bucket = Bucket(rate=HOURLY, clock=clock)
    old = asyncio.new_event_loop()
    kept = []

    async def leave_behind():
        await bucket.take()
        kept.extend(asyncio.ensure_future(bucket.take()) for _ in range(2))
        await settled()

    old.run_until_complete(leave_behind())
    old.close()

    async def come_later():
        clock.now = 3600
        bucket._leave(bucket._queue[0], tokens=0)
        await bucket.take(0)

    asyncio.run(come_later())
    for task in kept:
        task._log_destroy_pending = False
        task.get_coro().close()


class TestMiddleware:
    @pytest.fixture(autouse=True)
    def answer(self, model, says):
        model.responses = [says('ok')]

    async def test_calls_beyond_the_limit_are_refused(self, ai, model):
        limit = RateLimit(requests_per_minute=1, max_wait=0)
        assert (await ai.generate(prompt='x', use=[limit])).text == 'ok'
        with pytest.raises(GenkitError) as caught:
            await ai.generate(prompt='x', use=[limit])
        assert caught.value.status == StatusName.RESOURCE_EXHAUSTED
        assert 0 < caught.value.details['retry_after_ms'] <= 60_000
        assert len(model.requests) == 1

    async def test_every_turn_counts(self, ai, model, says, calls):
        ai.tool('t')(lambda: 1)
        model.responses = [says(calls('t')), says('done')]
        with pytest.raises(GenkitError, match='rate limit'):
            await ai.generate(prompt='x', tools=['t'], use=[RateLimit(requests_per_minute=1, max_wait=0)])

    async def test_limits_of_one_configuration_are_one_however_they_are_named(self, ai):
        ai.define_middleware(RateLimit, name='slow')
        config = {'requestsPerMinute': 1, 'burst': 2, 'maxWaitSeconds': 0}
        uses = [MiddlewareRef(name='slow', config=config), RateLimit(config=config), RateLimit(config=config)]
        for use in uses[:2]:
            await ai.generate(prompt='x', use=[use])
        with pytest.raises(GenkitError, match='rate limit'):
            await ai.generate(prompt='x', use=[uses[2]])

    async def test_scopes_and_applications_are_apart(self, ai, says):
        other = Genkit()
        other.define_model('m', lambda _: says('ok'))
        limits = [RateLimit(requests_per_minute=1, max_wait=0, scope=scope) for scope in ('a', 'b')]
        for limit in limits:
            await ai.generate(prompt='x', use=[limit])
            await other.generate(model='m', prompt='x', use=[limit])
        for limit in limits:
            with pytest.raises(GenkitError, match='rate limit'):
                await ai.generate(prompt='x', use=[limit])
            with pytest.raises(GenkitError, match='rate limit'):
                await other.generate(model='m', prompt='x', use=[limit])

    async def test_a_bucket_is_shared_by_those_who_are_given_it(self, ai, clock):
        bucket = Bucket(rate=1, burst=2, clock=clock)
        for scope in ('a', 'b'):
            await ai.generate(prompt='x', use=[RateLimit(bucket=bucket, max_wait=0, scope=scope)])
        with pytest.raises(GenkitError, match='rate limit'):
            await ai.generate(prompt='x', use=[RateLimit(bucket=bucket, max_wait=0)])

    async def test_retry_waits_as_the_hint_says(self, ai, clock, monkeypatch):
        async def nap(seconds):
            clock.now += seconds

        bucket = Bucket(rate=1, clock=clock)
        monkeypatch.setattr(asyncio, 'sleep', nap)
        use = [Retry(no_jitter=True, initial_delay=0), RateLimit(bucket=bucket, max_wait=0)]
        for _ in range(3):
            assert (await ai.generate(prompt='x', use=use)).text == 'ok'
        assert clock.now == pytest.approx(2)

    @pytest.mark.parametrize('fields', [{}, {'requests_per_second': 1, 'requests_per_minute': 1}, {'burst': 0}])
    def test_a_limit_that_says_too_little_or_too_much_is_refused(self, fields):
        with pytest.raises(GenkitError) as caught:
            RateLimit(**fields)
        assert caught.value.status == StatusName.INVALID_ARGUMENT
