# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every Python block of the README and of docs/ is right for a type checker, as it would be in a reader's editor.

The blocks of a page are one asynchronous function, in order, as `blocks_test` runs them.
"""

import json
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from .blocks_test import ROOT, SKIPPED, blocks_of, write_files


# Mistakes that a page shows on purpose: the page, what pyright says of them, and why they stand there.
DELIBERATE: Sequence[tuple[str, str, str]] = (
    (
        'docs/guide/errors.md',
        'cannot be assigned to parameter "given" of type "Login"',
        'what a caller sends is refused',
    ),
    ('docs/guide/flows.md', '"Literal[\'many\']" cannot be assigned to parameter "guests"', 'an input is refused'),
    ('docs/guide/generate.md', 'No overloads for "generate"', 'an unknown option is refused'),
    ('docs/guide/plugins.md', '"list[type[Zoo]]" cannot be assigned to parameter "plugins"', 'a class is no plugin'),
)

# A page defines a name again where it shows another way to do the same.
SETTINGS: Mapping[str, object] = {
    'pythonVersion': '3.11',
    'typeCheckingMode': 'basic',
    'reportRedeclaration': 'none',
    'reportMissingModuleSource': 'none',
}


def pages() -> list[Path]:
    """Return the pages of docs/ and the README that hold Python blocks."""
    found = [ROOT / 'README.md', *ROOT.glob('docs/**/*.md')]
    visible = (page for page in found if not any(part in SKIPPED for part in page.relative_to(ROOT).parts))
    return sorted(page for page in visible if blocks_of(page.read_text(encoding='utf-8')))


def as_module(text: str) -> str:
    """Return the blocks of a page as a module, each line where it stands in the page."""
    lines = ['async def page() -> None:']
    for line, source in blocks_of(text):
        lines += [''] * (line - len(lines))
        lines += textwrap.indent(source, '    ').splitlines()
    return '\n'.join(lines) + '\n'


def complaints(texts: Mapping[str, str], folder: Path) -> list[tuple[str, str]]:
    """Return what pyright has against pages: the page with the line, and the words."""
    names: dict[Path, str] = {}
    for page, text in texts.items():
        room = folder / page.replace('/', '-').removesuffix('.md')
        room.mkdir()
        write_files(text, room)
        (room / 'page.py').write_text(as_module(text), encoding='utf-8')
        names[room / 'page.py'] = page
    roots = [{'root': str(path.parent)} for path in names]
    settings = {**SETTINGS, 'include': [str(path) for path in names], 'executionEnvironments': roots}
    (folder / 'pyrightconfig.json').write_text(json.dumps(settings), encoding='utf-8')
    command = [sys.executable, '-m', 'pyright', '--outputjson', '--pythonpath', sys.executable, '-p', str(folder)]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200, check=False)
    assert ran.stdout.startswith('{'), ran.stdout + ran.stderr
    report = json.loads(ran.stdout)
    assert report['summary']['filesAnalyzed'] >= len(texts), report['summary']
    return [
        (f'{names[Path(found["file"])]}:{found["range"]["start"]["line"] + 1}', found['message'])
        for found in report['generalDiagnostics']
        if found['severity'] == 'error' and Path(found['file']) in names  # and not in a file that a page writes
    ]


@pytest.mark.timeout(240)
def test_every_block_of_the_documentation_passes_the_type_checker(tmp_path: Path):
    texts = {page.relative_to(ROOT).as_posix(): page.read_text(encoding='utf-8') for page in pages()}
    left = list(DELIBERATE)
    found: list[str] = []
    for place, message in complaints(texts, tmp_path):
        known = next((each for each in left if place.startswith(f'{each[0]}:') and each[1] in message), None)
        if known is None:
            found.append(f'{place} {message}')
        else:
            left.remove(known)
    assert not found, f'{len(found)} complaints:\n' + '\n'.join(found)
    assert not left, f'No longer wrong, so no longer to be listed: {left}'


@pytest.mark.timeout(120)
def test_a_wrong_block_is_found_at_its_line(tmp_path: Path):
    text = 'Words.\n\n```python\nvalue: int = 1\n```\n\n```python\nawait value\nprint(value + "x")\n```\n'
    assert [place for place, _ in complaints({'a.md': text}, tmp_path)] == ['a.md:8', 'a.md:9']
