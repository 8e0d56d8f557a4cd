# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Docstrings, comments and pages use plain, idiomatic English: each listed phrase has a plainer replacement.

Texts of the program itself, such as error messages, are not looked at.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from ..finding import Finding  # noqa: TID252  (beside the other rules)
from ..tree import files, place  # noqa: TID252  (beside the other rules)


SOURCES = ('core/src/**/*.py', 'plugins/*/src/**/*.py', 'tools/*/src/**/*.py')
PAGES = ('docs/**/*.md', '**/README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'tools/*/src/**/*.txt')

# A phrase, as a regular expression, and what to write.
PLAINLY = {
    'unless stated': 'write "Default: …."',
    'unless (?:said|told) otherwise': 'write "by default"',
    '(?:is|are|be|been|was|were) told': 'write "receives", "is called with", "is sent to" or "is notified of"',
    'somebody': 'name the caller, the client, the application, the model or the provider',
    'whoever': 'name the caller, the client, the application, the model or the provider',
    'the ones? who': 'name the caller, the client, the application, the model or the provider',
    'who is asking': 'write "the caller" or "authentication data"',
    'heed(?:s|ed|ing)?': 'write "follow", "use" or "take effect"',
    'anew': 'write "again", or the verb alone',
    'likewise': 'write "the same", or repeat what is meant',
    'as late as that': 'write "on first use"',
    'has it that': 'write "says that"',
    'for want of': 'write "without"',
    r'floors? \d+': 'write "layer"',
}
_PHRASES = re.compile('|'.join(rf'\b({phrase})\b' for phrase in PLAINLY).replace(' ', r'\s+'), re.IGNORECASE)
_REMEDIES = tuple(PLAINLY.values())


def check(root: Path) -> list[Finding]:
    return [
        *(found for path in files(root, *SOURCES) for found in _in_source(place(root, path), path.read_text('utf-8'))),
        *(found for path in files(root, *PAGES) for found in _in_text(place(root, path), 1, path.read_text('utf-8'))),
    ]


def _in_source(where: str, source: str) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from _in_text(where, node.lineno, node.value.value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield from _in_text(where, token.start[0], token.string)


def _in_text(where: str, first_line: int, text: str) -> Iterator[Finding]:
    for found in _PHRASES.finditer(text):
        line = first_line + text.count('\n', 0, found.start())
        said = ' '.join(found.group().split())
        yield Finding(f'{where}:{line}', f'says {said!r}', _REMEDIES[(found.lastindex or 1) - 1])
