# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The command line: ``bin/new plugin NAME --kind model|store|evaluator|web``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scaffold.plugin import Kind, ScaffoldError, write_plugin


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0, or 2 if nothing was written."""
    given = _parser().parse_args(arguments)
    try:
        folder = write_plugin(given.root, given.name, Kind(given.kind), given.base_url)
    except ScaffoldError as error:
        sys.stderr.write(f'{error}\n')
        return 2
    sys.stdout.write(f'{folder.relative_to(given.root).as_posix()}\n')
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='bin/new', description='Writes a new package of this workspace.')
    parser.add_argument('--root', type=Path, default=Path.cwd(), help='the workspace; where you are unless stated')
    packages = parser.add_subparsers(required=True, metavar='plugin')
    plugin = packages.add_parser('plugin', help='a plugin with tests that pass')
    plugin.add_argument('name', help='such as cloud-sql-pg: the distribution is genkit-plugin-<name>')
    plugin.add_argument('--kind', choices=[str(kind) for kind in Kind], required=True, help='what it is for')
    plugin.add_argument('--base-url', help='where the provider or the store is')
    return parser
