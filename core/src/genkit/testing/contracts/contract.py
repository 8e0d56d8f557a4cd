# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The base class of contracts."""

from collections.abc import Mapping
from typing import Any, ClassVar


class Contract:
    """Base class of contracts: tests that a plugin has to pass.

    A subclass says how the plugin is made, and may add tests. One that puts its own in the place of the contract's, or
    takes one away, gives a reason for each.

    Attributes:
        replaced: The tests that this very class replaces, each with the reason.
    """

    replaced: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """Refuse a subclass that replaces tests without saying why, or says so of others.

        Raises:
            TypeError: That names the tests.
        """
        super().__init_subclass__(**options)
        if _is_ours(cls):
            return
        kept = {name for base in cls.__mro__[1:] if _is_ours(base) for name in vars(base) if name.startswith('test_')}
        reasons: Mapping[str, str] = vars(cls).get('replaced', {})
        wrong = sorted((kept & vars(cls).keys()) ^ {name for name, reason in reasons.items() if reason})
        if wrong:
            raise TypeError(
                f'{cls.__qualname__} replaces what its contract tests, or says that it does: {", ".join(wrong)}. Give '
                'tests of your own other names; `replaced` holds a reason for each that is replaced, and for no other.'
            )


def _is_ours(tests: type) -> bool:
    return f'{tests.__module__}.'.startswith('genkit.testing.')
