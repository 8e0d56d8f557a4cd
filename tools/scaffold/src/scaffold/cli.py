# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The command line: ``scaffold plugin NAME --kind KIND``, ``scaffold sample NAME``, ``scaffold tables|changed``."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scaffold.changed import changed_files, folders_to_test
from scaffold.matrix import stale_matrix
from scaffold.names import stale_names
from scaffold.older_stubs import stale_stubs
from scaffold.package import ScaffoldError
from scaffold.plugin import Kind, write_plugin
from scaffold.sample import write_sample
from scaffold.tables import stale_readmes


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0, 1 if a table is not up to date or nothing was changed, or 2 if nothing was written."""
    given = _parser().parse_args(arguments)
    if given.command == 'tables':
        return _tables(given.root, check=given.check)
    if given.command == 'changed':
        return _changed(given.root, given.since)
    try:
        if given.command == 'sample':
            folder = write_sample(given.root, given.name)
        else:
            folder = write_plugin(given.root, given.name, Kind(given.kind), given.base_url)
    except ScaffoldError as error:
        sys.stderr.write(f'{error}\n')
        return 2
    sys.stdout.write(f'{folder.relative_to(given.root).as_posix()}\n')
    return 0


def _tables(root: Path, *, check: bool) -> int:
    stale = [*stale_readmes(root), *stale_matrix(root), *stale_stubs(root), *stale_names(root)]
    for path, text in stale:
        if check:
            what = 'the table' if path.suffix == '.md' else 'the stub'
            sys.stderr.write(f'{path.relative_to(root)}: {what} is not what the package says; run bin/fix\n')
        elif text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')
    return int(check and bool(stale))


def _changed(root: Path, since: str) -> int:
    try:
        files = changed_files(root, since)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f'{since!r} cannot be compared with what is checked out: {error.stderr}')
        return 2
    if not files:
        sys.stderr.write(f'Nothing differs from {since!r}.\n')
        return 1
    sys.stdout.writelines(f'{folder}\n' for folder in folders_to_test(root, files))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='bin/new', description='Writes a new package of this workspace.')
    parser.add_argument('--root', type=Path, default=Path.cwd(), help='the workspace; default: the current directory')
    packages = parser.add_subparsers(required=True, dest='command', metavar='COMMAND')
    plugin = packages.add_parser('plugin', help='a plugin with tests that pass')
    plugin.add_argument('name', help='such as cloud-sql-pg: the distribution is genkit-plugin-<name>')
    plugin.add_argument('--kind', choices=[str(kind) for kind in Kind], required=True, help='what it is for')
    plugin.add_argument('--base-url', help='where the provider or the store is')
    sample = packages.add_parser('sample', help='a program that runs without a key, to go on from')
    sample.add_argument('name', help='such as rag-chroma: its folder is samples/<name>')
    changed = packages.add_parser('changed', help='the folders whose tests concern what was changed')
    changed.add_argument('--since', default='main', metavar='COMMIT', help='the commit to compare with; default: main')
    tables = packages.add_parser(
        'tables', help='the tables of models in READMEs and in the guide, and the stubs of older import paths'
    )
    tables.add_argument('--check', action='store_true', help='write nothing, and fail if one is not up to date')
    return parser
