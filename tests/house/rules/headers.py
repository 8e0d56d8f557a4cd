# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every Python file begins with the two lines that say whose it is and on what terms."""

import re
from pathlib import Path

from .finding import Finding
from .tree import files, place


HEADER = re.compile(
    r'(?:#![^\n]*\n)?'  # an interpreter
    r'(?:# /// script\n(?:#[^\n]*\n)*?# ///\n\n?)?'  # a script's dependencies
    r'# Copyright \d{4} The Genkit for Python authors\n'
    r'# SPDX-License-Identifier: Apache-2\.0\n'
)


def check(root: Path) -> list[Finding]:
    return [
        Finding(
            place(root, path),
            'begins without the licence header',
            'copy its two lines from core/src/genkit/__init__.py',
        )
        for path in files(root, '**/*.py')
        if not HEADER.match(path.read_text('utf-8'))
    ]
