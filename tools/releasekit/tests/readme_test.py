# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The README is true: its commands print what it shows, its table holds every rule, its defaults are the defaults."""

import re
import shlex
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest
from releasekit.checks.catalogue import RULES
from releasekit.cli import main
from releasekit.model.configuration import Configuration


README = Path(__file__).parent.parent / 'README.md'
BLOCK = re.compile(r'^```(\w+)\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def blocks(language):
    return [text for name, text in BLOCK.findall(README.read_text(encoding='utf-8')) if name == language]


def run(line):
    command, *arguments = shlex.split(line)
    if command == 'rm':
        Path(arguments[0]).unlink()
        return
    assert command == 'releasekit'
    main(arguments)


@pytest.mark.parametrize('block', blocks('console'))
def test_a_session_prints_what_the_readme_shows(good, monkeypatch, capsys, block):
    monkeypatch.chdir(good.root)
    printed = ''
    for line in block.splitlines():
        if line.startswith('$ '):
            run(line[2:])
            printed += f'{line}\n{capsys.readouterr().out}'
    assert printed == block


@pytest.mark.parametrize('line', [line for block in blocks('bash') for line in block.splitlines()])
def test_a_command_of_the_readme_runs(good, monkeypatch, line):
    monkeypatch.chdir(good.root)
    command, *arguments = shlex.split(line)
    assert command == 'releasekit'
    assert main([*arguments, '--skip', 'lock-current'] if 'check' in arguments else arguments) == 0


def test_the_defaults_are_those_of_the_code():
    (block,) = blocks('toml')
    written = tomllib.loads(block)['tool']['releasekit']
    defaults = {name.replace('_', '-'): value for name, value in asdict(Configuration()).items()}
    assert {name: tuple(value) if isinstance(value, list) else value for name, value in written.items()} == defaults


def test_the_table_of_rules_is_complete():
    rows = ['| rule | severity | scope | fix | asks for |', '|---|---|---|---|---|']
    for rule in RULES:
        fix = 'yes' if rule.is_fixable else ''
        rows.append(f'| `{rule.id}` | {rule.severity} | {", ".join(rule.scopes)} | {fix} | {rule.summary} |')
    table = README.read_text(encoding='utf-8').split('<!-- rules: begin -->\n')[1].split('<!-- rules: end -->')[0]
    assert table == '\n'.join(rows) + '\n'
