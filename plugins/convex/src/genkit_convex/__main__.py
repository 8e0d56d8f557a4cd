# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the functions that the plugin calls into a project of Convex: ``python -m genkit_convex PROJECT``."""

import argparse
import sys
from pathlib import Path

from genkit import GenkitError

from genkit_convex.template import write_functions


def main() -> int:
    """Write the functions and say what was written."""
    parser = argparse.ArgumentParser(prog='python -m genkit_convex', description=__doc__)
    parser.add_argument('project', type=Path, help='the folder of the project, which holds the folder convex')
    parser.add_argument('--dimensions', type=int, required=True, help='the number of dimensions of the embedder')
    parser.add_argument('--force', action='store_true', help='replace files that have been changed')
    given = parser.parse_args()
    try:
        written = write_functions(given.project, given.dimensions, force=given.force)
    except GenkitError as error:
        sys.stderr.write(f'{error.message}\n')
        return 1
    for path in written:
        sys.stdout.write(f'{path}\n')
    sys.stdout.write('Deploy them with: npx convex deploy\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
