# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The options of the commands that build and publish."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from releasekit.build.options import BuildOptions
from releasekit.publish.policy import Policy


PORT: Final = 8423  # of the local index that stays up; fixed, so that the address in a project's settings stays right
_BUILD, _POLICY = BuildOptions(), Policy()


def add_build(command: argparse.ArgumentParser) -> None:
    """Add the options of `build`."""
    _add_building(command)
    command.add_argument('--to', metavar='INDEX', help='the index that it is for; it has the other members')
    command.add_argument('--out', type=Path, metavar='DIR', help='write all files into a bundle that others publish')
    command.add_argument('--prove-install', action='store_true', help='install and import everything that was built')


def add_publish(command: argparse.ArgumentParser) -> None:
    """Add the options of `publish`."""
    add_target(command)
    _add_building(command)
    _add_bundle(command)
    command.add_argument('--dry-run', action='store_true', help='do all up to the first upload, and say what is sent')
    command.add_argument('--with-uv', action='store_true', help='send files with `uv publish` instead of a form')
    command.add_argument('--no-verify', action='store_true', help='do not download, install and import afterwards')
    command.add_argument('--no-attestations', action='store_true', help='sign nothing, even where a workflow could')
    command.add_argument('--fast', action='store_true', help='send packages without waiting for those that they need')
    command.add_argument(
        '--upload-width', type=_positive, default=_POLICY.width, metavar='N', help='files at a time (default: 8)'
    )
    command.add_argument(
        '--attempts', type=_positive, default=_POLICY.attempts, metavar='N', help='times an unclear file is sent'
    )
    command.add_argument(
        '--visible-within',
        type=float,
        default=_POLICY.visible_within,
        metavar='S',
        help='seconds that an index may lag',
    )
    command.add_argument(
        '--lease', metavar='REMOTE', help='hold the right to send in a ref of this remote, against other machines'
    )
    command.add_argument('--events', action='store_true', help='print what happens as one JSON document a line')
    command.add_argument(
        '--serve',
        type=_positive,
        nargs='?',
        const=PORT,
        metavar='PORT',
        help=f'afterwards, keep the local index up until Ctrl-C (default port: {PORT})',
    )


def add_verify(command: argparse.ArgumentParser) -> None:
    """Add the options of `verify`."""
    add_target(command)
    _add_plan(command)
    _add_bundle(command)


def add_tag(command: argparse.ArgumentParser) -> None:
    """Add the options of `tag`."""
    add_target(command)
    _add_plan(command)
    _add_bundle(command)
    command.add_argument('--push', metavar='REMOTE', help='send the tags there, one by one')
    add_forge(command)
    command.add_argument('--dry-run', action='store_true', help='say what would be tagged')


def add_forge(command: argparse.ArgumentParser) -> None:
    """Add the option that names a forge."""
    forges = ('github', 'gitlab', 'none')
    command.add_argument('--forge', choices=forges, help='default: the first for which there is a token')


def add_status(command: argparse.ArgumentParser) -> None:
    """Add the options of `status`."""
    add_target(command)
    actions = command.add_mutually_exclusive_group()
    actions.add_argument('--follow', action='store_true', help='print the events of the run that is under way')
    actions.add_argument(
        '--order', metavar='TEXT', help='give the run an order: pause, resume, drain, "remove PKG", "add PKG"'
    )


def add_rollback(command: argparse.ArgumentParser) -> None:
    """Add the options of `rollback`."""
    add_target(command)
    command.add_argument('--reason', default='A release was faulty.', metavar='TEXT', help='for the changelog')
    command.add_argument('--write', action='store_true', help='write the intent file that plans fixed versions')


def add_target(command: argparse.ArgumentParser) -> None:
    """Add the choice of an index."""
    command.add_argument(
        '--to', required=True, metavar='INDEX', help="'local', or the name of an index of [[tool.uv.index]]"
    )


def _add_plan(command: argparse.ArgumentParser) -> None:
    command.add_argument('--plan', type=Path, metavar='FILE', help='use a frozen plan; refused if it is stale')


def _add_bundle(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        '--from', dest='bundle', type=Path, metavar='DIR', help='take the files of a bundle, and build nothing'
    )
    command.add_argument('--bundle-sha256', metavar='HEX', help='what `build --out` printed; others are refused')


def _add_building(command: argparse.ArgumentParser) -> None:
    _add_plan(command)
    command.add_argument('--isolated', action='store_true', help='build each package in an environment of its own')
    command.add_argument(
        '--width', type=_positive, default=_BUILD.width, metavar='N', help='builds at a time (default: 2)'
    )
    command.add_argument(
        '--sample', type=int, default=_BUILD.sample, metavar='N', help='builds that are compared with isolated ones'
    )
    command.add_argument('--no-proof', action='store_true', help='do not resolve what was built before it is sent')
    command.add_argument(
        '--index', metavar='URL', help="where builds and proofs find third parties (default: uv's own)"
    )
    command.add_argument('--offline', action='store_true', help="builds and proofs ask only uv's cache")


_positive_of: Callable[[str], int] = int


def _positive(text: str) -> int:
    number = _positive_of(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f'{text} is less than 1')
    return number
