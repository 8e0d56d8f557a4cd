# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Times a case and its floor in turns, so that a busy machine slows both alike."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


ROUNDS = 9
BATCH_SECONDS = 0.03


@dataclass(frozen=True)
class Result:
    """One line of the table. Times are microseconds; the floor is measured between the case's own batches."""

    name: str
    microseconds: float
    floor: float | None = None
    target: str = ''
    note: str = ''

    @property
    def ratio(self) -> float | None:
        return None if self.floor is None else self.microseconds / self.floor


Work = Callable[[], Awaitable[object]]


async def per_call(work: Work, calls: int) -> float:
    """Return microseconds per call of one batch."""
    started = time.perf_counter()
    for _ in range(calls):
        await work()
    return (time.perf_counter() - started) / calls * 1e6


async def compare(name: str, work: Work, floor: Work, *, per: int = 1, target: str = '', note: str = '') -> Result:
    """Measure some work against its floor.

    Args:
        name: The line's name.
        work: One call of the case.
        floor: One call of the floor.
        per: How many units one call of each makes, such as chunks.
        target: What is aimed at.
        note: What else the reader should know.
    """
    calls = {work: await _calls(work), floor: await _calls(floor)}
    times: dict[Work, list[float]] = {work: [], floor: []}
    for number in range(ROUNDS):
        for subject in (floor, work) if number % 2 else (work, floor):
            times[subject].append(await per_call(subject, calls[subject]))
    measured = statistics.median(times[work]) / per
    return Result(name, measured, statistics.median(times[floor]) / per, target, note)


async def _calls(work: Work) -> int:
    await work()
    once = await per_call(work, 3)
    return max(1, int(BATCH_SECONDS * 1e6 / once))


def run(coroutine: Awaitable[list[Result]]) -> list[Result]:
    """Run a group of cases in an event loop of its own."""

    async def main() -> list[Result]:
        return await coroutine

    return asyncio.run(main())


def table(results: list[Result]) -> str:
    """Return the results as a table."""
    lines = [f'{"work":<48}{"median":>12}{"floor":>12}{"ratio":>9}  target', '-' * 96]
    for result in results:
        floor = '' if result.floor is None else f'{result.floor:9.2f} µs'
        ratio = '' if result.ratio is None else f'{result.ratio:.2f}'
        line = f'{result.name:<48}{result.microseconds:9.2f} µs{floor:>12}{ratio:>9}  {result.target}'
        lines.append(f'{line}  {result.note}'.rstrip())
    return '\n'.join(lines)
