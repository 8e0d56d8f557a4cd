# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from scaffold.cli import main
from scaffold.tables import END, START, stale_readmes, table, with_table


ROOT = Path(__file__).parents[3]


def entry(name: str, extras: tuple[str, ...] = (), constrained: str | None = None, dimensions: int | None = None):
    can = SimpleNamespace(media=False, tools=True, tool_choice=False, system_role=True, constrained=constrained)
    return SimpleNamespace(name=name, task='chat', supports=can, extras=frozenset(extras), dimensions=dimensions)


def test_a_table_says_what_each_model_can_do():
    models = [entry('grey', ('reasoning', 'pdf'), 'no-tools'), entry('blue', dimensions=64)]
    assert table([SimpleNamespace(name='parrot', models=models)]).splitlines()[2:] == [
        '| `parrot/grey` | chat |  | yes |  | yes | without tools | pdf, reasoning |',
        '| `parrot/blue` | chat |  | yes |  | yes |  | 64 dimensions |',
    ]


def test_a_table_is_added_once_and_then_replaced():
    text = with_table('# parrot\n\nWords.\n', 'one\n')
    assert text == f'# parrot\n\nWords.\n\n## Capabilities\n\n{START}\none\n{END}\n'
    assert with_table(f'{text}\nMore.\n', r'two \1' + '\n') == text.replace('one', r'two \1') + '\nMore.\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    groq = tmp_path / 'plugins' / 'groq'
    groq.mkdir(parents=True)
    (groq / 'README.md').write_text((ROOT / 'plugins/groq/README.md').read_text('utf-8'), 'utf-8')
    return tmp_path


def test_a_capability_that_is_taken_away_is_noticed(root: Path, capsys: pytest.CaptureFixture[str]):
    readme = root / 'plugins/groq/README.md'
    right = readme.read_text('utf-8')
    assert list(stale_readmes(root)) == []
    readme.write_text(re.sub(r'(qwen3-32b` \| chat \|  \|) yes', r'\1 ', right), 'utf-8')
    assert main(['--root', str(root), 'tables', '--check']) == 1
    assert 'plugins/groq/README.md: the table is not what the package says; run bin/fix' in capsys.readouterr().err
    assert main(['--root', str(root), 'tables']) == 0
    assert readme.read_text('utf-8') == right
