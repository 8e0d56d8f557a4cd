# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A workflow runs the code that was read: actions are named by commit, beside the version that a human can read."""

import re
from collections.abc import Iterator
from pathlib import Path

from .finding import Finding
from .tree import files, place


WORKFLOWS = ('.github/workflows/*.yml', '.github/workflows/*.yaml')

_USES = re.compile(r'^(?!\s*#).*?\buses[\'"]?\s*:\s*(.+?)\s*$')
_PINNED = re.compile(r'[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40}\s+# v\d+(?:\.\d+)*')


def check(root: Path) -> list[Finding]:
    return [
        finding for path in files(root, *WORKFLOWS) for finding in _lines(place(root, path), path.read_text('utf-8'))
    ]


def _lines(where: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        found = _USES.match(line)
        if found and not found[1].startswith('./') and not _PINNED.fullmatch(found[1]):
            yield Finding(
                f'{where}:{number}',
                f'uses `{found[1]}`, which may become something else',
                'name the full commit and its version: `owner/action@<40 digits> # v1.2.3`',
            )
