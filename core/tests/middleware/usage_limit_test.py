# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
from decimal import Decimal

import pytest
from genkit import FinishReason, GenerationUsage, GenkitError, StatusName
from genkit.middleware import Budget, BudgetExceededError, UsageLimit, UsageLimitConfig


def tokens(count):
    return GenerationUsage(input_tokens=count - 1, output_tokens=1, total_tokens=count)


@pytest.fixture
def slow(ai, says):
    """Define a model that takes 10 tokens and lets others run in the meantime."""
    calls = []

    async def answer(request):
        calls.append(request)
        await asyncio.sleep(0)
        return says('ok', usage=tokens(10))

    ai.define_model('slow', answer)
    return calls


async def outcomes(ai, count, use):
    """Run so many calls together; return how many answered, and the errors of the others."""
    results = await asyncio.gather(
        *(ai.generate(model='slow', prompt=str(n), use=use) for n in range(count)), return_exceptions=True
    )
    errors = [result for result in results if isinstance(result, Exception)]
    return len(results) - len(errors), errors


async def test_a_hundred_runs_together_never_exceed_a_shared_budget_of_requests(ai, slow):
    budget = Budget(UsageLimitConfig(max_requests=37))
    answered, errors = await outcomes(ai, 100, [UsageLimit(budget=budget)])
    assert (answered, len(slow)) == (37, 37)
    assert {type(error) for error in errors} == {BudgetExceededError}
    assert budget.spent['requests'] == 37


async def test_a_hundred_runs_together_never_exceed_a_shared_budget_of_tokens(ai, slow):
    budget = Budget(UsageLimitConfig(max_tokens=255, reserved_tokens=10))
    answered, _ = await outcomes(ai, 100, [UsageLimit(budget=budget)])
    assert answered == len(slow) == 25
    assert budget.spent['tokens'] == 250


async def test_what_was_reserved_too_much_can_be_spent_by_later_runs(ai, slow):
    budget = Budget(UsageLimitConfig(max_tokens=100, reserved_tokens=60))
    use = [UsageLimit(budget=budget)]
    assert (await outcomes(ai, 100, use))[0] == 1
    assert budget.spent['tokens'] == 10
    assert (await ai.generate(model='slow', prompt='x', use=use)).text == 'ok'


@pytest.mark.parametrize('name', ['max_output_tokens', 'maxOutputTokens'])
async def test_the_longest_answer_asked_for_is_reserved(ai, slow, name):
    use = [UsageLimit(max_tokens=50)]
    with pytest.raises(BudgetExceededError, match='budget of 50 tokens is used up'):
        await ai.generate(model='slow', prompt='x', config={name: 51}, use=use)
    assert (await ai.generate(model='slow', prompt='x', config={name: 50}, use=use)).text == 'ok'


async def test_a_run_that_may_not_begin_raises(ai, slow):
    with pytest.raises(GenkitError) as caught:
        await ai.generate(model='slow', prompt='x', use=[UsageLimit(max_requests=0)])
    assert caught.value.status == StatusName.RESOURCE_EXHAUSTED
    assert slow == []


async def test_each_run_has_a_budget_of_its_own_unless_one_is_shared(ai, slow):
    limit = UsageLimit(max_requests=1)
    for _ in range(3):
        assert (await ai.generate(model='slow', prompt='x', use=[limit])).text == 'ok'


async def test_a_run_that_meets_the_limit_later_returns_what_there_is(ai, model, says, calls):
    ai.tool('t')(lambda: 'answer')
    model.responses = [says('Let me see.', calls('t')), says('never')]
    response = await ai.generate(prompt='x', tools=['t'], use=[UsageLimit(max_requests=1)])
    assert response.finish_reason == FinishReason.ABORTED
    assert response.finish_message == 'The budget of 1 requests is used up.'
    assert [message.role for message in response.messages] == ['user', 'model', 'tool']
    assert response.messages[1].text == 'Let me see.'


async def test_tokens_that_are_used_up_stop_the_next_turn(ai, model, says, calls):
    ai.tool('t')(lambda: 'answer')
    model.responses = [says(calls('t'), usage=tokens(40)), says(calls('t'), usage=tokens(60)), says('never')]
    response = await ai.generate(prompt='x', tools=['t'], use=[UsageLimit(max_tokens=100)])
    assert response.finish_reason == FinishReason.ABORTED
    assert len(model.requests) == 2
    assert len(response.messages) == 5


async def test_tools_are_counted_and_a_request_beyond_the_limit_is_returned_unanswered(ai, model, says, calls):
    ran = []
    ai.tool('t')(lambda: ran.append(1))
    model.responses = [says(calls('t')), says('more', calls('t')), says('never')]
    response = await ai.generate(prompt='x', tools=['t'], use=[UsageLimit(max_tool_calls=1)])
    assert response.finish_reason == FinishReason.ABORTED
    assert response.finish_message == 'The budget of 1 tool calls is used up.'
    assert (response.text, len(response.tool_requests), len(ran)) == ('more', 1, 1)
    assert [message.role for message in response.messages] == ['user', 'model', 'tool', 'model']


async def test_a_limit_met_by_the_first_tool_also_returns_what_there_is(ai, model, says, calls):
    ai.tool('t')(lambda: pytest.fail('ran'))
    model.responses = [says('I ask.', calls('t'))]
    response = await ai.generate(prompt='x', tools=['t'], use=[UsageLimit(max_tool_calls=0)])
    assert (response.finish_reason, response.text) == (FinishReason.ABORTED, 'I ask.')
    assert [message.role for message in response.messages] == ['user', 'model']


async def test_many_tools_of_one_turn_never_exceed_the_limit(ai, model, says, calls):
    ran = []

    @ai.tool()
    async def t(n: int) -> None:
        await asyncio.sleep(0)
        ran.append(n)

    budget = Budget(UsageLimitConfig(max_tool_calls=3))
    model.responses = [says(*(calls('t', n, str(n)) for n in range(10)))]
    response = await ai.generate(prompt='x', tools=['t'], use=[UsageLimit(budget=budget)])
    assert response.finish_reason == FinishReason.ABORTED
    assert budget.spent['tool calls'] == 3
    assert len(ran) <= 3


async def test_money_is_counted_where_the_price_is_known(ai, says):
    usage = GenerationUsage(input_tokens=1_000_000, output_tokens=0)
    ai.define_model('openai/gpt-4o', lambda _: says('ok', usage=usage))
    budget = Budget(UsageLimitConfig(max_cost=Decimal('0.01')))
    await ai.generate(model='openai/gpt-4o', prompt='x', use=[UsageLimit(budget=budget)])
    assert budget.spent['US dollars'] > Decimal('0.01')
    with pytest.raises(BudgetExceededError, match=r'0\.01 US dollars'):
        await ai.generate(model='openai/gpt-4o', prompt='x', use=[UsageLimit(budget=budget)])


async def test_a_hundred_runs_together_never_exceed_what_was_reserved_of_a_cost(ai, slow):
    budget = Budget(UsageLimitConfig(max_cost=Decimal('0.10'), reserved_cost=Decimal('0.05')))
    assert (await outcomes(ai, 100, [UsageLimit(budget=budget)]))[0] == 2
    assert budget.spent['US dollars'] == 0


async def test_a_call_that_fails_gives_its_tokens_and_money_back(ai, model):
    def fail(_request, _context):
        raise GenkitError('down', status='UNAVAILABLE')

    budget = Budget(UsageLimitConfig(reserved_tokens=10, reserved_cost=Decimal(1)))
    model.responses = [fail]
    with pytest.raises(GenkitError, match='down'):
        await ai.generate(prompt='x', use=[UsageLimit(budget=budget)])
    assert (budget.spent['requests'], budget.spent['tokens'], budget.spent['US dollars']) == (1, 0, 0)


async def test_a_cancelled_call_gives_its_tokens_back(ai):
    begun = asyncio.Event()

    async def forever(_request):
        begun.set()
        await asyncio.Event().wait()

    ai.define_model('forever', forever)
    budget = Budget(UsageLimitConfig(reserved_tokens=10))
    task = asyncio.create_task(ai.generate(model='forever', prompt='x', use=[UsageLimit(budget=budget)]))
    await begun.wait()
    assert budget.spent['tokens'] == 10
    task.cancel()
    await asyncio.wait([task])
    assert budget.spent['tokens'] == 0


def test_a_reservation_takes_all_or_nothing():
    budget = Budget(UsageLimitConfig(max_requests=5, max_tokens=10))
    with pytest.raises(BudgetExceededError):
        budget.reserve({'requests': 1, 'tokens': 11})
    assert budget.spent['requests'] == 0


def test_threads_together_never_exceed_a_budget():
    from concurrent.futures import ThreadPoolExecutor

    budget = Budget(UsageLimitConfig(max_requests=50))

    def take(_):
        try:
            budget.reserve({'requests': 1})
        except BudgetExceededError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(500))) == 50


def test_a_limit_of_nothing_is_refused_with_what_can_be_limited():
    for make in (UsageLimit, lambda: UsageLimit(reserved_tokens=5), lambda: UsageLimit(config={})):
        with pytest.raises(GenkitError, match='give max_requests, max_tool_calls, max_tokens, max_cost or a budget'):
            make()


def test_limits_beside_a_budget_are_refused_for_those_of_the_budget_count():
    budget = Budget(UsageLimitConfig(max_requests=5))
    with pytest.raises(GenkitError, match=r'a budget and max_requests; .* Write Budget\(UsageLimitConfig\(…\)\)'):
        UsageLimit(budget=budget, max_requests=3)
    assert UsageLimit(budget.config, budget).config is not None
