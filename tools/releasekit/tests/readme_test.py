# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The README is true: its commands print what it shows, its tables are complete, its defaults are the defaults."""

import re
import shlex
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from releasekit.checks.catalogue import RULES
from releasekit.cli import main
from releasekit.model.codes import EXIT_CODES
from releasekit.model.configuration import Configuration
from releasekit.model.manifest import Manifest
from releasekit.workspace.configure import read_configuration


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


@pytest.fixture
def story(clone, monkeypatch):
    """A clone with some news, in which nobody is."""
    clone.tag_built('genkit-plugin-open-ai', '1.0.0', 'genkit>=1.0.0,<2')
    clone.commit('fix(core): usage of streams', 'core/src/genkit/usage.txt')
    clone.commit('fix(kit): a leak', 'tools/kit/x')
    clone.commit('feat(core)!: streams end by themselves', 'core/src/genkit/streams.txt')
    monkeypatch.chdir(clone.root)
    return clone


def without_hashes(text):
    return re.sub(r'\b[0-9a-f]{7,12}\b', '#', text)


@pytest.mark.parametrize('block', blocks('console'))
def test_a_session_prints_what_the_readme_shows(good, story, monkeypatch, capsys, block):
    monkeypatch.chdir(story.root if re.search(r'releasekit (plan|version)', block) else good.root)
    printed = ''
    for line in block.splitlines():
        if line.startswith('$ '):
            run(line[2:])
            printed += f'{line}\n{capsys.readouterr().out}'
    assert without_hashes(printed) == without_hashes(block)


@pytest.mark.parametrize('line', [line for block in blocks('bash') for line in block.splitlines()])
def test_a_command_of_the_readme_runs(story, line):
    command, *arguments = shlex.split(line)
    assert command == 'releasekit'
    assert main([*arguments, '--skip', 'lock-current'] if 'check' in arguments else arguments) == 0


def configuration(block):
    return read_configuration(Manifest(README, 'README.md', block, tomllib.loads(block)))


def is_table(name):
    return isinstance(getattr(Configuration(), name), dict)


def test_the_defaults_are_those_of_the_code():
    defaults, _ = blocks('toml')
    assert configuration(defaults) == Configuration()
    scalars = {field.name.replace('_', '-') for field in fields(Configuration) if not is_table(field.name)}
    assert set(tomllib.loads(defaults)['tool']['releasekit']) == scalars


def test_the_tables_of_the_configuration_are_all_shown():
    _, tables = blocks('toml')
    found = configuration(tables)
    assert all(getattr(found, field.name) for field in fields(Configuration) if is_table(field.name))


def table_of(name):
    return README.read_text(encoding='utf-8').split(f'<!-- {name}: begin -->\n')[1].split(f'<!-- {name}: end -->')[0]


def test_the_table_of_exit_codes_is_complete():
    rows = [
        '| exit code | meaning |',
        '|---|---|',
        *(f'| {code} | {meaning} |' for code, meaning in EXIT_CODES.items()),
    ]
    assert table_of('exit codes') == '\n'.join(rows) + '\n'


def test_the_table_of_rules_is_complete():
    rows = ['| rule | severity | scope | fix | asks for |', '|---|---|---|---|---|']
    for rule in RULES:
        fix = 'yes' if rule.is_fixable else ''
        rows.append(f'| `{rule.id}` | {rule.severity} | {", ".join(rule.scopes)} | {fix} | {rule.summary} |')
    assert table_of('rules') == '\n'.join(rows) + '\n'
