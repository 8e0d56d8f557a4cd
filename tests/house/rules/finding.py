# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One broken rule: where it is, what is wrong there, and the way out."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f'`{self.place}` {self.problem}: {self.remedy}'


def expect_none(findings: Iterable[Finding]) -> None:
    """Fails with one line a finding, which reads better than a list compared with an empty one."""
    found = sorted(findings)
    if found:
        lines = '\n'.join(f'  {finding}' for finding in found)
        message = f'{len(found)} broken:\n{lines}'
        raise AssertionError(message)
