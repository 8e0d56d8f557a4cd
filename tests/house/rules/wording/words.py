# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""No file names the machine it was written on, or the host that packages came from."""

import re
from collections.abc import Iterator
from pathlib import Path

from ..finding import Finding  # noqa: TID252  (beside the other rules)
from ..tree import files, place  # noqa: TID252  (beside the other rules)


GENERATED = ('uv.lock',)

# Put together here, so that this file may be read by its own rule.
MACHINE_FOLDERS = tuple(f'/{name}' for name in ('work/', 'root/', 'tmp/uvboot'))
REGISTRY_HOSTS = tuple(
    '.'.join(parts) for parts in (('pypi', 'org'), ('files', 'pythonhosted', 'org'), ('registry', 'npmjs', 'org'))
)

_MACHINE = re.compile(rf'(?<![\w.-])(?:{"|".join(map(re.escape, MACHINE_FOLDERS))})')
_REGISTRY = re.compile('|'.join(map(re.escape, REGISTRY_HOSTS)))


def check(root: Path) -> list[Finding]:
    return [
        finding
        for path in files(root)
        if path.name not in GENERATED
        for finding in _lines(place(root, path), path.read_bytes().decode('utf-8', errors='replace'))
    ]


def _lines(where: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _MACHINE.search(line):
            yield Finding(f'{where}:{number}', f'names {found.group()}, a folder of one machine', 'use a relative path')
        if found := _REGISTRY.search(line):
            yield Finding(
                f'{where}:{number}', f'names the host {found.group()}', "leave it to the client's configuration"
            )
