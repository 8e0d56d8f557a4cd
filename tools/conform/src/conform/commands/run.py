# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`conform run`: one application after another, several cases of each at a time."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conform.commands.plan import Plan
from conform.model.answer import Answer
from conform.model.errors import RunError, StartError
from conform.model.outcome import Outcome, Report, Result
from conform.model.suite import Case
from conform.targets.opening import Target, TargetOptions, open_target


@dataclass(frozen=True)
class RunOptions:
    """How cases are run.

    Attributes:
        jobs: At the same time.
        timeout: Seconds for each attempt.
        retries: Attempts after one that failed.
    """

    jobs: int = 8
    timeout: float = 120.0
    retries: int = 0


async def run_plans(
    plans: Sequence[Plan], where: TargetOptions, options: RunOptions, on_result: Callable[[Result], None]
) -> Report:
    """Run every plan that is not skipped; an application that cannot be started does not stop the others."""
    started = time.perf_counter()
    results: list[Result] = []
    for plan in plans:
        if not plan.skip:
            results += await _run_plan(plan, where, options, on_result)
    skipped = {plan.name: plan.skip for plan in plans if plan.skip}
    mode = 'loopback' if where.loopback else 'reflection' if where.runtime else where.mode
    packages = [plan.package for plan in plans if plan.package and not plan.skip]
    return Report(mode, results, skipped, time.perf_counter() - started, packages)


async def _run_plan(
    plan: Plan, where: TargetOptions, options: RunOptions, on_result: Callable[[Result], None]
) -> list[Result]:
    try:
        async with open_target(plan.application, where, plan.settings.loopback) as target:
            return await _run_cases(target, plan.name, plan.cases, options, on_result)
    except StartError as error:
        results = [Result(plan.name, case, Outcome.ERROR, error.message) for case in plan.cases]
        for result in results:
            on_result(result)
        return results


async def _run_cases(
    target: Target, name: str, cases: Sequence[Case], options: RunOptions, on_result: Callable[[Result], None]
) -> list[Result]:
    """Return how the cases ended, in their order; `on_result` hears of each when it ends."""
    limit = asyncio.Semaphore(options.jobs)

    async def run(case: Case) -> Result:
        result = Result(name, case, Outcome.SKIPPED, case.skip)
        async with limit:
            while not case.skip and result.outcome is not Outcome.PASSED and result.attempts <= options.retries:
                result = await _attempt(target, result, options.timeout)
        on_result(result)
        return result

    await target.prepare({case.key for case in cases if not case.skip})
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run(case)) for case in cases]
    return [task.result() for task in tasks]


async def _attempt(target: Target, earlier: Result, timeout: float) -> Result:  # noqa: ASYNC109 - of one attempt
    case = earlier.case
    traces = ['']
    answer: Answer | None = None
    started = time.perf_counter()
    try:
        async with asyncio.timeout(timeout):
            answer = await target.run(case, traces.append)
        reason = case.problem(answer)
    except TimeoutError:
        reason = f'no answer within {timeout:g} s'
    except RunError as error:
        reason = error.message or 'the action failed and did not say why'
    outcome = Outcome.PASSED if reason is None else Outcome.FAILED
    seconds = time.perf_counter() - started
    return Result(earlier.target, case, outcome, reason or '', seconds, earlier.attempts + 1, answer, traces[-1])
