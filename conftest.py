# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The cases that lie beside the repository, for the tests of several packages, and what all tests have in common."""

import re
import ssl
from pathlib import Path
from typing import Any

import pytest
import yaml


AGENT_CASES = Path(__file__).parent.parent / 'shared' / 'conformance' / 'agent.yaml'


BUNDLE_BYTES = 50_000


def pytest_configure() -> None:
    """Let HTTP clients trust one authority instead of all public ones.

    Each client reads the bundle again, which takes longer than most tests, and tests reach nothing but this machine.
    """
    load = ssl.SSLContext.load_verify_locations

    def load_one(self: ssl.SSLContext, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
        if isinstance(cafile, str) and Path(cafile).is_file() and Path(cafile).stat().st_size > BUNDLE_BYTES:
            text = Path(cafile).read_text(encoding='utf-8', errors='ignore')
            first = re.search('-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----', text, re.DOTALL)
            cafile, cadata = None, first and first.group()
        load(self, cafile, capath if cafile or not cadata else None, cadata)

    pytest.MonkeyPatch().setattr(ssl.SSLContext, 'load_verify_locations', load_one)


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
