# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The command line: arguments in, exit code out."""

from conform.cli.program import main


__all__ = ['main']
