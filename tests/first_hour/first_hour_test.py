# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An application as somebody writes it in the first hour: it runs, its tests pass, and type checkers accept it.

It is written from the guide alone: retrieval, tools with several parameters, approval, typed output, a prompt file with
a partial, an agent with a memory, streaming, a web server, a client, an evaluation. What is awkward there is awkward
for every newcomer, and is mended in the SDK.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


APPLICATION = Path(__file__).parent / 'application'
REAL = """
import asyncio
from desk import ai, answer, read_handbook

async def main() -> None:
    print(await read_handbook())
    stream = answer.stream('How much may a night in a hotel cost?')
    print(len([chunk async for chunk in stream]) > 1)
    print(await stream.response)

ai.run_main(main())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The application in a folder outside of the workspace."""
    return Path(shutil.copytree(APPLICATION, tmp_path / 'desk'))


def run(folder: Path, *command: str) -> str:
    ran = subprocess.run(
        [sys.executable, *command], cwd=folder, capture_output=True, encoding='utf-8', timeout=110, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.timeout(120)
def test_its_own_tests_pass(folder: Path):
    said = run(folder, '-m', 'pytest', '-q', '-p', 'no:schemathesis', '-p', 'no:cacheprovider')
    assert '10 passed' in said


@pytest.mark.timeout(120)
def test_it_answers_with_real_models(folder: Path):
    passages, streamed, *lines = run(folder, '-c', REAL).splitlines()
    assert (passages, streamed) == ('3', 'True')
    assert '150 euros' in '\n'.join(lines)
    assert 'hotels.md' in lines[-1]


@pytest.mark.timeout(120)
def test_pyright_accepts_it_strictly(folder: Path):
    assert '0 errors, 0 warnings' in run(folder, '-m', 'pyright', '--pythonpath', sys.executable)


@pytest.mark.timeout(120)
def test_mypy_accepts_it_strictly(folder: Path):
    assert 'no issues found in 2 source files' in run(folder, '-m', 'mypy', '--strict', 'desk.py', 'desk_test.py')
