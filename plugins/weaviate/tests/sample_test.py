# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The sample of Weaviate, run as its readers run it, with the server of the plugin's tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .weaviate_server import KEY, WeaviateServer


SAMPLES = Path(__file__).parents[3] / 'samples'


def ran(**variables: str) -> 'subprocess.CompletedProcess[str]':
    environment = {name: value for name, value in os.environ.items() if not name.startswith('WEAVIATE_')}
    return subprocess.run(
        [sys.executable, SAMPLES / 'rag-weaviate' / 'main.py'],
        capture_output=True,
        text=True,
        check=False,
        env={**environment, **variables},
    )


@pytest.mark.timeout(120)
def test_passages_are_found_by_their_meaning_and_their_metadata():
    with WeaviateServer() as server:
        ended = ran(WEAVIATE_URL=server.url, WEAVIATE_API_KEY=KEY)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert len(lines) == 9
    assert 'built by Ada Norling.  (1871)' in lines[1]
    assert 'dock D17' in lines[4]
    assert all('Bread' not in line and '(1871)' not in line for line in lines[7:])


def test_what_is_missing_is_said():
    assert 'Set WEAVIATE_URL' in ran().stderr
    nobody = ran(WEAVIATE_URL='http://127.0.0.1:9')
    assert (nobody.returncode, nobody.stderr.count('\n')) == (1, 1)
    assert '127.0.0.1:9' in nobody.stderr
