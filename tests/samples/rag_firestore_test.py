# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The sample of Firestore, run as its readers run it, where Google's emulator is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


SAMPLES = Path(__file__).parents[2] / 'samples'
VARIABLES = ('GOOGLE_CLOUD_PROJECT', 'FIRESTORE_EMULATOR_HOST')


def ran(**variables: str) -> 'subprocess.CompletedProcess[str]':
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return subprocess.run(
        [sys.executable, SAMPLES / 'rag-firestore' / 'main.py'],
        capture_output=True,
        text=True,
        check=False,
        env={**environment, **variables},
    )


@pytest.mark.timeout(180)
def test_passages_are_found_by_their_meaning_and_their_metadata():
    if shutil.which('gcloud') is None or shutil.which('java') is None:
        pytest.skip("Google's emulator is not installed: gcloud components install cloud-firestore-emulator")
    ended = ran()
    if 'no emulator of Firestore' in ended.stderr:
        pytest.skip(ended.stderr)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert len(lines) == 9
    assert 'built by Ada Norling.  (1871)' in lines[1]
    assert all('(202' in line for line in lines[4:6])


def test_what_is_missing_is_said():
    ended = ran(PATH='')
    assert ended.returncode == 1
    assert 'gcloud components install cloud-firestore-emulator' in ended.stderr
