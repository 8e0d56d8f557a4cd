# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit.plugin import Registry


@pytest.fixture
def registry() -> Registry:
    return Registry()
