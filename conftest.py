# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The cases that lie beside the repository, for the tests of several packages."""

from pathlib import Path
from typing import Any

import pytest
import yaml


AGENT_CASES = Path(__file__).parent.parent / 'shared' / 'conformance' / 'agent.yaml'


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for an `agent_case` each of those that every Genkit SDK shares."""
    if 'agent_case' not in metafunc.fixturenames:
        return
    if AGENT_CASES.exists():
        found: list[Any] = yaml.safe_load(AGENT_CASES.read_text(encoding='utf-8'))['tests']
        cases = [pytest.param(case, id=case['name']) for case in found]
    else:
        absent = pytest.mark.skip(reason='the shared conformance cases are not beside the repository')
        cases = [pytest.param(None, id='none', marks=absent)]
    metafunc.parametrize('agent_case', cases)
