# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Many documents: indexed in bounded memory, with progress, killed in between and taken up again, then searched."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from .size_process import TOPICS, application, vector


def run(directory: Path, count: int, until: int | None = None) -> list[tuple[int, int]]:
    """Index in a program of its own, which is killed at some number of documents, and return what it said."""
    program = Path(__file__).with_name('size_process.py')
    command = [sys.executable, str(program), str(directory), str(count)]
    said: list[tuple[int, int]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            done, memory = map(int, line.split())
            said.append((done, memory))
            if until is not None and done >= until:
                process.kill()
        process.wait()
        assert process.returncode == (0 if until is None else -9)
    return said


async def indexed_and_searched(directory: Path, count: int, most_memory: int) -> None:
    first = run(directory, count, until=count * 2 // 5)
    ai, plugin = application(str(directory))
    there = await plugin.count('large')
    assert count > there >= first[-1][0] >= count * 2 // 5
    second = run(directory, count)
    assert [done for done, _ in second] == sorted({done for done, _ in second})
    assert await plugin.count('large') == second[-1][0] == count
    for said in (first, second):
        assert max(memory for _, memory in said) - said[0][1] < most_memory
    for number in (7, count // 2, count - 1):
        options = {'k': 10, 'filter': {'topic': number % TOPICS}}
        found = (await ai.retrieve('hnsw/large', f'{number} x', options)).documents
        numbers = [(each.metadata or {})['number'] for each in found]
        same = np.arange(number % TOPICS, count, TOPICS)
        vectors = np.array([vector(int(each)) for each in same])
        cosines = vectors @ vector(number) / np.linalg.norm(vectors, axis=1)
        assert numbers == same[np.argsort(-cosines)][:10].tolist()[: len(numbers)]
        assert len(numbers) == min(10, len(same))
        found = (await ai.retrieve('hnsw/large', f'{number} x', {'k': 10})).documents
        assert (found[0].metadata or {})['number'] == number
    rare = (await ai.retrieve('hnsw/large', '0 x', {'k': 50, 'filter': {'rare': True}})).documents
    assert sorted((each.metadata or {})['number'] for each in rare) == list(range(7, count, 10_000))
    await plugin.delete_meeting('large', {'number': {'$gte': count // 2}})
    assert await plugin.count('large') == count // 2


@pytest.mark.timeout(180)
async def test_a_few_thousand_documents_are_indexed_killed_taken_up_and_searched(tmp_path):
    await indexed_and_searched(tmp_path, 5000, 120 << 20)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
async def test_a_hundred_thousand_documents_are_indexed_in_the_memory_of_a_part_of_them(tmp_path):
    """The vectors alone are 154 MB, and as numbers of Python 2.4 GB."""
    await indexed_and_searched(tmp_path, 100_000, 400 << 20)
