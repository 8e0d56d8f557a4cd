# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs that are killed while they fill a file of Milvus Lite, which others open again."""

import asyncio
import contextlib
import json
import random
import sys
from pathlib import Path

import pytest

from .indexing_process import COUNT


async def killed_again_and_again(directory: Path, times: int) -> None:
    chance = random.Random(times)
    reported = 0
    for number in range(times + 1):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *(
                '-W',
                'ignore',
                str(Path(__file__).with_name('indexing_process.py')),
                str(directory / 'new folder' / 'ü.db'),
            ),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert process.stdout is not None
        held = json.loads(await process.stdout.readline())
        assert held == sorted(set(held))
        assert len(held) >= reported
        if number == times:
            rest = await process.stdout.read()
            assert json.loads(rest.splitlines()[-1]) == {'stored': COUNT, 'of': COUNT}
            assert await process.wait() == 0
            return
        for _ in range(chance.randint(1, 5)):  # lines of progress, so that it is killed in the middle of its work
            if line := await process.stdout.readline():
                reported = json.loads(line)['stored']
        await asyncio.sleep(chance.uniform(0, 0.01))
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.mark.timeout(180)
async def test_an_indexing_that_is_killed_is_finished_by_repeating_it(tmp_path):
    await killed_again_and_again(tmp_path, 1)


@pytest.mark.nightly
@pytest.mark.timeout(600)
async def test_an_indexing_that_is_killed_twenty_times_loses_and_doubles_nothing(tmp_path):
    await killed_again_and_again(tmp_path, 20)
