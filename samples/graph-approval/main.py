# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Writes a post that you review, and goes on where it was, also after a kill."""

import argparse
import sys
from pathlib import Path

from genkit import GenkitError
from reviewing import work


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('topic', nargs='?', default='tea', help='what the post is about; each has a run of its own')
    parser.add_argument('--folder', type=Path, default='.genkit/posts', help='where runs and posts are kept')
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    try:
        work(given.topic, given.folder)
    except (KeyboardInterrupt, EOFError):
        print('\nStart it again to go on.')
        return 130
    except GenkitError as error:
        print(f'graph-approval: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
