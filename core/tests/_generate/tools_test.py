# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio

import pytest
from genkit._generate.tools import run_together


async def test_of_several_failures_the_first_is_raised_by_itself():
    began = asyncio.Event()

    async def fails() -> None:
        await began.wait()
        raise LookupError('first')

    async def fails_while_it_is_cancelled() -> None:
        try:
            began.set()
            await asyncio.sleep(60)
        finally:
            raise OSError('second')

    with pytest.raises(LookupError, match='first'):
        await run_together([fails(), fails_while_it_is_cancelled()])


async def test_what_runs_together_keeps_its_order():
    async def after(seconds: float) -> float:
        await asyncio.sleep(seconds)
        return seconds

    assert await run_together([after(0.02), after(0)]) == [0.02, 0]
