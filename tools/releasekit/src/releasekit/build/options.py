# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How packages are built."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BuildOptions:
    """How to build.

    Attributes:
        width: How many packages are built at a time.
        isolated: Whether each package is built by uv in its own environment, instead of in warm workers.
        sample: How many packages are built in isolation besides, and compared byte for byte.
        flags: Where uv finds what builds need.
    """

    width: int = 2
    isolated: bool = False
    sample: int = 1
    flags: tuple[str, ...] = ()
