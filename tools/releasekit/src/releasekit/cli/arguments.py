# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The commands and options of `releasekit`."""

import argparse
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from releasekit.cli import handlers
from releasekit.ui.graph import FORMATS
from releasekit.ui.screen import Screen


Handler: TypeAlias = Callable[[argparse.Namespace, Screen, Screen], int]

_EXIT_CODES = 'exit codes: 0 ok, 1 findings, 2 usage, 3 workspace or configuration, 130 interrupted'


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; a parsed command carries its handler as `handler`."""
    parser = argparse.ArgumentParser(
        prog='releasekit', description='Finds, orders and checks the packages of a uv workspace.', epilog=_EXIT_CODES
    )
    parser.add_argument('--version', action='version', version=f'releasekit {version("releasekit")}')
    add_parser = parser.add_subparsers(title='commands', metavar='COMMAND', required=True).add_parser
    _add_discover(_command(add_parser, 'discover', 'list the members of the workspace', handlers.run_discover))
    _add_graph(_command(add_parser, 'graph', 'show which member needs which, and in what order', handlers.run_graph))
    _add_check(_command(add_parser, 'check', 'look for what would make a release fail', handlers.run_check))
    return parser


def _command(
    add_parser: Callable[..., argparse.ArgumentParser], name: str, summary: str, handler: Handler
) -> argparse.ArgumentParser:
    command = add_parser(name, help=summary, description=f'{summary[0].upper()}{summary[1:]}.', epilog=_EXIT_CODES)
    command.set_defaults(handler=handler)
    command.add_argument(
        '--root', type=Path, metavar='DIR', help='a folder of the workspace (default: the current folder)'
    )
    return command


def _add_discover(command: argparse.ArgumentParser) -> None:
    command.add_argument('--format', choices=('table', 'json'), default='table', help='default: %(default)s')


def _add_graph(command: argparse.ArgumentParser) -> None:
    command.add_argument('--format', choices=tuple(FORMATS), help='default: levels; a question knows json besides')
    questions = command.add_mutually_exclusive_group()
    questions.add_argument('--why', nargs=2, metavar=('A', 'B'), help='the shortest chain through which A needs B')
    questions.add_argument('--deps', metavar='PKG', help='the members that PKG needs')
    questions.add_argument('--rdeps', metavar='PKG', help='the members that need PKG')


def _add_check(command: argparse.ArgumentParser) -> None:
    command.add_argument('--format', choices=('text', 'json'), default='text', help='default: %(default)s')
    command.add_argument(
        '--rule', action='append', default=[], metavar='ID', help='run this rule only (repeat for several)'
    )
    command.add_argument('--skip', action='append', default=[], metavar='ID', help='leave this rule out (repeatable)')
    actions = command.add_mutually_exclusive_group()
    actions.add_argument('--list', action='store_true', help='list the rules; with one --rule, explain it')
    actions.add_argument('--fix', action='store_true', help='make the changes that are safe, then look again')
