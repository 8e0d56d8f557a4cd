# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract of web adapters notices what it says it does: each broken fake fails its own tests and no other."""

import importlib
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from genkit.testing import WebContract

from .broken_fakes import FAKES


FILE = Path(__file__).with_name('broken_fakes.py')
PROCESSES = 4  # they mostly wait
TESTS = {name for name in dir(WebContract) if name.startswith('test_')}


@pytest.fixture(scope='module')
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bool]]:
    """Return of each fake whether it passed, by test."""
    folder = tmp_path_factory.mktemp('outcomes')
    running = [begin(list(FAKES)[first::PROCESSES], folder / f'{first}.xml') for first in range(PROCESSES)]
    passed: dict[str, dict[str, bool]] = defaultdict(dict)
    for process, report in running:
        output, _ = process.communicate()
        assert report.exists(), output
        for fake, test, has_passed in read(report):
            passed[fake][test] = has_passed and passed[fake].get(test, True)
    return passed


def begin(fakes: list[str], report: Path) -> tuple[subprocess.Popen[str], Path]:
    plain = ['-q', '--tb=no', '-W', 'error', '-c', os.devnull, '--noconftest', '-p', 'no:cacheprovider']
    command = [sys.executable, '-m', 'pytest', *plain, f'--junit-xml={report}', *(f'{FILE}::{fake}' for fake in fakes)]
    environment = {**os.environ, 'PYTEST_DISABLE_PLUGIN_AUTOLOAD': '1'}  # the contract needs pytest alone
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ), report


def read(report: Path) -> Iterator[tuple[str, str, bool]]:
    for case in ET.parse(report).iter('testcase'):
        fake = case.attrib['classname'].rpartition('.')[2]
        has_failed = case.find('failure') is not None or case.find('error') is not None
        yield fake, case.attrib['name'].partition('[')[0], not has_failed


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
