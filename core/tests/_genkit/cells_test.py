# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a cell of a notebook has defined may be defined again by a cell."""

from collections.abc import Callable
from typing import Any

import genkit
import pytest
from genkit import Genkit, GenkitError


AGAIN_FORMAT = "ai.define_format(genkit.FormatDef(name='S', handle=len))"
AGAIN_MIDDLEWARE = """\
from genkit.middleware import BaseMiddleware
class Checks(BaseMiddleware):
    name = 'checks'
ai.define_middleware(Checks)
"""
AGAIN_BY_A_FUNCTION = """\
def define():
    ai.define_json_schema('S', {'type': 'object', 'title': str(object())})
define()
"""


@pytest.fixture
def ai() -> Genkit:
    return Genkit()


@pytest.fixture
def cell(ai: Genkit) -> Callable[[str, str], None]:
    names: dict[str, Any] = {'__name__': '__main__', '__file__': __file__, 'ai': ai, 'genkit': genkit}

    def run(source: str, place: str = '/tmp/ipykernel_1/2.py') -> None:
        exec(compile(source, place, 'exec'), names)

    return run


@pytest.mark.parametrize(
    ('first', 'second'),
    [
        ("ai.define_json_schema('S', {'type': 'object'})", "ai.define_json_schema('S', {'type': 'string'})"),
        ("ai.define_schema('S', list[int])", "ai.define_schema('S', list[str])"),
        ("class Soup: ...\nai.define_schema('S', Soup)", "class Meal: ...\nai.define_schema('S', Meal)"),
        (AGAIN_FORMAT, AGAIN_FORMAT),
        (AGAIN_MIDDLEWARE, AGAIN_MIDDLEWARE),
        (AGAIN_BY_A_FUNCTION, AGAIN_BY_A_FUNCTION),
    ],
)
def test_the_last_definition_counts(cell: Callable[..., None], first: str, second: str) -> None:
    cell(first)
    cell(second, '<ipython-input-3>')
    cell(first, '<stdin>')


def test_a_script_defines_a_name_once(cell: Callable[..., None]) -> None:
    for _ in range(2):
        cell("ai.define_json_schema('S', {'type': 'object'})", __file__)
    with pytest.raises(GenkitError, match='registered already'):
        cell("ai.define_json_schema('S', {'type': 'string'})", __file__)


def test_a_cell_does_not_take_the_name_of_a_module(ai: Genkit, cell: Callable[..., None]) -> None:
    ai.define_json_schema('S', {'type': 'object'})
    for _ in range(2):
        with pytest.raises(GenkitError, match='registered already'):
            cell("ai.define_json_schema('S', {'type': 'string'})")


def test_a_module_does_not_take_the_name_of_a_cell(ai: Genkit, cell: Callable[..., None]) -> None:
    cell("ai.define_json_schema('S', {'type': 'object'})")
    with pytest.raises(GenkitError, match='registered already'):
        ai.define_json_schema('S', {'type': 'string'})
    cell("ai.define_json_schema('S', {'type': 'string'})")
