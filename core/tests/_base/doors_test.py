# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import middleware, testing


MIDDLEWARE = """
import sys
import genkit
ai = genkit.Genkit()
loaded = [name for name in sys.modules if name.startswith('genkit.middleware.')]
assert loaded == ['genkit.middleware.interface'], loaded
from genkit import middleware
assert 'Retry' in dir(middleware)
assert middleware.Retry.__module__ == middleware.RetryConfig.__module__ == 'genkit.middleware'
assert 'genkit.middleware.cache' not in sys.modules
from genkit.middleware import *
assert Cache.__module__ == 'genkit.middleware' and len(BUILT_IN) == 16
"""


def test_what_is_built_in_is_loaded_when_it_is_asked_for(run_python):
    result = run_python(MIDDLEWARE)
    assert result.returncode == 0, result.stderr


def test_a_name_that_is_in_no_room_is_refused():

    for door in (middleware, testing):
        with pytest.raises(AttributeError, match=f"module '{door.__name__}' has no attribute 'nothing'"):
            getattr(door, 'nothing')  # noqa: B009  (a checker knows that it is not there)
