# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every option and every member of a run's context stands in the table of the page that tells of it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from genkit import ActionRunContext, CallOptions, GenerateOptions, ToolRunContext

from .blocks_test import ROOT


# What the SDK itself does to a run.
_OF_THE_SDK = {'abort', 'adopt', 'cancel_adopted', 'redirect_chunks'}


def named_in_tables(page: Path) -> set[str]:
    """Return the names in the first column of a page's tables."""
    rows = re.findall(r'^\| (`.*?`) \|', page.read_text('utf-8'), re.MULTILINE)
    return {name for row in rows for name in re.findall(r'`(\w+)', row)}


def members(context: type[ActionRunContext]) -> set[str]:
    return {name for name in dir(context) if not name.startswith('_')} - _OF_THE_SDK


@pytest.mark.parametrize(
    ('page', 'expected'),
    [
        ('generate.md', lambda: set(GenerateOptions.__annotations__)),
        ('flows.md', lambda: set(CallOptions.__annotations__)),
        ('flows.md', lambda: members(ActionRunContext) | members(ToolRunContext)),
    ],
)
def test_each_has_a_row(page: str, expected: Callable[[], set[str]]) -> None:
    assert expected() - named_in_tables(ROOT / 'docs/guide' / page) == set()


def test_a_row_may_name_several_with_or_without_parentheses(tmp_path: Path) -> None:
    page = tmp_path / 'page.md'
    page.write_text('| option | is |\n|---|---|\n| `one`, `two(x)` | as `three` |\n', 'utf-8')
    assert named_in_tables(page) == {'one', 'two'}
