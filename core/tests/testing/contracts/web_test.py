# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract of web adapters notices what it says it does: each broken fake fails its own tests and no other."""

import importlib

import pytest
from genkit.testing import WebContract

from .broken_fakes import FAKES
from .outcomes import run_fakes


TESTS = {name for name in dir(WebContract) if name.startswith('test_')}


@pytest.fixture(scope='module')
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bool]]:
    return run_fakes('broken_fakes.py', list(FAKES), tmp_path_factory.mktemp('outcomes'))


@pytest.mark.timeout(240)
@pytest.mark.parametrize('name', FAKES)
def test_a_broken_fake_fails_its_own_tests_and_no_other(name, outcomes):
    assert outcomes[name].keys() == TESTS
    assert {test for test, has_passed in outcomes[name].items() if not has_passed} == FAKES[name].noticed_by


def test_every_test_of_the_contract_about_a_promise_has_a_fake_that_breaks_it():
    broken = set().union(*(fake.noticed_by for fake in FAKES.values()))
    assert TESTS - broken == {
        'test_a_flow_answers_with_its_result',  # who fails it fails most of the others
        'test_a_body_that_is_not_json_is_refused',  # as bodies of another shape are
        'test_an_error_before_a_stream_begins_is_a_plain_answer',
        'test_an_input_may_be_left_out_where_the_flow_has_none_or_a_default',
        'test_an_input_that_is_missing_is_refused',
        'test_a_plain_function_is_served_as_well',
    }


def test_an_adapter_that_does_not_say_how_it_serves_is_told():
    class TestNothing(WebContract):
        pass

    with pytest.raises(NotImplementedError, match='TestNothing must say how flows are served'):
        TestNothing.setup_class()


def test_the_contract_is_loaded_when_it_is_asked_for(run_python):
    done = run_python(
        'import sys, genkit.testing; assert "pytest" not in sys.modules; '
        'genkit.testing.WebContract; assert "pytest" in sys.modules; print(genkit.testing.WebContract.__module__)'
    )
    assert done.stdout.strip() == 'genkit.testing', done.stderr
    with pytest.raises(AttributeError, match='NoContract'):
        getattr(importlib.import_module('genkit.testing'), 'NoContract')  # noqa: B009
