# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Diagrams, trees and tables of a graph."""

import io
import re

import pytest
from releasekit.commands.graph import graph
from releasekit.ui.graph import FORMATS
from releasekit.ui.screen import Screen


@pytest.fixture
def drawn(empty):
    empty.project('core', 'genkit', more='[project.optional-dependencies]\n\'odd "extra" #1\' = ["end"]\n')
    empty.project('plugins/end', 'end')
    empty.project('plugins/subgraph', 'subgraph', 'genkit', 'end')

    def draw(form):
        stream = io.StringIO()
        FORMATS[form](Screen(stream), graph(empty.root))
        return stream.getvalue()

    return draw


def test_mermaid_quotes_every_label_and_numbers_every_node(drawn):
    assert drawn('mermaid').splitlines() == [
        'flowchart BT',
        '  subgraph level0["level 0"]',
        '    n0["end"]',
        '    n1["genkit"]',
        '  end',
        '  subgraph level1["level 1"]',
        '    n2["subgraph"]',
        '  end',
        '  n1 -. "extra odd #quot;extra#quot; #35;1" .-> n0',
        '  n2 --> n0',
        '  n2 --> n1',
    ]


def test_every_line_of_mermaid_has_a_known_form(drawn):
    known = re.compile(
        r'flowchart BT|  subgraph level\d+\["[^"]*"\]|    n\d+\["[^"]*"\]|  end|  n\d+ (-->|-\. "[^"]*" \.->) n\d+'
    )
    assert all(known.fullmatch(line) for line in drawn('mermaid').splitlines())


def test_dot_quotes_every_name(drawn):
    assert drawn('dot').splitlines() == [
        'digraph workspace {',
        '  rankdir=BT;',
        '  node [shape=box];',
        '  { rank=same; "end"; "genkit"; }',
        '  { rank=same; "subgraph"; }',
        '  "genkit" -> "end" [style=dashed, label="extra odd \\"extra\\" #1"];',
        '  "subgraph" -> "end";',
        '  "subgraph" -> "genkit";',
        '}',
    ]


def test_the_tree_shows_a_subtree_once(drawn, empty):
    empty.project('plugins/top', 'top', 'genkit', 'subgraph')
    assert drawn('tree').splitlines() == [
        'top 1.0.0',
        '├── genkit',
        '│   └── end [extra odd "extra" #1]',
        '└── subgraph',
        '    ├── end',
        '    └── genkit (*)',
    ]


def test_the_table_counts_neighbours(drawn):
    assert drawn('table').splitlines() == [
        'level  name      version  kind    needs        needed by',
        '0      end       1.0.0    plugin  -            2',
        '0      genkit    1.0.0    core    end          1',
        '1      subgraph  1.0.0    plugin  end, genkit  0',
    ]
