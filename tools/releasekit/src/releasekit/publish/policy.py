# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How patient a run is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """How patient a run is; times are seconds.

    Attributes:
        width: How many files are sent at a time.
        attempts: How often a file is sent whose fate stays unclear, and that the index does not show.
        backoff: The first wait before a file is sent again; it doubles each time.
        longest_backoff: The longest one.
        longest_quiet: How long an index may ask to be left alone; at more than that the run gives up.
        visible_within: How long an index may take to show what it has stored.
        poll: The first wait between two looks; it grows up to fifty times.
        is_strict: Whether a package waits until those that it needs can be installed.
    """

    width: int = 8
    attempts: int = 6
    backoff: float = 1.0
    longest_backoff: float = 60.0
    longest_quiet: float = 3600.0
    visible_within: float = 600.0
    poll: float = 0.1
    is_strict: bool = True
