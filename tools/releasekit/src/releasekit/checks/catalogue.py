# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every rule, in the order in which `check --list` shows them."""

from releasekit.checks.rule import Rule
from releasekit.checks.rules import (
    classifiers,
    code,
    dependencies,
    files,
    index,
    leftovers,
    metadata,
    naming,
    workspace,
)


RULES: tuple[Rule, ...] = (
    *workspace.RULES,
    *files.RULES,
    *naming.RULES,
    *metadata.RULES,
    *classifiers.RULES,
    *index.RULES,
    *dependencies.RULES,
    *code.RULES,
    *leftovers.RULES,
)
