# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How the contract of web adapters is used."""

import importlib

import pytest
from genkit.testing import WebContract


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
