# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import testing


CONTRACTS = [getattr(testing, name) for name in testing.__all__ if name.endswith('Contract')]

WITHOUT_PYTEST = """
import sys

sys.modules['pytest'] = None
from genkit import GenkitError
from genkit.testing import LoopbackServer

try:
    from genkit.testing import ModelContract
except GenkitError as error:
    print(error.status, error.message)
"""

DELETED = 'test_deleted_documents_are_not_found_again'


def names_in(contract: type) -> list[str]:
    return [name for name in dir(contract) if name.startswith('test_')]


@pytest.mark.parametrize('contract', CONTRACTS)
def test_no_test_of_a_contract_can_be_replaced_or_taken_away(contract: type):
    for name in names_in(contract):
        for instead in (lambda self: None, None):
            with pytest.raises(TypeError, match=f'Mine replaces what its contract tests, .*: {name}'):
                type('Mine', (contract,), {name: instead})


def test_nor_by_a_subclass_of_a_subclass():
    class Theirs(testing.StoreContract):
        pass

    body: dict[str, Any] = {DELETED: None}
    with pytest.raises(TypeError, match=DELETED):
        type('Mine', (Theirs,), body)


def test_a_test_is_replaced_with_a_reason():
    body: dict[str, Any] = {DELETED: None, 'replaced': {DELETED: 'this store is written once'}}
    mine = type('Mine', (testing.StoreContract,), body)
    with pytest.raises(TypeError, match=DELETED):  # the reason was another's
        type('Other', (mine,), {DELETED: None})


@pytest.mark.parametrize('body', [{DELETED: None, 'replaced': {DELETED: ''}}, {'replaced': {DELETED: 'no longer so'}}])
def test_a_reason_is_given_for_what_is_replaced_and_for_nothing_else(body: dict[str, Any]):
    with pytest.raises(TypeError, match=DELETED):
        type('Mine', (testing.StoreContract,), body)


def test_tests_may_be_added():
    class Mine(testing.StoreContract):
        def test_something_else(self) -> None:
            pass

    assert {*names_in(Mine)} == {*names_in(testing.StoreContract), 'test_something_else'}


def test_without_pytest_the_extra_is_named_that_brings_it(run_python):
    assert run_python(WITHOUT_PYTEST).stdout == (
        "FAILED_PRECONDITION Contracts need 'pytest', which is not installed: `uv add --dev --editable "
        "'CHECKOUT/core[testing]'`, where CHECKOUT is a clone of Genkit for Python (the genkit of the public index is "
        'another one).\n'
    )
