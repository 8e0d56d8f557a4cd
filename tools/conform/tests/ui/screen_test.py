# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Printing to terminals and to pipes."""

import io

import pytest
from conform.model.answer import Answer
from conform.model.outcome import Outcome, Report, Result
from conform.model.suite import Case
from conform.ui.files import write_json, write_junit
from conform.ui.screen import Screen
from hypothesis import given
from hypothesis import strategies as st


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    for name in ('NO_COLOR', 'FORCE_COLOR', 'TTY_COMPATIBLE', 'TTY_INTERACTIVE'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('TERM', 'xterm')
    monkeypatch.setenv('COLUMNS', '80')
    return Terminal()


def result(name='t', outcome=Outcome.PASSED, **members):
    return Result('a', Case('m', name), outcome, **members)


def test_a_terminal_gets_a_bar_and_only_what_did_not_pass(terminal):
    screen = Screen(terminal)
    with screen.progress(2) as progress:
        progress.show(result('one'))
        progress.show(result('two', Outcome.FAILED, reason='no'))
    text = terminal.getvalue()
    assert '2/2' in text
    assert 'FAIL  m two (0.00 s)' in text
    assert 'm one' not in text


def test_a_terminal_gets_colours_and_boxes_and_brackets_are_left_alone(terminal):
    screen = Screen(terminal)
    screen.report(Report('native', [result('[bold]x', Outcome.FAILED, reason='[red]no :smile:')], {}, 1.0))
    text = terminal.getvalue()
    assert '┃' in text
    assert '[bold]x' in text
    assert '[red]no :smile:' in text
    assert '\x1b[31mFAIL m' in text


def test_a_pipe_gets_plain_lines_and_nothing_is_cut():
    stream = io.StringIO()
    screen = Screen(stream)
    with screen.progress(1) as progress:
        progress.show(result('n' * 300, seconds=1.25))
    assert stream.getvalue() == f'pass  m {"n" * 300} (1.25 s)\n'


def test_two_tests_of_one_name_are_both_in_the_table():
    stream = io.StringIO()
    Screen(stream).report(Report('native', [result(), result(outcome=Outcome.FAILED)], {}, 0.0))
    assert stream.getvalue().splitlines()[1:3] == ['a  m', 't  pass FAIL']


def test_nothing_run_is_said():
    stream = io.StringIO()
    Screen(stream).report(Report('native', [], {'b': 'no spec', 'c': 'no spec'}, 0.0))
    assert stream.getvalue().splitlines() == ['skipped, no spec: b, c', '', 'nothing was run in 0.0 s (native)']


@given(st.text(), st.text())
def test_whatever_models_and_reasons_are_called_the_xml_is_well_formed(tmp_path_factory, name, reason):
    from xml.etree import ElementTree as ET

    path = tmp_path_factory.getbasetemp() / 'report.xml'
    write_junit(path, Report('native', [result(name, Outcome.FAILED, reason=reason)], {}, 0.0))
    assert len(ET.parse(path).getroot().findall('.//failure')) == 1


def test_reports_cut_pictures_and_keep_secrets_out(tmp_path):
    import json

    response = {'message': {'content': [{'media': {'url': 'data:' + 'A' * 10_000}}]}, 'custom': {'apiKey': 'k-1'}}
    report = Report('native', [result(answer=Answer(response, [{'apiKey': 'k-2'}]))], {}, 0.0)
    write_json(tmp_path / 'report.json', report)
    text = (tmp_path / 'report.json').read_text(encoding='utf-8')
    assert len(text) < 6000
    assert 'k-1' not in text
    assert 'k-2' not in text
    url = json.loads(text)['cases'][0]['response']['message']['content'][0]['media']['url']
    assert url.endswith('… (10005 characters)')
