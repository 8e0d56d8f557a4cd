# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs every Python block of the documentation, in order, one namespace a page; a block may await at its top level.

A block that begins with ``# name.py`` is also a file beside it, or the end of one, which later blocks may import.
"""

import ast
import asyncio
import inspect
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from genkit import Genkit

from .stand_ins import stood_in


ROOT = Path(__file__).parents[2]
FENCE = re.compile(r'^( *)```python\n(.*?)^\1```', re.DOTALL | re.MULTILINE)
FILE = re.compile(r'# (\w+\.py)\n')
SKIPPED = ('.venv', '.tools', '.nox', 'node_modules')


def blocks_of(text: str) -> list[tuple[int, str]]:
    """Return the Python blocks of a page with the lines they begin on."""
    found: list[tuple[int, str]] = []
    for match in FENCE.finditer(text):
        line = text[: match.start(2)].count('\n')
        found.append((line, inspect.cleandoc('\n' + match.group(2)) + '\n'))
    return found


def pages() -> list[Path]:
    """Return the pages that hold Python blocks: Markdown files, and modules whose docstrings do."""
    candidates = [*ROOT.rglob('*.md'), *ROOT.glob('core/src/**/*.py'), *ROOT.glob('plugins/*/src/**/*.py')]
    visible = (page for page in candidates if not any(part in SKIPPED for part in page.relative_to(ROOT).parts))
    return sorted(page for page in visible if '```python' in page.read_text(encoding='utf-8'))


def write_files(text: str, folder: Path) -> list[str]:
    """Write the files that blocks of a page stand for, and return the names of their modules."""
    written: dict[str, str] = {}
    for _, source in blocks_of(text):
        if found := FILE.match(source):
            written[found[1]] = f'{written.get(found[1], "")}{source}\n\n'
    for name, source in written.items():
        (folder / name).write_text(source, encoding='utf-8')
    return [name.removesuffix('.py') for name in written]


def run_page(page: Path, text: str) -> int:
    """Run the blocks of a page and return how many there were; one that awaits runs in the page's event loop."""
    namespace: dict[str, Any] = {'__name__': '__main__', '__file__': str(page)}  # a script's, not a notebook's
    blocks = blocks_of(text)
    with asyncio.Runner() as runner:
        for line, source in blocks:
            code = compile(
                '\n' * line + source, str(page), 'exec', flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
            )
            if code.co_flags & inspect.CO_COROUTINE:
                runner.run(eval(code, namespace))
            else:
                exec(code, namespace)
        for value in namespace.values():
            if isinstance(value, Genkit):
                runner.run(value.aclose())  # connections end with the loop that they were made in
    return len(blocks)


@pytest.mark.timeout(120)
@pytest.mark.parametrize('page', pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_python_block_of_the_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    text = page.read_text(encoding='utf-8')
    modules = write_files(text, tmp_path)
    for module in modules:
        monkeypatch.delitem(sys.modules, module, raising=False)
    with stood_in(text) as runnable:
        assert run_page(page, runnable) > 0
    for module in modules:
        sys.modules.pop(module, None)


def test_a_block_that_is_wrong_fails(tmp_path: Path):
    text = 'Words.\n\n```python\nvalue = 1\n```\n\n```python\nassert value == 2\n```\n'
    with pytest.raises(AssertionError):
        run_page(tmp_path / 'page.md', text)


def test_a_block_may_await():
    text = '```python\nimport asyncio\n\nawait asyncio.sleep(0)\n```\n'
    assert run_page(Path('page.md'), text) == 1
