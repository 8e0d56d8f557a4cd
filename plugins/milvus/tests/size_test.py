# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Many documents in Milvus Lite: indexed with progress, killed in between and taken up again, then searched."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .size_process import TOPICS, vector


def run(directory: Path, count: int, *more: str, until: int | None = None) -> list[Any]:
    """Run a program of its own, which is killed at some number of documents, and return what it said."""
    program = Path(__file__).with_name('size_process.py')
    command = [sys.executable, '-W', 'ignore', str(program), str(directory / 'large.db'), str(count), *more]
    said: list[Any] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(json.loads(line))
            if until is not None and said[-1][0] >= until:
                process.kill()
        process.wait()
        assert process.returncode == (0 if until is None else -9)
    return said


def indexed_and_searched(directory: Path, count: int) -> None:
    first = run(directory, count, until=count * 2 // 5)
    assert first[-1][0] < count
    second = run(directory, count)
    assert [done for done, _ in second] == sorted({done for done, _ in second})
    assert second[-1][0] == count
    (found,) = run(directory, count, 'ask')
    asked = (7, count // 2, count - 1)
    assert found['count'] == count
    assert found['nearest'] == list(asked)
    for number, numbers in zip(asked, found['of the topic'], strict=True):
        same = np.arange(number % TOPICS, count, TOPICS)
        vectors = np.array([vector(int(each)) for each in same])
        cosines = vectors @ vector(number) / np.linalg.norm(vectors, axis=1)
        wanted = same[np.argsort(-cosines)][:10].tolist()
        assert numbers == wanted
    assert found['rare'] == list(range(7, count, 10_000))
    assert found['late'] == 5


@pytest.mark.timeout(240)
def test_many_documents_are_indexed_killed_taken_up_and_searched(tmp_path):
    indexed_and_searched(tmp_path, 1500)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_documents_are_indexed_killed_taken_up_and_searched(tmp_path):
    indexed_and_searched(tmp_path, 100_000)
