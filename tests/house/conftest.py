# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The project that the rules are applied to, and small trees that break them or hold them."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest


Tree = Callable[[dict[str, str]], Path]


@pytest.fixture(scope='session')
def project() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """Builds a project from the texts of its files, every time in a folder of its own."""

    def build(texts: dict[str, str]) -> Path:
        root = tmp_path_factory.mktemp('project')
        for place, text in texts.items():
            path = root / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text).lstrip('\n'), 'utf-8')
        return root

    return build
