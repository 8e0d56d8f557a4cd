# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures that pytest finds wherever Genkit is installed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest


if TYPE_CHECKING:
    from genkit.testing.overriding import Overridden


@pytest.fixture
def genkit_overridden() -> 'Iterator[Callable[..., Overridden]]':
    """Return `overridden` as a function whose replacements hold until the test ends."""
    from genkit.testing.overriding import overridden  # noqa: PLC0415  (imported by the tests that ask for it)

    with ExitStack() as stack:

        def override(ai: Any, **replacements: Any) -> 'Overridden':
            return stack.enter_context(overridden(ai, **replacements))

        yield override


@pytest.fixture
def genkit_no_real_requests() -> Iterator[None]:
    """Forbid requests to other machines until the test ends, as `no_real_requests` does."""
    from genkit.testing.overriding import no_real_requests  # noqa: PLC0415  (imported by the tests that ask for it)

    with no_real_requests():
        yield
