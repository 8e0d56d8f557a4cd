# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of distributions, their normal form and the nearest one to a misspelt one; nouns with their numbers."""

import re
from collections.abc import Iterable


_VALID = re.compile(r'[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?')
_SEPARATORS = re.compile(r'[-_.]+')


def is_valid_name(name: str) -> bool:
    """Tell whether a name may name a distribution at all (PyPA "Names and normalization")."""
    return _VALID.fullmatch(name) is not None


def normalize_name(name: str) -> str:
    """Return the PEP 503 form of a name: lower case, every run of `-`, `_` and `.` one dash.

    ```python
    assert normalize_name('Genkit_Plugin..Groq') == 'genkit-plugin-groq'
    ```
    """
    return _SEPARATORS.sub('-', name).lower()


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt one probably meant, or None when none is near."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    matches = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" with a leading space, or an empty string when nothing is near."""
    near = nearest_name(name, known)
    return f' Did you mean {near!r}?' if near else ''


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not one.

    ```python
    assert counted(1, 'file') == '1 file'
    assert counted(0, 'new project') == '0 new projects'
    ```
    """
    return f'{number} {noun}' if number == 1 else f'{number} {noun}s'


def verb(number: int) -> str:
    """Return `is` for one, `are` for all other numbers."""
    return 'is' if number == 1 else 'are'
