# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contracts notice what they say they do: each broken fake fails its own tests and no other."""

import pytest

from .broken_plugins import FAKES
from .outcomes import COROUTINES, run_fakes


@pytest.fixture(scope='module')
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bool]]:
    return run_fakes('broken_plugins.py', list(FAKES), tmp_path_factory.mktemp('outcomes'), *COROUTINES)


@pytest.mark.timeout(240)
@pytest.mark.parametrize('name', FAKES)
def test_a_fake_fails_its_own_tests_and_no_other(name: str, outcomes: dict[str, dict[str, bool]]) -> None:
    assert {test for test in dir(FAKES[name]) if test.startswith('test_')} == outcomes[name].keys()
    assert {test for test, has_passed in outcomes[name].items() if not has_passed} == FAKES[name].noticed_by
