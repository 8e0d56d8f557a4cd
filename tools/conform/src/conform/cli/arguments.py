# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The commands and options of `conform`."""

import argparse
import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from conform.commands.run import RunOptions


_EXIT_CODES = 'exit codes: 0 all passed, 1 failures, 2 usage, 3 could not start, 130 interrupted'


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; `command` names the command."""
    parser = argparse.ArgumentParser(
        prog='conform', description='Runs model conformance specs against Genkit plugins.', epilog=_EXIT_CODES
    )
    parser.add_argument('--version', action='version', version=f'conform {version("conform")}')
    commands = parser.add_subparsers(title='commands', dest='command', metavar='COMMAND', required=True)
    _add_run(commands.add_parser('run', help='run specs', description='Runs specs.', epilog=_EXIT_CODES))
    commands.add_parser('specs', help='list what specs may claim and ask')
    matrix = commands.add_parser('matrix', help='list which packages of a folder have specs')
    matrix.add_argument('folder', type=Path, metavar='DIR')
    return parser


def _add_run(run: argparse.ArgumentParser) -> None:
    defaults = RunOptions()
    run.add_argument('specs', nargs='*', type=Path, metavar='SPEC|DIR', help='a spec file, or a folder with specs')
    what = run.add_argument_group('what is run')
    what.add_argument('--model', action='append', default=[], metavar='NAME', help='this model only (repeatable)')
    what.add_argument('--supports', type=_names, default=[], metavar='A,B', help='these built-in tests only')
    what.add_argument('--test-filter', default='', metavar='TEXT', help='tests with this in their names only')
    what.add_argument('--list', action='store_true', help='list the cases, and run none')
    where = run.add_argument_group('where the models are')
    source = where.add_mutually_exclusive_group()
    source.add_argument('--plugin', default='', metavar='NAME', help='an installed plugin')
    source.add_argument('--entry', default='', metavar='ENTRY', help='an application: module:ai or file.py')
    where.add_argument(
        '--config', action='append', type=_setting, default=[], metavar='KEY=VALUE', help='of the plugin'
    )
    where.add_argument('--loopback', action='store_true', help='play the provider on this machine; needs no key')
    where.add_argument('--mode', choices=('native', 'reflection'), default='native', help='default: native')
    where.add_argument('--runtime', metavar='URL', help='the reflection API of an application that runs')
    where.add_argument('--project', type=Path, metavar='DIR', help="the application's folder in reflection mode")
    how = run.add_argument_group('how')
    how.add_argument('--jobs', type=_at_least(1), default=defaults.jobs, metavar='N', help=f'default: {defaults.jobs}')
    how.add_argument('--timeout', type=_seconds, default=defaults.timeout, metavar='SECONDS', help='for each case')
    how.add_argument('--retries', type=_at_least(0), default=defaults.retries, metavar='N', help='default: 0')
    files = run.add_argument_group('reports')
    files.add_argument('--json', type=Path, metavar='FILE', help='write a JSON document')
    files.add_argument('--junit', type=Path, metavar='FILE', help="write JUnit's XML")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(',') if name.strip()]


def _at_least(least: int) -> Callable[[str], int]:
    def count(text: str) -> int:
        if int(text) < least:
            raise argparse.ArgumentTypeError(f'{text!r} is too few, expected {least} or more')
        return int(text)

    return count


def _seconds(text: str) -> float:
    if not float(text) > 0:
        raise argparse.ArgumentTypeError(f'{text!r} is too short, expected more than 0')
    return float(text)


def _setting(text: str) -> tuple[str, Any]:
    """Return name and value; a value that is JSON is read as such."""
    name, equals, value = text.partition('=')
    if not equals or not name.isidentifier():
        raise argparse.ArgumentTypeError('expected name=value')
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
