# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What 10,000 registered actions cost."""

import statistics
import time

from genkit import ActionKind, Genkit
from measure import Result, compare


COUNT = 10_000


async def lookups() -> list[Result]:
    """Measure registering, finding and listing."""
    ai = Genkit()

    async def answer(number: int) -> int:
        return number

    started = time.perf_counter()
    for number in range(COUNT):
        ai.flow(f'flow-{number}')(answer)
    registering = (time.perf_counter() - started) / COUNT * 1e6
    plain = {f'flow-{number}': number for number in range(COUNT)}

    async def find() -> None:
        await ai.registry.resolve_action(ActionKind.FLOW, 'flow-5000')

    async def find_floor() -> None:
        assert plain['flow-5000']

    await ai.list_actions()
    times: list[float] = []
    for _ in range(9):
        started = time.perf_counter()
        listed = await ai.list_actions()
        times.append(time.perf_counter() - started)
        assert len(listed) > COUNT
    listing = statistics.median(times)
    return [
        Result('register a flow, among 10,000', registering, target='<= 60 µs'),
        await compare('registry lookup among 10,000', find, find_floor),
        Result('list 10,000 actions', listing * 1e6, target='<= 60 ms'),
    ]
