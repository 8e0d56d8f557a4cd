# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest
from scaffold.cli import main
from scaffold.older_stubs import HOME, stale_stubs, stubs


ROOT = Path(__file__).parents[3]


def test_the_stubs_of_this_project_are_up_to_date():
    assert list(stale_stubs(ROOT)) == []


def test_every_module_of_the_table_has_a_stub():
    from genkit import _aliases

    made = stubs()
    for module, homes in _aliases.MODULES.items():
        if not module.startswith('genkit.'):
            continue  # a package of its own, for which there is no place here
        text = made[f'{module.removeprefix("genkit.").replace(".", "/")}/__init__.pyi']
        assert [home for home in homes if f'from {home} import *' not in text] == []
    assert 'from genkit_google_genai._older import *' in made['plugins/google_genai/models/gemini/__init__.pyi']


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / 'core/src/genkit').mkdir(parents=True)
    (tmp_path / 'plugins').mkdir()
    return tmp_path


def test_a_stub_that_is_missing_changed_or_left_over_is_noticed(root: Path, capsys: pytest.CaptureFixture[str]):
    assert main(['--root', str(root), 'tables', '--check']) == 1
    assert main(['--root', str(root), 'tables']) == 0
    assert main(['--root', str(root), 'tables', '--check']) == 0
    (root / HOME / 'ai/__init__.pyi').write_text('')
    (root / HOME / 'gone.pyi').write_text('')
    assert main(['--root', str(root), 'tables', '--check']) == 1
    assert f'{HOME}/ai/__init__.pyi: the stub is not what the package says; run bin/fix' in capsys.readouterr().err
    assert main(['--root', str(root), 'tables']) == 0
    assert not (root / HOME / 'gone.pyi').exists()
    assert list(stale_stubs(root)) == []
