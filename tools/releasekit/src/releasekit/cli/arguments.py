# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The commands and options of `releasekit`."""

import argparse
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from releasekit.cli import handlers, release_arguments, release_handlers
from releasekit.model.codes import OK
from releasekit.model.plan import ReleaseKind
from releasekit.ui.graph import FORMATS
from releasekit.ui.screen import Screen


Handler: TypeAlias = Callable[[argparse.Namespace, Screen, Screen], int]

_EXIT_CODES = (
    'exit codes: 0 ok, 1 findings, 2 usage, 3 configuration, 4 refused, 5 partial (run it again), 6 ambiguous, '
    '7 lock held, 70 fault of releasekit, 130 interrupted'
)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; a parsed command carries its handler as `handler`."""
    parser = argparse.ArgumentParser(
        prog='releasekit',
        description='Finds, orders, checks, plans, builds and publishes the packages of a uv workspace.',
        epilog=_EXIT_CODES,
    )
    parser.add_argument('--version', action='version', version=f'releasekit {version("releasekit")}')
    parser.add_argument('--picture', type=Path, metavar='FILE.svg', help='draw what the command shows, as SVG')
    add_parser = parser.add_subparsers(title='commands', metavar='COMMAND', required=True).add_parser
    _add_discover(_command(add_parser, 'discover', 'list the members of the workspace', handlers.run_discover))
    _add_graph(_command(add_parser, 'graph', 'show which member needs which, and in what order', handlers.run_graph))
    _add_check(_command(add_parser, 'check', 'look for what would make a release fail', handlers.run_check))
    _add_plan(_command(add_parser, 'plan', 'work out the next release, and why', handlers.run_plan))
    _add_version(
        _command(add_parser, 'version', 'write the planned versions and refresh the lock', handlers.run_version)
    )
    _add_changelog(_command(add_parser, 'changelog', 'print or write the notes of the release', handlers.run_changelog))
    _add_prepare(_command(add_parser, 'prepare', 'propose the release as one request', handlers.run_prepare))
    _add_release_commands(add_parser)
    _command(add_parser, 'doctor', 'tell whether machine and clone are fit for a release', handlers.run_doctor)
    explain = _command(add_parser, 'explain', 'explain an error code or a rule', handlers.run_explain, place=False)
    explain.add_argument('code', nargs='?', metavar='CODE', help='a code or a rule; all are listed without it')
    _add_init(_command(add_parser, 'init', 'propose a configuration', handlers.run_init))
    _add_rename(_command(add_parser, 'rename', 'give published packages a prefix', handlers.run_rename))
    _add_completions(parser, add_parser)
    return parser


def _add_release_commands(add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    commands: tuple[tuple[str, str, Handler, Callable[[argparse.ArgumentParser], None]], ...] = (
        ('build', 'build and prove every file of the release', release_handlers.run_build, release_arguments.add_build),
        ('publish', 'send everything in order', release_handlers.run_publish, release_arguments.add_publish),
        ('verify', 'compare an index with the build', release_handlers.run_verify, release_arguments.add_verify),
        ('tag', 'tag what an index serves', release_handlers.run_tag, release_arguments.add_tag),
        ('status', 'tell how far a release is', release_handlers.run_status, release_arguments.add_status),
        ('rollback', 'tell what can be undone', release_handlers.run_rollback, release_arguments.add_rollback),
    )
    for name, summary, handler, add_options in commands:
        command = _command(add_parser, name, summary, handler)
        _add_choice(command)
        add_options(command)


def _command(
    add_parser: Callable[..., argparse.ArgumentParser], name: str, summary: str, handler: Handler, *, place: bool = True
) -> argparse.ArgumentParser:
    command = add_parser(name, help=summary, description=f'{summary[0].upper()}{summary[1:]}.', epilog=_EXIT_CODES)
    command.set_defaults(handler=handler, format=None)
    command.add_argument('--json', dest='format', action='store_const', const='json', help='print a document')
    if place:
        command.add_argument(
            '--root', type=Path, metavar='DIR', help='a folder of the workspace (default: the current folder)'
        )
    return command


def _add_discover(command: argparse.ArgumentParser) -> None:
    command.add_argument('--format', choices=('table', 'json'), help='default: table')


def _add_graph(command: argparse.ArgumentParser) -> None:
    command.add_argument('--format', choices=tuple(FORMATS), help='default: levels; a question knows json besides')
    questions = command.add_mutually_exclusive_group()
    questions.add_argument('--why', nargs=2, metavar=('A', 'B'), help='the shortest chain through which A needs B')
    questions.add_argument('--deps', metavar='PKG', help='the members that PKG needs')
    questions.add_argument('--rdeps', metavar='PKG', help='the members that need PKG')


def _add_check(command: argparse.ArgumentParser) -> None:
    command.add_argument('--format', choices=('text', 'json', 'sarif'), help='default: text')
    command.add_argument('--baseline', type=Path, metavar='FILE', help='leave out the findings that are known there')
    command.add_argument('--write-baseline', type=Path, metavar='FILE', help='write down what is found as known')
    command.add_argument(
        '--rule', action='append', default=[], metavar='ID', help='run this rule only (repeat for several)'
    )
    command.add_argument('--skip', action='append', default=[], metavar='ID', help='leave this rule out (repeatable)')
    actions = command.add_mutually_exclusive_group()
    actions.add_argument('--list', action='store_true', help='list the rules; with one --rule, explain it')
    actions.add_argument('--fix', action='store_true', help='make the changes that are safe, then look again')


def _add_plan(command: argparse.ArgumentParser) -> None:
    _add_choice(command)
    command.add_argument('--to', metavar='INDEX', help='ask this index about names of first releases')
    command.add_argument('--offline', action='store_true', help='ask no index')
    command.add_argument('--out', type=Path, metavar='FILE', help='freeze the plan in a file')
    command.add_argument(
        '--diff', type=Path, nargs='+', metavar='FILE', help='compare a plan in a file with the present one, or another'
    )


def _add_version(command: argparse.ArgumentParser) -> None:
    _add_choice(command)
    command.add_argument('--plan', type=Path, metavar='FILE', help='use a frozen plan; refused if it is stale')
    command.add_argument('--dry-run', action='store_true', help='say what would be written')


def _add_changelog(command: argparse.ArgumentParser) -> None:
    _add_choice(command)
    command.add_argument('--plan', type=Path, metavar='FILE', help='use a frozen plan; refused if it is stale')
    command.add_argument('--combined', action='store_true', help='print the notes of all packages as one document')
    command.add_argument('--write', action='store_true', help='write the section of each package into its CHANGELOG.md')


def _add_prepare(command: argparse.ArgumentParser) -> None:
    _add_choice(command)
    command.add_argument('--remote', default='origin', metavar='NAME', help='where the branch is sent; default: origin')
    command.add_argument('--base', metavar='BRANCH', help='what it is merged into; default: the present branch')
    release_arguments.add_forge(command)
    command.add_argument('--dry-run', action='store_true', help='make the commit, and send and propose nothing')


def _add_choice(command: argparse.ArgumentParser) -> None:
    kinds = tuple(ReleaseKind)
    command.add_argument(
        '--kind', type=ReleaseKind, choices=kinds, help="kind of versions; default: each package's own"
    )
    command.add_argument('--only', action='append', default=[], metavar='PKG', help='this package only (repeatable)')


def _add_init(command: argparse.ArgumentParser) -> None:
    command.add_argument('--released', action='store_true', help='the versions in the manifests are published already')
    command.add_argument('--write', action='store_true', help='create releasekit.toml')


def _add_rename(command: argparse.ArgumentParser) -> None:
    command.add_argument('--prefix', required=True, metavar='PREFIX', help='stands before each name, e.g. acme-')
    command.add_argument('--write', action='store_true', help='change the files and the lock')


def _add_completions(parser: argparse.ArgumentParser, add_parser: Callable[..., argparse.ArgumentParser]) -> None:
    def run(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:  # noqa: ARG001 - as all handlers
        from releasekit.cli.completions import completions  # noqa: PLC0415 - only this command needs it
        from releasekit.ui.reports import show_script  # noqa: PLC0415 - see above

        show_script(screen, completions(parser, arguments.shell), is_json=arguments.format == 'json')
        return OK

    command = _command(add_parser, 'completions', 'print a completion script for a shell', run, place=False)
    command.add_argument('shell', choices=('bash', 'zsh', 'fish'))
