# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every sample imports: what it needs is declared, and nothing runs before `main` is called."""

import importlib.util
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[2]
MAINS = sorted(ROOT.glob('samples/*/main.py'))


@pytest.mark.parametrize('path', MAINS, ids=lambda path: path.parent.name)
def test_the_sample_imports(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(path.parent))
    known = set(sys.modules)
    spec = importlib.util.spec_from_file_location(f'sample_{path.parent.name}', path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert callable(module.main)
    for name in set(sys.modules) - known:
        file = getattr(sys.modules[name], '__file__', None)
        if file and Path(file).parent == path.parent:
            del sys.modules[name]


def test_there_are_samples():
    assert MAINS
