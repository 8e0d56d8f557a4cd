# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Counts in words: one file, two files."""


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
