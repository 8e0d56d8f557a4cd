# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from scaffold.matrix import matrix, stale_matrix


ROOT = Path(__file__).parents[3]


def entry(task: str = 'chat', *extras: str, constrained: str | None = None, **supports: bool) -> Any:
    can = {'media': False, 'tools': False, 'tool_choice': False, 'system_role': False, **supports}
    return SimpleNamespace(task=task, supports=SimpleNamespace(constrained=constrained, **can), extras=extras)


def test_a_row_says_how_many_models_of_each_plugin_can_do_it():
    parrot = SimpleNamespace(
        name='parrot', models=[entry('chat', 'pdf', tools=True, constrained='all'), entry(tools=True), entry('image')]
    )
    crow = SimpleNamespace(name='crow', models=[entry(constrained='none')])
    rows = [[cell.strip() for cell in line.split('|')[1:-1]] for line in matrix([parrot, crow]).splitlines()]
    assert rows[:1] == [['', '`crow/…`', '`parrot/…`']]
    assert rows[2:] == [
        ['models for chat', '1', '2'],
        ['models for image', '', '1'],
        ['media', '', ''],
        ['tools', '', 'all'],
        ['tool choice', '', ''],
        ['system', '', ''],
        ['structured output', '', '1 of 2'],
        ['pdf', '', '1 of 2'],
    ]


def test_the_page_is_up_to_date_and_none_is_made_where_there_is_none(tmp_path: Path):
    assert list(stale_matrix(ROOT)) == []
    assert list(stale_matrix(tmp_path)) == []
