# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Exit codes, and the catalogue of error codes, which stands in `codes.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


OK = 0
FINDINGS = 1
CONFIGURATION = 3
PARTIAL = 5
AMBIGUOUS = 6
LOCK_HELD = 7
INTERNAL = 70
INTERRUPTED = 130

EXIT_CODES = {
    OK: 'ok',
    FINDINGS: 'findings: an error of `check` or `doctor`, a plan with problems, plans that differ, no order, no chain',
    2: 'usage: an unknown command, option, member, rule or code',
    CONFIGURATION: 'the workspace or its configuration cannot be read',
    4: 'refused: the repository, the plan or the lock is not as it must be',
    PARTIAL: 'partial: not everything is published; the same command goes on',
    AMBIGUOUS: 'ambiguous: a person has to look',
    LOCK_HELD: 'another run holds the lock',
    INTERNAL: 'a fault of releasekit itself: what it was asked for is neither done nor refused',
    INTERRUPTED: 'interrupted',
}


@dataclass(frozen=True)
class Code:
    """One kind of error; `id` begins with `RK-` and never changes its meaning."""

    id: str
    exit_code: int
    summary: str
    meaning: str
    way_out: str


@cache
def codes() -> dict[str, Code]:
    """Return the catalogue, by id."""
    entries = tomllib.loads(Path(__file__).with_suffix('.toml').read_text(encoding='utf-8')).items()
    return {
        id_: Code(id_, entry['exit'], entry['summary'], entry['meaning'], entry['way-out']) for id_, entry in entries
    }
