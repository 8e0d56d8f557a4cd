# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The README is true: its commands print what it shows, its tables are complete, its defaults are the defaults."""

import os
import re
import shlex
import subprocess
import sys
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


@pytest.fixture
def shell(clone, uv, monkeypatch, tmp_path):
    """A released workspace with a remote, and a shell in it that knows the commands of the page."""
    for folder, module in (('core', 'genkit'), ('plugins/open-ai', 'genkit_open_ai'), ('tools/kit', 'kit')):
        table = f'\n[tool.hatch.build.targets.wheel]\npackages = ["src/{module}"]\n'
        clone.append(f'{folder}/pyproject.toml', table)
    clone.write('.gitignore', 'plan.json\n')
    monkeypatch.delenv('UV_OFFLINE')
    subprocess.run([uv, 'lock', '--quiet'], cwd=clone.root, check=True)
    clone.commit('build: say what a wheel holds')
    for name in clone.git('tag').split():
        clone.git('tag', '--force', name)
    clone.git('init', '--quiet', '--bare', str(tmp_path / 'remote.git'))
    clone.git('remote', 'add', 'origin', str(tmp_path / 'remote.git'))
    clone.git('push', '--quiet', 'origin', 'main')
    people = {f'GIT_{role}_{key}': 'ada@house.test' for role in ('AUTHOR', 'COMMITTER') for key in ('NAME', 'EMAIL')}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ['PATH']))
    environment = os.environ | people | {'PATH': path, 'RELEASEKIT_CACHE': str(tmp_path / 'cache')}

    def type_in(line):
        return subprocess.run(
            ['bash', '-c', line], cwd=clone.root, env=environment, capture_output=True, text=True, check=False
        )

    return type_in


@pytest.mark.timeout(240)
@pytest.mark.skipif(sys.platform == 'win32', reason='the page is typed into bash')
def test_the_way_from_commit_to_tag_is_the_one_of_the_readme(clone, shell):
    """It is slow because it is the whole way: four releases, each built, proved, published and tagged."""
    news = {1: 'fix(kit): a leak', 2: 'feat(kit): a lid', 3: 'fix(kit): a crack', 4: 'fix(kit): a scratch'}
    pages = blocks('sh')
    assert len(pages) == 6
    for number, page in enumerate(pages):
        if number in news:
            shell('git switch --quiet main')
            clone.commit(news[number], f'tools/kit/src/kit/news{number}.txt')
            assert shell('git push --quiet origin main').returncode == 0
        for line in page.splitlines():
            done = shell(line.replace('INDEX', 'local'))
            assert done.returncode == 0, f'{line}\n{done.stdout}{done.stderr}'
    sent = shell('git ls-remote --tags origin').stdout
    assert {'kit-v1.0.1', 'kit-v1.1.0', 'kit-v1.0.2', 'kit-v1.1.1rc1'} == set(re.findall(r'refs/tags/([^\s^]+)', sent))


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
    rows = ['| rule | profile | severity | scope | fix | asks for |', '|---|---|---|---|---|---|']
    for rule in RULES:
        fix = 'yes' if rule.is_fixable else ''
        rows.append(
            f'| `{rule.id}` | {rule.profile} | {rule.severity} | {", ".join(rule.scopes)} | {fix} | {rule.summary} |'
        )
    assert table_of('rules') == '\n'.join(rows) + '\n'
