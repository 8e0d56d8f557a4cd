# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Printing to terminals and to pipes."""

import io
import json

import pytest
from releasekit.ui.screen import Branch, Screen


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


TREE = Branch('a', [Branch('b', [Branch('c')]), Branch('d [x]')])


@pytest.fixture
def coloured(monkeypatch):
    monkeypatch.delenv('NO_COLOR', raising=False)
    monkeypatch.setenv('TERM', 'xterm')
    monkeypatch.setenv('COLUMNS', '80')


def test_a_pipe_gets_plain_text():
    stream = io.StringIO()
    screen = Screen(stream)
    screen.line('red', 'red')
    screen.table(('a', 'long heading'), [('value', 'x'), ('v', '')])
    screen.tree(TREE)
    assert stream.getvalue().splitlines() == [
        'red',
        'a      long heading',
        'value  x',
        'v',
        'a',
        '├── b',
        '│   └── c',
        '└── d [x]',
    ]


def test_a_terminal_gets_colours_and_boxes(coloured):
    stream = Terminal()
    screen = Screen(stream)
    screen.line('red', 'red')
    screen.table(('a',), [('[bold]value',)])
    screen.tree(TREE)
    text = stream.getvalue()
    assert '\x1b[31mred' in text
    assert '┃' in text
    assert '[bold]value' in text
    assert 'd [x]' in text


@pytest.mark.parametrize(('name', 'value'), [('NO_COLOR', '1'), ('TERM', 'dumb')])
def test_a_terminal_that_wants_no_colours_gets_none(coloured, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    stream = Terminal()
    Screen(stream).line('red', 'red')
    assert stream.getvalue() == 'red\n'


def test_a_table_without_rows_is_its_headings():
    stream = io.StringIO()
    Screen(stream).table(('a', 'b'), [])
    assert stream.getvalue() == 'a  b\n'


def test_json_begins_with_its_schema():
    stream = io.StringIO()
    Screen(stream).json('releasekit.x/1', {'é': 1})
    assert stream.getvalue() == '{\n  "schema": "releasekit.x/1",\n  "é": 1\n}\n'


@pytest.mark.parametrize('stream', [io.StringIO(), Terminal()])
def test_what_acts_on_a_terminal_is_printed_nowhere(coloured, stream):
    hostile = 'a\x1b[2Jb\u202ec\x9bd'
    screen = Screen(stream)
    screen.line(hostile)
    screen.line(hostile, 'red')
    screen.table(('x',), [(hostile,)])
    screen.tree(Branch(hostile, [Branch(hostile)]))
    screen.json('releasekit.x/1', {'said': hostile})
    text = stream.getvalue()
    assert not {'\u202e', '\x9b'} & set(text)
    assert '\x1b[2J' not in text


def test_a_document_keeps_what_acts_as_escapes():
    stream = io.StringIO()
    Screen(stream).json('releasekit.x/1', {'said': 'a\x1b[2Jb\u202ec\x9bd\n'})
    assert json.loads(stream.getvalue())['said'] == 'a\x1b[2Jb\u202ec\x9bd\n'


def test_a_text_is_as_it_is_for_a_program_and_safe_on_a_terminal():
    text = '{"path": "a\u202eb"}\n'
    pipe, terminal = io.StringIO(), Terminal()
    Screen(pipe).text(text)
    Screen(terminal).text(text)
    assert pipe.getvalue() == text
    assert terminal.getvalue() == '{"path": "a\\u202eb"}\n'
