# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contracts notice what they say they do: each fake fails its own tests, and each test has a fake of its own."""

from collections.abc import Iterable
from typing import Any

import pytest
from genkit import testing

from .fakes import (
    embedders,
    failures,
    judges,
    local_embedders,
    media,
    models,
    realtime,
    sessions,
    stores,
    telemetry,
    web,
    web_trust,
)
from .outcomes import run_fakes


MODULES = (
    models,
    failures,
    embedders,
    local_embedders,
    media,
    realtime,
    stores,
    sessions,
    judges,
    telemetry,
    web,
    web_trust,
)
FILES: dict[str, str] = {
    name: f'{module.__name__.rpartition(".")[2]}.py' for module in MODULES for name in module.FAKES
}
FAKES: dict[str, Any] = {name: fake for module in MODULES for name, fake in module.FAKES.items()}
CONTRACTS = [getattr(testing, name) for name in testing.__all__ if name.endswith('Contract')]

# Tests that no fake fails alone, each with the reason.
NOT_ALONE = {
    ('ModelContract', 'test_a_failure_with_a_status_of_success_is_a_failure'): (
        'a wire of chats has the same answer in its table of awkward ones; the other kinds have no such table'
    ),
}

IN_FULL = 'test_a_fake_fails_no_other_test'


def names_in(contract: type) -> set[str]:
    return {name for name in dir(contract) if name.startswith('test_')}


def tried(name: str, *, in_full: bool) -> set[str]:
    """Return the tests that a fake is run through: all of one that is right, and of another those that notice it."""
    fake = FAKES[name]
    return names_in(fake) if in_full or not fake.noticed_by else set(fake.noticed_by)


def run(folder: Any, names: Iterable[str], *, in_full: bool) -> dict[str, dict[str, bool]]:
    tests: list[str] = []
    for name in names:
        chosen = tried(name, in_full=in_full)
        is_whole = chosen == names_in(FAKES[name])
        tests += (
            [f'{FILES[name]}::{name}'] if is_whole else [f'{FILES[name]}::{name}::{test}' for test in sorted(chosen)]
        )
    return run_fakes(tests, folder)


def differences(folder: Any, *, in_full: bool) -> list[str]:
    """Run the fakes and return what they do otherwise than they say."""
    outcomes = run(folder, FAKES, in_full=in_full)
    found: list[str] = []
    for name, fake in FAKES.items():
        passed = outcomes.get(name, {})
        failed = {test for test, has_passed in passed.items() if not has_passed}
        unasked = passed.keys() ^ tried(name, in_full=in_full)
        if unasked:
            found.append(f'{name} ran too much or too little: {sorted(unasked)}')
        elif failed != fake.noticed_by:
            found.append(f'{name} passes {sorted(fake.noticed_by - failed)}, fails {sorted(failed - fake.noticed_by)}')
    return found


@pytest.mark.timeout(400)
def test_a_fake_fails_its_own_tests_and_one_that_is_right_fails_none(
    tmp_path: Any, request: pytest.FixtureRequest
) -> None:
    if any(item.name == IN_FULL for item in request.session.items):
        pytest.skip('all fakes are tried in full in this run')
    assert differences(tmp_path, in_full=False) == []


@pytest.mark.nightly
@pytest.mark.timeout(1200)
def test_a_fake_fails_no_other_test(tmp_path: Any) -> None:
    assert differences(tmp_path, in_full=True) == []


@pytest.mark.parametrize('contract', CONTRACTS, ids=lambda contract: contract.__name__)
def test_each_test_of_a_contract_is_the_only_one_that_some_fake_fails(contract: type) -> None:
    fakes = [fake for fake in FAKES.values() if issubclass(fake, contract)]
    alone = {test for fake in fakes if len(fake.noticed_by) == 1 for test in fake.noticed_by}
    assert names_in(contract) - alone == {test for name, test in NOT_ALONE if name == contract.__name__}


def test_each_fake_is_named_once() -> None:
    assert len(FAKES) == sum(len(module.FAKES) for module in MODULES)
