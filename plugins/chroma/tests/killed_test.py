# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs that are killed while they fill a collection on a real server."""

import asyncio
import contextlib
import random
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from .indexing_process import COUNT, application, documents


async def stored(url: str, collection: str) -> list[int]:
    """Return the numbers of the documents that a collection holds, in order."""
    ai, plugin = application(url, collection)
    found = (await ai.retrieve(f'chroma/{collection}', 'x', {'k': 1000})).documents
    await ai.aclose()
    del plugin
    return sorted(int((document.metadata or {})['number']) for document in found)


async def killed_again_and_again(url: str, times: int) -> None:
    collection = f'killed-{uuid.uuid4().hex[:8]}'
    program = Path(__file__).with_name('indexing_process.py')
    chance = random.Random(times)
    interrupted, before = 0, 0
    while interrupted < times:
        if before == COUNT:
            ai, plugin = application(url, collection)
            await plugin.delete_collection(collection)
            await ai.aclose()
            before = 0
        process = await asyncio.create_subprocess_exec(sys.executable, program, url, collection, stdout=subprocess.PIPE)
        assert process.stdout is not None
        for _ in range(chance.randint(1, 6)):  # lines of progress, so that it is killed in the middle of its work
            await process.stdout.readline()
        await asyncio.sleep(chance.uniform(0, 0.01))
        with contextlib.suppress(ProcessLookupError):  # it may have finished
            process.kill()
        interrupted += await process.wait() == -9
        numbers = await stored(url, collection)
        assert len(numbers) == len(set(numbers)) >= before
        before = len(numbers)
    ai, _ = application(url, collection)
    await ai.index(f'chroma/{collection}', documents())
    await ai.aclose()
    assert await stored(url, collection) == list(range(COUNT))


@pytest.mark.timeout(120)
async def test_an_indexing_that_is_killed_is_finished_by_repeating_it(server: str) -> None:
    await killed_again_and_again(server, 3)


@pytest.mark.nightly
@pytest.mark.timeout(600)
async def test_an_indexing_that_is_killed_twenty_times_loses_and_doubles_nothing(server: str) -> None:
    await killed_again_and_again(server, 20)
