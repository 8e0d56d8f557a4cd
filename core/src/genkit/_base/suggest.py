# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Turns an unknown name into a way out."""

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, or an empty string."""
    candidates = [str(candidate) for candidate in known]
    nearest = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    if not nearest:
        short = {candidate.rpartition('/')[2]: candidate for candidate in candidates}
        nearest = [short[match] for match in difflib.get_close_matches(name.rpartition('/')[2], short, n=1)]
    return f' Did you mean {nearest[0]!r}?' if nearest else ''
